"""A second, small installation: 临江市, three invented districts, known edge cases row by row. `build(engine)` fills its facts.

Everything is regular except what a test may want to find, and that is named in `cast`:
an organisation by `ORG["overdue"]`, a member by `MEMBER["six_months"]`, an applicant by `APPLICANT["too_early"]`.
The as-of date is 2026-11-20. Organisation-level records begin on 2024-10-01, member-level rows on 2025-10-01.
Names are hostile where they can be: markup, Markdown, an expression, 80 characters, a character outside the BMP.
"""

from sqlalchemy import Connection, Engine

from data_access import bulk
from data_access.schema import metadata
from domain.vocabulary import Role
from seed.accounts import accounts
from tests.small.cast import (
    APPLICANT,
    AS_OF,
    ASSIGNMENT,
    BRANCHES,
    IRREGULAR,
    LONG_NAME,
    MEMBER,
    MEMBER_START,
    MOVED_ON,
    ORG,
    ORG_CODE,
    START,
    STOPPED_ON,
    path_of,
)
from tests.small.members import admissions, members, stays
from tests.small.organisations import organisations
from tests.small.places import installation, places
from tests.small.records import dues_study_service, meetings, tasks

__all__ = [
    "APPLICANT",
    "ASSIGNMENT",
    "AS_OF",
    "BRANCHES",
    "IRREGULAR",
    "LONG_NAME",
    "MEMBER",
    "MEMBER_START",
    "MOVED_ON",
    "ORG",
    "ORG_CODE",
    "START",
    "STOPPED_ON",
    "build",
    "fill",
    "path_of",
    "stays",
]


def build(engine: Engine, *, demo: bool = True) -> None:
    """Create the tables in an empty database and fill the facts; nothing is rated. `demo` is the installation's flag."""
    metadata.create_all(engine)
    with engine.begin() as connection:
        fill(connection, demo=demo)


def fill(connection: Connection, *, demo: bool = True) -> None:
    """Fill the facts into empty tables, inside the connection's transaction."""
    facts = {
        **installation(demo),
        **places(),
        **organisations(),
        **members(),
        **admissions(),
        **meetings(),
        **dues_study_service(),
        **tasks(),
        "account": accounts(
            [
                ("leader", "临江市领导", Role.LEADER, ORG["root"]),
                ("secretary", "渡口村书记", Role.SECRETARY, ORG["overdue"]),
                ("presenter", "演示人员", Role.PRESENTER, ORG["root"]),
                ("steward", "数据管理员", Role.STEWARD, ORG["root"]),
                ("wall", "指挥大屏", Role.WALL, ORG["root"]),
                ("upstream", "上游区领导", Role.LEADER, ORG["upstream"]),
            ]
        ),
    }
    for table in metadata.sorted_tables:
        if table.name in facts:
            bulk.insert(connection, table, facts.pop(table.name))
    assert not facts, f"facts for no table: {list(facts)}"
