"""Lights of the small installation, as rated into the table `light` on either database."""

import json
from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, create_engine, delete, insert, select, update

from data_access.counting.reading import Reading
from data_access.rating import facts, rate_assignments, rate_duties, rate_lights
from data_access.schema import metadata
from data_access.schema.members import member
from data_access.schema.organisations import coverage, exemption, organisation, post
from data_access.schema.ratings import light
from data_access.schema.records import dues, meeting
from domain import rules
from domain.rules import RULES
from domain.settings import Settings
from domain.vocabulary import Light
from tests import small
from tests.small import APPLICANT, AS_OF, ASSIGNMENT, MEMBER, ORG


def lights(engine: Engine, org: str | None = None) -> pd.DataFrame:
    query = select(light).order_by(light.c.light_id)
    with engine.connect() as connection:
        found = pd.read_sql_query(query if org is None else query.where(light.c.org_id == ORG[org]), connection)
    for column in ("since", "due_on", "closed_on"):
        found[column] = pd.to_datetime(found[column])
    return found


def one(engine: Engine, org: str, rule_id: str, subject: str | None = None) -> pd.Series:
    """Return the only light of a rule (and subject); fails where there is none or more than one."""
    found = lights(engine, org)
    found = found[found["rule_id"] == rule_id]
    found = found if subject is None else found[found["subject"] == subject]
    assert len(found) == 1, f"{len(found)} lights of {rule_id}"
    return found.iloc[0]


def again(engine: Engine, *statements, today: date = AS_OF, overrides: dict[str, str] | None = None) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
        reading = Reading(connection, today, Settings(overrides))
        for step in (rate_duties, rate_assignments, rate_lights):
            step(reading, lambda _: None)


def shown(value) -> str | None:
    return None if pd.isna(value) else f"{value:%Y-%m-%d}"


# What every light carries


def test_every_light_names_a_rule_and_turned_by_today(engine):
    found = lights(engine)
    assert len(found) > 100
    assert set(found["rule_id"]) <= set(RULES)
    assert Light.GREEN not in set(found["light"])
    assert (found["since"] <= pd.Timestamp(AS_OF)).all()
    assert not (found["closed_on"] < found["since"]).any()


def test_lights_are_numbered_in_order(engine):
    found = lights(engine)
    assert found["light_id"].tolist() == list(range(1, len(found) + 1))
    order = ["org_id", "rule_id", "subject", "member_id", "since"]
    pd.testing.assert_frame_equal(found, found.sort_values(order, kind="stable"))


def test_evidence_is_a_sentence_with_facts_and_without_names(engine):
    with engine.connect() as connection:
        names = [name for name in connection.scalars(select(member.c.name)) if len(name) > 1]
    for evidence in lights(engine)["evidence"]:
        told = json.loads(evidence)
        assert set(told) == {"table", "rows", "text"}
        assert told["table"] in metadata.tables
        assert isinstance(told["rows"], list)
        assert told["text"].endswith("。")
        assert not any(name in told["text"] for name in names)
        assert "None" not in told["text"] and "nan" not in told["text"].lower() and "NaT" not in told["text"]


def test_rating_twice_changes_nothing(own_engine):
    before = lights(own_engine)
    again(own_engine)
    pd.testing.assert_frame_equal(lights(own_engine), before)


def test_how_many_are_rated_at_a_time_changes_nothing(own_engine, monkeypatch):
    before = lights(own_engine)
    monkeypatch.setattr(facts, "_PORTION", 3)
    again(own_engine)
    pd.testing.assert_frame_equal(lights(own_engine), before)


def test_either_database_rates_alike(engine, tmp_path):
    reference = create_engine(f"sqlite:///{tmp_path / 'reference.db'}")
    small.build(reference)
    again(reference)
    pd.testing.assert_frame_equal(lights(engine), lights(reference), check_dtype=False)


# One light a rule


def test_a_term_that_ended_is_red_since_the_day_after(engine):
    row = one(engine, "overdue", rules.ELECTION_TERM)
    assert (row["light"], shown(row["since"]), shown(row["due_on"])) == (Light.RED, "2026-11-01", "2026-10-31")


@pytest.mark.parametrize(("org", "colour"), [("due_soon", Light.YELLOW), ("extended", Light.YELLOW), ("no_term", Light.GREY)])
def test_terms_about_to_end_extended_and_unknown(engine, org, colour):
    assert one(engine, org, rules.ELECTION_TERM)["light"] == colour


def test_an_unknown_term_is_grey_since_records_begin(engine):
    assert shown(one(engine, "no_term", rules.ELECTION_TERM)["since"]) == "2024-10-01"


def test_terms_of_committees_that_others_regulate_are_not_lit(engine):
    assert rules.ELECTION_TERM not in set(lights(engine, "root")["rule_id"])


def test_a_payment_dated_in_the_future_puts_out_no_arrears(own_engine):
    own = (dues.c.member_id == MEMBER["six_months"], dues.c.paid_cents < dues.c.due_cents)
    again(own_engine, update(dues).where(*own).values(paid_cents=dues.c.due_cents, paid_on=date(2026, 12, 24)))
    assert one(own_engine, "overdue", rules.DUES_ARREARS, f"member:{MEMBER['six_months']}")["light"] == Light.RED


