"""One organisation's record: its facts, its index by quarter, its portrait, its duties, its children; nothing outside the scope."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.queries import agenda, branch, calendar, explain
from data_access.schema.organisations import organisation, term_extension
from data_access.schema.ratings import duty_record, org_score
from domain.calendar import Blank
from domain.index import LEAST_PEERS
from domain.period import Period
from domain.vocabulary import DutyStatus, OrgKind, Part
from tests.data_access.queries.reading import (
    LEADER,
    PRESENTER,
    SECRETARY,
    STEWARD,
    TOWN_SECRETARY,
    UPSTREAM,
    WALL,
    ask,
    full_names,
    told,
)  # fmt: skip
from tests.small import AS_OF, ORG, ORG_CODE, path_of

QUARTERS = tuple(period.code for period in Period.parse("2026Q4").back(8))
BRANCH, LOCAL = OrgKind.BRANCH.value, OrgKind.LOCAL_COMMITTEE.value


def history(engine: Engine, org: str, kind: str = BRANCH, scope=LEADER, quarters=QUARTERS) -> pd.DataFrame:
    return ask(engine, branch.history, ORG[org], kind, quarters, AS_OF, scope=scope)


def test_the_record_says_who_it_is(engine: Engine) -> None:
    found = ask(engine, branch.record, ORG["overdue"])
    assert (found.name, found.org_code, found.kind, found.sector_name) == ("渡口村党支部", ORG_CODE["overdue"], BRANCH, "农村")
    assert (found.superior_name, found.superior_code) == ("中共柳渡镇委员会", ORG_CODE["willow_town"])
    assert (found.district_name, found.town_name) == ("上游区", "柳渡镇")
    assert found.term_end == date(2026, 10, 31)
    assert found.dissolved_on is None


def test_an_extension_moves_the_terms_end(engine: Engine) -> None:
    found = ask(engine, branch.record, ORG["extended"])
    assert found.term_ends_on == date(2026, 8, 31)
    assert found.term_end > found.term_ends_on


@pytest.mark.parametrize(
    ("approved", "until", "end"),
    [
        (AS_OF, date(2027, 3, 31), date(2027, 3, 31)),
        (AS_OF + timedelta(days=1), date(2027, 3, 31), date(2026, 10, 31)),  # not approved yet
        (AS_OF, date(2028, 10, 31), date(2027, 10, 31)),  # by a year at most
    ],
)
def test_an_extension_counts_from_its_approval_for_a_year_at_most(own_engine: Engine, approved: date, until: date, end: date) -> None:
    moved = {"org_id": ORG["overdue"], "approved_on": approved, "term_ends_on": date(2026, 10, 31), "until": until}
    with own_engine.begin() as connection:
        connection.execute(insert(term_extension).values(moved))
    assert ask(own_engine, branch.record, ORG["overdue"]).term_end == end


def test_a_dissolved_one_says_so(engine: Engine) -> None:
    assert ask(engine, branch.record, ORG["dissolved"]).dissolved_on == date(2026, 5, 31)


def test_a_superior_outside_the_scope_is_named_but_not_linked(engine: Engine) -> None:
    found = ask(engine, branch.record, ORG["overdue"], scope=SECRETARY)
    assert (found.superior_name, found.superior_code) == ("中共柳渡镇委员会", None)


def test_contacts_are_not_for_presenters(engine: Engine) -> None:
    assert ask(engine, branch.record, ORG["overdue"]).phone
    hidden = ask(engine, branch.record, ORG["overdue"], scope=PRESENTER)
    assert (hidden.phone, hidden.address) == (None, None)


@pytest.mark.parametrize(
    ("org", "scope"), [("exemplary", SECRETARY), ("willow_town", SECRETARY), ("coast", UPSTREAM), ("school", UPSTREAM)]
)
def test_outside_the_scope_there_is_no_record(engine: Engine, org: str, scope) -> None:
    kind = ask(engine, branch.record, ORG[org]).kind
    assert ask(engine, branch.record, ORG[org], scope=scope) is None
    assert history(engine, org, kind, scope)["total"].isna().all()
    assert ask(engine, branch.duties, ORG[org], 2026, scope=scope).empty
    assert ask(engine, branch.committee, ORG[org], AS_OF, scope=scope).empty
    assert ask(engine, branch.unknown_sources, ORG[org], date(2020, 1, 1), AS_OF, scope=scope).empty
    assert ask(engine, branch.children, ORG[org], "2026Q4", scope=scope).empty
    assert ask(engine, branch.portrait, ORG[org], kind, None, "2026Q4", AS_OF, scope=scope)["share"].isna().all()
    assert ask(engine, agenda.agenda, ORG[org], AS_OF, scope=scope).empty


def test_the_committee_is_named_as_the_scope_says(engine: Engine) -> None:
    full = ask(engine, branch.committee, ORG["overdue"], AS_OF, scope=SECRETARY)
    masked = ask(engine, branch.committee, ORG["overdue"], AS_OF)
    assert full.iloc[0]["post"] == "secretary"
    assert masked["name"].tolist() == [name[0] + "*" * (len(name) - 1) for name in full["name"]]
    for scope in (STEWARD, WALL):
        assert ask(engine, branch.committee, ORG["overdue"], AS_OF, scope=scope).empty


def test_a_branchs_history_is_its_scores_and_gaps_stay_gaps(engine: Engine) -> None:
    rows = history(engine, "founded").set_index("period")
    assert rows.index.tolist() == list(QUARTERS)
    assert rows.loc["2026Q3", ["total", "study"]].isna().all()
    rows = history(engine, "overdue").set_index("period")
    with engine.connect() as connection:
        totals = pd.read_sql_query(select(org_score).where(org_score.c.org_id == ORG["overdue"]), connection).set_index("period")["total"]
    assert rows["total"].to_dict() == pytest.approx(totals.loc[list(QUARTERS)].to_dict())
    assert bool(rows.loc["2026Q4", "provisional"])
    assert not rows.loc["2026Q2", "provisional"]


def test_a_groups_history_is_the_mean_of_its_branches_weighted_by_members(engine: Engine) -> None:
    row = history(engine, "upstream", LOCAL).set_index("period").loc["2026Q3"]
    with engine.connect() as connection:
        below = organisation.c.path.like(f"{path_of(ORG['upstream'])}%")
        scores = pd.read_sql_query(
            select(org_score).join(organisation, organisation.c.org_id == org_score.c.org_id).where(below, org_score.c.period == "2026Q3"),
            connection,
        )
    rated = scores[scores["total"].notna()]
    assert row["total"] == pytest.approx((rated["total"] * rated["members"]).sum() / rated["members"].sum(), abs=0.051)
    standing = scores[scores["life"].notna() & scores["total"].notna()]
    assert row["life"] == pytest.approx((standing["life"] * standing["members"]).sum() / standing["members"].sum())
    assert not row["provisional"]
    assert (row["rated"], row["light"]) == (len(rated), "green" if row["total"] >= 80 else "yellow" if row["total"] >= 70 else "red")


def test_the_portrait_sets_each_part_beside_the_quarter_before_and_the_peers(engine: Engine) -> None:
    rows = ask(engine, branch.portrait, ORG["overdue"], BRANCH, "village", "2026Q3", AS_OF).set_index("part")
    now, before = (history(engine, "overdue").set_index("period").loc[code] for code in ("2026Q3", "2026Q2"))
    with engine.connect() as connection:
        peers = pd.read_sql_query(
            select(org_score)
            .join(organisation, organisation.c.org_id == org_score.c.org_id)
            .where(org_score.c.period == "2026Q3", organisation.c.sector == "village", org_score.c.total.is_not(None)),
            connection,
        )
    for part in Part:
        assert rows.loc[part.value, "share"] == pytest.approx(now[part.value], nan_ok=True)
        assert rows.loc[part.value, "before"] == pytest.approx(before[part.value], nan_ok=True)
        enough = peers[part.value].count() >= LEAST_PEERS
        assert rows.loc[part.value, "median"] == pytest.approx(peers[part.value].median() if enough else np.nan, nan_ok=True)
    assert rows["weight"].sum() == pytest.approx(100)


def test_peers_are_of_one_kind_and_sector(own_engine: Engine) -> None:
    before = ask(own_engine, branch.peer_medians, BRANCH, "village", "2026Q3")
    with own_engine.begin() as connection:
        connection.execute(update(org_score).where(org_score.c.org_id == ORG["school"]).values(study=0.0))
        connection.execute(update(org_score).where(org_score.c.org_id == ORG["exemplary"], org_score.c.period == "2026Q2").values(life=0.0))
    pd.testing.assert_frame_equal(ask(own_engine, branch.peer_medians, BRANCH, "village", "2026Q3"), before)
    assert ask(own_engine, branch.peer_medians, BRANCH, "agency", "2026Q3")["peers"].max() < 5


@pytest.mark.parametrize(("kind", "sector"), [(BRANCH, "agency"), ("committee", "village")])
def test_the_median_of_few_peers_is_not_told_because_it_would_tell_one_of_them(engine: Engine, kind: str, sector: str) -> None:
    told, index, _ = ask(engine, explain.medians, kind, sector, "2026Q3")
    assert index is None
    for rows in (ask(engine, branch.peer_medians, kind, sector, "2026Q3"), told):
        assert 0 < rows["peers"].max() < LEAST_PEERS
        assert rows["median"].isna().all()


def test_a_part_left_out_names_the_sources_marked_unknown(engine: Engine) -> None:
    marked = ask(engine, branch.unknown_sources, ORG["unknown"], date(2026, 7, 1), date(2026, 9, 30))
    assert set(marked["source"]) == {"meetings", "study", "tasks"}
    assert ask(engine, branch.unknown_sources, ORG["unknown"], date(2026, 4, 1), date(2026, 6, 30)).empty


def test_the_year_of_duties_shows_what_was_missed_late_due_and_does_not_apply(engine: Engine) -> None:
    cells = ask(engine, calendar.of_branch, ORG["overdue"], 2026, AS_OF)
    status = cells.set_index(["duty", "first_month"])["status"]
    assert status["theme_day", 10] == DutyStatus.MISSED
    assert status["general_meeting", 7] == DutyStatus.LATE
    assert status["lecture", 7] == DutyStatus.MISSED
    assert status["life_meeting", 1] == DutyStatus.DUE
    assert set(status["group_meeting"]) == {Blank.NONE, Blank.AHEAD}
    assert cells.groupby("duty").apply(lambda rows: (rows["last_month"] - rows["first_month"] + 1).sum()).eq(12).all()


def test_children_stand_by_their_index_with_their_duty_lights(engine: Engine) -> None:
    rows = ask(engine, branch.children, ORG["willow_town"], "2026Q3")
    assert set(rows["org_code"]) == {ORG_CODE[org] for org in ("exemplary", "overdue", "markup", "never", "dissolved")}
    assert rows["total"].dropna().is_monotonic_decreasing
    row = rows.set_index("org_code").loc[ORG_CODE["overdue"]]
    assert row["total"] == pytest.approx(history(engine, "overdue").set_index("period").loc["2026Q3", "total"])
    assert row["red"] >= 4
    assert rows.set_index("org_code").loc[ORG_CODE["dissolved"], "dissolved_on"] == pd.Timestamp(2026, 5, 31)


def test_the_agenda_puts_what_is_overdue_first_and_looks_a_fortnight_ahead(engine: Engine) -> None:
    items = ask(engine, agenda.agenda, ORG["overdue"], AS_OF, scope=SECRETARY)
    assert items["light"].map({"red": 0, "yellow": 1, "grey": 2, "": 3}).is_monotonic_increasing
    reds = items[items["light"] == "red"]
    assert {"按期换届", "组织生活会", "任务进度", "党费缴纳", "申请后谈话"} <= set(reds["what"])
    assert reds["due_on"].dropna().is_monotonic_increasing
    assert items["next_step"].notna().all()


def test_the_agenda_looks_a_fortnight_ahead(own_engine: Engine) -> None:
    own = duty_record.c.org_id == ORG["school"]
    with own_engine.begin() as connection:
        for duty, days in (("theme_day", 10), ("committee_meeting", 14), ("general_meeting", 15), ("lecture", -1)):
            due = {"status": "due", "due_on": AS_OF + timedelta(days=days), "done_on": None}
            newest = duty_record.c.period.in_(["2026-11", "2026Q4"])
            connection.execute(update(duty_record).where(own, duty_record.c.duty == duty, newest).values(due))
    items = ask(own_engine, agenda.agenda, ORG["school"], AS_OF)
    ahead = items[items["light"] == ""]
    assert ahead[["what", "days_left"]].to_numpy().tolist() == [["主题党日", 10], ["党费缴纳", 10], ["支委会", 14]]
    assert ahead["about"].tolist()[0] == "2026年11月的主题党日尚未召开"


def test_the_agenda_holds_no_name_for_those_who_may_not_read_it(engine: Engine) -> None:
    with engine.connect() as connection:
        names = full_names(connection)
    for scope in (LEADER, PRESENTER, STEWARD):
        text = told(ask(engine, agenda.agenda, ORG["overdue"], AS_OF, scope=scope))
        assert not [name for name in names if name in text]
    own = ask(engine, agenda.agenda, ORG["overdue"], AS_OF, scope=TOWN_SECRETARY)
    assert set(own["person"].dropna()) & names
