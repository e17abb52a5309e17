"""Escalation: how many red quarters in a row, and what follows."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.escalation import Measure, escalations
from domain.period import Period
from domain.settings import Settings
from domain.vocabulary import Light

NOW = Period.parse("2026Q3")
QUARTERS = ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]


def scores(lights, org_id=1, quarters=None):
    quarters = QUARTERS[-len(lights) :] if quarters is None else quarters
    return pd.DataFrame({"org_id": org_id, "period": quarters, "light": lights})


def judged(lights, settings=None, **kwargs):
    return escalations(scores(lights, **kwargs), NOW, settings or Settings()).iloc[0]


@pytest.mark.parametrize(
    ("lights", "quarters", "measure"),
    [
        (["red", "red", "green"], 0, Measure.NONE),
        (["green", "red"], 1, Measure.REMINDER),
        (["red", "red"], 2, Measure.TALK),
        (["green", "red", "red", "red"], 3, Measure.RECTIFICATION),
        (["red", "red", "red", "red", "red"], 5, Measure.RECTIFICATION),
        (["red", "yellow", "red"], 1, Measure.REMINDER),
        (["red", "grey", "red"], 1, Measure.REMINDER),
        (["red", "red", "grey"], 0, Measure.NONE),
    ],
)
def test_consecutive_red_quarters_lead_from_reminder_to_rectification(lights, quarters, measure):
    found = judged(lights)
    assert (found["quarters"], found["measure"]) == (quarters, measure)


def test_a_quarter_that_is_missing_ends_the_row():
    found = judged(["red", "red"], quarters=["2026Q1", "2026Q3"])
    assert (found["quarters"], found["since"]) == (1, "2026Q3")


def test_the_row_runs_over_the_turn_of_the_year():
    found = judged(["red", "red", "red", "red"])
    assert (found["quarters"], found["since"]) == (4, "2025Q4")


def test_later_quarters_do_not_count():
    assert judged(["green", "red"], quarters=["2026Q3", "2026Q4"])["measure"] == Measure.NONE


def test_two_organisations_are_counted_apart():
    both = pd.concat([scores(["red", "red"]), scores(["red"], org_id=2)])
    assert escalations(both, NOW, Settings())["quarters"].tolist() == [2, 1]


def test_the_ladder_is_a_setting():
    later = Settings({"escalation.talk_quarters": "3", "escalation.rectification_quarters": "4"})
    assert judged(["red", "red"], later)["measure"] == Measure.REMINDER
    assert judged(["red", "red", "red", "red"], later)["measure"] == Measure.RECTIFICATION


LIGHTS = st.lists(st.sampled_from([light.value for light in Light]), min_size=1, max_size=5)


@hypothesis_settings(deadline=None)
@given(LIGHTS)
def test_the_count_is_the_run_of_reds_at_the_end(lights):
    run = 0
    for light in reversed(lights):
        if light != Light.RED:
            break
        run += 1
    found = judged(lights)
    assert found["quarters"] == run
    assert pd.isna(found["since"]) == (run == 0)
