"""The wall: what its URL asks for, how it shares out its room, when it redraws and raises an alarm, and what every scene shows."""

from datetime import date
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.browser.wall import Shown
from components.palette import ICONS
from components.wall import GAP, Tile
from domain.vocabulary import Light
from pages.command.wall.asked import DEFAULT_EVERY, parse, side_by_side
from pages.command.wall.head import Around, changed
from pages.command.wall.scenes import SCENES, WIDE, Column, Scene, abreast, heights
from pages.command.wall.watch import LASTS, MARKED, POLL, SPREAD, Watch
from tests.opening import OpenPage
from tests.small import ORG_CODE

KNOWN = tuple(SCENES)
STAMP = (7, date(2026, 11, 20))
TITLES = {
    "overview": ("县区排名", "在办任务", "最新红色预警", "近八季走势", "党员年龄"),
    "indices": ("县区排名", "领域指数", "三会一课达标率", "最薄弱的支部", "五项得分率"),
    "tasks": ("任务 × 县区", "在办任务", "各县区自己的任务"),
    "warnings": ("未消除的预警", "亮灯时长", "最新红色预警", "按县区"),
    "membership": (
        "党员年龄",
        "党龄",
        "本月组织生活",
        "党员职业",
        "党员学历",
        "党务职务",
        "组织类别",
        "届期与换届",
        "党费",
        "发展党员",
        "表彰",
    ),
    "redmap": ("红色资源分布", "主题党日红色路线", "点位类型"),
}


def said(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown)


# What a wall remembers


def _remembering() -> None:
    """A page that says whose memory is whose."""
    import streamlit as st

    from domain.scope import Scope
    from domain.vocabulary import Role
    from pages.command.wall.watch import watch

    leader = watch(Scope(1, "/1/", Role.LEADER), "/1/")
    others = watch(Scope(1, "/1/", Role.WALL), "/1/"), watch(Scope(1, "/1/", Role.LEADER), "/1/2/")
    same = watch(Scope(1, "/1/", Role.LEADER), "/1/")
    st.session_state["told"] = same is leader, any(other is leader for other in others)


def test_the_memory_is_that_of_one_reader_and_one_organisation() -> None:
    page = AppTest.from_function(_remembering).run()
    assert not page.exception
    assert page.session_state["told"] == (True, False)


# What the URL asks for


def test_without_a_wish_all_scenes_turn_in_their_order() -> None:
    asked = parse({}, KNOWN)
    assert (asked.scenes, asked.every, asked.notes) == (KNOWN, DEFAULT_EVERY, ())


def test_scenes_keep_the_order_of_the_url_and_come_once() -> None:
    assert parse({"scenes": "tasks, overview,tasks"}, KNOWN).scenes == ("tasks", "overview")


@pytest.mark.parametrize(("scenes", "left"), [("tasks,nonsense", ("tasks",)), ("nonsense", KNOWN), (",", KNOWN)])
def test_an_unknown_scene_is_named_and_the_others_go_on(scenes: str, left: tuple[str, ...]) -> None:
    asked = parse({"scenes": scenes}, KNOWN)
    assert asked.scenes == left
    assert [note for note in asked.notes if "nonsense" in note] == list(asked.notes)
    assert bool(asked.notes) == ("nonsense" in scenes)


@pytest.mark.parametrize("every", ["0", "4", "3601", "-5", "x", "", "5.5", "９", "9" * 30])
def test_an_interval_that_is_none_is_named_and_the_default_goes_on(every: str) -> None:
    asked = parse({"every": every}, KNOWN)
    assert asked.every == DEFAULT_EVERY
    assert len(asked.notes) == 1


@pytest.mark.parametrize("every", ["5", "3600"])
def test_the_shortest_and_the_longest_interval_are_taken(every: str) -> None:
    asked = parse({"every": every}, KNOWN)
    assert (asked.every, asked.notes) == (int(every), ())


@pytest.mark.parametrize(("theme", "notes"), [("dark", 0), ("light", 0), ("blue", 1), ("", 1)])
def test_a_theme_that_is_none_is_named(theme: str, notes: int) -> None:
    assert len(parse({"theme": theme}, KNOWN).notes) == notes


# Several scenes side by side


@pytest.mark.parametrize(("width", "fronts"), [(1920, 1), (2560, 1), (3599, 1), (3840, 2), (5760, 3)])
def test_a_wide_wall_shows_several_scenes(width: int, fronts: int) -> None:
    assert Shown(None, width, 1080).fronts == fronts


