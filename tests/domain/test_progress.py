"""Groups of assignments against plan: weighted sums, and the light of the gap at its boundaries."""

import pandas as pd
import pytest

from domain.progress import against_plan, lag_light
from domain.settings import Settings

SETTINGS = Settings()


def given(*rows: tuple[str, int, float, float]) -> pd.DataFrame:
    """Rows of (unit, weight, planned percent, progress percent)."""
    frame = pd.DataFrame(
        [(unit, weight, weight * plan, weight * done) for unit, weight, plan, done in rows],
        columns=["unit", "weight", "planned_points", "progress_points"],
    )
    return frame.assign(assignments=1, finished=0, green=1, yellow=0, red=0, grey=0)


@pytest.mark.parametrize(
    ("lead", "light"), [(5, "green"), (0, "green"), (-14.9, "green"), (-15, "yellow"), (-29.9, "yellow"), (-30, "red")]
)
def test_the_gap_decides_the_light(lead: float, light: str) -> None:
    assert lag_light(pd.Series([float(lead)]), SETTINGS).tolist() == [light]


def test_nothing_to_compare_is_grey() -> None:
    assert lag_light(pd.Series([float("nan")]), SETTINGS).tolist() == ["grey"]


def test_the_thresholds_are_the_installations() -> None:
    own = Settings({"task.yellow_behind": "5", "task.red_behind": "10"})
    assert lag_light(pd.Series([-4.0, -5.0, -10.0]), own).tolist() == ["green", "yellow", "red"]


def test_progress_is_weighted_and_groups_keep_their_order() -> None:
    rows = against_plan(given(("b", 1, 80, 20), ("b", 3, 80, 60), ("a", 2, 50, 55)), ["unit"], SETTINGS)
    assert rows["unit"].tolist() == ["b", "a"]
    assert rows["value"].tolist() == [50, 55]
    assert rows["plan"].tolist() == [80, 50]
    assert rows["lead"].tolist() == [-30, 5]
    assert rows["light"].tolist() == ["red", "green"]
    assert rows["assignments"].tolist() == [2, 1]


def test_no_assignments_make_no_rows() -> None:
    assert against_plan(given().astype({"unit": str}), ["unit"], SETTINGS).empty
