"""Counting open lights by rule, district, sector and age, under what is chosen."""

import pandas as pd
import pytest

from domain.ageing import Age
from domain.light_counts import COLOURS, Chosen, counted, totals

ALL = Chosen()


def lights() -> pd.DataFrame:
    told = [
        ("duty.lecture", "red", "d1", "上游区", "village", "农村", "week", 2),
        ("duty.lecture", "yellow", "d2", "江心区", "village", "农村", "older", 5),
        ("dues.arrears", "red", "d2", "江心区", "agency", "机关", "older", 3),
        ("old.rule", "grey", None, None, None, None, "month", 1),
    ]
    columns = "rule_id light district_code district_name sector sector_name age count"
    return pd.DataFrame(told, columns=columns.split())


@pytest.mark.parametrize("by", ["rule", "district", "sector", "age"])
def test_whatever_it_is_counted_by_the_sum_is_the_same(by: str) -> None:
    assert counted(lights(), by, ALL)[COLOURS].sum().to_dict() == totals(lights(), ALL) == {"red": 5, "yellow": 5, "grey": 1}


def test_most_reds_come_first_and_names_are_the_readers() -> None:
    rows = counted(lights(), "rule", ALL)
    assert rows[["key", "name"]].to_numpy().tolist() == [["dues.arrears", "党费缴纳"], ["duty.lecture", "党课"], ["old.rule", "old.rule"]]
    assert counted(lights(), "district", ALL)["name"].tolist() == ["江心区", "上游区", "未填"]


def test_every_age_is_present_in_its_order() -> None:
    rows = counted(lights(), "age", ALL)
    assert rows["key"].tolist() == list(Age)
    assert rows["name"].tolist() == [age.label for age in Age]
    assert rows["red"].tolist() == [2, 0, 0, 3]


@pytest.mark.parametrize(
    ("chosen", "sums"),
    [
        (Chosen(rule="duty.lecture"), (2, 5, 0)),
        (Chosen(light="red"), (5, 0, 0)),
        (Chosen(district="d2"), (3, 5, 0)),
        (Chosen(sector="agency"), (3, 0, 0)),
        (Chosen(age="older", light="yellow"), (0, 5, 0)),
        (Chosen(rule="no.rule"), (0, 0, 0)),
    ],
)
def test_what_is_chosen_is_counted_alone(chosen: Chosen, sums: tuple[int, int, int]) -> None:
    assert tuple(totals(lights(), chosen).values()) == sums


def test_a_chart_keeps_the_rows_beside_the_one_that_was_chosen() -> None:
    chosen = Chosen(district="d1", light="red")
    assert counted(lights(), "district", chosen)["key"].tolist() == ["d2", "d1"]
    assert counted(lights(), "rule", chosen)["key"].tolist() == ["duty.lecture"]


def test_nothing_to_count() -> None:
    assert counted(lights().head(0), "rule", ALL).empty
    assert counted(lights().head(0), "age", ALL)[COLOURS].to_numpy().sum() == 0
    assert totals(lights().head(0), ALL) == {"red": 0, "yellow": 0, "grey": 0}
