"""Rolled-up figures of the small installation: sums up the tree, standing by period, and what stays missing."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, Table, delete, func, insert, select, update

from data_access.counting.organisations import organisations
from data_access.engine import connect
from data_access.rating import rate
from data_access.rollup import roll_up
from data_access.rollup.tree import Tree
from data_access.schema import metadata
from data_access.schema.members import membership, transfer
from data_access.schema.organisations import coverage, election, honour, organisation
from data_access.schema.ratings import (
    assignment_state,
    duty_figure,
    duty_record,
    figure,
    light,
    member_score,
    org_score,
    source_state,
    tally,
    task_figure,
)
from data_access.schema.records import dues, meeting
from domain import figures
from domain.index import group
from domain.indicators import INDICATORS
from domain.period import Period
from domain.settings import Settings
from domain.vocabulary import Light, Part, Source
from tests.small import APPLICANT, AS_OF, ASSIGNMENT, MOVED_ON, ORG, path_of

ROLLED = ("figure", "duty_figure", "tally", "task_figure", "source_state")
KEYS = ("org_id", "period", "district_code", "sector")
SUMMED = [column.name for column in figure.c if column.name not in KEYS]
QUARTERS = [period.code for period in Period.quarter(AS_OF).back(9)]
MONTHS = [period.code for period in Period.month(AS_OF).back(26)]


def read(engine: Engine, query) -> pd.DataFrame:
    with engine.connect() as connection:
        return pd.read_sql_query(query, connection)


def row(engine: Engine, org: str, period: str, table=figure) -> pd.Series:
    """Return a node's figure of a period: the sum over its rows, NaN where all of them are."""
    found = read(engine, select(table).where(table.c.org_id == ORG[org], table.c.period == period))
    assert len(found), (org, period)
    return found.drop(columns=[*KEYS, "duty"], errors="ignore").astype(float).sum(min_count=1)


def change(engine: Engine, *statements) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    roll_up(engine)


# --- up the tree -----------------------------------------------------------------------------------------------------------------


def test_rows_of_the_organisations_below_sum_up_to_their_superiors(engine):
    own = ["committees", "general_branches", "elections_due", "elections_held", "elections_on_time"]  # a superior adds its own to these
    here, below = summed_below(engine, figure, [name for name in SUMMED if name not in own])
    pd.testing.assert_frame_equal(here, below, check_exact=False, atol=1e-6)


def test_duties_below_sum_up_to_their_superiors(engine):
    here, below = summed_below(engine, duty_figure, ["due", "held", "late", "missed", "unknown", "early", "awaited", "unclear"])
    pd.testing.assert_frame_equal(here, below)


