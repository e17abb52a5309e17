"""Rolling up `index_sum`: what the index of every organisation above branches adds up to, so that a large one is explained at once."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data_access.counting.months import Counted
from data_access.queries.rated import counted as counts_of
from data_access.queries.rated import every_score
from data_access.rollup.figures import of_period
from data_access.rollup.tree import Tree
from domain.index.explanation import SUMS, summands
from domain.settings import Settings
from domain.vocabulary import OrgKind

_WHOLE = ("branches", "unknown", "members")


def sum_rows(connection: Connection, counted: Counted, tree: Tree, settings: Settings) -> Iterator[pd.DataFrame]:
    """Yield the rows of each rated quarter, oldest first: org_id, measure, `SUMS`, period; an organisation without a branch has none.

    Where nobody below is rated only "total" is told, with how many are not.
    """
    groups = (counted.organisations["kind"] != OrgKind.BRANCH).to_numpy()
    for quarter in counted.quarters:
        scores = every_score(connection, quarter.code)
        rated = counts_of(connection, [], quarter.code, scores, settings)
        if rated is None:
            continue
        nodes = tree.on(quarter.evaluated_on, (), groups)
        at = tree.at(rated.counts.index.to_series())
        here = np.zeros(len(groups), dtype=bool)
        here[at] = True
        kept = nodes.counted(here)
        pieces = []
        scored = rated.scores["total"].notna().to_numpy()
        for measure, columns in summands(rated, scores.rows["members"], scored).items():
            spread = {name: np.zeros(len(groups)) for name in SUMS}
            for name, values in columns.items():
                spread[name][at] = values
            sums = {name: nodes.summed(values)[kept] for name, values in spread.items()}
            pieces.append(nodes.keys[kept].assign(measure=measure, **sums))
        rows = pd.concat(pieces, ignore_index=True).sort_values(["org_id", "measure"], ignore_index=True)
        told = rows[(rows["branches"] + rows["unknown"]) > 0]
        yield of_period(told.astype(dict.fromkeys(_WHOLE, np.int64)), quarter.period)
