"""Scores of the small installation against counts made by hand, and what may and may not change them."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from data_access.counting.reading import Reading
from data_access.engine import connect
from data_access.rating import rate
from data_access.rating.branch_counts import BranchCounts
from data_access.rating.member_counts import MemberCounts
from data_access.rating.scores import rate_scores
from data_access.schema import metadata
from data_access.schema.members import admission_step, membership
from data_access.schema.organisations import coverage, deduction, exemption, honour, organisation
from data_access.schema.places import setting
from data_access.schema.ratings import duty_record, index_weight, member_score, org_score, weights_version
from data_access.schema.records import assignment, attendance, course, dues, meeting, progress_report, service_record, study_record
from domain.period import Period
from domain.settings import Settings
from domain.vocabulary import DutyStatus, Light
from tests.small import APPLICANT, AS_OF, ASSIGNMENT, MEMBER, ORG

RATED = ("org_score", "member_score", "duty_record", "assignment_state", "light")


def read(engine: Engine, query) -> pd.DataFrame:
    with engine.connect() as connection:
        return pd.read_sql_query(query, connection)


def score(engine: Engine, org: str, period: str) -> pd.Series:
    """Return a branch's score; fails where it has none."""
    found = read(engine, select(org_score).where(org_score.c.org_id == ORG[org], org_score.c.period == period))
    return found.iloc[0]


def member(engine: Engine, member_id: int, period: str) -> pd.Series:
    found = read(engine, select(member_score).where(member_score.c.member_id == member_id, member_score.c.period == period))
    return found.iloc[0]


def again(engine: Engine, today: date = AS_OF, overrides: dict[str, str] | None = None) -> None:
    """Rate the scores anew, as on `today`."""
    with engine.begin() as connection:
        rate_scores(Reading(connection, today, Settings(overrides)), lambda _: None)


def change(engine: Engine, *statements) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)


def tables(engine: Engine, *names: str) -> dict[str, pd.DataFrame]:
    found = {}
    for name in names:
        keys = [key.name for key in metadata.tables[name].primary_key]
        found[name] = read(engine, select(metadata.tables[name])).sort_values(keys, ignore_index=True)
    return found


# --- against counts made by hand -------------------------------------------------------------------------------------------------


def test_organisation_life_is_duties_held_and_attendance(engine):
    # theme days and committee meetings of three months and the general meeting, held late; the lecture was made up too late
    duties = (6 + 1 * 0.5) / 8
    people = read(
        engine,
        select(func.sum(meeting.c.attended).label("attended"), func.sum(meeting.c.expected).label("expected")).where(
            meeting.c.org_id == ORG["overdue"], meeting.c.held_on.between(date(2026, 7, 1), date(2026, 9, 30))
        ),
    ).iloc[0]
    expected = 0.6 * duties + 0.4 * people["attended"] / people["expected"]
    assert score(engine, "overdue", "2026Q3")["life"] == pytest.approx(expected, abs=1e-6)


def test_study_is_courses_finished_and_hours_against_the_norm(engine):
    inside = (study_record.c.org_id == ORG["exemplary"]) & study_record.c.studied_on.between(date(2026, 7, 1), date(2026, 9, 30))
    records = read(engine, select(study_record, course.c.required).join_from(study_record, course).where(inside))
    finished = (records["required"].astype(bool) & records["finished_on"].notna()).sum()
    members = score(engine, "exemplary", "2026Q3")["members"]
    assert members == 12
    expected = 0.5 * finished / (members * 2) + 0.5 * min(1, records["minutes"].sum() / (members * 480))
    assert score(engine, "exemplary", "2026Q3")["study"] == pytest.approx(expected, abs=1e-6)


