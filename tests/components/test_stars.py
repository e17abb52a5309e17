"""The charts of stars: whose share of five stars is nought, whose is not decided, and what a click chooses."""

import pandas as pd

from components.charts import stars
from tests.components.specs import marked, rows, spec


def test_nobody_with_five_stars_is_nought_and_an_undecided_year_says_nothing():
    told = [("a", "甲县", 5, 1), ("a", "甲县", 4, 3), ("b", "乙县", 3, 7), ("c", "2026年", -1, 9)]
    drawn = spec(stars.stacks(pd.DataFrame(told, columns=["key", "name", "stars", "count"]), theme="dark"))
    (ends,) = marked(drawn, "text")
    assert rows(drawn, ends).set_index("key")["text"].to_dict() == {"a": "25.0 %", "b": "0.0 %"}


def test_a_click_on_a_cell_or_its_count_tells_index_and_self_score() -> None:
    cells = pd.DataFrame({"index_from": [75, 80], "self_from": [90, 80], "count": [3, 1]})
    drawn = spec(stars.disagreement(cells, theme="dark", bin=5))
    (chosen,) = [param for param in drawn["params"] if param["name"] == "chosen"]
    assert chosen["select"]["fields"] == ["index_from", "self_from"]
    for mark in ("rect", "text"):
        for drawing in marked(drawn, mark):
            assert rows(drawn, drawing)[["index_from", "self_from"]].to_numpy().tolist() == [[75, 90], [80, 80]]
