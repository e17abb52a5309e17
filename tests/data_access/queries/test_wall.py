"""What only the wall asks: duties of the month, what changed, trends, and lists as texts; nothing outside the scope, no person."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, select, update

from data_access.engine import changing
from data_access.queries import wall, warnings
from data_access.schema.members import member
from data_access.schema.ratings import duty_record, light
from domain.light_counts import Chosen
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import DutyStatus, Light, Role
from tests.data_access.queries.reading import LEADER, ROOT, UPSTREAM, WALL, ask
from tests.small import AS_OF, ORG, path_of

TODAY = AS_OF if isinstance(AS_OF, date) else date.fromisoformat(str(AS_OF))
QUARTER = Period.parse("2026Q3")


def test_the_duties_of_the_month_are_held_to_come_or_missed(engine: Engine) -> None:
    found = ask(engine, wall.month_duties, ORG["root"], TODAY)
    assert found["key"].drop_duplicates().tolist() == [
        "theme_day 2026-11",
        "theme_day 2026-10",
        "committee_meeting 2026-11",
        "committee_meeting 2026-10",
    ]
    wide = found.pivot_table(index="key", columns="light", values="count", aggfunc="sum")
    assert (wide.loc[["theme_day 2026-11", "committee_meeting 2026-11"], "red"] == 0).all(), "a month that runs on misses nothing"
    assert (wide.loc[["theme_day 2026-10", "committee_meeting 2026-10"], "yellow"] == 0).all(), "of a month that ended nothing is to come"
    assert wide["green"].sum() > 0
    day = duty_record.c.due_on.between(date(2026, 11, 1), date(2026, 11, 30))
    with engine.connect() as connection:
        records = connection.scalars(select(duty_record.c.status).where(day, duty_record.c.duty == "theme_day")).all()
    assert wide.loc["theme_day 2026-11"].sum() == len(records), "what is marked unknown is grey, and not left out"
    assert wide.loc["theme_day 2026-11", "grey"] == records.count(DutyStatus.UNKNOWN) > 0


def test_duties_of_an_organisation_outside_the_scope_are_none(engine: Engine) -> None:
    assert ask(engine, wall.month_duties, ORG["coast"], TODAY, scope=UPSTREAM).empty
    assert len(ask(engine, wall.month_duties, ORG["coast"], TODAY))


def test_changes_are_the_newest_first_of_the_scope_and_about_no_person(engine: Engine) -> None:
    found = ask(engine, wall.changes, ROOT, TODAY, 4000)
    assert found["happened_on"].is_monotonic_decreasing
    assert (found["happened_on"] <= pd.Timestamp(TODAY)).all()
    assert found["text"].str.startswith("亮红灯：").any()
    with engine.connect() as connection:
        names = set(connection.scalars(select(member.c.name)))
    assert not [text for text in found["text"] if any(len(name) > 2 and name in text for name in names)]
    inside = ask(engine, wall.changes, path_of(ORG["upstream"]), TODAY, 4000, scope=UPSTREAM)
    assert set(inside["org_name"]) < set(found["org_name"])
    assert ask(engine, wall.changes, path_of(ORG["coast"]), TODAY, 4000, scope=UPSTREAM).empty


def test_changes_are_no_more_than_asked(engine: Engine) -> None:
    assert len(ask(engine, wall.changes, ROOT, TODAY, 8)) <= 8


@pytest.mark.parametrize("scope", [LEADER, WALL])
def test_the_newest_reds_say_what_and_how_long(engine: Engine, scope: Scope) -> None:
    found = ask(engine, wall.listed_reds, ROOT, TODAY, 5, scope=scope)
    assert len(found) == 5
    assert found["lit"].str.fullmatch(r"今天|\d+ 天").all()
    assert found["days"].is_monotonic_increasing
    assert found["district"].ne("").any()
    assert not found["what"].str.contains("党费|发展").any()


def test_a_red_light_keeps_its_key_when_it_is_numbered_anew(own_engine: Engine) -> None:
    before = ask(own_engine, wall.open_reds, ROOT)
    with changing(own_engine) as connection:
        connection.execute(update(light).values(light_id=-light.c.light_id))
    after = ask(own_engine, wall.open_reds, ROOT)
    assert before["key"].is_unique
    assert set(after["key"]) == set(before["key"])
    assert set(after["light_id"]).isdisjoint(before["light_id"])


def test_the_red_lights_that_are_watched_are_those_that_a_wall_lists(engine: Engine) -> None:
    watched = ask(engine, wall.open_reds, ROOT, scope=LEADER)
    listed = ask(engine, wall.newest_reds, ROOT, TODAY, 50)
    told = ask(engine, wall.reds_told, tuple(watched["light_id"].head(len(listed)).tolist()))
    assert set(listed["light_id"]) <= set(watched["light_id"])
    assert len(told) == len(listed)
    assert not told["title"].str.contains("党费|发展").any()
    count = warnings.listed_count
    assert len(watched) == ask(engine, count, ROOT, TODAY, Chosen(light=Light.RED.value), scope=WALL)


def test_red_lights_outside_the_scope_are_neither_watched_nor_told(engine: Engine) -> None:
    everywhere, inside = (ask(engine, wall.open_reds, ROOT, scope=scope) for scope in (LEADER, UPSTREAM))
    outside = everywhere.loc[~everywhere["key"].isin(inside["key"]), "light_id"]
    assert len(inside)
    assert len(outside)
    assert ask(engine, wall.reds_told, tuple(outside.tolist()), scope=UPSTREAM).empty


def test_one_wave_of_red_lights_does_not_hide_the_other_rules(engine: Engine) -> None:
    every = ask(engine, wall.newest_reds, ROOT, TODAY, 50)["title"].value_counts()
    assert every.max() > wall.EACH, "the small installation must have a wave of one rule"
    listed = ask(engine, wall.listed_reds, ROOT, TODAY, 50)["what"].value_counts()
    assert (listed == every.clip(upper=wall.EACH).reindex(listed.index)).all()
    assert len(listed) == len(every)


def test_shared_tasks_stand_in_several_districts_and_own_ones_in_one(engine: Engine) -> None:
    shared, own = (ask(engine, query, ORG["root"], TODAY, 99) for query in (wall.shared_tasks, wall.own_tasks))
    places = shared[shared["district"] != ""].groupby("row")["district"].nunique()
    assert (places > 1).all()
    assert len(places)
    under_way = ask(engine, wall.slowest_tasks, ORG["root"], TODAY, 99)
    assert len(places) + len(own) == len(under_way)
    assert own["progress"].str.fullmatch(r"\d+ %|—").all()


def test_of_one_district_all_tasks_are_shown_as_a_whole(engine: Engine) -> None:
    found = ask(engine, wall.shared_tasks, ORG["willow_town"], TODAY, 99)
    assert found["row"].nunique() == len(found) == len(ask(engine, wall.slowest_tasks, ORG["willow_town"], TODAY, 99)) > 0
    assert set(found["district"]) == {""}


def test_units_stand_by_how_far_they_are_behind_their_plan(engine: Engine) -> None:
    found = ask(engine, wall.task_units, ORG["root"], TODAY, 99)
    leads = found["note"].str.extract(r"较计划 ([+-][\d.]+)$")[0].astype(float)
    assert len(leads) > 1
    assert leads.is_monotonic_increasing
    assert ask(engine, wall.task_units, ORG["coast"], TODAY, 99, scope=UPSTREAM).empty


def test_changes_say_which_light_they_are_about(engine: Engine) -> None:
    found = ask(engine, wall.changes, ROOT, TODAY, 4000)
    assert (found["text"].str.startswith("亮红灯：") == (found["light"] == "red")).all()
    assert (found["text"].str.startswith("已销号：") == (found["light"] == "green")).all()


def test_the_weakest_branches_come_as_texts_lowest_first(engine: Engine) -> None:
    found = ask(engine, wall.weakest_branches, ROOT, QUARTER.code, 4)
    assert found["score"].astype(float).is_monotonic_increasing
    assert found["reds"].str.fullmatch(r"\d*").all()


def test_slow_tasks_leave_out_the_quarter_of_the_wall(engine: Engine) -> None:
    found = ask(engine, wall.slowest_tasks, ORG["root"], TODAY, 9)
    assert len(found)
    assert not found["title"].str.contains(Period.quarter(TODAY).label).any()
    assert (found["title"] != "").all()


def test_red_sites_are_counted_once_and_routes_list_published_ones_first(engine: Engine) -> None:
    sites = ask(engine, wall.sites_by_district)
    kinds = ask(engine, wall.sites_by_type, 50)
    assert sites["count"].sum() == kinds["count"].sum() > 0
    assert sites["count"].is_monotonic_decreasing
    assert len(ask(engine, wall.sites_by_type, 1)) == 1
    ways = ask(engine, wall.route_list)["way"].tolist()
    assert ways == sorted(ways, key=lambda way: not way.endswith("公开发布"))


def test_nobody_who_may_read_nothing_is_told_anything(engine: Engine) -> None:
    nowhere = Scope(ORG["root"], "/999999/", Role.WALL)
    assert ask(engine, wall.newest_reds, ROOT, TODAY, 9, scope=nowhere).empty
