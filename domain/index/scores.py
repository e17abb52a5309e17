"""From items to a score: parts, bonus and deduction, the light, ranks among peers and the mean of a group."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from domain.rounding import NOISE, half_up
from domain.vocabulary import Light, Part

_PARTS = [part.value for part in Part]
LEAST_PEERS = 5  # the median of fewer would tell the shares of one of them


def parts(items: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Weigh the items of each part: the mean, by item weight, of the items that have a share.

    Expects `items` as `branch_items` or `member_items` return them and `weights` as `template` does, aligned.
    Returns for every part its share (0–1, six decimals; NaN: left out), "<part>_applies" (bool) and "<part>_known" (0–1: how much of the
    weight of its applicable items has a share).
    """
    columns: dict[str, np.ndarray] = {}
    for part in _PARTS:
        names = [name for name in items.columns if name.startswith(f"{part}_") and not name.endswith("_applies")]
        shares = items[names].to_numpy(dtype=float)
        weighed = np.where(np.isnan(shares), 0.0, weights[names].to_numpy(dtype=float))
        total = _sum(weighed)
        share = _sum(np.nan_to_num(shares) * weighed) / np.where(total > 0, total, np.nan)
        columns[part] = half_up(pd.Series(share), NOISE).to_numpy()
        applies = items[[f"{name}_applies" for name in names]]
        applicable = _sum(np.where(applies.to_numpy(dtype=bool), weights[names].to_numpy(dtype=float), 0.0))
        columns[f"{part}_applies"] = applies.any(axis=1).to_numpy()
        columns[f"{part}_known"] = half_up(pd.Series(total / np.where(applicable > 0, applicable, 1.0)), NOISE).to_numpy()
    return pd.DataFrame(columns, index=items.index)