def test_scenes_stand_side_by_side_from_the_present_one_on_and_none_twice() -> None:
    assert side_by_side(("a", "b", "c"), "c", 2) == ("c", "a")
    assert side_by_side(("a", "b"), None, 3) == ("a", "b")


def test_an_alarm_shows_its_scene_on_a_wall_that_does_not_turn_to_it() -> None:
    assert side_by_side(("a", "b"), "warnings", 1) == ("warnings",)
    assert side_by_side(("a", "b"), "warnings", 2) == ("warnings", "a")


@pytest.mark.parametrize("height", [701, 768, 1080])
def test_panels_fill_their_column_to_the_pixel(height: int) -> None:
    rows = heights([0.37, 0.33, 0.3], height)
    assert sum(rows) + 2 * GAP == height
    assert rows == sorted(rows, reverse=True)


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_a_wider_wall_has_more_columns(scene: Scene) -> None:
    assert len(scene.laid_out(WIDE)) == len(scene.laid_out(WIDE - 1)) + 1


def _draws(columns: tuple[Column, ...]) -> list[str]:
    return [draw.__name__ for column in columns for draw, _ in column.panels]


@pytest.mark.parametrize("codes", [*permutations(SCENES, 2), ("overview", "indices", "tasks"), ("warnings", "membership", "redmap")])
def test_no_panel_is_shown_twice_on_one_wall(codes: tuple[str, ...]) -> None:
    shown = [name for count in range(1, len(codes) + 1) for name in _draws(abreast(codes[:count], 1888))]
    assert sorted(shown) == sorted(set(shown))


@pytest.mark.parametrize("scene", SCENES)
def test_a_wide_scene_has_no_panel_twice(scene: str) -> None:
    shown = _draws(abreast([scene], WIDE))
    assert sorted(shown) == sorted(set(shown))


# The six figures


def _around(**values: float) -> Around:
    return Around((), tuple(Tile(key, {"value": value}, None) for key, value in values.items()), "", 0)


def test_only_figures_that_moved_glow() -> None:
    assert changed(_around(a=1.0, b=2.0), _around(a=1.0, b=2.5, c=1.0)) == {"b"}
    assert changed(_around(a=float("nan")), _around(a=float("nan"))) == set()


def test_a_wall_that_has_just_been_hung_does_not_glow() -> None:
    assert changed(None, _around(a=1.0)) == set()


# Redrawing and alarms


def test_walls_redraw_some_seconds_after_a_change_and_once() -> None:
    watch = Watch()
    assert not watch.redraws(False, now=0)
    at_once = watch.redraws(True, now=100.0)
    assert watch.redraws(not at_once, now=100.0 + POLL) != at_once
    assert not watch.redraws(False, now=100.0 + 2 * POLL)


def test_walls_that_see_the_same_do_not_redraw_all_at_once() -> None:
    at_once = sum(Watch().redraws(True, now=100.0) for _ in range(100))
    assert 20 < at_once < 80


def test_the_sign_in_is_asked_for_once_a_minute() -> None:
    watch = Watch()
    assert [number for number in range(1, 60) if watch.asks_who()] == [12, 24, 36, 48]


def _reds(*keys: int) -> pd.DataFrame:
    return pd.DataFrame({"key": np.array(keys, dtype=np.int64), "light_id": [1000 + key for key in keys]})


def _told(lights: tuple[int, ...]) -> pd.DataFrame:
    orgs = [f"O{number - 1000}" for number in lights]
    return pd.DataFrame({"org_code": orgs, "org_name": [f"{org}支部" for org in orgs], "title": "任务进度"})


def looked(*reds: pd.DataFrame) -> Watch:
    """A wall that has looked at these red lights one after another, each time on newer data."""
    watch = Watch()
    for version, each in enumerate(reds):
        watch.look(each, "/1/", (version, STAMP[1]), _told, now=0.0)
    return watch


def test_the_first_look_raises_no_alarm() -> None:
    assert looked(_reds(1)).alarm is None


def test_a_new_red_light_raises_the_alarm_and_names_its_place() -> None:
    watch = looked(_reds(1), _reds(2, 3, 1))
    assert watch.alarm
    assert watch.marked == ("O2", "O3")
    assert watch.named == "O2支部 · 任务进度 等 2 项"


def test_a_light_that_went_out_or_stayed_raises_none() -> None:
    assert looked(_reds(1, 2), _reds(2)).alarm is None


