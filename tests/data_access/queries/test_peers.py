"""Peers: organisations side by side, what a year of records says of them, and who is suggested."""

import pandas as pd
import pytest
from sqlalchemy import Engine, func, select, update

from data_access.queries import branch, explain, peers
from data_access.schema.organisations import organisation
from data_access.schema.ratings import duty_record, org_score
from domain.period import Period
from domain.vocabulary import Duty, DutyStatus
from tests.data_access.queries.reading import SECRETARY, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE

Q3 = Period.parse("2026Q3")
VILLAGE = ("branch", "village")


def compared(engine: Engine, *keys: str, **reader) -> pd.DataFrame:
    return ask(engine, peers.compared, tuple(ORG_CODE.get(key, key) for key in keys), Q3.code, AS_OF, **reader)


def records(engine: Engine, key: str, **reader) -> pd.DataFrame:
    return ask(engine, peers.records, (ORG[key],), Q3, **reader).set_index("measure")


def stored(engine: Engine, key: str) -> pd.Series:
    with engine.connect() as connection:
        query = select(org_score).where(org_score.c.org_id == ORG[key], org_score.c.period == Q3.code)
        return pd.read_sql_query(query, connection).iloc[0]


def test_organisations_stand_in_the_order_asked_for(engine: Engine) -> None:
    rows = compared(engine, "overdue", "exemplary", "willow_town")
    assert rows["org_id"].tolist() == [ORG["overdue"], ORG["exemplary"], ORG["willow_town"]]
    assert rows["kind"].tolist() == ["branch", "branch", "committee"]
    assert rows["sector_name"].tolist() == ["农村"] * 3


def test_a_branch_shows_what_it_was_rated(engine: Engine) -> None:
    row, rated = compared(engine, "exemplary").iloc[0], stored(engine, "exemplary")
    for name in ("total", "rank", "peers", "members", "study", "life", "service"):
        assert row[name] == pytest.approx(rated[name], nan_ok=True), name
    assert row["light"] == rated["light"]


def test_a_committee_shows_the_mean_of_its_branches(engine: Engine) -> None:
    row = compared(engine, "willow_town").iloc[0]
    assert row["total"] == ask(engine, branch.history, ORG["willow_town"], "committee", (Q3.code,), AS_OF)["total"].iloc[0]
    assert row["rated"] > 1 and pd.isna(row["rank"])


def test_outside_the_scope_is_like_nowhere(engine: Engine) -> None:
    assert compared(engine, "due_soon", "exemplary", scope=UPSTREAM)["org_id"].tolist() == [ORG["exemplary"]]
    assert compared(engine, "NO-SUCH", "exemplary", scope=UPSTREAM)["org_id"].tolist() == [ORG["exemplary"]]
    assert compared(engine, "due_soon", scope=UPSTREAM).empty
    outside = records(engine, "due_soon", scope=UPSTREAM)
    assert outside["value"].isna().all()
    assert set(outside["told"]) - {"预警 0 项"} == {"—"}


def test_parts_stand_beside_the_median_of_the_first_ones_peers(engine: Engine) -> None:
    rows = ask(engine, peers.parts, (ORG_CODE["exemplary"], ORG_CODE["same_name"]), Q3.code, AS_OF)
    medians = ask(engine, branch.peer_medians, *VILLAGE, Q3.code).set_index("part")["median"]
    assert rows["org_code"].drop_duplicates().tolist() == [ORG_CODE["exemplary"], ORG_CODE["same_name"]]
    for row in rows.to_dict("records"):
        assert row["median"] == pytest.approx(medians[row["part"]], nan_ok=True)
    own = rows[rows["org_code"] == ORG_CODE["exemplary"]].set_index("part")["share"]
    assert own["life"] == pytest.approx(stored(engine, "exemplary")["life"])


def test_duties_are_those_of_the_four_quarters(engine: Engine) -> None:
    with engine.connect() as connection:
        record = duty_record.c
        query = select(record.status, func.count()).where(record.org_id == ORG["overdue"], record.duty == Duty.GENERAL_MEETING)
        span = record.due_on.between(Q3.shift(-3).first, Q3.last)
        counts = dict(map(tuple, connection.execute(query.where(span).group_by(record.status))))
    told = records(engine, "overdue").loc["duty.general_meeting", "told"]
    assert counts == {DutyStatus.HELD: 3, DutyStatus.LATE: 1}
    assert told == "按期 3/4，补开 1"