def asked(engine: Engine, period: str) -> tuple[pd.Series, pd.Series]:
    """Return how many courses that were due are asked of branches and of members, by id."""
    with engine.connect() as connection:
        reading = Reading(connection, AS_OF, Settings())
        quarter = next(quarter for quarter in reading.counted.quarters if quarter.code == period)
        branches = BranchCounts(reading).of(quarter).set_index("org_id")
        members = MemberCounts(connection, reading.counted, reading.assignments, [quarter]).of(quarter).set_index("member_id")
    return branches["courses_due"], members["courses_due"]


@pytest.mark.parametrize(("came", "due"), [(date(2026, 7, 1), 2), (date(2026, 7, 2), 0)])
def test_courses_are_asked_of_those_only_who_were_there_the_whole_quarter(own_engine, came, due):
    change(
        own_engine,
        update(organisation).where(organisation.c.org_id == ORG["exemplary"]).values(founded_on=came),
        update(membership).where(membership.c.member_id == MEMBER["secretary"]).values(from_on=came),
    )
    branches, members = asked(own_engine, "2026Q3")
    assert (branches[ORG["exemplary"]], branches[ORG["overdue"]]) == (due, 2)
    assert (members[MEMBER["secretary"]], members[MEMBER["three_months"]]) == (due, 2)


def test_membership_work_is_dues_election_admission_and_records(engine):
    # ten members: one has not paid since August, one since May; one record lacks the education
    paid, filled = (30 - 2 - 3) / 30, 39 / 40
    assert score(engine, "overdue", "2026Q3")["membership"] == pytest.approx(0.4 * paid + 0.2 + 0.2 + 0.2 * filled, abs=1e-6)
    # by November the term is over, nobody has talked to the applicant in time, and only October's dues have ended
    assert score(engine, "overdue", "2026Q4")["membership"] == pytest.approx(0.4 * 8 / 10 + 0.2 * filled, abs=1e-6)


def test_tasks_count_what_fell_due_and_what_runs(engine):
    assert score(engine, "exemplary", "2026Q3")["tasks"] == 1
    assert score(engine, "overdue", "2026Q3")["tasks"] == 0
    assert score(engine, "due_soon", "2026Q3")["tasks"] == 0  # finished, but late
    planned = 100 * (AS_OF - date(2026, 10, 1)).days / (date(2026, 12, 31) - date(2026, 10, 1)).days
    assert score(engine, "markdown", "2026Q4")["tasks"] == pytest.approx(35 / planned, abs=1e-6)


def test_total_is_the_sum_of_its_parts_and_extras(engine):
    found = score(engine, "exemplary", "2026Q3")
    village = dict(zip(("study", "life", "tasks", "membership", "service"), (15, 30, 25, 15, 15), strict=True))
    before = sum(found[part] * weight for part, weight in village.items()) + found["bonus"] - found["deduction"]
    assert found["total"] == pytest.approx(before + found["clip"], abs=1e-6)
    assert found["bonus"] == 7


# --- the three kinds of missing --------------------------------------------------------------------------------------------------


def test_source_that_nobody_has_yet_is_left_out_for_everybody(engine):
    before = read(engine, select(org_score).where(org_score.c.period == "2025Q3"))
    assert before[["study", "service"]].isna().all(axis=None)
    standing = before.set_index("org_id")["standing_weight"]
    assert (standing.drop(ORG["no_term"]) == 100).all() and standing[ORG["no_term"]] < 100  # nobody knows when its term ends
    assert before["total"].notna().all()
    after = read(engine, select(org_score).where(org_score.c.period == "2025Q4"))
    assert after["study"].notna().all()


def test_branch_that_reports_nothing_is_rated_on_nothing_done(engine):
    found = score(engine, "never", "2026Q3")
    assert found[["study", "life", "tasks", "service"]].tolist() == [0, 0, 0, 0]
    assert found["light"] == Light.RED and found["standing_weight"] == 100


def test_branch_whose_sources_are_unknown_is_not_rated(engine):
    found = score(engine, "unknown", "2026Q3")
    assert found[["study", "life", "tasks"]].isna().all()
    assert found["light"] == Light.GREY and found["standing_weight"] < 60
    assert found[["total", "rank", "peers"]].isna().all()
    assert score(engine, "unknown", "2026Q2")["total"] > 60


