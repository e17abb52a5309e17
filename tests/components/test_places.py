"""Places beside their map: classes, written values, the ranking and the legend by what they encode."""

import json

import pandas as pd
import pytest

from components import palette, scales
from components.charts.places import map_legend, place_ranking
from domain.indicators import INDICATORS
from domain.labelling import text_size
from tests.components.mapped import HOSTILE, areas
from tests.components.specs import layers as units
from tests.components.specs import marked, rows, spec


@pytest.mark.parametrize(
    ("code", "values", "bounds"),
    [
        ("dues_paid", [91.2, 95.5, 97.0, 88.1, 99.9], [87.5, 90.0, 92.5, 95.0, 97.5, 100.0]),
        ("dues_paid", [100.0, 100.0], [100.0, 100.0]),
        ("dues_paid", [], []),
        ("branches", [1, 1, 2], [1.0, 2.0]),
    ],
)
def test_classes_have_round_bounds(code, values, bounds):
    assert scales.breaks(pd.Series(values, dtype=float), INDICATORS[code]) == pytest.approx(bounds)


def test_skewed_counts_fill_their_classes():
    values = pd.Series([300, 1200, 2400, 5600, 8000, 9000, 15000, 39000], dtype=float)
    scale = scales.scale(pd.DataFrame({"value": values, "light": None}), INDICATORS["members"], "dark")
    assert scale.classes.value_counts().max() <= 2
    assert len(scale.steps) == scales.CLASSES + 1


def test_every_value_lies_in_the_class_whose_bounds_hold_it():
    values = pd.Series([0.0, 12.5, 50.0, 99.9, 100.0, None])
    scale = scales.scale(pd.DataFrame({"value": values, "light": None}), INDICATORS["dues_paid"], "light")
    bounds = scales.breaks(values, INDICATORS["dues_paid"])
    for value, key in zip(values[:-1], scale.classes[:-1], strict=True):
        assert bounds[int(key)] <= value <= bounds[int(key) + 1]
    assert scale.classes.iloc[-1] == scales.NONE


@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("fortress", 84.64, "84.6"),
        ("dues_paid", 91.25, "91.2%"),
        ("members", 12345, "12,345"),
        ("members", None, "—"),
        ("fortress", float("nan"), "—"),
    ],
)
def test_values_are_written_as_a_reader_sees_them(code, value, text):
    assert scales.written(value, INDICATORS[code]) == text


def standing(**changed) -> pd.DataFrame:
    return areas().drop(columns=["role", "shape"]).assign(level="district", **changed)


def test_the_ranking_wears_the_colours_of_the_map():
    told = spec(place_ranking({"standing": standing()}, theme="dark", indicator="fortress", room=400))
    (bars,) = marked(told, "bar")
    scale = bars["encoding"]["color"]["scale"]
    colours = dict(zip(scale["domain"], scale["range"], strict=True))
    assert {row.code: colours[row.colour_class] for row in rows(told, bars).itertuples()} == {
        "c0": palette.DARK.lights["green"], "c1": palette.DARK.lights["yellow"], "c2": palette.DARK.lights["grey"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "order"), [("fortress", ["c0", "c1", "c2"]), ("red_share", ["c1", "c0", "c2"]), ("members", ["c0", "c1", "c2"])]
)
def test_the_ranking_puts_the_best_first_and_the_missing_last(code, order):
    told = spec(place_ranking({"standing": standing()}, theme="dark", indicator=code, room=400))
    assert all(unit["encoding"]["y"]["sort"] == order for unit in units(told))


def test_what_is_no_place_is_not_ranked():
    unplaced = pd.concat([standing(), standing().head(1).assign(code="none", name="属地未标明", level=None)])
    told = spec(place_ranking({"standing": unplaced}, theme="dark", indicator="fortress", room=400))
    assert "none" not in rows(told)["code"].tolist()


@pytest.mark.parametrize(("places", "row"), [(3, 34), (13, 20), (40, 18)])
def test_many_places_move_closer_together_to_stay_in_their_room_and_keep_their_names(places, row):
    many = areas([str(number) for number in range(places)]).assign(level="district")
    told = spec(place_ranking({"standing": many}, theme="dark", indicator="fortress", room=260))
    assert told["height"] == places * row
    assert all(bar["encoding"]["y"]["axis"]["labelOverlap"] is False for bar in marked(told, "bar"))


def test_hostile_places_keep_their_names_in_the_ranking():
    many = areas(HOSTILE).assign(level="district")
    expression = marked(spec(place_ranking({"standing": many}, theme="dark", indicator="fortress", room=400)), "bar")[0]["encoding"]["y"][
        "axis"
    ]["labelExpr"]
    assert json.loads(expression.removesuffix("[datum.value]")) == {f"c{index}": name for index, name in enumerate(HOSTILE)}


def test_the_legend_counts_places_and_branches_with_word_and_colour():
    found = pd.DataFrame({"green": [3, 4], "yellow": [2, 0], "red": [1, 0], "grey": [0, 0]})
    told = spec(map_legend({"standing": standing(), "found": found}, theme="dark", indicator="fortress", kind="党支部", width=760))
    (marks,) = marked(told, "point")
    texts = rows(told, marks).groupby("line", sort=False)["text"].apply(list).to_dict()
    assert texts["属地"] == ["✓ 正常 · 1 个", "! 关注 · 1 个", "▲ 预警 · 0 个", "? 数据缺失 · 1 个"]
    assert texts["党支部"] == ["✓ 正常 · 7 个", "! 关注 · 2 个", "▲ 预警 · 1 个", "? 数据缺失 · 0 个"]


def test_the_legend_of_one_town_has_no_places():
    found = pd.DataFrame({"green": [3], "yellow": [0], "red": [0], "grey": [0]})
    told = spec(
        map_legend({"standing": standing(), "found": found}, theme="dark", indicator="dues_paid", kind="党支部", width=760, compared=False)
    )
    assert set(rows(told, marked(told, "point")[0])["line"]) == {"党支部"}


def test_the_legend_breaks_into_lines_where_the_room_ends():
    found = pd.DataFrame({"green": [1234], "yellow": [567], "red": [89], "grey": [0]})
    for width, lines in ((760, 2), (340, 5)):
        told = spec(map_legend({"standing": standing(), "found": found}, theme="dark", indicator="fortress", kind="党支部", width=width))
        shown = rows(told, marked(told, "point")[0])
        assert shown["y"].nunique() == lines
        ends = shown["x"] + 11 + shown["text"].map(lambda text: text_size(text, 12)[0])
        assert ends.max() <= width
        following = shown.groupby("y")["x"].diff().dropna()
        assert (following > 60).all()


def test_places_without_branches_are_neither_ranked_nor_counted():
    empty = standing(branches=[10, 0, 0])
    assert rows(spec(place_ranking({"standing": empty}, theme="dark", indicator="fortress", room=400)))["code"].tolist() == ["c0"]
    found = pd.DataFrame({"green": [3], "yellow": [0], "red": [0], "grey": [0]})
    told = spec(map_legend({"standing": empty, "found": found}, theme="dark", indicator="fortress", kind="党支部", width=760))
    shown = rows(told, marked(told, "point")[0])
    assert shown.loc[shown["line"] == "属地", "count"].tolist() == [1, 0, 0]
