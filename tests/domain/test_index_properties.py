"""What holds for every branch and member, whatever the counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.index import Subject, group, points, rank, rate
from domain.vocabulary import Part, Source
from tests.domain.rated import BRANCH, MEMBER, SETTINGS, counts, scored, shares, weighed

PARTS = [part.value for part in Part]
SUBJECTS = {Subject.BRANCH: BRANCH, Subject.MEMBER: MEMBER}

# Done counts and the due counts that bound them; raising a done count, with everything else held fixed, is a better input.
BETTER = {
    "courses_finished": None,
    "study_minutes": None,
    "duties_held": "duties_due",
    "attended": "expected",
    "punctual_weight": "due_weight",
    "progress_weight": "running_weight",
    "dues_paid": "dues_due",
    "fields_filled": "fields_due",
    "service_records": None,
}


@st.composite
def branches(draw):
    """One row of counts in any state: done up to due, sources missing or unknown, nothing due, no members."""
    row = {name: draw(st.integers(0, 60)) for name in BRANCH if name not in ("progress_weight", "term_valid", "open")}
    row["months"] = draw(st.integers(0, 3))
    row["open"] = draw(st.booleans())
    row["study_minutes"] = draw(st.integers(0, 50_000))
    row["term_valid"] = draw(st.sampled_from([0.0, 1.0, np.nan]))
    row["duties_held"] = draw(st.integers(0, row["duties_due"]))
    row["duties_late"] = draw(st.integers(0, row["duties_due"] - row["duties_held"]))
    row["progress_weight"] = draw(st.floats(0, row["running_weight"]))
    for done, due in BETTER.items():
        if due and done != "progress_weight":
            row[done] = min(row[done], row[due])
    row["applicants_red"] = min(row["applicants_red"], row["applicants"])
    for source in Source:
        row[f"{source.value}_installed"] = draw(st.booleans())
        row[f"{source.value}_unknown"] = draw(st.integers(0, 3)) == 0
    return row


extras = st.fixed_dictionaries({"bonus": st.integers(0, 40), "deduction": st.integers(0, 60), "veto": st.booleans()})
subjects = st.sampled_from(list(SUBJECTS))
many = st.lists(branches(), min_size=1, max_size=15)
unhurried = settings(max_examples=20, deadline=None)


def totals_of(rows: list[dict], subject: Subject = Subject.BRANCH, **extra) -> np.ndarray:
    """Return every row's total, −1 where it is not rated."""
    return scored(counts(*rows), subject, **extra)["total"].fillna(-1).to_numpy()


@unhurried
@given(many, extras, subjects)
def test_score_never_leaves_0_to_100_and_adds_up(rows, extra, subject):
    frame = counts(*rows)
    score = scored(frame, subject, **extra)
    rated = score[score["total"].notna()]
    assert score["standing_weight"].between(0, 100).all()
    assert ((score["standing_weight"] < 60) == score["total"].isna()).all()
    assert rated["total"].between(0, 100).all()
    assert np.allclose(rated["total"] * 10, (rated["total"] * 10).round(), atol=1e-9)
    earned = points(shares(frame, subject), weighed(frame, subject)).sum(axis=1)
    whole = earned + score["bonus"] - score["deduction"] + score["clip"]
    assert np.allclose(whole[rated.index], rated["total"], atol=2e-6)


@unhurried
@given(many, subjects)
def test_weights_sum_to_a_hundred_after_parts_are_left_out(rows, subject):
    frame = counts(*rows)
    found = shares(frame, subject)
    whole = found.assign(**{part: found[part].where(found[part].isna(), 1.0) for part in PARTS})
    earned = points(whole, weighed(frame, subject))
    standing = found[PARTS].notna().any(axis=1)
    assert np.allclose(earned.sum(axis=1), np.where(standing, 100, 0))
    assert (earned[PARTS].isna() == found[PARTS].isna()).all(axis=None)