@pytest.mark.parametrize(("who", "colour"), [("three_months", Light.YELLOW), ("six_months", Light.RED)])
def test_arrears_are_a_light_of_the_members_own(engine, who, colour):
    row = one(engine, "overdue", rules.DUES_ARREARS, f"member:{MEMBER[who]}")
    assert (row["light"], row["member_id"]) == (colour, MEMBER[who])


def test_two_unpaid_months_are_none(own_engine):
    paid = update(dues).where(dues.c.member_id == MEMBER["three_months"], dues.c.month == 202608)
    again(own_engine, paid.values(paid_cents=dues.c.due_cents, paid_on=date(2026, 11, 1)))
    assert f"member:{MEMBER['three_months']}" not in set(lights(own_engine, "overdue")["subject"])


def test_somebody_who_left_owes_nothing_here(own_engine):
    again(own_engine, update(member).where(member.c.member_id == MEMBER["six_months"]).values(status="ended"))
    assert f"member:{MEMBER['six_months']}" not in set(lights(own_engine, "overdue")["subject"])


def test_a_branch_that_never_reported_dues_is_grey(engine):
    assert one(engine, "never", rules.DUES_ARREARS)["light"] == Light.GREY


def test_marked_dues_are_grey_and_accuse_nobody(own_engine):
    again(own_engine, insert(coverage).values(org_id=ORG["overdue"], source="dues", from_on=date(2026, 5, 1)))
    row = one(own_engine, "overdue", rules.DUES_ARREARS)
    assert (row["light"], row["subject"], shown(row["since"])) == (Light.GREY, "dues", "2026-05-01")


def test_without_any_dues_on_record_the_source_is_not_missed(own_engine):
    again(own_engine, delete(dues))
    assert rules.DUES_ARREARS not in set(lights(own_engine)["rule_id"])


@pytest.mark.parametrize(
    ("applicant", "org", "rule_id", "colour", "member_id"),
    [
        ("no_talk", "overdue", rules.FIRST_TALK, Light.RED, None),
        ("too_early", "due_soon", rules.CANDIDATE_EARLY, Light.RED, None),
        ("overdue_probation", "markdown", rules.PROBATION_END, Light.RED, MEMBER["overdue_probation"]),
        ("late_approval", "exemplary", rules.PROBATION_APPROVAL, Light.RED, MEMBER["probationary"]),
        ("short_training", "due_soon", rules.TRAINING, Light.RED, None),
    ],
)
def test_the_clocks_of_admission(engine, applicant, org, rule_id, colour, member_id):
    row = one(engine, org, rule_id, f"applicant:{APPLICANT[applicant]}")
    assert (row["light"], shown(row["closed_on"])) == (colour, None)
    assert (None if pd.isna(row["member_id"]) else row["member_id"]) == member_id


@pytest.mark.parametrize("applicant", ["on_time", "archived", "withdrawn"])
def test_who_keeps_the_clocks_has_no_open_light(engine, applicant):
    found = lights(engine)
    mine = found[found["subject"] == f"applicant:{APPLICANT[applicant]}"]
    assert mine["closed_on"].notna().all()


def test_marked_admissions_say_nothing_but_that(own_engine):
    again(own_engine, insert(coverage).values(org_id=ORG["due_soon"], source="admission", from_on=date(2026, 8, 1)))
    found = lights(own_engine, "due_soon")
    assert not found["subject"].str.startswith("applicant:").any()
    assert one(own_engine, "due_soon", rules.DATA_MISSING, "admission")["light"] == Light.GREY


def test_unfinished_assignments_are_open_and_late_finishes_history(engine):
    row = one(engine, "overdue", rules.TASK_PROGRESS, f"assignment:{ASSIGNMENT['overdue']}")
    assert (row["light"], row["member_id"], shown(row["closed_on"])) == (Light.RED, 1201, None)
    done = one(engine, "due_soon", rules.TASK_PROGRESS, f"assignment:{ASSIGNMENT['done_late']}")
    assert (done["light"], shown(done["closed_on"])) == (Light.RED, "2026-10-10")


def test_a_branch_that_is_too_large_is_a_hint(engine):
    assert one(engine, "too_large", rules.ORG_SIZE)["light"] == Light.YELLOW
    assert rules.ORG_SIZE not in set(lights(engine, "tiny")["rule_id"])


def test_a_sources_mark_is_a_light_where_no_rule_of_its_own_turns_grey(engine):
    found = lights(engine, "unknown")
    assert found.loc[found["rule_id"] == rules.DATA_MISSING, "subject"].tolist() == ["study"]
    assert shown(one(engine, "stopped", rules.DATA_MISSING)["closed_on"]) == "2026-01-01"


# Duties


