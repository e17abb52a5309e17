"""A member's portrait: counted anew it gives the score that was rated, and it opens to secretaries of the branch and above alone."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, delete, insert, select, text, update

from data_access.queries import member_rows, portrait
from data_access.rating import rate
from data_access.schema.counts import score_median
from data_access.schema.members import member
from data_access.schema.organisations import deduction, organisation
from data_access.schema.ratings import member_score, weights_version
from data_access.schema.records import attendance, course, dues, meeting, study_record
from domain.index import LEAST_PEERS
from domain.index.explanation import EXTRAS, ITEMS
from domain.index.weights import Subject
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Role
from tests.data_access.queries.reading import LEADER, PRESENTER, ROOT, SECRETARY, STEWARD, TOWN_SECRETARY, UPSTREAM, WALL, ask
from tests.small import AS_OF, MEMBER, ORG, path_of

CLOSED, OPEN = "2026Q3", "2026Q4"
QUARTERS = tuple(quarter.code for quarter in Period.parse(OPEN).back(8))
ABSENT = 1209  # of the branch "overdue": was not at one of the meetings of the open quarter
ABOVE_ALL = Scope(ORG["root"], ROOT, Role.SECRETARY)


def drawn(engine: Engine, member_id: int, period: str = CLOSED, scope: Scope = ABOVE_ALL):
    return ask(engine, portrait.portrait, member_id, period, QUARTERS, AS_OF, scope=scope)


def rows(engine: Engine, member_id: int, item: str, period: str = CLOSED, scope: Scope = ABOVE_ALL):
    return ask(engine, member_rows.rows, member_id, item, period, AS_OF, scope=scope)


@pytest.mark.parametrize("period", ["2025Q4", CLOSED, OPEN])
def test_every_member_counted_anew_has_the_score_that_was_rated(engine: Engine, period: str) -> None:
    with engine.connect() as connection:
        stored = connection.execute(select(member_score.c.member_id, member_score.c.total).where(member_score.c.period == period)).all()
        here = set(connection.scalars(select(member.c.member_id)))
    assert len(stored) > 100 or period == "2025Q4"
    for member_id, total in [row for row in stored if row.member_id in here][::9]:
        found = drawn(engine, member_id, period)
        assert found.total == total and found.oddities == ()
        if total is not None:
            whole = found.items["points"].sum() + sum(found.composed[name] for name in EXTRAS)
            assert whole == pytest.approx(total, abs=1e-3)


@pytest.mark.parametrize("key", ["transferred", "six_months", "secretary"])
def test_the_waterfalls_end_where_the_score_is(engine: Engine, key: str) -> None:
    found = drawn(engine, MEMBER[key])
    assert found.before_total + found.since["change"].sum() == pytest.approx(found.total, abs=0.05)
    assert found.median_total + found.against["change"].sum() == pytest.approx(found.total, abs=1e-6)


def test_a_member_is_compared_with_the_median_index_of_the_peers(engine: Engine) -> None:
    found = drawn(engine, MEMBER["six_months"])
    alike = select(organisation.c.org_id).where(
        organisation.c.sector == select(organisation.c.sector).where(organisation.c.org_code == found.org_code).scalar_subquery()
    )
    rated = (member_score.c.period == CLOSED, member_score.c.total.is_not(None), member_score.c.org_id.in_(alike))
    with engine.connect() as connection:
        totals = [float(total) for total in connection.scalars(select(member_score.c.total).where(*rated))]
    assert len(totals) >= LEAST_PEERS
    assert found.median_total == pytest.approx(np.median(totals))


def test_what_adds_and_subtracts_is_part_of_the_composition(own_engine: Engine) -> None:
    before = drawn(own_engine, MEMBER["secretary"])
    row = {"deduction_id": 990_001, "org_id": ORG["overdue"], "member_id": MEMBER["secretary"], "reason": "通报批评"}
    with own_engine.begin() as connection:
        connection.execute(insert(deduction).values(row | {"happened_on": date(2026, 8, 1), "points": 5, "veto": True}))
    rate(own_engine)
    found = drawn(own_engine, MEMBER["secretary"])
    assert found.composed["deduction"] == -5 and found.vetoed and not before.vetoed
    assert found.items["points"].sum() + sum(found.composed[name] for name in EXTRAS) == pytest.approx(found.total, abs=1e-3)
    assert found.since.set_index("step").loc["deduction", "change"] == -5
    assert found.since["change"].sum() == pytest.approx(found.total - found.before_total, abs=0.05)


@pytest.mark.parametrize("key", ["transferred", "six_months", "probationary", "secretary"])
def test_whoever_moved_or_is_new_is_counted_as_the_rating_does(engine: Engine, key: str) -> None:
    for period in ("2026Q2", CLOSED, OPEN):
        assert drawn(engine, MEMBER[key], period).oddities == ()


def test_months_that_a_branch_told_no_dues_of_are_counted_as_the_rating_does(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(delete(dues).where(dues.c.org_id == ORG["rare"], dues.c.month.in_([202608, 202609])))
    rate(own_engine)
    found = drawn(own_engine, 1702)
    assert found.oddities == ()
    assert found.items.set_index("column").loc["membership_dues", ["done", "due"]].tolist() == [1, 3]


def test_it_opens_to_secretaries_of_the_branch_and_above_it_alone(engine: Engine) -> None:
    assert drawn(engine, MEMBER["secretary"], scope=SECRETARY) is not None
    assert drawn(engine, MEMBER["secretary"], scope=TOWN_SECRETARY) is not None
    assert drawn(engine, MEMBER["transferring"], scope=TOWN_SECRETARY) is None
    for scope in (LEADER, PRESENTER, STEWARD, WALL, UPSTREAM):
        assert drawn(engine, MEMBER["secretary"], scope=scope) is None
        assert rows(engine, MEMBER["secretary"], "membership_dues", scope=scope).empty
        assert ask(engine, portrait.roster, ORG["overdue"], CLOSED, scope=scope).empty
    assert rows(engine, MEMBER["transferring"], "membership_dues", scope=SECRETARY).empty
    assert ask(engine, portrait.roster, ORG["exemplary"], CLOSED, scope=SECRETARY).empty
    assert drawn(engine, 999_999) is None


def test_the_roster_lists_the_present_members_the_lowest_first(engine: Engine) -> None:
    found = ask(engine, portrait.roster, ORG["overdue"], CLOSED, scope=SECRETARY)
    assert len(found) == 10 and found["total"].dropna().is_monotonic_increasing


@pytest.mark.parametrize("item", [item.column for item in ITEMS[Subject.MEMBER]])
def test_every_item_has_the_members_own_rows(engine: Engine, item: str) -> None:
    assert list(rows(engine, MEMBER["six_months"], item).columns) == ["what", "day", "value", "odd"]


def test_rows_are_those_that_were_counted(engine: Engine) -> None:
    items = drawn(engine, MEMBER["six_months"]).items.set_index("column")
    met = rows(engine, MEMBER["six_months"], "life_attendance")
    assert (met["value"] == "到会").sum() == items.loc["life_attendance", "done"]
    assert len(met) == items.loc["life_attendance", "due"]
    assert items.loc["membership_dues", ["done", "due"]].tolist() == [0, 3]
    assert rows(engine, MEMBER["six_months"], "membership_dues")["day"].isna().all()


def test_a_meeting_in_the_future_is_shown_and_not_counted(own_engine: Engine) -> None:
    row = {"meeting_id": 990_001, "org_id": ORG["overdue"], "kind": "theme_day", "period": "2026-12", "held_on": date(2026, 12, 24)}
    with own_engine.begin() as connection:
        connection.execute(insert(meeting).values(row | {"expected": 1, "attended": 1}))
        connection.execute(insert(attendance).values(meeting_id=990_001, member_id=MEMBER["secretary"], presence="p"))
    found = rows(own_engine, MEMBER["secretary"], "life_attendance", OPEN)
    assert found.loc[found["odd"].notna(), "day"].dt.date.tolist() == [date(2026, 12, 24)]
    assert drawn(own_engine, MEMBER["secretary"], OPEN).oddities == ()


def test_a_negative_amount_is_marked(own_engine: Engine) -> None:
    """The schema refuses one; a database that was filled by other means may hold it."""
    with own_engine.begin() as connection:
        if own_engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            connection.execute(text("ALTER TABLE dues DROP CONSTRAINT ck_dues_cents"))
        own = (dues.c.member_id == MEMBER["secretary"]) & (dues.c.month == 202608)
        connection.execute(update(dues).where(own).values(paid_cents=-100, paid_on=None))
    found = rows(own_engine, MEMBER["secretary"], "membership_dues")
    assert found["odd"].dropna().tolist() == ["数值不合理，未计入"]
    assert found.loc[found["odd"].notna(), "what"].tolist() == ["2026-08 党费"]


def test_minutes_below_nothing_are_marked_and_take_nothing_away(own_engine: Engine) -> None:
    before = drawn(own_engine, MEMBER["secretary"]).items.set_index("column").loc["study_hours", "done"]
    with own_engine.begin() as connection:
        if own_engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            connection.execute(text("ALTER TABLE study_record DROP CONSTRAINT ck_study_record_minutes"))
        own = {"org_id": ORG["overdue"], "member_id": MEMBER["secretary"], "course_id": 990_001, "minutes": -60}
        new = {"course_id": 990_001, "title": "选学", "quarter": CLOSED, "required": False, "minutes": 60, "due_on": date(2026, 9, 10)}
        connection.execute(insert(course).values(new))
        connection.execute(insert(study_record).values(own | {"studied_on": date(2026, 8, 3)}))
    assert rows(own_engine, MEMBER["secretary"], "study_hours")["odd"].notna().sum() == 1
    assert drawn(own_engine, MEMBER["secretary"]).items.set_index("column").loc["study_hours", "done"] == before


def test_meetings_of_a_branch_outside_the_scope_are_told_without_their_topic(engine: Engine) -> None:
    """The member came from another street on 20 October: the secretary of the new branch sees that there were meetings, not about what."""
    with engine.connect() as connection:
        org_id = connection.scalar(select(member.c.org_id).where(member.c.member_id == MEMBER["transferred"]))
    near = Scope(org_id, path_of(org_id), Role.SECRETARY)
    wide, narrow = (rows(engine, MEMBER["transferred"], "life_attendance", scope=scope)["what"] for scope in (ABOVE_ALL, near))
    assert len(wide) == len(narrow) > 0
    assert not narrow.str.contains("：").any()


def test_a_median_of_few_is_not_told(own_engine: Engine) -> None:
    assert drawn(own_engine, MEMBER["secretary"]).parts["median"].notna().any()
    with own_engine.begin() as connection:
        connection.execute(update(score_median).values(peers=LEAST_PEERS - 1))
    found = drawn(own_engine, MEMBER["secretary"])
    assert found.parts["median"].isna().all()
    assert found.against is None


def test_a_score_under_withdrawn_weights_says_so(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(weights_version).values(withdrawn=True))
    assert any("已撤销" in told for told in drawn(own_engine, MEMBER["secretary"]).oddities)


def test_a_score_under_weights_that_were_not_valid_then_says_so(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(weights_version).values(valid_from=date(2026, 11, 1)))
    assert any("不在有效期内" in told for told in drawn(own_engine, MEMBER["secretary"]).oddities)


def test_who_was_not_rated_has_no_weights_and_is_told_how_many_were(own_engine: Engine) -> None:
    peers = drawn(own_engine, MEMBER["secretary"]).peers
    with own_engine.begin() as connection:
        connection.execute(delete(member_score).where(member_score.c.member_id == MEMBER["secretary"]))
    found = drawn(own_engine, MEMBER["secretary"])
    assert (found.total, found.rank, found.light) == (None, None, None)
    assert found.parts["weight"].isna().all() and found.items is None
    assert found.peers == peers >= LEAST_PEERS


def test_the_history_has_a_row_a_quarter(engine: Engine) -> None:
    history = drawn(engine, MEMBER["secretary"], OPEN).history
    assert history["period"].tolist() == list(QUARTERS)
    assert pd.isna(history["total"].iloc[0]) and history["provisional"].iloc[-1]


def opened(engine: Engine, member_id: int, period: str = OPEN, scope: Scope = ABOVE_ALL) -> pd.DataFrame:
    return drawn(engine, member_id, period, scope).next_steps.open_items


def rerated(engine: Engine, member_id: int, *statements) -> float:
    """Return the member's score of the open quarter once these changes of facts are rated."""
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    rate(engine)
    return drawn(engine, member_id, OPEN).total


