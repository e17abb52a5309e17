"""What falls due though no light is on is told alike by bill, agenda and what is to come; nothing is asked where a source is silent."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, insert

from data_access.queries import agenda, bill, raising
from data_access.rating import rate
from data_access.schema.records import course
from domain.bill import DUE
from tests.data_access.queries.reading import LEADER, STEWARD, ask
from tests.small import AS_OF, ORG, path_of

OPEN = "2026Q4"
COURSE = {"course_id": 990_001, "title": "四季度必修", "quarter": OPEN, "required": True, "minutes": 60, "due_on": date(2026, 11, 28)}


def owed(engine: Engine, org: str, rule: str, scope=LEADER) -> pd.DataFrame:
    lines = ask(engine, bill.owed_by, path_of(ORG[org]), AS_OF, scope=scope)
    return lines[(lines["rule_id"] == rule) & (lines["light"] == DUE)]


def todo(engine: Engine, org: str, scope=LEADER) -> pd.DataFrame:
    return ask(engine, agenda.agenda, ORG[org], AS_OF, scope=scope)


def coming(engine: Engine, org: str, scope=LEADER) -> pd.DataFrame:
    return ask(engine, raising.coming, ORG[org], OPEN, AS_OF, scope=scope)


@pytest.fixture
def with_course(own_engine: Engine) -> Engine:
    with own_engine.begin() as connection:
        connection.execute(insert(course).values(COURSE))
        connection.execute(insert(course).values(COURSE | {"course_id": 990_002, "title": "机关必修", "sector": "agency"}))
    rate(own_engine)
    return own_engine


def test_a_course_whose_day_is_still_ahead_is_told_everywhere_with_the_same_points(with_course: Engine) -> None:
    line = owed(with_course, "exemplary", "study.courses").iloc[0]
    assert "名党员未学完" in line["about"] and line["due_on"].date() == date(2026, 11, 28) and line["points"] > 0
    assert len(owed(with_course, "exemplary", "study.courses")) == 1  # the other is another sector's
    (listed,) = coming(with_course, "exemplary").query("about == @line['about']").to_dict("records")
    assert listed["points"] == line["points"]
    assert line["about"] in set(todo(with_course, "exemplary")["about"])


def test_nothing_is_asked_of_a_source_that_is_marked_unknown(with_course: Engine) -> None:
    assert owed(with_course, "unknown", "study.courses").empty


def test_the_months_dues_are_the_branchs_own_line(engine: Engine) -> None:
    line = owed(engine, "overdue", "dues.arrears").iloc[0]
    assert line["subject"] == "2026-11" and "应交 10 人，还有 10 人未足额交纳" in line["about"] and line["points"] > 0
    assert line["about"] in set(todo(engine, "overdue")["about"]) & set(coming(engine, "overdue")["about"])
    assert owed(engine, "overdue", "dues.arrears", STEWARD).empty
    assert line["about"] not in set(todo(engine, "overdue", STEWARD)["about"])


def test_norms_of_the_quarter_come_last_and_have_no_points_yet(engine: Engine) -> None:
    found = coming(engine, "exemplary")
    norms = found[found["what"].isin(["学习时长", "志愿服务"])]
    assert len(norms) and norms["points"].isna().all() and found["points"].isna().to_numpy()[-len(norms) :].all()
    assert set(norms["until"].dt.date) == {date(2026, 12, 31)} and norms["next_step"].notna().all()
    assert owed(engine, "exemplary", "study.hours").empty  # the quarter does not end this month
