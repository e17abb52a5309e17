"""Who was a member where, and when."""

import operator
from datetime import date
from functools import reduce

import pandas as pd
from sqlalchemy import Connection, Select, case, func, select

from data_access.counting.numbers import day_number, numbers
from data_access.counting.organisations import FOREVER, number
from data_access.schema.members import member, membership
from domain.vocabulary import MemberStatus

REQUIRED_FIELDS = ("birth_on", "education", "joined_on", "occupation")


def stays(connection: Connection, *, member_id: int | None = None, branch: int | None = None) -> pd.DataFrame:
    """List every stay of a member in an organisation, ordered by member and day; with an id those of one member, or of all who were
    ever in one branch.

    Columns (whole numbers): member_id, org_id, first, last (day numbers; `FOREVER` while it lasts), full (the day number from which
    the member is a full one; `FOREVER` while probationary), filled (how many of `REQUIRED_FIELDS` the record has).
    """
    filled = reduce(operator.add, (case((member.c[name].is_not(None), 1), else_=0) for name in REQUIRED_FIELDS))
    full = case((member.c.status == MemberStatus.PROBATIONARY, FOREVER), else_=func.coalesce(day_number(member.c.full_on), 0))
    query = (
        select(
            membership.c.member_id,
            membership.c.org_id,
            day_number(membership.c.from_on).label("first"),
            func.coalesce(day_number(membership.c.to_on), FOREVER).label("last"),
            full.label("full"),
            filled.label("filled"),
        )
        .join_from(membership, member, member.c.member_id == membership.c.member_id)
        .where(*([] if member_id is None else [membership.c.member_id == member_id]))
        .where(*([] if branch is None else [membership.c.member_id.in_(ever_in(branch))]))
        .order_by(membership.c.member_id, membership.c.from_on)
    )
    kinds = {"member_id": "int64", "org_id": "int64", "first": "int32", "last": "int32", "full": "int32", "filled": "int8"}
    return numbers(connection, query, kinds)


def ever_in(branch: int) -> Select:
    """Select the ids of all members who were ever in a branch."""
    return select(membership.c.member_id).where(membership.c.org_id == branch)


def homes(member_id: int) -> Select:
    """Select the ids of all organisations that a member was ever in: records lie where the member belonged on their day."""
    return select(membership.c.org_id).where(membership.c.member_id == member_id)


def present(found: pd.DataFrame, day: date) -> pd.DataFrame:
    """Return the stays that hold on `day`."""
    today = number(day)
    return found[(found["first"] <= today) & (found["last"] >= today)]


def headcount(found: pd.DataFrame, day: date) -> pd.DataFrame:
    """Count the members of each organisation on `day`. Index: org_id; columns: members, probationary, filled (required fields)."""
    here = present(found, day)
    rows = here.assign(members=1, probationary=(here["full"] > number(day)).astype(int))
    return rows.groupby("org_id")[["members", "probationary", "filled"]].sum()