def test_a_course_and_a_make_up_give_a_member_exactly_their_gains(own_engine: Engine) -> None:
    """A course whose day has passed and the theme day of October that the branch missed: attended late, it is attended."""
    new = {"course_id": 990_001, "title": "四季度必修", "quarter": OPEN, "required": True, "minutes": 60, "due_on": date(2026, 11, 10)}
    before = rerated(own_engine, ABSENT, insert(course).values(new))
    found = opened(own_engine, ABSENT).set_index("item")
    row = found.loc["study_courses"]
    done = {"org_id": ORG["overdue"], "member_id": ABSENT, "course_id": 990_001, "minutes": 60}
    after = rerated(own_engine, ABSENT, insert(study_record).values(done | {"studied_on": AS_OF, "finished_on": AS_OF}))
    assert (round(after - before, 1), after) == (row["gain"], row["total"]) and row["gain"] > 0
    again = opened(own_engine, ABSENT).set_index("item").loc["life_attendance"]
    held = {"meeting_id": 990_001, "org_id": ORG["overdue"], "kind": "theme_day", "period": "2026-10", "held_on": AS_OF}
    there = insert(attendance).values(meeting_id=990_001, member_id=ABSENT, presence="p")
    last = rerated(own_engine, ABSENT, insert(meeting).values(held | {"expected": 1, "attended": 1}), there)
    assert (round(last - after, 1), last) == (again["gain"], again["total"]) and again["gain"] > 0
    assert again["until"].date() == date(2026, 11, 30)


