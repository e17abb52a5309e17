"""Admissions: everybody under way counted once, by step, place and tree; lists and timelines as far as the reader may see people."""

from datetime import date, timedelta

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.queries import admission, applicant
from data_access.queries.admission import Chosen
from data_access.schema.members import admission_step
from data_access.schema.members import applicant as people
from data_access.schema.organisations import organisation
from data_access.schema.places import setting
from data_access.schema.ratings import admission_state
from domain.admission import STEPS
from domain.vocabulary import Light
from tests.data_access.queries.reading import (
    LEADER,
    PRESENTER,
    ROOT,
    SECRETARY,
    STEWARD,
    TOWN_SECRETARY,
    UPSTREAM,
    WALL,
    ask,
    full_names,
    told,
)
from tests.small import APPLICANT, AS_OF, ORG, ORG_CODE, path_of

ALL = Chosen()
LIGHTS = admission.LIGHTS


def stored(engine: Engine, below: str = ROOT) -> pd.DataFrame:
    """The table itself, with where the branches stand."""
    with engine.connect() as connection:
        rows = pd.read_sql_query(
            select(admission_state, organisation.c.path, organisation.c.district_code, organisation.c.sector).join(
                organisation, organisation.c.org_id == admission_state.c.org_id
            ),
            connection,
        )
    return rows[rows["path"].str.startswith(below)]


def add(engine: Engine, **states) -> None:
    """Add applicants of the branch "overdue" who stand at the application since these days."""
    with engine.begin() as connection:
        for number, (name, since) in enumerate(states.items(), 50):
            person = {"applicant_id": number, "org_id": ORG["overdue"], "name": name, "sex": "male", "applied_on": since}
            connection.execute(insert(people).values(person))
            state = {"applicant_id": number, "org_id": ORG["overdue"], "step": "application", "since": since}
            connection.execute(insert(admission_state).values(**state, light="green", oddities=int(since > AS_OF)))


def test_every_step_has_a_row_and_everybody_stands_at_one(engine: Engine) -> None:
    rows = ask(engine, admission.steps, ROOT, AS_OF, ALL)
    assert rows["step"].tolist() == list(STEPS)
    counts = stored(engine)["step"].value_counts()
    assert rows.set_index("step")["count"][lambda count: count > 0].to_dict() == counts.to_dict()
    assert (rows[LIGHTS].sum(axis=1) == rows["count"]).all()


def test_days_at_a_step_are_the_median_and_the_longest(own_engine: Engine) -> None:
    add(own_engine, one=AS_OF - timedelta(days=4), two=AS_OF - timedelta(days=10), three=AS_OF - timedelta(days=200))
    rows = ask(own_engine, admission.steps, ROOT, AS_OF, ALL).set_index("step")
    standing = sorted([4, 10, 200, (AS_OF - date(2026, 9, 1)).days])
    assert rows.loc["application", ["median", "longest"]].tolist() == [sum(standing[1:3]) / 2, 200]
    assert rows.loc["archive", ["median", "longest"]].isna().all()


def test_the_median_of_an_odd_number_is_the_one_in_the_middle(own_engine: Engine) -> None:
    add(own_engine, one=AS_OF - timedelta(days=4), two=AS_OF - timedelta(days=4))
    assert ask(own_engine, admission.steps, ROOT, AS_OF, ALL).set_index("step").loc["application", "median"] == 4


def test_an_application_ahead_stands_nowhere_and_is_among_the_odd(own_engine: Engine) -> None:
    before = ask(own_engine, admission.steps, ROOT, AS_OF, ALL)
    assert ask(own_engine, admission.odd_count, ROOT, AS_OF, ALL) == 0
    add(own_engine, ahead=AS_OF + timedelta(days=9))
    pd.testing.assert_frame_equal(ask(own_engine, admission.steps, ROOT, AS_OF, ALL), before)
    assert ask(own_engine, admission.odd_count, ROOT, AS_OF, ALL) == 1
    (odd,) = ask(own_engine, admission.listed, ROOT, AS_OF, ALL, True, 1).to_dict("records")
    assert odd["applicant_id"] == 50
    assert pd.isna(odd["days"])


