"""From parts to a score: weights, caps, veto, lights, ranks and groups, at their boundaries."""

import numpy as np
import pandas as pd
import pytest

from domain.index import (
    BRANCH_ITEMS,
    LEAST_PEERS,
    MEMBER_ITEMS,
    Subject,
    group,
    light,
    of_enough,
    points,
    rank,
    rate,
    template,
    version_on,
)
from domain.settings import Settings
from domain.vocabulary import Light, Part
from seed.weights import versions, weights
from tests.domain.rated import DEFAULT, SETTINGS, counts, scored, standing, weighed

PARTS = [part.value for part in Part]
NO_EXTRAS = pd.DataFrame({"bonus": [0], "deduction": [0], "veto": [False]})


def rated(row: pd.DataFrame, **extras) -> pd.Series:
    given = pd.DataFrame({"bonus": [0], "deduction": [0], "veto": [False]} | {name: [value] for name, value in extras.items()})
    return rate(row, weighed(row), given, SETTINGS).iloc[0]


def all_at(share: float) -> pd.DataFrame:
    return standing(**dict.fromkeys(PARTS, share))


def test_everything_done_scores_a_hundred_and_nothing_done_scores_none():
    assert rated(all_at(1))["total"] == 100
    assert rated(all_at(0))["total"] == 0


def test_default_weights_are_those_of_the_table():
    assert weighed(all_at(1))[PARTS].iloc[0].tolist() == [20, 30, 25, 15, 10]
    assert template(DEFAULT, Subject.MEMBER, pd.Series(["x"]), MEMBER_ITEMS)[PARTS].iloc[0].tolist() == [25, 30, 15, 15, 15]


def test_parts_add_up_to_the_score_and_the_clip_is_an_item_of_its_own():
    row = standing(study=0.9, life=0.87654, tasks=1, membership=0.5, service=1)
    score = rated(row, bonus=4)
    assert points(row, weighed(row)).sum(axis=1).item() + score["bonus"] - score["deduction"] + score["clip"] == pytest.approx(
        score["total"]
    )


def test_clip_takes_what_is_over_a_hundred_and_gives_what_is_below_nothing():
    assert rated(all_at(1), bonus=10)[["total", "clip"]].tolist() == [100, -10]
    assert rated(all_at(0.1), deduction=20)[["total", "clip"]].tolist() == [0, 10]


@pytest.mark.parametrize(("given", "counted"), [(0, 0), (9, 9), (10, 10), (11, 10)])
def test_bonus_is_capped_at_ten(given, counted):
    assert rated(all_at(0.5), bonus=given)[["bonus", "total"]].tolist() == [counted, 50 + counted]


@pytest.mark.parametrize(("given", "counted"), [(0, 0), (19, 19), (20, 20), (21, 20)])
def test_deduction_is_capped_at_twenty(given, counted):
    assert rated(all_at(0.5), deduction=given)[["deduction", "total"]].tolist() == [counted, 50 - counted]


def test_caps_are_settings():
    tight = Settings({"index.bonus_cap": "3", "index.deduction_cap": "5"})
    extras = pd.DataFrame({"bonus": [9], "deduction": [9], "veto": [False]})
    assert rate(all_at(0.5), weighed(all_at(0.5)), extras, tight)["total"].item() == 48


def test_veto_is_red_whatever_the_score_and_leaves_the_score():
    assert rated(all_at(1), veto=True)[["total", "light", "veto"]].tolist() == [100, Light.RED, True]


def test_part_that_does_not_apply_scales_the_others_up_to_a_hundred():
    row = standing(study=1, life=1, membership=0.5, service=1).assign(tasks_applies=False)
    score = rated(row)
    assert score["standing_weight"] == 100
    assert score["total"] == pytest.approx(90)  # 15 of 75 at half


def test_unknown_part_is_left_out_and_its_weight_is_missed():
    score = rated(standing(study=1, life=1, membership=0.5, service=1))
    assert score["standing_weight"] == 75
    assert score["total"] == pytest.approx(90)


def test_less_than_sixty_of_a_hundred_is_not_rated():
    short = rated(standing(study=1, life=1))  # 50
    assert np.isnan(short["total"]) and short["light"] == Light.GREY and short["clip"] == 0
    assert rated(standing(study=1, life=1, service=1))["total"] == 100  # 60


@pytest.mark.parametrize(("weight", "is_rated"), [(59.9, False), (60, True)])
def test_boundary_of_the_standing_weight(weight, is_rated):
    row = standing(life=1)
    of_row = weighed(row).assign(life=weight, study=100 - weight, tasks=0, membership=0, service=0)
    score = rate(row, of_row, NO_EXTRAS, SETTINGS).iloc[0]
    assert score["standing_weight"] == weight
    assert (not np.isnan(score["total"])) is is_rated


def test_an_unknown_item_inside_a_part_is_missed_as_well():
    score = scored(counts({"term_valid": np.nan})).iloc[0]  # 0.2 of the 15 of membership work
    assert score["standing_weight"] == pytest.approx(97)
    assert score["total"] == 100
    not_applicable = scored(counts({"applicants": 0})).iloc[0]
    assert not_applicable["standing_weight"] == 100


