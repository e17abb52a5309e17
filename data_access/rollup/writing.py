"""Writing rolled-up rows in the order of their table's key: SQLite keeps such a table in that order, and inserts at its end are cheap."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table, delete

from data_access import bulk

_VALUES = 1_000_000  # sorted and inserted at a time, about


def replace(connection: Connection, table: Table, frames: Sequence[pd.DataFrame]) -> int:
    """Replace all rows of `table` and return how many there are.

    Every frame is ordered by the key without the column `period`, org_id first; the frames are given in the order of their periods.
    """
    connection.execute(delete(table))
    whole = sum(map(len, frames))
    if not whole:
        return 0
    ids = np.unique(np.concatenate([frame["org_id"].to_numpy() for frame in frames]))
    width = len(table.c)
    for some in np.array_split(ids, max(1, whole * width // _VALUES)):
        pieces = [frame.iloc[slice(*np.searchsorted(frame["org_id"], [some[0], some[-1] + 1]))] for frame in frames]
        together = pd.concat(pieces, ignore_index=True)
        bulk.insert(connection, table, together.sort_values("org_id", kind="stable", ignore_index=True))
    return whole