def test_unknown_counts_from_the_first_day_that_it_overlaps(own_engine):
    change(own_engine, insert(coverage).values(org_id=ORG["rare"], source="dues", from_on=date(2026, 6, 30), to_on=date(2026, 6, 30)))
    before = score(own_engine, "rare", "2026Q2")["membership"]
    again(own_engine)
    assert score(own_engine, "rare", "2026Q2")["membership"] != before
    change(own_engine, update(dues).where(dues.c.org_id == ORG["rare"]).values(paid_cents=0))
    unknown = score(own_engine, "rare", "2026Q2")["membership"]
    again(own_engine)
    assert score(own_engine, "rare", "2026Q2")["membership"] == unknown
    assert score(own_engine, "rare", "2026Q1")["membership"] < 0.7


def test_open_quarter_counts_only_what_has_ended(own_engine):
    found = score(own_engine, "rare", "2026Q4")
    assert bool(found["provisional"]) and not score(own_engine, "rare", "2026Q3")["provisional"]
    assert found[["study", "service"]].isna().all()  # courses are due in December, norms at the quarter's end
    assert found["life"] > 0.5 and found["total"] > 60
    november = (dues.c.org_id == ORG["rare"]) & (dues.c.month == 202611)
    change(own_engine, update(dues).where(november).values(paid_on=date(2026, 11, 8), paid_cents=dues.c.due_cents))
    again(own_engine)
    assert score(own_engine, "rare", "2026Q4")["membership"] == found["membership"]
    again(own_engine, date(2027, 1, 1))
    assert not np.isnan(float(score(own_engine, "rare", "2026Q4")["service"]))


def test_in_the_first_month_of_a_quarter_nobody_is_rated_yet(own_engine):
    again(own_engine, date(2026, 10, 15))
    found = read(own_engine, select(org_score).where(org_score.c.period == "2026Q4"))
    life = found.set_index("org_id")["life"]
    assert found[["study", "service"]].isna().all(axis=None)
    assert found.loc[found["total"].notna(), "standing_weight"].ge(60).all()
    assert np.isnan(life[ORG["never"]])
    assert found.set_index("org_id")["light"][ORG["never"]] == Light.GREY


# --- who is rated, when ----------------------------------------------------------------------------------------------------------


def test_branches_are_rated_in_the_quarters_whose_end_they_lived(engine):
    def quarters(org: str) -> list[str]:
        return read(engine, select(org_score.c.period).where(org_score.c.org_id == ORG[org]).order_by(org_score.c.period))[
            "period"
        ].tolist()

    assert quarters("dissolved")[-1] == "2026Q1"
    assert quarters("founded") == ["2026Q4"]
    assert quarters("exemplary") == [period.code for period in Period.quarter(AS_OF).back(9)]


def test_only_branches_are_rated(engine):
    rated = read(engine, select(organisation.c.kind).join(org_score).distinct())
    assert rated["kind"].tolist() == ["branch"]


def test_members_are_rated_where_they_were_on_the_quarters_last_day(engine):
    where = read(engine, select(member_score.c.period, member_score.c.org_id).where(member_score.c.member_id == MEMBER["transferred"]))
    assert where.set_index("period")["org_id"].to_dict() == {
        "2025Q4": ORG["dissolved"],
        "2026Q1": ORG["dissolved"],
        "2026Q2": ORG["markdown"],
        "2026Q3": ORG["markdown"],
        "2026Q4": ORG["founded"],
    }
    assert read(engine, select(member_score).where(member_score.c.member_id == MEMBER["left"]))["period"].max() == "2026Q1"


