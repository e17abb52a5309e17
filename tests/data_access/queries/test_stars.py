"""Stars: every rated branch counted once, quotas by the committee that a branch answers to, breaches, and the index beside."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.queries import stars
from data_access.queries.stars import UNDECIDED, Chosen
from data_access.schema.organisations import deduction, organisation, star_rating
from data_access.schema.places import setting
from data_access.schema.ratings import org_score
from domain.scope import Scope
from domain.stars import Breach
from domain.vocabulary import Role
from tests.data_access.queries.reading import ROOT, SECRETARY, TOWN_SECRETARY, UPSTREAM, ask
from tests.small import AS_OF, BRANCHES, ORG, ORG_CODE, path_of

ALL = Chosen()


def stored(engine: Engine, below: str = ROOT, year: int = 2025) -> pd.DataFrame:
    with engine.connect() as connection:
        rows = pd.read_sql_query(
            select(star_rating, organisation.c.path, organisation.c.org_code, organisation.c.district_code, organisation.c.sector).join(
                organisation, organisation.c.org_id == star_rating.c.org_id
            ),
            connection,
        )
    return rows[rows["path"].str.startswith(below) & (rows["year"] == year)]


def give(engine: Engine, key: str, **values) -> None:
    with engine.begin() as connection:
        mine = (star_rating.c.org_id == ORG[key], star_rating.c.year == 2025)
        connection.execute(update(star_rating).where(*mine).values(values))


def obey(engine: Engine) -> None:
    """Make every rating of 2025 one that no rule objects to."""
    with engine.begin() as connection:
        connection.execute(update(star_rating).where(star_rating.c.year == 2025).values(final_score=85.0, stars=4))


def breaches(engine: Engine, path: str = ROOT, **reader) -> dict[str, str]:
    rows = ask(engine, stars.breaches, path, 2025, AS_OF, **reader)
    names = {code: key for key, code in ORG_CODE.items()}
    return {names[row["org_code"]]: row["breach"] for row in rows.to_dict("records")}


def test_years_come_with_how_many_are_final(engine: Engine) -> None:
    rows = ask(engine, stars.years, ROOT)
    assert rows.to_numpy().tolist() == [[2026, 1, 0], [2025, len(stored(engine)), len(stored(engine))]]


def test_every_rated_branch_is_counted_once(engine: Engine) -> None:
    counts = stored(engine)["stars"].value_counts()
    by_year = ask(engine, stars.by_year, ROOT, ALL)
    assert by_year[by_year["key"] == "2025"].set_index("stars")["count"].to_dict() == counts.to_dict()
    assert by_year[by_year["key"] == "2026"][["stars", "count"]].to_numpy().tolist() == [[UNDECIDED, 1]]
    assert ask(engine, stars.by_district, ROOT, ALL, 2025).groupby("stars")["count"].sum().to_dict() == counts.to_dict()
    assert ask(engine, stars.listed_count, ROOT, ALL, 2025) == len(stored(engine)) == len(ask(engine, stars.listed, ROOT, ALL, 2025, 1))
    assert ask(engine, stars.means, ROOT, ALL, 2025)["branches"] == len(stored(engine))


def test_means_are_of_those_who_have_a_score(own_engine: Engine) -> None:
    give(own_engine, "overdue", self_score=50.0, final_score=None, stars=None)
    rows, means = stored(own_engine), ask(own_engine, stars.means, ROOT, ALL, 2025)
    assert means["self_score"] == pytest.approx(rows["self_score"].mean())
    assert means["final_score"] == pytest.approx(rows["final_score"].mean())
    assert (means["five"], means["given"]) == ((rows["stars"] == 5).sum(), len(rows) - 1)
    assert pd.isna(ask(own_engine, stars.means, ROOT, ALL, 2026)["final_score"])


@pytest.mark.parametrize(
    ("chosen", "holds"),
    [
        (Chosen(place="990101"), lambda rows: rows["district_code"] == "990101"),
        (Chosen(sector="village"), lambda rows: rows["sector"] == "village"),
        (Chosen(stars=5), lambda rows: rows["stars"] == 5),
    ],
    ids=["place", "sector", "stars"],
)
def test_a_filter_narrows_everything_alike(engine: Engine, chosen: Chosen, holds) -> None:
    rows = stored(engine)
    wanted = rows[holds(rows)]
    assert 0 < len(wanted) < len(rows)
    assert set(ask(engine, stars.listed, ROOT, chosen, 2025, 1)["org_code"]) == set(wanted["org_code"])
    assert ask(engine, stars.listed_count, ROOT, chosen, 2025) == len(wanted)
    assert ask(engine, stars.means, ROOT, chosen, 2025)["branches"] == len(wanted)
    by_year = ask(engine, stars.by_year, ROOT, chosen)
    assert by_year.loc[by_year["key"] == "2025", "count"].sum() == len(wanted)
    assert ask(engine, stars.disagreement, ROOT, chosen, 2025)["count"].sum() <= len(wanted)


def test_a_cell_opens_into_the_branches_that_it_counts(own_engine: Engine) -> None:
    give(own_engine, "overdue", self_score=100.0)
    give(own_engine, "exemplary", self_score=95.0)
    give(own_engine, "markup", self_score=94.9)
    give(own_engine, "markdown", self_score=3.0)
    cells = ask(own_engine, stars.disagreement, ROOT, ALL, 2025)
    rows = ask(own_engine, stars.listed, ROOT, ALL, 2025, 1).dropna(subset="difference")
    for at in cells.to_dict("records"):
        cell = stars.Cell(at["index_from"], at["self_from"])
        inside = ask(own_engine, stars.listed, ROOT, ALL, 2025, 1, cell)
        assert len(inside) == at["count"] == ask(own_engine, stars.listed_count, ROOT, ALL, 2025, cell)
        for name, low in (("index", cell.index_from), ("self_score", cell.self_from)):
            assert inside[name].between(low, low + stars.BIN, inclusive="both" if low + stars.BIN == 100 else "left").all()
        rows = rows[~rows["org_code"].isin(inside["org_code"])]
    assert {0, 90, 95} <= set(cells["self_from"])
    assert rows.empty, "every branch with both is in one cell"


def test_a_cell_lists_nobody_outside_the_scope_or_the_filters(engine: Engine) -> None:
    for at in ask(engine, stars.disagreement, ROOT, ALL, 2025).to_dict("records"):
        cell = stars.Cell(at["index_from"], at["self_from"])
        whole = set(ask(engine, stars.listed, ROOT, ALL, 2025, 1, cell)["org_code"])
        inside = set(ask(engine, stars.listed, ROOT, ALL, 2025, 1, cell, scope=UPSTREAM)["org_code"])
        assert inside == whole & set(ask(engine, stars.listed, ROOT, ALL, 2025, 1, scope=UPSTREAM)["org_code"])
        villages = set(ask(engine, stars.listed, ROOT, Chosen(sector="village"), 2025, 1, cell)["org_code"])
        assert villages == whole & set(ask(engine, stars.listed, ROOT, Chosen(sector="village"), 2025, 1)["org_code"])


def test_undecided_ones_can_be_chosen(engine: Engine) -> None:
    assert ask(engine, stars.listed, ROOT, Chosen(stars=UNDECIDED), 2026, 1)["org_code"].tolist() == [ORG_CODE["exemplary"]]
    assert ask(engine, stars.listed_count, ROOT, Chosen(stars=UNDECIDED), 2025) == 0


def test_a_district_is_listed_whatever_place_is_chosen(engine: Engine) -> None:
    rows = ask(engine, stars.by_district, ROOT, Chosen(place="990101"), 2025)
    assert set(rows["key"]) == {"990101", "990102", "990103"}


def test_branches_count_for_the_nearest_committee(engine: Engine) -> None:
    rows = ask(engine, stars.committees, ROOT, 2025).set_index("org_code")
    port = stored(engine, path_of(ORG["port"]))
    row = rows.loc[ORG_CODE["port"]]
    assert (row["branches"], row["five"]) == (len(port), (port["stars"] == 5).sum()) == (3, row["five"])
    assert (row["allowed"], row["over"]) == (0, row["five"])
    assert ORG_CODE["port_general"] not in rows.index
    assert rows["branches"].sum() == len(stored(engine))


def test_a_moved_branch_counts_for_the_committee_that_it_answered_to_that_year(engine: Engine) -> None:
    rows = ask(engine, stars.committees, ROOT, 2025).set_index("org_code")["branches"]
    for key, its_own in (("willow_town", 1), ("tide_town", -1)):
        today = stored(engine, path_of(ORG[key]))
        assert rows.get(ORG_CODE[key], 0) == len(today) + its_own
        assert len(ask(engine, stars.listed, path_of(ORG[key]), ALL, 2025, 1)) == len(today) + its_own
    assert len(ask(engine, stars.listed, path_of(ORG["moved"]), ALL, 2025, 1)) == 1


def test_a_moved_branchs_quota_is_that_of_its_old_committee(own_engine: Engine) -> None:
    obey(own_engine)
    give(own_engine, "exemplary", final_score=95.0, stars=5)  # of the six branches of its town in 2025 one may have five stars
    give(own_engine, "moved", final_score=94.0, stars=5)
    for path in (ROOT, path_of(ORG["willow_town"]), path_of(ORG["moved"])):
        assert breaches(own_engine, path) == {"moved": Breach.QUOTA}
    assert breaches(own_engine, path_of(ORG["tide_town"])) == {}


def test_the_quota_is_the_installations(own_engine: Engine) -> None:
    before = ask(own_engine, stars.committees, ROOT, 2025).set_index("org_code").loc[ORG_CODE["willow_town"]]
    with own_engine.begin() as connection:
        connection.execute(insert(setting).values(key="star.quota", value="1"))
    after = ask(own_engine, stars.committees, ROOT, 2025).set_index("org_code").loc[ORG_CODE["willow_town"]]
    assert before["allowed"] < after["allowed"] == after["branches"]
    assert (before["over"] > 0, after["over"]) == (True, 0)


def test_before_the_final_nobody_has_five_stars_and_that_is_not_zero(engine: Engine) -> None:
    (row,) = ask(engine, stars.committees, ROOT, 2026).to_dict("records")
    assert row["branches"] == 1
    assert pd.isna(row["five"]) and pd.isna(row["share"]) and pd.isna(row["over"])


def test_a_committee_above_the_node_is_not_half_counted(engine: Engine) -> None:
    assert ask(engine, stars.committees, path_of(ORG["port_general"]), 2025).empty
    assert ask(engine, stars.committees, path_of(ORG["overdue"]), 2025).empty


def test_what_obeys_the_rules_is_no_breach(own_engine: Engine) -> None:
    obey(own_engine)
    assert breaches(own_engine) == {}


def test_each_breach_is_found(own_engine: Engine) -> None:
    obey(own_engine)
    give(own_engine, "overdue", stars=5)
    give(own_engine, "exemplary", final_score=95.0, stars=5)  # of the five branches of its town one may have five stars
    give(own_engine, "markup", final_score=94.0, stars=5)
    give(own_engine, "school", stars=2)
    give(own_engine, "no_term", final_score=None)
    with own_engine.begin() as connection:
        veto = {"deduction_id": 9, "org_id": ORG["tiny"], "reason": "重大责任事故", "points": 20, "veto": True}
        connection.execute(insert(deduction).values(**veto, happened_on=date(2025, 6, 1)))
    wanted = {"no_term": Breach.ANOMALY, "tiny": Breach.VETO, "markup": Breach.QUOTA, "overdue": Breach.ABOVE, "school": Breach.BELOW}
    assert breaches(own_engine) == wanted
    assert list(breaches(own_engine)) == list(wanted)  # by what is wrong
    rows = ask(own_engine, stars.breaches, ROOT, 2025, AS_OF).set_index("org_code")
    assert rows["veto_reason"].isna().all(), "it may name people"
    secretary = Scope(ORG["root"], ROOT, Role.SECRETARY)
    full = ask(own_engine, stars.breaches, ROOT, 2025, AS_OF, scope=secretary).set_index("org_code")
    assert full.loc[ORG_CODE["tiny"], "veto_reason"] == "重大责任事故"
    assert rows.loc[ORG_CODE["markup"], ["given", "due", "committee_name"]].tolist() == [5, 4, "中共柳渡镇委员会"]


@pytest.mark.parametrize("not_mine", [{"happened_on": date(2024, 12, 31)}, {"member_id": 3101}, {"veto": False}], ids=str)
def test_a_veto_counts_in_its_year_and_for_the_branch_itself(own_engine: Engine, not_mine: dict) -> None:
    obey(own_engine)
    veto = {"deduction_id": 9, "org_id": ORG["tiny"], "reason": "r", "points": 1, "veto": True, "happened_on": date(2025, 6, 1)}
    with own_engine.begin() as connection:
        connection.execute(insert(deduction).values(veto | not_mine))
    assert breaches(own_engine) == {}


def test_a_quota_is_checked_over_the_whole_committee_also_from_below(own_engine: Engine) -> None:
    obey(own_engine)
    give(own_engine, "exemplary", final_score=95.0, stars=5)
    give(own_engine, "overdue", final_score=94.0, stars=5)
    assert breaches(own_engine, path_of(ORG["overdue"])) == {"overdue": Breach.QUOTA}
    assert breaches(own_engine, path_of(ORG["exemplary"])) == {}
    assert breaches(own_engine, scope=TOWN_SECRETARY) == {"overdue": Breach.QUOTA}


def test_a_quota_beyond_the_scope_is_not_judged(own_engine: Engine) -> None:
    obey(own_engine)
    give(own_engine, "exemplary", final_score=95.0, stars=5)
    give(own_engine, "overdue", final_score=94.0, stars=5)
    assert breaches(own_engine, path_of(ORG["overdue"]), scope=SECRETARY) == {}
    give(own_engine, "overdue", final_score=60.0)
    assert breaches(own_engine, path_of(ORG["overdue"]), scope=SECRETARY) == {"overdue": Breach.ABOVE}


def test_the_index_is_the_mean_of_the_years_quarters(engine: Engine) -> None:
    with engine.connect() as connection:
        mine = (org_score.c.org_id == ORG["exemplary"], org_score.c.period.startswith("2025Q"))
        totals = connection.scalars(select(org_score.c.total).where(*mine)).all()
    row = ask(engine, stars.listed, ROOT, ALL, 2025, 1).set_index("org_code").loc[ORG_CODE["exemplary"]]
    assert row["index"] == pytest.approx(sum(totals) / len(totals))
    assert row["quarters"] == len(totals)
    assert row["difference"] == pytest.approx(row["self_score"] - row["index"])
    own = ask(engine, stars.of_branch, ORG["exemplary"])
    assert own["year"].tolist() == [2026, 2025]
    assert own["index"].iloc[1] == pytest.approx(row["index"])


def test_the_widest_difference_comes_first_and_who_has_none_last(own_engine: Engine) -> None:
    give(own_engine, "school", self_score=0.0)
    give(own_engine, "founded", self_score=None)
    give(own_engine, "no_term", self_score=None)
    rows = ask(own_engine, stars.listed, ROOT, ALL, 2025, 1)
    assert rows["org_code"].iloc[0] == ORG_CODE["school"]
    known = rows["difference"].notna()
    assert rows.loc[known, "difference"].abs().is_monotonic_decreasing
    assert not known.iloc[-1] and known.is_monotonic_decreasing


def test_cells_hold_those_who_have_both(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(org_score).where(org_score.c.period.startswith("2025Q")).values(total=None))
        mine = (org_score.c.org_id == ORG["overdue"], org_score.c.period.startswith("2025Q"))
        connection.execute(update(org_score).where(*mine).values(total=100.0))
    assert ask(own_engine, stars.disagreement, ROOT, ALL, 2025).to_numpy().tolist() == [[95, 90, 1]]
    give(own_engine, "overdue", self_score=89.9)
    assert ask(own_engine, stars.disagreement, ROOT, ALL, 2025).to_numpy().tolist() == [[95, 85, 1]]


def test_nothing_comes_from_outside_the_scope(engine: Engine) -> None:
    inside = set(stored(engine, UPSTREAM.path)["org_code"])
    assert 0 < len(inside) < len(BRANCHES)
    assert set(ask(engine, stars.listed, ROOT, ALL, 2025, 1, scope=UPSTREAM)["org_code"]) == inside
    assert ask(engine, stars.means, ROOT, ALL, 2025, scope=UPSTREAM)["branches"] == len(inside)
    assert ask(engine, stars.by_district, ROOT, ALL, 2025, scope=UPSTREAM)["count"].sum() == len(inside)
    assert ask(engine, stars.committees, ROOT, 2025, scope=UPSTREAM)["branches"].sum() == len(inside)
    assert set(breaches(engine, scope=UPSTREAM)) <= {key for key, code in ORG_CODE.items() if code in inside}
    assert ask(engine, stars.of_branch, ORG["due_soon"], scope=UPSTREAM).empty
    assert ask(engine, stars.years, path_of(ORG["coast"]), scope=UPSTREAM).empty
