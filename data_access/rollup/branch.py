"""Rolling up one branch rated anew: its own rows by the functions that roll up, and in every row above it the difference.

Every figure is a sum over the branches below, so that what one branch adds more or less is what changes above it. Tasks are rolled
up task by task, because a report moves the end of a task's weeks for everybody.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select, update

from data_access import bulk
from data_access.counting.assignments import Assignments
from data_access.counting.numbers import dated
from data_access.counting.organisations import former_paths, number, organisations
from data_access.counting.reading import Reading
from data_access.queries.rated import of_branch
from data_access.rollup.duties import duty_rows
from data_access.rollup.events import events, scores
from data_access.rollup.figures import Figures, periods
from data_access.rollup.sources import source_states
from data_access.rollup.tallies import lights
from data_access.rollup.tasks import task_rows
from data_access.rollup.tree import Tree
from data_access.schema.counts import index_sum
from data_access.schema.ratings import duty_figure, figure, source_state, tally, task_figure
from domain.index.explanation import SUMS, summands
from domain.period import Period
from domain.rounding import NOISE

_STATES = ["branches", "reporting", "silent", "never", "unknown"]


@dataclass(frozen=True)
class Above:
    """One branch and what stands above it on a day."""

    org_id: int
    path: str
    former: pd.DataFrame
    today: date

    @classmethod
    def of(cls, reading: Reading) -> "Above":
        """Read where the branch of `reading` stands and stood."""
        found = reading.counted.organisations
        own = found[found["org_id"] == reading.branch]
        moves = former_paths(reading.connection, found)
        return cls(int(own["org_id"].iloc[0]), str(own["path"].iloc[0]), moves[moves["org_id"] == reading.branch], reading.today)

    def on(self, day: date) -> list[int]:
        """Return the organisations above the branch on `day`, the highest first."""
        at = number(day)
        then = self.former[(self.former["first"] <= at) & (self.former["last"] >= at)]
        path = str(then["path"].iloc[0]) if len(then) else self.path
        return [int(step) for step in path.strip("/").split("/") if int(step) != self.org_id]

    def during(self, period: str) -> list[int]:
        """Return those on a period's last day, or today."""
        return self.on(min(Period.parse(period).last, self.today))


@dataclass(frozen=True)
class BranchRoll:
    """What a branch added to the indices of those above it before it was rated anew: rows of `_index_rows`."""

    index_rows: pd.DataFrame

    @classmethod
    def before(cls, reading: Reading) -> "BranchRoll":
        """Remember it; to be called before the branch is rated anew."""
        return cls(_index_rows(reading))

    def roll_up(self, reading: Reading, tasks: Sequence[int]) -> None:
        """Roll up the branch of `reading`, and the `tasks` (ids) that were reported on. Needs the branch rated anew.

        Use another reading than the one before the branch's records changed.
        """
        connection, counted = reading.connection, reading.counted
        above = Above.of(reading)
        tree = Tree(connection, counted.organisations)
        happened = events(connection, counted, reading.assignments, reading.settings)
        figures = Figures(connection, counted, tree, happened, scores(connection, above.org_id))
        codes = [period.code for period in periods(counted)]
        _lift(connection, figure, above, _own(figures.rows(), above), codes)
        _lift(connection, duty_figure, above, _own(duty_rows(connection, counted, tree), above), codes)
        _lift_index(connection, above, self.index_rows, _index_rows(reading))
        _lift_lights(reading, above)
        _lift_sources(reading, above)
        _tasks(reading, tasks)


def _own(rows: Iterator[pd.DataFrame], above: Above) -> pd.DataFrame:
    return pd.concat([frame[frame["org_id"] == above.org_id] for frame in rows], ignore_index=True)


def _lift(connection: Connection, table: Table, above: Above, now: pd.DataFrame, codes: list[str]) -> None:
    """Replace the branch's rows of the periods `codes` by `now`, and add what changed to the rows above it."""
    mine = (table.c.org_id == above.org_id, table.c.period.in_(codes))
    stored = pd.read_sql_query(select(table).where(*mine), connection)
    keys = [column.name for column in table.primary_key if column.name != "org_id"]
    for key, difference in _differences(stored, now, keys):
        for org_id in above.during(key["period"]):
            _add(connection, table, {"org_id": org_id, **key}, difference)
    connection.execute(delete(table).where(*mine))
    bulk.insert(connection, table, now)


Difference = dict[str, tuple[float | None, float | None]]


def _differences(stored: pd.DataFrame, now: pd.DataFrame, keys: list[str]) -> Iterator[tuple[dict[str, Any], Difference]]:
    """Yield the keys of the rows that changed, and of each column that did what it was and what it is; None for missing."""
    names = [name for name in now.columns if name not in (*keys, "org_id")]
    before = {tuple(row[name] for name in keys): row for row in stored.to_dict("records")}
    after = {tuple(row[name] for name in keys): row for row in now.astype(dict.fromkeys(keys, object)).to_dict("records")}
    for key in sorted({*before, *after}):
        then, today = ({name: _number(rows.get(key, {}).get(name)) for name in names} for rows in (before, after))
        changed = {name: (then[name], today[name]) for name in names if then[name] != today[name]}
        if changed:
            yield dict(zip(keys, key, strict=True)), changed


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)