def points(shares: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the points that each part brings: its share times its weight, the weights scaled to 100 over the parts that stand.

    Expects the columns of `parts` and of `template`, aligned. Returns a column a part; NaN where it is left out.
    """
    share = shares[_PARTS].to_numpy(dtype=float)
    standing = _standing(shares, weights)
    whole = _sum(standing)
    scaled = standing * 100 / np.where(whole > 0, whole, np.nan)[:, None]
    return pd.DataFrame(np.where(standing > 0, scaled * share, np.nan), index=shares.index, columns=_PARTS)


def rate(shares: pd.DataFrame, weights: pd.DataFrame, extras: pd.DataFrame, settings: Mapping[str, float]) -> pd.DataFrame:
    """Score every row: the parts' points, plus bonus, less deduction, clipped to 0–100 and rounded to a tenth, halves up.

    Expects `shares` and `weights` as `points` does, and `extras`, aligned: bonus, deduction (points before their caps), veto (bool).
    Returns columns: bonus, deduction (after the caps), veto, standing_weight (of 100 over what applies: the weight of the parts
    that the score stands on, less what is unknown inside them), clip (total − (parts + bonus − deduction), so that all add up to the
    total; 0 where not rated),
    total (0–100; NaN where less than the least weight stands), light (str; a veto is red whatever the score).
    """
    earned = _sum(np.nan_to_num(points(shares, weights).to_numpy()))
    bonus = extras["bonus"].astype(float).clip(0, settings["index.bonus_cap"]).to_numpy()
    deduction = extras["deduction"].astype(float).clip(0, settings["index.deduction_cap"]).to_numpy()
    standing = _standing_weight(shares, weights)
    rated = (standing > 0) & (standing >= settings["index.min_weight"])
    before = earned + bonus - deduction
    total = half_up(pd.Series(before.clip(0, 100), index=shares.index))
    clip = half_up(total - before, NOISE)
    veto = extras["veto"].astype(bool)
    total = total.where(rated)
    return pd.DataFrame(
        {
            "bonus": bonus,
            "deduction": deduction,
            "veto": veto,
            "standing_weight": standing,
            "clip": clip.where(rated, 0.0),
            "total": total,
            "light": light(total, settings).where(~veto, Light.RED.value),
        },
        index=shares.index,
    )


def light(scores: pd.Series, settings: Mapping[str, float]) -> pd.Series:
    """Return the index light (str) of each score: green from 80, yellow from 70, red below (settings), grey where not rated.

    Scores are rounded to a tenth first: 79.95 is 80.0 and green.
    """
    rounded = half_up(scores)
    bands = [rounded.isna(), rounded >= settings["index.green"], rounded >= settings["index.yellow"]]
    codes = np.select(bands, [Light.GREY.value, Light.GREEN.value, Light.YELLOW.value], Light.RED.value)
    return pd.Series(codes, index=scores.index, dtype="str")


def rank(scores: pd.DataFrame, by: Sequence[str] = ("kind", "sector")) -> pd.DataFrame:
    """Rank the rated among their peers, highest first: standard competition ranks (1, 2, 2, 4).

    Expects columns: total (NaN: not rated) and those of `by`. Lists put equal ranks in the order of organisation codes.
    Returns columns, aligned: rank (float; NaN where not rated), peers (float; how many are rated among them, NaN where not rated).
    """
    tenths = half_up(scores["total"]) * 10
    keys = [scores[name] for name in by]
    if not keys:
        keys = [pd.Series(0, index=scores.index)]
    peers = tenths.round().groupby(keys, sort=False, dropna=False)
    return pd.DataFrame(
        {"rank": peers.rank(method="min", ascending=False), "peers": peers.transform("count").where(tenths.notna())}, index=scores.index
    )


def medians(scores: pd.DataFrame, by: Sequence[str] = ("kind", "sector")) -> pd.DataFrame:
    """Return the median of the total and of each part among the rated of each group: what one of them is compared with.

    Expects columns: total (NaN: not rated), the parts (shares; NaN: left out) and those of `by`.
    Returns columns: *by, measure (a part or "total"), median (NaN where nobody stands on the part), peers (how many do).
    """
    measures = [*_PARTS, "total"]
    rated = scores.loc[scores["total"].notna(), [*by, *measures]].melt(list(by), measures, "measure", "value")
    groups = rated.groupby([*by, "measure"], sort=True, dropna=False)["value"]
    return pd.DataFrame({"median": groups.median(), "peers": groups.count()}).reset_index()


def of_enough(known: pd.DataFrame) -> pd.DataFrame:
    """Leave out the medians (NaN) that fewer than `LEAST_PEERS` stand behind. Expects columns: median, peers."""
    return known.assign(median=known["median"].where(known["peers"] >= LEAST_PEERS))


def group(scores: pd.DataFrame, settings: Mapping[str, float], by: Sequence[str] = ()) -> pd.DataFrame:
    """Return the index of each group: the mean of its rated branches weighted by members, and what it stands on.

    Expects columns: total (NaN: not rated), members, and those of `by`.
    Returns columns: *by, branches (how many are rated), members (theirs), score (one decimal; NaN where nobody is rated), light.
    """
    rated = scores["total"].notna()
    rows = scores[list(by)].assign(
        branches=rated.astype(int), members=scores["members"].where(rated, 0), score=(scores["total"] * scores["members"]).where(rated, 0)
    )
    keys = list(by)
    sums = rows.groupby(keys, dropna=False).sum().reset_index() if keys else rows.sum().to_frame().T
    mean = half_up(sums["score"] / sums["members"].where(sums["members"] > 0))
    counts = {"branches": sums["branches"].astype(int), "members": sums["members"].astype(int)}
    return sums[keys].assign(**counts, score=mean, light=light(mean, settings))


def _standing(shares: pd.DataFrame, weights: pd.DataFrame) -> np.ndarray:
    """Return the weight of each part that has a share, 0 for the others."""
    return np.where(shares[_PARTS].isna(), 0.0, weights[_PARTS].to_numpy(dtype=float))


def _standing_weight(shares: pd.DataFrame, weights: pd.DataFrame) -> np.ndarray:
    applies = shares[[f"{part}_applies" for part in _PARTS]].to_numpy(dtype=bool)
    known = shares[[f"{part}_known" for part in _PARTS]].to_numpy(dtype=float)
    applicable = _sum(np.where(applies, weights[_PARTS].to_numpy(dtype=float), 0.0))
    share = 100 * _sum(_standing(shares, weights) * known) / np.where(applicable > 0, applicable, np.nan)
    return half_up(pd.Series(share), NOISE).fillna(0).to_numpy()


def _sum(columns: np.ndarray) -> np.ndarray:
    """Add columns from left to right: numpy's own order differs between machines."""
    total = np.zeros(len(columns))
    for column in columns.T:
        total = total + column
    return total