def test_member_who_moved_keeps_what_was_done_before(engine):
    met = read(
        engine,
        select(attendance.c.presence, meeting.c.org_id)
        .join_from(attendance, meeting)
        .where(attendance.c.member_id == MEMBER["transferred"], meeting.c.held_on.between(date(2026, 4, 1), date(2026, 6, 30))),
    )
    assert met["org_id"].nunique() == 2
    found = member(engine, MEMBER["transferred"], "2026Q2")
    assert found["life"] == pytest.approx((met["presence"] == "p").mean(), abs=1e-6)
    assert found["membership"] == pytest.approx(1)


def test_members_in_arrears_lose_their_dues(engine):
    assert member(engine, MEMBER["six_months"], "2026Q2")["membership"] == pytest.approx(1 / 3, abs=1e-6)
    assert member(engine, MEMBER["six_months"], "2026Q3")["membership"] == 0
    assert member(engine, MEMBER["three_months"], "2026Q3")["membership"] == pytest.approx(1 / 3, abs=1e-6)


def test_members_are_rated_only_where_there_are_records_of_members(engine):
    periods = read(engine, select(member_score.c.period).distinct().order_by(member_score.c.period))["period"].tolist()
    assert periods == ["2025Q4", "2026Q1", "2026Q2", "2026Q3", "2026Q4"]


def test_every_member_of_the_day_is_rated_once(engine):
    rated = read(engine, select(member_score.c.member_id).where(member_score.c.period == "2026Q3"))["member_id"]
    day = date(2026, 9, 30)
    there = read(
        engine,
        select(membership.c.member_id).where(membership.c.from_on <= day, membership.c.to_on.is_(None) | (membership.c.to_on >= day)),
    )
    assert sorted(rated) == sorted(there["member_id"])


# --- bonus, deduction, veto, ranks, weights --------------------------------------------------------------------------------------


def test_veto_is_red_and_keeps_its_score(engine):
    found = score(engine, "too_large", "2026Q3")
    assert bool(found["veto"]) and found["light"] == Light.RED and found["total"] > 80
    assert score(engine, "too_large", "2026Q2")["light"] == Light.GREEN


def test_deduction_of_a_member_is_not_the_branchs(engine):
    assert member(engine, 1203, "2026Q3")["deduction"] == 5
    assert score(engine, "overdue", "2026Q3")["deduction"] == 0


def test_honours_count_in_their_quarter_and_no_more_than_ten(own_engine):
    values = {"org_id": ORG["rare"], "level": "city", "kind": "honour", "title": "先进", "points": 8}
    change(
        own_engine,
        insert(honour).values(honour_id=901, awarded_on=date(2026, 9, 30), **values),
        insert(honour).values(honour_id=902, awarded_on=date(2026, 7, 1), **values),
        insert(honour).values(honour_id=903, awarded_on=date(2026, 10, 1), **values),
        insert(honour).values(honour_id=904, awarded_on=date(2026, 12, 1), **values),
        insert(honour).values(honour_id=905, awarded_on=date(2026, 9, 1), member_id=1701, **values),
        insert(deduction).values(deduction_id=901, org_id=ORG["rare"], reason="x", happened_on=date(2026, 8, 1), points=50, veto=False),
    )
    again(own_engine)
    assert score(own_engine, "rare", "2026Q3")[["bonus", "deduction"]].tolist() == [10, 20]
    assert score(own_engine, "rare", "2026Q4")["bonus"] == 8
    assert member(own_engine, 1701, "2026Q3")["bonus"] == 8


def test_ranks_are_among_the_rated_of_one_sector(engine):
    found = read(engine, select(org_score, organisation.c.sector).join(organisation).where(org_score.c.period == "2026Q3"))
    for _, peers in found[found["total"].notna()].groupby("sector"):
        assert (peers["peers"] == len(peers)).all()
        assert peers.sort_values("total", ascending=False)["rank"].is_monotonic_increasing
        assert peers["rank"].min() == 1
    assert found.loc[found["total"].isna(), ["rank", "peers"]].isna().all(axis=None)


