"""Charts of records, tasks, warnings and sources, by what they encode: colour and symbol, gaps, order, names that stay text."""

import json
from datetime import date

import pandas as pd
import pytest

from components import palette
from components.charts import branch, explain, sources, tasks, warnings
from components.charts.base import BESIDE
from components.charts.enlarging import enlarged
from components.drawing import finish
from domain.calendar import year_of_duties
from domain.vocabulary import Duty, DutyStatus, Light, Part
from tests.components.specs import layers, mark, marked, rows, spec

THEMES = pytest.mark.parametrize("theme", ["dark", "light"])
HOSTILE = ["<script>alert(1)</script>", '**x** | $a$ :red[x] "\\', "@@=1+", "𠮷" * 80]
NAN = float("nan")


def parts(share=(0.9, 0.5, 0.7, 1.0, 0.2)) -> pd.DataFrame:
    return pd.DataFrame({"part": [part.value for part in Part], "share": share, "before": 0.5, "median": 0.6})


def test_the_portrait_has_a_corner_a_part_at_its_share() -> None:
    drawn = spec(branch.portrait(parts(), theme="dark"))
    (dots,) = marked(drawn, "point")
    corners = rows(drawn, dots)
    assert corners["name"].tolist() == [part.label for part in Part]
    assert ((corners["x"] ** 2 + corners["y"] ** 2) ** 0.5).tolist() == pytest.approx([0.9, 0.5, 0.7, 1.0, 0.2])
    assert (corners["x"].iloc[0], corners["y"].iloc[0]) == pytest.approx((0, 0.9)), "the first stands on top"


def test_a_part_left_out_has_no_corner_and_says_so() -> None:
    drawn = spec(branch.portrait(parts((0.9, NAN, 0.7, 1.0, 0.2)), theme="dark"))
    (dots,) = marked(drawn, "point")
    assert len(rows(drawn, dots)) == 4
    (names,) = marked(drawn, "text")
    assert f"{Part.LIFE.label}\n未计入" in rows(drawn, names)["text"].tolist()


def test_the_portrait_tells_its_three_lines_apart_without_colour() -> None:
    drawn = spec(branch.portrait(parts(), theme="light"))
    dashed = [unit for unit in marked(drawn, "line") if "strokeDash" in unit["encoding"]]
    assert dashed[0]["encoding"]["strokeDash"]["scale"]["domain"] == [branch.NOW, branch.BEFORE, branch.PEERS]


def history(**changed) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "period": ["2026Q1", "2026Q2", "2026Q3", "2026Q4"],
            "total": [85.0, NAN, 69.9, 75.0],
            "light": ["green", "grey", "red", "yellow"],
            "provisional": [False, False, False, True],
        }
    )
    return frame.assign(**changed)


def test_a_quarter_without_a_rating_breaks_the_line_and_says_so() -> None:
    drawn = spec(branch.quarters(history(), theme="dark", green=80, yellow=70))
    (line,) = marked(drawn, "line")
    assert line["mark"]["invalid"] == "break-paths-show-domains"
    told = rows(drawn, line).set_index("period")
    assert pd.isna(told.loc["2026Q2", "total"])
    assert told["note"].to_dict() == {"2026Q1": "", "2026Q2": "未评定", "2026Q3": "", "2026Q4": "暂评"}
    assert told.loc["2026Q2", "text"] == "—"


@THEMES
def test_quarters_have_their_lights_colour_over_the_bands_of_the_settings(theme: str) -> None:
    drawn = spec(branch.quarters(history(), theme=theme, green=85, yellow=60))
    (dots,), (rule,) = marked(drawn, "point"), marked(drawn, "rule")
    assert dots["encoding"]["stroke"]["scale"]["range"] == [palette.theme(theme).lights[light] for light in Light]
    assert rows(drawn, rule)["at"].tolist() == [85, 60]


def test_an_index_by_quarter_is_called_by_its_name() -> None:
    (dots,) = marked(spec(branch.quarters(history(), theme="dark", green=80, yellow=70, name="先锋指数")), "point")
    assert {told["field"]: told["title"] for told in dots["encoding"]["tooltip"]}["text"] == "先锋指数"


