"""The indicator board's questions, on rolled-up rows laid by hand: sums, cuts, gaps, and nodes outside the scope."""

from datetime import date

import pandas as pd
import pytest

from data_access.queries import coverage, life, membership, overview, rolled
from data_access.queries.rolled import Cut
from data_access.schema.ratings import duty_figure, figure, tally
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import AS_OF, ORG, ORG_CODE

QUARTER = Period.parse("2026Q4")
ROOT, UPSTREAM, ISLAND = ORG["root"], ORG["upstream"], ORG["island"]
CITY = Scope(ROOT, "/1/", Role.LEADER)
DISTRICT = Scope(UPSTREAM, f"/1/{UPSTREAM}/", Role.LEADER)
ALL = Cut()
ZERO = {column.name: 0 for column in figure.c if column.server_default is not None}


def figures(org_id: int, period: str, district: str, sector: str, **numbers) -> dict:
    return ZERO | {"org_id": org_id, "period": period, "district_code": district, "sector": sector} | numbers


def counted(org_id: int, dimension: str, category: str, count: int, district: str = "990101", sector: str = "village") -> dict:
    return {"org_id": org_id, "district_code": district, "sector": sector, "dimension": dimension, "category": category, "count": count}


@pytest.fixture
def board(lay):
    """Two districts and two sectors below the root in this quarter and the one before, and decoys of other nodes and periods."""
    decoy = {"score_points": 9e6, "score_members": 9, "members": 900_000, "branches": 999, "branches_rated": 999, "branches_red": 999}
    rows = [
        figures(ROOT, "2026Q4", "990101", "village", branches=2, branches_rated=2, branches_green=2, members=20, committees=1,
                score_points=1700.0, score_members=20, pioneer_points=800.0, pioneer_members=10, study_points=18.0, study_members=20),
        figures(ROOT, "2026Q4", "990101", "agency", branches=1, branches_rated=1, branches_red=1, members=10,
                score_points=600.0, score_members=10, study_points=5.0, study_members=10),
        figures(ROOT, "2026Q4", "990102", "village", branches=3, branches_rated=1, branches_yellow=1, branches_grey=2, members=30,
                score_points=750.0, score_members=10, pioneer_points=700.0, pioneer_members=10),
        figures(ROOT, "2026Q4", "990103", "village", branches=1, branches_grey=1, members=5),
        figures(ROOT, "2026Q3", "990101", "village", branches=2, branches_rated=2, members=19, score_points=1520.0, score_members=19),
        figures(ROOT, "2026Q1", "990101", "village", branches=2, branches_rated=2, members=18, score_points=1260.0, score_members=18),
        figures(UPSTREAM, "2026Q4", "990101", "village", branches=2, branches_rated=2, members=20, score_points=1700.0, score_members=20),
        figures(ISLAND, "2026Q4", "990102", "village", branches=3, branches_rated=1, members=30, score_points=750.0, score_members=10),
        figures(ORG["coast"], "2026Q3", "990103", "village", **decoy),
        figures(ROOT, "2026-11", "990101", "village", **decoy),
    ]  # fmt: skip
    lay(figure, rows)
    lay(duty_figure, [
        {"org_id": ROOT, "period": "2026Q4", "district_code": "990101", "sector": "village", "duty": "theme_day",
         "due": 10, "held": 7, "late": 2, "missed": 1, "unknown": 4},
        {"org_id": ROOT, "period": "2026Q4", "district_code": "990102", "sector": "village", "duty": "lecture",
         "due": 10, "held": 10, "late": 0, "missed": 0, "unknown": 0},
        {"org_id": ISLAND, "period": "2026Q4", "district_code": "990102", "sector": "village", "duty": "lecture",
         "due": 500, "held": 0, "late": 0, "missed": 500, "unknown": 0},
    ])  # fmt: skip
    return lay


CODES = ("organisations", "members", "fortress", "pioneer", "attainment")


def headlines(board, cut=ALL, org_id=ROOT, scope=CITY) -> pd.DataFrame:
    return board.ask(overview.headlines, org_id, cut, QUARTER, CODES, scope=scope).set_index("code")