def test_score_names_the_weights_valid_on_its_quarters_first_day(engine):
    assert score(engine, "exemplary", "2025Q4")["weights_version"] == "2024.1"
    assert score(engine, "exemplary", "2026Q1")["weights_version"] == "2026.1"


def test_quarter_without_valid_weights_is_not_rated(own_engine):
    change(own_engine, update(weights_version).where(weights_version.c.version == "2024.1").values(withdrawn=True))
    again(own_engine)
    assert read(own_engine, select(func.min(org_score.c.period).label("first")))["first"].item() == "2026Q1"


def test_settings_of_the_installation_reach_the_ratings(own_engine):
    change(own_engine, insert(setting).values(key="index.green", value="99"))
    rate(own_engine)
    assert score(own_engine, "markup", "2026Q3")["light"] == Light.YELLOW


# --- what changes a score, and what does not -------------------------------------------------------------------------------------


def test_rating_twice_changes_nothing(own_engine):
    before = tables(own_engine, *RATED)
    rate(own_engine)
    after = tables(own_engine, *RATED)
    for name in RATED:
        assert len(before[name])
        pd.testing.assert_frame_equal(after[name], before[name], check_exact=True, obj=name)


def test_both_databases_rate_alike(engine, small_database):
    other = connect(f"sqlite:///{small_database}")
    here, there = tables(engine, *RATED[:4]), tables(other, *RATED[:4])
    other.dispose()
    for name, frame in here.items():
        pd.testing.assert_frame_equal(frame, there[name], check_exact=True, check_dtype=False, obj=name)


def test_make_up_after_the_freeze_changes_nothing(own_engine):
    before = tables(own_engine, "org_score", "member_score")
    unfinished = select(study_record.c.member_id).where(study_record.c.org_id == ORG["exemplary"], study_record.c.finished_on.is_(None))
    assert len(read(own_engine, unfinished))
    q3 = select(course.c.course_id).where(course.c.quarter == "2026Q3")
    late = update(study_record).where(study_record.c.finished_on.is_(None), study_record.c.course_id.in_(q3))
    change(
        own_engine,
        late.values(finished_on=date(2026, 11, 1)),
        insert(progress_report).values(assignment_id=3, reported_on=date(2026, 11, 1), percent=100),
        insert(progress_report).values(assignment_id=1, reported_on=date(2026, 11, 1), percent=10),
    )
    again(own_engine)
    frozen = [frame[frame["period"] == "2026Q3"].reset_index(drop=True) for frame in before.values()]
    for was, name in zip(frozen, before, strict=True):
        now = tables(own_engine, name)[name]
        pd.testing.assert_frame_equal(now[now["period"] == "2026Q3"].reset_index(drop=True), was, check_exact=True)
    change(own_engine, update(study_record).where(study_record.c.finished_on == date(2026, 11, 1)).values(finished_on=date(2026, 10, 31)))
    again(own_engine)
    assert score(own_engine, "exemplary", "2026Q3")["study"] > frozen[0].set_index("org_id")["study"][ORG["exemplary"]]


def test_the_last_entry_of_a_day_counts_in_the_score(own_engine):
    before = score(own_engine, "overdue", "2026Q4")["tasks"]
    day = {"assignment_id": ASSIGNMENT["far_behind"], "reported_on": date(2026, 10, 20)}
    change(own_engine, *(insert(progress_report).values(**day, entry=entry, percent=percent) for entry, percent in ((3, 40), (2, 100))))
    again(own_engine)
    after = score(own_engine, "overdue", "2026Q4")["tasks"]
    change(own_engine, delete(progress_report).where(progress_report.c.entry > 1))
    change(own_engine, update(progress_report).where(*(progress_report.c[name] == value for name, value in day.items())).values(percent=40))
    again(own_engine)
    assert before < after == score(own_engine, "overdue", "2026Q4")["tasks"]


