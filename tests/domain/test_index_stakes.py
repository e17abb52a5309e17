"""Points at stake: exactly what a re-rating gives, with everything else as it stands."""

import numpy as np
import pandas as pd
import pytest

from domain.index import Subject
from domain.index.explanation import Rated, raised
from domain.index.stakes import stakes, unrounded
from tests.domain.rated import SETTINGS, counts, scored, weighed

NAMES = ["duties_due", "duties_held", "due_weight", "punctual_weight", "dues_due", "dues_paid"]


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=NAMES).fillna(0.0)


def extras(length: int, bonus: float = 0.0) -> pd.DataFrame:
    return pd.DataFrame({"bonus": [bonus] * length, "deduction": [0.0] * length, "veto": [False] * length})


def worth(done: pd.DataFrame, undone: pd.DataFrame, given: pd.DataFrame | None = None, bonus: float = 0.0) -> list[float]:
    found = counts(*[{}] * len(done)) if given is None else given
    return stakes(found, weighed(found), extras(len(done), bonus), done, undone, SETTINGS).tolist()


def test_an_item_is_worth_what_a_rating_with_it_gains_on_one_without_it():
    held, missed = counts({"duties_due": 9, "duties_held": 9}), counts({"duties_due": 9, "duties_held": 8})
    difference = unrounded(held, weighed(held), extras(1), SETTINGS) - unrounded(missed, weighed(missed), extras(1), SETTINGS)
    assert worth(frame({"duties_due": 1, "duties_held": 1}), frame({"duties_due": 1})) == [pytest.approx(difference.item(), abs=0.005)]


def test_before_rounding_a_score_is_within_half_a_tenth_of_the_rated_one():
    found = counts({"duties_held": 5}, {"attended": 61}, {"dues_paid": 17, "punctual_weight": 1})
    exact = unrounded(found, weighed(found), extras(3), SETTINGS)
    assert (exact - scored(found)["total"]).abs().max() <= 0.05 + 1e-9


def test_each_item_is_valued_as_if_the_others_stayed_as_they_stand():
    done, undone = frame(*[{"due_weight": 4, "punctual_weight": 4}] * 2), frame(*[{"due_weight": 4}] * 2)
    idle = counts(*[{"due_weight": 0, "punctual_weight": 0, "running_weight": 0, "progress_weight": 0.0}] * 2)
    assert worth(done, undone, idle) == [25, 25]


def test_an_item_that_costs_nothing_to_leave_is_worth_the_rise_that_an_explanation_tells():
    found, adds = counts({"duties_held": 5, "duties_late": 1}), frame({"duties_held": 0}).assign(duties_late=1.0)
    rated = Rated(Subject.BRANCH, found, weighed(found), extras(1), SETTINGS)
    assert worth(adds, adds * 0, found) == [pytest.approx(raised(rated, adds)["points"].iloc[0], abs=0.005)]


def test_a_full_score_gains_nothing_by_what_it_has_already():
    nothing = frame({"duties_due": 0})
    assert worth(nothing, nothing) == [0]


def test_the_clip_at_a_hundred_takes_what_a_bonus_covers():
    assert worth(frame({"dues_due": 1, "dues_paid": 1}), frame({"dues_due": 1}), bonus=10.0) == [0]


def test_a_branch_that_is_not_rated_has_no_points():
    blind = counts({f"{source}_unknown": True for source in ("study", "meetings", "tasks")})
    assert np.isnan(worth(frame({"dues_due": 1, "dues_paid": 1}), frame({"dues_due": 1}), blind)[0])
