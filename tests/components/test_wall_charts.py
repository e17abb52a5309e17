"""The wall's own charts: maps as lines and dots, lists, trends, and drawings of a fixed size."""

import json
from collections.abc import Iterator

import altair as alt
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components import palette
from components.charts import finish
from components.charts.counts import bars, lit_stacks
from components.charts.listing import HEAD, QUIET, TYPE, Bar, Field, rows
from components.charts.spark import spark
from components.charts.tasks import under_way
from components.charts.wall_map import Mark, _near, sites_map, standing_map
from components.charts.warnings import lights_by
from components.wall import sized
from domain.geography import Shape
from domain.vocabulary import Light
from tests.components.mapped import HOSTILE, areas, square
from tests.components.specs import rows as table
from tests.components.specs import spec

SIZE = {"theme": "dark", "width": 600, "height": 500}


def sheet(**changed) -> dict[str, pd.DataFrame]:
    dots = pd.DataFrame(
        {
            "code": ["c0", "c0", "c1"],
            "org_code": ["A", "B", "C"],
            "name": "支部",
            "lon": [118.1, 118.2, 118.7],
            "lat": [25.1, 25.2, 25.3],
            "light": [Light.GREEN.value, Light.RED.value, Light.GREY.value],
            "schematic": False,
        }
    )
    cells = pd.DataFrame(columns=["code", "lon", "lat", "count", "red"])
    spots = pd.DataFrame(columns=["code", "name", "lon", "lat", "value", "light"])
    return {"areas": areas(), "dots": dots, "cells": cells, "inset_cells": cells, "spots": spots} | changed


def texts(drawn: dict) -> str:
    return json.dumps(drawn, default=repr, ensure_ascii=False)


def marks(drawn: dict) -> list[dict]:
    return [layer["mark"] for layer in drawn["layer"]]


def test_red_branches_are_larger_and_above_the_others() -> None:
    drawn = spec(standing_map(sheet(), **SIZE))
    points = [mark for mark in marks(drawn) if mark["type"] == "point"]
    assert [mark["size"] for mark in points] == sorted(mark["size"] for mark in points)
    assert points[-1]["stroke"] == palette.theme("dark").background


def test_areas_are_filled_by_their_light() -> None:
    drawn = spec(standing_map(sheet(), **SIZE))
    fills = [layer["encoding"]["fill"] for layer in drawn["layer"] if layer["mark"]["type"] == "line"]
    assert fills[0]["field"] == "light"
    assert fills[0]["scale"]["range"] == [palette.theme("dark").lights[light] for light in Light]


CELLS = pd.DataFrame({"code": ["c0", "c1"], "lon": [118.1, 118.7], "lat": [25.1, 25.2], "count": [50, 10], "red": [5, 0]})
AS_CELLS = {"dots": sheet()["dots"].head(0), "cells": CELLS, "inset_cells": CELLS.head(0)}
AMONG_NEIGHBOURS = {"areas": areas(role="here")}


@pytest.mark.parametrize("changed", [{}, AS_CELLS, AMONG_NEIGHBOURS])
def test_a_place_that_is_pointed_out_has_rings_around_its_point(changed: dict[str, pd.DataFrame]) -> None:
    quiet, loud = (marks(spec(standing_map(sheet(**changed), **SIZE, marked=marked))) for marked in ((), (Mark("c0", 118.2, 25.2),)))
    rings = [mark for mark in loud if mark not in quiet]
    assert len(loud) == len(quiet) + 2
    assert [mark["type"] for mark in rings] == ["point", "point"]
    assert {mark["stroke"] for mark in rings} == {palette.theme("dark").lights[Light.RED]}


@pytest.mark.parametrize("changed", [{}, AS_CELLS, AMONG_NEIGHBOURS])
def test_a_place_without_a_point_has_its_district_outlined(changed: dict[str, pd.DataFrame]) -> None:
    nowhere = float("nan")
    found = [
        [mark for mark in marks(spec(standing_map(sheet(**changed), **SIZE, marked=(Mark(code, nowhere, nowhere),)))) if "stroke" in mark]
        for code in ("c0", "elsewhere")
    ]
    red = palette.theme("dark").lights[Light.RED]
    assert [[mark["type"] for mark in each if mark["stroke"] == red] for each in found] == [["line"], []]


def test_cells_stand_for_too_many_dots() -> None:
    drawn = spec(standing_map(sheet(**AS_CELLS), **SIZE))
    sizes = [layer["encoding"]["size"]["field"] for layer in drawn["layer"] if "size" in layer.get("encoding", {})]
    assert sizes == ["size", "core"]


def test_a_place_without_parts_is_drawn_among_its_neighbours() -> None:
    assert spec(standing_map(sheet(areas=areas(role="here")), **SIZE))["layer"]
    assert standing_map(sheet(areas=areas().head(0)), **SIZE) is None


