"""Elections on time: the term, its extension, and the light at every boundary."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.elections import effective_ends, election_lights, elections_held, term_states, term_years
from domain.lights import COLUMNS
from domain.settings import Settings
from domain.vocabulary import Light, OrgKind, TermState

DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def terms(ends, unknown_from=None, founded="2010-03-01"):
    return pd.DataFrame({"org_id": [1], "founded_on": days([founded]), "term_ends": days([ends]), "unknown_from": days([unknown_from])})


def extensions(*rows):
    return pd.DataFrame(
        {
            "org_id": pd.Series([1] * len(rows), dtype="int64"),
            "approved_on": days([row[0] for row in rows]),
            "term_ends_on": days([row[1] for row in rows]),
            "until": days([row[2] for row in rows]),
        }
    )


def lit(ends, today, settings=DEFAULTS, **kwargs):
    found = election_lights(terms(ends, **kwargs), today, settings)
    assert found.columns.tolist() == COLUMNS
    return found.iloc[0]


def shown(value):
    return None if pd.isna(value) else str(value.date())


@pytest.mark.parametrize(
    ("today", "light", "since"),
    [
        (date(2026, 4, 30), Light.GREEN, None),
        (date(2026, 5, 1), Light.YELLOW, "2026-05-01"),
        (date(2026, 11, 1), Light.YELLOW, "2026-05-01"),
        (date(2026, 11, 2), Light.RED, "2026-11-02"),
        (date(2028, 1, 1), Light.RED, "2026-11-02"),
    ],
)
def test_yellow_six_months_before_the_end_and_red_the_day_after_it(today, light, since):
    row = lit("2026-11-01", today)
    assert (row["light"], shown(row["since"])) == (light, since)


@pytest.mark.parametrize(("today", "light"), [(date(2027, 2, 27), Light.GREEN), (date(2027, 2, 28), Light.YELLOW)])
def test_six_months_before_the_last_of_august_is_the_last_of_february(today, light):
    assert lit("2027-08-31", today)["light"] == light


def test_how_early_to_warn_is_a_setting():
    assert lit("2026-11-01", date(2026, 5, 1), Settings({"election.warn_months": "5"}))["light"] == Light.GREEN


def test_an_unknown_end_is_grey_and_never_green():
    row = lit(None, date(2026, 11, 20))
    assert (row["light"], shown(row["since"])) == (Light.GREY, "2010-03-01")


def test_a_mark_of_the_steward_outweighs_the_term():
    row = lit("2020-01-01", date(2026, 11, 20), unknown_from="2026-07-01")
    assert (row["light"], shown(row["since"])) == (Light.GREY, "2026-07-01")


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ([], "2026-08-31"),
        ([("2026-07-01", "2026-08-31", "2027-02-28")], "2027-02-28"),
        ([("2026-07-01", "2026-08-31", "2027-08-31")], "2027-08-31"),
        ([("2026-07-01", "2026-08-31", "2027-09-01")], "2027-08-31"),  # one year at most
        ([("2026-11-21", "2026-08-31", "2027-02-28")], "2026-08-31"),  # not approved yet
        ([("2023-07-01", "2023-08-31", "2024-02-29")], "2026-08-31"),  # of an earlier term
        ([("2026-07-01", "2026-08-31", "2026-12-31"), ("2026-11-01", "2026-08-31", "2027-03-31")], "2027-03-31"),
        ([("2026-07-01", "2026-08-31", "2026-06-30")], "2026-08-31"),  # an extension never shortens
    ],
)
def test_an_extension_moves_the_end_by_a_year_at_most(rows, ends):
    given_terms = pd.DataFrame({"org_id": [1], "term_ends_on": days(["2026-08-31"])})
    assert shown(effective_ends(given_terms, extensions(*rows), date(2026, 11, 20), DEFAULTS).iloc[0]) == ends


def test_an_unknown_end_cannot_be_extended():
    given_terms = pd.DataFrame({"org_id": [1], "term_ends_on": days([None])})
    assert effective_ends(given_terms, extensions(("2026-07-01", "2026-08-31", "2027-02-28")), date(2026, 11, 20), DEFAULTS).isna().all()


@pytest.mark.parametrize(
    ("kind", "village", "years"),
    [
        (OrgKind.COMMITTEE, False, 5),
        (OrgKind.GENERAL_BRANCH, False, 3),
        (OrgKind.BRANCH, False, 3),
        (OrgKind.BRANCH, True, 5),
        (OrgKind.GENERAL_BRANCH, True, 5),
    ],
)
def test_how_long_a_committee_serves(kind, village, years):
    assert term_years(kind, village, DEFAULTS) == years


def test_the_states_are_the_lights_by_another_name():
    several = pd.concat([terms("2030-01-01"), terms("2027-01-01"), terms("2026-01-01"), terms(None)], ignore_index=True)
    assert term_states(several, date(2026, 11, 20), DEFAULTS).tolist() == list(TermState)


def held(held_on, term_ended_on):
    elections = pd.DataFrame({"election_id": [5], "org_id": [1], "held_on": days([held_on]), "term_ended_on": days([term_ended_on])})
    return elections_held(elections, date(2026, 11, 20), DEFAULTS, history_from=date(2025, 11, 20))


@pytest.mark.parametrize(
    ("held_on", "ended", "expected"),
    [
        ("2026-06-01", "2026-05-31", (Light.RED, "2026-06-01", "2026-06-01")),
        ("2026-05-31", "2026-05-31", (Light.YELLOW, "2025-11-30", "2026-05-31")),
        ("2025-11-30", "2026-05-31", (Light.YELLOW, "2025-11-30", "2025-11-30")),
        ("2025-11-29", "2026-05-31", None),
        ("2025-11-20", "2025-10-01", (Light.RED, "2025-10-02", "2025-11-20")),
        ("2025-11-19", "2025-10-01", None),
        ("2026-11-21", "2026-10-01", None),
        ("2026-06-01", None, None),
    ],
)
def test_an_election_closes_the_light_that_its_term_had(held_on, ended, expected):
    found = held(held_on, ended)
    rows = [(row["light"], shown(row["since"]), shown(row["closed_on"])) for _, row in found.iterrows()]
    assert rows == ([expected] if expected else [])


RANK = {Light.GREEN: 0, Light.YELLOW: 1, Light.RED: 2}


@hypothesis_settings(max_examples=50, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2032, 1, 1)), st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 500))
def test_waiting_never_improves_the_light_and_a_later_end_never_worsens_it(ends, today, more):
    now = RANK[lit(str(ends), today)["light"]]
    assert RANK[lit(str(ends), date.fromordinal(today.toordinal() + more))["light"]] >= now
    assert RANK[lit(str(date.fromordinal(ends.toordinal() + more)), today)["light"]] <= now
