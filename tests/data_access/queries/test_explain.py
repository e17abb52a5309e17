"""A score explained adds up, stays inside the scope, and says what about it cannot be."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, text, update

from data_access.queries import branch, explain, item_rows, raising, rated
from data_access.rating import rate
from data_access.schema.organisations import organisation
from data_access.schema.places import sector
from data_access.schema.ratings import member_score, org_score, weights_version
from data_access.schema.records import attendance, dues, meeting, study_record
from domain.duties import Flaw
from domain.index import LEAST_PEERS
from domain.index.explanation import EXTRAS, ITEMS, composition, itemised, summed
from domain.index.weights import Subject
from domain.reporting import Wrong
from domain.scope import Scope
from domain.vocabulary import Part, Role
from tests.data_access.queries.reading import LEADER, PRESENTER, SECRETARY, STEWARD, UPSTREAM, ask
from tests.small import AS_OF, ORG, ORG_CODE, path_of

CLOSED, OPEN = "2026Q3", "2026Q4"
COAST = Scope(ORG["coast"], path_of(ORG["coast"]), Role.LEADER)
BEFORE_MOVE = "2026Q1"  # `moved` was moved on its morrow
PARTS = [part.value for part in Part]


def explained(engine: Engine, org: str, period: str = CLOSED, scope=LEADER):
    return ask(engine, explain.explained, ORG[org], period, scope=scope)


def rows(engine: Engine, org: str, item: str, period: str = CLOSED, scope=LEADER):
    return ask(engine, item_rows.rows, ORG[org], item, period, AS_OF, scope=scope)


def odd(engine: Engine, org: str, item: str, period: str = OPEN, scope=LEADER):
    return ask(engine, item_rows.odd_rows, ORG[org], item, period, AS_OF, scope=scope)


@pytest.mark.parametrize("period", [CLOSED, OPEN])
@pytest.mark.parametrize("org", ["exemplary", "overdue", "never", "markup", "moved", "too_large"])
def test_a_branchs_items_and_extras_add_up_to_its_score(engine: Engine, org: str, period: str) -> None:
    found = explained(engine, org, period)
    assert found.oddities == ()
    whole = found.items["points"].sum() + sum(found.composed[name] for name in EXTRAS)
    assert whole == pytest.approx(found.total, abs=1e-3)
    assert found.items["full"].sum() == pytest.approx(100, abs=1e-3)
    by_part = found.items.groupby("part")["points"].sum(min_count=1)
    assert by_part[PARTS].fillna(0).to_numpy() == pytest.approx(found.parts["points"].fillna(0).to_numpy(), abs=1e-3)


@pytest.mark.parametrize("org", ["root", "upstream", "willow_town", "port"])
def test_a_groups_explanation_is_its_index(engine: Engine, org: str) -> None:
    found = explained(engine, org)
    kind = found.kind
    history = ask(engine, branch.history, ORG[org], kind, (CLOSED,), AS_OF).iloc[0]
    assert found.total == history["total"] and found.light == history["light"]
    assert (found.rated, found.branches) == (history["rated"], history["branches"])
    assert found.items["points"].sum() + sum(found.composed[name] for name in EXTRAS) == pytest.approx(found.composed["total"], abs=1e-3)


@pytest.mark.parametrize("org", ["overdue", "root"])
def test_the_waterfall_ends_where_the_score_is(engine: Engine, org: str) -> None:
    found = explained(engine, org, OPEN)
    assert found.before_total + found.since["change"].sum() == pytest.approx(found.composed["total"], abs=0.05)
    assert found.since.set_index("step").loc["study", "change"] == 0  # not due yet: nobody's doing
    if found.median_total is not None:
        assert found.median_total + found.against["change"].sum() == pytest.approx(found.composed["total"], abs=1e-6)


def test_the_waterfall_against_peers_starts_at_the_median_of_their_indices(engine: Engine) -> None:
    found = explained(engine, "exemplary")
    with engine.connect() as connection:
        alike = select(org_score.c.total).join_from(org_score, organisation, organisation.c.org_id == org_score.c.org_id)
        totals = connection.scalars(alike.where(org_score.c.period == CLOSED, organisation.c.sector == "village")).all()
    assert found.median_total == pytest.approx(np.median([total for total in totals if total is not None]))
    steps = found.against.set_index("step")["change"]
    assert steps["bonus"] == found.composed["bonus"] > 0  # compared with nothing, not with itself
    town = explained(engine, "willow_town")
    if town.against is not None:
        assert town.median_total + town.against["change"].sum() == pytest.approx(town.composed["total"], abs=1e-6)


def test_the_medians_that_were_kept_are_those_of_the_scores(engine: Engine) -> None:
    kept, *_ = ask(engine, explain.medians, "branch", "village", CLOSED)
    worked_out = ask(engine, branch.peer_medians, "branch", "village", CLOSED)
    assert kept["peers"].tolist() == worked_out["peers"].tolist()
    assert kept["median"].to_numpy() == pytest.approx(worked_out["median"].to_numpy(), nan_ok=True)


def test_contributions_add_up_to_the_index_and_pulls_to_nothing(engine: Engine) -> None:
    found = ask(engine, explain.contributions, ORG["upstream"], CLOSED)
    assert found["contribution"].sum() == pytest.approx(explained(engine, "upstream").composed["total"], abs=1e-6)
    assert found["pull"].sum() == pytest.approx(0, abs=1e-9) and found["pull"].is_monotonic_increasing
    assert ask(engine, explain.contributions, ORG["coast"], CLOSED, scope=UPSTREAM).empty


def test_nothing_is_explained_outside_the_scope(engine: Engine) -> None:
    assert explained(engine, "coast", scope=UPSTREAM) is None
    assert explained(engine, "exemplary", scope=SECRETARY) is None
    assert ask(engine, rated.scores, path_of(ORG["coast"]), CLOSED, scope=UPSTREAM).rows.empty
    for item in item_rows.COLUMNS:
        assert rows(engine, "due_soon", item, scope=SECRETARY).empty


@pytest.mark.parametrize("period", [CLOSED, OPEN])
@pytest.mark.parametrize("item", list(item_rows.COLUMNS))
def test_every_item_has_rows_with_its_columns(engine: Engine, item: str, period: str) -> None:
    found = rows(engine, "overdue", item, period)
    assert tuple(found.columns) == item_rows.COLUMNS[item]
    assert set(item_rows.COLUMNS) == {known.column for known in ITEMS[Subject.BRANCH]}


def test_rows_are_those_that_were_counted(engine: Engine) -> None:
    items = explained(engine, "overdue").items.set_index("column")
    duties = rows(engine, "overdue", "life_duties")
    assert len(duties) == items.loc["life_duties", "due"]
    assert duties["status"].iloc[0] == "missed"
    met = rows(engine, "overdue", "life_attendance")
    assert (met["attended"].sum(), met["expected"].sum()) == tuple(items.loc["life_attendance", ["done", "due"]])
    paid = rows(engine, "overdue", "membership_dues")
    assert (paid["in_time"].sum(), paid["due"].sum()) == tuple(items.loc["membership_dues", ["done", "due"]])
    courses = rows(engine, "exemplary", "study_courses")
    assert courses["finished"].sum() == explained(engine, "exemplary").items.set_index("column").loc["study_courses", "done"]
    lacking = rows(engine, "overdue", "membership_records")
    assert lacking["missing"].sum() == items.loc["membership_records", "due"] - items.loc["membership_records", "done"]


@pytest.mark.parametrize("item", ["life_duties", "life_attendance"])
def test_topics_of_meetings_are_for_those_who_read_names(engine: Engine, item: str) -> None:
    assert rows(engine, "overdue", item, scope=SECRETARY)["topic"].notna().any()
    for scope in (LEADER, PRESENTER, STEWARD):
        assert rows(engine, "overdue", item, scope=scope)["topic"].isna().all()


def test_applicants_are_told_to_who_may_list_them_only(engine: Engine) -> None:
    assert rows(engine, "overdue", "membership_admission", OPEN, STEWARD).empty
    masked = rows(engine, "overdue", "membership_admission", OPEN)["person"]
    assert len(masked) and masked.str.contains("*", regex=False).all()


def test_the_branches_behind_are_ordered_by_what_they_cost_the_group(engine: Engine) -> None:
    items = explained(engine, "root").items.set_index("column")
    for item in items.index:
        found = ask(engine, explain.behind, ORG["root"], item, CLOSED)
        assert found["pull"].sum() == pytest.approx(np.nan_to_num(items.loc[item, "full"] - items.loc[item, "points"]), abs=1e-5)
        assert found["pull"].is_monotonic_decreasing and (found["lost"] > 0).all()
    assert ask(engine, explain.behind, ORG["coast"], "life_duties", CLOSED, scope=UPSTREAM).empty


@pytest.mark.parametrize("period", [BEFORE_MOVE, CLOSED, OPEN])
@pytest.mark.parametrize("org", ["root", "upstream", "coast", "willow_town", "tide_town"])
def test_what_is_rolled_up_is_what_the_counts_of_the_branches_add_up_to(engine: Engine, org: str, period: str) -> None:
    """A branch counts where it stood on the quarter's last day: `moved` changed from willow_town to tide_town in between."""
    found = explained(engine, org, period)
    scores = ask(engine, rated.scores, path_of(ORG[org]), period)
    counted = ask(engine, rated.rated, path_of(ORG[org]), period, scores)
    sums = summed(counted, scores.rows["members"])
    pd.testing.assert_frame_equal(found.items, itemised(sums, Subject.BRANCH), atol=1e-6)
    pd.testing.assert_series_equal(found.composed, composition(scores.rows, scores.weights, scores.rows["members"]), atol=1e-4)


