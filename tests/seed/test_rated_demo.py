"""The demo as it looks once it is rated: districts apart, slow improvement, and every light that there is."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from domain.vocabulary import DutyStatus, Light


@pytest.fixture(scope="module")
def demo(demo_database: Path) -> Iterator[sqlite3.Connection]:
    opened = sqlite3.connect(demo_database)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def scores(demo) -> pd.DataFrame:
    """Rated branches by quarter: period, district_code, members, total."""
    query = (
        "SELECT s.period, o.district_code, s.members, s.total FROM org_score s JOIN organisation o USING (org_id) WHERE s.total IS NOT NULL"
    )
    return pd.read_sql_query(query, demo)


def mean(rows: pd.DataFrame) -> float:
    return (rows["total"] * rows["members"]).sum() / rows["members"].sum()


def test_some_districts_are_green_most_do_and_one_or_two_are_red(scores):
    latest = {code: mean(rows) for code, rows in scores[scores["period"] == "2026Q3"].groupby("district_code")}
    assert len(latest) == 13
    assert 5 <= sum(score >= 80 for score in latest.values()) <= 11
    assert 1 <= sum(score < 70 for score in latest.values()) <= 2
    assert 80 <= mean(scores[scores["period"] == "2026Q3"]) <= 86


def test_it_gets_slowly_better(scores):
    quarters = {period: mean(rows) for period, rows in scores.groupby("period")}
    assert 2 < quarters["2026Q3"] - quarters["2024Q4"] < 8
    assert 0 < quarters["2026Q2"] - quarters["2025Q2"] < 6
    summer = (quarters["2025Q2"] + quarters["2025Q4"]) / 2 - quarters["2025Q3"]
    assert summer > 0  # seasons show above the trend


def test_every_light_is_on_somewhere(demo):
    tasks = {light for (light,) in demo.execute("SELECT DISTINCT light FROM assignment_state")}
    branches = {light for (light,) in demo.execute("SELECT DISTINCT light FROM org_score WHERE period = '2026Q3'")}
    open_lights = {light for (light,) in demo.execute("SELECT DISTINCT light FROM light WHERE closed_on IS NULL")}
    assert tasks == branches == {light.value for light in Light}
    assert open_lights == {Light.RED.value, Light.YELLOW.value, Light.GREY.value}


def test_every_duty_stands_in_every_way(demo):
    standing = {status for (status,) in demo.execute("SELECT DISTINCT status FROM duty_record")}
    assert standing == {status.value for status in DutyStatus}


def test_most_branches_do_well_and_few_do_not(demo):
    lights = dict(demo.execute("SELECT light, count(*) FROM org_score WHERE period = '2026Q3' GROUP BY light"))
    total = sum(lights.values())
    assert 0.55 < lights["green"] / total < 0.85
    assert 0.03 < lights["red"] / total < 0.2


def test_warnings_of_many_kinds_are_open_and_some_are_switched_off(demo):
    rules = {rule for (rule,) in demo.execute("SELECT DISTINCT rule_id FROM light WHERE closed_on IS NULL AND light = 'red'")}
    assert {"election.term", "dues.arrears", "duty.theme_day", "task.progress", "admission.first_talk", "admission.probation_end"} <= rules
    assert demo.execute("SELECT count(*) FROM light WHERE exemption_id IS NOT NULL").fetchone()[0] > 0


def test_the_demos_secretary_has_something_to_mend(demo):
    query = "SELECT DISTINCT l.rule_id FROM light l JOIN account a USING (org_id) WHERE a.username = 'secretary' AND l.closed_on IS NULL"
    rules = {rule for (rule,) in demo.execute(query)}
    assert len(rules) >= 3
    assert "election.term" in rules


def test_no_duty_is_asked_of_branches_that_did_not_live(demo):
    founded, gone = (
        demo.execute(f"SELECT org_id FROM organisation WHERE {which}").fetchone()[0]
        for which in ("founded_on > 20261001", "dissolved_on IS NOT NULL")
    )
    assert demo.execute("SELECT min(period) FROM duty_record WHERE org_id = ? AND duty = 'theme_day'", (founded,)).fetchone() == (
        "2026-11",
    )
    assert demo.execute("SELECT max(period) FROM duty_record WHERE org_id = ? AND duty = 'theme_day'", (gone,)).fetchone() == ("2026-05",)
