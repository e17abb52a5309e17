"""An explanation says what the rating does: items add up to parts, steps to the difference, and done items to a new rating."""

import numpy as np
import pandas as pd
import pytest

from domain.index import Subject, points
from domain.index.explanation import (
    EXTRAS,
    ITEMS,
    SCALED,
    Rated,
    at_shares,
    composition,
    item_points,
    itemised,
    moved,
    raised,
    reweighted,
    summed,
)
from domain.index.grounds import GROUNDS
from domain.rules import RULES
from domain.vocabulary import Part
from tests.domain.rated import MEMBER, SETTINGS, counts, weighed

PARTS = [part.value for part in Part]
UNKNOWN_STUDY = {"study_unknown": True}
WORSE = {"duties_held": 5, "duties_late": 1, "attended": 60, "dues_paid": 21, "progress_weight": 0.5, "courses_finished": 13}


def rated(*rows: dict, subject: Subject = Subject.BRANCH, **extras) -> Rated:
    frame = counts(*rows, **({"of": MEMBER} if subject is Subject.MEMBER else {}))
    given = pd.DataFrame({"bonus": 0.0, "deduction": 0.0, "veto": False} | extras, index=frame.index)
    return Rated(subject, frame, weighed(frame, subject), given, SETTINGS)


def items_of(found: Rated, members: pd.Series) -> pd.DataFrame:
    return itemised(summed(found, members), found.subject)


def composed(found: Rated, members: pd.Series | None = None) -> pd.Series:
    scores = pd.concat([found.shares[PARTS], found.scores], axis=1)
    return composition(scores, found.weights, found.counts["members"] if members is None else members)


@pytest.mark.parametrize("subject", list(Subject))
@pytest.mark.parametrize("row", [{}, WORSE, WORSE | UNKNOWN_STUDY, {"due_weight": 0, "running_weight": 0}])
def test_the_items_of_a_part_add_up_to_its_points(subject: Subject, row: dict) -> None:
    row = {name: value for name, value in row.items() if subject is Subject.BRANCH or name != "courses_finished"}
    found = rated(row, subject=subject)
    earned, full = item_points(found)
    part_points = points(found.shares, found.weights).iloc[0]
    for part in Part:
        own = [place for place, item in enumerate(ITEMS[subject]) if item.part is part]
        assert np.nansum(earned[0, own]) == pytest.approx(np.nan_to_num(part_points[part.value]), abs=1e-4)
    assert np.nansum(full) == pytest.approx(100)


def test_items_say_what_was_done_of_what_was_due() -> None:
    found = items_of(rated(WORSE | UNKNOWN_STUDY), pd.Series([10])).set_index("column")
    assert found.loc["life_duties", ["done", "due"]].tolist() == [5.5, 8]
    assert found.loc["life_duties", "share"] == pytest.approx(5.5 / 8)
    assert np.isnan(found.loc["study_courses", "share"]) and found.loc["study_courses", "unknown"] == 1
    assert (found["points"].dropna() <= found["full"].dropna()).all()


def test_a_group_is_the_mean_of_its_branches_by_members() -> None:
    both = rated({"members": 30, "applicants_red": 0}, WORSE)
    heads = pd.Series([30, 10], index=both.counts.index)
    alone = [
        items_of(
            Rated(Subject.BRANCH, *(frame.iloc[[row]] for frame in (both.counts, both.weights, both.extras)), SETTINGS), heads.iloc[[row]]
        )
        for row in (0, 1)
    ]
    together = items_of(both, heads)
    assert together["points"].to_numpy() == pytest.approx(0.75 * alone[0]["points"].to_numpy() + 0.25 * alone[1]["points"].to_numpy())
    assert together["standing"].tolist() == [2] * len(together)


def test_a_branch_without_a_score_is_no_part_of_a_groups_explanation() -> None:
    silent = {f"{source}_unknown": True for source in ("study", "meetings", "tasks")}
    both = rated({}, silent)
    heads = pd.Series([10, 1000], index=both.counts.index)
    assert items_of(both, heads)["full"].sum() == pytest.approx(100)
    assert composed(both, heads)["total"] == pytest.approx(both.scores["total"].iloc[0])
    lonely = items_of(rated(silent), pd.Series([10]))
    assert lonely["unknown"].sum() == 6  # what an unrated branch stands on is still told