def test_a_missing_score_is_a_dash() -> None:
    chart = standing_map(sheet(), **SIZE)
    assert chart is not None
    written = [
        str(value) for layer in chart.layer if isinstance(layer.data, pd.DataFrame) and "text" in layer.data for value in layer.data["text"]
    ]
    assert "丙县\n—" in written
    assert f"甲县\n{palette.ICONS[Light.GREEN]} 91.0" in written, "a light is never colour alone"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_data_and_no_specification(name: str) -> None:
    drawn = finish(standing_map(sheet(areas=areas(names=(name, "乙县"))), **SIZE)).spec
    drawn.pop("datasets")
    assert name not in texts(drawn)


def test_sites_are_filled_where_their_point_is_known() -> None:
    sites = pd.DataFrame(
        {
            "site_id": ["S1", "S2"],
            "name": ["纪念馆", "旧址"],
            "type": "革命旧址",
            "lon": [118.1, 118.3],
            "lat": [25.1, 25.3],
            "schematic": [False, True],
            "revolutionary": [True, False],
            "found": True,
            "chosen": False,
        }
    )
    stops = pd.DataFrame(columns=["seq", "site_id", "lon", "lat"])
    frames = {"areas": pd.DataFrame({"code": ["c"], "name": ["甲县"], "shape": [square(118, 25, 0.5)]}), "sites": sites, "stops": stops}
    chart = sites_map(frames, **SIZE)
    assert chart is not None
    shown = next(layer.data for layer in chart.layer if "solid" in layer.data)
    assert shown["solid"].tolist() == [1.0, 0.15]
    assert shown["ink"].tolist() == [palette.theme("dark").accent, palette.theme("dark").quiet]
    assert sites_map(frames | {"areas": frames["areas"].head(0), "sites": sites.head(0)}, **SIZE) is None


def _sites(*names: str, **changed) -> pd.DataFrame:
    frame = pd.DataFrame({"name": names, "type": "革命旧址", "schematic": False, "revolutionary": True, "found": True, "chosen": False})
    places = [118.25 + number * 0.08 for number in range(len(names))]
    return frame.assign(site_id=[f"S{number}" for number in range(len(names))], lon=places, lat=25.25).assign(**changed)


def _site_map(sites: pd.DataFrame) -> alt.LayerChart:
    stops = pd.DataFrame(columns=["seq", "site_id", "lon", "lat"])
    frames = {"areas": pd.DataFrame({"code": ["c"], "name": ["甲县"], "shape": [square(118, 25, 0.5)]}), "sites": sites, "stops": stops}
    chart = sites_map(frames, **SIZE)
    assert isinstance(chart, alt.LayerChart)
    return chart


def _written(chart: alt.LayerChart) -> set[str]:
    return {text for layer in chart.layer if "text" in layer.data for text in layer.data["text"]}


def test_a_sites_name_stands_whole_in_two_lines_without_its_brackets() -> None:
    assert _written(_site_map(_sites("中共连江县第一次党员代表大会遗址(关公亭)"))) == {"中共连江县第一次\n党员代表大会遗址"}


def test_sites_at_one_place_stand_apart() -> None:
    chart = _site_map(_sites("甲", "乙", "丙", lon=118.25))
    shown = next(layer.data for layer in chart.layer if "solid" in layer.data)
    assert len(shown[["x", "y"]].drop_duplicates()) == 3


def test_islands_near_by_decide_what_the_map_shows_and_far_ones_do_not() -> None:
    land, near, far = square(118, 25, 1), square(119.04, 25, 0.02), square(121, 25, 0.02)
    kept = _near({"c": Shape(land.polygons + near.polygons + far.polygons)})["c"]
    assert kept.box.east == pytest.approx(119.06)


