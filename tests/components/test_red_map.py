"""The red map by what it encodes: sites apart or gathered, a route in order, what is schematic, names that stay text."""

import json

import numpy as np
import pandas as pd

from components.drawing import finish
from components.maps.red import OWN, STOPS, red_map
from tests.components.mapped import HOSTILE, areas, drawn, strings


def sites(count=3, **changed) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "site_id": [f"S-{index}" for index in range(count)],
            "name": [f"旧址{index}" for index in range(count)],
            "type": "革命旧址",
            "lon": 118.1 + np.arange(count) * 0.2,
            "lat": 25.1,
            "schematic": [index % 2 == 1 for index in range(count)],
            "revolutionary": True,
            "found": True,
            "chosen": False,
        }
    )
    return frame.assign(**changed)


def stops(lon=(118.1, 118.1, 118.3)) -> pd.DataFrame:
    count = len(lon)
    points = {"lon": lon, "lat": 25.1, "schematic": False, "precision_m": 100, "district_name": "甲县", "leg_m": np.nan}
    keys = {"site_id": [f"S-{index}" for index in range(count)], "name": [f"旧址{index}" for index in range(count)]}
    return pd.DataFrame({"seq": range(1, count + 1), **keys, **points})


def red_frames(**given) -> dict[str, pd.DataFrame]:
    own = pd.DataFrame({"name": ["本支部"], "lon": [118.2], "lat": [25.3]})
    return {"areas": areas()[["code", "name", "shape"]], "sites": sites(), "stops": stops(()), "own": own} | given


RED = {"theme": "dark", "width": 700, "height": 500}


def test_sites_that_cannot_be_told_apart_are_one_mark_that_lists_them():
    near = sites(lon=[118.1, 118.1005, 118.6])
    told = drawn(red_map(red_frames(sites=near), **RED))
    assert [row["members"] for row in told["sites"]["data"]] == [["S-0", "S-1"], ["S-2"]]
    assert [row["text"] for row in told["site-counts"]["data"]] == ["2"]
    assert "旧址0" in told["sites"]["data"][0]["tip"] and "旧址1" in told["sites"]["data"][0]["tip"]


def test_on_a_close_view_they_stand_apart_each_with_its_own_id():
    near = sites(lon=[118.1, 118.1, 118.1])
    told = drawn(red_map(red_frames(sites=near), **RED, apart=True))
    positions = [tuple(row["position"]) for row in told["sites"]["data"]]
    assert len(set(positions)) == 3
    assert [row["members"] for row in told["sites"]["data"]] == [["S-0"], ["S-1"], ["S-2"]]
    assert len(told["ties"]["data"]) == 3  # each tied to where it really is


def test_a_route_is_numbered_in_order_along_one_line():
    told = drawn(red_map(red_frames(stops=stops()), **RED))
    assert [row["text"] for row in told["stop-numbers"]["data"]] == ["1", "2", "3"]
    assert [row["code"] for row in told[STOPS]["data"]] == ["S-0", "S-1", "S-2"]
    assert told["route"]["data"][0]["path"] == [row["position"] for row in told[STOPS]["data"]]
    assert len({tuple(row["position"]) for row in told[STOPS]["data"]}) == 3  # two stops of one place do not hide each other
    assert "S-0" not in [row["code"] for row in told["sites"]["data"]]


def test_a_narrow_map_names_areas_inside_only():
    lon, lat = ([start + (index % 6, index // 6)[axis] * 0.085 for index in range(36)] for axis, start in enumerate((118.03, 25.03)))
    crowd = sites(36, lon=lon, lat=lat)  # all over the first area, no two of them one mark
    wide, narrow = (drawn(red_map(red_frames(sites=crowd), **RED | {"width": width})) for width in (700, 360))
    assert wide["area-leaders"]["data"], "where the marks leave no room in it, its name stands beside the area"
    assert "area-leaders" not in narrow
    assert len(narrow["area-names"]["data"]) < len(wide["area-names"]["data"])


def test_schematic_sites_are_rings_and_say_so():
    plain, schematic, _ = drawn(red_map(red_frames(), **RED))["sites"]["data"]
    assert schematic["fill"][3] < plain["fill"][3] == 255
    assert "位置示意" in schematic["tip"] and "位置示意" not in plain["tip"]


def test_other_sights_are_grey():
    told = drawn(red_map(red_frames(sites=sites(revolutionary=[True, True, False])), **RED))["sites"]["data"]
    assert told[2]["line"][:3] != told[0]["line"][:3]


def test_the_own_organisation_is_marked_where_it_has_a_point():
    assert drawn(red_map(red_frames(), **RED))[OWN]["data"][0]["code"] == OWN
    assert OWN not in drawn(red_map(red_frames(own=red_frames()["own"].head(0)), **RED))


def test_the_view_goes_to_what_was_chosen():
    def zoom(**given):
        looks = {name: given.pop(name) for name in ("district", "apart") if name in given}
        return json.loads(finish(red_map(red_frames(**given), **RED, **looks)).text)["initialViewState"]["zoom"]

    whole = zoom()
    assert zoom(district="c0") > whole
    assert zoom(sites=sites(chosen=[False, True, False])) > zoom(district="c0")
    assert zoom(stops=stops()) > whole


def test_hostile_sites_are_text():
    told = json.loads(finish(red_map(red_frames(sites=sites(len(HOSTILE), name=HOSTILE, type=HOSTILE)), **RED)).text)
    assert not [text for text in strings([layer["data"] for layer in told["layers"]]) if text.startswith("@@")]


def test_without_boundaries_and_sites_there_is_no_map():
    nothing = red_frames(areas=red_frames()["areas"].head(0), sites=sites(0))
    assert red_map(nothing, **RED) is None
    assert red_map(red_frames(areas=red_frames()["areas"].head(0)), **RED) is not None