def test_the_bands_words_stand_beside_the_last_quarter_where_no_point_is() -> None:
    drawn = spec(branch.quarters(history(), theme="dark", green=80, yellow=70))
    (line,) = marked(drawn, "line")
    axis = line["encoding"]["x"]
    assert axis["scale"]["domain"] == [*history()["period"], BESIDE, BESIDE * 2]
    assert axis["axis"]["values"] == history()["period"].tolist()
    words = [unit for unit in marked(drawn, "text") if unit["encoding"]["y"].get("field") == "at"]
    assert [(unit["encoding"]["x"], unit["mark"]["align"]) for unit in words] == [({"value": "width"}, "right")] * 2
    assert [unit["mark"]["baseline"] for unit in words] == ["bottom", "top"], "the lines may be close to each other"


def year() -> pd.DataFrame:
    told = [("theme_day", f"2026-{month:02d}", status.value) for month, status in enumerate(DutyStatus, 1)]
    frame = pd.DataFrame(told, columns=["duty", "period", "status"]).assign(due_on=pd.Timestamp(2026, 1, 31), done_on=pd.NaT)
    return year_of_duties(frame, 2026, date(2026, 11, 20))


@THEMES
def test_every_status_of_a_duty_has_a_colour_and_a_symbol_of_its_own(theme: str) -> None:
    drawn = spec(branch.year_of_duties(year(), theme=theme))
    cells = rows(drawn, marked(drawn, "rect")[0])
    known = cells[cells["duty"] == Duty.THEME_DAY].drop_duplicates("status")
    assert known["symbol"].is_unique
    assert {row.symbol: row.fill for row in known.itertuples()}["▲"] == palette.theme(theme).lights[Light.RED]
    assert set(known["symbol"]) - {""} <= set(branch.duty_legend())
    for row in cells[cells["symbol"] != ""].itertuples():
        assert palette.contrast(row.ink, row.fill) >= 3


def test_a_cell_of_the_year_can_be_chosen_by_its_duty_and_period() -> None:
    drawn = spec(branch.year_of_duties(year(), theme="dark"))
    (chosen,) = drawn["params"]
    assert chosen["select"]["fields"] == ["duty", "period"]
    cells = rows(drawn, marked(drawn, "rect")[0])
    assert cells.loc[cells["status"] == DutyStatus.HELD.label, "period"].notna().all()


def cells(names=("上游区", "江心区")) -> pd.DataFrame:
    told = [
        ("t2", "读书班", "12-31 到期", "", "合计", "yellow", 40.0, 60.0, 4, 2, 1, 1, 0),
        ("t2", "读书班", "12-31 到期", "d2", names[1], "yellow", 40.0, 60.0, 4, 2, 1, 1, 0),
        ("t1", "自查", "11-25 到期", "", "合计", "grey", NAN, NAN, 1, 0, 0, 0, 1),
        ("t1", "自查", "11-25 到期", "d1", names[0], "grey", NAN, NAN, 1, 0, 0, 0, 1),
    ]
    columns = "row title note district name light value plan assignments green yellow red grey"
    return pd.DataFrame(told, columns=columns.split())


def test_the_map_of_tasks_keeps_its_rows_and_puts_all_districts_first() -> None:
    drawn = spec(tasks.war_map(cells(), theme="dark"))
    grounds = rows(drawn, marked(drawn, "rect")[0])
    assert dict(zip(grounds["row"], grounds["top"], strict=True)) == {"t2": 0, "t1": 1}
    assert grounds.drop_duplicates("district").set_index("district")["left"].to_dict() == {"": 0, "d2": 2, "d1": 1}


def test_a_cell_of_the_map_is_split_by_its_lights() -> None:
    drawn = spec(tasks.war_map(cells(), theme="dark"))
    bars = rows(drawn, marked(drawn, "rect")[1])
    whole = bars[(bars["row"] == "t2") & (bars["district"] == "")].set_index("colour")
    widths = whole["x2"] - whole["x1"]
    assert set(whole.index) == {"green", "yellow", "red"}, "a light that nobody has is no bar"
    assert widths["green"] == pytest.approx(2 * widths["red"])
    assert widths.sum() == pytest.approx(0.8)


