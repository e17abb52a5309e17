"""Escalation and the month's notice: red quarters in a row, measures, exemptions, ranks; settled quarters only."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, delete, insert, select, update

from data_access.queries import branch, escalation, notice
from data_access.schema.organisations import exemption, organisation
from data_access.schema.ratings import org_score
from domain.period import Period
from domain.rules import INDEX_ESCALATION
from tests.data_access.queries.reading import LEADER, ROOT, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE, path_of


def escalated(engine: Engine, path: str = ROOT, scope=LEADER) -> pd.DataFrame:
    return ask(engine, escalation.escalated, path, AS_OF, scope=scope).set_index("org_code")


def redden(engine: Engine, key: str, quarters: dict[str, str]) -> None:
    """Give a branch these lights and no others, by quarter."""
    with engine.begin() as connection:
        mine = org_score.c.org_id == ORG[key]
        connection.execute(delete(org_score).where(mine, org_score.c.period.not_in(list(quarters))))
        for code, colour in quarters.items():
            connection.execute(update(org_score).where(mine, org_score.c.period == code).values(light=colour))


@pytest.mark.parametrize(
    ("today", "quarter"), [(AS_OF, "2026Q3"), (date(2026, 10, 31), "2026Q2"), (date(2026, 11, 1), "2026Q3"), (date(2027, 1, 15), "2026Q3")]
)
def test_only_a_quarter_that_has_frozen_is_ground_for_a_measure(today, quarter) -> None:
    assert escalation.settled_quarter(today).code == quarter


@pytest.mark.parametrize(
    ("lights", "quarters", "measure"),
    [
        ({"2026Q3": "red"}, 1, "reminder"),
        ({"2026Q2": "red", "2026Q3": "red"}, 2, "talk"),
        ({"2026Q1": "red", "2026Q2": "red", "2026Q3": "red"}, 3, "rectification"),
        ({"2026Q1": "red", "2026Q2": "yellow", "2026Q3": "red"}, 1, "reminder"),
        ({"2026Q1": "red", "2026Q3": "red"}, 1, "reminder"),
        ({"2026Q2": "grey", "2026Q3": "red", "2026Q4": "red"}, 1, "reminder"),
    ],
)
def test_consecutive_red_quarters_decide_the_measure(own_engine: Engine, lights, quarters, measure) -> None:
    redden(own_engine, "exemplary", lights)
    row = escalated(own_engine).loc[ORG_CODE["exemplary"]]
    assert (row["quarters"], row["measure"]) == (quarters, measure)


def test_the_row_begins_where_it_began_however_long_ago(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        mine = org_score.c.org_id == ORG["exemplary"]
        row = dict(connection.execute(select(org_score).where(mine, org_score.c.period == "2026Q3")).one()._mapping)
        connection.execute(delete(org_score).where(mine, org_score.c.period <= "2026Q3"))
        for code in [quarter.code for quarter in Period.parse("2026Q3").back(12)]:
            connection.execute(insert(org_score).values(row | {"period": code, "light": "red"}))
    found = escalated(own_engine).loc[ORG_CODE["exemplary"]]
    assert (found["quarters"], found["since"]) == (12, "2023Q4")


@pytest.mark.parametrize("lights", [{"2026Q2": "red", "2026Q3": "yellow"}, {"2026Q2": "red", "2026Q3": "green", "2026Q4": "red"}])
def test_a_branch_that_is_not_red_any_more_has_no_measure(own_engine: Engine, lights) -> None:
    redden(own_engine, "exemplary", lights)
    assert ORG_CODE["exemplary"] not in escalated(own_engine).index


@pytest.mark.parametrize(("to_on", "exempt"), [(AS_OF, True), (date(2026, 11, 19), False)])
def test_an_exemption_stays_visible_with_its_reason_until_it_ends(own_engine: Engine, to_on, exempt) -> None:
    given = {"reason": "整体搬迁", "approved_by": "市委组织部", "from_on": date(2026, 10, 1), "to_on": to_on}
    with own_engine.begin() as connection:
        connection.execute(insert(exemption).values(exemption_id=99, org_id=ORG["never"], rule_id=INDEX_ESCALATION, **given))
    row = escalated(own_engine).loc[ORG_CODE["never"]]
    assert pd.notna(row["exempt_to"]) == exempt
    assert (row["reason"] == "整体搬迁") == exempt
    below = ask(own_engine, notice.notice, ORG["willow_town"], path_of(ORG["willow_town"]), AS_OF).set_index("org_code")
    assert below.loc[ORG_CODE["never"], "rectification"] == (0 if exempt else 1)


def test_a_dissolved_branch_is_not_pressed(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(organisation).where(organisation.c.org_id == ORG["never"]).values(dissolved_on=AS_OF))
    assert ORG_CODE["never"] not in escalated(own_engine).index


def test_nothing_from_outside(engine: Engine) -> None:
    assert set(escalated(engine, scope=UPSTREAM)["org_id"]) == {ORG["never"], ORG["overdue"]}
    assert escalated(engine, path_of(ORG["coast"]), UPSTREAM).empty
    assert ask(engine, notice.notice, ORG["coast"], path_of(ORG["coast"]), AS_OF, scope=UPSTREAM).empty


def test_the_notice_ranks_those_of_a_kind_and_counts_measures_below(engine: Engine) -> None:
    rows = ask(engine, notice.notice, ORG["root"], ROOT, AS_OF).set_index("org_code")
    local = rows[rows["kind"] == "local_committee"]
    assert local["rank"].tolist() == [1, 2, 3] and local["total"].is_monotonic_decreasing
    assert rows.loc[ORG_CODE["education"], ["rank", "peers"]].tolist() == [1, 1]
    counted = rows[["reminder", "talk", "rectification"]].sum()
    assert counted.to_dict() == {"reminder": 0, "talk": 0, "rectification": 0} | escalated(engine)["measure"].value_counts().to_dict()


def test_the_notice_says_what_the_record_of_the_superior_says(engine: Engine) -> None:
    rows = ask(engine, notice.notice, ORG["root"], ROOT, AS_OF).set_index("org_code")
    record = ask(engine, branch.children, ORG["root"], "2026Q3").set_index("org_code").loc[rows.index]
    for name in ("branches", "rated", "members", "total", "light"):
        assert rows[name].tolist() == record[name].tolist(), name
    assert rows["red"].tolist() == record["red"].fillna(0).tolist()
    assert (rows["change"] - (record["total"] - record["before"])).abs().max() < 1e-6


def test_the_notices_of_all_are_the_notices_of_each(engine: Engine) -> None:
    every = ask(engine, notice.notices, ROOT, AS_OF)
    with engine.connect() as connection:
        superiors = {row.org_id: row.path for row in connection.execute(select(organisation.c.org_id, organisation.c.path))}
    for superior_id, rows in every.groupby("superior_id"):
        own = ask(engine, notice.notice, int(superior_id), superiors[superior_id], AS_OF)
        pd.testing.assert_frame_equal(own, rows.reset_index(drop=True), check_dtype=False)
