"""What would raise a score most: every gain is the one that a new rating gives once the item is done."""

from datetime import date

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from data_access.queries import bill, raising
from data_access.rating import rate
from data_access.schema.members import admission_step, applicant, member, membership
from data_access.schema.organisations import election, exemption, organisation
from data_access.schema.ratings import org_score
from data_access.schema.records import assignment, course, meeting, progress_report, study_record, task
from domain.bill import DUE
from tests.data_access.queries.reading import LEADER, SECRETARY, STEWARD, UPSTREAM, WALL, ask
from tests.small import APPLICANT, AS_OF, ASSIGNMENT, ORG, ORG_CODE, path_of

OPEN = "2026Q4"


def items(engine: Engine, org: str, period: str = OPEN, scope=LEADER, today: date = AS_OF):
    return ask(engine, raising.open_items, ORG[org], period, today, scope=scope)


def total(engine: Engine, org: str, period: str = OPEN) -> float:
    with engine.connect() as connection:
        return connection.scalar(select(org_score.c.total).where(org_score.c.org_id == ORG[org], org_score.c.period == period))


def rerated(engine: Engine, org: str, *statements) -> float:
    """Return the score of the open quarter once these changes of facts are rated."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    rate(engine)
    return total(engine, org)


def the(found, item: str):
    rows = found[found["item"] == item]
    assert len(rows) == 1, found
    return rows.iloc[0]


def members_of(engine: Engine, org: str) -> int:
    with engine.connect() as connection:
        here = (membership.c.org_id == ORG[org]) & membership.c.to_on.is_(None)
        return connection.scalar(select(func.count()).where(here))


def held_by(org: str, kind: str, people: int, **more):
    """A meeting of October that is made up today, late, and that all who are expected come to."""
    row = {"meeting_id": 990_001, "org_id": ORG[org], "kind": kind, "period": "2026-10", "held_on": AS_OF, "topic": "补开"}
    return insert(meeting).values(row | {"expected": people, "attended": people} | more)


@pytest.mark.parametrize("org", ["overdue", "never"])
def test_a_late_make_up_counts_half_and_all_who_are_expected_come_to_it(own_engine: Engine, org: str) -> None:
    """In `never` nobody has met at all: whoever comes to the first meeting is the whole attendance."""
    people, before, found = members_of(own_engine, org), total(own_engine, org), items(own_engine, org)
    row = found[found["what"] == "补开主题党日"].iloc[0]
    assert row["until"].date() == date(2026, 11, 30)
    assert "50%" in row["about"] and f"应到 {people} 人全部到会" in row["about"]
    after = rerated(own_engine, org, held_by(org, "theme_day", people))
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["gain"] > 0


def test_a_committee_meeting_expects_the_committee(own_engine: Engine) -> None:
    before, found = total(own_engine, "never"), items(own_engine, "never")
    row = found[found["what"] == "补开支委会"].iloc[0]
    after = rerated(own_engine, "never", held_by("never", "committee_meeting", 3))
    assert (round(after - before, 1), after) == (row["gain"], row["total"]) and "应到 3 人" in row["about"]


def test_a_group_meeting_expects_the_members_of_the_groups_that_have_not_met(own_engine: Engine) -> None:
    own = (meeting.c.kind == "group_meeting", meeting.c.period == "2026-10", meeting.c.group_id == 2)
    with own_engine.connect() as connection:
        people = connection.scalar(select(func.count()).where(member.c.group_id == 2))
    before = rerated(own_engine, "same_name_too", delete(meeting).where(*own))
    row = the(items(own_engine, "same_name_too"), "life_duties")
    after = rerated(own_engine, "same_name_too", held_by("same_name_too", "group_meeting", people, group_id=2))
    assert (round(after - before, 1), after) == (row["gain"], row["total"]) and f"应到 {people} 人" in row["about"]


def test_a_committee_meeting_without_its_quorum_is_told_as_such(own_engine: Engine) -> None:
    own = (meeting.c.org_id == ORG["due_soon"], meeting.c.kind == "committee_meeting", meeting.c.period == "2026-10")
    rerated(own_engine, "due_soon", update(meeting).where(*own).values(attended=1))
    assert "到会未达法定人数" in the(items(own_engine, "due_soon"), "life_duties")["about"]


def test_an_election_held_gives_exactly_its_gain(own_engine: Engine) -> None:
    before, row = total(own_engine, "overdue"), the(items(own_engine, "overdue"), "membership_election")
    held = {"election_id": 990_001, "org_id": ORG["overdue"], "held_on": AS_OF, "term_ended_on": date(2026, 10, 31)}
    new = insert(election).values(held | {"term_ends_on": date(2031, 11, 20)})
    sitting = update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(term_ends_on=date(2031, 11, 20))
    after = rerated(own_engine, "overdue", new, sitting)
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["gain"] > 0


def test_a_talk_with_the_applicant_gives_exactly_its_gain(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        org_id = connection.scalar(select(applicant.c.org_id).where(applicant.c.applicant_id == APPLICANT["no_talk"]))
    org = next(key for key, number in ORG.items() if number == org_id)
    before, row = total(own_engine, org), the(items(own_engine, org), "membership_admission")
    talk = {"applicant_id": APPLICANT["no_talk"], "step": "first_talk", "done_on": AS_OF}
    after = rerated(own_engine, org, insert(admission_step).values(talk))
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["gain"] > 0


def test_what_an_exemption_switches_off_is_no_open_item(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        org_id = connection.scalar(select(applicant.c.org_id).where(applicant.c.applicant_id == APPLICANT["no_talk"]))
    org = next(key for key, number in ORG.items() if number == org_id)
    given = {"org_id": org_id, "rule_id": "admission.first_talk", "reason": "外出", "approved_by": "上级", "from_on": date(2026, 11, 1)}
    rerated(own_engine, org, insert(exemption).values(given | {"exemption_id": 990_001, "to_on": date(2026, 12, 31)}))
    assert "membership_admission" not in set(items(own_engine, org)["item"])


def test_reaching_the_plan_gives_exactly_its_gain(own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        org_id = connection.scalar(select(assignment.c.org_id).where(assignment.c.assignment_id == ASSIGNMENT["far_behind"]))
    org = next(key for key, number in ORG.items() if number == org_id)
    before, row = total(own_engine, org), the(items(own_engine, org), "tasks_progress")
    report = {"assignment_id": ASSIGNMENT["far_behind"], "reported_on": AS_OF, "percent": int(row["about"].partition("%")[0].split()[-1])}
    after = rerated(own_engine, org, insert(progress_report).values(report))
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["gain"] > 0


def test_a_completed_record_gives_exactly_its_gain(own_engine: Engine) -> None:
    before, row = total(own_engine, "expression"), the(items(own_engine, "expression"), "membership_records")
    of_branch = member.c.org_id == ORG["expression"]
    given = {"birth_on": date(1980, 1, 1), "education": "bachelor", "joined_on": date(2010, 7, 1), "occupation": "worker"}
    known = [update(member).where(of_branch, member.c[name].is_(None)).values({name: value}) for name, value in given.items()]
    after = rerated(own_engine, "expression", *known)
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["points"] > 0


def test_a_course_finished_before_the_quarter_freezes_gives_exactly_its_gain(own_engine: Engine) -> None:
    """A course of the open quarter whose day has passed: nobody has finished it yet."""
    new = {"course_id": 990_001, "title": "四季度必修", "quarter": OPEN, "required": True, "minutes": 60, "due_on": date(2026, 11, 10)}
    before = rerated(own_engine, "exemplary", insert(course).values(new))
    row = the(items(own_engine, "exemplary"), "study_courses")
    assert row["until"].date() == date(2027, 1, 31)
    with own_engine.connect() as connection:
        here = membership.c.org_id == ORG["exemplary"]
        people = connection.scalars(select(membership.c.member_id).where(here, membership.c.to_on.is_(None))).all()
    finished = {"org_id": ORG["exemplary"], "course_id": 990_001, "minutes": 60, "studied_on": AS_OF, "finished_on": AS_OF}
    after = rerated(own_engine, "exemplary", *(insert(study_record).values(finished | {"member_id": number}) for number in people))
    assert (round(after - before, 1), after) == (row["gain"], row["total"])
    assert row["gain"] > 0


def test_all_of_them_together_come_last_and_are_worth_no_less_than_any(engine: Engine) -> None:
    found = items(engine, "overdue")
    assert found["item"].iloc[-1] == "" and (found["item"].iloc[:-1] != "").all()
    assert found["points"].iloc[-1] >= found["points"].iloc[:-1].max()
    assert found["points"].iloc[:-1].is_monotonic_decreasing


def test_what_is_over_is_no_open_item(engine: Engine) -> None:
    """The third quarter froze on 31 October: of it only the members' records can still be completed."""
    assert set(items(engine, "overdue", "2026Q3")["item"]) <= {"membership_records", ""}
    assert "life_duties" not in set(items(engine, "overdue", today=date(2026, 12, 1))["item"])