def test_headlines_sum_the_node_and_compare_with_the_quarter_before(board):
    found = headlines(board)
    assert found.loc["organisations", "value"] == 8  # seven branches and a committee
    assert found.loc["members", ["value", "previous"]].tolist() == [65, 19]
    assert found.loc["fortress", "value"] == 76.3  # (1700 + 600 + 750) / 40, halves up
    assert found.loc["fortress", "previous"] == 80.0
    assert found.loc["fortress", "base"] == 4
    assert found.loc["attainment", "value"] == pytest.approx((7 + 10 + 2 / 2) / 20 * 100)


def test_headlines_say_on_what_share_they_stand(board):
    stands = headlines(board)["stands"]
    assert stands["fortress"] == pytest.approx(100 * 4 / 7)  # branches rated
    assert stands["pioneer"] == pytest.approx(100 * 20 / 65)  # members rated
    assert stands["attainment"] == pytest.approx(100 * 20 / 24)  # duties that are not unknown
    assert pd.isna(stands["members"])
    assert headlines(board, Cut(place="990101"))["stands"]["fortress"] == 100
    parts = board.ask(overview.parts, ROOT, ALL, QUARTER, scope=CITY).set_index("part")["stands"]
    assert (parts["study"], parts["life"]) == (pytest.approx(100 * 30 / 40), 0)


def test_a_trend_has_a_place_for_every_quarter_and_gaps_are_missing(board):
    trend = headlines(board).loc["fortress", "trend"]
    assert len(trend) == 8
    assert pd.isna(trend[:5]).tolist() == [True] * 4 + [False]
    assert trend[4] == 70.0
    assert pd.isna(trend[5])  # 2026Q2 has no row: a gap, never zero
    assert trend[6:] == [80.0, 76.3]


def test_a_missing_index_is_missing_while_counts_go_on(board):
    found = headlines(board, Cut(place="990103"))
    assert pd.isna(found.loc["fortress", "value"])
    assert found.loc["members", "value"] == 5


@pytest.mark.parametrize(
    ("cut", "members", "score"),
    [
        (Cut(place="990101"), 30, 76.7),
        (Cut(sector="village"), 55, 81.7),
        (Cut(place="990101", sector="agency"), 10, 60.0),
    ],
)
def test_place_and_sector_narrow_the_headlines(board, cut, members, score):
    found = headlines(board, cut)
    assert found.loc["members", "value"] == members
    assert found.loc["fortress", "value"] == score


@pytest.mark.parametrize("org_id", [ISLAND, ROOT, 999_999])
def test_a_node_outside_the_scope_answers_like_one_that_does_not_exist(board, org_id):
    assert headlines(board, org_id=org_id, scope=DISTRICT).empty
    ask = {"scope": DISTRICT}
    assert board.ask(overview.bands, org_id, ALL, "2026Q4", **ask) is None
    assert board.ask(overview.trend, org_id, ALL, QUARTER, AS_OF, **ask).empty
    assert board.ask(overview.by_district, org_id, ALL, "2026Q4", **ask).empty
    assert board.ask(overview.by_sector, org_id, ALL, "2026Q4", **ask).empty
    assert board.ask(overview.by_unit, org_id, ALL, "2026Q4", **ask).empty
    assert board.ask(overview.parts, org_id, ALL, QUARTER, **ask)["value"].isna().all()
    assert board.ask(overview.red_lights, org_id, ALL, **ask).empty
    assert board.ask(life.attainment, org_id, ALL, ("2026-10", "2026-11"), **ask).empty
    assert board.ask(life.terms, org_id, ALL, **ask).empty
    assert board.ask(life.dues, org_id, ALL, ("2026-10", "2026-11"), **ask)["value"].isna().all()
    assert board.ask(membership.composition, org_id, ALL, "by_age", **ask).empty
    assert board.ask(membership.movements, org_id, ALL, QUARTER, **ask)["value"].isna().all()
    assert board.ask(membership.admissions, org_id, ALL, ("2026-10", "2026-11"), **ask)["count"].isna().all()
    assert board.ask(coverage.new_sectors, org_id, ALL, **ask).empty


