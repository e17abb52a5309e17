"""The distribution map by what it encodes: a row a place or organisation, colours, sizes, order, and names that stay text."""

import json
import tomllib

import numpy as np
import pandas as pd
import pytest

from components import palette
from components.drawing import finish
from components.maps import layers
from components.maps.distribution import LARGEST_CELL, distribution_map, is_organisation
from data_access.engine import HOME
from domain.geography import Box
from domain.vocabulary import Light
from tests.components.mapped import HOSTILE, areas, drawn, square, strings

LOOKS = {"theme": "dark", "indicator": "fortress", "kind": "党支部", "width": 760, "height": 600}


def dots(names=("红支部", "绿支部"), lights=("red", "green")) -> pd.DataFrame:
    count = len(names)
    return pd.DataFrame(
        {
            "code": "c0",
            "org_code": [f"LJ-{index:04d}" for index in range(count)],
            "name": list(names),
            "lon": 118.1 + np.arange(count) * 0.01,
            "lat": 25.1,
            "light": [lights[index % len(lights)] for index in range(count)],
            "schematic": [index % 2 == 1 for index in range(count)],
        }
    )


def cells(**changed) -> pd.DataFrame:
    return pd.DataFrame({"code": ["c0", "c1"], "lon": [118.1, 118.6], "lat": 25.2, "count": [100, 25], "red": [25, 0]}).assign(**changed)


def frames(**given) -> dict[str, pd.DataFrame]:
    spots = areas().drop(columns=["role", "shape"]).assign(lon=118.2, lat=25.2, level="town").head(0)
    return {"areas": areas(), "spots": spots, "dots": dots(), "cells": cells().head(0), "inset_cells": cells().head(0)} | given


def test_no_tile_is_asked_for():
    told = json.loads(finish(distribution_map(frames(), **LOOKS)).text)
    assert "mapProvider" not in told
    assert told["mapStyle"] == "__MAP_STYLE__"  # the mark by which Streamlit leaves the basemap out
    assert "http" not in json.dumps(told)


def test_every_layer_has_an_id_of_its_own_and_draws_on_top():
    deck = distribution_map(frames(cells=cells()), **LOOKS)
    ids = [layer.id for layer in deck.layers]
    assert len(ids) == len(set(ids))
    assert all(layer.parameters == {"depthCompare": "always"} for layer in deck.layers)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_districts_wear_the_light_of_their_score(theme):
    told = drawn(distribution_map(frames(), **LOOKS | {"theme": theme}))["areas"]["data"]
    lights = palette.theme(theme).lights
    assert [row["fill"][:3] for row in told] == [palette.rgba(lights[light])[:3] for light in ("green", "yellow", "grey")]
    assert [row["code"] for row in told] == ["c0", "c1", "c2"]


def test_a_sequential_indicator_is_darkest_or_brightest_where_it_is_highest():
    told = areas(value=[10.0, 50.0, 100.0], light=None)
    fills = [row["fill"] for row in drawn(distribution_map(frames(areas=told), **LOOKS | {"indicator": "dues_paid"}))["areas"]["data"]]
    sequence = [palette.rgba(colour)[:3] for colour in palette.DARK.sequence]
    places = [sequence.index(fill[:3]) for fill in fills]
    assert places == sorted(places) and places[0] < places[-1]


def test_labels_say_name_and_value_and_what_is_missing():
    told = drawn(distribution_map(frames(), **LOOKS))["labels"]["data"]
    assert {row["code"]: row["text"] for row in told} == {"c0": "甲县\n91.0", "c1": "乙县\n75.5", "c2": "丙县\n—"}


def test_red_branches_stand_above_the_others_and_are_larger():
    told = drawn(distribution_map(frames(dots=dots(("a", "b", "c"), ("red", "green", "grey"))), **LOOKS))["dots"]["data"]
    assert told[-1]["code"] == "LJ-0000"
    assert told[-1]["r"] > told[0]["r"]
    assert told[-1]["fill"][:3] == palette.rgba(palette.DARK.lights[Light.RED])[:3]


def test_a_schematic_point_is_a_ring_and_says_so():
    told = {row["code"]: row for row in drawn(distribution_map(frames(), **LOOKS))["dots"]["data"]}
    assert "位置示意" in told["LJ-0001"]["tip"] and "位置示意" not in told["LJ-0000"]["tip"]
    assert told["LJ-0001"]["fill"][3] < told["LJ-0000"]["fill"][3]


