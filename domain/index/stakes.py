"""Points at stake (影响分值): what the fortress index gains by an item that is done, against the same item left undone.

Both cases are rated by the functions that rate the branch, from its own counts as they are with the item's changes added, so that the
gain is the one that a re-rating gives. Where leaving the item changes nothing, it is the rise that `explanation.raised` tells.
"""

from collections.abc import Mapping

import pandas as pd

from domain.index.items import branch_items
from domain.index.scores import parts, rate
from domain.rounding import half_up

DECIMALS = 2


def stakes(
    counts: pd.DataFrame,
    weights: pd.DataFrame,
    extras: pd.DataFrame,
    done: pd.DataFrame,
    undone: pd.DataFrame,
    settings: Mapping[str, float],
) -> pd.Series:
    """Return the points that each row's item is worth while everything else stays as it stands, to two decimals.

    Items of one kind do not add up: each is what the branch loses by leaving that one alone.
    NaN where the branch would not be rated.
    Expects, aligned, one row an item: counts (as `branch_items`), weights (as `template`) and extras (as `rate`) of its branch; done
    and undone: what to add to columns of the counts where the item is done, and where it is left.
    """
    better, worse = (counts.assign(**{str(name): counts[name] + added[name] for name in added}) for added in (done, undone))
    return half_up(unrounded(better, weights, extras, settings) - unrounded(worse, weights, extras, settings), DECIMALS)


def unrounded(counts: pd.DataFrame, weights: pd.DataFrame, extras: pd.DataFrame, settings: Mapping[str, float]) -> pd.Series:
    """Return the score of each row's counts, 0–100, before it is rounded to a tenth; NaN where not rated."""
    scores = rate(parts(branch_items(counts, settings), weights), weights, extras, settings)
    return (scores["total"] - scores["clip"]).clip(0, 100)
