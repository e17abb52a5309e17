"""Indicators computed from rolled-up rows, and the definitions that they are computed by."""

import numpy as np
import pandas as pd
import pytest

from data_access.schema import metadata
from domain import figures
from domain.definition import COLUMNS, Board
from domain.indicators import INDICATORS
from domain.rounding import half_up
from domain.settings import Settings


def test_every_definition_names_columns_that_its_table_has():
    for code, wanted in INDICATORS.items():
        table = metadata.tables[wanted.board.value]
        assert set(wanted.columns) | {wanted.base or next(iter(table.c.keys()))} <= set(table.c.keys()), code
        assert wanted.dimension or wanted.over, code
        assert wanted.code == code


def test_every_definition_names_tables_of_the_schema_as_its_sources():
    for wanted in INDICATORS.values():
        assert wanted.sources
        assert set(wanted.sources) <= set(metadata.tables), wanted.code


def test_every_definition_reads_whole():
    for wanted in INDICATORS.values():
        assert wanted.name and wanted.unit and wanted.regulation and wanted.audience
        assert "公式：" in wanted.hover(Settings())


def test_every_column_of_a_formula_has_a_name_of_its_own():
    used = {name for wanted in INDICATORS.values() for name in wanted.columns}
    assert used <= set(COLUMNS)
    assert len({COLUMNS[name] for name in used}) == len(used)


def test_formula_words_what_is_computed():
    assert INDICATORS["attainment"].formula(Settings()) == "（按期完成次数 + 逾期补开次数 × 0.5） ÷ 应开次数 × 100%"
    assert INDICATORS["attainment"].formula(Settings({"duty.late_counts_percent": "25"})).count("0.25") == 1
    assert INDICATORS["study_hours"].formula(Settings()) == "学习分钟数 ÷ 计入学习的支部党员数 ÷ 60"
    assert INDICATORS["organisations"].formula(Settings()) == "基层党委数 + 党总支数 + 党支部数"


def test_late_duties_count_half():
    rows = pd.DataFrame({"due": [4, 6], "held": [3, 4], "late": [1, 1], "missed": [0, 1]})
    value = figures.indicator(rows, "attainment")
    assert value["value"].tolist() == [80.0]
    assert value["base"].tolist() == [10]


def test_setting_of_late_duties_reaches_the_indicator():
    rows = pd.DataFrame({"due": [4], "held": [2], "late": [2]})
    assert figures.indicator(rows, "attainment", settings=Settings({"duty.late_counts_percent": "0"}))["value"].item() == 50


def test_share_of_nothing_is_missing_and_never_zero():
    assert figures.share(pd.Series([0.0, 0.0, np.nan]), pd.Series([0.0, 5.0, 5.0])).isna().tolist() == [True, False, True]


def test_rows_that_lack_a_column_are_left_out_of_both_sides():
    rows = pd.DataFrame({"study_minutes": [600, None], "study_people": [10, 90]})
    value = figures.indicator(rows, "study_hours")
    assert value["value"].item() == pytest.approx(1)
    assert value["base"].item() == 10


def test_indicator_without_a_standing_row_is_missing():
    rows = pd.DataFrame({"score_points": [None], "score_members": [None], "branches_rated": [0]}, dtype=float)
    value = figures.indicator(rows, "fortress")
    assert value[["value", "base"]].isna().all(axis=None)
    assert figures.indicator(rows.iloc[:0], "fortress")["value"].isna().all()


def test_fortress_index_of_a_group_weighs_by_members_and_rounds_to_a_tenth():
    rows = pd.DataFrame({"score_points": [90.0 * 10, 60.0 * 20], "score_members": [10, 20], "branches_rated": [1, 2]})
    assert figures.indicator(rows, "fortress").to_dict("records") == [{"value": 70.0, "base": 3.0}]


