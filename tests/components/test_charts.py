"""Charts by what they encode: keys, orders, colours, gaps, names that stay text."""

import json

import pandas as pd
import pytest

from components import palette
from components.charts import base, counts, index, life
from components.charts.base import BESIDE
from components.drawing import finish
from domain.vocabulary import Light, TermState
from tests.components.specs import layers, marked, rows, spec

BOUNDS = {"green": 80.0, "yellow": 70.0}
HOSTILE = ["<script>alert(1)</script>", '**x** | $a$ :red[x] "\\', "@@=1+", "𠮷" * 80]


def standing(**changed) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "key": ["d2", "d1", "d3"],
            "name": ["第一党支部", "第一党支部", "鼓楼区"],
            "score": [91.0, 79.9, None],
            "pioneer": [88.0, None, None],
            "light": ["green", "yellow", "grey"],
            "branches": [10, 5, 2],
            "rated": [9, 5, 0],
        }
    )
    return frame.assign(**changed)


def test_ranking_hands_one_order_to_every_layer():
    drawn = spec(index.ranking(standing(), theme="dark", rows=13, **BOUNDS))
    orders = [unit["encoding"]["y"]["sort"] for unit in layers(drawn) if "y" in unit["encoding"]]
    assert len(orders) == 4
    assert all(order == ["d2", "d1", "d3"] for order in orders)


def test_two_of_one_name_are_two_bars():
    drawn = spec(index.ranking(standing(), theme="dark", rows=13, **BOUNDS))
    (bars,) = marked(drawn, "bar")
    assert bars["encoding"]["y"]["field"] == "key"
    assert bars["encoding"]["y"]["axis"]["labelExpr"].count("第一党支部".encode("unicode_escape").decode()) == 2


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_bars_of_the_ranking_have_their_lights_colour(theme):
    drawn = spec(index.ranking(standing(), theme=theme, rows=13, **BOUNDS))
    (bars,) = marked(drawn, "bar")
    lights = palette.theme(theme).lights
    assert bars["encoding"]["color"]["field"] == "light"
    assert bars["encoding"]["color"]["scale"] == {"domain": list(Light), "range": [lights[light] for light in Light]}


def test_bars_of_the_ranking_begin_at_zero_and_the_bounds_are_the_settings():
    drawn = spec(index.ranking(standing(), theme="dark", rows=13, green=85, yellow=60))
    (bars,), (rule,) = marked(drawn, "bar"), marked(drawn, "rule")
    assert bars["encoding"]["x"]["scale"]["domain"][0] == 0
    assert rows(drawn, rule)["at"].tolist() == [85, 60]


def test_a_ranked_name_wears_the_mark_of_its_light():
    drawn = spec(index.ranking(standing(), theme="dark", rows=13, **BOUNDS))
    names = json.loads(marked(drawn, "bar")[0]["encoding"]["y"]["axis"]["labelExpr"].removesuffix("[datum.value]"))
    assert [name[0] for name in names.values()] == [palette.ICONS[light] for light in (Light.GREEN, Light.YELLOW, Light.GREY)]


def test_enlarged_figures_of_a_ranking_have_more_room():
    ranges = []
    for grown in (1, 1.5):
        drawn = spec(index.ranking(standing(), theme="dark", rows=13, grown=grown, **BOUNDS))
        ranges.append(marked(drawn, "bar")[0]["encoding"]["x"]["scale"]["range"][1]["expr"])
    assert ranges == ["width - 98", "width - 147"]


def test_of_a_long_ranking_the_last_are_drawn():
    many = pd.DataFrame(
        {"key": [f"k{n:02}" for n in range(20)], "name": "甲", "score": range(99, 79, -1), "pioneer": 80.0, "light": "green"}
    ).assign(branches=1, rated=1)
    drawn = spec(index.ranking(many, theme="dark", rows=5, **BOUNDS))
    (bars,) = marked(drawn, "bar")
    assert rows(drawn, bars)["key"].tolist() == ["k15", "k16", "k17", "k18", "k19"]


