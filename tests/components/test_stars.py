"""The chart of stars: whose share of five stars is nought, and whose is not decided."""

import pandas as pd

from components.charts import stars
from tests.components.specs import marked, rows, spec


def test_nobody_with_five_stars_is_nought_and_an_undecided_year_says_nothing():
    told = [("a", "甲县", 5, 1), ("a", "甲县", 4, 3), ("b", "乙县", 3, 7), ("c", "2026年", -1, 9)]
    drawn = spec(stars.stacks(pd.DataFrame(told, columns=["key", "name", "stars", "count"]), theme="dark"))
    (ends,) = marked(drawn, "text")
    assert rows(drawn, ends).set_index("key")["text"].to_dict() == {"a": "25.0 %", "b": "0.0 %"}
