"""Computing indicators from rolled-up rows: sums, shares, changes and compositions. Missing in, missing out; never zero."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from domain.definition import Indicator, worth
from domain.indicators import INDICATORS
from domain.rounding import half_up
from domain.settings import Settings


def indicator(rows: pd.DataFrame, code: str, by: Sequence[str] = (), settings: Settings | None = None) -> pd.DataFrame:
    """Compute the indicator `code` from rows of its table (`INDICATORS[code].board`), one value a group of `by`.

    `rows` holds the columns `INDICATORS[code].columns` and `base`, and those of `by`; any cut of the table will do, because
    sums over a node's rows are the node's figure. A row that lacks one of the columns is left out.
    Returns columns: *by, value (float, in the indicator's unit), base (float; the count it stands on), in the order of `by`; one
    row where `by` is empty. value and base are NaN where nothing stands; value is NaN where its denominator is 0.
    Scores (分) are rounded to one decimal, so that they agree with their light. Raises KeyError for an unknown code.
    """
    wanted = INDICATORS[code]
    if wanted.dimension:
        raise ValueError(f"{code} is a composition")
    keys = list(by)
    columns = list(dict.fromkeys((*wanted.columns, *([wanted.base] if wanted.base else []))))
    standing = rows[columns].where(rows[list(wanted.columns)].notna().all(axis=1))
    if keys:
        sums = standing.groupby([rows[key] for key in keys], dropna=False).sum(min_count=1).reset_index()
    else:
        sums = standing.sum(min_count=1).to_frame().T
    value = of_sums(sums, code, settings)
    base = sums[wanted.base].astype(float) if wanted.base else pd.Series(np.nan, index=sums.index)
    return sums[keys].assign(value=value, base=base).reset_index(drop=True)


def of_sums(sums: pd.DataFrame, code: str, settings: Settings | None = None) -> pd.Series:
    """Compute the indicator `code` from its summed columns, one value a row; NaN where one is missing or the denominator is 0."""
    wanted = INDICATORS[code]
    over = _weighted(sums, wanted, settings or Settings())
    if not wanted.under:
        return over * wanted.scale
    value = share(over, sums[list(wanted.under)].sum(axis=1, min_count=1), wanted.scale)
    return half_up(value, wanted.digits) if wanted.unit == "分" else value


def _weighted(sums: pd.DataFrame, wanted: Indicator, settings: Settings) -> pd.Series:
    total = pd.Series(0.0, index=sums.index)
    for name, factor in wanted.over.items():
        total = total + sums[name].astype(float) * worth(factor, settings)
    return total


def share(numerator: pd.Series, denominator: pd.Series, scale: float = 100) -> pd.Series:
    """Return numerator ÷ denominator × scale (percent by default); NaN where either is missing or the denominator is 0."""
    whole = denominator.astype(float)
    return numerator.astype(float) / whole.where(whole != 0) * scale


def over_periods(values: pd.DataFrame, periods: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Give every group of `by` a row for each of `periods` (codes, oldest first), NaN where there is none, so that a line breaks.

    Expects columns: period, *by, and any others. Returns the same columns, ordered by `by` and then by period.
    """
    keys = list(by)
    if not keys:
        return values.set_index("period").reindex(list(periods)).rename_axis("period").reset_index()[list(values.columns)]
    frame = values[keys].drop_duplicates().sort_values(keys).merge(pd.DataFrame({"period": list(periods)}), how="cross")
    return frame.merge(values, on=[*keys, "period"], how="left")[list(values.columns)]


def with_change(values: pd.DataFrame, by: Sequence[str] = (), value: str = "value") -> pd.DataFrame:
    """Add what each row's predecessor was: columns previous and change (value − previous), NaN where either is missing.

    Expects rows of consecutive periods, oldest first inside each group of `by` (`over_periods` makes them so).
    """
    previous = values.groupby(list(by), sort=False, dropna=False)[value].shift() if by else values[value].shift()
    return values.assign(previous=previous, change=values[value] - previous)


def composition(tally: pd.DataFrame, code: str, by: Sequence[str] = (), labels: dict[str, str] | None = None) -> pd.DataFrame:
    """Count the categories of the composition `code` (`INDICATORS[code].dimension`) in rows of the tally.

    Expects columns: dimension, category, count, *by. Dimensions with a tail ("election:branch") count as their head; cut by
    "dimension" to keep them apart. `labels` names categories that are data of the installation (code → label, in order).
    Returns columns: *by, category, label, count (int), share (percent of the group; NaN where it is empty): every category with
    a known label for every group, 0 where none is counted, then unlabelled ones by code. Empty where nothing was counted at all.
    """
    wanted = INDICATORS[code]
    if not wanted.dimension:
        raise ValueError(f"{code} is not a composition")
    keys = list(by)
    rows = tally[(tally["dimension"] == wanted.dimension) | tally["dimension"].str.startswith(f"{wanted.dimension}:")]
    known = (labels or {}) | dict(wanted.categories)
    counted = rows.groupby([*keys, "category"], sort=False)["count"].sum().reset_index()
    if counted.empty:
        return pd.DataFrame(columns=[*keys, "category", "label", "count", "share"])
    order = [*known, *sorted(set(counted["category"]) - set(known))]
    frame = pd.DataFrame({"category": order, "label": [known.get(category, category) for category in order]})
    if keys:
        frame = counted[keys].drop_duplicates().sort_values(keys).merge(frame, how="cross")
    frame = frame.merge(counted, on=[*keys, "category"], how="left")
    frame["count"] = frame["count"].fillna(0).astype(int)
    whole = frame.groupby(keys)["count"].transform("sum") if keys else pd.Series(frame["count"].sum(), index=frame.index)
    frame["share"] = share(frame["count"], whole)
    return frame[[*keys, "category", "label", "count", "share"]]
