"""Tasks: sums against plan by task, district and unit; who is behind; what is due; a burn-up; nothing from outside the scope."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, update

from data_access.queries import assignments, story, tasks
from data_access.queries.tasks import Chosen, Stage
from data_access.schema.organisations import organisation
from data_access.schema.records import progress_report
from domain.vocabulary import OrgKind
from tests.data_access.queries.reading import LEADER, PRESENTER, ROOT, SECRETARY, STEWARD, TOWN_SECRETARY, UPSTREAM, ask, full_names, told
from tests.small import AS_OF, ASSIGNMENT, ORG, ORG_CODE, path_of

ALL = Chosen(AS_OF)
CITY, ELECTIONS, READING, DUES = ORG["root"], "LJ-2026-01", "LJ-2026-02", "LJ-2026-03"


def standing(engine: Engine, org: str = "root", chosen: Chosen = ALL, scope=LEADER) -> pd.DataFrame:
    return ask(engine, tasks.standing, ORG[org], chosen, scope=scope)


def listed(engine: Engine, chosen: Chosen = ALL, path: str = ROOT, scope=LEADER) -> pd.DataFrame:
    return ask(engine, assignments.listed, path, chosen, 1, scope=scope)


def test_a_task_stands_by_district_with_its_lights(engine: Engine) -> None:
    rows = standing(engine).set_index(["task_code", "district_code"])
    here = rows.loc[(ELECTIONS, "990101")]
    assert here["assignments"] == 3
    assert here["finished"] == 1
    assert (here["red"], here["green"]) == (2, 1)
    assert here["district_name"] == "上游区"
    assert rows["assignments"].sum() == 8


def test_a_node_is_the_sum_of_what_its_branches_say_themselves(engine: Engine) -> None:
    """Rolled-up figures and branches' own rows are two ways to one sum."""
    sums = ["assignments", "weight", "planned_points", "progress_points", "finished", "green", "yellow", "red", "grey"]
    upstream = standing(engine, "upstream").groupby("task_code")[sums].sum()
    branches = pd.concat([standing(engine, org) for org in ("exemplary", "overdue", "never", "exempted")]).groupby("task_code")[sums].sum()
    pd.testing.assert_frame_equal(upstream.astype(float), branches.astype(float), atol=0.02)  # a plan is kept to two decimals


@pytest.mark.parametrize(
    ("chosen", "codes"),
    [
        (ALL, {ELECTIONS, READING, DUES}),
        (replace(ALL, stage=Stage.CURRENT), {READING, DUES}),
        (replace(ALL, stage=Stage.OVERDUE), {ELECTIONS}),
        (replace(ALL, task=DUES), {DUES}),
        (replace(ALL, category="主题教育"), {READING}),
        (replace(ALL, district="990103"), {ELECTIONS}),
        (replace(ALL, stage=Stage.CURRENT, district="990103"), set()),
    ],
)
def test_filters_of_tasks(engine: Engine, chosen: Chosen, codes: set[str]) -> None:
    assert set(standing(engine, chosen=chosen)["task_code"]) == codes
    assert set(ask(engine, tasks.by_task, CITY, chosen)["task_code"]) == codes


def test_a_district_that_has_settled_an_old_task_owes_nothing(engine: Engine) -> None:
    overdue = standing(engine, chosen=replace(ALL, stage=Stage.OVERDUE))
    assert "990103" in set(standing(engine, chosen=replace(ALL, task=ELECTIONS))["district_code"])
    assert set(overdue["district_code"]) == {"990101"}


def test_the_map_has_a_line_of_all_districts_before_each(engine: Engine) -> None:
    cells = ask(engine, tasks.war_map, CITY, ALL, "task")
    whole = cells[cells["district"] == tasks.ALL_DISTRICTS].set_index("row")
    parts = cells[cells["district"] != tasks.ALL_DISTRICTS]
    assert set(whole["name"]) == {"合计"}
    assert parts.groupby("row")["red"].sum().to_dict() == whole["red"].to_dict()
    assert parts.groupby("row")["assignments"].sum().to_dict() == whole["assignments"].to_dict()


def test_the_map_by_category_sums_the_tasks_of_each(engine: Engine) -> None:
    by_task, by_category = (ask(engine, tasks.war_map, CITY, ALL, rows) for rows in ("task", "category"))
    assert set(by_category["row"]) == {"换届选举", "主题教育", "党费收缴"}
    assert by_category["assignments"].sum() == by_task["assignments"].sum()
    assert set(by_category["note"]) == {"1 项任务"}