def test_missed_duty_that_is_held_in_time_raises_the_score_by_its_share(own_engine):
    before = score(own_engine, "overdue", "2026Q3")
    missed = (duty_record.c.org_id == ORG["overdue"]) & (duty_record.c.duty == "lecture") & (duty_record.c.period == "2026Q3")
    change(own_engine, update(duty_record).where(missed).values(status=DutyStatus.HELD, done_on=date(2026, 9, 1)))
    again(own_engine)
    after = score(own_engine, "overdue", "2026Q3")
    assert after["life"] == pytest.approx(before["life"] + 0.6 / 8, abs=1e-6)
    assert after["total"] == pytest.approx(before["total"] + 30 * 0.6 / 8, abs=0.1)


def test_records_that_do_not_belong_are_not_counted(own_engine):
    before = tables(own_engine, "org_score", "member_score")
    org, person = ORG["rare"], 1701
    change(
        own_engine,
        insert(service_record).values(org_id=org, member_id=person, served_on=date(2027, 1, 5), kind="志愿服务", minutes=60),
        insert(meeting).values(
            meeting_id=99_001, org_id=org, kind="theme_day", period="2026-12", held_on=date(2026, 12, 1), expected=4, attended=0
        ),
        insert(course).values(
            course_id=901, title="他领域", quarter="2026Q3", sector="port", required=True, minutes=60, due_on=date(2026, 9, 1)
        ),
        insert(course).values(course_id=902, title="选修", quarter="2026Q3", required=False, minutes=60, due_on=date(2026, 9, 1)),
        insert(study_record).values(
            org_id=org, course_id=901, member_id=person, minutes=0, studied_on=date(2026, 8, 1), finished_on=date(2026, 8, 1)
        ),
        insert(study_record).values(
            org_id=org, course_id=902, member_id=person, minutes=0, studied_on=date(2026, 8, 1), finished_on=date(2026, 8, 1)
        ),
        insert(assignment).values(
            assignment_id=901, task_id=2, org_id=org, weight=5, start_on=date(2026, 12, 1), due_on=date(2026, 12, 31)
        ),
    )
    again(own_engine)
    ranking = ["rank", "peers"]
    for name, was in before.items():
        now = tables(own_engine, name)[name]
        mine = [frame[frame["org_id"] == org].drop(columns=ranking).reset_index(drop=True) for frame in (was, now)]
        pd.testing.assert_frame_equal(mine[1], mine[0], check_exact=True)
    assert (
        score(own_engine, "same_name", "2026Q3")["study"]
        < before["org_score"].query("period == '2026Q3'").set_index("org_id")["study"][ORG["same_name"]]
    )


def test_records_of_a_committee_are_no_branchs(own_engine):
    before = tables(own_engine, "org_score")["org_score"]
    met = {"org_id": ORG["port"], "kind": "general_meeting", "period": "2026Q3", "held_on": date(2026, 9, 1), "expected": 50, "attended": 0}
    change(own_engine, insert(meeting).values(meeting_id=99_002, **met))
    again(own_engine)
    pd.testing.assert_frame_equal(tables(own_engine, "org_score")["org_score"], before, check_exact=True)


def test_dues_paid_after_the_month_are_not_on_time(own_engine):
    assert member(own_engine, 1701, "2026Q3")["membership"] == 1
    mine = (dues.c.member_id == 1701) & (dues.c.month == 202608)
    change(own_engine, update(dues).where(mine).values(paid_on=date(2026, 9, 1)))
    again(own_engine)
    assert member(own_engine, 1701, "2026Q3")["membership"] == pytest.approx(2 / 3, abs=1e-6)
    change(own_engine, update(dues).where(mine).values(paid_on=date(2026, 8, 31), paid_cents=1))
    again(own_engine)
    assert member(own_engine, 1701, "2026Q3")["membership"] == pytest.approx(2 / 3, abs=1e-6)