def test_a_missed_duty_closes_when_the_next_is_held_on_time(engine):
    row = one(engine, "due_soon", "duty.committee_meeting", "2026-09")
    assert (row["light"], shown(row["since"]), shown(row["closed_on"])) == (Light.RED, "2026-10-01", "2026-10-05")


def test_reds_of_a_silent_branch_do_not_pile_up(engine):
    found = lights(engine, "never")
    theme_days = found[found["rule_id"] == "duty.theme_day"]
    assert theme_days.loc[theme_days["closed_on"].isna(), "subject"].tolist() == ["2026-09", "2026-10"]
    assert len(theme_days) == 25


def test_unknown_records_are_grey_and_never_green_or_red(engine):
    found = lights(engine, "unknown")
    open_duties = found[found["rule_id"].str.startswith("duty.") & found["closed_on"].isna()]
    assert len(open_duties) == 6  # all but the talk of the year, which was held
    assert set(open_duties["light"]) == {Light.GREY}


def test_a_dissolved_branch_has_no_open_light(engine):
    found = lights(engine, "dissolved")
    assert found["closed_on"].notna().all()


# Records that cannot be


def test_a_dissolved_organisation_has_no_odd_records_to_mend(own_engine):
    wrong = {"meeting_id": 900001, "kind": "theme_day", "period": "2026-03", "held_on": date(2026, 3, 2), "expected": 10, "attended": 0}
    again(own_engine, insert(meeting).values(org_id=ORG["dissolved"], **wrong))
    assert rules.DATA_ANOMALY not in set(lights(own_engine, "dissolved")["rule_id"])


def test_impossible_meetings_are_one_grey_light_with_their_rows(own_engine):
    wrong = [
        {"meeting_id": 900001, "period": "2026-12", "held_on": date(2026, 12, 1), "expected": 10, "attended": 10},
        {"meeting_id": 900002, "period": "2026-10", "held_on": date(2026, 9, 30), "expected": 10, "attended": 10},
        {"meeting_id": 900003, "period": "2026-10", "held_on": date(2026, 10, 2), "expected": 10, "attended": 0},
        {"meeting_id": 900004, "period": "october", "held_on": date(2026, 10, 2), "expected": 10, "attended": 10},
        {"meeting_id": 900005, "period": "2011-10", "held_on": date(2011, 10, 2), "expected": 10, "attended": 10},
        {"meeting_id": 900006, "period": "2026-10", "held_on": date(2026, 10, 2), "expected": 10, "attended": 9},  # sound
    ]
    again(own_engine, *(insert(meeting).values(org_id=ORG["overdue"], kind="theme_day", **row) for row in wrong))
    row = one(own_engine, "overdue", rules.DATA_ANOMALY)
    assert row["light"] == Light.GREY
    assert sorted(json.loads(row["evidence"])["rows"]) == [900001, 900002, 900003, 900004, 900005]


@pytest.mark.parametrize(("second", "hinted"), [("the secretary", True), ("somebody else", False)])
def test_a_committee_is_counted_by_people_and_not_by_posts(own_engine, second, hinted):
    """Two people with three posts are too few for a committee of three."""
    org = ORG["exemplary"]
    holder = org * 100 + (1 if second == "the secretary" else 3)
    again(own_engine, update(post).where(post.c.org_id == org, post.c.member_id == org * 100 + 3).values(member_id=holder))
    assert (rules.COMMITTEE_SIZE in set(lights(own_engine, "exemplary")["rule_id"])) is hinted


# Exemptions


def test_an_exemption_in_force_switches_the_open_light_off_and_stays_visible(own_engine):
    empty = update(meeting).where(meeting.c.org_id == ORG["exempted"], meeting.c.period.in_(["2026-10", "2026-11"]))
    again(own_engine, empty.values(attended=0))
    row = one(own_engine, "exempted", "duty.theme_day", "2026-10")
    assert (row["light"], row["exemption_id"], shown(row["closed_on"])) == (Light.RED, 1, None)


def test_a_special_case_of_approval_is_exempt_for_six_months_at_most(own_engine):
    row = {
        "exemption_id": 78,
        "org_id": ORG["exemplary"],
        "rule_id": rules.PROBATION_APPROVAL,
        "reason": "特殊情况",
        "approved_by": "市委组织部",
    }
    again(own_engine, insert(exemption).values(**row, from_on=date(2026, 11, 1), to_on=date(2027, 12, 31)))
    assert one(own_engine, "exemplary", rules.PROBATION_APPROVAL)["exemption_id"] == 78
    again(own_engine, today=date(2027, 2, 16))  # six months and a day after the branch meeting
    assert pd.isna(one(own_engine, "exemplary", rules.PROBATION_APPROVAL)["exemption_id"])


def test_lights_follow_the_installations_numbers(own_engine):
    again(own_engine, overrides={"election.warn_months": "3"})
    assert rules.ELECTION_TERM not in set(lights(own_engine, "extended")["rule_id"])


def test_dissolving_a_branch_closes_its_lights(own_engine):
    again(own_engine, update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(dissolved_on=date(2026, 11, 19)))
    assert lights(own_engine, "overdue")["closed_on"].notna().all()
