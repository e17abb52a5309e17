"""A score explained: the points that every item brings, what moved it, and what would raise it.

Everything goes through the functions that rate (`parts`, `points`, `rate`), so that an explanation cannot say anything else than the
score does. The index of a group is the mean of its branches weighted by members, and so is every figure that explains it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from domain.index.items import BRANCH_ITEMS, MEMBER_ITEMS, Item, arrays, branch_items, member_items
from domain.index.scores import brought, matrix, parts, rate
from domain.index.weights import Subject
from domain.rounding import NOISE, halves_up
from domain.vocabulary import Light, Part

_PARTS = [part.value for part in Part]
ITEMS: Mapping[Subject, tuple[Item, ...]] = {Subject.BRANCH: BRANCH_ITEMS, Subject.MEMBER: MEMBER_ITEMS}
MEASURED: Mapping[Subject, Callable[..., pd.DataFrame]] = {Subject.BRANCH: branch_items, Subject.MEMBER: member_items}
EXTRAS = ("bonus", "deduction", "clip")  # what is in a score besides its parts
SCALED = "scaled"  # the step of weights that were scaled up for parts left out
TOTAL = "total"
SUMS = ("branches", "unknown", "members", "share", "points", "full", "done", "due")  # the columns of what a group's index adds up to


@dataclass(frozen=True)
class Rated:
    """Who was rated, from what, with what; frames aligned by their index, a row a subject.

    `counts` as `domain.index.branch_items` or `member_items` expect them; `weights` as `template` returns them; `extras`: bonus, deduction
    (points), veto.
    """

    subject: Subject
    counts: pd.DataFrame
    weights: pd.DataFrame
    extras: pd.DataFrame
    settings: Mapping[str, float]

    @cached_property
    def items(self) -> pd.DataFrame:
        """Every item's share, as the rating measures it."""
        return MEASURED[self.subject](self.counts, self.settings)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Every part's share, as the rating weighs it."""
        return parts(self.items, self.weights)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The scores, as the rating works them out."""
        return rate(self.shares, self.weights, self.extras, self.settings)

    def with_weights(self, weights: pd.DataFrame) -> "Rated":
        """Return the same subjects under other weights."""
        return Rated(self.subject, self.counts, weights, self.extras, self.settings)


def item_points(rated: Rated) -> tuple[np.ndarray, np.ndarray]:
    """Return the points that each item brings, and those that it would bring if all of it were done; NaN where it is left out.

    The items of a part add up to the part's `points`. A row a subject, a column an item, in the order of `ITEMS`.
    """
    items = ITEMS[rated.subject]
    columns = [item.column for item in items]
    shares, weights = matrix(rated.items, columns), matrix(rated.weights, columns)
    top = brought(all_done(matrix(rated.shares)), matrix(rated.weights))
    weighed = np.where(np.isnan(shares), 0.0, weights)
    full = np.full(shares.shape, np.nan)
    for place, part in enumerate(_PARTS):
        own = [number for number, item in enumerate(items) if item.part == part]
        total = weighed[:, own].sum(axis=1)
        scale = top[:, place] / np.where(total > 0, total, np.nan)
        full[:, own] = np.where(np.isnan(shares[:, own]), np.nan, weighed[:, own] * scale[:, None])
    return full * shares, full


def all_done(shares: np.ndarray) -> np.ndarray:
    """Return the shares of somebody who stands on the same parts and has done all there is to do."""
    return np.where(np.isnan(shares), np.nan, 1.0)


def summands(rated: Rated, members: pd.Series, counted: np.ndarray) -> dict[str, dict[str, np.ndarray]]:
    """Return what each subject adds to every measure of a group's index (its items, the parts, `EXTRAS` and `TOTAL`), as arrays by
    column of `SUMS`.

    `counted` (bool) are the subjects that count. Of an item: branches (1 where the subject stands on it), unknown (1 where it is marked
    unknown), members (of those who stand on it), share, points and full (share, points brought, and points if all were done, times
    members), done, due. Of a part the same without unknown, done and due; of an extra points alone; of "total": branches (rated), unknown
    (not rated), members (of the rated), share and points (the score times members).
    """
    heads = np.where(counted, members.to_numpy(dtype=float), 0.0)
    nothing = np.zeros(len(heads))
    earned, full = item_points(rated)
    found: dict[str, dict[str, np.ndarray]] = {}

    def put(measure: str, stands: np.ndarray, **weighed: np.ndarray) -> None:
        own = stands & counted
        sums = {name: np.where(own, np.nan_to_num(values), 0.0) * heads for name, values in weighed.items()}
        ones = {"branches": own.astype(float), "members": np.where(own, heads, 0.0)}
        found[measure] = dict.fromkeys(SUMS, nothing) | ones | sums

    counts = arrays(rated.counts)
    for place, item in enumerate(ITEMS[rated.subject]):
        share = rated.items[item.column].to_numpy(dtype=float)
        stands = ~np.isnan(share)
        put(item.column, stands, share=share, points=earned[:, place], full=full[:, place])
        done, due, _ = (np.asarray(values, dtype=float) for values in item.measure(counts, rated.settings))
        marked = rated.items[item.applies].to_numpy(dtype=bool) & counts[f"{item.source.value}_unknown"].astype(bool)
        found[item.column] |= {"done": np.where(stands & counted, done, 0.0), "due": np.where(stands & counted, due, 0.0)}
        found[item.column]["unknown"] = (marked & counted).astype(float)
    shares, weights = matrix(rated.shares), matrix(rated.weights)
    own, possible = brought(shares, weights), brought(all_done(shares), weights)
    for place, part in enumerate(_PARTS):
        put(part, ~np.isnan(shares[:, place]), share=shares[:, place], points=own[:, place], full=possible[:, place])
    scores = rated.scores
    for extra in EXTRAS:
        values = scores[extra].to_numpy(dtype=float)
        put(extra, np.ones(len(heads), dtype=bool), points=-values if extra == "deduction" else values)
    total = scores["total"].to_numpy(dtype=float)
    put(TOTAL, ~np.isnan(total), share=total, points=total)
    found[TOTAL]["unknown"] = np.isnan(total).astype(float)
    return found


def summed(rated: Rated, members: pd.Series) -> pd.DataFrame:
    """Return the sums of `summands` over all of `rated`: a row a measure (the index), the columns `SUMS`.

    Only who has a score counts, unless nobody has.
    """
    scored = rated.scores["total"].notna().to_numpy()
    parts_of = summands(rated, members, scored if scored.any() else ~scored)
    sums = [[each[name].sum() for name in SUMS] for each in parts_of.values()]
    return pd.DataFrame(sums, index=list(parts_of), columns=list(SUMS), dtype=float)


def itemised(sums: pd.DataFrame, subject: Subject) -> pd.DataFrame:
    """Explain a mean score item by item, from `summed`; of one subject, its own score.

    Returns one row an item, in their order: part, code, column, name, done, due (sums over those who stand on the item), standing (how
    many do), unknown (of how many it is marked unknown), share (mean of their shares by members; NaN where nobody stands on it),
    points (that it brings to the score), full (that it would bring if all were done).
    """
    items = ITEMS[subject]
    own = sums.reindex([item.column for item in items], fill_value=0.0)
    whole = _heads(sums)
    stands = own["members"] > 0
    return pd.DataFrame(
        {
            "part": [item.part.value for item in items],
            "code": [item.code for item in items],
            "column": [item.column for item in items],
            "name": [item.name for item in items],
            "done": own["done"].to_numpy(),
            "due": own["due"].to_numpy(),
            "standing": own["branches"].astype(int).to_numpy(),
            "unknown": own["unknown"].astype(int).to_numpy(),
            "share": (own["share"] / own["members"].where(stands)).to_numpy(),
            "points": (own["points"] / whole).where(stands).to_numpy(),
            "full": (own["full"] / whole).where(stands).to_numpy(),
        }
    )


def composed(sums: pd.DataFrame) -> pd.Series:
    """Return what the mean score of `summed` is composed of, as `composition` does; all NaN where nobody is rated."""
    steps = sums["points"].reindex([*_PARTS, *EXTRAS], fill_value=0.0) / _heads(sums)
    rated = bool(sums["branches"][TOTAL])
    whole = pd.concat([steps, pd.Series({"total": steps.sum()})])
    return whole if rated else whole * np.nan


def _heads(sums: pd.DataFrame) -> float:
    """The members that count: those of the rated, or of everybody where nobody is (every subject has extras)."""
    return float(sums["members"][EXTRAS[0]]) or np.nan


def composition(scores: pd.DataFrame, weights: pd.DataFrame, members: pd.Series) -> pd.Series:
    """Return what the mean score is composed of: points of each part, bonus, deduction (negative), clip; they add up to "total".

    Expects `scores`: the parts (shares), bonus, deduction, clip, total (NaN: not rated, and left out); `weights` aligned; `members`.
    The clip also holds what rounding each total to a tenth adds. All NaN where nobody is rated.
    """
    scored = scores["total"].notna().to_numpy()
    heads = members.to_numpy(dtype=float)[scored]
    whole = heads.sum()
    extras = matrix(scores, EXTRAS) * [-1.0 if name == "deduction" else 1.0 for name in EXTRAS]
    earned = np.nan_to_num(brought(matrix(scores)[scored], matrix(weights)[scored]))
    means = (np.hstack([earned, extras[scored]]) * heads[:, None]).sum(axis=0) / (whole or np.nan)
    return pd.Series([*means, means.sum()], index=[*_PARTS, *EXTRAS, TOTAL])


def at_shares(now: pd.Series, full: pd.Series, shares: pd.Series, extras: pd.Series) -> pd.Series:
    """Return the composition of somebody who stands on the same parts with the same weights, but reaches other shares in them.

    Expects `now` of `composition`; by part, `full` (the points that it would bring if all were done; 0: left out) and `shares`, NaN where
    there is nothing to compare with: there they are as they are. `extras` has `EXTRAS`, such as another `composition`.
    """
    reached = [full[part] * shares[part] if pd.notna(shares[part]) and full[part] > 0 else now[part] for part in _PARTS]
    given = np.array([*reached, *(extras[extra] for extra in EXTRAS)], dtype=float)
    return pd.Series([*given, given.sum()], index=[*_PARTS, *EXTRAS, TOTAL])


def moved(now: pd.Series, base: pd.Series, before: pd.Series) -> pd.DataFrame:
    """Say what moved a score from `before` to `now`; all three as `composition` returns them.

    `base` is `before` on the parts that stand now (`at_shares`): what lies between the two is no doing of anybody, but comes of parts
    that were left out then or are left out now, and is a step of its own (`SCALED`).
    Returns step (a part, of `EXTRAS`, or `SCALED`), change (points); the changes add up to the difference of the totals.
    """
    steps = [*_PARTS, *EXTRAS]
    changes = [*(now[step] - base[step] for step in steps), base[TOTAL] - before[TOTAL]]
    return pd.DataFrame({"step": [*steps, SCALED], "change": changes})


def raised(rated: Rated, deltas: pd.DataFrame, of: Sequence[int] | None = None) -> pd.DataFrame:
    """Re-rate subjects with each of several things done, each thing by itself.

    Expects a row of `deltas` a thing: what it adds to each of the counts it changes (NaN or 0: nothing); `of` says whose thing each is,
    by the index of `rated`, and may be left out where there is one subject.
    Returns, aligned with `deltas`: total (the score that a rating would then give), gain (the total's rise, in tenths as scores are),
    points (the rise before rounding and clipping, to six decimals: what puts small things in order).
    """
    places = pd.Series(np.arange(len(rated.counts)), index=rated.counts.index)
    whose = places.loc[list(of)].to_numpy() if of is not None else np.zeros(len(deltas), int)
    counts, weights, extras = (frame.take(whose).set_axis(deltas.index) for frame in (rated.counts, rated.weights, rated.extras))
    added = {str(name): counts[name].to_numpy() + np.nan_to_num(deltas[name].to_numpy(dtype=float)) for name in deltas.columns}
    then = Rated(rated.subject, counts.assign(**added), weights, extras, rated.settings)
    total, own = (found.scores["total"].to_numpy() for found in (then, rated))
    rise = _earned(then) - _earned(rated)[whose]
    gain = halves_up(total - own[whose])
    return pd.DataFrame({"total": total, "gain": gain, "points": halves_up(rise, NOISE)}, index=deltas.index)


def _earned(rated: Rated) -> np.ndarray:
    return np.nan_to_num(brought(matrix(rated.shares), matrix(rated.weights))).sum(axis=1)


def reweighted(weights: pd.DataFrame, general: Mapping[str, float], chosen: Mapping[str, float]) -> pd.DataFrame:
    """Return weights with each part's changed as `chosen` changes `general`: by the same factor in every sector's own template.

    Unchanged choices change nothing; a part whose general weight is 0 takes the chosen weight itself.
    """
    parts_now = {part: weights[part] * (chosen[part] / general[part]) if general[part] else chosen[part] for part in _PARTS}
    return weights.assign(**parts_now)


def under(scores: pd.DataFrame, weights: pd.DataFrame, settings: Mapping[str, float]) -> pd.DataFrame:
    """Return what those who are rated would be rated under other weights, with the parts that they stand on held fixed.

    Expects `scores`: the parts (shares), bonus, deduction, veto, total; `weights` aligned. Returns total and light; nobody who is not
    rated becomes so.
    """
    stands = {f"{part}_applies": scores[part].notna() for part in _PARTS} | {f"{part}_known": 1.0 for part in _PARTS}
    found = rate(scores[_PARTS].assign(**stands), weights, scores[["bonus", "deduction", "veto"]], settings)
    known = scores["total"].notna()
    return pd.DataFrame({"total": found["total"].where(known), "light": found["light"].where(known, Light.GREY.value)})
