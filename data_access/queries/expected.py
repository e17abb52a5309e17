"""How many people a meeting that is still to be held expects (应到人数): what is told of it takes all of them to be there.

Every member of the branch; of a committee meeting (支委会) the committee; of a group meeting (党小组会) the members of those groups that
have not met in the period. A talk is no meeting.
"""

from collections import Counter
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, func, or_, select

from data_access.schema.members import member
from data_access.schema.organisations import organisation, party_group, post
from data_access.schema.records import meeting
from domain.period import Period
from domain.vocabulary import Duty, MemberStatus


def heads(connection: Connection, inside: ColumnElement[bool], asked: pd.DataFrame, today: date) -> pd.Series:
    """Return how many people each duty's meeting, still to be held today, expects.

    Expects `asked`: org_id, duty (a code of `Duty`), period (its code), members (of the branch); the branches meet `inside`, a condition
    on `organisation`.
    """
    found = asked["members"].where(asked["duty"] != Duty.TALK, 0).astype(float)
    committee, groups = asked["duty"] == Duty.COMMITTEE_MEETING, asked["duty"] == Duty.GROUP_MEETING
    if committee.any():
        sizes = _committees(connection, inside, today)
        found = found.mask(committee, asked["org_id"].map(sizes).fillna(0).astype(float))
    for period in asked.loc[groups, "period"].unique():
        waiting = _waiting(connection, inside, Period.parse(period), today)
        found = found.mask(groups & (asked["period"] == period), asked["org_id"].map(waiting).fillna(0).astype(float))
    return found


def _committees(connection: Connection, inside: ColumnElement[bool], today: date) -> dict[int, int]:
    """Count who sits in each committee; somebody with two posts once."""
    query = (
        select(post.c.org_id, func.count(post.c.member_id.distinct()).label("people"))
        .join_from(post, organisation, organisation.c.org_id == post.c.org_id)
        .where(inside, post.c.from_on <= today, or_(post.c.to_on.is_(None), post.c.to_on >= today))
        .group_by(post.c.org_id)
    )
    return {row.org_id: row.people for row in connection.execute(query)}


def _waiting(connection: Connection, inside: ColumnElement[bool], period: Period, today: date) -> dict[int, int]:
    """Count the members of the groups that lived through the period and have not met in it.

    Three plain questions: put into one, the database would look for the meetings of every member's group.
    """
    group, held = party_group.c, meeting.c
    counted = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    groups = (
        select(group.group_id, group.org_id)
        .join_from(party_group, organisation, organisation.c.org_id == group.org_id)
        .where(inside, group.founded_on <= period.first, or_(group.dissolved_on.is_(None), group.dissolved_on >= period.last))
    )
    met = (
        select(held.group_id)
        .distinct()
        .join_from(meeting, organisation, organisation.c.org_id == held.org_id)
        .where(inside, held.held_on.between(period.first, today), held.kind == Duty.GROUP_MEETING.value, held.period == period.code)
        .where(held.attended > 0)
    )
    sizes = (
        select(member.c.group_id, func.count().label("people"))
        .join_from(member, organisation, organisation.c.org_id == member.c.org_id)
        .where(inside, member.c.group_id.is_not(None), member.c.status.in_(counted))
        .group_by(member.c.group_id)
    )
    have_met = set(connection.scalars(met))
    people = {row.group_id: row.people for row in connection.execute(sizes)}
    waiting: Counter[int] = Counter()
    for row in connection.execute(groups):
        if row.group_id not in have_met:
            waiting[row.org_id] += people.get(row.group_id, 0)
    return waiting
