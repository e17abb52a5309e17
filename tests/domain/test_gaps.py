"""Gaps between organisations: who is ahead, by how much, and what is no gap because nothing is known."""

import pandas as pd

from domain.gaps import gaps, leaders

NAN = float("nan")


def measures(*rows):
    """Rows of measure, unit, rising, and the values of organisations 1, 2, 3…"""
    told = [
        (org_id, measure, f"题{measure}", unit, rising, value, "—" if pd.isna(value) else str(value))
        for measure, unit, rising, *values in rows
        for org_id, value in enumerate(values, 1)
    ]
    return pd.DataFrame(told, columns=["org_id", "measure", "title", "unit", "rising", "value", "told"]).sort_values(
        "org_id", kind="stable"
    )


def found(*rows, own=1):
    return [tuple(row) for row in gaps(measures(*rows), own)[["org_id", "measure"]].itertuples(index=False)]


def test_only_what_the_other_does_better_is_a_gap():
    rows = [("a", "%", True, 80.0, 90.0), ("b", "%", True, 80.0, 80.0), ("c", "%", True, 80.0, 70.0)]
    assert found(*rows) == [(2, "a")]
    assert found(*rows, own=2) == [(1, "c")]


def test_less_is_better_where_it_is_said_so():
    assert found(("lights", "项", False, 3.0, 1.0)) == [(2, "lights")]
    assert found(("lights", "项", False, 1.0, 3.0)) == []


def test_the_widest_gap_comes_first():
    rows = [("a", "%", True, 80.0, 85.0), ("b", "%", True, 20.0, 100.0), ("c", "次", True, 1.0, 2.0)]
    assert found(*rows) == [(2, "b"), (2, "c"), (2, "a")]


def test_equally_wide_gaps_keep_the_order_of_the_measures():
    assert found(("z", "%", True, 80.0, 90.0), ("a", "%", True, 70.0, 80.0)) == [(2, "z"), (2, "a")]


def test_shares_differ_by_points_and_numbers_by_parts_of_the_larger():
    wide = gaps(measures(("a", "%", True, 80.0, 90.0), ("b", "次", True, 1.0, 4.0), ("c", "项", False, 4.0, 1.0)), 1)
    assert wide.set_index("measure")["gap"].round(9).to_dict() == {"b": 0.75, "c": 0.75, "a": 0.1}


def test_what_is_missing_on_either_side_is_no_gap():
    assert found(("a", "%", True, NAN, 90.0), ("b", "%", True, 80.0, NAN)) == []


def test_every_other_one_has_its_own_gaps_in_the_order_given():
    assert found(("a", "%", True, 50.0, 60.0, 90.0), ("b", "%", True, 50.0, 80.0, 50.0)) == [(2, "b"), (2, "a"), (3, "a")]


def test_both_sides_are_told():
    row = gaps(measures(("a", "%", True, 50.0, 60.0)), 1).iloc[0]
    assert (row["title"], row["told"], row["own_told"]) == ("题a", "60.0", "50.0")


def test_one_alone_leads_or_nobody():
    rows = measures(("a", "%", True, 50.0, 60.0, 70.0), ("b", "%", True, 70.0, 70.0, 10.0), ("c", "项", False, 2.0, 0.0, 1.0))
    assert leaders(rows).to_dict() == {"a": 3, "c": 2}


def test_nobody_leads_where_only_one_is_known():
    assert leaders(measures(("a", "%", True, 50.0, NAN))).empty


def test_one_organisation_has_no_gap():
    assert gaps(measures(("a", "%", True, 50.0)), 1).empty