def test_bands_count_the_branches_by_light(board):
    assert board.ask(overview.bands, ROOT, ALL, "2026Q4") == overview.Bands(branches=7, rated=4, green=2, yellow=1, red=1, grey=3)
    assert board.ask(overview.bands, ROOT, Cut(place="990101"), "2026Q4") == overview.Bands(3, 3, 2, 0, 1, 0)


def test_both_indices_by_quarter_and_the_open_quarter_is_provisional(board):
    found = board.ask(overview.trend, ROOT, ALL, QUARTER, AS_OF)
    assert found["series"].tolist() == ["fortress"] * 8 + ["pioneer"] * 8
    last = found[found["period"] == "2026Q4"].set_index("series")["value"]
    assert last.to_dict() == {"fortress": 76.3, "pioneer": 75.0}
    assert found.groupby("period")["provisional"].all().to_dict() == {quarter.code: quarter.code == "2026Q4" for quarter in QUARTER.back(8)}
    in_october = board.ask(overview.trend, ROOT, ALL, QUARTER, date(2026, 10, 31))
    assert in_october.loc[in_october["provisional"], "period"].unique().tolist() == ["2026Q3", "2026Q4"]


def test_districts_are_ranked_best_first_and_the_unrated_stand_last(board):
    found = board.ask(overview.by_district, ROOT, ALL, "2026Q4")
    assert found["key"].tolist() == ["990101", "990102", "990103"]
    assert found["name"].tolist() == ["上游区", "江心区", "海门县"]
    assert found["score"].tolist()[:2] == [76.7, 75.0]
    assert found["light"].tolist() == ["yellow", "yellow", "grey"]
    assert found["pioneer"].tolist()[:2] == [80.0, 70.0]
    assert found["rated"].tolist() == [3, 1, 0]
    assert found["branches"].tolist() == [3, 3, 1]


def test_a_sector_narrows_the_ranking_of_districts(board):
    found = board.ask(overview.by_district, ROOT, Cut(sector="village"), "2026Q4")
    assert found["score"].tolist()[:2] == [85.0, 75.0]


def test_sectors_are_ranked(board):
    found = board.ask(overview.by_sector, ROOT, ALL, "2026Q4")
    assert found[["key", "name", "score"]].to_numpy().tolist() == [["village", "农村", 81.7], ["agency", "机关", 60.0]]
    assert board.ask(overview.by_sector, ROOT, Cut(place="990102"), "2026Q4")["key"].tolist() == ["village"]


def test_organisations_right_below_are_ranked_by_the_tree(board):
    found = board.ask(overview.by_unit, ROOT, ALL, "2026Q4")
    assert found[["key", "score"]].to_numpy().tolist() == [[ORG_CODE["upstream"], 85.0], [ORG_CODE["island"], 75.0]]
    assert board.ask(overview.by_unit, ROOT, Cut(place="990102"), "2026Q4")["key"].tolist() == [ORG_CODE["island"]]


def test_parts_are_shares_against_the_quarter_before(board):
    found = board.ask(overview.parts, ROOT, ALL, QUARTER).set_index("part")
    assert found.loc["study", "value"] == pytest.approx(23 / 30 * 100)
    assert pd.isna(found.loc["study", "previous"])
    assert pd.isna(found.loc["service", "value"])
    assert found["name"].tolist() == ["学习", "组织生活", "任务落实", "队伍建设", "服务作用"]


def test_open_lights_by_rule_leave_out_the_indexs_own(lay):
    lay(tally, [
        counted(ROOT, "light:dues.arrears", "red", 2),
        counted(ROOT, "light:dues.arrears", "yellow", 5),
        counted(ROOT, "light:duty.theme_day", "red", 3),
        counted(ROOT, "light:duty.theme_day", "red", 4, district="990102"),
        counted(ROOT, "light:index.escalation", "red", 90),
        counted(ISLAND, "light:dues.arrears", "red", 80, district="990102"),
    ])  # fmt: skip
    found = lay.ask(overview.red_lights, ROOT, ALL)
    assert found[["rule_id", "title", "red", "yellow", "grey"]].to_numpy().tolist() == [
        ["duty.theme_day", "主题党日", 7, 0, 0],
        ["dues.arrears", "党费缴纳", 2, 5, 0],
    ]
    assert lay.ask(overview.red_lights, ROOT, Cut(place="990102"))["red"].tolist() == [4]