@pytest.mark.parametrize(("known", "is_rated"), [(0.59, False), (0.6, True)])
def test_parts_that_are_half_unknown_do_not_make_a_score(known, is_rated):
    row = all_at(1).assign(**{f"{part}_known": known for part in PARTS})
    assert (not np.isnan(rated(row)["total"])) is is_rated


def test_unknown_counts_for_more_where_other_parts_do_not_apply():
    row = standing(membership=1, service=1, life=1).assign(tasks_applies=False)  # 55 of the 75 that apply
    assert rated(row)["standing_weight"] == pytest.approx(73.333333)
    assert rated(row)["total"] == 100


@pytest.mark.parametrize(
    ("score", "colour"),
    [
        (80, Light.GREEN),
        (79.95, Light.GREEN),
        (79.94, Light.YELLOW),
        (79.9, Light.YELLOW),
        (70, Light.YELLOW),
        (69.95, Light.YELLOW),
        (69.9, Light.RED),
        (0, Light.RED),
        (np.nan, Light.GREY),
    ],
)
def test_bands_lie_on_the_rounded_score(score, colour):
    assert light(pd.Series([score]), SETTINGS).item() == colour


def test_bands_are_settings():
    assert light(pd.Series([85.0]), Settings({"index.green": "90"})).item() == Light.YELLOW


def test_total_is_rounded_half_up():
    assert rated(all_at(0.7995))["total"] == 80.0
    assert rated(all_at(0.7995))["light"] == Light.GREEN


def test_ranks_are_standard_competition_ranks_among_peers():
    scores = pd.DataFrame(
        {
            "kind": ["branch"] * 7,
            "sector": ["a", "a", "a", "a", "a", "b", None],
            "total": [70.0, 90.0, 80.0, 80.0, np.nan, 10.0, 20.0],
        }
    )
    found = rank(scores)
    assert found["rank"].fillna(0).tolist() == [4, 1, 2, 2, 0, 1, 1]
    assert found["peers"].fillna(0).tolist() == [4, 4, 4, 4, 0, 1, 1]


def test_ranks_without_classes_are_over_all():
    assert rank(pd.DataFrame({"total": [1.0, 3.0, 2.0]}), by=())["rank"].tolist() == [3, 1, 2]


def test_group_is_the_mean_of_its_rated_branches_weighted_by_members():
    scores = pd.DataFrame({"town": ["t", "t", "t", "u"], "total": [90.0, 60.0, np.nan, np.nan], "members": [10, 20, 500, 5]})
    found = group(scores, SETTINGS, ["town"])
    assert found.iloc[0].tolist() == ["t", 2, 30, 70.0, Light.YELLOW]
    assert found.iloc[1]["branches"] == 0
    assert np.isnan(found.iloc[1]["score"]) and found.iloc[1]["light"] == Light.GREY
    assert group(scores, SETTINGS)["score"].item() == 70


def test_median_stands_on_five_at_least():
    known = of_enough(pd.DataFrame({"median": [0.5, 0.5], "peers": [LEAST_PEERS - 1, LEAST_PEERS]}))
    assert LEAST_PEERS == 5
    assert known["median"].isna().tolist() == [True, False]


def test_group_of_branches_without_members_has_no_score():
    assert np.isnan(group(pd.DataFrame({"total": [90.0], "members": [0]}), SETTINGS)["score"].item())


def test_sector_with_a_template_of_its_own_uses_it():
    with_rural = weights("village").query("version == '2026.1'")
    found = template(with_rural, Subject.BRANCH, pd.Series(["village", "agency", None], index=[5, 6, 7]), BRANCH_ITEMS)
    assert found.index.tolist() == [5, 6, 7]
    assert found["service"].tolist() == [15, 10, 10]
    assert found["tasks_on_time"].tolist() == [60, 60, 60]


def test_version_is_the_one_valid_on_the_first_day_of_the_quarter():
    table = versions().assign(
        valid_from=lambda rows: pd.to_datetime(rows["valid_from"]), valid_to=lambda rows: pd.to_datetime(rows["valid_to"])
    )
    assert version_on(table, pd.Timestamp("2025-12-31").date()) == "2024.1"
    assert version_on(table, pd.Timestamp("2026-01-01").date()) == "2026.1"
    assert version_on(table, pd.Timestamp("2024-09-30").date()) is None
    assert version_on(table.assign(withdrawn=True), pd.Timestamp("2026-01-01").date()) is None


def test_version_that_was_withdrawn_gives_way_to_an_older_one_still_valid():
    table = pd.DataFrame(
        {
            "version": ["a", "b"],
            "valid_from": pd.to_datetime(["2025-01-01", "2026-01-01"]),
            "valid_to": pd.to_datetime([None, None]),
            "withdrawn": [False, True],
        }
    )
    assert version_on(table, pd.Timestamp("2026-04-01").date()) == "a"


def test_branch_that_reported_nothing_at_all_is_rated_low_and_not_grey():
    silent = dict.fromkeys(("courses_finished", "study_minutes", "duties_held", "expected", "attended", "punctual_weight"), 0)
    silent |= {"progress_weight": 0, "dues_paid": 0, "service_records": 0}
    score = scored(counts(silent)).iloc[0]
    assert score["standing_weight"] == 100
    assert score["total"] == pytest.approx(9)  # election, admission and records: 60 of the 15 of membership work
    assert score["light"] == Light.RED
