"""What each source of records last delivered, and on what share of the branches the figures stand. Aggregates only."""

import json

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from data_access.schema.organisations import coverage, organisation
from data_access.schema.ratings import figure, light, source_state
from data_access.scoping import beneath, right_below, within
from domain.reporting import Record
from domain.rules import DATA_ANOMALY
from domain.scope import Scope
from domain.vocabulary import OrgKind, Source

_COUNTS = ("branches", "reporting", "silent", "never", "unknown")

PAGE = 50
MANY = 500  # organisations with records that cannot be, listed at most

# How a branch fails to report a source, with the column that counts it.
QUIET = {"never": "从未上报", "silent": "停报", "unknown": "标注未知"}

# What a month's records of a source are counted by, in the rolled-up figures; sources that come as events are not flows.
FLOWS = {
    Source.MEETINGS: "expected",
    Source.DUES: "dues_members",
    Source.STUDY: "study_minutes",
    Source.SERVICE: "service_records",
}


def named_states(connection: Connection, scope: Scope, org_id: int) -> pd.DataFrame:
    """What each source delivered at and below an organisation, in the order of `Source`; a source never installed has no row.

    Columns: source, name, branches, reporting (with a record in the last quarter), silent (reported before, not since), never, unknown
    (marked by the steward), last_on (the day of the latest record; NaT without), share (reporting ÷ branches, 0–1; NaN without branches).
    """
    rows = pd.read_sql_query(
        select(*(source_state.c[name] for name in ("source", *_COUNTS, "last_on")))
        .join_from(source_state, organisation, organisation.c.org_id == source_state.c.org_id)
        .where(source_state.c.org_id == org_id, within(scope, organisation.c.path))
        .order_by(case({source.value: place for place, source in enumerate(Source)}, value=source_state.c.source)),
        connection,
        parse_dates=["last_on"],
    )
    rows.insert(1, "name", rows["source"].map(Source.labels()))
    return _shared(rows)


def units(connection: Connection, scope: Scope, org_id: int) -> pd.DataFrame:
    """How much of each source the organisations right below this one deliver; one row an organisation, by code.

    Columns: org_code, name, kind, branches, then for every source its share of reporting branches (0–1; NaN where none is told).
    """
    rows = pd.read_sql_query(
        select(organisation.c.org_code, organisation.c.name, organisation.c.kind, *(source_state.c[name] for name in ("source", *_COUNTS)))
        .join_from(source_state, organisation, organisation.c.org_id == source_state.c.org_id)
        .where(right_below(scope, org_id), organisation.c.dissolved_on.is_(None))
        .order_by(organisation.c.org_code),
        connection,
    )
    heads = ["org_code", "name", "kind"]
    shares = _shared(rows).pivot_table("share", heads, "source", aggfunc="first").reindex(columns=[source.value for source in Source])
    branches = rows.groupby(heads)["branches"].max()
    return shares.assign(branches=branches).reset_index().rename_axis(columns=None)[[*heads, "branches", *(s.value for s in Source)]]


def flow(connection: Connection, scope: Scope, org_id: int, months: tuple[str, ...]) -> pd.DataFrame:
    """The records of each month, by source, in the order of `FLOWS` and then of months; NaN where the source says nothing of the month.

    Columns: source, period, records.
    """
    rows = pd.read_sql_query(
        select(figure.c.period, *(func.sum(figure.c[column]).label(source.value) for source, column in FLOWS.items()))
        .join_from(figure, organisation, organisation.c.org_id == figure.c.org_id)
        .where(figure.c.org_id == org_id, within(scope, organisation.c.path), figure.c.period.in_(months))
        .group_by(figure.c.period),
        connection,
    )
    rows = rows.set_index("period").reindex(list(months)).astype(float)
    long = rows.rename_axis("period").reset_index().melt("period", [source.value for source in FLOWS], "source", "records")
    return long[["source", "period", "records"]]