def test_a_missing_score_is_a_dash_and_no_bar_of_zero():
    drawn = spec(index.ranking(standing(), theme="dark", rows=13, **BOUNDS))
    (bars,) = marked(drawn, "bar")
    missing = rows(drawn, bars).iloc[2]
    assert pd.isna(missing["score"])
    assert missing["score_text"] == "—"
    assert missing["light_text"] == "? 数据缺失"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_text_in_labels(name):
    expression = base.labels({"k": name})
    table, rest = expression[: -len("[datum.value]")], expression[-len("[datum.value]") :]
    assert json.loads(table) == {"k": name}
    assert rest == "[datum.value]"


def history(values, provisional=None) -> pd.DataFrame:
    periods = ["2026Q1", "2026Q2", "2026Q3"]
    return pd.DataFrame({"period": periods, "series": "fortress", "value": values, "provisional": provisional or [False] * 3})


def test_a_missing_quarter_keeps_its_place_and_breaks_the_line():
    drawn = spec(index.trend(history([77.5, None, 80.4]), theme="dark", **BOUNDS))
    (line,) = marked(drawn, "line")
    assert line["encoding"]["x"]["scale"]["domain"] == ["2026Q1", "2026Q2", "2026Q3", BESIDE]
    assert rows(drawn, line)["value"].isna().tolist() == [False, True, False]
    assert line["mark"].get("invalid") is None  # Vega-Lite's default breaks a path at null


def test_a_provisional_quarter_is_hollow():
    drawn = spec(index.trend(history([77.5, 78.0, 80.4], [False, False, True]), theme="light", **BOUNDS))
    solid, hollow = marked(drawn, "point")
    assert solid["transform"] == [{"filter": "!datum.provisional"}]
    assert hollow["transform"] == [{"filter": "datum.provisional"}]
    assert hollow["mark"]["fill"] == palette.LIGHT.background


def test_indices_have_the_palettes_two_colours_and_chinese_names():
    drawn = spec(index.trend(history([77.5, 78.0, 80.4]), theme="dark", **BOUNDS))
    (line,) = marked(drawn, "line")
    assert line["encoding"]["color"]["scale"] == {"domain": ["fortress", "pioneer"], "range": [palette.DARK.accent, palette.DARK.second]}
    shown = rows(drawn, line)
    assert shown["title"].unique().tolist() == ["堡垒指数"]
    assert shown["quarter"].tolist() == ["2026年第一季度", "2026年第二季度", "2026年第三季度"]


def test_the_bounds_are_named_beside_the_last_quarter_where_no_point_is():
    (words,) = [unit for unit in marked(spec(index.trend(history([79.6, 84.0, 88.2]), theme="dark", **BOUNDS)), "text") if _bounds(unit)]
    assert words["encoding"]["x"] == {"value": "width"}


def test_a_trend_without_words_leaves_no_room_for_them():
    drawn = spec(index.trend(history([79.6, 84.0, 88.2]), theme="dark", worded=False, **BOUNDS))
    (words,) = [unit for unit in marked(drawn, "text") if _bounds(unit)]
    assert rows(drawn, words).empty
    assert marked(drawn, "line")[0]["encoding"]["x"]["scale"]["domain"] == ["2026Q1", "2026Q2", "2026Q3"]


def _bounds(unit):
    return unit["encoding"]["text"]["field"] == "word"


def cells() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "duty": ["general_meeting", "theme_day", "theme_day", "talk"],
            "name": ["党员大会", "主题党日", "主题党日", "谈心谈话"],
            "period": ["2026Q1", "2026-01", "2026-03", "2025"],
            "value": [95.0, 40.0, None, 100.0],
            "base": [20, 20, None, 20],
        }
    )