@unhurried
@given(many, extras, subjects, st.sampled_from(sorted(BETTER)), st.integers(1, 30))
def test_better_input_never_lowers_a_score_with_its_parts_fixed(rows, extra, subject, done, more):
    due = BETTER[done]
    raised = [row | {done: row[done] + more if due is None else min(row[done] + more, max(row[due], row[done]))} for row in rows]
    if done == "duties_held":
        raised = [row | {done: min(row[done], row["duties_due"] - row["duties_late"])} for row in raised]
    before, after = shares(counts(*rows), subject), shares(counts(*raised), subject)
    assert (before.isna() == after.isna()).all(axis=None)
    assert (totals_of(raised, subject, **extra) >= totals_of(rows, subject, **extra)).all()


@unhurried
@given(many, extras, subjects, st.integers(1, 30))
def test_fewer_red_applicants_never_lower_a_score(rows, extra, subject, fewer):
    eased = [row | {"applicants_red": max(row["applicants_red"] - fewer, 0)} for row in rows]
    assert (totals_of(eased, subject, **extra) >= totals_of(rows, subject, **extra)).all()


@unhurried
@given(many, extras)
def test_a_term_that_is_valid_again_never_lowers_a_score(rows, extra):
    ended, elected = ([row | {"term_valid": valid} for row in rows] for valid in (0.0, 1.0))
    assert (totals_of(elected, **extra) >= totals_of(ended, **extra)).all()


@unhurried
@given(many, extras, subjects)
def test_holding_a_late_duty_in_time_never_lowers_a_score(rows, extra, subject):
    late = [row | {"duties_due": row["duties_due"] + 1, "duties_late": row["duties_late"] + 1} for row in rows]
    in_time = [row | {"duties_due": row["duties_due"] + 1, "duties_held": row["duties_held"] + 1} for row in rows]
    assert (totals_of(in_time, subject, **extra) >= totals_of(late, subject, **extra)).all()


@unhurried
@given(many, extras)
def test_more_bonus_never_lowers_and_more_deduction_never_raises(rows, extra):
    base = totals_of(rows, **extra)
    assert (totals_of(rows, **(extra | {"bonus": extra["bonus"] + 1})) >= base).all()
    assert (totals_of(rows, **(extra | {"deduction": extra["deduction"] + 1})) <= base).all()


@unhurried
@given(many)
def test_rating_together_is_rating_one_by_one(rows):
    together = scored(counts(*rows))
    apart = pd.concat([scored(counts(row)) for row in rows], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart, check_exact=True)


@unhurried
@given(many, extras)
def test_parts_that_are_read_back_rate_to_the_same_score(rows, extra):
    frame = counts(*rows)
    given_extras = pd.DataFrame([extra] * len(rows))
    again = rate(shares(frame).round(6), weighed(frame), given_extras, SETTINGS)
    pd.testing.assert_frame_equal(again, scored(frame, **extra), check_exact=True)


totals = st.one_of(st.none(), st.integers(0, 1000).map(lambda tenths: tenths / 10))


@unhurried
@given(st.lists(st.tuples(totals, st.integers(0, 60)), min_size=1, max_size=30))
def test_group_is_the_members_weighted_mean_of_its_rated_branches(rows):
    scores = pd.DataFrame(rows, columns=["total", "members"]).astype(float)
    found = group(scores, SETTINGS).iloc[0]
    standing = [(total, members) for total, members in rows if total is not None]
    assert found["branches"] == len(standing)
    people = sum(members for _, members in standing)
    if not people:
        assert np.isnan(found["score"])
        return
    assert found["score"] == pytest.approx(sum(total * members for total, members in standing) / people, abs=0.05 + 1e-6)


@unhurried
@given(st.lists(st.tuples(totals, st.sampled_from("ab")), min_size=1, max_size=30))
def test_rank_is_one_more_than_the_peers_who_scored_higher(rows):
    scores = pd.DataFrame(rows, columns=["total", "sector"]).astype({"total": float}).assign(kind="branch")
    found = rank(scores)
    for place, (total, sector) in enumerate(rows):
        if total is None:
            assert np.isnan(found["rank"].iloc[place])
        else:
            assert found["rank"].iloc[place] == 1 + sum(1 for other, of in rows if of == sector and other is not None and other > total)


def test_items_and_weights_of_one_part_do_not_reach_another():
    frame = counts({"duties_held": 0, "attended": 0})
    found = shares(frame)
    assert found["life"].item() == 0
    assert (found[[part for part in PARTS if part != "life"]] == 1).all(axis=None)