def test_cut_keeps_groups_without_a_value_and_their_order():
    rows = pd.DataFrame({"sector": ["b", "a", "c"], "expected": [10, 0, None], "attended": [9, 0, None]})
    value = figures.indicator(rows, "attendance", ["sector"])
    assert value["sector"].tolist() == ["a", "b", "c"]
    assert value["value"].fillna(-1).tolist() == [-1, 90, -1]


def test_count_sums_its_columns():
    rows = pd.DataFrame({"committees": [1, 0], "general_branches": [1, 2], "branches": [10, 20]})
    assert figures.indicator(rows, "organisations")["value"].item() == 34


def test_amount_is_in_yuan():
    assert figures.indicator(pd.DataFrame({"dues_paid_cents": [12345], "dues_members": [3]}), "dues_amount")[
        "value"
    ].item() == pytest.approx(123.45)


def test_composition_is_not_an_indicator_of_one_value():
    with pytest.raises(ValueError, match="composition"):
        figures.indicator(pd.DataFrame(), "by_age")
    with pytest.raises(ValueError, match="not a composition"):
        figures.composition(pd.DataFrame(), "fortress")


def test_period_without_a_row_breaks_the_line():
    values = pd.DataFrame({"period": ["2026Q1", "2026Q3"], "value": [80.0, 90.0], "base": [1.0, 1.0]})
    trend = figures.with_change(figures.over_periods(values, ["2026Q1", "2026Q2", "2026Q3"]))
    assert trend["value"].isna().tolist() == [False, True, False]
    assert trend["change"].isna().all()


def test_change_stays_inside_its_group():
    values = pd.DataFrame({"district": ["a", "a", "b", "b"], "period": ["1", "2"] * 2, "value": [70.0, 72.5, 90.0, 89.0]})
    change = figures.with_change(values, ["district"])["change"]
    assert change.fillna(0).tolist() == [0, 2.5, 0, -1]


def test_composition_lists_every_known_category_in_order_with_its_share():
    tally = pd.DataFrame({"dimension": ["sex", "sex", "age"], "category": ["female", "female", "61+"], "count": [2, 1, 5]})
    parts = figures.composition(tally, "by_sex")
    assert parts["label"].tolist() == ["男", "女"]
    assert parts["count"].tolist() == [0, 3]
    assert parts["share"].tolist() == [0, 100]


def test_composition_sums_over_the_tails_of_its_dimension_or_keeps_them_apart():
    tally = pd.DataFrame(
        {"dimension": ["election:branch", "election:committee", "elections"], "category": ["soon"] * 3, "count": [2, 1, 9]}
    )
    assert figures.composition(tally, "terms")["count"].sum() == 3
    apart = figures.composition(tally, "terms", ["dimension"])
    assert apart.groupby("dimension")["count"].sum().to_dict() == {"election:branch": 2, "election:committee": 1}


def test_composition_of_nothing_is_empty():
    assert figures.composition(pd.DataFrame({"dimension": [], "category": [], "count": []}, dtype=object), "by_sex").empty


def test_composition_takes_labels_that_are_the_installations_own():
    tally = pd.DataFrame({"dimension": ["member_sector"] * 2, "category": ["zz", "rural"], "count": [1, 1]})
    assert figures.composition(tally, "by_sector", labels={"rural": "农村"})["label"].tolist() == ["农村", "zz"]


@pytest.mark.parametrize(
    ("value", "rounded"), [(79.95, 80.0), (79.9499, 79.9), (0.05, 0.1), (59.949999999999996, 60.0), (100, 100), (-0.25, -0.2)]
)
def test_halves_round_up_whatever_binary_makes_of_them(value, rounded):
    assert half_up(pd.Series([value])).item() == rounded


def test_missing_stays_missing_when_rounded():
    assert half_up(pd.Series([np.nan, 1.0])).isna().tolist() == [True, False]


def test_boards_are_tables():
    assert {board.value for board in Board} <= set(metadata.tables)