def test_there_is_nothing_to_raise_outside_the_scope_or_where_nobody_was_rated(engine: Engine) -> None:
    assert items(engine, "due_soon", scope=SECRETARY).empty
    assert items(engine, "stopped", scope=UPSTREAM).empty
    assert items(engine, "unknown", "2026Q3").empty
    assert items(engine, "willow_town").empty  # no branch


def test_an_applicants_name_is_told_as_the_scope_says(engine: Engine) -> None:
    with engine.connect() as connection:
        org_id = connection.scalar(select(applicant.c.org_id).where(applicant.c.applicant_id == APPLICANT["no_talk"]))
        name = connection.scalar(select(applicant.c.name).where(applicant.c.applicant_id == APPLICANT["no_talk"]))
    org = next(key for key, number in ORG.items() if number == org_id)
    assert name not in items(engine, org).to_csv()
    assert name[:1] + "*" in items(engine, org).to_csv()


@pytest.mark.parametrize("scope", [STEWARD, WALL], ids=lambda scope: scope.role.value)
def test_those_who_list_no_members_are_told_one_row_a_branch_of_its_applicants(engine: Engine, scope) -> None:
    each = items(engine, "due_soon").query("item == 'membership_admission'")
    row = the(items(engine, "due_soon", scope=scope), "membership_admission")
    assert len(each) > 1 and row["about"] == f"{len(each)} 名申请人"
    assert row["points"] == pytest.approx(each["points"].sum(), abs=1e-3)
    assert items(engine, "due_soon", scope=scope)["total"].iloc[-1] == items(engine, "due_soon")["total"].iloc[-1]


