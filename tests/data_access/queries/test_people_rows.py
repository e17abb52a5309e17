"""The records of single members behind an item: who has not paid, learnt or served, and whose record lacks a field."""

import pandas as pd
import pytest
from sqlalchemy import Engine, select

from data_access.queries import item_rows, people_rows
from data_access.schema.members import member
from domain.scope import Scope
from domain.vocabulary import Role
from tests.data_access.queries.reading import LEADER, PRESENTER, SECRETARY, STEWARD, UPSTREAM, WALL, ask, full_names, told
from tests.small import AS_OF, MEMBER, ORG, path_of

CLOSED = "2026Q3"
EVERYWHERE = Scope(ORG["root"], path_of(ORG["root"]), Role.SECRETARY)


def people(engine: Engine, item: str, org: str = "overdue", scope: Scope = SECRETARY) -> pd.DataFrame:
    return ask(engine, people_rows.rows, ORG[org], item, CLOSED, AS_OF, scope=scope)


def name_of(engine: Engine, key: str) -> str:
    with engine.connect() as connection:
        return connection.scalar(select(member.c.name).where(member.c.member_id == MEMBER[key]))


def test_a_secretary_sees_who_has_not_paid(engine: Engine) -> None:
    found = people(engine, "membership_dues")
    unpaid = found[found["state"] == "未交足"]
    assert unpaid.index[0] == 0 and len(unpaid) == 5, "two months of one member, three of another"
    assert set(unpaid["person"]) == {name_of(engine, "three_months"), name_of(engine, "six_months")}
    sums = ask(engine, item_rows.rows, ORG["overdue"], "membership_dues", CLOSED, AS_OF, scope=SECRETARY)
    assert (len(found), len(unpaid)) == (sums["due"].sum(), sums["unpaid"].sum())


def test_a_secretary_sees_whose_record_lacks_which_field(engine: Engine) -> None:
    found = people(engine, "membership_records", "expression", EVERYWHERE)
    sums = ask(engine, item_rows.rows, ORG["expression"], "membership_records", CLOSED, AS_OF)
    assert found["what"].str.split("、").explode().value_counts().to_dict() == {
        row["field"]: row["missing"] for row in sums.to_dict("records") if row["missing"]
    }
    assert name_of(engine, "no_birth") in found.loc[found["what"].str.contains("出生日期"), "person"].tolist()


def test_courses_study_and_service_are_listed_by_member_and_who_lacks_them_first(engine: Engine) -> None:
    courses = people(engine, "study_courses")
    sums = ask(engine, item_rows.rows, ORG["overdue"], "study_courses", CLOSED, AS_OF)
    assert (courses["state"] == "已学完").sum() == sums["finished"].sum() and courses["state"].iloc[0] == "未学完"
    for item in ("study_hours", "service_records"):
        sums = ask(engine, item_rows.rows, ORG["overdue"], item, CLOSED, AS_OF)
        assert (people(engine, item)["state"] == "已记录").sum() == sums["records"].sum()
        silent = people(engine, item, "never", EVERYWHERE)
        assert set(silent["state"]) == {people_rows.NOTHING} and len(silent) == 8


@pytest.mark.parametrize("item", people_rows.ITEMS)
def test_people_are_named_as_the_scope_says_and_not_listed_to_who_may_not_list_them(engine: Engine, item: str) -> None:
    org = "expression" if item == "membership_records" else "overdue"
    with engine.connect() as connection:
        names = full_names(connection)
    for scope in (LEADER, PRESENTER):
        found = people(engine, item, org, scope)
        assert len(found) and not [name for name in names if name in told(found)]
    for scope in (STEWARD, WALL):
        assert people(engine, item, org, scope).empty
    assert people(engine, item, "due_soon", UPSTREAM).empty and people(engine, item, "due_soon", SECRETARY).empty
