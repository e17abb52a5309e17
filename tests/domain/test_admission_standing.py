"""Where an admission stands: the furthest step, the clock that runs out first, the worst light, the odd records."""

import pandas as pd
import pytest

from domain import rules
from domain.admission_clocks import examined, running_clocks
from domain.admission_standing import admission_states
from domain.settings import Settings
from domain.vocabulary import Light
from tests.domain.test_admission import DEFAULTS, TODAY, applicants, shown, taken


def state(*rows, lights=(), unknown=False, settings=DEFAULTS, **person):
    person.setdefault("applied", next((row[1] for row in rows if row[0] == "application"), "2024-01-10"))
    lit = pd.DataFrame({"applicant_id": [7] * len(lights), "light": list(lights)})
    found = admission_states(applicants(**person).assign(unknown=unknown), examined(taken(*rows), TODAY), lit, TODAY, settings)
    assert len(found) == 1
    return found.iloc[0]


def clocks(*rows, settings=DEFAULTS):
    found = running_clocks(applicants(), examined(taken(*rows), TODAY), TODAY, settings)
    return {row.clock: shown(row.due_on) for row in found.itertuples()}


def test_the_step_is_the_furthest_one_and_its_first_day():
    found = state(("application", "2024-01-10"), ("activist", "2025-03-01"), ("first_talk", "2024-02-01"))
    assert (found["step"], shown(found["since"])) == ("activist", "2025-03-01")


def test_without_a_recorded_step_it_is_the_application():
    found = state(applied="2026-11-01")
    assert (found["step"], shown(found["since"]), found["oddities"]) == ("application", "2026-11-01", 0)


@pytest.mark.parametrize(
    ("rows", "clock", "due"),
    [
        ([("application", "2026-11-01")], rules.FIRST_TALK, "2026-12-01"),
        ([("application", "2025-01-01"), ("first_talk", "2025-01-20")], None, None),
        ([("activist", "2026-05-01")], rules.OBSERVATION, "2026-11-01"),
        ([("activist", "2025-05-01"), ("observation", "2025-10-20")], rules.OBSERVATION, "2026-04-20"),
        ([("activist", "2025-05-01"), ("candidate", "2026-06-01")], None, None),
        ([("probation_vote", "2026-10-01")], rules.PROBATION_APPROVAL, "2027-01-01"),
        ([("probation_vote", "2026-03-01"), ("probation_approval", "2026-04-01")], rules.PROBATION_END, "2027-04-01"),
        ([("probation_vote", "2025-09-01"), ("conversion_vote", "2026-09-05")], rules.CONVERSION_APPROVAL, "2026-12-05"),
        ([("probation_vote", "2025-06-01"), ("archive", "2026-09-05")], None, None),
    ],
)
def test_the_clock_is_the_one_that_runs_out_first(rows, clock, due):
    found = state(*rows)
    assert (None if pd.isna(found["clock"]) else found["clock"], shown(found["due_on"])) == (clock, due)


def test_two_clocks_run_while_the_committee_has_not_ruled():
    assert clocks(("probation_vote", "2026-10-01")) == {rules.PROBATION_APPROVAL: "2027-01-01", rules.PROBATION_END: "2027-11-01"}


def test_clocks_follow_the_installation():
    assert clocks(("application", "2026-11-01"), settings=Settings({"admission.first_talk_months": "2"})) == {
        rules.FIRST_TALK: "2027-01-01"
    }


def test_the_light_is_the_worst_open_one():
    assert state(applied="2026-11-01")["light"] == Light.GREEN
    assert state(lights=[Light.YELLOW, Light.RED, Light.GREY])["light"] == Light.RED
    assert state(lights=[Light.GREY, Light.YELLOW])["light"] == Light.YELLOW
    assert state(lights=[Light.GREY])["light"] == Light.GREY


def test_where_records_are_unknown_nothing_is_judged():
    found = state(("application", "2026-01-01"), unknown=True, lights=[Light.RED])
    assert found["light"] == Light.GREY
    assert pd.isna(found["clock"]) and pd.isna(found["due_on"])
    assert found["step"] == "application"


def test_odd_records_are_counted_and_a_future_one_moves_nobody():
    found = state(("application", "2026-01-01"), ("activist", "2027-01-01"), ("nonsense", "2026-02-01"))
    assert (found["step"], found["oddities"]) == ("application", 2)
    assert state(("activist", "2025-03-01"), ("candidate", "2025-01-01"))["oddities"] == 1


def test_an_application_dated_in_the_future_is_odd():
    found = state(applied="2026-12-24")
    assert (found["step"], shown(found["since"]), found["oddities"]) == ("application", "2026-12-24", 1)
    assert state(("application", "2026-12-24"))["oddities"] == 2  # the step's date and the applicant's


def test_nobody_under_way_gives_no_rows():
    none = applicants().iloc[:0].assign(unknown=pd.Series(dtype=bool))
    lit = pd.DataFrame({"applicant_id": pd.Series(dtype="int64"), "light": pd.Series(dtype="str")})
    assert admission_states(none, examined(taken(), TODAY), lit, TODAY, DEFAULTS).empty
