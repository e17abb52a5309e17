"""Finding the gap (找差距): what others do that one does not, measure by measure, the widest gap first."""

import pandas as pd

SHARES = "%"  # the unit of measures that are compared by their difference; others are compared as shares of the better one


def gaps(measures: pd.DataFrame, own: int) -> pd.DataFrame:
    """Return every measure in which another organisation is ahead of `own`. What is missing on either side is no gap.

    Expects a row an organisation and measure: org_id, measure, title, unit, rising (bool; False where less is better), value (NaN where
    nothing is known), told (str, the value as it is said).
    Returns columns: org_id (the one ahead), measure, title, told, own_told, gap (0–1: the difference in points of 100 %, or as a share
    of the larger value); for each of them, in the order they come in, the widest gap first, then as the measures come.
    """
    mine = measures[measures["org_id"] == own].set_index("measure")
    others = measures[measures["org_id"] != own]
    paired = others.join(mine[["value", "told"]].rename(columns={"value": "own_value", "told": "own_told"}), on="measure")
    ahead = (paired["value"] - paired["own_value"]) * paired["rising"].map({True: 1, False: -1})
    larger = paired[["value", "own_value"]].abs().max(axis=1)
    wide = (ahead / 100).where(paired["unit"] == SHARES, ahead / larger.where(larger > 0))
    found = paired.assign(gap=wide)[ahead > 0]
    order = {org_id: place for place, org_id in enumerate(others["org_id"].unique())}
    found = found.assign(place=found["org_id"].map(order)).sort_values(["place", "gap"], ascending=[True, False], kind="stable")
    return found[["org_id", "measure", "title", "told", "own_told", "gap"]].reset_index(drop=True)


def leaders(measures: pd.DataFrame) -> pd.Series:
    """Return {measure: org_id} of those measures in which one organisation alone is ahead of all others that are known.

    Expects the columns of `gaps`. A measure that fewer than two are known in has no leader.
    """
    found = {}
    for measure, rows in measures.dropna(subset="value").groupby("measure", sort=False):
        best = rows["value"].max() if rows["rising"].iloc[0] else rows["value"].min()
        first = rows[rows["value"] == best]
        if len(rows) > 1 and len(first) == 1:
            found[measure] = first["org_id"].iloc[0]
    return pd.Series(found, dtype="object")
