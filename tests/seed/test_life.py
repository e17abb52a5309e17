"""The facts of the smallest scale as a whole: nothing contradicts itself, and everything that life has is there."""

import pandas as pd
import pytest
from sqlalchemy import text

from domain.admission import STEPS

AS_OF, START, MEMBER_START = 20261120, 20241001, 20251001  # days as SQLite stores them


def frame(connection, query: str) -> pd.DataFrame:
    return pd.read_sql_query(text(query), connection)


def count(connection, query: str) -> int:
    return connection.execute(text(f"SELECT count(*) FROM {query}")).scalar()


def test_foreign_keys_and_checks_hold(connection):
    assert connection.execute(text("PRAGMA foreign_key_check")).fetchmany(5) == []
    assert connection.execute(text("PRAGMA integrity_check")).fetchmany(5) == [("ok",)]  # checks the CHECKs too


@pytest.mark.parametrize(
    ("table", "day"),
    [
        ("meeting", "held_on"),
        ("talk", "held_on"),
        ("study_record", "studied_on"),
        ("service_record", "served_on"),
        ("progress_report", "reported_on"),
        ("dues", "paid_on"),
        ("admission_step", "done_on"),
        ("election", "held_on"),
        ("honour", "awarded_on"),
        ("deduction", "happened_on"),
        ("transfer", "finished_on"),
        ("membership", "from_on"),
        ("membership", "to_on"),
        ("member", "joined_on"),
    ],
)
def test_nothing_has_happened_in_the_future(connection, table, day):
    latest = connection.execute(text(f"SELECT max({day}) FROM {table}")).scalar()
    assert 20260601 < latest <= AS_OF


def test_two_years_of_organisations_and_one_of_members(connection):
    assert connection.execute(text("SELECT min(held_on) FROM meeting")).scalar() < 20241010
    assert connection.execute(text("SELECT min(held_on) FROM meeting")).scalar() >= START
    oldest = "SELECT min(held_on) FROM meeting JOIN attendance USING (meeting_id)"
    assert connection.execute(text(oldest)).scalar() >= MEMBER_START
    assert connection.execute(text("SELECT min(month) FROM dues")).scalar() == 202510
    assert connection.execute(text("SELECT min(quarter) FROM course")).scalar() == "2025Q4"
    assert connection.execute(text("SELECT min(start_on) FROM task")).scalar() < 20241101


def test_attended_counts_are_those_who_were_ticked_off(connection):
    told = frame(
        connection,
        "SELECT meeting_id, expected, attended, count(*) AS listed, sum(presence = 'p') AS present "
        "FROM meeting JOIN attendance USING (meeting_id) GROUP BY meeting_id, expected, attended",
    )
    assert len(told) > 1000
    assert (told["expected"] == told["listed"]).all()
    assert (told["attended"] == told["present"]).all()


@pytest.mark.parametrize(
    ("records", "day"),
    [
        ("study_record", "r.studied_on"),
        ("service_record", "r.served_on"),
        ("(SELECT a.member_id, m.org_id, m.held_on FROM attendance a JOIN meeting m USING (meeting_id))", "r.held_on"),
    ],
)
def test_a_record_names_the_branch_the_member_belonged_to_on_that_day(connection, records, day):
    strangers = count(
        connection,
        f"{records} r WHERE NOT EXISTS (SELECT 1 FROM membership s WHERE s.member_id = r.member_id AND s.org_id = r.org_id "
        f"AND s.from_on <= {day} AND (s.to_on IS NULL OR {day} <= s.to_on))",
    )
    assert strangers == 0


def test_a_members_stays_follow_each_other_and_end_where_the_member_is(connection):
    stays = frame(connection, "SELECT member_id, org_id, from_on, to_on FROM membership ORDER BY member_id, from_on")
    following = stays.groupby("member_id")["from_on"].shift(-1)
    assert (stays["to_on"][following.notna()] < following.dropna()).all()
    assert (stays["to_on"].isna() | (stays["to_on"] >= stays["from_on"])).all()
    present = frame(connection, "SELECT member_id, org_id FROM member WHERE status IN ('full', 'probationary')")
    open_stays = stays.loc[stays["to_on"].isna(), ["member_id", "org_id"]].sort_values("member_id", ignore_index=True)
    assert open_stays.equals(present.sort_values("member_id", ignore_index=True))


def test_branches_that_lived_differently(connection):
    dissolved = frame(connection, "SELECT org_id, dissolved_on FROM organisation WHERE dissolved_on IS NOT NULL")
    assert dissolved["dissolved_on"].tolist() == [20260531]
    gone = int(dissolved["org_id"].iloc[0])
    assert count(connection, f"membership WHERE org_id = {gone} AND to_on = 20260531") > 0
    assert count(connection, f"membership WHERE org_id = {gone} AND to_on IS NULL") == 0
    assert count(connection, f"meeting WHERE org_id = {gone}") > 20
    assert count(connection, f"meeting WHERE org_id = {gone} AND held_on > 20260531") == 0

    founded = frame(connection, "SELECT org_id, founded_on FROM organisation WHERE founded_on > 20261001")
    assert founded["founded_on"].tolist() == [20261015]
    assert count(connection, f"meeting WHERE org_id = {int(founded['org_id'].iloc[0])} AND held_on < 20261015") == 0

    moved = frame(
        connection,
        "SELECT h.org_id, h.from_on, h.to_on, h.superior_id, h.path, o.superior_id AS now, o.path AS path_now "
        "FROM organisation_history h JOIN organisation o USING (org_id) ORDER BY h.from_on",
    )
    assert moved["to_on"].tolist()[0] == 20260331
    assert moved["from_on"].tolist()[1] == 20260401
    assert moved["superior_id"].tolist()[1] == moved["now"].tolist()[1] != moved["superior_id"].tolist()[0]
    assert moved["path"].tolist()[1] == moved["path_now"].tolist()[1]