def test_the_map_counts_reds_in_words_and_says_where_nobody_has_the_task() -> None:
    drawn = spec(tasks.war_map(cells(), theme="dark"))
    texts = marked(drawn, "text")
    (alarms,) = [unit for unit in texts if unit["encoding"].get("text", {}).get("field") == "alarm"]
    assert set(rows(drawn, alarms)["alarm"]) == {"▲ 1", ""}
    (progress,) = [unit for unit in texts if unit["encoding"].get("text", {}).get("field") == "progress"]
    assert set(rows(drawn, progress)["progress"]) == {"40 %", "—"}
    (nowhere,) = [unit for unit in texts if "text" not in unit["encoding"]]
    assert len(rows(drawn, nowhere)) == 2


def test_a_click_on_the_map_tells_row_and_district() -> None:
    drawn = spec(tasks.war_map(cells(), theme="dark"))
    (chosen,) = [param for param in drawn["params"] if param["name"] == "chosen"]
    assert chosen["select"]["fields"] == ["row", "district"]


def test_the_burn_up_plans_on_where_the_record_stops() -> None:
    weeks = pd.DataFrame(
        {"week": pd.to_datetime(["2026-11-13", "2026-11-20", "2026-12-31"]), "plan": [40, 50, 100], "value": [30, 45, NAN]}
    )
    drawn = spec(tasks.burn_up(weeks.astype({"plan": float}), theme="dark"))
    (lines,) = marked(drawn, "line")
    told = rows(drawn, lines)
    assert told.groupby("series")["percent"].apply(lambda values: values.notna().sum()).to_dict() == {"plan": 3, "value": 2}
    (figure,) = marked(drawn, "text")
    assert rows(drawn, figure)["progress"].tolist() == ["45.0 %"]


def tables(district: str = "上游区") -> dict[str, pd.DataFrame]:
    counts = {"key": ["d1", "d2"], "name": [district, "江心区"], "red": [3, 0], "yellow": [1, 2], "grey": [0, 0]}
    return {"district": pd.DataFrame(counts)}


@THEMES
def test_lights_stack_red_first_in_their_colours_with_their_total(theme: str) -> None:
    drawn = spec(warnings.lights_by(tables(), by="district", theme=theme))
    (bars,), (ends,) = marked(drawn, "bar"), marked(drawn, "text")
    assert bars["encoding"]["y"]["sort"] == ["d1", "d2"]
    assert bars["encoding"]["fill"]["scale"]["range"] == [palette.theme(theme).lights[light] for light in Light]
    told = rows(drawn, bars).sort_values(["key", "rank"])
    assert told[["key", "light", "count"]].to_numpy().tolist() == [["d1", "red", 3], ["d1", "yellow", 1], ["d2", "yellow", 2]]
    assert dict(zip(rows(drawn, ends)["key"], rows(drawn, ends)["text"], strict=True)) == {"d1": "4", "d2": "2"}


def test_the_row_that_was_chosen_stands_out() -> None:
    drawn = spec(warnings.lights_by(tables(), by="district", own="d2", theme="dark"))
    (bars,) = marked(drawn, "bar")
    assert rows(drawn, bars).groupby("key")["shade"].first().to_dict() == {"d1": 0.35, "d2": 1.0}


def test_the_newest_lights_keep_their_order_and_their_words() -> None:
    newest = pd.DataFrame({"light_id": [9, 3], "org_name": [HOSTILE[0], "第一党支部"], "title": ["党课", "换届"], "days": [0, 1200]})
    drawn = spec(warnings.newest(newest, theme="dark", width=400))
    told = rows(drawn, marked(drawn, "text")[0])
    assert told["text"].tolist() == ["0 天", "1,200 天"]
    assert told["what"].tolist() == ["▲ 党课", "▲ 换届"]
    assert all(unit["encoding"]["y"]["sort"] == ["9", "3"] for unit in layers(drawn) if mark(unit) == "text")


