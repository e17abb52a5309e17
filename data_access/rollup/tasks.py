"""Rolling up `task_figure`: progress of every task against its plan, week by week, below every organisation above branches."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data_access.counting.assignments import Assignments
from data_access.rollup.tree import Column, Nodes, Places, Tree
from data_access.schema.ratings import assignment_state
from domain.rounding import NOISE
from domain.vocabulary import Light, OrgKind

_CUT = ("district_code",)
_SUMS = ("assignments", "weight", "planned_points", "progress_points", "finished")


def task_rows(
    connection: Connection, organisations: pd.DataFrame, today: date, tree: Tree, assignments: Assignments
) -> Iterator[pd.DataFrame]:
    """Yield the rows of each task by id: one a week from its start until it is due and all reports are in, and one of today.

    Progress that was never reported counts as none. Lights are told of today alone. Expects organisations: kind, in the tree's order.
    """
    lights = pd.read_sql_query(select(assignment_state.c.assignment_id, assignment_state.c.light), connection)
    colour = assignments.rows["assignment_id"].map(lights.set_index("assignment_id")["light"]).to_numpy(dtype=object)
    lit = {light.value: colour == light.value for light in Light}
    above = (organisations["kind"] != OrgKind.BRANCH).to_numpy()
    at = tree.at(assignments.rows["org_id"])
    task_of = assignments.rows["task_id"].to_numpy(np.int64)
    for task_id in np.unique(task_of):
        places = np.flatnonzero(task_of == task_id)
        days = weeks(assignments, places, today)
        values = _values(assignments, places, days)
        last = np.arange(len(days)) == len(days) - 1
        values |= {light: np.outer(last, of_light[places]).astype(float) for light, of_light in lit.items()}
        trees = [tree.on(day, _CUT, above) for day in days]
        pieces = [_summed(int(task_id), nodes, at[places], values, trees, days) for nodes in dict.fromkeys(trees)]
        if len(pieces) == 1:
            yield pieces[0]
        else:
            yield pd.concat(pieces, ignore_index=True).sort_values(["org_id", "district_code", "week"], ignore_index=True)


def weeks(assignments: Assignments, places: Places, today: date) -> list[date]:
    """Return the Sundays from a task's start until it is due and all of its reports are in, and today."""
    rows, reported = assignments.rows.iloc[places], assignments.reported
    told = date(1970, 1, 1) + timedelta(days=int(reported.latest(places).max()))
    end = min(today, max(rows["due_on"].max().date(), told))
    start = rows["start_on"].min().date()
    first = start + timedelta(days=6 - start.weekday())
    sundays = [first + timedelta(days=7 * nth) for nth in range(max(0, (end - first).days + 7) // 7)]
    return [*(sunday for sunday in sundays if sunday < today), today]


def _values(assignments: Assignments, places: Places, days: list[date]) -> dict[str, Column]:
    """What each assignment (a column) adds on the last day of each week (a row)."""
    day = np.repeat(np.array(days, dtype="datetime64[D]").astype(np.int64), len(places))
    place = np.tile(places, len(days))
    weight = assignments.rows["weight"].to_numpy(dtype=float)[place]
    planned = assignments.plan.at(assignments.plan.of[place], day)
    progress = np.nan_to_num(assignments.reported.at(place, day))
    finished = assignments.reported.finished(place, day) <= day
    columns = (np.ones(len(place)), weight, planned * weight, progress * weight, finished.astype(float))
    return {name: column.reshape(len(days), len(places)) for name, column in zip(_SUMS, columns, strict=True)}


def _summed(task_id: int, nodes: Nodes, at: Places, values: Mapping[str, Column], trees: list[Nodes], days: list[date]) -> pd.DataFrame:
    """Sum the weeks in which the tree stood like `nodes` into those above the organisations, by organisation, district and week."""
    inside = [nth for nth, then in enumerate(trees) if then is nodes]
    row, node = nodes.above(at)
    found, place = np.unique(node, return_inverse=True)
    target = (place * len(inside) + np.arange(len(inside))[:, None]).ravel()
    size = len(inside) * len(found)
    sums = {
        name: np.bincount(target, weights=column[inside][:, row].ravel(), minlength=size).round(NOISE) for name, column in values.items()
    }
    week = np.tile(np.array([days[nth] for nth in inside], dtype="datetime64[s]"), len(found))
    heads = nodes.keys.take(np.repeat(found, len(inside))).reset_index(drop=True)
    heads.insert(0, "task_id", task_id)
    return pd.concat([heads, pd.DataFrame(sums)], axis=1).assign(week=week)