@pytest.mark.parametrize(
    ("chosen", "holds"),
    [
        (Chosen(place="990101"), lambda rows: rows["district_code"] == "990101"),
        (Chosen(sector="community"), lambda rows: rows["sector"] == "community"),
        (Chosen(light="green"), lambda rows: rows["light"] == Light.GREEN),
        (Chosen(place="990103", light="red"), lambda rows: (rows["district_code"] == "990103") & (rows["light"] == Light.RED)),
    ],
    ids=["place", "sector", "light", "both"],
)
def test_a_filter_narrows_counts_and_list_alike(engine: Engine, chosen: Chosen, holds) -> None:
    rows = stored(engine)
    wanted = rows[holds(rows)]
    assert 0 < len(wanted) < len(rows)
    assert ask(engine, admission.steps, ROOT, AS_OF, chosen)["count"].sum() == len(wanted)
    assert ask(engine, admission.below, ROOT, AS_OF, chosen, ORG["root"])["count"].sum() == len(wanted)
    assert sorted(ask(engine, admission.listed, ROOT, AS_OF, chosen, False, 1)["applicant_id"]) == sorted(wanted["applicant_id"])
    assert ask(engine, admission.listed_count, ROOT, AS_OF, chosen, False) == len(wanted)


def test_a_chosen_step_narrows_the_list_and_not_the_board(engine: Engine) -> None:
    chosen = Chosen(step="candidate")
    assert ask(engine, admission.steps, ROOT, AS_OF, chosen)["count"].sum() == len(stored(engine))
    assert set(ask(engine, admission.listed, ROOT, AS_OF, chosen, False, 1)["step"]) == {"candidate"}
    assert ask(engine, admission.by_district, ROOT, AS_OF, chosen)["count"].sum() == 2


def test_districts_hold_everybody_whatever_place_is_chosen(engine: Engine) -> None:
    rows = ask(engine, admission.by_district, ROOT, AS_OF, Chosen(place="990101"))
    assert rows.set_index("district_code")["count"].to_dict() == stored(engine)["district_code"].value_counts().to_dict()
    assert rows["red"].is_monotonic_decreasing


def test_organisations_below_are_those_of_the_tree(engine: Engine) -> None:
    rows = ask(engine, admission.below, ROOT, AS_OF, ALL, ORG["root"]).set_index("org_code")
    counts = {key: len(stored(engine, path_of(ORG[key]))) for key in ("upstream", "island", "coast")}
    assert rows["count"].to_dict() == {ORG_CODE[key]: count for key, count in counts.items() if count}
    assert rows.loc[ORG_CODE["upstream"], "longest"] == (AS_OF - date(2026, 8, 15)).days


def test_a_branch_is_its_own_row(engine: Engine) -> None:
    (row,) = ask(engine, admission.below, path_of(ORG["overdue"]), AS_OF, ALL, ORG["overdue"]).to_dict("records")
    assert (row["org_code"], row["count"]) == (ORG_CODE["overdue"], 1)


def test_clocks_say_how_many_run_out_and_have_run_out(own_engine: Engine) -> None:
    soon = AS_OF + timedelta(days=14)
    with own_engine.begin() as connection:
        of = admission_state.c.applicant_id
        connection.execute(
            update(admission_state).where(of == APPLICANT["late_approval"]).values(clock="admission.first_talk", due_on=soon)
        )
    rows = ask(own_engine, admission.clocks, ROOT, AS_OF, ALL).set_index("clock")[["overdue", "soon", "later"]]
    assert rows.T.to_dict("list") == {"admission.first_talk": [1, 1, 0], "admission.probation_end": [1, 0, 0]}
    with own_engine.begin() as connection:
        connection.execute(insert(setting).values(key="clock.warn_days", value="13"))
    assert ask(own_engine, admission.clocks, ROOT, AS_OF, ALL).set_index("clock").loc["admission.first_talk", "later"] == 1


