"""From items to a score: parts, bonus and deduction, the light, ranks among peers and the mean of a group."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from domain.rounding import NOISE, half_up, halves_up
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
        total = weighed = applicable = np.zeros(len(items))
        applies = np.zeros(len(items), dtype=bool)
        for name in names:  # from left to right, as `_sum`
            share, weight = (frame[name].to_numpy(dtype=float) for frame in (items, weights))
            known, applied = ~np.isnan(share), items[f"{name}_applies"].to_numpy(dtype=bool)
            total = total + np.where(known, weight, 0.0)
            weighed = weighed + np.where(known, share * weight, 0.0)
            applicable = applicable + np.where(applied, weight, 0.0)
            applies = applies | applied
        columns[part] = halves_up(weighed / np.where(total > 0, total, np.nan), NOISE)
        columns[f"{part}_applies"] = applies
        columns[f"{part}_known"] = halves_up(total / np.where(applicable > 0, applicable, 1.0), NOISE)
    return pd.DataFrame(columns, index=items.index)


def points(shares: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the points that each part brings: its share times its weight, the weights scaled to 100 over the parts that stand.

    Expects the columns of `parts` and of `template`, aligned. Returns a column a part; NaN where it is left out.
    """
    return pd.DataFrame(brought(matrix(shares), matrix(weights)), index=shares.index, columns=_PARTS)


def brought(shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return what `points` does, from and as arrays: a row a subject, a column a part."""
    standing = _standing(shares, weights)
    whole = _sum(standing)
    scaled = standing * 100 / np.where(whole > 0, whole, np.nan)[:, None]
    return np.where(standing > 0, scaled * shares, np.nan)


def matrix(frame: pd.DataFrame, names: Sequence[str] = _PARTS) -> np.ndarray:
    """Return columns of numbers as an array, those of the parts by default. A list of columns would make a frame first, which takes ten
    times as long for one subject."""
    return np.column_stack([frame[name].to_numpy(dtype=float, na_value=np.nan) for name in names])


def rate(shares: pd.DataFrame, weights: pd.DataFrame, extras: pd.DataFrame, settings: Mapping[str, float]) -> pd.DataFrame:
    """Score every row: the parts' points, plus bonus, less deduction, clipped to 0–100 and rounded to a tenth, halves up.

    Expects `shares` and `weights` as `points` does, and `extras`, aligned: bonus, deduction (points before their caps), veto (bool).
    Returns columns: bonus, deduction (after the caps), veto, standing_weight (of 100 over what applies: the weight of the parts
    that the score stands on, less what is unknown inside them), clip (total − (parts + bonus − deduction), so that all add up to the
    total; 0 where not rated),
    total (0–100; NaN where less than the least weight stands), light (str; a veto is red whatever the score).
    """
    share, weight = matrix(shares), matrix(weights)
    earned = _sum(np.nan_to_num(brought(share, weight)))
    bonus, deduction = (np.clip(extras[name].to_numpy(dtype=float), 0, settings[f"index.{name}_cap"]) for name in ("bonus", "deduction"))
    standing = _standing_weight(shares, _standing(share, weight), weight)
    rated = (standing > 0) & (standing >= settings["index.min_weight"])
    before = earned + bonus - deduction
    whole = halves_up(before.clip(0, 100))
    veto = extras["veto"].to_numpy(dtype=bool)
    total = np.where(rated, whole, np.nan)
    return pd.DataFrame(
        {
            "bonus": bonus,
            "deduction": deduction,
            "veto": veto,
            "standing_weight": standing,
            "clip": np.where(rated, halves_up(whole - before, NOISE), 0.0),
            "total": total,
            "light": pd.array(np.where(veto, Light.RED.value, _lights(total, settings)), dtype="str"),
        },
        index=shares.index,
    )


def light(scores: pd.Series, settings: Mapping[str, float]) -> pd.Series:
    """Return the index light (str) of each score: green from 80, yellow from 70, red below (settings), grey where not rated.

    Scores are rounded to a tenth first: 79.95 is 80.0 and green.
    """
    codes = _lights(scores.to_numpy(dtype=float, na_value=np.nan), settings)
    return pd.Series(codes, index=scores.index, dtype="str")


def _lights(scores: np.ndarray, settings: Mapping[str, float]) -> np.ndarray:
    rounded = halves_up(scores)
    bands = [np.isnan(rounded), rounded >= settings["index.green"], rounded >= settings["index.yellow"]]
    return np.select(bands, [Light.GREY.value, Light.GREEN.value, Light.YELLOW.value], Light.RED.value)


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


def _standing(shares: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weight of each part that has a share, 0 for the others."""
    return np.where(np.isnan(shares), 0.0, weights)


def _standing_weight(shares: pd.DataFrame, standing: np.ndarray, weights: np.ndarray) -> np.ndarray:
    applies = np.column_stack([shares[f"{part}_applies"].to_numpy(dtype=bool) for part in _PARTS])
    known = matrix(shares, [f"{part}_known" for part in _PARTS])
    applicable = _sum(np.where(applies, weights, 0.0))
    share = 100 * _sum(standing * known) / np.where(applicable > 0, applicable, np.nan)
    return np.nan_to_num(halves_up(share, NOISE))


def _sum(columns: np.ndarray) -> np.ndarray:
    """Add columns from left to right: numpy's own order differs between machines."""
    total = np.zeros(len(columns))
    for column in columns.T:
        total = total + column
    return total
