"""Rolling up `source_state`: what each source last delivered, and on how many branches figures stand."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.counting.applicants import Applicants
from data_access.counting.membership import headcount
from data_access.counting.months import Counted
from data_access.counting.numbers import dated, day_number, numbers
from data_access.counting.organisations import alone, living, number
from data_access.counting.sources import unknown_in
from data_access.rollup.tree import Tree
from data_access.schema.members import admission_step, applicant
from data_access.schema.organisations import election, organisation
from data_access.schema.records import assignment, dues, meeting, progress_report, service_record, study_record
from domain.period import Period
from domain.vocabulary import Source

_COUNTS = ("branches", "reporting", "silent", "never", "unknown")


@dataclass(frozen=True)
class _Told:
    """What one source told: org_id and last (day number; NaN without a day) of those with a record, and whom the source concerns.

    A `standing` record has reported for good, such as a term whose end is known; otherwise a branch reports while records keep coming.
    """

    source: Source
    latest: pd.DataFrame
    concerned: set[int] | None = None  # None: every branch
    standing: bool = False


def source_rows(connection: Connection, counted: Counted, tree: Tree, applicants: Applicants) -> pd.DataFrame:
    """Return every row of `source_state`, in the order of its key. A source that nobody ever used has none.

    A branch reports when its latest record lies in the last quarter that ended, or since. What comes as an event and not as a flow
    concerns only those whom the event concerns: terms of office every branch, by whether the end is known; admissions the
    branches with applicants, tasks those with assignments, members' records those with members.
    """
    return _rolled(source_states(connection, counted, applicants), counted, tree)


def source_states(connection: Connection, counted: Counted, applicants: Applicants) -> pd.DataFrame:
    """Return where every branch stands with every source that concerns it: org_id, source, the counts of `source_state`, last (a day
    number)."""
    branches = counted.branches
    branches = branches[living(branches, counted.today)]
    if counted.branch is not None:
        branches = branches[branches["org_id"] == counted.branch]
    pieces = [_state(branches, told, counted) for told in (*_flows(connection, counted), *_events(connection, counted, applicants))]
    return pd.concat([piece for piece in pieces if len(piece)], ignore_index=True)


def _flows(connection: Connection, counted: Counted) -> Iterator[_Told]:
    flows = {
        Source.MEETINGS: (meeting.c.org_id, meeting.c.held_on),
        Source.STUDY: (study_record.c.org_id, study_record.c.studied_on),
        Source.DUES: (dues.c.org_id, dues.c.paid_on),
        Source.SERVICE: (service_record.c.org_id, service_record.c.served_on),
    }
    for source, (org_id, day) in flows.items():
        query = select(org_id, func.max(day_number(day)).label("last"))
        query = query.where(day <= counted.today, *alone(org_id, counted.branch)).group_by(org_id)
        yield _Told(source, numbers(connection, query))


def _events(connection: Connection, counted: Counted, applicants: Applicants) -> Iterator[_Told]:
    today = counted.today
    report, reached = progress_report.c.reported_on, admission_step.c.done_on
    reports = (
        select(assignment.c.org_id, func.max(day_number(report)).label("last"))
        .join_from(assignment, progress_report, progress_report.c.assignment_id == assignment.c.assignment_id)
        .where(report <= today, *alone(assignment.c.org_id, counted.branch))
        .group_by(assignment.c.org_id)
    )
    assigned = select(assignment.c.org_id).where(assignment.c.start_on <= today).distinct()
    yield _Told(Source.TASKS, numbers(connection, reports), set(connection.scalars(assigned)))

    terms = (
        select(organisation.c.org_id, func.max(day_number(election.c.held_on)).label("last"))
        .join_from(organisation, election, election.c.org_id == organisation.c.org_id, isouter=True)
        .where(organisation.c.term_ends_on.is_not(None), *alone(organisation.c.org_id, counted.branch))
        .group_by(organisation.c.org_id)
    )
    yield _Told(Source.ELECTIONS, numbers(connection, terms), standing=True)

    steps = (
        select(applicant.c.org_id, func.max(day_number(reached)).label("last"))
        .join_from(applicant, admission_step, admission_step.c.applicant_id == applicant.c.applicant_id)
        .where(reached <= today, *alone(applicant.c.org_id, counted.branch))
        .group_by(applicant.c.org_id)
    )
    applied = set(applicants.under_way(today)["org_id"])
    yield _Told(Source.ADMISSION, numbers(connection, steps), applied, standing=True)

    heads = headcount(counted.stays, today).reset_index()
    filled = heads.loc[heads["filled"] > 0, ["org_id"]].assign(last=np.nan)
    yield _Told(Source.RECORDS, filled, set(heads["org_id"]), standing=True)


def _state(branches: pd.DataFrame, told: _Told, counted: Counted) -> pd.DataFrame:
    """Class every branch that a source concerns as one of reporting, silent, never and unknown."""
    if told.latest.empty:
        return pd.DataFrame()
    concerned = branches if told.concerned is None else branches[branches["org_id"].isin(told.concerned)]
    last = concerned["org_id"].map(told.latest.set_index("org_id")["last"])
    ever = concerned["org_id"].isin(told.latest["org_id"])
    since = number(Period.quarter(counted.today).shift(-1).first)
    reports = ever if told.standing else last >= since
    unknown = concerned["org_id"].isin(unknown_in(counted.unknown, told.source, counted.today, counted.today))
    return pd.DataFrame(
        {
            "org_id": concerned["org_id"],
            "source": told.source.value,
            "branches": 1,
            "reporting": reports & ~unknown,
            "silent": ever & ~reports & ~unknown,
            "never": ~ever & ~unknown,
            "unknown": unknown,
            "last": last,
        }
    )


def _rolled(rows: pd.DataFrame, counted: Counted, tree: Tree) -> pd.DataFrame:
    """Sum the classes up the tree, and take the latest day of all below."""
    nodes = tree.on(counted.today, ())
    at = tree.at(rows["org_id"])
    classes = pd.DataFrame({"source": np.unique(rows["source"])})
    of_class = np.searchsorted(classes["source"], rows["source"])
    found = nodes.spread(at, of_class, classes, {name: rows[name].to_numpy(dtype=float) for name in _COUNTS})
    row, node = nodes.above(at)
    above = pd.DataFrame(
        {"org_id": nodes.keys["org_id"].to_numpy()[node], "source": rows["source"].to_numpy()[row], "last": rows["last"].to_numpy()[row]}
    )
    latest = above.groupby(["org_id", "source"])["last"].max()
    found = found.join(latest, on=["org_id", "source"])
    return found.astype(dict.fromkeys(_COUNTS, np.int64)).assign(last_on=dated(found["last"])).drop(columns="last")
