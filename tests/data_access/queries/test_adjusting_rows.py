"""What adds to and subtracts from a score opens to its rows: as recorded, inside the scope, reasons to who may read names."""

from datetime import date

import pytest
from sqlalchemy import Engine, insert

from data_access.queries import adjusting_rows, explain, member_rows, portrait
from data_access.rating import rate
from data_access.rollup import roll_up
from data_access.schema.organisations import deduction
from tests.data_access.queries.reading import LEADER, SECRETARY, TOWN_SECRETARY, UPSTREAM, ask
from tests.small import AS_OF, MEMBER, ORG, ORG_CODE

CLOSED = "2026Q3"


def rows(engine: Engine, org: str, adjustment: str, scope=LEADER):
    return ask(engine, adjusting_rows.of_branch, ORG[org], adjustment, CLOSED, AS_OF, scope=scope)


def adjusted(engine: Engine, org: str):
    return ask(engine, explain.explained, ORG[org], CLOSED).adjustments.set_index("column")


def deducted(engine: Engine, *given: dict) -> None:
    with engine.begin() as connection:
        for number, row in enumerate(given):
            own = {"deduction_id": 990_001 + number, "org_id": ORG["overdue"], "veto": False, "happened_on": date(2026, 8, 1)}
            connection.execute(insert(deduction).values(own | row))
    rate(engine)
    roll_up(engine)


def test_honours_are_the_branchs_own_of_the_quarter_and_their_titles_are_public(engine: Engine) -> None:
    found = rows(engine, "exemplary", "bonus")
    assert found["what"].tolist() == ["全国先进基层党组织", "市级优秀党课"]
    assert found["points"].sum() == adjusted(engine, "exemplary").loc["bonus", "points"]
    assert rows(engine, "due_soon", "bonus").empty  # its member's, not its own
    assert rows(engine, "same_name", "bonus").empty  # of another quarter


def test_a_veto_comes_first_and_opens_to_its_row(engine: Engine) -> None:
    assert adjusted(engine, "too_large").index.tolist() == ["veto", "deduction"]
    found = rows(engine, "too_large", "veto")
    assert found[["points"]].to_numpy().tolist() == [[5]] and found["day"].iloc[0].date() == date(2026, 9, 3)


def test_a_deduction_is_told_before_the_cap_and_counted_after_it(own_engine: Engine) -> None:
    deducted(own_engine, {"points": 15, "reason": "甲"}, {"points": 9, "reason": "乙"})
    assert rows(own_engine, "overdue", "deduction")["points"].sum() == 24
    assert adjusted(own_engine, "overdue").loc["deduction", ["points", "lost"]].tolist() == [-20, 20]


def test_reasons_are_for_who_may_read_names(own_engine: Engine) -> None:
    deducted(own_engine, {"points": 2, "reason": "某人被处分"})
    assert rows(own_engine, "overdue", "deduction", SECRETARY)["what"].tolist() == ["某人被处分"]
    assert rows(own_engine, "overdue", "deduction", LEADER)["what"].isna().all()


def test_a_group_opens_to_the_branches_that_are_concerned_what_weighs_most_first(own_engine: Engine) -> None:
    deducted(own_engine, {"points": 3, "reason": "甲"}, {"points": 1, "reason": "乙", "org_id": ORG["never"]})
    found = ask(own_engine, adjusting_rows.below, ORG["root"], "deduction", CLOSED)
    assert {ORG_CODE["overdue"], ORG_CODE["too_large"]} <= set(found["org_code"]) and (found["points"] > 0).all()
    assert (found["points"] * found["members"]).is_monotonic_decreasing
    assert found["pull"].sum() == pytest.approx(adjusted(own_engine, "root").loc["deduction", "lost"], abs=1e-6)
    assert ask(own_engine, adjusting_rows.below, ORG["root"], "veto", CLOSED)["org_code"].tolist() == [ORG_CODE["too_large"]]


def test_nothing_is_opened_outside_the_scope(engine: Engine) -> None:
    assert rows(engine, "too_large", "veto", SECRETARY).empty
    assert ask(engine, adjusting_rows.below, ORG["coast"], "bonus", CLOSED, scope=UPSTREAM).empty


def test_a_members_own_deduction_opens_where_the_portrait_does(engine: Engine) -> None:
    punished = 1203
    values = (punished, "deduction", CLOSED, AS_OF)
    found = ask(engine, member_rows.rows, *values, scope=TOWN_SECRETARY)
    assert found[["what", "value"]].to_numpy().tolist() == [["受到警告处分", "5 分"]]
    shown = ask(engine, portrait.portrait, punished, CLOSED, (CLOSED,), AS_OF, scope=TOWN_SECRETARY)
    assert shown.adjustments["column"].tolist() == ["deduction"]
    assert ask(engine, member_rows.rows, *values).empty
    assert ask(engine, member_rows.rows, MEMBER["secretary"], *values[1:], scope=TOWN_SECRETARY).empty