def test_a_list_keeps_its_rows_lights_and_room() -> None:
    frame = pd.DataFrame({"name": ["甲", "乙", "丙"], "red": ["3", "", "1"]})
    fields = (Field("name", 0, 0.5), Field("red", 1, 0.2, align="right", tone="red", lit=True))
    chart = rows(frame, theme="light", width=400, fields=fields, most=2)
    assert chart.data["red"].tolist() == [f"{palette.ICONS[Light.RED]} 3", ""]
    drawn = spec(chart)
    limits = [layer["mark"]["limit"] for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    assert limits == [200, 80]


def test_a_row_of_two_lines_has_heads_and_a_bar_of_its_days() -> None:
    frame = pd.DataFrame({"name": ["甲", "乙"], "place": ["子", "丑"], "days": [10, 5]})
    fields = (Field("name", 0, 0.5, line="upper", head="党组织"), Field("place", 0, 0.5, line="lower", tone="quiet"))
    drawn = spec(rows(frame, theme="dark", width=400, fields=fields, most=4, bar=Bar("days", 0.8, 1.0)))
    texts_ = [layer["mark"] for layer in drawn["layer"] if layer["mark"]["type"] == "text"]
    assert [mark["fontSize"] for mark in texts_] == [TYPE, QUIET, QUIET]
    assert texts_[0]["dy"] < 0 < texts_[1]["dy"]
    track, filled = (layer for layer in drawn["layer"] if layer["mark"]["type"] == "bar")
    assert filled["mark"]["color"] == palette.theme("dark").lights[Light.RED]
    assert table(drawn, filled)["end"].tolist() == [1.0, 0.9]
    assert drawn["layer"][1]["encoding"]["y"]["scale"]["range"][0] == HEAD
    assert track["encoding"]["x2"]["field"] == "to"


def test_a_listed_task_says_its_lights_its_progress_and_its_plan() -> None:
    frame = pd.DataFrame({"task_code": ["t", "u"], "title": ["甲", "乙"], "value": [36.0, None], "plan": [44.0, None]})
    frame = frame.assign(green=[6, 1], yellow=[3, 0], red=[1, 0], grey=0)
    drawn = spec(under_way(frame, theme="dark", width=400, rows=3))
    parts = table(drawn, next(layer for layer in drawn["layer"] if layer["mark"]["type"] == "rect"))
    first = parts[parts["task_code"] == "t"]
    assert first["colour"].tolist() == ["green", "yellow", "red"]
    assert ((first["x2"] - first["x1"]) / first["x2"].max()).tolist() == pytest.approx([0.6, 0.3, 0.1])
    words = table(drawn, next(layer for layer in drawn["layer"] if layer["mark"]["type"] == "text"))
    assert words["progress"].tolist() == ["36 %", "—"]
    assert words["planned"].tolist() == ["计划 44 %", "计划 —"]
    assert words["alarm"].tolist() == [f"{palette.ICONS[Light.RED]} 1", ""]


def test_what_is_awaited_is_no_light_and_its_counts_are_told() -> None:
    states = pd.DataFrame({"key": "k", "name": "主题党日 11月", "light": ["green", "yellow", "red", "grey"], "count": [1292, 475, 0, 3]})
    words = {"green": "✓ 已开展", "yellow": "○ 待开展", "red": "▲ 未开展", "grey": "? 数据缺失"}
    drawn = spec(lit_stacks(states, theme="dark", unit="个", words=words, awaited=Light.YELLOW, counted=True))
    look = palette.theme("dark")
    assert drawn["layer"][0]["encoding"]["color"]["scale"]["range"][1] == look.second
    assert table(drawn, drawn["layer"][2])["told"].tolist() == ["✓ 1,292　○ 475　? 3"]


def test_what_is_counted_beside_members_has_a_colour_of_its_own() -> None:
    kinds = pd.DataFrame({"category": ["a"], "label": ["党支部"], "count": [3], "share": [100.0]})
    colours = [spec(bars(kinds, theme="dark", unit="个", second=second))["layer"][0]["mark"]["color"] for second in (False, True)]
    assert colours == [palette.theme("dark").accent, palette.theme("dark").second]


def test_the_rules_with_the_most_lights_come_first_and_the_rest_is_one_row() -> None:
    rules = pd.DataFrame(
        {"key": ["a", "b", "c", "d"], "name": ["甲", "乙", "丙", "丁"], "red": [5, 0, 1, 1], "yellow": [0, 9, 0, 1], "grey": 0}
    )
    drawn = spec(lights_by({"rule": rules}, by="rule", theme="dark", most=2))
    assert drawn["layer"][0]["encoding"]["y"]["sort"] == ["b", "a", "…"]
    assert table(drawn, drawn["layer"][1])["total"].tolist() == [9, 5, 3]


def test_a_trend_needs_two_points_and_keeps_its_gaps() -> None:
    assert spark([float("nan"), 3.0], theme="dark") is None
    drawn = spec(spark([1.0, float("nan"), 3.0], theme="dark"))
    assert [layer["mark"]["type"] for layer in drawn["layer"]] == ["area", "line", "point"]


def test_a_drawing_of_a_size_is_not_measured_again() -> None:
    drawing = finish(spark([1.0, 2.0], theme="dark"))
    shown = sized(drawing, 118, 50).spec
    assert (shown["width"], shown["height"], shown["autosize"]) == (118, 50, {"type": "fit", "contains": "padding"})
    assert shown["padding"]["bottom"] < 5, "Streamlit adds 20 pixels where none are said"
    assert "width" not in drawing.spec


def _glowing() -> None:
    from components.wall import Tile, show_tile

    for glows in (False, True):
        show_tile(Tile(f"tile-{glows}", {"label": "堡垒指数", "value": 89.2, "pattern": "{:.1f}"}, None), 300, 168, glows=glows)


def test_only_a_figure_that_glows_carries_its_mark() -> None:
    page = AppTest.from_function(_glowing).run()
    assert not page.exception
    assert [block.proto.id for block in _blocks(page.main) if "wall-glow-" in block.proto.id] != []
    assert not any("wall-glow-tile-False" in block.proto.id for block in _blocks(page.main))


def _blocks(block) -> Iterator:
    for child in getattr(block, "children", {}).values():
        if hasattr(child, "children"):
            yield child
            yield from _blocks(child)
