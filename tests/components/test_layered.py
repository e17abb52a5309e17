"""Layers put together without Altair's copying: the same chart, and those that can be clicked as Altair has them."""

import altair as alt
import pandas as pd

from components.charts.base import layered
from components.charts.finishing import choosing
from tests.components.specs import layers, rows, spec

FRAME = pd.DataFrame({"key": ["a", "b"], "count": [1, 2]})


def bars(frame: pd.DataFrame = FRAME) -> alt.Chart:
    return alt.Chart(frame).mark_bar().encode(alt.X("count:Q"), alt.Y("key:N"))


def texts(frame: pd.DataFrame = FRAME) -> alt.Chart:
    return (
        alt.Chart(frame).mark_text(dx=4).encode(alt.X("count:Q"), alt.Y("key:N"), alt.Text("count:Q")).transform_filter("datum.count > 1")
    )


def test_layers_of_one_frame_are_what_altair_makes_of_them() -> None:
    assert spec(layered(bars(), texts()).properties(height=80)) == spec(alt.layer(bars(), texts()).properties(height=80))


def test_layers_of_several_frames_are_what_altair_makes_of_them() -> None:
    other = FRAME.assign(count=[3, 4])
    drawn = spec(layered(bars(), texts(other)))
    assert drawn == spec(alt.layer(bars(), texts(other)))
    assert [rows(drawn, unit)["count"].tolist() for unit in layers(drawn)] == [[1, 2], [3, 4]]


def test_layers_are_left_as_they_were() -> None:
    first, second = bars(), texts()
    layered(first, second)
    assert first.data is second.data is FRAME


def test_layers_within_layers_are_drawn() -> None:
    inner = layered(bars(), texts())
    assert [unit["mark"] for unit in layers(spec(layered(inner, bars(FRAME.head(1)))))] == [
        {"type": "bar"},
        {"type": "text", "dx": 4},
        {"type": "bar"},
    ]


def test_a_height_is_the_whole_charts() -> None:
    inner = layered(bars(), texts()).properties(height=80)
    assert spec(layered(inner, texts())) == spec(alt.layer(inner, texts()))
    assert spec(layered(inner, texts()))["height"] == 80


def test_what_can_be_clicked_says_so_for_the_whole_chart() -> None:
    drawn = spec(layered(bars().add_params(choosing("key")), texts()))
    assert [param["name"] for param in drawn["params"]] == ["chosen"]
    assert not any("params" in unit for unit in layers(drawn))