@pytest.mark.parametrize(("ahead", "week"), [(-1, 0), (0, 1), (6, 1), (7, 2), (55, 8), (56, None)])
def test_weeks_begin_today_and_end_with_the_eighth(own_engine: Engine, ahead: int, week: int | None) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(admission_state).values(clock=None, due_on=None))
        mine = admission_state.c.applicant_id == APPLICANT["no_talk"]
        connection.execute(update(admission_state).where(mine).values(clock="admission.first_talk", due_on=AS_OF + timedelta(days=ahead)))
    rows = ask(own_engine, admission.due, ROOT, AS_OF, ALL)
    assert rows[["week", "title", "count"]].to_numpy().tolist() == ([] if week is None else [[week, "申请后谈话", 1]])


def test_the_list_begins_with_the_worst_and_the_longest(engine: Engine) -> None:
    rows = ask(engine, admission.listed, ROOT, AS_OF, ALL, False, 1)
    assert rows["light"].map({light: place for place, light in enumerate(LIGHTS)}).is_monotonic_increasing
    reds = rows[rows["light"] == Light.RED]
    assert reds["days"].is_monotonic_decreasing
    late = rows.set_index("applicant_id").loc[APPLICANT["late_approval"]]
    assert (late["title"], late["left"], late["days"]) == ("接收审批", -5, 97)


def test_nothing_comes_from_outside_the_scope(engine: Engine) -> None:
    inside = stored(engine, UPSTREAM.path)
    assert 0 < len(inside) < len(stored(engine))
    for path in (ROOT, UPSTREAM.path):
        assert ask(engine, admission.steps, path, AS_OF, ALL, scope=UPSTREAM)["count"].sum() == len(inside)
        assert set(ask(engine, admission.listed, path, AS_OF, ALL, False, 1, scope=UPSTREAM)["applicant_id"]) == set(inside["applicant_id"])
        assert ask(engine, admission.by_district, path, AS_OF, ALL, scope=UPSTREAM)["count"].sum() == len(inside)
    outside = path_of(ORG["coast"])
    assert ask(engine, admission.steps, outside, AS_OF, ALL, scope=UPSTREAM)["count"].sum() == 0
    assert ask(engine, admission.clocks, outside, AS_OF, ALL, scope=UPSTREAM).empty
    assert ask(engine, admission.below, outside, AS_OF, ALL, ORG["coast"], scope=UPSTREAM).empty
    assert ask(engine, admission.listed_count, outside, AS_OF, ALL, False, scope=UPSTREAM) == 0


@pytest.mark.parametrize("scope", [LEADER, PRESENTER], ids=["leader", "presenter"])
def test_names_are_masked_for_who_may_not_read_them(engine: Engine, scope) -> None:
    rows = ask(engine, admission.listed, ROOT, AS_OF, ALL, False, 1, scope=scope)
    assert set(rows["person"]) == {"申***"}
    with engine.connect() as connection:
        names = full_names(connection)
    assert not [name for name in names if len(name) > 3 and name in told(rows)]


@pytest.mark.parametrize("scope", [STEWARD, WALL], ids=["steward", "wall"])
def test_who_may_not_list_people_gets_counts_and_no_row(engine: Engine, scope) -> None:
    assert ask(engine, admission.steps, ROOT, AS_OF, ALL, scope=scope)["count"].sum() == len(stored(engine))
    assert ask(engine, admission.listed, ROOT, AS_OF, ALL, False, 1, scope=scope).empty
    assert ask(engine, admission.listed_count, ROOT, AS_OF, ALL, False, scope=scope) == 0