@pytest.mark.parametrize(("period", "above"), [(BEFORE_MOVE, "willow_town"), (CLOSED, "tide_town")])
def test_a_moved_branch_is_explained_where_it_stood(engine: Engine, period: str, above: str) -> None:
    moved, town = explained(engine, "moved", period), {"willow_town": UPSTREAM, "tide_town": COAST}
    assert moved.rated == 1 and moved.oddities == ()
    for org in ("willow_town", "tide_town"):
        found, here = explained(engine, org, period), org == above
        assert (found.members, found.oddities) == (explain_heads(engine, org, period), ())
        assert explained(engine, org, period, town[org]).oddities == ()  # nor for whoever no longer sees the branch
        made_of = ask(engine, explain.contributions, ORG[org], period)
        assert (ORG_CODE["moved"] in set(made_of["org_code"])) == here
        assert made_of["contribution"].sum() == pytest.approx(found.composed["total"], abs=1e-6)
        behind = pd.concat(ask(engine, explain.behind, ORG[org], item, period) for item in found.items["column"])
        assert (ORG_CODE["moved"] in set(behind["org_code"])) == here
        assert ask(engine, raising.below, ORG[org], period, AS_OF).rated == found.rated
    hidden = ask(engine, explain.contributions, ORG["willow_town"], period, scope=UPSTREAM)
    assert ORG_CODE["moved"] not in set(hidden["org_code"])  # it lies outside their scope today