def test_a_choice_of_task_or_district_leaves_the_map_whole(engine: Engine) -> None:
    narrowed = ask(engine, tasks.war_map, CITY, replace(ALL, task=DUES, district="990103"), "task")
    pd.testing.assert_frame_equal(narrowed, ask(engine, tasks.war_map, CITY, ALL, "task"))


def test_units_rank_by_their_lead_over_plan(engine: Engine) -> None:
    rows = ask(engine, tasks.units, CITY, ALL)
    assert rows["lead"].is_monotonic_decreasing
    assert rows["rank"].tolist() == rows["lead"].rank(method="min", ascending=False).tolist()
    assert set(rows["org_code"]) == {ORG_CODE[org] for org in ("upstream", "island", "coast")}


def test_a_committee_ranks_its_branches(engine: Engine) -> None:
    rows = ask(engine, tasks.units, ORG["willow_town"], ALL)
    assert set(rows["org_code"]) == {ORG_CODE[org] for org in ("exemplary", "overdue", "never")}
    assert rows.iloc[0]["org_code"] == ORG_CODE["exemplary"]


def test_nobody_ranks_outside_the_scope(engine: Engine) -> None:
    assert ask(engine, tasks.units, CITY, ALL, scope=UPSTREAM).empty
    assert standing(engine, "coast", scope=UPSTREAM).empty
    assert ask(engine, tasks.details, DUES, scope=SECRETARY) is None
    assert ask(engine, tasks.details, "nonsense") is None
    assert ask(engine, tasks.details, DUES).issuer == "中共上游区委员会"


def test_who_is_behind_comes_first(engine: Engine) -> None:
    rows = listed(engine)
    assert rows["gap"].is_monotonic_decreasing
    assert rows.iloc[0]["org_code"] == ORG_CODE["never"]
    assert pd.isna(rows.iloc[0]["progress"])
    assert rows.iloc[0]["days_left"] == (date(2026, 9, 30) - AS_OF).days
    assert not set(rows["org_code"]) & {ORG_CODE["due_soon"]}, "finished late, and finished"


@pytest.mark.parametrize(
    ("chosen", "orgs"),
    [
        (replace(ALL, stage=Stage.OVERDUE), {"overdue", "never"}),
        (replace(ALL, task=READING), {"exemplary", "markdown", "overdue"}),
        (replace(ALL, category="党费收缴"), {"exempted"}),
        (replace(ALL, district="990102"), {"markdown"}),
        (replace(ALL, light="green"), {"exemplary"}),
        (replace(ALL, due_by=AS_OF + timedelta(days=7)), {"exempted"}),
        (replace(ALL, due_by=AS_OF + timedelta(days=4)), set()),
    ],
)
def test_filters_of_assignments(engine: Engine, chosen: Chosen, orgs: set[str]) -> None:
    rows = listed(engine, chosen)
    assert set(rows["org_code"]) == {ORG_CODE[org] for org in orgs}
    assert ask(engine, assignments.count, ROOT, chosen) == len(rows)


def test_what_is_due_within_a_week_is_summed_by_task(engine: Engine) -> None:
    (row,) = ask(engine, assignments.due_soon, ROOT, replace(ALL, due_by=AS_OF + timedelta(days=7))).to_dict("records")
    assert (row["task_code"], row["assignments"], row["progress"]) == (DUES, 1, 70)
    assert row["due_on"] == pd.Timestamp(2026, 11, 25)


def test_assignments_outside_the_scope_are_not_listed(engine: Engine) -> None:
    inside = {ORG_CODE[org] for org in ("overdue", "never", "exemplary", "exempted")}
    assert set(listed(engine, scope=UPSTREAM)["org_code"]) == inside
    assert set(listed(engine, path=UPSTREAM.path)["org_code"]) == inside
    assert listed(engine, path=path_of(ORG["coast"]), scope=UPSTREAM).empty
    assert ask(engine, assignments.of_branch, ORG["markdown"], scope=SECRETARY).empty


@pytest.mark.parametrize("scope", [LEADER, PRESENTER, STEWARD], ids=lambda scope: scope.role.value)
def test_the_responsible_are_masked_or_missing(engine: Engine, scope) -> None:
    answers = [listed(engine, scope=scope), ask(engine, assignments.of_branch, ORG["overdue"], scope=scope)]
    with engine.connect() as connection:
        assert not [name for name in full_names(connection) for answer in answers if name in told(answer)]
    shown = answers[1]["responsible"].tolist()
    assert shown == [None, None] if scope is STEWARD else all(name.endswith("**") for name in shown)