def _add(connection: Connection, table: Table, key: Mapping[str, Any], difference: Difference, *, emptied: str | None = None) -> None:
    """Add a difference to one row, which is made where it is missing; where the column `emptied` comes to nothing it goes."""
    place = _at(table, key)
    row = connection.execute(select(table).where(place)).mappings().one_or_none()
    values = {}
    for name, (then, now) in difference.items():
        sum_now = round(float((row[name] if row else None) or 0) + (now or 0) - (then or 0), NOISE)
        values[name] = int(sum_now) if table.c[name].type.python_type is int else sum_now
    if emptied is not None and not values[emptied]:
        connection.execute(delete(table).where(place))
    elif row is None:
        connection.execute(insert(table).values(**key, **values))
    else:
        connection.execute(update(table).where(place).values(values))


def _at(table: Table, key: Mapping[str, Any]) -> ColumnElement[bool]:
    return and_(*(table.c[name] == value for name, value in key.items()))


def _index_rows(reading: Reading) -> pd.DataFrame:
    """Return what the branch adds to the indices above it as it is stored: period, measure and the sums of `index_sum`."""
    rows = []
    for quarter in reading.counted.quarters:
        found = of_branch(reading.connection, _branch(reading), quarter.code, reading.settings)
        if found is None:
            continue
        rated, members = found
        for measure, columns in summands(rated, members, rated.scores["total"].notna().to_numpy()).items():
            sums = {name: round(float(values[0]), NOISE) for name, values in columns.items()}
            rows.append({"period": quarter.code, "measure": measure, **sums})
    return pd.DataFrame(rows, columns=["period", "measure", *SUMS])


def _branch(reading: Reading) -> int:
    assert reading.branch is not None  # of a reading of everything there is nothing to lift
    return reading.branch


def _lift_index(connection: Connection, above: Above, before: pd.DataFrame, now: pd.DataFrame) -> None:
    for key, difference in _differences(before, now, ["period", "measure"]):
        for org_id in above.during(key["period"]):
            _add(connection, index_sum, {"org_id": org_id, **key}, difference)


def _lift_lights(reading: Reading, above: Above) -> None:
    """Count the branch's open lights anew, for itself and above it. A light that nobody has any more is no row."""
    connection, found = reading.connection, reading.counted.organisations
    own = found[found["org_id"] == above.org_id].iloc[0]
    columns = tally.c
    mine = (columns.org_id == above.org_id, columns.dimension.like("light:%"))
    stored = pd.read_sql_query(select(columns.dimension, columns.category, columns["count"]).where(*mine), connection)
    now = lights(connection, above.org_id)[["dimension", "category", "count"]]
    cut = {"district_code": own["district_code"], "sector": own["sector"]}
    for key, difference in _differences(stored, now, ["dimension", "category"]):
        for org_id in (*above.on(above.today), above.org_id):
            _add(connection, tally, {"org_id": org_id, **cut, **key}, difference, emptied="count")


def _lift_sources(reading: Reading, above: Above) -> None:
    """Say anew which sources the branch reports to; the latest record above it is the later of the two."""
    connection, table = reading.connection, source_state
    states = source_states(connection, reading.counted, reading.applicants)
    states = states.assign(last=dated(states["last"]), **{name: states[name].astype(int) for name in _STATES})
    stored = pd.read_sql_query(select(table).where(table.c.org_id == above.org_id), connection)
    now = states[["source", *_STATES]]
    known = stored[stored["source"].isin(now["source"])]
    for key, difference in _differences(known[["org_id", "source", *_STATES]], now, ["source"]):
        for org_id in (*above.on(above.today), above.org_id):
            _add(connection, table, {"org_id": org_id, **key}, difference)
    for source, last in zip(states["source"], states["last"], strict=True):
        if pd.notna(last):
            earlier = table.c.last_on.is_(None) | (table.c.last_on < last.date())
            whose = table.c.org_id.in_([*above.on(above.today), above.org_id])
            connection.execute(update(table).where(whose, table.c.source == source, earlier).values(last_on=last.date()))


def _tasks(reading: Reading, tasks: Sequence[int]) -> None:
    """Roll up single tasks, for everybody."""
    connection = reading.connection
    if not tasks:
        return
    everybody = organisations(connection)
    tree = Tree(connection, everybody)
    for task_id in tasks:
        told = Assignments.read(connection, task_id=task_id)
        connection.execute(delete(task_figure).where(task_figure.c.task_id == task_id))
        for rows in task_rows(connection, everybody, reading.today, tree, told):
            bulk.insert(connection, task_figure, rows)