def test_a_secretary_reads_the_names_of_the_own_scope(engine: Engine) -> None:
    rows = ask(engine, admission.listed, ROOT, AS_OF, ALL, False, 1, scope=SECRETARY)
    assert rows["person"].tolist() == [f"申请人{APPLICANT['no_talk']}"]


def test_a_timeline_tells_every_step_and_what_runs(engine: Engine) -> None:
    found = ask(engine, applicant.timeline, APPLICANT["no_talk"], AS_OF, scope=SECRETARY)
    assert (found.name, found.org_code, found.ended_on) == ("申请人1", ORG_CODE["overdue"], None)
    assert found.steps["name"].tolist() == [step.name for step in STEPS.values()]
    assert found.steps["done_on"].notna().tolist() == [True] + [False] * 25
    assert found.clocks[["title", "left"]].to_numpy().tolist() == [["申请后谈话", -50]]
    assert found.lights[["title", "light"]].to_numpy().tolist() == [["申请后谈话", "red"]]


def test_a_timeline_keeps_repetitions_and_the_days_between(engine: Engine) -> None:
    found = ask(engine, applicant.timeline, APPLICANT["late_approval"], AS_OF, scope=TOWN_SECRETARY).steps.set_index("name")
    assert found.loc["确定发展对象", "gap"] == (date(2026, 3, 1) - date(2025, 1, 10)).days
    archived = ask(engine, applicant.timeline, APPLICANT["archived"], AS_OF, scope=TOWN_SECRETARY).steps.set_index("name")
    assert archived.loc[["开展集中培训", "公示"], "days"].tolist() == [5, 7]
    assert archived.loc["材料归档", "done_on"] == pd.Timestamp(2025, 9, 1)


def test_what_is_odd_is_shown_as_odd_and_never_dropped(own_engine: Engine) -> None:
    odd = [
        ("nonsense", date(2026, 9, 20)),
        ("activist", date(2027, 3, 1)),
        ("first_talk", date(2026, 8, 1)),
        ("probation_extension", AS_OF),
    ]
    with own_engine.begin() as connection:
        for step, day in odd:
            connection.execute(insert(admission_step).values(applicant_id=APPLICANT["no_talk"], step=step, done_on=day))
    steps = ask(own_engine, applicant.timeline, APPLICANT["no_talk"], AS_OF, scope=SECRETARY).steps
    told_odd = steps.dropna(subset="oddity").set_index("name")["oddity"].to_dict()
    assert told_odd == {
        "nonsense": "步骤名称无法识别",
        "推荐和确定入党积极分子": "日期在未来",
        "党组织派人谈话": "日期早于前面的步骤",
    }
    assert steps.loc[steps["oddity"].notna(), "gap"].isna().all()
    extended = (AS_OF - steps["done_on"].iloc[0].date()).days  # from the application, not from what cannot be
    assert steps.set_index("name").loc["延长预备期", "gap"] == extended
    assert len(steps) == 28


def test_an_admission_that_ended_has_no_running_clock(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        mine = people.c.applicant_id == APPLICANT["no_talk"]
        connection.execute(update(people).where(mine).values(ended_on=AS_OF))
    found = ask(own_engine, applicant.timeline, APPLICANT["no_talk"], AS_OF, scope=SECRETARY)
    assert found.ended_on == AS_OF
    assert found.clocks.empty


@pytest.mark.parametrize("scope", [LEADER, PRESENTER, STEWARD, WALL], ids=["leader", "presenter", "steward", "wall"])
def test_a_timeline_opens_to_secretaries_only(engine: Engine, scope) -> None:
    assert ask(engine, applicant.timeline, APPLICANT["no_talk"], AS_OF, scope=scope) is None


def test_a_person_outside_the_scope_answers_like_one_who_does_not_exist(engine: Engine) -> None:
    assert ask(engine, applicant.timeline, APPLICANT["on_time"], AS_OF, scope=SECRETARY) is None
    assert ask(engine, applicant.timeline, 10**9, AS_OF, scope=SECRETARY) is None
