"""Micro-bills of the small installation: every line with its facts, nothing from outside, names as the scope shows them."""

import json

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select, update

from data_access.queries import bill, raising
from data_access.rating import rate
from data_access.schema.members import member
from data_access.schema.organisations import exemption, organisation
from data_access.schema.ratings import light
from domain.bill import DUE
from domain.rules import INDEX_ESCALATION
from tests.data_access.queries.reading import LEADER, ROOT, SECRETARY, STEWARD, TOWN_SECRETARY, UPSTREAM, WALL, ask, full_names, told
from tests.small import AS_OF, ASSIGNMENT, MEMBER, ORG, ORG_CODE, path_of


def owed(engine: Engine, key: str, *, below: bool = False, scope=SECRETARY) -> pd.DataFrame:
    return ask(engine, bill.owed, path_of(ORG[key]), AS_OF, below, scope=scope)


def line(rows: pd.DataFrame, rule: str, subject: str | None = None) -> pd.Series:
    found = rows[(rows["rule_id"] == rule) & (True if subject is None else rows["subject"] == subject)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_line_says_what_by_when_how_late_why_and_what_next(engine: Engine) -> None:
    term = line(owed(engine, "overdue"), "election.term")
    assert (term["what"], term["light"], term["org_code"]) == ("按期换届", "red", ORG_CODE["overdue"])
    assert (term["due_on"], term["days_late"]) == (pd.Timestamp(2026, 10, 31), 20)
    assert "至今没有" in term["about"] and "选举工作条例" in term["source"]
    assert term["next_step"].startswith("向上级党组织报送换届请示")
    assert json.loads(term["evidence"])["text"] == term["about"]


def test_dues_are_late_since_the_first_unpaid_month_ended(engine: Engine) -> None:
    rows = owed(engine, "overdue")
    assert line(rows, "dues.arrears", f"member:{MEMBER['six_months']}")["due_on"] == pd.Timestamp(2026, 5, 31)
    assert line(rows, "dues.arrears", f"member:{MEMBER['three_months']}")["days_late"] == 81


def test_what_falls_due_by_the_end_of_the_month_is_on_the_bill_though_no_light_is_on(engine: Engine) -> None:
    rows = owed(engine, "never", scope=LEADER)
    due = rows[rows["light"] == DUE]
    assert set(due["rule_id"]) == {"duty.committee_meeting", "duty.theme_day", "dues.arrears"}
    assert due["light_id"].isna().all() and due["since"].isna().all()
    assert set(due["due_on"]) == {pd.Timestamp(2026, 11, 30)}


def test_every_open_light_is_on_the_bill_once(engine: Engine) -> None:
    with engine.connect() as connection:
        lit = [light.c.closed_on.is_(None), light.c.exemption_id.is_(None), light.c.rule_id != INDEX_ESCALATION]
        expected = connection.execute(select(func.count()).select_from(light).where(*lit)).scalar_one()
    rows = ask(engine, bill.owed, ROOT, AS_OF, True)
    assert rows["light_id"].notna().sum() == expected == rows["light_id"].nunique()


def test_an_exempted_light_is_not_owed_until_the_exemption_ends(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(exemption).where(exemption.c.exemption_id == 1).values(org_id=ORG["never"]))
    rate(own_engine)
    assert "duty.theme_day" not in set(owed(own_engine, "never", scope=LEADER).query("light != ''")["rule_id"])
    with own_engine.begin() as connection:
        connection.execute(update(exemption).where(exemption.c.exemption_id == 1).values(to_on=AS_OF.replace(day=19)))
    rate(own_engine)
    assert "duty.theme_day" in set(owed(own_engine, "never", scope=LEADER).query("light == 'red'")["rule_id"])


def test_the_bill_of_all_is_the_bills_of_each(engine: Engine) -> None:
    every = ask(engine, bill.owed, ROOT, AS_OF, True)
    for key in ("overdue", "never", "willow_town"):
        own = owed(engine, key, scope=LEADER)
        pd.testing.assert_frame_equal(own, every[every["org_id"] == ORG[key]].reset_index(drop=True), check_dtype=False)


def test_the_points_of_what_is_undone_already_are_those_of_the_explanation(engine: Engine) -> None:
    """Where nothing else is left open, leaving an item is staying as one is."""
    rise = ask(engine, raising.open_items, ORG["exemplary"], "2026Q4", AS_OF).set_index("item")
    assert line(owed(engine, "exemplary", scope=LEADER), "admission.probation_approval")["points"] == pytest.approx(
        rise.loc["membership_admission", "points"], abs=0.005
    )


def test_what_cannot_be_won_back_is_worth_nothing_and_what_bears_on_no_score_has_no_points(engine: Engine) -> None:
    rows = ask(engine, bill.owed, ROOT, AS_OF, True)
    missed = rows[(rows["org_id"] == ORG["never"]) & (rows["subject"] == "2026-09") & (rows["rule_id"] == "duty.theme_day")]
    assert missed["points"].tolist() == [0]
    assert rows.loc[rows["light"] == "grey", "points"].isna().all()
    assert rows.loc[rows["rule_id"] == "org.size", "points"].isna().all()


def test_who_answers_is_whom_the_task_names_and_otherwise_the_secretary(engine: Engine) -> None:
    rows = owed(engine, "overdue")
    assert line(rows, "task.progress", "assignment:7")["responsible_id"] != MEMBER["secretary"]
    assert set(rows.loc[rows["rule_id"] != "task.progress", "responsible_id"]) == {MEMBER["secretary"]}


def test_whoever_answers_is_named_however_many_do_and_wherever_they_belong(own_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one whom a task names may have gone to another branch since."""
    subject = f"assignment:{ASSIGNMENT['far_behind']}"
    with own_engine.begin() as connection:
        gone = ORG["due_soon"] * 100 + 3
        connection.execute(update(light).where(light.c.subject == subject).values(member_id=gone))
        name = connection.scalar(select(member.c.name).where(member.c.member_id == gone))
    monkeypatch.setattr(bill, "_FEW", 1)
    rows = owed(own_engine, "overdue")
    assert line(rows, "task.progress", subject)["responsible"] == name
    assert rows["responsible"].notna().all() and len(set(rows["responsible_id"])) > 1


@pytest.mark.parametrize("scope", [SECRETARY, TOWN_SECRETARY, UPSTREAM])
def test_nothing_from_outside_the_scope(engine: Engine, scope) -> None:
    rows = ask(engine, bill.owed, ROOT, AS_OF, True, scope=scope)
    with engine.connect() as connection:
        inside = {row.org_id for row in connection.execute(select(organisation)) if row.path.startswith(scope.path)}
    assert set(rows["org_id"]) <= inside
    assert owed(engine, "due_soon", scope=scope).empty


def test_full_names_are_for_secretaries(engine: Engine) -> None:
    with engine.connect() as connection:
        names = {name for name in full_names(connection) if len(name) > 1}
    assert any(name in told(owed(engine, "overdue")[["person", "responsible"]]) for name in names)
    masked = ask(engine, bill.owed, ROOT, AS_OF, True, scope=LEADER)[["person", "responsible"]]
    assert not set(masked["person"]) & names and not set(masked["responsible"]) & names


@pytest.mark.parametrize("scope", [STEWARD, WALL])
def test_who_may_not_list_members_sees_no_person_and_no_line_about_one(engine: Engine, scope) -> None:
    rows = ask(engine, bill.owed, ROOT, AS_OF, True, scope=scope)
    assert len(rows)
    assert rows[["person", "responsible", "responsible_id"]].isna().all(axis=None)
    assert not rows["subject"].str.startswith(("member:", "applicant:")).any()