def explain_heads(engine: Engine, org: str, period: str) -> float:
    with engine.connect() as connection:
        return explain.heads(connection, ORG[org], period)


def test_an_unrated_branch_still_says_what_it_stands_on(engine: Engine) -> None:
    found = explained(engine, "unknown")
    assert found.total is None and found.since is None and found.against is None
    assert found.items["unknown"].sum() > 0 and found.standing_weight < 60


def test_a_branch_without_peers_is_not_compared(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(insert(sector).values(code="alone", name="独此一家", rank=9, is_new=False))
        connection.execute(update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(sector="alone"))
    rate(own_engine)
    found = explained(own_engine, "overdue")
    assert found.peers == 1 and found.against is None and found.median_total is None
    assert found.rank == 1


def test_few_peers_are_no_comparison(engine: Engine) -> None:
    found = explained(engine, "school")
    assert 1 < found.peers < LEAST_PEERS
    assert found.against is None and found.median_total is None and found.parts["median"].isna().all()


def test_a_score_under_withdrawn_weights_says_so(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        version = connection.scalar(
            select(org_score.c.weights_version).where(org_score.c.org_id == ORG["overdue"], org_score.c.period == CLOSED)
        )
        connection.execute(update(weights_version).where(weights_version.c.version == version).values(withdrawn=True))
    for org in ("overdue", "root"):
        found = explained(own_engine, org)
        assert found.total is not None
        assert any(version in told and "已撤销" in told for told in found.oddities)


def test_a_score_that_its_counts_do_not_give_says_so(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(org_score).where(org_score.c.org_id == ORG["overdue"], org_score.c.period == CLOSED).values(total=99.9))
    assert any("不一致" in told for told in explained(own_engine, "overdue").oddities)
    assert any("与所属支部现有的分数不一致" in told for told in explained(own_engine, "root").oddities)


def test_records_dated_in_the_future_are_shown_and_not_counted(own_engine: Engine) -> None:
    coming = date(2026, 12, 24)
    before = explained(own_engine, "exemplary", OPEN).total
    row = {"meeting_id": 990_001, "org_id": ORG["exemplary"], "kind": "theme_day", "period": "2026-12", "held_on": coming}
    with own_engine.begin() as connection:
        connection.execute(insert(meeting).values(row | {"expected": 12, "attended": 12}))
        learnt = select(study_record.c.course_id, study_record.c.member_id).where(study_record.c.org_id == ORG["exemplary"])
        course_id, member_id = connection.execute(learnt.order_by(study_record.c.studied_on.desc())).first()
        one = (study_record.c.course_id == course_id) & (study_record.c.member_id == member_id)
        connection.execute(update(study_record).where(one).values(studied_on=coming))
    rate(own_engine)
    assert explained(own_engine, "exemplary", OPEN).total == before
    met = odd(own_engine, "exemplary", "life_attendance")
    assert odd(own_engine, "exemplary", "life_attendance", CLOSED).empty, "no record of a quarter that has ended"
    assert met[["what", "value", "why"]].to_numpy().tolist() == [["会议（实到/应到）", "12/12", Flaw.FUTURE.label]]
    assert odd(own_engine, "exemplary", "study_hours")["day"].dt.date.tolist() == [coming]
    assert odd(own_engine, "overdue", "study_hours").empty
    assert odd(own_engine, "exemplary", "life_attendance", scope=STEWARD)["value"].tolist() == ["12/12"], "a meeting is the branch's"
    assert odd(own_engine, "exemplary", "study_hours", scope=STEWARD)[["day", "value"]].isna().all(axis=None)


@pytest.mark.parametrize("paid_on", [date(2026, 10, 8), None], ids=str)
def test_a_negative_amount_is_shown(own_engine: Engine, paid_on: date | None) -> None:
    """The schema refuses one; a database that was filled by other means may hold it."""
    with own_engine.begin() as connection:
        if own_engine.dialect.name == "sqlite":
            connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            connection.execute(text("ALTER TABLE dues DROP CONSTRAINT ck_dues_cents"))
        one = (dues.c.org_id == ORG["overdue"]) & (dues.c.month == 202610) & dues.c.paid_on.is_not(None)
        member_id = connection.scalar(select(dues.c.member_id).where(one).limit(1))
        connection.execute(update(dues).where(one, dues.c.member_id == member_id).values(paid_cents=-100, paid_on=paid_on))
    found = odd(own_engine, "overdue", "membership_dues")
    assert found[["value", "why"]].to_numpy().tolist() == [["-100", Wrong.NUMBERS.label]]
    counted = odd(own_engine, "overdue", "membership_dues", scope=STEWARD)
    assert counted[["records", "why"]].to_numpy().tolist() == [[1, Wrong.NUMBERS.label]], "one member's payment"
    assert counted[["day", "value"]].isna().all(axis=None)
    rate(own_engine)
    assert not np.isnan(explained(own_engine, "overdue", OPEN).total)
    due = rows(own_engine, "overdue", "membership_dues", OPEN).set_index("month")["due"]
    assert due["2026-10"] == 9  # it is neither due nor unpaid


@pytest.mark.parametrize(
    ("org", "wrong", "why"),
    [
        ("exemplary", {"attended": 0}, Flaw.NUMBERS),
        ("exemplary", {"period": "2026Q9"}, Flaw.NO_PERIOD),
        ("exemplary", {"period": "2026-11", "held_on": date(2026, 10, 2)}, Flaw.EARLY),
        ("exemplary", {"kind": "group_meeting"}, Flaw.NO_GROUP),
        ("founded", {"held_on": date(2026, 10, 12)}, Flaw.OUT_OF_LIFE),
    ],
)
def test_a_meeting_that_cannot_be_is_shown_and_changes_no_score(own_engine: Engine, org: str, wrong: dict, why: Flaw) -> None:
    rate(own_engine)
    with own_engine.connect() as connection:
        ours = select(org_score.c.total).where(org_score.c.org_id == ORG[org], org_score.c.period == OPEN)
        theirs = select(member_score.c.member_id, member_score.c.total).where(
            member_score.c.org_id == ORG[org], member_score.c.period == OPEN
        )
        before = connection.scalar(ours), connection.execute(theirs.order_by(member_score.c.member_id)).all()
    row = {"meeting_id": 990_001, "org_id": ORG[org], "kind": "theme_day", "period": "2026-10", "held_on": date(2026, 10, 30)}
    with own_engine.begin() as connection:
        connection.execute(insert(meeting).values(row | {"expected": 40, "attended": 1} | wrong))
        connection.execute(insert(attendance).values(meeting_id=990_001, member_id=before[1][0].member_id, presence="a"))
    rate(own_engine)
    with own_engine.connect() as connection:
        assert (connection.scalar(ours), connection.execute(theirs.order_by(member_score.c.member_id)).all()) == before
    assert odd(own_engine, org, "life_attendance")["why"].tolist() == [why.label]
    assert 40 not in rows(own_engine, org, "life_attendance", OPEN)["expected"].tolist()