def test_sources_stack_what_their_branches_deliver() -> None:
    states = pd.DataFrame(
        {"source": ["meetings"], "name": ["组织生活记录"], "branches": [10], "reporting": [7], "silent": [2], "never": [1], "unknown": [0]}
    ).assign(share=0.7)
    drawn = spec(sources.delivery(states, theme="dark"))
    (bars,), (ends,) = marked(drawn, "bar"), marked(drawn, "text")
    assert rows(drawn, bars).set_index("state")["count"].to_dict() == {"reporting": 7, "silent": 2, "never": 1}
    assert rows(drawn, ends)["text"].tolist() == ["70.0%"]


def test_a_month_that_a_source_says_nothing_of_is_a_dash_and_no_zero() -> None:
    flow = pd.DataFrame({"source": "dues", "period": ["2026-09", "2026-10", "2026-11"], "records": [10.0, NAN, 0.0]})
    drawn = spec(sources.flow(flow, theme="dark", names={"dues": "党费记录"}))
    told = rows(drawn, marked(drawn, "text")[0]).set_index("period")
    assert told["text"].to_dict() == {"2026-09": "10", "2026-10": "—", "2026-11": "0"}
    assert told.loc["2026-10", "fill"] == palette.DARK.surface


def test_a_title_and_its_date_stand_in_the_middle_of_their_row() -> None:
    drawn = spec(tasks.war_map(cells().assign(title="一二三四五六七八九十"), theme="dark", title=6))
    axis = next(unit["encoding"]["y"]["axis"] for unit in layers(drawn) if isinstance(unit["encoding"].get("y", {}).get("axis"), dict))
    assert json.loads(axis["labelExpr"].removesuffix("[datum.value]"))["0.5"][:2] == ["一二三四五", "六七八九十"]
    assert axis["labelOffset"] == -axis["labelLineHeight"], "of three lines the second is the middle one"


def test_names_stay_text_in_every_chart() -> None:
    for name in HOSTILE:
        drawings = [
            tasks.war_map(cells((name, name)).assign(title=name), theme="dark"),
            warnings.lights_by(tables(name), by="district", theme="dark"),
        ]
        for drawing in drawings:
            expressions = [
                unit["encoding"][channel]["axis"]["labelExpr"]
                for unit in layers(spec(drawing))
                for channel in ("x", "y")
                if isinstance(unit["encoding"].get(channel, {}).get("axis"), dict)
            ]
            assert expressions
            assert all(expression.endswith("[datum.value]") and expression.startswith("{") for expression in expressions)


def test_larger_type_leaves_data_and_marks_alone() -> None:
    drawing = finish(warnings.lights_by(tables(), by="district", theme="dark"))
    before = drawing.spec["config"]["axis"]["labelFontSize"]
    larger = enlarged(drawing, 2)
    assert larger.spec["config"]["axis"]["labelFontSize"] == 2 * before
    assert larger.spec["datasets"] is drawing.spec["datasets"]
    assert larger.spec["height"] == drawing.spec["height"]
    assert drawing.spec["config"]["axis"]["labelFontSize"] == before, "the cached drawing is not changed"


@pytest.mark.parametrize(
    ("before", "changes", "told"),
    [
        (83.92, (1.64, -0.26, 2.04, 0.0), ["83.9", "+1.6", "-0.3", "+2.0", "+0.1", "87.3"]),
        (50.0, (10.0, -5.0, 0.03, 0.0), ["50.0", "+10.0", "-5.0", "55.0"]),
        (98.0, (5.0, 0.0, 0.0, -3.0), ["98.0", "+5.0", "-3.0", "100.0"]),
        (33.3, (0.0, -33.33, 0.0, 0.0), ["33.3", "-33.3", "0.0"]),
    ],
)
def test_what_a_waterfall_writes_adds_up(before: float, changes: tuple[float, ...], told: list[str]) -> None:
    names = [("scaled", "其他"), ("life", "组织生活"), ("tasks", "任务落实"), ("clip", "封顶与取整")]
    steps = pd.DataFrame({"step": [name for name, _ in names], "change": changes})
    drawn = spec(explain.waterfall(steps, theme="dark", first="上季", last="本季", before=before, names=names))
    (texts,) = marked(drawn, "text")
    assert rows(drawn, texts)["text"].tolist() == told
