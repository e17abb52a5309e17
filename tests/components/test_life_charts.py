"""The heat map of duties by organisation and month."""

import pandas as pd

from components import palette
from components.charts import life
from tests.components.specs import layers, rows, spec


def test_a_heat_map_has_a_row_an_organisation_and_grey_where_nothing_is_known() -> None:
    given = pd.DataFrame(
        {
            "org_code": ["A", "A", "B"],
            "name": ["同名支部", "同名支部", "同名支部"],
            "period": ["2026-01", "2026-02", "2026-01"],
            "value": [40.0, 100.0, None],
            "base": [4, 4, 0],
        }
    )
    drawn = spec(life.heat(given, theme="dark", first="2026-01", months=12))
    layers_of = list(layers(drawn))
    look = palette.theme("dark")
    fills = {(row["org_code"], row["period"]): row["fill"] for row in rows(drawn, layers_of[0]).to_dict("records")}
    assert fills["B", "2026-01"] == look.grid
    assert len({fills["A", "2026-01"], fills["A", "2026-02"], look.grid}) == 3
    down = layers_of[0]["encoding"]["y"]
    assert down["sort"] == ["A", "B"] and down["axis"]["labelOverlap"] is False  # every organisation is named
    assert any(one["name"] == "chosen" for one in drawn["params"])
