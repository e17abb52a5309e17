"""Charts that are written down once: what is filled in is the chart that would have been drawn, and nobody's rows reach another."""

import pandas as pd
import pytest

from components.charts import branch
from components.charts.template import Filled
from components.drawing import finish
from domain.vocabulary import Part
from tests.components.specs import layers, rows


def portrait(share: float, theme: str = "dark") -> Filled:
    parts = pd.DataFrame({"part": [part.value for part in Part], "share": share, "before": 0.5, "median": 0.6})
    return branch.portrait(parts, theme=theme)


def quarters(low: float, **looks: str) -> Filled:
    frame = pd.DataFrame({"period": ["2026Q3", "2026Q4"], "total": [low, 90.0], "light": ["red", "green"], "provisional": [False, True]})
    return branch.quarters(frame, theme="light", green=80, yellow=70, **looks)


def unnamed(drawn: dict) -> tuple[list[dict], list[pd.DataFrame]]:
    """The layers without the names of their data, and the rows of each."""
    units = list(layers(drawn))
    return [{key: part for key, part in unit.items() if key != "data"} for unit in units], [rows(drawn, unit) for unit in units]


@pytest.mark.parametrize(
    "chart", [portrait(0.9), portrait(float("nan")), portrait(0.9, "light"), quarters(62), quarters(31, name="先锋指数")]
)
def test_what_is_filled_in_is_the_chart_itself(chart: Filled) -> None:
    filled, drawn = finish(chart).spec, finish(chart.chart).spec
    assert filled["config"] == drawn["config"]
    (given, told), (own, wanted) = unnamed(filled), unnamed(drawn)
    assert given == own
    for one, other in zip(told, wanted, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_each_has_its_own_rows() -> None:
    first, second = finish(portrait(0.25)).spec, finish(portrait(0.75)).spec
    told = [next(unit for unit in layers(drawn) if unit.get("data", {}).get("name") == "now") for drawn in (first, second)]
    radii = [((own["x"] ** 2 + own["y"] ** 2) ** 0.5).round(2).unique().tolist() for own in map(rows, (first, second), told)]
    assert radii == [[0.25], [0.75]]


def test_what_somebody_does_to_a_drawing_is_nobody_elses() -> None:
    finish(portrait(0.5)).spec["config"]["axis"]["labelFontSize"] = 99
    assert finish(portrait(0.5)).spec["config"]["axis"]["labelFontSize"] != 99


def test_looks_are_part_of_what_is_written_down() -> None:
    names = [str(finish(quarters(75, name=name)).spec) for name in ("堡垒指数", "先锋指数")]
    assert "先锋指数" not in names[0] and "堡垒指数" not in names[1]
