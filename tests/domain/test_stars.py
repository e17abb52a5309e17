"""Stars: the bands, the quota of one committee, and the veto."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.rules import RULES
from domain.settings import Settings
from domain.stars import Breach, breaches, stars

DEFAULTS = Settings()


def ratings(scores, committees=None, vetoes=None):
    return pd.DataFrame(
        {
            "org_id": range(1, len(scores) + 1),
            "org_code": [f"C{number:03d}" for number in range(1, len(scores) + 1)],
            "committee_id": committees or [1] * len(scores),
            "final_score": pd.Series(scores, dtype=float),
            "veto": vetoes or [False] * len(scores),
        }
    )


def given_stars(*args, settings=DEFAULTS, **kwargs):
    return stars(ratings(*args, **kwargs), settings)["stars"].tolist()


@pytest.mark.parametrize(("score", "expected"), [(89.9, 4), (80, 4), (79.9, 3), (70, 3), (69.9, 2), (60, 2), (59.9, 0), (0, 0)])
def test_the_bands(score, expected):
    assert given_stars([score]) == [expected]


@pytest.mark.parametrize(("branches", "five"), [(3, 0), (4, 1), (6, 1), (7, 2), (10, 3), (20, 6), (30, 9)])
def test_at_most_thirty_percent_of_one_committees_branches_get_five(branches, five):
    assert given_stars([95] * branches).count(5) == five


def test_the_best_get_the_five_stars_and_the_others_four():
    assert given_stars([91, 99, 95, 97, 60, 60, 60, 60, 60, 60]) == [4, 5, 5, 5, 2, 2, 2, 2, 2, 2]


def test_equal_scores_are_ordered_by_code():
    assert given_stars([95, 95, 95, 95]) == [5, 4, 4, 4]


def test_branches_without_a_final_score_count_for_the_quota_and_get_nothing():
    found = stars(ratings([95, np.nan, np.nan, np.nan]), DEFAULTS)
    assert found["stars"].isna().tolist() == [False, True, True, True]
    assert found["stars"].iloc[0] == 5


def test_a_veto_caps_at_none_and_leaves_its_place_to_the_next():
    found = stars(ratings([99, 95, 60, 60], vetoes=[True, False, False, False]), DEFAULTS)
    assert found["stars"].tolist() == [0, 5, 2, 2]
    assert found["reason"].tolist() == ["veto", "", "", ""]


def test_the_quota_is_each_committees_own():
    found = stars(ratings([95, 95, 60, 60, 95, 60], committees=[1, 1, 1, 1, 2, 2]), DEFAULTS)
    assert found["stars"].tolist() == [5, 4, 2, 2, 4, 2]
    assert found["reason"].tolist() == ["", "quota", "", "", "quota", ""]


def test_the_bands_are_settings():
    assert given_stars([88, 60, 60, 60], settings=Settings({"star.five": "88"})) == [5, 2, 2, 2]


@hypothesis_settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.integers(1, 3)), min_size=1, max_size=30))
def test_quota_and_veto_hold_whatever_the_scores(rows):
    table = ratings([row[0] for row in rows], [row[2] for row in rows], [row[1] for row in rows])
    found = table.merge(stars(table, DEFAULTS), on="org_id")
    for _, group in found.groupby("committee_id"):
        assert (group["stars"] == 5).sum() <= 0.3 * len(group) + 1e-9
    assert (found.loc[found["veto"], "stars"] == 0).all()
    kept = found[~found["veto"]].sort_values(["committee_id", "final_score", "org_code"], ascending=[True, False, True])
    assert (kept.groupby("committee_id")["stars"].diff().dropna() <= 0).all()


# What was given, checked

TODAY = date(2026, 11, 20)


def checked(scores, given_stars, *, year=2025, self_scores=None, settings=DEFAULTS, **kwargs):
    rows = ratings(scores, **kwargs).assign(year=year, given=pd.Series(given_stars, dtype=float), review_score=80.0)
    rows["self_score"] = pd.Series(self_scores or [85.0] * len(rows), dtype=float)
    found = breaches(rows, settings, TODAY)
    return {row.org_id: (row.breach, None if pd.isna(row.due) else int(row.due)) for row in found.itertuples()}


def test_stars_that_the_rules_give_are_no_breach():
    assert checked([95, 85, 72, 61, 40, None], [4, 4, 3, 2, 0, None], committees=[1] * 6) == {1: ("below", 5)}
    assert checked([85, 72, 61, 40], [4, 3, 2, 0]) == {}


@pytest.mark.parametrize(("score", "given_star", "breach"), [(79.9, 4, "above"), (80, 4, None), (80, 3, "below"), (59.9, 2, "above")])
def test_stars_follow_the_score(score, given_star, breach):
    assert [found for found, _ in checked([score], [given_star]).values()] == ([breach] if breach else [])


def test_five_stars_beyond_the_quota_are_a_breach_of_those_with_less():
    scores = [91, 99, 95, 60, 60]
    assert checked(scores, [5, 5, 4, 2, 2]) == {1: ("quota", 4)}
    assert checked(scores, [4, 5, 4, 2, 2]) == {}
    assert checked([91, 99], [5, 5], settings=Settings({"star.quota": "0.5"})) == {1: ("quota", 4)}


def test_a_veto_and_stars_do_not_go_together():
    assert checked([95, 85], [0, 4], vetoes=[True, True]) == {2: ("veto", 0)}


@pytest.mark.parametrize(
    "odd",
    [
        {"scores": [140], "given_stars": [5]},
        {"scores": [-1], "given_stars": [0]},
        {"scores": [None], "given_stars": [4]},
        {"scores": [85], "given_stars": [4], "self_scores": [101.0]},
        {"scores": [85], "given_stars": [4], "year": 2027},
    ],
    ids=["above 100", "negative", "stars without a score", "self-score", "a year to come"],
)
def test_what_is_odd_is_said_to_be_odd_and_not_judged(odd):
    assert checked(**odd)[1][0] == Breach.ANOMALY


def test_an_odd_score_takes_nobodys_place():
    assert checked([140, 95, 60, 60], [5, 5, 2, 2]) == {1: ("anomaly", None)}


def test_every_breach_cites_a_rule():
    assert {breach.rule_id for breach in Breach} <= set(RULES)