def test_titles_of_tasks_are_those_of_the_branch(engine: Engine) -> None:
    with engine.connect() as connection:
        titles = set(connection.scalars(select(task.c.title)))
    told = items(engine, "overdue")
    assert all(any(title in what for title in titles) for what in told.loc[told["item"] == "tasks_progress", "what"])


def index_of(engine: Engine, org: str, period: str = OPEN) -> float:
    """The mean of the branches below a group, weighted by members, before it is rounded."""
    with engine.connect() as connection:
        column = org_score.c
        rows = connection.execute(
            select(column.total, column.members)
            .join_from(org_score, organisation, organisation.c.org_id == column.org_id)
            .where(column.period == period, column.total.is_not(None), organisation.c.path.startswith(path_of(ORG[org])))
        ).all()
    return sum(row.total * row.members for row in rows) / sum(row.members for row in rows)


def test_an_open_item_of_a_branch_gives_a_group_exactly_the_points_it_is_told_to_be_worth(own_engine: Engine) -> None:
    found = ask(own_engine, raising.below, ORG["willow_town"], OPEN, AS_OF)
    mine = found.rows[found.rows["org_code"] == ORG_CODE["overdue"]]
    row, before = the(mine, "membership_election"), index_of(own_engine, "willow_town")
    held = {"election_id": 990_001, "org_id": ORG["overdue"], "held_on": AS_OF, "term_ended_on": date(2026, 10, 31)}
    new = insert(election).values(held | {"term_ends_on": date(2031, 11, 20)})
    sitting = update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(term_ends_on=date(2031, 11, 20))
    assert rerated(own_engine, "overdue", new, sitting) == row["total"]
    assert index_of(own_engine, "willow_town") - before == pytest.approx(row["worth"], abs=1e-9)
    assert row["worth"] > 0