def test_attainment_stands_under_the_period_that_a_duty_answers(lay):
    def row(month, duty, **counts):
        key = {"org_id": ROOT, "period": month, "district_code": "990101", "sector": "village", "duty": duty}
        return key | {"due": 0, "held": 0, "late": 0, "missed": 0, "unknown": 0} | counts

    lay(duty_figure, [
        row("2025-12", "review", due=4, held=4),
        row("2026-09", "lecture", due=4, held=3, missed=1),
        row("2026-10", "theme_day", due=4, held=1, late=2, missed=1),
        row("2026-10", "committee_meeting", unknown=3),
        row("2026-11", "theme_day"),
        row("2026-08", "theme_day", due=99, held=99),
    ])  # fmt: skip
    found = lay.ask(life.attainment, ROOT, ALL, ("2025-12", "2026-09", "2026-10", "2026-11"))
    assert found[["duty", "name", "period"]].to_numpy().tolist() == [
        ["committee_meeting", "支委会", "2026-10"],
        ["lecture", "党课", "2026Q3"],
        ["theme_day", "主题党日", "2026-10"],
        ["review", "民主评议党员", "2025"],
    ]
    assert found["value"].tolist()[1:] == [75.0, 50.0, 100.0]
    assert pd.isna(found["value"].iloc[0])  # all of it unknown: grey, never zero
    assert found.loc[2, ["base", "late", "missed"]].tolist() == [4, 2, 1]


def test_terms_by_kind_highest_kind_first(lay):
    lay(tally, [
        counted(ROOT, "election:branch", "valid", 5),
        counted(ROOT, "election:branch", "overdue", 1, sector="agency"),
        counted(ROOT, "election:committee", "soon", 2),
        counted(ISLAND, "election:committee", "overdue", 70),
        counted(ROOT, "elections:branch", "due", 3),
        counted(ROOT, "elections:branch", "due", 1, sector="agency"),
        counted(ROOT, "elections:branch", "held", 2),
        counted(ISLAND, "elections:branch", "due", 60),
    ])  # fmt: skip
    found = lay.ask(life.terms, ROOT, ALL)
    assert found["kind"].drop_duplicates().tolist() == ["committee", "branch"]
    assert found[found["count"] > 0][["name", "state", "count"]].to_numpy().tolist() == [
        ["基层党委", "soon", 2],
        ["党支部", "valid", 5],
        ["党支部", "overdue", 1],
    ]
    held = found.drop_duplicates("kind").set_index("kind")[["due", "held", "on_time"]]
    assert held.loc["branch"].tolist() == [4, 2, 0]
    assert held.loc["committee"].tolist() == [0, 0, 0]
    assert lay.ask(life.terms, ROOT, Cut(sector="agency"))["count"].sum() == 1


def test_elections_are_rolled_up_by_kind(engine):
    """Of the small installation: one term ended without an election; one was closed by an election a month late."""
    with engine.connect() as connection:
        overdue = life.terms(connection, CITY, ORG["overdue"], ALL)
        root = life.terms(connection, CITY, ROOT, ALL).drop_duplicates("kind").set_index("kind")
        by_period = rolled.figures(
            connection, CITY, ROOT, ALL, [f"2026-{month:02}" for month in range(1, 12)] + ["2025-12"], ["elections_due"]
        )
    assert overdue.loc[overdue["count"] > 0, "state"].tolist() == ["overdue"]
    assert overdue[["due", "held"]].drop_duplicates().to_numpy().tolist() == [[1, 0]]
    assert root["due"].sum() == by_period["elections_due"].sum()