def test_rates_tell_the_counts_that_they_stand_on(engine: Engine) -> None:
    found = records(engine, "exemplary")
    assert found.loc["dues_paid", "told"].endswith("）")
    assert found.loc["dues_paid", "value"] == 100
    assert found.loc["study_hours", "told"].endswith("小时/季")


@pytest.mark.parametrize("org", ["overdue", "willow_town"])
def test_all_items_of_membership_work_are_told_as_they_were_rated(engine: Engine, org: str) -> None:
    found, rated = records(engine, org), ask(engine, explain.explained, ORG[org], Q3.code).items.set_index("column")
    for item in ("membership_election", "membership_admission", "membership_records"):
        assert found.loc[item, "value"] == pytest.approx(rated.loc[item, "share"] * 100, nan_ok=True)
    assert found.loc["membership_records", "told"].endswith("）")


def test_what_was_never_due_is_missing_and_never_zero(engine: Engine) -> None:
    groups = records(engine, "exemplary").loc["duty.group_meeting"]
    assert groups["told"] == "—"
    assert pd.isna(groups["value"])


def test_red_lights_count_for_each_branch(engine: Engine) -> None:
    one, town = records(engine, "overdue").loc["lights"], records(engine, "willow_town").loc["lights"]
    assert not one["rising"]
    assert one["value"] == float(one["told"].split()[1])
    reds, branches = int(town["told"].split()[1]), compared(engine, "willow_town").iloc[0]["branches"]
    assert town["value"] == pytest.approx(reds / branches)


def test_suggestions_are_alike_better_and_near_in_size(engine: Engine) -> None:
    mine = stored(engine, "overdue")
    rows = ask(engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code)
    assert not rows.empty
    assert (rows["total"] > mine["total"]).all()
    assert ((rows["members"] - mine["members"]).abs()).is_monotonic_increasing
    assert ORG_CODE["overdue"] not in rows["org_code"].tolist()
    assert ORG_CODE["same_name"] not in rows["org_code"].tolist()  # another sector
    assert len(ask(engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code, 1)) == 1


def test_the_best_one_gets_no_suggestion(engine: Engine) -> None:
    ranked = ask(engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code, 99).sort_values("total")
    best = ranked["org_code"].iloc[-1]
    org_id = next(ORG[key] for key, code in ORG_CODE.items() if code == best)
    assert ask(engine, peers.suggestions, org_id, *VILLAGE, Q3.code).empty


def test_who_is_not_rated_gets_the_nearest_rated_ones(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(org_score).where(org_score.c.org_id == ORG["overdue"]).values(total=None))
    rows = ask(own_engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code)
    assert rows["total"].notna().all() and len(rows) > 2


def test_suggestions_and_candidates_stay_inside_the_scope(engine: Engine) -> None:
    inside = ask(engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code, 99, scope=UPSTREAM)
    with engine.connect() as connection:
        codes = set(connection.scalars(select(organisation.c.org_code).where(organisation.c.path.startswith(UPSTREAM.path))))
    assert set(inside["org_code"]) <= codes
    assert ask(engine, peers.suggestions, ORG["overdue"], *VILLAGE, Q3.code, scope=SECRETARY).empty
    everywhere, here = (ask(engine, peers.candidates, ORG["overdue"], *VILLAGE, **reader) for reader in ({}, {"scope": UPSTREAM}))
    assert everywhere > here > 0
    assert ask(engine, peers.candidates, ORG["overdue"], *VILLAGE, scope=SECRETARY) == 0


def test_a_dissolved_one_is_no_candidate(engine: Engine) -> None:
    with engine.connect() as connection:
        living = organisation.c.dissolved_on.is_(None)
        alike = select(func.count()).where(organisation.c.kind == "branch", organisation.c.sector == "village", living)
        assert ask(engine, peers.candidates, ORG["overdue"], *VILLAGE) == connection.scalar(alike) - 1


def test_groups_are_suggested_by_the_mean_of_their_branches(engine: Engine) -> None:
    rows = ask(engine, peers.suggestions, ORG["tide_town"], "committee", "village", Q3.code)
    other = ask(engine, peers.suggestions, ORG["willow_town"], "committee", "village", Q3.code)
    assert len(rows) + len(other) == 1  # of two towns one is ahead
    assert {*rows["org_code"], *other["org_code"]} < {ORG_CODE["willow_town"], ORG_CODE["tide_town"]}
