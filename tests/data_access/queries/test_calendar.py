"""The duties calendar: dues and elections beside organisation life, for a branch and for everybody below an organisation."""

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, update

from data_access.queries import branch, calendar, life, rolled
from data_access.queries.rolled import Cut
from data_access.schema.organisations import coverage
from data_access.schema.ratings import duty_figure, figure
from domain.calendar import Blank
from domain.period import Period
from domain.vocabulary import DutyStatus
from tests.data_access.queries.reading import SECRETARY, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE

MONTHS = tuple(month.code for month in Period.parse("2026").split_months())


def cells(engine: Engine, key: str, duty: str, **reader) -> pd.Series:
    rows = ask(engine, calendar.of_branch, ORG[key], 2026, AS_OF, **reader)
    return rows[rows["duty"] == duty].set_index("first_month")["status"]


def test_dues_of_each_month_stand_in_the_year(engine: Engine) -> None:
    paid, owed = cells(engine, "exemplary", "dues"), cells(engine, "overdue", "dues")
    assert paid[10] == DutyStatus.HELD and owed[10] == owed[5] == DutyStatus.MISSED
    assert paid[11] == DutyStatus.DUE and paid[12] == Blank.AHEAD


def test_dues_paid_in_full_but_after_the_month_are_late(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        august = (figure.c.org_id == ORG["exemplary"]) & (figure.c.period == "2026-08")
        connection.execute(update(figure).where(august).values(dues_on_time=figure.c.dues_on_time - 1))
    found = cells(own_engine, "exemplary", "dues")
    assert (found[7], found[8]) == (DutyStatus.HELD, DutyStatus.LATE)


def test_dues_that_are_marked_unknown_are_unknown_and_never_missed(own_engine: Engine) -> None:
    mark = {"org_id": ORG["overdue"], "source": "dues", "from_on": AS_OF.replace(month=9, day=10), "to_on": AS_OF.replace(month=9, day=20)}
    with own_engine.begin() as connection:
        connection.execute(insert(coverage).values(**mark))
    found = cells(own_engine, "overdue", "dues")
    assert (found[8], found[9], found[10]) == (DutyStatus.MISSED, DutyStatus.UNKNOWN, DutyStatus.MISSED)


def test_an_election_is_missed_from_the_month_in_which_the_term_ended(engine: Engine) -> None:
    assert cells(engine, "overdue", "election")[10] == DutyStatus.MISSED
    assert cells(engine, "no_term", "election")[1] == DutyStatus.UNKNOWN
    assert set(cells(engine, "extended", "election")) == {Blank.NONE, Blank.AHEAD}


def test_a_dissolved_branch_has_no_election_to_come(engine: Engine) -> None:
    assert set(cells(engine, "dissolved", "election")) == {Blank.NONE, Blank.AHEAD}


def test_the_whole_stands_on_its_branches(engine: Engine) -> None:
    rows = ask(engine, calendar.below, ORG["root"], MONTHS, AS_OF).set_index(["duty", "period"])
    kept = ask(engine, life.attainment, ORG["root"], Cut(), MONTHS).set_index(["duty", "period"])
    assert rows.loc[kept.index, "value"].equals(kept["value"])
    assert 0 < rows.loc[("dues", "2026-10"), "value"] < 100
    assert ("dues", "2026-11") not in rows.index  # it still runs
    assert rows.loc[("election", "2026-10"), ["value", "base"]].tolist() == [0, 1]


def test_nothing_from_outside(engine: Engine) -> None:
    assert ask(engine, calendar.below, ORG["coast"], MONTHS, AS_OF, scope=UPSTREAM).empty
    assert set(cells(engine, "exemplary", "dues", scope=SECRETARY)) <= {Blank.NONE, Blank.AHEAD}


def test_a_heat_map_has_the_organisations_right_below_the_weakest_first(engine: Engine) -> None:
    found = ask(engine, calendar.of_those_below, ORG["root"], MONTHS)
    ids = {code: ORG[key] for key, code in ORG_CODE.items()}
    codes = list(found.cells["org_code"].unique())
    assert found.whole == len(codes) > 1
    assert set(codes) <= set(ask(engine, branch.children, ORG["root"], "2026Q4")["org_code"])
    months = {code: ask(engine, rolled.duties, ids[code], Cut(), MONTHS, ("period",)).set_index("period") for code in codes}
    for row in found.cells.to_dict("records"):
        own = months[row["org_code"]].loc[row["period"]]
        assert row["base"] == own["due"]
        assert row["value"] == pytest.approx(100 * (own["held"] + own["late"] / 2) / own["due"], nan_ok=True)
    shares = [(own["held"].sum() + own["late"].sum() / 2) / own["due"].sum() for own in months.values()]
    assert shares == sorted(shares)


def test_what_is_unknown_is_missing_on_a_heat_map_and_nothing_comes_from_outside(own_engine: Engine) -> None:
    before = ask(own_engine, calendar.of_those_below, ORG["willow_town"], MONTHS).cells
    with own_engine.begin() as connection:
        unknown = {"unknown": duty_figure.c.due, "due": 0, "held": 0, "late": 0, "missed": 0}
        connection.execute(update(duty_figure).where(duty_figure.c.org_id == ORG["overdue"]).values(unknown))
    after = ask(own_engine, calendar.of_those_below, ORG["willow_town"], MONTHS).cells
    mine = after["org_code"] == ORG_CODE["overdue"]
    assert mine.sum() == (before["org_code"] == ORG_CODE["overdue"]).sum() > 0
    assert after.loc[mine, "value"].isna().all() and after["org_code"].iloc[-1] == ORG_CODE["overdue"]
    assert ask(own_engine, calendar.of_those_below, ORG["coast"], MONTHS, scope=UPSTREAM).cells.empty