def summed_below(engine: Engine, table: Table, columns: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of superiors since the only move, and the sums of the rows right below them, in the same order."""
    tree = read(engine, select(organisation.c.org_id, organisation.c.superior_id).where(organisation.c.superior_id.is_not(None)))
    since = [code for code in (*QUARTERS, *MONTHS) if Period.parse(code).last >= MOVED_ON]
    found = read(engine, select(table).where(table.c.period.in_(since)))
    keys = [key.name for key in table.primary_key]
    here = found[found["org_id"].isin(tree["superior_id"])].set_index(keys)[columns].astype(float)
    here = here[(here.fillna(0) != 0).any(axis=1)]
    assert len(here) > 100
    up = found.merge(tree, on="org_id").assign(org_id=lambda rows: rows["superior_id"].astype(int))
    return here, up.groupby(keys)[columns].sum(min_count=1).astype(float).reindex(here.index)


def test_root_counts_every_organisation_and_member_once(engine):
    root = row(engine, "root", "2026-11")
    kinds = read(
        engine,
        select(organisation.c.kind, func.count().label("n")).where(organisation.c.dissolved_on.is_(None)).group_by(organisation.c.kind),
    )
    kinds = kinds.set_index("kind")["n"]
    assert root[["branches", "general_branches", "committees"]].tolist() == [kinds["branch"], kinds["general_branch"], kinds["committee"]]
    today = select(func.count().label("n")).select_from(membership).where(membership.c.to_on.is_(None))
    assert root["members"] == read(engine, today)["n"].item()


def test_cut_by_district_is_a_place_and_not_a_superior(engine):
    # the school stands in the island's district and answers to the city's education committee
    by_place = read(engine, select(figure).where(figure.c.org_id == ORG["education"], figure.c.period == "2026Q3"))
    assert set(by_place["district_code"]) == {"990102"} and by_place["branches"].sum() == 1
    island = read(
        engine, select(func.sum(figure.c.branches).label("n")).where(figure.c.org_id == ORG["island"], figure.c.period == "2026Q3")
    )
    root = read(
        engine,
        select(func.sum(figure.c.branches).label("n")).where(
            figure.c.org_id == ORG["root"], figure.c.period == "2026Q3", figure.c.district_code == "990102"
        ),
    )
    assert root["n"].item() == island["n"].item() + 1


# --- who stood where, when -------------------------------------------------------------------------------------------------------


def test_branch_counts_under_the_superior_that_it_had(engine):
    def below(org: str, period: str) -> int:
        rows = read(engine, select(figure).where(figure.c.org_id == ORG[org], figure.c.period == period))
        return int(rows.loc[rows["sector"] == "private_enterprise", "branches"].sum())

    # `moved` answered to willow_town until the end of March, then to tide_town; each has one other branch of its sector
    assert [below("willow_town", period) for period in ("2025Q4", "2026-03", "2026Q1", "2026-04", "2026Q2")] == [2, 2, 2, 1, 1]
    assert [below("tide_town", period) for period in ("2025Q4", "2026-03", "2026Q1", "2026-04", "2026Q2")] == [1, 1, 1, 2, 2]
    assert [below("upstream", period) for period in ("2026Q1", "2026Q2")] == [2, 1]
    assert row(engine, "root", "2026Q1")["branches"] == row(engine, "root", "2026Q2")["branches"] + 1  # one was dissolved


def test_records_follow_the_superior_of_the_periods_last_day(engine):
    march, april = date(2026, 3, 1), date(2026, 4, 1)
    for first, superior, other in ((march, "willow_town", "tide_town"), (april, "tide_town", "willow_town")):
        month = Period.month(first)
        mine = row(engine, "moved", month.code)["expected"]
        assert mine > 0
        for org, present in ((superior, True), (other, False)):
            rows = read(engine, select(figure).where(figure.c.org_id == ORG[org], figure.c.period == month.code))
            whole = rows.loc[(rows["sector"] == "private_enterprise"), "expected"].sum()
            others = {"willow_town": "markup", "tide_town": "tiny"}[org]
            assert whole == row(engine, others, month.code)["expected"] + (mine if present else 0)


def test_dissolved_branch_stops_counting_and_its_history_stays(engine):
    assert row(engine, "dissolved", "2026-05")["branches"] == 1
    assert row(engine, "dissolved", "2026Q1")["branches_rated"] == 1
    later = read(engine, select(figure).where(figure.c.org_id == ORG["dissolved"], figure.c.period.in_(["2026-07", "2026Q3"])))
    assert later.empty
    assert row(engine, "dissolved", "2026Q2")["branches"] == 0
    assert row(engine, "dissolved", "2026Q2")["expected"] > 0  # what it did until the end of May


def test_founded_branch_begins_with_the_month_in_which_it_was_founded(engine):
    assert read(engine, select(figure).where(figure.c.org_id == ORG["founded"], figure.c.period <= "2026-09")).empty
    assert row(engine, "founded", "2026-10")[["branches", "members"]].tolist() == [1, 5]


def test_members_are_those_of_the_periods_last_day(engine):
    assert row(engine, "markdown", "2026-05")["members"] + 5 == row(engine, "markdown", "2026-06")["members"]
    assert row(engine, "markdown", "2026-09")["members"] - 5 == row(engine, "markdown", "2026-10")["members"]
    assert row(engine, "exemplary", "2025-12")["members"] - 1 == row(engine, "exemplary", "2026-01")["members"]  # one ended in January


def test_probationary_members_are_those_who_were_not_full_then(engine):
    assert row(engine, "root", "2026-07")["probationary"] == 1
    assert row(engine, "root", "2026-08")["probationary"] == 2
    full = read(engine, select(func.count().label("n")).select_from(membership).where(membership.c.from_on == date(2026, 8, 15)))
    assert full["n"].item() == 1


def test_floating_and_lost_members_are_known_of_today_only(engine):
    for period in ("2026-11", "2026Q4"):
        assert row(engine, "markdown", period)[["floating", "lost"]].tolist() == [1, 1]
        assert row(engine, "root", period)[["floating", "lost"]].tolist() == [1, 1]
    assert row(engine, "root", "2026-10")[["floating", "lost"]].isna().all()
    assert row(engine, "root", "2026Q3")[["floating", "lost"]].isna().all()


def test_transfers_count_when_they_are_finished(engine):
    assert row(engine, "founded", "2026-10")["transfers_in"] == 5
    assert row(engine, "markdown", "2026-10")["transfers_out"] == 5
    assert row(engine, "exemplary", "2026-03")["transfers_out"] == 1
    finished = read(engine, select(func.count().label("n")).where(transfer.c.finished_on.is_not(None), transfer.c.to_org_id.is_not(None)))
    every = read(engine, select(func.sum(figure.c.transfers_in).label("n")).where(figure.c.org_id == 1, figure.c.period.in_(QUARTERS)))
    assert every["n"].item() == finished["n"].item()


# --- what records say, and what stays missing --------------------------------------------------------------------------------------


def test_records_are_summed_by_the_day_that_they_bear(engine):
    for period in (Period.parse("2026-08"), Period.parse("2026Q3")):
        met = read(
            engine,
            select(func.sum(meeting.c.expected).label("expected"), func.sum(meeting.c.attended).label("attended")).where(
                meeting.c.held_on.between(period.first, period.last), meeting.c.org_id != ORG["unknown"]
            ),
        )
        assert row(engine, "root", period.code)[["expected", "attended"]].tolist() == met.iloc[0].tolist()


def test_unknown_records_are_missing_and_not_zero(engine):
    assert row(engine, "unknown", "2026-08")[["expected", "attended", "study_minutes", "study_people"]].isna().all()
    assert row(engine, "unknown", "2026-08")["dues_members"] == 8
    assert row(engine, "unknown", "2026-06")["expected"] > 0
    assert row(engine, "stopped", "2025-11")["service_records":"service_people"].isna().all()
    root, known = row(engine, "root", "2026Q3"), row(engine, "root", "2026Q2")
    assert root["study_people"] == root["members"] - 8
    assert known["study_people"] == known["members"]


def test_silence_is_zero_where_others_report(engine):
    never = row(engine, "never", "2026Q3")
    assert never[["expected", "attended", "study_minutes", "service_records"]].tolist() == [0, 0, 0, 0]
    assert never["study_required"] == 16
    assert never[["dues_members", "dues_paid_members"]].tolist() == [24, 0]


def test_source_that_nobody_had_yet_is_missing_for_everybody(engine):
    before = row(engine, "root", "2025-09")
    assert before[["dues_members", "study_minutes", "service_records"]].isna().all()
    assert before["expected"] > 0
    assert row(engine, "root", "2025-10")["dues_members"] > 0


def test_quarters_count_dues_of_ended_months_and_the_open_month_what_is_there(engine):
    october, november, quarter = (row(engine, "root", code) for code in ("2026-10", "2026-11", "2026Q4"))
    assert quarter["dues_members"] == october["dues_members"]
    there = read(engine, select(func.count().label("n")).where(dues.c.month == 202611))
    assert november["dues_members"] == there["n"].item()
    assert november["dues_paid_members"] == 0


def test_dues_paid_after_the_month_are_paid_but_not_on_time(own_engine):
    before = row(own_engine, "exemplary", "2026-08")
    assert before["dues_on_time"] == before["dues_paid_members"] == before["dues_members"]
    with own_engine.begin() as connection:
        late = (dues.c.org_id == ORG["exemplary"]) & (dues.c.month == 202608) & (dues.c.member_id == ORG["exemplary"] * 100 + 1)
        connection.execute(update(dues).where(late).values(paid_on=date(2026, 9, 8)))
    roll_up(own_engine)
    after = row(own_engine, "exemplary", "2026-08")
    assert after["dues_paid_members"] == before["dues_paid_members"]
    assert after["dues_on_time"] == before["dues_on_time"] - 1


def test_months_add_up_to_their_quarter(engine):
    flows = ["expected", "attended", "dues_members", "dues_paid_cents", "study_minutes", "study_finished", "service_records"]
    flows += ["assignments_due", "elections_due", "applications", "new_probationary", "transfers_in"]
    for code in ("2025Q4", "2026Q1", "2026Q3"):
        months = [row(engine, "root", month.code)[flows] for month in Period.parse(code).split_months()]
        assert sum(months).tolist() == row(engine, "root", code)[flows].tolist()


def test_required_study_is_courses_due_times_members(engine):
    assert row(engine, "exemplary", "2026Q3")["study_required"] == 2 * 12
    assert row(engine, "exemplary", "2026Q4")["study_required"] == 0  # the courses are due in December
    assert row(engine, "exemplary", "2026Q4")["study_minutes"] > 0


@pytest.mark.parametrize(("founded", "required"), [(date(2026, 7, 1), 2 * 12), (date(2026, 7, 2), 0)])
def test_required_study_is_not_asked_of_a_branch_founded_in_the_quarter(own_engine, founded, required):
    change(own_engine, update(organisation).where(organisation.c.org_id == ORG["exemplary"]).values(founded_on=founded))
    roll_up(own_engine)
    for code in ("2026Q3", "2026-09"):
        found = row(own_engine, "exemplary", code)
        assert (found["study_required"] > 0, found["study_finished"] > 0) == (required > 0, required > 0)
    assert row(own_engine, "exemplary", "2026Q3")["study_required"] == required


# --- scores, tasks, elections, admissions ------------------------------------------------------------------------------------------


def test_fortress_index_of_a_node_is_that_of_its_branches(engine):
    for code in QUARTERS:
        rated = read(
            engine,
            select(org_score.c.total, org_score.c.members, organisation.c.path)
            .join(organisation)
            .where(org_score.c.period == code, organisation.c.path.startswith(path_of(ORG["island"]))),
        )
        wanted = group(rated, Settings()).iloc[0]
        rows = read(engine, select(figure).where(figure.c.org_id == ORG["island"], figure.c.period == code))
        found = figures.indicator(rows, "fortress").iloc[0]
        assert found["value"] == wanted["score"] and found["base"] == wanted["branches"]


def test_lights_of_a_node_count_its_branches(engine):
    root = row(engine, "root", "2026Q3")
    counted = root[["branches_green", "branches_yellow", "branches_red", "branches_grey"]]
    assert counted.sum() == root["branches"]
    lit = read(engine, select(org_score.c.light).where(org_score.c.period == "2026Q3"))["light"].value_counts()
    assert counted.tolist() == [lit.get(colour.value, 0) for colour in (Light.GREEN, Light.YELLOW, Light.RED, Light.GREY)]
    assert root["branches_rated"] == root["branches"] - 1


def test_parts_and_pioneer_index_are_sums_over_those_who_stand_on_them(engine):
    root = row(engine, "root", "2026Q3")
    scores = read(engine, select(org_score).where(org_score.c.period == "2026Q3"))
    for part in Part:
        standing = scores[scores[part.value].notna()]
        assert root[f"{part.value}_points"] == pytest.approx((standing[part.value] * standing["members"]).sum(), abs=1e-4)
        assert root[f"{part.value}_members"] == standing["members"].sum()
    own = read(engine, select(member_score.c.total).where(member_score.c.period == "2026Q3"))["total"].dropna()
    assert root["pioneer_points"] == pytest.approx(own.sum(), abs=1e-6) and root["pioneer_members"] == len(own)


def test_scores_belong_to_quarters(engine):
    month = row(engine, "root", "2026-09")
    assert month[["score_points", "pioneer_points", "life_members"]].isna().all()
    assert month["branches_rated"] == 0


def test_assignments_count_in_the_month_in_which_they_fell_due(engine):
    root = row(engine, "root", "2026Q3")
    assert root[["assignments_due", "assignments_done", "assignments_on_time"]].tolist() == [4, 2, 1]
    assert row(engine, "root", "2026-11")["assignments_due"] == 0  # due on the 25th, which is to come
    assert row(engine, "due_soon", "2026-09")[["assignments_due", "assignments_done", "assignments_on_time"]].tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("marked", "due"),
    [
        ((date(2026, 10, 1), None), 0),
        ((date(2026, 11, 10), None), 0),  # an election may have been held since, and nobody would know
        ((date(2026, 10, 1), date(2026, 10, 15)), 0),
        ((date(2026, 8, 1), date(2026, 9, 30)), 1),
    ],
)
def test_terms_do_not_count_where_the_elections_are_marked_unknown(own_engine, marked, due):
    values = {"org_id": ORG["overdue"], "source": "elections", "from_on": marked[0], "to_on": marked[1]}
    change(own_engine, insert(coverage).values(values))
    roll_up(own_engine)
    assert row(own_engine, "overdue", "2026-10")["elections_due"] == due


def test_closed_terms_do_not_count_where_the_month_of_their_end_is_marked(own_engine):
    closed = {"election_id": 901, "org_id": ORG["overdue"], "held_on": date(2026, 11, 10), "term_ends_on": date(2031, 11, 9)}
    change(
        own_engine,
        insert(election).values(closed | {"term_ended_on": date(2026, 10, 31)}),
        update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(term_ends_on=date(2031, 11, 9)),
        insert(coverage).values(org_id=ORG["overdue"], source="elections", from_on=date(2026, 10, 1), to_on=date(2026, 10, 31)),
    )
    roll_up(own_engine)
    assert row(own_engine, "overdue", "2026-10")[["elections_due", "elections_held"]].tolist() == [0, 0]


def test_terms_that_ended_count_as_due_and_those_elected_since_as_held(own_engine):
    assert row(own_engine, "overdue", "2026-10")[["elections_due", "elections_held", "elections_on_time"]].tolist() == [1, 0, 0]
    assert row(own_engine, "extended", "2026-08")["elections_due"] == 0  # moved to February
    values = {"election_id": 901, "org_id": ORG["overdue"], "held_on": date(2026, 11, 10), "term_ends_on": date(2031, 11, 9)}
    change(
        own_engine,
        insert(election).values(term_ended_on=date(2026, 10, 31), **values),
        update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(term_ends_on=date(2031, 11, 9)),
    )
    assert row(own_engine, "overdue", "2026-10")[["elections_due", "elections_held", "elections_on_time"]].tolist() == [1, 1, 0]
    change(own_engine, update(election).where(election.c.election_id == 901).values(held_on=date(2026, 10, 31)))
    assert row(own_engine, "overdue", "2026-10")[["elections_due", "elections_held", "elections_on_time"]].tolist() == [1, 1, 1]
    change(own_engine, update(election).where(election.c.election_id == 901).values(term_ended_on=date(2026, 12, 1)))  # early
    assert row(own_engine, "overdue", "2026-10")["elections_due"] == 0
    assert row(own_engine, "overdue", "2026Q4")["elections_due"] == 0  # nor before the old term has ended
    with own_engine.connect() as connection:
        counted = select(tally.c.category, tally.c.count).where(tally.c.org_id == ORG["overdue"], tally.c.dimension.like("elections:%"))
        assert connection.execute(counted).all() == []


def test_admissions_count_on_the_day_of_their_step(engine):
    assert APPLICANT["late_approval"] and row(engine, "exemplary", "2026-08")["new_probationary"] == 1
    assert row(engine, "exemplary", "2025-06")["converted"] == 1
    assert row(engine, "due_soon", "2026Q2")["candidates"] == 1
    assert row(engine, "overdue", "2026-09")["applications"] == 1


# --- duties ----------------------------------------------------------------------------------------------------------------------


def test_duties_count_once_their_period_has_ended(engine):
    for code in ("2026-10", "2026Q3", "2025Q4"):
        period = Period.parse(code)
        records = read(engine, select(duty_record).where(duty_record.c.due_on.between(period.first, period.last)))
        root = row(engine, "root", code, duty_figure)
        statuses = ["held", "late", "missed", "unknown"]
        assert root[statuses].tolist() == records["status"].value_counts().reindex(statuses, fill_value=0).tolist()
        assert root["due"] == root["held"] + root["late"] + root["missed"]


def test_open_periods_are_kept_apart(engine):
    november = row(engine, "root", "2026-11", duty_figure)
    assert november[["due", "held", "late", "missed"]].tolist() == [0, 0, 0, 0]
    records = read(engine, select(duty_record.c.status).where(duty_record.c.due_on.between(date(2026, 11, 1), date(2026, 11, 30))))
    counted = records["status"].value_counts()
    assert november[["early", "awaited", "unclear"]].tolist() == [counted["held"], counted["due"], counted["unknown"]]
    assert november["unknown"] == 0 < november["unclear"]


def test_yearly_duty_counts_in_the_quarter_in_which_it_falls_due(engine):
    rows = read(engine, select(duty_figure).where(duty_figure.c.org_id == ORG["overdue"], duty_figure.c.duty == "life_meeting"))
    ended = rows[rows["due"] > 0].set_index("period")["missed"]
    assert ended.to_dict() == {"2025-12": 1, "2025Q4": 1}  # 2024 began before the records


# --- standing counts -----------------------------------------------------------------------------------------------------------------


def test_every_dimension_of_members_counts_every_member(engine):
    root = read(engine, select(tally).where(tally.c.org_id == ORG["root"]))
    members = row(engine, "root", "2026-11")["members"]
    for dimension in ("age", "party_age", "sex", "education", "occupation", "member_sector", "member_status", "ethnicity"):
        assert root.loc[root["dimension"] == dimension, "count"].sum() == members, dimension


def test_tally_uses_the_categories_of_the_definitions(engine):
    root = read(engine, select(tally).where(tally.c.org_id == ORG["root"]))
    for code, wanted in INDICATORS.items():
        if wanted.dimension and wanted.categories and code != "by_ethnicity":
            rows = root[(root["dimension"] == wanted.dimension) | root["dimension"].str.startswith(f"{wanted.dimension}:")]
            assert len(rows), code
            assert set(rows["category"]) <= set(wanted.categories), code


def test_tally_counts_open_lights_that_nothing_switches_off(own_engine):
    lit = read(own_engine, select(light.c.light_id, light.c.rule_id, light.c.light).where(light.c.closed_on.is_(None)))
    change(own_engine, update(light).where(light.c.light_id == int(lit["light_id"].iloc[0])).values(exemption_id=1))
    wanted = lit.iloc[1:].value_counts(["rule_id", "light"])
    rows = read(own_engine, select(tally).where(tally.c.org_id == ORG["root"], tally.c.dimension.startswith("light:")))
    rows["rule_id"] = rows["dimension"].str.removeprefix("light:")
    assert rows.groupby(["rule_id", "category"])["count"].sum().to_dict() == wanted.to_dict()


def test_tally_of_terms_is_by_kind(engine):
    rows = read(engine, select(tally).where(tally.c.org_id == ORG["root"], tally.c.dimension.startswith("election:")))
    counted = rows.groupby(["dimension", "category"])["count"].sum()
    assert counted["election:branch"].to_dict() == {"overdue": 1, "soon": 2, "unknown": 1, "valid": 17}
    assert set(rows["dimension"]) == {"election:branch", "election:committee", "election:general_branch"}


def test_tally_of_honours_is_of_twelve_months_and_without_courses(own_engine):
    def honours() -> dict:
        rows = read(own_engine, select(tally).where(tally.c.org_id == ORG["root"], tally.c.dimension == "honour"))
        return rows.groupby("category")["count"].sum().to_dict()

    assert honours() == {"national": 1, "district": 1}
    values = {"org_id": ORG["rare"], "kind": "honour", "level": "city", "title": "先进", "points": 1}
    change(
        own_engine,
        insert(honour).values(honour_id=901, awarded_on=date(2025, 11, 20), **values),
        insert(honour).values(honour_id=902, awarded_on=date(2025, 11, 21), **values),
        insert(honour).values(honour_id=903, awarded_on=date(2026, 11, 21), **values),
    )
    assert honours() == {"national": 1, "district": 1, "city": 1}


# --- tasks and sources -----------------------------------------------------------------------------------------------------------------


def test_last_row_of_a_task_is_how_its_assignments_stand(engine):
    states = read(engine, select(assignment_state))
    last = read(engine, select(task_figure).where(task_figure.c.org_id == ORG["root"], task_figure.c.week == AS_OF))
    assert last["assignments"].sum() == len(states) == len(ASSIGNMENT)
    counted = states["light"].value_counts()
    assert [last[colour.value].sum() for colour in Light] == [counted.get(colour.value, 0) for colour in Light]
    assert last["finished"].sum() == states["finished_on"].notna().sum()
    earlier = read(engine, select(task_figure).where(task_figure.c.week < AS_OF))
    assert (earlier[["green", "yellow", "red", "grey"]] == 0).all(axis=None)


def test_weeks_of_a_task_end_on_sundays_and_rise_with_the_plan(engine):
    rows = read(engine, select(task_figure).where(task_figure.c.org_id == ORG["root"], task_figure.c.task_id == 2))
    weeks = rows.groupby("week")[["weight", "planned_points", "progress_points"]].sum()
    days = pd.to_datetime(weeks.index)
    assert days[-1] == pd.Timestamp(AS_OF)
    assert (days[:-1].day_of_week == 6).all() and days[0] == pd.Timestamp("2026-10-04")
    assert weeks["planned_points"].is_monotonic_increasing
    assert (weeks["weight"] == weeks["weight"].iloc[-1]).all()
    assert weeks["progress_points"].iloc[0] == 0  # nothing reported yet is nothing done


def test_progress_of_a_week_is_what_was_reported_by_its_end(engine):
    rows = read(engine, select(task_figure).where(task_figure.c.org_id == ORG["upstream"], task_figure.c.task_id == 1))
    progress = rows.groupby("week")["progress_points"].sum()
    progress.index = pd.to_datetime(progress.index)
    # weights: exemplary 1, overdue 3, never 1; reports: 50 % on 1 August and 100 % on 20 September; 30 % on 1 August
    assert progress[pd.Timestamp("2026-07-26")] == 0
    assert progress[pd.Timestamp("2026-08-02")] == 50 + 90
    assert progress[pd.Timestamp("2026-09-20")] == 100 + 90


def test_branches_have_no_rows_of_tasks(engine):
    kinds = read(engine, select(organisation.c.kind).join(task_figure).distinct())["kind"]
    assert "branch" not in set(kinds) and len(kinds)


def test_sources_class_every_branch_once(engine):
    rows = read(engine, select(source_state))
    assert (rows["branches"] == rows[["reporting", "silent", "never", "unknown"]].sum(axis=1)).all()
    root = rows[rows["org_id"] == ORG["root"]].set_index("source")
    assert set(root.index) == {source.value for source in Source}
    assert root.loc["meetings", ["reporting", "silent", "never", "unknown"]].tolist() == [18, 1, 1, 1]
    assert root.loc["tasks", ["branches", "never"]].tolist() == [6, 1]


def test_sources_of_one_branch_say_when_they_last_spoke(engine):
    rows = read(engine, select(source_state).where(source_state.c.org_id == ORG["stopped"])).set_index("source")
    assert rows.loc["meetings", ["silent", "reporting"]].tolist() == [1, 0]
    assert pd.Timestamp(rows.loc["meetings", "last_on"]) <= pd.Timestamp("2026-06-30")
    never = read(engine, select(source_state).where(source_state.c.org_id == ORG["never"])).set_index("source")
    assert never.loc["meetings", "never"] == 1 and never.loc[["meetings"], "last_on"].isna().all()


def test_source_that_nobody_ever_used_has_no_row(own_engine):
    change(own_engine, delete(metadata.tables["service_record"]))
    rows = read(own_engine, select(source_state.c.source).distinct())
    assert "service" not in set(rows["source"]) and len(rows) == 7


# --- the rolling up itself -------------------------------------------------------------------------------------------------------------


def test_rolling_up_twice_changes_nothing(own_engine):
    def tables() -> dict[str, pd.DataFrame]:
        keys = {name: [key.name for key in metadata.tables[name].primary_key] for name in ROLLED}
        return {name: read(own_engine, select(metadata.tables[name])).sort_values(keys[name], ignore_index=True) for name in ROLLED}

    before = tables()
    roll_up(own_engine)
    for name, frame in tables().items():
        assert len(frame)
        pd.testing.assert_frame_equal(frame, before[name], check_exact=True, obj=name)


def test_both_databases_roll_up_alike(engine, small_database):
    other = connect(f"sqlite:///{small_database}")
    for name in ROLLED:
        keys = [key.name for key in metadata.tables[name].primary_key]
        here, there = (read(each, select(metadata.tables[name])).sort_values(keys, ignore_index=True) for each in (engine, other))
        pd.testing.assert_frame_equal(here, there, check_exact=True, check_dtype=False, obj=name)
    other.dispose()


def test_tree_counts_every_organisation_once_below_each_superior(engine):
    with engine.connect() as connection:
        found = organisations(connection)
        tree = Tree(connection, found)
    for day, expected in ((date(2026, 3, 31), ORG["willow_town"]), (date(2026, 4, 1), ORG["tide_town"]), (AS_OF, ORG["tide_town"])):
        nodes = tree.on(day)
        ones = nodes.keys.assign(n=nodes.summed(np.ones(len(found)))).groupby("org_id")["n"].sum()
        assert ones[ORG["root"]] == len(found)
        place = int(np.searchsorted(found["org_id"], ORG["moved"]))
        above = nodes.keys["org_id"].to_numpy()[nodes.node[nodes.of == place]]
        assert expected in above and ORG["root"] in above and ORG["moved"] in above


def test_marks_of_stewards_reach_the_states_of_sources(own_engine):
    change(own_engine, insert(coverage).values(org_id=ORG["rare"], source="dues", from_on=date(2026, 11, 1)))
    rows = read(own_engine, select(source_state).where(source_state.c.org_id == ORG["rare"])).set_index("source")
    assert rows.loc["dues", ["unknown", "reporting"]].tolist() == [1, 0]
    assert row(own_engine, "rare", "2026-11")["dues_members":"dues_paid_cents"].isna().all()
    assert row(own_engine, "rare", "2026-10")["dues_members"] == 4


def test_installation_without_any_record_rates_and_rolls_up(own_engine):
    facts = ("attendance", "meeting", "talk", "dues", "study_record", "course", "service_record", "progress_report")
    facts += ("task_milestone", "task_figure", "assignment_state", "assignment", "task")
    facts += ("admission_step", "admission_state", "applicant", "election", "light")
    with own_engine.begin() as connection:
        for name in facts:
            connection.execute(delete(metadata.tables[name]))
    rate(own_engine)
    roll_up(own_engine)
    root = row(own_engine, "root", "2026Q3")
    assert root["branches"] == 20 and root["members"] == 229
    assert root[["expected", "dues_members", "study_minutes", "service_records", "pioneer_points"]].isna().all()
    assert read(own_engine, select(source_state.c.source).distinct().order_by(source_state.c.source))["source"].tolist() == [
        "elections",
        "records",
    ]
