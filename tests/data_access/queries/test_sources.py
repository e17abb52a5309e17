"""What each source delivered, as aggregates of branches inside the scope; and what the wall asks."""

import pandas as pd
from sqlalchemy import Engine

from data_access.queries import sources, wall, warnings
from domain.light_counts import Chosen
from domain.period import Period
from domain.rules import DUES_ARREARS
from domain.vocabulary import Source
from tests.data_access.queries.reading import LEADER, ROOT, SECRETARY, UPSTREAM, WALL, ask
from tests.small import AS_OF, ORG, ORG_CODE, STOPPED_ON, path_of

MONTHS = tuple(month.code for month in Period.month(AS_OF).back(12))


def states(engine: Engine, org: str, scope=LEADER) -> pd.DataFrame:
    return ask(engine, sources.named_states, ORG[org], scope=scope).set_index("source")


def test_one_that_never_reported_one_that_stopped_and_one_marked_unknown(engine: Engine) -> None:
    assert states(engine, "never").loc["meetings", ["never", "reporting"]].tolist() == [1, 0]
    assert states(engine, "stopped").loc["meetings", ["silent", "reporting"]].tolist() == [1, 0]
    assert states(engine, "unknown").loc["meetings", ["unknown", "reporting"]].tolist() == [1, 0]
    whole = states(engine, "root").loc["meetings"]
    assert whole["branches"] == whole[["reporting", "silent", "never", "unknown"]].sum()
    assert whole["share"] == whole["reporting"] / whole["branches"]
    assert whole["name"] == "组织生活记录"


def test_sources_stand_in_their_order(engine: Engine) -> None:
    assert states(engine, "root").index.tolist() == [source.value for source in Source]


def test_units_show_each_source_of_the_organisations_below(engine: Engine) -> None:
    rows = ask(engine, sources.units, ORG["willow_town"]).set_index("org_code")
    assert ORG_CODE["dissolved"] not in rows.index
    assert rows.loc[ORG_CODE["never"], "meetings"] == 0
    assert rows.loc[ORG_CODE["exemplary"], "meetings"] == 1


def test_months_that_a_source_says_nothing_of_stay_empty(engine: Engine) -> None:
    rows = ask(engine, sources.flow, ORG["stopped"], MONTHS)
    meetings = rows[rows["source"] == "meetings"].set_index("period")["records"]
    assert meetings.index.tolist() == list(MONTHS)
    assert meetings["2026-05"] > 0
    assert not meetings["2026-09"] > 0


def test_marks_count_the_organisations_that_the_steward_marked(engine: Engine) -> None:
    rows = ask(engine, sources.marks, ROOT).set_index("source")
    assert rows["organisations"].to_dict() == {"meetings": 1, "study": 1, "tasks": 1}
    assert rows.loc["meetings", "since"] == pd.Timestamp(2026, 7, 1)
    assert ask(engine, sources.marks, ROOT, scope=UPSTREAM).empty


def test_nothing_of_a_node_outside_the_scope(engine: Engine) -> None:
    assert states(engine, "coast", UPSTREAM).empty
    assert ask(engine, sources.units, ORG["coast"], scope=UPSTREAM).empty
    assert ask(engine, sources.flow, ORG["coast"], MONTHS, scope=UPSTREAM)["records"].isna().all()


def test_the_walls_red_lights_are_about_no_person_whoever_looks(engine: Engine) -> None:
    for scope in (LEADER, SECRETARY, WALL):
        newest = ask(engine, wall.newest_reds, scope.path, AS_OF, 50, scope=scope)
        assert len(newest)
        assert newest["since"].is_monotonic_decreasing
        assert "党费缴纳" not in set(newest["title"])
        assert "申请后谈话" not in set(newest["title"])
    assert len(ask(engine, warnings.listed, SECRETARY.path, AS_OF, Chosen(rule=DUES_ARREARS), 1, scope=SECRETARY))


def test_the_wall_shows_as_many_as_fit(engine: Engine) -> None:
    assert len(ask(engine, wall.newest_reds, ROOT, AS_OF, 3)) == 3
    slowest = ask(engine, wall.slowest_tasks, ORG["root"], AS_OF, 1)
    assert slowest["task_code"].tolist() == ["LJ-2026-03"], "22 points behind; the overdue LJ-2026-01 is no longer under way"


def quiet(engine: Engine, source: str | None = None, state: str | None = None, path: str = ROOT, scope=LEADER) -> pd.DataFrame:
    rows = ask(engine, sources.quiet, path, source, state, 1, scope=scope)
    assert ask(engine, sources.quiet_count, path, source, state, scope=scope) == len(rows)
    return rows


def test_who_never_reported_stopped_or_is_marked_unknown_is_listed_by_source(engine: Engine) -> None:
    rows = quiet(engine)
    found = {(row.source, row.org_code): row.state for row in rows.itertuples()}
    assert found["dues", ORG_CODE["never"]] == "never"
    assert found["dues", ORG_CODE["stopped"]] == "silent"
    assert found["meetings", ORG_CODE["unknown"]] == "unknown"
    assert ("dues", ORG_CODE["exemplary"]) not in found and ("meetings", ORG_CODE["dissolved"]) not in found


def test_the_list_counts_what_the_states_count(engine: Engine) -> None:
    counted = quiet(engine).groupby(["source", "state"]).size()
    for source, row in states(engine, "root").iterrows():
        for state in sources.QUIET:
            assert counted.get((source, state), 0) == row[state], (source, state)


def test_the_list_says_when_it_was_last_heard_and_why_it_is_unknown(engine: Engine) -> None:
    rows = quiet(engine).set_index(["source", "org_code"])
    assert rows.loc[("dues", ORG_CODE["stopped"]), "last_on"] <= pd.Timestamp(STOPPED_ON)
    assert pd.isna(rows.loc[("dues", ORG_CODE["never"]), "last_on"])
    assert rows.loc[("meetings", ORG_CODE["unknown"]), "note"] == "系统迁移，记录不完整"
    assert pd.isna(rows.loc[("dues", ORG_CODE["never"]), "note"])


def test_the_list_can_be_narrowed_and_stays_inside(engine: Engine) -> None:
    assert set(quiet(engine, source="dues")["source"]) == {"dues"}
    assert set(quiet(engine, state="unknown")["org_code"]) == {ORG_CODE["unknown"]}
    assert set(quiet(engine, scope=UPSTREAM)["org_code"]) == {ORG_CODE["never"]}
    assert quiet(engine, path=path_of(ORG["coast"]), scope=UPSTREAM).empty
