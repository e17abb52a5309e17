"""Size of organisations and committees: every bound of every kind, and since when."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.lights import COLUMNS
from domain.settings import Settings
from domain.size import committee_hints, running_counts, size_hints
from domain.vocabulary import Light

TODAY = date(2026, 11, 20)
DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def counts(*changes):
    return running_counts(
        pd.DataFrame(
            {
                "org_id": pd.Series([1] * len(changes), dtype="int64"),
                "on": days([change[0] for change in changes]),
                "change": pd.Series([change[1] for change in changes], dtype="int64"),
            }
        ),
        TODAY,
    )


def organisation(kind="branch", founded="2012-03-01", committee=True):
    return pd.DataFrame({"org_id": [1], "kind": [kind], "founded_on": days([founded]), "has_committee": [committee]})


def hint(kind, members, full=10):
    found = size_hints(organisation(kind), counts(("2015-01-01", members)), counts(("2015-01-01", full)), TODAY, DEFAULTS)
    assert found.columns.tolist() == COLUMNS
    return found["light"].tolist()


@pytest.mark.parametrize(
    ("kind", "members", "hinted"),
    [
        ("branch", 50, False),
        ("branch", 51, True),
        ("general_branch", 50, True),
        ("general_branch", 51, False),
        ("general_branch", 99, False),
        ("general_branch", 100, True),
        ("committee", 99, True),
        ("committee", 100, False),
        ("working_committee", 3, False),
    ],
)
def test_every_kind_has_its_range(kind, members, hinted):
    assert hint(kind, members) == ([Light.YELLOW] if hinted else [])


@pytest.mark.parametrize(("full", "hinted"), [(2, True), (3, False)])
def test_a_branch_has_three_full_members(full, hinted):
    assert hint("branch", 5, full) == ([Light.YELLOW] if hinted else [])


def test_only_branches_need_full_members_of_their_own():
    assert hint("committee", 120, 2) == []


def test_since_is_the_day_it_left_its_range_for_the_last_time():
    grown = counts(("2015-01-01", 60), ("2018-01-01", -20), ("2026-05-04", 11), ("2026-06-01", 2))
    found = size_hints(organisation(), grown, grown, TODAY, DEFAULTS)
    assert [str(value.date()) for value in found["since"]] == ["2026-05-04"]
    assert found["text"].tolist() == ["现有党员53人，党支部一般不超过50人。"]


def test_changes_of_the_future_do_not_count():
    assert size_hints(organisation(), counts(("2015-01-01", 50), ("2026-11-21", 1)), counts(("2015-01-01", 9)), TODAY, DEFAULTS).empty


def test_nothing_is_said_of_an_organisation_without_records():
    assert size_hints(organisation("committee"), counts(), counts(), TODAY, DEFAULTS).empty


def committee(full, posts, has=True):
    found = committee_hints(
        organisation(committee=has), counts(("2015-01-01", full)), counts(*([("2020-01-01", posts)] if posts else [])), TODAY, DEFAULTS
    )
    return found["light"].tolist()


@pytest.mark.parametrize(
    ("full", "posts", "has", "expected"),
    [
        (6, 0, False, []),
        (7, 0, False, [Light.YELLOW]),
        (7, 2, True, [Light.YELLOW]),
        (7, 3, True, []),
        (7, 7, True, []),
        (7, 8, True, [Light.YELLOW]),
        (7, 0, True, [Light.GREY]),
    ],
)
def test_seven_full_members_need_a_committee_of_three_to_seven(full, posts, has, expected):
    assert committee(full, posts, has) == expected


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.dates(date(2014, 1, 1), date(2027, 1, 1)).map(str), st.integers(-30, 60)), min_size=1, max_size=8))
def test_a_hint_never_turned_before_the_founding_or_after_today(changes):
    found = size_hints(organisation(founded="2016-01-01"), counts(*changes), counts(*changes), TODAY, DEFAULTS)
    assert found["since"].between(pd.Timestamp("2016-01-01"), pd.Timestamp(TODAY)).all()
    assert set(found["light"]) <= {Light.YELLOW}