def marks(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """The steward's marks in force at and below `path`: sources whose coverage is unknown, by how many organisations and since when.

    Columns: source, organisations, since (of the oldest mark).
    """
    return pd.read_sql_query(
        select(
            coverage.c.source, func.count(coverage.c.org_id.distinct()).label("organisations"), func.min(coverage.c.from_on).label("since")
        )
        .join_from(coverage, organisation, organisation.c.org_id == coverage.c.org_id)
        .where(coverage.c.to_on.is_(None), within(scope, organisation.c.path), beneath(path, organisation.c.path))
        .group_by(coverage.c.source)
        .order_by(coverage.c.source),
        connection,
        parse_dates=["since"],
    )


def quiet(connection: Connection, scope: Scope, path: str, source: str | None, state: str | None, page: int) -> pd.DataFrame:
    """The branches at and below `path` that do not report a source: never have, stopped, or are marked unknown; by source, then by code.

    `source` and `state` (of `QUIET`) narrow the list. Page `page` (from 1) of `PAGE` rows. Columns: org_code, name, superior, source,
    state, last_on (the latest record; NaT where there never was one), note (the steward's, where marked; None otherwise).
    """
    rows = pd.read_sql_query(
        _quiet(scope, path, source, state).order_by(*_QUIET_ORDER).limit(PAGE).offset((page - 1) * PAGE),
        connection,
        parse_dates=["last_on"],
    )
    states = [rows[name] > 0 for name in QUIET]
    rows["state"] = np.select(states, list(QUIET), "")
    return rows[["org_code", "name", "superior", "source", "state", "last_on", "note"]]


def quiet_count(connection: Connection, scope: Scope, path: str, source: str | None, state: str | None) -> int:
    """How many rows `quiet` has on all its pages."""
    return connection.execute(select(func.count()).select_from(_quiet(scope, path, source, state).subquery())).scalar_one()


def _quiet(scope: Scope, path: str, source: str | None, state: str | None) -> Select:
    superior = organisation.alias("superior")
    note = (
        select(func.max(coverage.c.note))
        .where(coverage.c.org_id == source_state.c.org_id, coverage.c.source == source_state.c.source, coverage.c.to_on.is_(None))
        .scalar_subquery()
    )
    chosen = [source_state.c[state] > 0] if state else [or_(*(source_state.c[name] > 0 for name in QUIET))]
    chosen += [source_state.c.source == source] if source else []
    return (
        select(
            organisation.c.org_code,
            organisation.c.name,
            superior.c.name.label("superior"),
            *(source_state.c[name] for name in ("source", *QUIET, "last_on")),
            case((source_state.c.unknown > 0, note)).label("note"),
        )
        .join_from(source_state, organisation, organisation.c.org_id == source_state.c.org_id)
        .outerjoin(superior, superior.c.org_id == organisation.c.superior_id)
        .where(organisation.c.kind == OrgKind.BRANCH, within(scope, organisation.c.path), beneath(path, organisation.c.path), *chosen)
    )


def anomalies(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """The organisations at and below `path` that hold records which cannot be (数据异常), by organisation code, then by table.

    At most `MANY`. Columns: light_id (the light that opens them), org_code, name, superior, record (Chinese), text
    (how many, and why), since. No row is about a single member: who may list members opens the light.
    """
    superior = organisation.alias("superior")
    rows = pd.read_sql_query(
        _anomalous(
            scope,
            path,
            *(light.c[name] for name in ("light_id", "subject", "since", "evidence")),
            *(organisation.c.org_code, organisation.c.name, superior.c.name.label("superior")),
        )
        .outerjoin(superior, superior.c.org_id == organisation.c.superior_id)
        .order_by(organisation.c.org_code, light.c.subject)
        .limit(MANY),
        connection,
        parse_dates=["since"],
    )
    told = [json.loads(evidence)["text"] for evidence in rows["evidence"]]
    rows = rows.assign(record=_recorded(rows["subject"]), text=told)
    return rows[["light_id", "org_code", "name", "superior", "record", "text", "since"]]


def anomaly_counts(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """How many organisations at and below `path` hold records which cannot be. Columns: record (Chinese), organisations."""
    counted = _anomalous(scope, path, light.c.subject, func.count().label("organisations")).group_by(light.c.subject)
    rows = pd.read_sql_query(counted.order_by(light.c.subject), connection)
    return rows.assign(record=_recorded(rows["subject"]))[["record", "organisations"]]


def _anomalous(scope: Scope, path: str, *columns: ColumnElement) -> Select:
    inside = (within(scope, organisation.c.path), beneath(path, organisation.c.path))
    return (
        select(*columns)
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(light.c.rule_id == DATA_ANOMALY, light.c.closed_on.is_(None), *inside)
    )


def _recorded(subjects: pd.Series) -> pd.Series:
    return subjects.str.removeprefix("anomaly:").map(Record.labels())


_QUIET_ORDER = (case({source.value: place for place, source in enumerate(Source)}, value=source_state.c.source), organisation.c.org_code)


def _shared(rows: pd.DataFrame) -> pd.DataFrame:
    branches = rows["branches"].astype(float)
    return rows.assign(share=rows["reporting"] / branches.where(branches > 0))