def test_silence_about_a_months_dues_leaves_all_of_them_open(own_engine):
    change(own_engine, delete(dues).where(dues.c.org_id == ORG["rare"], dues.c.month == 202608))
    again(own_engine)
    assert score(own_engine, "rare", "2026Q3")["membership"] == pytest.approx(
        score(own_engine, "rare", "2026Q2")["membership"] - 0.4 / 0.8 / 3, abs=1e-6
    )


@pytest.mark.parametrize(("silent", "share"), [((202608, 202609), 1 / 3), ((202607, 202608, 202609), 0)])
def test_dues_that_a_branch_is_partly_silent_about_are_open_for_its_members(own_engine, silent, share):
    change(own_engine, delete(dues).where(dues.c.org_id == ORG["rare"], dues.c.month.in_(silent)))
    again(own_engine)
    assert member(own_engine, 1702, "2026Q3")["membership"] == pytest.approx(share, abs=1e-6)


def test_a_branchs_silence_asks_nothing_of_who_was_not_there_all_month(own_engine):
    change(
        own_engine,
        delete(dues).where(dues.c.org_id == ORG["rare"], dues.c.month.in_([202607, 202608])),
        update(membership).where(membership.c.member_id == 1702).values(from_on=date(2026, 8, 2)),
    )
    again(own_engine)
    assert member(own_engine, 1702, "2026Q3")["membership"] == pytest.approx(1)


def test_red_clock_of_an_applicant_counts_against_the_branch(own_engine):
    # of the branch's three applicants, one became a candidate too early, and was not reviewed within half a year
    before = score(own_engine, "due_soon", "2026Q4")["membership"]
    early = (admission_step.c.applicant_id == APPLICANT["too_early"]) & (admission_step.c.step == "candidate")
    reviewed = {"applicant_id": APPLICANT["too_early"], "step": "observation", "done_on": date(2026, 8, 20)}
    change(own_engine, delete(admission_step).where(early), insert(admission_step).values(**reviewed))
    again(own_engine)
    assert score(own_engine, "due_soon", "2026Q4")["membership"] == pytest.approx(before + 0.2 / 3, abs=1e-6)


@pytest.mark.parametrize(
    ("vote", "ends", "worth"),
    [
        (date(2026, 8, 15), date(2027, 1, 31), 0.2),
        (date(2026, 8, 15), AS_OF, 0.2),
        (date(2026, 8, 15), date(2026, 11, 19), 0),  # no longer in force
        (date(2026, 5, 15), date(2027, 1, 31), 0),  # a special case lasts six months at most
    ],
)
def test_an_approved_special_case_costs_no_points(own_engine, vote, ends, worth):
    voted = (admission_step.c.applicant_id == APPLICANT["late_approval"]) & (admission_step.c.step == "probation_vote")
    change(own_engine, update(admission_step).where(voted).values(done_on=vote))
    again(own_engine)
    before = score(own_engine, "exemplary", "2026Q4")["membership"]
    case = {"exemption_id": 9, "org_id": ORG["exemplary"], "rule_id": "admission.probation_approval", "to_on": ends}
    change(own_engine, insert(exemption).values(**case, reason="r", approved_by="a", from_on=date(2026, 11, 16)))
    again(own_engine)
    assert score(own_engine, "exemplary", "2026Q4")["membership"] == pytest.approx(before + worth, abs=1e-6)


def test_template_of_a_sector_is_used_for_its_branches(own_engine):
    only_service = index_weight.c.sector == "village"
    before = {name: score(own_engine, name, "2026Q3")["total"] for name in ("never", "rare")}
    change(
        own_engine,
        update(index_weight).where(only_service, index_weight.c.item == "").values(weight=0),
        update(index_weight).where(only_service, index_weight.c.item == "", index_weight.c.part == "membership").values(weight=100),
    )
    again(own_engine)
    assert score(own_engine, "never", "2026Q3")["total"] > before["never"] + 30
    assert score(own_engine, "rare", "2026Q3")["total"] == before["rare"]