def test_items_below_a_group_are_those_of_its_branches_what_is_worth_most_first(engine: Engine) -> None:
    found = ask(engine, raising.below, ORG["root"], OPEN, AS_OF)
    assert 0 < found.considered <= raising.CONSIDERED and found.rated >= found.considered
    assert found.rows["worth"].is_monotonic_decreasing and (found.rows["worth"] > 0).all()
    for code, rows in found.rows.groupby("org_code"):
        org = next(key for key, known in ORG_CODE.items() if known == code)
        own = items(engine, org).set_index(["item", "what"])["gain"]
        assert rows.set_index(["item", "what"])["gain"].to_dict().items() <= own.to_dict().items()


def test_nothing_is_told_of_what_lies_below_somebody_else(engine: Engine) -> None:
    found = ask(engine, raising.below, ORG["coast"], OPEN, AS_OF, scope=UPSTREAM)
    assert found.rows.empty and (found.considered, found.rated) == (0, 0)


def test_what_is_to_come_is_worth_what_the_bill_says(engine: Engine) -> None:
    found = ask(engine, raising.coming, ORG["never"], OPEN, AS_OF)
    lines = ask(engine, bill.owed_by, path_of(ORG["never"]), AS_OF)
    due = lines[(lines["light"] == DUE) & (lines["points"] > 0)]
    assert len(due) == 3 and len(found) > len(due)  # the quarter lasts longer than the month
    assert set(zip(due["about"], due["points"], strict=True)) <= set(zip(found["about"], found["points"], strict=True))
    assert found["points"].dropna().is_monotonic_decreasing and found["until"].max().date() == date(2026, 12, 31)
    assert not found["about"].str.contains("10月").any()  # missed: that can only be made up
    assert ask(engine, raising.coming, ORG["never"], "2026Q3", AS_OF).empty
    assert ask(engine, raising.coming, ORG["due_soon"], OPEN, AS_OF, scope=SECRETARY).empty


def test_a_term_that_ends_after_the_quarter_is_not_among_what_is_to_come(engine: Engine) -> None:
    lines = ask(engine, bill.owed_by, path_of(ORG["due_soon"]), AS_OF)
    term = lines[lines["rule_id"] == "election.term"]
    assert term["light"].tolist() == ["yellow"] and term["points"].isna().all()
    found = ask(engine, raising.coming, ORG["due_soon"], OPEN, AS_OF)
    assert "按期换届" not in set(found["what"]) and not (found["until"] > "2026-12-31").any()


@pytest.mark.parametrize(
    ("org", "rule", "item"),
    [("never", "duty.theme_day", "life_duties"), ("overdue", "election.term", "membership_election")],
)
def test_what_can_be_made_good_has_the_same_points_on_the_bill_and_in_the_explanation(
    engine: Engine, org: str, rule: str, item: str
) -> None:
    lines = ask(engine, bill.owed_by, path_of(ORG[org]), AS_OF)
    told = items(engine, org).groupby("item")["points"].max()
    red = lines[(lines["rule_id"] == rule) & (lines["light"] == "red")]
    assert red["points"].max() == pytest.approx(told[item], abs=0.005)
    assert told[item] > 0