def test_what_a_member_has_still_to_do_is_told_with_its_points(engine: Engine) -> None:
    found = drawn(engine, ABSENT, OPEN, SECRETARY).next_steps.coming.set_index("what")
    assert {"按月足额交纳党费", "参加党员大会", "参加组织生活会"} <= set(found.index)
    assert found.loc["按月足额交纳党费", "until"].date() == date(2026, 11, 30)
    assert np.isnan(found.loc["参加志愿服务", "points"])  # a norm of the whole quarter asks for nothing before it is over
    valued = found["points"].dropna()
    assert (valued > 0).all() and valued.is_monotonic_decreasing
    assert drawn(engine, ABSENT, CLOSED, SECRETARY).next_steps.coming.empty


def test_what_a_member_did_in_another_branch_is_done(own_engine: Engine) -> None:
    """The dues of the month that runs were paid, and the courses finished, before the member moved."""
    moved, old = MEMBER["transferred"], ORG["markdown"]
    course_of = {"quarter": OPEN, "required": True, "minutes": 60}
    with own_engine.begin() as connection:
        connection.execute(delete(dues).where(dues.c.member_id == moved, dues.c.month == 202611))
        paid = {"org_id": old, "month": 202611, "member_id": moved, "category": "employed", "due_cents": 100, "paid_cents": 100}
        connection.execute(insert(dues).values(paid | {"paid_on": date(2026, 11, 2)}))
        for number, day in ((990_001, date(2026, 11, 10)), (990_002, date(2026, 11, 28))):
            connection.execute(insert(course).values(course_of | {"course_id": number, "title": f"课{number}", "due_on": day}))
            done = {"org_id": old, "course_id": number, "member_id": moved, "minutes": 60, "studied_on": date(2026, 10, 12)}
            connection.execute(insert(study_record).values(done | {"finished_on": date(2026, 10, 12)}))
    rate(own_engine)
    assert "study_courses" not in set(opened(own_engine, moved)["item"])
    coming = set(drawn(own_engine, moved, OPEN, ABOVE_ALL).next_steps.coming["what"])
    assert not coming & {"按月足额交纳党费", "学完《课990002》"}


def test_a_course_whose_day_is_still_ahead_is_among_what_a_member_has_to_do(own_engine: Engine) -> None:
    new = {"course_id": 990_001, "title": "四季度必修", "quarter": OPEN, "required": True, "minutes": 60, "due_on": date(2026, 12, 10)}
    rerated(own_engine, ABSENT, insert(course).values(new))
    found = drawn(own_engine, ABSENT, OPEN, ABOVE_ALL).next_steps.coming.set_index("what")
    assert found.loc["学完《四季度必修》", "until"].date() == date(2026, 12, 10) and found.loc["学完《四季度必修》", "points"] > 0


def test_a_members_items_are_told_to_nobody_for_whom_the_portrait_does_not_open(engine: Engine) -> None:
    for scope in (LEADER, PRESENTER, STEWARD, WALL, UPSTREAM):
        assert drawn(engine, ABSENT, OPEN, scope) is None
    assert len(opened(engine, ABSENT, scope=SECRETARY))
