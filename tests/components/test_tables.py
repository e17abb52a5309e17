"""Tables as a reader meets them: headers, lights, missing values, text that stays text."""

import json

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components import palette, tables


def page():
    import pandas as pd

    from components import tables

    frame = pd.DataFrame(
        {
            "code": ["a", "b"],
            "name": ["**x** :red[y]", None],
            "score": [84.6, None],
            "light": ["red", None],
            "members": [12345, 7],
            "hidden": [1, 2],
        }
    )
    columns = {
        "name": tables.text("支部"),
        "score": tables.score("指数"),
        "light": tables.light("状态", theme="dark"),
        "members": tables.count("党员"),
    }
    tables.table(frame, columns=columns, key="t")


def shown():
    return AppTest.from_function(page).run().dataframe[0]


def test_only_the_named_columns_are_sent_in_their_order():
    assert list(shown().value.columns) == ["name", "score", "light", "members"]


def test_headers_are_chinese_and_missing_values_a_dash():
    proto = shown().proto
    columns = json.loads(proto.columns)
    assert [columns[name]["label"] for name in ("name", "score", "light", "members")] == ["支部", "指数", "状态", "党员"]
    assert proto.placeholder == "—"


def test_names_are_text_cells_and_never_markdown():
    columns = json.loads(shown().proto.columns)
    assert columns["name"]["type_config"]["type"] == "text"
    assert shown().value["name"].tolist()[0] == "**x** :red[y]"


def test_a_light_is_icon_and_word_on_the_palettes_colour():
    element = shown()
    assert [list(cell) for cell in element.value["light"]] == [["▲ 预警"], []]
    options = json.loads(element.proto.columns)["light"]["type_config"]["options"]
    assert {option["value"]: option["color"] for option in options} == {
        palette.mark(light): palette.DARK.lights[light] for light in palette.DARK.lights
    }


def fitted():
    import pandas as pd

    from components import tables

    names = [*["党支部"] * 9, "中共福州市委非公有制企业和社会组织工作委员会", "𠮷" * 80]
    frame = pd.DataFrame({"name": names, "told": names, "light": ["red"] * 11, "grey": ["grey"] * 11, "rate": [0.2984] * 11})
    columns = {
        "name": tables.text("组织"),
        "told": tables.text("依据", width=120),
        "light": tables.light("状态", theme="dark"),
        "grey": tables.light("状态", theme="dark"),
        "rate": tables.share("占比"),
    }
    tables.table(frame.head(10), columns=columns, key="t")
    tables.table(frame, columns=columns, key="long")


def test_a_column_is_as_wide_as_its_longest_text_but_no_wider_than_reason():
    one, other = AppTest.from_function(fitted).run().dataframe
    columns, longer = json.loads(one.proto.columns), json.loads(other.proto.columns)
    assert columns["name"]["width"] == round(22 * 13.5 + 17), "the one long name counts, however short the others are"
    assert columns["told"]["width"] == 120
    assert columns["light"]["width"] < columns["grey"]["width"], "▲ 预警 and ? 数据缺失"
    assert longer["name"]["width"] == 420


def test_a_share_is_shown_in_percent_with_one_decimal():
    table = AppTest.from_function(fitted).run().dataframe[0]
    assert table.value["rate"].iloc[0] == pytest.approx(29.84)
    assert json.loads(table.proto.columns)["rate"]["type_config"]["format"] == "%.1f\u00a0%%"


@pytest.mark.parametrize(("rows", "most", "shown"), [(0, 5, 1), (3, 5, 3), (9, 5, 5)])
def test_a_table_is_as_tall_as_its_rows_and_no_taller_than_told(rows, most, shown):
    assert tables.tall(pd.DataFrame({"a": range(rows)}), most) == tables.ROW * (shown + 1) + 2  # the header, and the frame