def test_a_cell_is_as_wide_as_the_months_of_its_duty_and_cut_at_the_window():
    drawn = spec(life.attainment(cells(), theme="dark", first="2025-10", months=6))
    (tiles,) = marked(drawn, "rect")
    shown = rows(drawn, tiles).set_index("period")
    assert shown.loc["2026Q1", ["left", "right"]].tolist() == [3, 6]
    assert shown.loc["2026-01", ["left", "right"]].tolist() == [3, 4]
    assert shown.loc["2025", ["left", "right"]].tolist() == [0, 3]


def test_cells_are_coloured_by_class_and_their_ink_stands_out():
    drawn = spec(life.attainment(cells(), theme="light", first="2025-10", months=6))
    shown = rows(drawn, marked(drawn, "rect")[0]).set_index("period")
    assert shown.loc["2026Q1", "fill"] == palette.LIGHT.rates[5]
    assert shown.loc["2026-01", "fill"] == palette.LIGHT.rates[0]
    assert shown.loc["2026-03", "fill"] == palette.LIGHT.grid
    assert shown.loc["2026-03", "text"] == "—"
    assert all(palette.contrast(ink, fill) >= 4.5 for ink, fill in zip(shown["ink"], shown["fill"], strict=True))


def composition(labels: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"category": [f"c{n}" for n in range(len(labels))], "label": labels, "count": 12345, "share": 50.0})


def test_columns_keep_the_order_and_shorten_bands():
    drawn = spec(counts.columns(composition(["30岁及以下", "31—35岁", "61岁及以上", "未填"]), theme="dark", unit="名"))
    axis = [unit["encoding"]["x"] for unit in layers(drawn)]
    assert all(x["sort"] == ["c0", "c1", "c2", "c3"] for x in axis)
    assert axis[0]["axis"]["labelExpr"] == base.labels({"c0": "≤30", "c1": "31-35", "c2": "≥61", "c3": "未填"})
    shown = rows(drawn)
    assert shown["counted"].tolist()[0] == "12,345 名"
    assert shown["shared"].tolist()[0] == "50.0 %"


def test_a_small_share_is_not_rounded_to_nothing():
    drawn = spec(counts.columns(composition(["甲", "乙", "丙"]).assign(share=[0.4, 0.0, 99.6]), theme="dark", unit="名"))
    assert rows(drawn)["rounded"].tolist() == ["<1 %", "0 %", "100 %"]


def test_bars_with_no_counts_at_all_are_drawn_from_zero():
    drawn = spec(counts.bars(composition(["甲"]).assign(count=0, share=float("nan")), theme="dark", unit="名"))
    (bars,) = marked(drawn, "bar")
    assert bars["encoding"]["x"]["scale"]["domain"] == [0, 1]
    assert rows(drawn)["shared"].tolist() == ["—"]


def test_terms_stack_in_the_colours_of_their_lights():
    states = pd.DataFrame(
        [("committee", "基层党委", state.value, count) for state, count in zip(TermState, (8, 1, 1, 0), strict=True)],
        columns=["kind", "name", "state", "count"],
    ).assign(due=5, held=4, on_time=3)
    drawn = spec(counts.terms(states, theme="dark"))
    (stack,) = marked(drawn, "bar")
    colour = stack["encoding"]["color"]
    assert colour["scale"]["domain"] == ["green", "yellow", "red", "grey"]
    assert colour["scale"]["range"] == [palette.DARK.lights[light] for light in ("green", "yellow", "red", "grey")]
    assert stack["encoding"]["x"]["stack"] == "normalize"
    assert rows(drawn, stack)["state"].tolist() == ["✓ 任期内", "! 临近届满", "▲ 届满未换届", "? 数据缺失"]
    ends, below = marked(drawn, "text")
    assert rows(drawn, ends)["text"].tolist() == ["10"]
    assert rows(drawn, below)["text"].tolist() == ["近12月届满 5，换届 4，按期 3"]
    assert "params" not in drawn
    (chosen,) = spec(counts.terms(states, theme="dark", chooses=True))["params"]
    assert chosen["select"]["fields"] == ["key", "light"]


