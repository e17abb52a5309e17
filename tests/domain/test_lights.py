"""What lights share: their columns, their order, and the exemptions that switch them off."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.lights import COLUMNS, framed, joined, none, subject_title, switched_off, written

TODAY = date(2026, 11, 20)


def lit(org_id=1, rule_id="election.term", closed_on=None, exempt_limit=None, subject="term"):
    row = {"org_id": org_id, "rule_id": rule_id, "subject": subject, "light": "red", "since": "2026-11-01"}
    return framed(pd.DataFrame([{**row, "closed_on": closed_on, "exempt_limit": exempt_limit, "rows": []}]))


def exemptions(*rows):
    """Rows of id, from, to[, rule]."""
    full = [(*row, "election.term")[:4] for row in rows]
    return pd.DataFrame(
        {
            "exemption_id": pd.Series([row[0] for row in full], dtype="int64"),
            "org_id": pd.Series([1] * len(full), dtype="int64"),
            "rule_id": pd.Series([row[3] for row in full], dtype="str"),
            "from_on": pd.to_datetime(pd.Series([row[1] for row in full], dtype=object)),
            "to_on": pd.to_datetime(pd.Series([row[2] for row in full], dtype=object)),
        }
    )


def exempted(light, *rows):
    value = switched_off(light, exemptions(*rows), TODAY)["exemption_id"].iloc[0]
    return None if pd.isna(value) else value


@pytest.mark.parametrize(
    ("from_on", "to_on", "off"),
    [
        ("2026-11-01", "2026-11-20", True),
        ("2026-11-20", "2026-11-30", True),
        ("2026-11-01", "2026-11-19", False),
        ("2026-11-21", "2026-12-31", False),
    ],
)
def test_an_exemption_counts_from_its_first_to_its_last_day(from_on, to_on, off):
    assert exempted(lit(), (7, from_on, to_on)) == (7 if off else None)


def test_an_exemption_is_of_one_rule_and_one_organisation():
    assert exempted(lit(), (7, "2026-11-01", "2026-12-31", "org.size")) is None
    assert exempted(lit(org_id=2), (7, "2026-11-01", "2026-12-31")) is None


def test_of_several_the_one_that_lasts_longest_is_shown():
    assert exempted(lit(), (7, "2026-11-01", "2026-11-30"), (8, "2026-10-01", "2026-12-31"), (9, "2026-10-01", "2026-12-31")) == 8


def test_closed_lights_are_history_and_not_exempted():
    assert exempted(lit(closed_on="2026-11-10"), (7, "2026-11-01", "2026-12-31")) is None


@pytest.mark.parametrize(("limit", "off"), [("2026-11-20", True), ("2026-11-19", False)])
def test_some_rules_limit_how_long_an_exemption_holds(limit, off):
    assert exempted(lit(exempt_limit=limit), (7, "2026-11-01", "2026-12-31")) == (7 if off else None)


def test_exemptions_keep_every_light_in_its_order():
    several = pd.concat([lit(2), lit(1), lit(3)], ignore_index=True)
    marked = switched_off(several, exemptions((7, "2026-11-01", "2026-12-31"), (8, "2026-11-01", "2026-12-31")), TODAY)
    assert marked["org_id"].tolist() == [2, 1, 3]
    assert marked["exemption_id"].notna().tolist() == [False, True, False]


@hypothesis_settings(deadline=None)
@given(st.permutations([(1, "a", "x"), (1, "b", "x"), (2, "a", "x"), (2, "a", "y")]))
def test_the_order_does_not_depend_on_who_came_first(order):
    found = joined(lit(org, rule, subject=subject) for org, rule, subject in order)
    assert list(zip(found["org_id"], found["rule_id"], found["subject"], strict=True)) == [
        (1, "a", "x"),
        (1, "b", "x"),
        (2, "a", "x"),
        (2, "a", "y"),
    ]


def test_nothing_lit_still_has_every_column():
    assert none().columns.tolist() == COLUMNS
    assert joined([]).columns.tolist() == COLUMNS
    assert joined([none(), none()]).empty


def test_days_are_written_as_they_are_read():
    assert written(pd.to_datetime(pd.Series(["2026-11-20", None, "2026-11-20"]))) == ["2026-11-20", "", "2026-11-20"]
    assert written(pd.Series([], dtype="datetime64[s]")) == []


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("2026-10", "2026年10月"),
        ("member:1204", "党员（编号 1204）"),
        ("applicant:7", "申请人（编号 7）"),
        ("assignment:12", "任务分工（编号 12）"),
        ("dues", "党费记录"),
        ("term", ""),
        ("anomaly:meeting", ""),
    ],
)
def test_a_subject_is_told_in_words_and_nobody_by_name(subject, told):
    assert subject_title(subject) == told
