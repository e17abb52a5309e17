"""What several ratings ask of the facts: who is rated, in portions small enough to hold, and where a steward marks what is unknown."""

from collections.abc import Iterator
from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.schema.organisations import coverage, organisation
from data_access.schema.records import meeting
from domain.vocabulary import OrgKind, Source

_PORTION = 2_000  # organisations rated at a time: what bounds the memory of a rating


def portions(ids: pd.Series) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of consecutive ranges over ordered ids, so many at a time."""
    for start in range(0, len(ids), _PORTION):
        part = ids.iloc[start : start + _PORTION]
        yield int(part.iloc[0]), int(part.iloc[-1])


def organisations(connection: Connection) -> pd.DataFrame:
    """Return every organisation, by id: org_id, kind, path, founded_on, dissolved_on (NaT while it lives), term_ends_on,
    committee_from, committee_to, has_committee."""
    columns = organisation.c
    query = select(
        columns.org_id,
        columns.kind,
        columns.path,
        day_number(columns.founded_on).label("founded_on"),
        day_number(columns.dissolved_on).label("dissolved_on"),
        day_number(columns.term_ends_on).label("term_ends_on"),
        day_number(columns.committee_from).label("committee_from"),
        day_number(columns.committee_to).label("committee_to"),
        columns.has_committee,
    ).order_by(columns.org_id)
    found = frame(connection, query, days=("founded_on", "dissolved_on", "term_ends_on", "committee_from", "committee_to"))
    return found.assign(has_committee=found["has_committee"].astype(bool))


def branches_of(found: pd.DataFrame) -> pd.DataFrame:
    """Return the branches among organisations; they owe the duties."""
    return found[found["kind"] == OrgKind.BRANCH].reset_index(drop=True)


def unknown(connection: Connection, source: Source) -> pd.DataFrame:
    """Return where a steward marks the source unknown: org_id, from_on, to_on (NaT while it lasts)."""
    columns = coverage.c
    query = (
        select(columns.org_id, day_number(columns.from_on).label("from_on"), day_number(columns.to_on).label("to_on"))
        .where(columns.source == source.value)
        .order_by(columns.org_id, columns.from_on)
    )
    return frame(connection, query, days=("from_on", "to_on"))


def marked_since(marks: pd.DataFrame, org_ids: pd.Series, today: date) -> pd.Series:
    """Return since when each organisation's source is marked unknown as of today (NaT where it is not), aligned with `org_ids`."""
    day = pd.Timestamp(today)
    lasting = marks[(marks["from_on"] <= day) & ~(marks["to_on"] < day)]
    return lasting.groupby("org_id")["from_on"].min().reindex(org_ids).set_axis(org_ids.index)


def meetings_from(connection: Connection) -> date | None:
    """Return where the records of organisation life begin: the month of the earliest meeting; None where there is none at all."""
    earliest = connection.scalar(select(func.min(meeting.c.held_on)))
    return earliest.replace(day=1) if earliest else None