def test_a_secretary_reads_who_is_responsible(engine: Engine) -> None:
    with engine.connect() as connection:
        names = full_names(connection)
    shown = listed(engine, scope=TOWN_SECRETARY).set_index("org_code")["responsible"]
    assert shown[ORG_CODE["exemplary"]] in names
    assert shown[ORG_CODE["never"]] is None, "nobody was named"


def test_a_nodes_burn_up_ends_where_its_figures_stand_and_plans_on(engine: Engine) -> None:
    weeks = ask(engine, tasks.burn_up, ORG["upstream"], OrgKind.LOCAL_COMMITTEE, READING, AS_OF)
    now = weeks[weeks["week"] == pd.Timestamp(AS_OF)].iloc[0]
    stands = ask(engine, tasks.totals, ORG["upstream"], replace(ALL, task=READING)).iloc[0]
    assert (now["plan"], now["value"]) == pytest.approx((stands["plan"], stands["value"]))
    assert weeks["plan"].is_monotonic_increasing
    assert weeks.iloc[-1]["week"] == pd.Timestamp(2026, 12, 31)
    assert weeks.iloc[-1]["plan"] == 100
    assert pd.isna(weeks.iloc[-1]["value"])


def test_a_branchs_burn_up_follows_its_own_reports(engine: Engine) -> None:
    weeks = ask(engine, tasks.burn_up, ORG["exempted"], OrgKind.BRANCH, DUES, AS_OF).set_index("week")
    assert weeks["value"].loc[: pd.Timestamp(2026, 11, 14)].eq(0).all()
    assert weeks.loc[pd.Timestamp(AS_OF), "value"] == 70
    assert weeks.loc[pd.Timestamp(2026, 10, 1), "plan"] == 0
    assert weeks.loc[pd.Timestamp(AS_OF), "plan"] == pytest.approx(92, abs=0.01), "from 60 at the milestone of 10-31 to 100 on 11-25"


@pytest.fixture
def corrected(own_engine: Engine) -> Engine:
    """The one report of a branch on a task, of 70 % on 15 November, corrected twice on that day: to 90 and then to 50 %."""
    day = {"assignment_id": ASSIGNMENT["due_this_week"], "reported_on": date(2026, 11, 15)}
    with own_engine.begin() as connection:
        connection.execute(insert(progress_report), [{**day, "entry": entry, "percent": percent} for entry, percent in ((3, 50), (2, 90))])
    return own_engine


def test_the_last_entry_of_a_day_counts_in_a_burn_up_and_at_the_end_of_a_past_day(corrected: Engine) -> None:
    weeks = ask(corrected, tasks.burn_up, ORG["exempted"], OrgKind.BRANCH, DUES, AS_OF).set_index("week")
    assert weeks.loc[pd.Timestamp(AS_OF), "value"] == 50
    (row,) = standing(corrected, "exempted", Chosen(date(2026, 11, 18), task=DUES, past=True)).to_dict("records")
    assert row["progress_points"] == 50 * row["weight"]


def test_the_reports_of_a_story_leave_out_what_was_corrected(corrected: Engine) -> None:
    assert ask(corrected, story.reports, ASSIGNMENT["due_this_week"], 9).to_numpy().tolist() == [["2026-11-15", "50 %"]]


@pytest.mark.parametrize(("org", "kind"), [("coast", OrgKind.LOCAL_COMMITTEE), ("markdown", OrgKind.BRANCH)])
def test_no_burn_up_of_a_node_outside_the_scope(engine: Engine, org: str, kind: OrgKind) -> None:
    assert ask(engine, tasks.burn_up, ORG[org], kind, READING, AS_OF, scope=UPSTREAM).empty
    assert ask(engine, tasks.burn_up, ORG[org], kind, "nonsense", AS_OF).empty


def test_a_dissolved_organisation_is_not_behind(own_engine: Engine) -> None:
    owing = listed(own_engine)["org_code"].iloc[0]
    with own_engine.begin() as connection:
        connection.execute(update(organisation).where(organisation.c.org_code == owing).values(dissolved_on=AS_OF))
    assert owing not in listed(own_engine)["org_code"].tolist()
    assert ask(own_engine, assignments.count, ROOT, ALL) == len(listed(own_engine))
