"""Rolling up `duty_figure`: duties due, held, late and missed, in the month and the quarter in which they fell due."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from sqlalchemy import Connection, case, select

from data_access.counting.months import Counted, month_code
from data_access.counting.numbers import month_number, numbers
from data_access.counting.organisations import alone
from data_access.rollup.figures import of_period, periods
from data_access.rollup.tree import Tree
from data_access.schema.ratings import duty_record
from domain.vocabulary import Duty, DutyStatus

_DUTIES = pd.DataFrame({"duty": sorted(duty.value for duty in Duty)})
_PLACE = {status: place for place, status in enumerate(DutyStatus)}


def _ended(*statuses: DutyStatus) -> Callable[[pd.Series, pd.Series], np.ndarray]:
    places = [_PLACE[status] for status in statuses]
    return lambda status, ended: (status.isin(places) & ended).to_numpy(dtype=float)


def _open(wanted: DutyStatus) -> Callable[[pd.Series, pd.Series], np.ndarray]:
    return lambda status, ended: ((status == _PLACE[wanted]) & ~ended).to_numpy(dtype=float)


# What each column counts, of the status of a duty and of whether its period has ended.
_COUNTS: dict[str, Callable[[pd.Series, pd.Series], np.ndarray]] = {
    "due": _ended(DutyStatus.HELD, DutyStatus.LATE, DutyStatus.MISSED),
    "held": _ended(DutyStatus.HELD),
    "late": _ended(DutyStatus.LATE),
    "missed": _ended(DutyStatus.MISSED),
    "unknown": _ended(DutyStatus.UNKNOWN),
    "early": _open(DutyStatus.HELD),
    "awaited": _open(DutyStatus.DUE),
    "unclear": _open(DutyStatus.UNKNOWN),
}


def duty_rows(connection: Connection, counted: Counted, tree: Tree) -> Iterator[pd.DataFrame]:
    """Yield the rows of each period, in the order of the periods' codes."""
    found = _records(connection, counted)
    for period in periods(counted):
        inside = found[found["month"].isin([month_code(month) for month in period.split_months()])]
        nodes = tree.on(min(period.last, counted.today))
        counts = {name: is_one(inside["status"], inside["ended"]) for name, is_one in _COUNTS.items()}
        rows = nodes.spread(inside["at"].to_numpy(np.int64), inside["duty"].to_numpy(np.int64), _DUTIES, counts)
        yield of_period(rows.astype(dict.fromkeys(_COUNTS, np.int32) | {"duty": "category"}), period)


def _records(connection: Connection, counted: Counted) -> pd.DataFrame:
    """Read every duty as small numbers: at (the branch's place), duty (place in `_DUTIES`), month in which it falls due, status (place
    in `DutyStatus`), ended (whether its period has)."""
    columns = duty_record.c
    query = select(
        columns.org_id,
        case({name: place for place, name in enumerate(_DUTIES["duty"])}, value=columns.duty).label("duty"),
        month_number(columns.due_on).label("month"),
        case({status.value: place for place, status in enumerate(DutyStatus)}, value=columns.status).label("status"),
        case((columns.due_on < counted.today, 1), else_=0).label("ended"),
    ).where(columns.due_on >= counted.quarters[0].period.first, *alone(columns.org_id, counted.branch))
    found = numbers(connection, query, {"org_id": "int32", "duty": "int8", "month": "int32", "status": "int8", "ended": "bool"})
    return found.assign(at=np.searchsorted(counted.organisations["org_id"], found["org_id"]).astype(np.int32)).drop(columns="org_id")
