"""What it costs to open a score's explanation: of a branch, the largest organisation right below the root, the root, and a member."""

from collections.abc import Iterator

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


def costs(server: Server, cookie: str, engine: Engine) -> Iterator[tuple[str, Cost]]:
    """Yield who is explained and what opening it costs, the first time with nothing cached for it."""
    for who, code in _explained(engine):
        yield who, pages.cost(server, cookie, "explain", f"org={code}")


def portrait(server: Server, cookie: str, engine: Engine, secretary: str) -> Cost:
    """Return what it costs to open the portrait of the first present member of the branch that `secretary`, whose cookie it is, leads."""
    present = (MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    with engine.connect() as connection:
        led = select(account.c.org_id).where(account.c.username == secretary).scalar_subquery()
        first = select(func.min(member.c.member_id)).where(member.c.org_id == led, member.c.status.in_(present))
        number = connection.scalar(first)
    return pages.cost(server, cookie, "member", f"member={number}")


def _explained(engine: Engine) -> list[tuple[str, str]]:
    """Choose a branch, the organisation right below the root with the most branches, and the root: (who, code)."""
    columns = organisation.c
    with engine.connect() as connection:
        root = installation(connection).root_org
        branch = select(columns.org_code).where(columns.kind == OrgKind.BRANCH.value, columns.dissolved_on.is_(None))
        largest = (
            select(columns.org_code)
            .join_from(organisation, figure, figure.c.org_id == columns.org_id)
            .where(columns.superior_id == root)
            .group_by(columns.org_code)
            .order_by(func.max(figure.c.period).desc(), func.sum(figure.c.branches_rated).desc(), columns.org_code)
        )
        return [
            ("a branch", str(connection.scalar(branch.order_by(columns.org_code).limit(1)))),
            ("the largest below the root", str(connection.scalar(largest.limit(1)))),
            ("the root", str(connection.scalar(select(columns.org_code).where(columns.org_id == root)))),
        ]