def test_lights_by_rule_keep_the_worst_first_and_can_be_chosen():
    lights = pd.DataFrame(
        {"rule_id": ["b", "a", "c"], "title": ["乙", "甲", "丙"], "red": [5, 2, 0], "yellow": [1, 3, 0], "grey": [0, 0, 9]}
    )
    drawn = spec(counts.lights_by_rule(lights, theme="dark", rows=10))
    (stack,) = marked(drawn, "bar")
    assert stack["encoding"]["y"]["sort"] == ["b", "a", "c"]
    assert "chosen" in {parameter["name"] for parameter in drawn["params"]}
    assert set(rows(drawn, stack)["light"]) == {"red", "yellow", "grey"}, "what nobody can judge is shown, too"


def test_a_month_without_figures_has_no_column():
    flows = pd.DataFrame({"period": ["2026-01", "2026-02"], "series": "applications", "count": [3.0, None]})
    drawn = spec(counts.monthly(flows, theme="dark", titles={"applications": "递交入党申请书"}, unit="名"))
    (bars,) = marked(drawn, "bar")
    assert bars["encoding"]["x"]["scale"]["domain"] == ["2026-01", "2026-02"]
    shown = rows(drawn)
    assert pd.isna(shown["count"].iloc[1])
    assert shown["counted"].tolist() == ["3 名", "—"]


def test_the_running_month_is_hollow():
    rates = pd.DataFrame({"period": ["2026-10", "2026-11"], "value": [97.0, 71.0], "base": [100, 100]})
    drawn = spec(counts.rate_by_month(rates, theme="dark", open_from="2026-11"))
    assert rows(drawn)["fill"].tolist() == [palette.DARK.accent, palette.DARK.background]
    assert rows(drawn)["state"].tolist() == ["已结束", "进行中"]


def test_parts_show_their_change():
    shares = pd.DataFrame({"part": ["study", "life", "tasks"], "name": ["学习", "组织生活", "任务落实"]})
    shares = shares.assign(value=[80.0, 70.0, None], previous=[75.5, 70.01, 60.0])
    drawn = spec(index.parts(shares, theme="dark"))
    assert rows(drawn)["note"].tolist() == ["+4.5", "持平", ""]
    assert rows(drawn)["text"].tolist() == ["80.0 %", "70.0 %", "未计入"]


def test_the_axis_of_periods_names_the_year_where_it_begins():
    axis = base.period_axis(["2025Q3", "2025Q4", "2026Q1"]).to_dict()
    assert axis["values"] == ["2025Q3", "2025Q4", "2026Q1"]
    lines = json.loads(axis["labelExpr"].removesuffix("[datum.value]"))
    assert lines == {"2025Q3": ["三季度", "2025年"], "2025Q4": ["四季度"], "2026Q1": ["一季度", "2026年"]}


def test_a_finished_chart_keeps_labels_level_and_legible():
    config = spec(counts.bars(composition(["甲"]), theme="dark", unit="名"))["config"]
    assert config["axis"]["labelAngle"] == 0
    assert min(config[part]["labelFontSize"] for part in ("axis", "legend")) >= 12
    assert config["text"]["fontSize"] >= 12
    assert config["background"] == "transparent"


def test_finishing_packs_data_and_leaves_none_in_the_specification():
    drawing = finish(counts.bars(composition(["甲"]), theme="dark", unit="名"))
    assert all(isinstance(data, bytes) for data in drawing.spec["datasets"].values())
    assert "values" not in str(drawing.spec.get("data"))


def test_only_charts_and_maps_can_be_finished():
    with pytest.raises(TypeError, match="cannot finish a dict"):
        finish({})