def test_none_of_many_is_new_because_another_went_out() -> None:
    assert looked(_reds(*range(60)), _reds(*range(1, 60))).alarm is None


def test_a_new_one_among_many_is_seen_wherever_it_stands() -> None:
    watch = looked(_reds(*range(60)), _reds(*range(60), 99))
    assert watch.named == "O99支部 · 任务进度"


def test_many_new_ones_are_all_counted_and_the_first_are_marked() -> None:
    watch = looked(_reds(0), _reds(*range(80)))
    assert watch.named == "O1支部 · 任务进度 等 79 项"
    assert len(watch.marked) == MARKED


def test_lights_that_were_numbered_anew_are_no_news() -> None:
    assert looked(_reds(1, 2), _reds(1, 2).assign(light_id=[7, 8])).alarm is None


def test_another_place_is_looked_at_for_the_first_time() -> None:
    watch = looked(_reds(1))
    watch.look(_reds(2), "/1/2/", STAMP, _told, now=0.0)
    assert watch.alarm is None


def test_the_alarm_goes_on_for_what_is_still_on_and_ends_with_it() -> None:
    watch = looked(_reds(1), _reds(2, 3, 1), _reds(3, 1))
    assert (watch.marked, watch.named) == (("O3",), "O3支部 · 任务进度")
    watch.look(_reds(1), "/1/", (9, STAMP[1]), _told, now=0.0)
    assert (watch.alarm, watch.marked, watch.named) == (None, (), "")


def test_an_alarm_is_over_after_its_time() -> None:
    watch = looked(_reds(1), _reds(2, 1))
    assert not watch.redraws(False, now=LASTS - 1)
    assert watch.marked
    assert watch.redraws(False, now=LASTS) or watch.redraws(False, now=LASTS + SPREAD)
    assert (watch.alarm, watch.marked, watch.named) == (None, (), "")
    assert not watch.redraws(False, now=LASTS + 2 * SPREAD)


def test_walls_that_come_back_do_not_redraw_all_at_once() -> None:
    at_once = 0
    for _ in range(100):
        watch = Watch()
        watch.redraws(True, now=0.0)
        watch.breaks()
        drawn = watch.redraws(False, now=100.0)
        assert drawn or watch.redraws(False, now=100.0 + POLL)
        assert not watch.broken
        at_once += drawn
    assert 20 < at_once < 80


def test_a_sign_in_to_renew_waits_its_turn_and_is_not_forgotten() -> None:
    watch = Watch(stale=True)
    at_once = watch.redraws(False, now=100.0)
    assert watch.stale != at_once
    assert at_once or watch.redraws(False, now=100.0 + POLL)
    assert not watch.stale


# The page


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_shows_what_it_promises_and_no_person(open_page: OpenPage, scene: str) -> None:
    page = open_page("wall", "wall", scenes=scene)
    assert not page.exception
    text = said(page)
    for title in TITLES[scene]:
        assert title in text
    assert len(page.metric) == 6
    assert "项红色预警**]" in text, "the count of red lights is a chip"


@pytest.mark.parametrize("org", ["coast", "unknown", "founded"])
@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_opens_for_every_kind_of_organisation(open_page: OpenPage, scene: str, org: str) -> None:
    page = open_page("wall", "wall", scenes=scene, org=ORG_CODE[org])
    assert not page.exception
    assert not page.error


def test_what_the_url_cannot_have_is_said_on_the_wall(open_page: OpenPage) -> None:
    page = open_page("wall", "wall", scenes="nonsense", every="0", org="nowhere")
    text = said(page)
    assert "没有这个画面：nonsense" in text
    assert "轮播间隔" in text
    assert "链接中的组织不存在" in text
    assert "县区排名" in text


def test_a_long_line_of_changes_stands_there_twice_to_run_round(open_page: OpenPage) -> None:
    line = next(element.value for element in open_page("wall", "wall").markdown if "亮红灯：" in element.value)
    assert line[: len(line) // 2] == line[len(line) // 2 :]
    assert f":red[**{ICONS[Light.RED]} 亮红灯：" in line, "a red light is never colour alone"


def test_a_line_that_fits_stands_still(open_page: OpenPage) -> None:
    line = open_page("wall", "wall", org=ORG_CODE["founded"]).markdown[-2].value
    assert line == "近期没有变化" or line[: len(line) // 2] != line[len(line) // 2 :]


def test_names_that_are_markdown_stay_text(open_page: OpenPage) -> None:
    text = said(open_page("wall", "wall", org=ORG_CODE["markdown"]))
    assert "**x**" not in text