def test_every_step_of_admission_has_somebody(connection):
    reached = frame(connection, "SELECT step, count(*) AS people FROM admission_step GROUP BY step").set_index("step")["people"]
    assert set(STEPS) <= set(reached.index)
    assert reached["application"] > reached["activist"] > reached["candidate"] > reached["probation_vote"] > reached["archive"] > 0


def test_members_accepted_since_the_history_began_have_their_way_recorded(connection):
    missing = count(
        connection,
        f"member m WHERE m.joined_on >= {START} AND m.status IN ('full', 'probationary') AND NOT EXISTS (SELECT 1 FROM applicant a "
        "JOIN admission_step s USING (applicant_id) WHERE a.member_id = m.member_id AND s.step = 'probation_vote' "
        "AND s.done_on = m.joined_on)",
    )
    assert missing == 0
    assert count(connection, f"member WHERE joined_on >= {START}") > 50


def test_each_branch_with_seven_full_members_has_a_committee_of_three_to_seven(connection):
    branches = frame(
        connection,
        "SELECT o.org_id, o.has_committee, (SELECT count(*) FROM member m WHERE m.org_id = o.org_id AND m.status = 'full') AS full, "
        "(SELECT count(*) FROM post p WHERE p.org_id = o.org_id AND p.to_on IS NULL) AS posts "
        "FROM organisation o WHERE o.kind = 'branch' AND o.dissolved_on IS NULL",
    )
    assert ((branches["full"] >= 7) == branches["has_committee"].astype(bool)).all()
    assert branches.loc[branches["has_committee"] == 1, "posts"].between(3, 7).all()
    assert (branches.loc[branches["has_committee"] == 0, "posts"] <= 1).all()


def test_what_is_wrong_somewhere_is_there_for_somebody(connection):
    assert count(connection, "member WHERE lost_contact") > 0
    assert count(connection, "member WHERE floating") > 20
    assert count(connection, "member WHERE education IS NULL") > 0
    assert count(connection, "transfer WHERE finished_on IS NULL") > 0
    assert count(connection, "transfer WHERE from_org_id IS NULL") > 0
    assert count(connection, "transfer WHERE to_org_id IS NULL") > 0
    assert count(connection, f"organisation WHERE term_ends_on < {AS_OF} AND dissolved_on IS NULL") > 0
    assert count(connection, f"organisation WHERE term_ends_on BETWEEN {AS_OF} AND 20270520") > 5
    assert count(connection, "coverage") > 0
    assert count(connection, "dues WHERE paid_cents = 0 AND month < 202608") > 0
    assert count(connection, "assignment a WHERE NOT EXISTS (SELECT 1 FROM progress_report r WHERE r.assignment_id = a.assignment_id)") > 20
    assert count(connection, "meeting WHERE kind = 'theme_day' AND held_on / 100 > CAST(replace(period, '-', '') AS INTEGER)") > 20
    assert count(connection, "honour WHERE kind = 'shared_course'") > 0
    assert count(connection, "star_rating WHERE year = 2026 AND final_score IS NOT NULL") == 0
    assert count(connection, "star_rating WHERE year = 2025 AND stars = 5") > 0


def test_progress_goes_forward_and_ends_at_a_hundred(connection):
    reports = frame(connection, "SELECT assignment_id, reported_on, percent FROM progress_report ORDER BY assignment_id, reported_on")
    assert (reports.groupby("assignment_id")["percent"].diff().dropna() > 0).all()
    done = reports.groupby("assignment_id")["percent"].max().eq(100).mean()
    assert 0.6 < done < 0.95


def test_there_are_about_two_assignments_a_branch_and_quarter(connection):
    branches, quarters = count(connection, "organisation WHERE kind = 'branch'"), 9
    assert 1.2 < count(connection, "assignment") / branches / quarters < 2.8


def test_the_published_coverage_of_the_new_sectors_is_there_with_its_source(connection):
    told = frame(connection, "SELECT * FROM sector_coverage WHERE place_code = '350100' ORDER BY sector")
    assert (told["covered"] / told["units"] * 100).round(2).tolist() == [91.58, 88.98]
    assert told["source"].str.startswith("福州日报").all()
    assert frame(connection, "SELECT source FROM sector_coverage WHERE place_code <> '350100'")["source"].str.contains("合成").all()


def test_weights_add_up_to_a_hundred(connection):
    weights = frame(connection, "SELECT * FROM index_weight")
    parts = weights[weights["item"] == ""].groupby(["version", "subject", "sector"])["weight"].sum()
    items = weights[weights["item"] != ""].groupby(["version", "subject", "sector", "part"])["weight"].sum()
    assert (parts == 100).all()
    assert len(parts) == 6  # two versions × branch, branch of the countryside, member
    assert (items == 100).all()


def test_the_demos_accounts_open_with_their_public_passwords(connection):
    import bcrypt

    people = frame(connection, "SELECT username, password_hash, role, demo FROM account ORDER BY username")
    assert people["username"].tolist() == ["leader", "presenter", "secretary", "steward", "wall"]
    assert people["role"].tolist() == people["username"].tolist()
    assert people["demo"].astype(bool).all()
    for name, kept in zip(people["username"], people["password_hash"], strict=True):
        assert bcrypt.checkpw(f"{name}-demo-2026".encode(), kept.encode())
