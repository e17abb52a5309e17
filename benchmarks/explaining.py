"""What it costs to open a score's explanation that nobody has opened yet: of branches, of what stands above them, of members.

The server runs, and somebody has opened another explanation before: what it loads and compiles once is in no reader's way.
"""

import statistics
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Engine, func, select

from benchmarks import pages
from benchmarks.pages import Cost
from benchmarks.server import Server
from data_access.engine import installation
from data_access.schema.access import account
from data_access.schema.members import member
from data_access.schema.organisations import organisation
from data_access.schema.ratings import figure
from domain.vocabulary import MemberStatus, OrgKind

BRANCHES = 15  # are opened one after the other, each for the first time; members, too


def costs(server: Server, cookie: str, engine: Engine) -> Iterator[tuple[str, Cost]]:
    """Yield what is explained and what opening it costs: of branches the median of first openings, and one of them again and again."""
    branches, largest, root = _explained(engine)
    pages.drawn(server, cookie, "explain", f"org={branches.pop()}")
    yield (
        f"`/explain` of a branch (median of {BRANCHES} first openings)",
        _median(server, cookie, "explain", [f"org={code}" for code in branches]),
    )
    pages.drawn(server, cookie, "explain", f"org={root}&next=raise")  # of what stands above branches
    yield "`/explain` of the largest below the root", pages.cost(server, cookie, "explain", f"org={largest}")
    yield "`/explain` of the root", pages.cost(server, cookie, "explain", f"org={root}")


def portraits(server: Server, cookie: str, engine: Engine, secretary: str) -> Cost:
    """Return what it costs to open portraits of members of the branch that `secretary`, whose cookie it is, leads: as of branches."""
    present = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    with engine.connect() as connection:
        led = select(account.c.org_id).where(account.c.username == secretary).scalar_subquery()
        query = select(member.c.member_id).where(member.c.org_id == led, member.c.status.in_(present)).order_by(member.c.member_id)
        first, *others = connection.scalars(query.limit(BRANCHES + 1))
    pages.drawn(server, cookie, "member", f"member={first}")
    return _median(server, cookie, "member", [f"member={number}" for number in others])


def _median(server: Server, cookie: str, page: str, queries: list[str]) -> Cost:
    """Open each for the first time, then one of them again and again; `cold` is the median of the first openings."""
    first = statistics.median(pages.opened(server, cookie, page, query).script for query in queries)
    return replace(pages.cost(server, cookie, page, queries[0]), cold=first)


def _explained(engine: Engine) -> tuple[list[str], str, str]:
    """Choose branches, one more than are measured, the organisation right below the root with the most branches, and the root: codes."""
    columns = organisation.c
    with engine.connect() as connection:
        root = installation(connection).root_org
        living = select(columns.org_code).where(columns.kind == OrgKind.BRANCH.value, columns.dissolved_on.is_(None))
        largest = (
            select(columns.org_code)
            .join_from(organisation, figure, figure.c.org_id == columns.org_id)
            .where(columns.superior_id == root)
            .group_by(columns.org_code)
            .order_by(func.max(figure.c.period).desc(), func.sum(figure.c.branches_rated).desc(), columns.org_code)
        )
        return (
            list(connection.scalars(living.order_by(columns.org_code).limit(BRANCHES + 1))),
            str(connection.scalar(largest.limit(1))),
            str(connection.scalar(select(columns.org_code).where(columns.org_id == root))),
        )
