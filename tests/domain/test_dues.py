"""Party dues: every bracket's bound, and arrears at their boundaries."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.dues import amount_due, arrears, arrears_lights, brackets, month_number, silent_branches
from domain.lights import COLUMNS
from domain.settings import Settings
from domain.vocabulary import DuesCategory, Light

TODAY = date(2026, 11, 20)
DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


@pytest.mark.parametrize(
    ("category", "yuan", "cents"),
    [
        ("employed", 0, 0),
        ("employed", 3000, 1500),
        ("employed", 3000.01, 3000),
        ("employed", 5000, 5000),
        ("employed", 5000.01, 7500),
        ("employed", 10000, 15000),
        ("employed", 10000.01, 20000),
        ("retired", 5000, 2500),
        ("retired", 5000.01, 5000),
        ("student", 9000, 20),
        ("no_income", 0, 20),
        ("farmer", 9000, 20),
        ("employed", 2999.9, 1500),  # 14.9995 yuan
        ("employed", 2001, 1001),  # 10.005 yuan: halves are rounded up
    ],
)
def test_one_rate_on_the_whole_base_upper_bounds_included(category, yuan, cents):
    assert amount_due(DuesCategory(category), round(yuan * 100), DEFAULTS) == cents


def test_a_negative_base_is_refused():
    with pytest.raises(ValueError, match="负数"):
        amount_due(DuesCategory.EMPLOYED, -1, DEFAULTS)


def test_the_rates_are_data():
    assert [(bracket.upto_yuan, bracket.percent) for bracket in brackets(DuesCategory.EMPLOYED, DEFAULTS)] == [
        (3000, 0.5),
        (5000, 1),
        (10000, 1.5),
        (None, 2),
    ]
    assert brackets(DuesCategory.STUDENT, DEFAULTS) == ()
    assert amount_due(DuesCategory.EMPLOYED, 300_000, Settings({"dues.bracket1_percent": "0.4"})) == 1200


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(DuesCategory)), st.integers(0, 5_000_000), st.integers(0, 500_000))
def test_a_higher_base_never_owes_less(category, base, more):
    assert amount_due(category, base + more, DEFAULTS) >= amount_due(category, base, DEFAULTS)


def unpaid(*months, member=9):
    return pd.DataFrame({"member_id": pd.Series([member] * len(months), dtype="int64"), "month": pd.Series(months, dtype="int64")})


def judged(*months, today=TODAY, settings=DEFAULTS):
    found = arrears(unpaid(*months), today, settings)
    return None if found.empty else (found["light"].iloc[0], str(found["since"].iloc[0].date()), found["months"].iloc[0])


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ([], None),
        ([202609, 202610], None),
        ([202608, 202609, 202610], (Light.YELLOW, "2026-11-01", [202608, 202609, 202610])),
        ([202601, 202604, 202610], (Light.YELLOW, "2026-11-01", [202601, 202604, 202610])),
        ([202609, 202610, 202611], None),  # November has not ended
        ([202609, 202610, 202701], None),  # of the future
        ([202606, 202607, 202608, 202609, 202610], (Light.YELLOW, "2026-09-01", [202606, 202607, 202608, 202609, 202610])),
        ([*range(202605, 202611)], (Light.RED, "2026-11-01", [*range(202605, 202611)])),
        ([*range(202604, 202611)], (Light.RED, "2026-10-01", [*range(202604, 202611)])),
        ([202511, 202512, 202601, 202602, 202603, 202604], (Light.RED, "2026-05-01", [202511, 202512, 202601, 202602, 202603, 202604])),
        ([202604, 202605, 202606, 202608, 202609, 202610], (Light.YELLOW, "2026-07-01", [202604, 202605, 202606, 202608, 202609, 202610])),
        ([202501, *range(202605, 202611)], (Light.RED, "2026-11-01", [*range(202605, 202611)])),
    ],
)
def test_three_unpaid_months_are_yellow_and_six_in_a_row_red(months, expected):
    assert judged(*months) == expected


@pytest.mark.parametrize(("today", "light"), [(date(2026, 10, 31), None), (date(2026, 11, 1), Light.YELLOW)])
def test_a_month_counts_once_it_has_ended(today, light):
    found = judged(202608, 202609, 202610, today=today)
    assert (found and found[0]) == light


def test_a_month_that_is_unpaid_in_two_branches_is_one_month():
    assert judged(202609, 202609, 202610) is None


def test_months_of_two_members_are_not_one_row():
    both = pd.concat([unpaid(202605, 202606, 202607, member=1), unpaid(202608, 202609, 202610, member=2)])
    found = arrears(both, TODAY, DEFAULTS)
    assert found["light"].tolist() == [Light.YELLOW, Light.YELLOW]
    assert found["member_id"].tolist() == [1, 2]


def test_the_numbers_are_settings():
    assert judged(202609, 202610, settings=Settings({"dues.yellow_months": "2"}))[0] == Light.YELLOW


@hypothesis_settings(max_examples=60, deadline=None)
@given(st.sets(st.sampled_from([202510, 202511, 202512, *range(202601, 202612)])), st.sampled_from([202510, *range(202601, 202612)]))
def test_one_more_unpaid_month_never_improves_a_light(months, another):
    rank = {None: 0, Light.YELLOW: 1, Light.RED: 2}
    fewer, more = judged(*sorted(months)), judged(*sorted(months | {another}))
    assert rank[more and more[0]] >= rank[fewer and fewer[0]]
    if more:
        assert more[1] <= str(TODAY)


def test_a_light_is_the_members_own_and_names_nobody():
    found = arrears_lights(arrears(unpaid(*range(202605, 202611)), TODAY, DEFAULTS).assign(org_id=3))
    assert found.columns.tolist() == COLUMNS
    row = found.iloc[0]
    assert (row["org_id"], row["member_id"], row["subject"], row["light"]) == (3, 9, "member:9", Light.RED)
    assert row["text"] == "1名党员2026年5月至2026年10月连续6个月未足额缴纳党费。"


def test_months_as_the_table_writes_them():
    assert month_number(date(2026, 3, 31)) == 202603


def branch(last_month=None, members=8, lived_from="2025-10-01", unknown_from=None):
    return pd.DataFrame(
        {
            "org_id": [1],
            "members": [members],
            "lived_from": days([lived_from]),
            "last_month": pd.Series([last_month], dtype="Int64"),
            "unknown_from": days([unknown_from]),
        }
    )


@pytest.mark.parametrize(
    ("row", "since"),
    [
        (branch(202610), None),
        (branch(202608), None),
        (branch(202607), "2026-11-01"),
        (branch(202604), "2026-08-01"),
        (branch(), "2026-01-01"),
        (branch(lived_from="2026-08-02"), None),
        (branch(members=0), None),
        (branch(202610, unknown_from="2026-09-15"), "2026-09-15"),
    ],
)
def test_a_branch_that_reports_no_dues_is_grey_after_three_months(row, since):
    found = silent_branches(row, TODAY, DEFAULTS)
    assert [str(value.date()) for value in found["since"]] == ([since] if since else [])
    assert found["light"].isin([Light.GREY]).all()