def test_cells_measure_counts_by_area_and_reds_inside_them():
    told = drawn(distribution_map(frames(dots=dots().head(0), cells=cells()), **LOOKS))
    large, small = told["cells"]["data"]
    assert (large["r"], small["r"]) == (LARGEST_CELL, LARGEST_CELL / 2)  # 100 and 25: four times the area
    assert large["core"] == LARGEST_CELL / 2  # 25 of 100 red
    assert [row["code"] for row in told["cells-red"]["data"]] == ["c0"]
    assert "100 个" in large["tip"] and "预警 25 个" in large["tip"]


def test_small_units_are_drawn_again_in_the_inset_with_their_points():
    crowd = pd.DataFrame({"code": ["i0", "i1"], "name": ["里区", "外区"], "shape": [square(119.4, 25.2, 0.02), square(119.42, 25.2, 0.02)]})
    large = areas(("甲县", "乙县"), shape=[square(118.6, 25, 0.8), square(119.4, 25.22, 0.8)])
    both = pd.concat([large, crowd.assign(value=80.0, base=1.0, light="green", branches=1, members=9, branches_red=0, role="part")])
    inner = dots().assign(code="i0", lon=119.41, lat=25.21)
    told = drawn(distribution_map(frames(areas=both, dots=inner), **LOOKS))
    frame = Box.around(np.array(told["inset-frame"]["data"][0]["polygon"]))
    assert {row["code"] for row in told["inset-areas"]["data"]} == {"i0", "i1"}
    for row in told["inset-areas"]["data"]:
        assert frame.grown(1e-4).holds(Box.around(np.array(row["polygon"])))
    assert len(told["inset-dots"]["data"]) == len(told["dots"]["data"]) == 2
    assert all(frame.west < row["position"][0] < frame.east for row in told["inset-dots"]["data"])


def test_a_place_without_bounded_parts_stands_among_its_neighbours():
    around = areas(role="beside").drop(columns=["value", "base", "light", "branches", "members", "branches_red"])
    around.loc[0, "role"] = "here"
    spots = areas(("甲镇",)).drop(columns=["role", "shape"]).assign(code="t0", lon=118.2, lat=25.2, level="town")
    told = drawn(distribution_map(frames(areas=around, spots=spots), **LOOKS))
    assert [row["code"] for row in told["beside-areas"]["data"]] == ["c1", "c2"]
    assert not told["here"]["pickable"]
    assert told["labels"]["data"][0]["text"] == "甲镇\n91.0"
    assert told["spots"]["data"][0]["code"] == "t0"


def test_a_closer_look_zooms_to_the_points():
    around = areas(role="here").head(1)
    wide, close = (
        json.loads(finish(distribution_map(frames(areas=around), **LOOKS, close=close)).text)["initialViewState"] for close in (False, True)
    )
    assert close["zoom"] > wide["zoom"]


def test_points_alone_are_a_map_and_nothing_is_none():
    assert drawn(distribution_map(frames(areas=areas().head(0)), **LOOKS))["dots"]["data"]
    assert distribution_map(frames(areas=areas().head(0), dots=dots().head(0)), **LOOKS) is None
    assert finish(None) is None


def test_hostile_names_are_text_everywhere():
    many = areas(HOSTILE, shape=[square(118 + index * 0.4, 25, 0.4) for index in range(len(HOSTILE))])
    told = json.loads(finish(distribution_map(frames(areas=many, dots=dots(HOSTILE)), **LOOKS)).text)
    texts = list(strings([layer["data"] for layer in told["layers"]]))
    assert texts and not [text for text in texts if text.startswith("@@")]
    assert any("@@=1+" in text for text in texts)
    assert any("<script>" in text for text in texts)  # the hover shows text, it is no HTML
    assert set(finish(distribution_map(frames(), **LOOKS))._tooltip) == {"text", "style"}


def test_the_fonts_are_those_of_the_pages():
    with (HOME / ".streamlit" / "config.toml").open("rb") as file:
        assert tomllib.load(file)["theme"]["font"] == layers.FONT


def test_two_thousand_dots_weigh_little():
    heavy = frames(dots=dots([f"临江市第{index}党支部" for index in range(2000)]))
    assert len(finish(distribution_map(heavy, **LOOKS)).text.encode()) < 500_000


@pytest.mark.parametrize(
    ("layer", "organisation"), [("dots", True), ("inset-dots", True), ("areas", False), ("labels", False), ("spots", False)]
)
def test_layers_say_what_was_clicked(layer, organisation):
    assert is_organisation(layer) is organisation


def test_a_place_where_nothing_stands_has_no_colour():
    told = drawn(distribution_map(frames(areas=areas(branches=[10, 0, 0])), **LOOKS))["areas"]["data"]
    assert [row["fill"][:3] for row in told][1:] == [palette.rgba(palette.DARK.surface)[:3]] * 2
