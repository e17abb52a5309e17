"""Rolling rows of organisations up the tree of superiors, as the tree stood on a day: the tree is exploded once, then summed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import Connection

from data_access.counting.organisations import former_paths, number
from domain.rounding import NOISE

Places = npt.NDArray[np.int64]
Column = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Nodes:
    """Every organisation with itself and everything above it: `of` is the place of the organisation below (ordered), `node` the
    row of `keys` that it adds to. `keys` are ordered: org_id, then the cut (district_code and sector, or the district alone)."""

    of: Places
    node: Places
    keys: pd.DataFrame

    def summed(self, values: Column) -> Column:
        """Sum a value of every organisation (in their order) into every node; NaN is left out, and of nothing else comes NaN."""
        added = values[self.of]
        missing = np.isnan(added)
        sums: Column = np.bincount(self.node, weights=np.where(missing, 0.0, added), minlength=len(self.keys))
        if missing.any():
            sums[np.bincount(self.node[~missing], minlength=len(self.keys)) == 0] = np.nan
        return sums.round(NOISE)

    def above(self, at: Column) -> tuple[Places, Places]:
        """Return, for rows of organisations at places `at`, (row, node) of every row with every node that it adds to."""
        begin = np.searchsorted(self.of, at, side="left")
        many = np.searchsorted(self.of, at, side="right") - begin
        row = np.repeat(np.arange(len(at)), many)
        nth = np.arange(len(row)) - np.repeat(np.cumsum(many) - many, many)
        return row, self.node[begin[row] + nth]

    def counted(self, present: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which nodes have any of the organisations that are `present` in or below them."""
        return np.bincount(self.node[present[self.of]], minlength=len(self.keys)) > 0

    def spread(self, at: Column, of_class: Column, classes: pd.DataFrame, values: Mapping[str, Column]) -> pd.DataFrame:
        """Sum rows of organisations into nodes, class by class.

        A row has its organisation's place `at`, its class (a place in `classes`, whose order is that of the result) and its `values`.
        Returns the columns of `keys`, of `classes` and `values`; ordered by node and class.
        """
        row, node = self.above(at)
        found, place = np.unique(node * len(classes) + of_class[row], return_inverse=True)
        sums = {name: np.bincount(place, weights=column[row], minlength=len(found)) for name, column in values.items()}
        of_node, kind = np.divmod(found, max(len(classes), 1))
        heads = self.keys.take(of_node).reset_index(drop=True), classes.take(kind).reset_index(drop=True)
        return pd.concat([*heads, pd.DataFrame(sums)], axis=1)


class Tree:
    """The tree of superiors on any day, over organisations in a fixed order."""

    def __init__(self, connection: Connection, organisations: pd.DataFrame) -> None:
        """Expects organisations: org_id (ascending), kind, path, district_code, sector; their order is that of every value summed."""
        self._organisations = organisations
        self._ids = organisations["org_id"].to_numpy(np.int64)
        self._moves = former_paths(connection, organisations)
        self._changes = np.unique(np.concatenate([self._moves["first"], self._moves["last"] + 1]))  # when the tree changed
        self._known: dict[tuple, Nodes] = {}

    def at(self, org_ids: pd.Series) -> Places:
        """Return the places of organisations by id."""
        return np.searchsorted(self._ids, org_ids.to_numpy(np.int64))

    def aligned(self, values: pd.Series, empty: float = 0.0) -> Column:
        """Return a value by org_id (the index, each once) in the organisations' order; `empty` where there is none."""
        found = np.full(len(self._ids), empty)
        numbers = values.to_numpy(dtype=float, na_value=np.nan)
        found[np.searchsorted(self._ids, values.index.to_numpy(np.int64))] = np.where(np.isnan(numbers), empty, numbers)
        return found

    def on(self, day: date, cut: tuple[str, ...] = ("district_code", "sector"), only: npt.NDArray[np.bool_] | None = None) -> Nodes:
        """Return the nodes as the tree stood on `day`, cut by columns of the organisations; `only` keeps the nodes that it marks."""
        today = number(day)
        name = (int(np.searchsorted(self._changes, today, side="right")), cut, only is None)
        if name not in self._known:
            moves = self._moves
            then = moves[(moves["first"] <= today) & (moves["last"] >= today)].set_index("org_id")["path"]
            now = self._organisations.set_index("org_id")["path"]
            self._known[name] = self._nodes(then.reindex(now.index).fillna(now).reset_index(drop=True), cut, only)
        return self._known[name]

    def _nodes(self, then: pd.Series, cut: tuple[str, ...], only: npt.NDArray[np.bool_] | None) -> Nodes:
        above = then.str.strip("/").str.split("/").explode()
        of = above.index.to_numpy(np.int64)
        ancestor = above.astype(np.int64).to_numpy()
        place = np.minimum(np.searchsorted(self._ids, ancestor), len(self._ids) - 1)
        kept = self._ids[place] == ancestor
        if only is not None:
            kept &= only[place]
        of, ancestor = of[kept], ancestor[kept]
        rows = self._organisations[list(cut)].iloc[of].reset_index(drop=True)
        rows.insert(0, "org_id", ancestor)
        keys = rows.drop_duplicates().sort_values(list(rows.columns), ignore_index=True)
        node = rows.merge(keys.reset_index(names="node"), on=list(rows.columns), how="left")["node"]
        return Nodes(of, node.to_numpy(np.int64), keys.astype(dict.fromkeys(cut, "category")))


def rolled(nodes: Nodes, values: Mapping[str, Column], present: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Sum columns of values into the nodes below which anybody is present. Returns the keys and the columns."""
    kept = nodes.counted(present)
    sums = {name: nodes.summed(column)[kept] for name, column in values.items()}
    return pd.concat([nodes.keys[kept].reset_index(drop=True), pd.DataFrame(sums)], axis=1)
