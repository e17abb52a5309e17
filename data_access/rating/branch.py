"""Rating one branch anew after a further record of its own: its duties, tasks, scores and lights, and the ranks of its peers.

The same functions rate as in `data_access.rating`, over the facts about the one branch; what comes out is what rating everything
anew would write, except for the numbers of lights. A meeting or a report can change these; other facts may concern more.
"""

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Select, bindparam, delete, func, or_, select, update

from data_access import bulk
from data_access.counting.exemptions import exemptions
from data_access.counting.reading import Reading
from data_access.rating import facts, lights
from data_access.rating.assignments import WRITTEN, milestones_of_tasks, states_of
from data_access.rating.branch_counts import BranchCounts
from data_access.rating.duties import BranchLife
from data_access.rating.member_counts import MemberCounts
from data_access.rating.scores import TABLES, Rater, quarters_with_members
from data_access.schema.counts import branch_count, score_median
from data_access.schema.organisations import organisation
from data_access.schema.ratings import assignment_state, duty_record, light
from data_access.schema.records import assignment
from domain.index import Subject, medians, rank
from domain.index.quarters import RatedQuarter
from domain.lights import joined, switched_off
from domain.rules import TASK_PROGRESS
from domain.vocabulary import Part, Source

_PARTS = [part.value for part in Part]
_NUMBERS = [*_PARTS, "bonus", "deduction", "standing_weight", "clip", "total"]


def rate_branch(reading: Reading) -> None:
    """Rate the branch of `reading` (of `Reading.of(connection, branch)`) anew, in its transaction."""
    connection, branch, today = reading.connection, _branch(reading), reading.today
    life = BranchLife.read(connection, today, reading.settings)
    connection.execute(delete(duty_record).where(duty_record.c.org_id == branch))
    life.write(connection, branch, branch)
    marks, milestones = facts.unknown(connection, Source.TASKS), milestones_of_tasks(connection)
    states = states_of(connection, branch, branch, milestones, marks, today, reading.settings)
    own = select(assignment.c.assignment_id).where(assignment.c.org_id == branch)
    connection.execute(delete(assignment_state).where(assignment_state.c.assignment_id.in_(own)))
    bulk.insert(connection, assignment_state, states[WRITTEN].sort_values("assignment_id"))
    _rate_scores(reading)
    _rate_lights(reading, life, states)


def _branch(reading: Reading) -> int:
    if reading.branch is None:
        raise ValueError("a reading of everything is rated by data_access.rating")
    return reading.branch


def _rate_scores(reading: Reading) -> None:
    connection, counted, branch = reading.connection, reading.counted, _branch(reading)
    rater = Rater(connection, reading.settings)
    branches = BranchCounts(reading)
    for quarter in counted.quarters:
        _replace(connection, rater, Subject.BRANCH, branches.of(quarter), quarter, branch)
    with_members = quarters_with_members(connection, counted)
    members = MemberCounts(connection, counted, reading.assignments, with_members)
    for quarter in with_members:
        _replace(connection, rater, Subject.MEMBER, members.of(quarter), quarter, branch)


def _replace(connection: Connection, rater: Rater, subject: Subject, counts: pd.DataFrame, quarter: RatedQuarter, branch: int) -> None:
    """Write the branch's scores of a quarter, and rank its peers anew where they changed."""
    found = rater.scored(subject, counts[counts["org_id"] == branch].reset_index(drop=True), quarter)
    if found is None:
        return
    table = TABLES[subject]
    mine = (table.c.org_id == branch, table.c.period == quarter.code)
    if found.counts is not None:
        connection.execute(delete(branch_count).where(branch_count.c.org_id == branch, branch_count.c.period == quarter.code))
        bulk.insert(connection, branch_count, found.counts)
    stored = pd.read_sql_query(select(table).where(*mine).order_by(*table.primary_key), connection)
    if len(stored) == len(found.rows) and np.array_equal(
        stored[_NUMBERS].astype(float).to_numpy(), found.rows[_NUMBERS].astype(float).to_numpy(), equal_nan=True
    ):
        return
    connection.execute(delete(table).where(*mine))
    bulk.insert(connection, table, found.rows.drop(columns=["kind", "sector"]))
    _rank(connection, subject, quarter.code, str(found.rows["kind"].iloc[0]), str(found.rows["sector"].iloc[0]))


def _rank(connection: Connection, subject: Subject, period: str, kind: str, sector: str) -> None:
    """Rank everybody of a kind and sector anew, and take their medians anew."""
    table = TABLES[subject]
    rows = pd.read_sql_query(_peers(subject, period, kind, sector), connection)
    scores = rows[["total", *_PARTS]].astype(float).assign(kind=kind, sector=sector)
    ranked = rank(scores)
    changed = ~_same(ranked["rank"], rows["rank"]) | ~_same(ranked["peers"], rows["peers"])
    keys = [column for column in table.primary_key if column.name != "period"]
    written = pd.concat([rows[[column.name for column in keys]], ranked], axis=1)[changed].astype(object)
    if len(written):
        values = [
            {f"of_{name}": None if pd.isna(value) else int(value) for name, value in row.items()} for row in written.to_dict("records")
        ]
        places = [column == bindparam(f"of_{column.name}") for column in keys]
        anew = update(table).where(table.c.period == period, *places).values(rank=bindparam("of_rank"), peers=bindparam("of_peers"))
        connection.execute(anew, values)
    group = (score_median.c.subject == subject.value, score_median.c.period == period)
    connection.execute(delete(score_median).where(*group, score_median.c.kind == kind, score_median.c.sector == sector))
    bulk.insert(connection, score_median, medians(scores).assign(subject=subject.value, period=period))


def _peers(subject: Subject, period: str, kind: str, sector: str) -> Select:
    table = TABLES[subject]
    return (
        select(*table.primary_key, *(table.c[name] for name in ("total", "rank", "peers", *_PARTS)))
        .join_from(table, organisation, organisation.c.org_id == table.c.org_id)
        .where(table.c.period == period, organisation.c.kind == kind, func.coalesce(organisation.c.sector, "") == sector)
        .order_by(*table.primary_key)
    )


def _same(one: pd.Series, other: pd.Series) -> pd.Series:
    one, other = one.astype(float), other.astype(float)
    return (one == other) | (one.isna() & other.isna())


def _rate_lights(reading: Reading, life: BranchLife, states: pd.DataFrame) -> None:
    """Light duties and tasks anew. A light that was there keeps its number; a new one takes the next that is free."""
    connection, branch, today = reading.connection, _branch(reading), reading.today
    found = joined(list(lights.of_records(connection, life, states, branch, branch, today)))
    lit = switched_off(found, exemptions(connection), today)
    of_records = (light.c.org_id == branch, or_(light.c.rule_id.like("duty.%"), light.c.rule_id == TASK_PROGRESS))
    before = connection.execute(select(light.c.rule_id, light.c.subject, light.c.light_id).where(*of_records).order_by(light.c.light_id))
    known: dict[tuple[str, str], list[int]] = {}
    for row in before:
        known.setdefault((row.rule_id, row.subject), []).append(row.light_id)
    connection.execute(delete(light).where(*of_records))
    free = (connection.scalar(select(func.max(light.c.light_id))) or 0) + 1
    taken = max([free - 1, *(number for numbers in known.values() for number in numbers)])
    ids = []
    for key in zip(lit["rule_id"], lit["subject"], strict=True):
        if known.get(key):
            ids.append(known[key].pop(0))
        else:
            taken += 1
            ids.append(taken)
    lights.write(connection, lit.assign(light_id=ids))