def test_dues_by_month_keep_a_gap_where_nothing_is_known(lay):
    lay(figure, [
        figures(ROOT, "2026-09", "990101", "village", dues_members=10, dues_paid_members=9),
        figures(ROOT, "2026-10", "990101", "village", dues_members=None, dues_paid_members=None),
        figures(ROOT, "2026-11", "990101", "village", dues_members=10, dues_paid_members=5),
        figures(ROOT, "2026-11", "990102", "village", dues_members=10, dues_paid_members=10),
    ])  # fmt: skip
    months = ("2026-09", "2026-10", "2026-11")
    found = lay.ask(life.dues, ROOT, ALL, months)
    assert found["period"].tolist() == list(months)
    assert found["value"].tolist()[::2] == [90.0, 75.0]
    assert pd.isna(found["value"].iloc[1])
    assert lay.ask(life.dues, ROOT, Cut(place="990102"), months)["value"].tolist()[2] == 100.0


def test_compositions_count_by_category_in_their_order(lay):
    lay(tally, [
        counted(ROOT, "age", "61+", 3),
        counted(ROOT, "age", "00-30", 1),
        counted(ROOT, "age", "00-30", 2, district="990102"),
        counted(ROOT, "sex", "male", 6),
        counted(ROOT, "member_sector", "village", 6),
        counted(ISLAND, "age", "61+", 500),
    ])  # fmt: skip
    found = lay.ask(membership.composition, ROOT, ALL, "by_age")
    assert found["label"].tolist()[0] == "30岁及以下"
    assert found["label"].tolist()[-1] == "61岁及以上"  # nobody is unknown, so no such column
    assert found["count"].sum() == 6
    assert found["share"].sum() == pytest.approx(100)
    assert lay.ask(membership.composition, ROOT, Cut(place="990102"), "by_age")["count"].sum() == 2
    assert lay.ask(membership.composition, ROOT, ALL, "by_sector")["label"].tolist() == ["农村"]
    assert lay.ask(membership.composition, ROOT, ALL, "by_education").empty


def test_movements_say_what_the_source_says(lay):
    lay(figure, [
        figures(ROOT, "2026Q4", "990101", "village", floating=2, lost=1, transfers_in=3, transfers_out=0),
        figures(ROOT, "2026Q3", "990101", "village", floating=None, lost=None, transfers_in=5, transfers_out=1),
    ])  # fmt: skip
    found = lay.ask(membership.movements, ROOT, ALL, QUARTER).set_index("code")
    assert found["value"].to_dict() == {"floating": 2, "lost": 1, "transfers_in": 3, "transfers_out": 0}
    assert pd.isna(found.loc["floating", "previous"])  # no history is kept
    assert found.loc["transfers_in", "previous"] == 5


def test_admissions_by_month(lay):
    lay(figure, [figures(ROOT, "2026-10", "990101", "village", applications=4, new_probationary=1)])
    found = lay.ask(membership.admissions, ROOT, ALL, ("2026-09", "2026-10")).set_index(["series", "period"])["count"]
    assert found["applications", "2026-10"] == 4
    assert found["converted", "2026-10"] == 0
    assert pd.isna(found["applications", "2026-09"])


def test_the_root_answers_for_the_whole_place_and_for_its_districts(lay):
    found = lay.ask(coverage.new_sectors, ROOT, ALL)
    assert found[["name", "units", "covered", "value"]].to_numpy().tolist() == [["非公企业", 120, 108, 90.0]]
    assert found["as_of"].tolist() == [date(2026, 9, 30)]
    assert lay.ask(coverage.new_sectors, ROOT, Cut(place="990102"))["covered"].tolist() == [68]
    assert lay.ask(coverage.new_sectors, ROOT, Cut(sector="village")).empty


def test_a_district_committee_answers_for_its_district_and_no_other(lay):
    assert lay.ask(coverage.new_sectors, UPSTREAM, ALL)["units"].tolist() == [40]
    assert lay.ask(coverage.new_sectors, UPSTREAM, Cut(place="990102")).empty


@pytest.mark.parametrize("org", ["education", "port", "exemplary"])
def test_what_leads_no_place_answers_for_none(lay, org):
    assert lay.ask(coverage.new_sectors, ORG[org], ALL).empty