def test_parts_extras_and_clip_add_up_to_the_score() -> None:
    found = rated(WORSE, bonus=4.0, deduction=2.0)
    whole = composed(found)
    assert whole[PARTS].sum() + whole[list(EXTRAS)].sum() == pytest.approx(found.scores["total"].iloc[0])
    assert whole["deduction"] == -2


def test_nobody_rated_is_composed_of_nothing() -> None:
    assert composed(rated({f"{source}_unknown": True for source in ("study", "meetings", "tasks")})).isna()["total"]


def test_the_steps_of_a_waterfall_add_up_and_scaling_is_nobodys_doing() -> None:
    """The quarter before stood on five parts; now study and service are not due yet, and nothing else has changed."""
    before, now = rated(WORSE), rated(WORSE | {"open": True, "courses_due": 0, "courses_coming": 0})
    earlier, later = composed(before), composed(now)
    full = points(now.shares.assign(**{part: now.shares[part].where(now.shares[part].isna(), 1.0) for part in PARTS}), now.weights)
    base = at_shares(later, full.iloc[0].fillna(0), before.shares[PARTS].iloc[0], earlier)
    steps = moved(later, base, earlier).set_index("step")["change"]
    assert steps.sum() == pytest.approx(later["total"] - earlier["total"])
    assert steps[PARTS].abs().max() < 1e-4
    assert steps[SCALED] == pytest.approx(later["total"] - earlier["total"], abs=0.1)


def test_a_part_without_a_median_is_compared_with_itself() -> None:
    now = composed(rated(WORSE))
    full = pd.Series(dict(zip(PARTS, (20, 30, 25, 15, 10), strict=True)))
    medians = pd.Series({"study": 1.0, "life": np.nan, "tasks": 0.5, "membership": 0.9, "service": 1.0})
    alike = at_shares(now, full, medians, now)
    assert alike["life"] == now["life"] and alike["study"] == 20
    assert moved(now, alike, alike)["change"].sum() == pytest.approx(now["total"] - alike["total"])


@pytest.mark.parametrize(
    ("adds", "changed"),
    [
        ({"duties_late": 1}, {"duties_late": 2}),
        ({"courses_finished": 7}, {"courses_finished": 20}),
        ({"progress_weight": 1.5}, {"progress_weight": 2.0}),
    ],
)
def test_a_gain_is_what_rating_the_changed_counts_gives(adds: dict, changed: dict) -> None:
    found = rated(WORSE)
    result = raised(found, pd.DataFrame([adds])).iloc[0]
    after = rated(WORSE | changed).scores["total"].iloc[0]
    assert result["total"] == after
    assert result["gain"] == pytest.approx(after - found.scores["total"].iloc[0])


def test_a_late_make_up_is_worth_half_of_a_duty_held() -> None:
    late, held = raised(rated(WORSE), pd.DataFrame([{"duties_late": 1}, {"duties_held": 1}]))["points"]
    assert late == pytest.approx(held / 2, abs=1e-4) and late > 0


def test_what_the_clip_cuts_off_is_no_gain() -> None:
    found = raised(rated({"duties_held": 7}, bonus=10.0), pd.DataFrame([{"duties_late": 1}])).iloc[0]
    assert found["total"] == 100 and found["gain"] == 0 and found["points"] > 0


def test_weights_left_alone_change_nothing_and_others_change_every_template_alike() -> None:
    found = rated(WORSE)
    general = found.weights[PARTS].iloc[0].to_dict()
    assert found.with_weights(reweighted(found.weights, general, general)).scores.equals(found.scores)
    heavier = reweighted(found.weights, general, general | {"life": general["life"] * 2})
    assert heavier["life"].iloc[0] == 2 * found.weights["life"].iloc[0]
    assert found.with_weights(heavier).scores["total"].iloc[0] != found.scores["total"].iloc[0]


def test_every_ground_is_a_rule_and_every_item_one_of_ours() -> None:
    columns = {item.column for items in ITEMS.values() for item in items}
    assert set(GROUNDS) <= columns
    assert all(rule in RULES for rules in GROUNDS.values() for rule in rules)
