"""The distribution map's page: every role's own view, every filter changes what is shown, every link is answered."""

import json

import pytest
from sqlalchemy import create_engine, update
from streamlit.testing.v1 import AppTest

from data_access.schema.places import place
from tests.opening import OpenPage
from tests.small import ORG_CODE

UP, MIDDLE, SEA = "990101", "990102", "990103"


def deck(page: AppTest) -> dict:
    (drawn,) = page.get("deck_gl_json_chart")
    return {layer["id"]: layer.get("data", []) for layer in json.loads(drawn.proto.json)["layers"]}


def table(page: AppTest) -> list[str]:
    return page.dataframe[0].value["name"].tolist()


def said(page: AppTest) -> str:
    return "\n".join(element.value for kind in (page.markdown, page.caption, page.warning, page.error) for element in kind)


def crumbs(page: AppTest) -> list[str]:
    return [button.label for button in page.button if str(button.key).startswith("place-")]


def test_the_map_says_by_place_how_many_and_how_many_are_schematic(open_page: OpenPage) -> None:
    page = open_page("leader", "branches")
    assert not page.exception
    assert "按属地统计 · 21 个党支部，其中 2 个位置示意；1 个没有位置，未上图" in said(page)
    assert table(page) == ["上游区", "江心区", "海门县"]
    assert len(deck(page)["dots"]) == 20


@pytest.mark.parametrize("role", ["leader", "presenter", "steward"])
def test_whoever_sees_the_city_sees_its_districts(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "branches")
    assert not page.exception
    assert {row["code"] for row in deck(page)["areas"]} == {UP, MIDDLE, SEA}


def test_who_asks_for_a_light_is_told_whose_it_is(open_page: OpenPage) -> None:
    page = open_page("leader", "branches", light="red")
    assert not page.exception
    listed, places = (frame.value for frame in page.dataframe)
    assert set(listed["light"].map(str)) == {"['▲ 预警']"}, listed["light"]
    assert listed["score"].is_monotonic_increasing and len(listed) == places["found"].sum() == len(deck(page)["dots"])


def test_a_district_leader_begins_with_the_district(open_page: OpenPage) -> None:
    page = open_page("upstream", "branches")
    assert crumbs(page) == ["上游区"]
    assert {row["code"] for row in deck(page)["dots"]} == {ORG_CODE[key] for key in ("exemplary", "overdue", "markup", "never", "exempted")}


def test_a_secretary_sees_the_own_branch_and_no_other(open_page: OpenPage) -> None:
    page = open_page("secretary", "branches")
    assert not page.exception
    assert [row["code"] for row in deck(page)["dots"]] == [ORG_CODE["overdue"]]
    assert table(page) == ["渡口村党支部"]
    assert "1 个党支部" in said(page)


@pytest.mark.parametrize("params", [{"place": SEA}, {"place": UP, "town": "990101101"}, {"city": "990000"}, {"place": "<script>"}])
def test_a_secretary_cannot_be_led_elsewhere(open_page: OpenPage, params: dict[str, str]) -> None:
    page = open_page("secretary", "branches", **params)
    assert not page.exception
    assert table(page) == ["渡口村党支部"]
    assert [row["code"] for row in deck(page)["dots"]] == [ORG_CODE["overdue"]]


@pytest.mark.parametrize(
    ("params", "changed"),
    [
        ({"indicator": "attainment"}, "labels"),
        ({"indicator": "members"}, "labels"),
        ({"sector": "village"}, "dots"),
        ({"kind": "committee"}, "dots"),
        ({"light": "green"}, "dots"),
        ({"period": "2026Q1"}, "dots"),
        ({"place": SEA}, "dots"),
        ({"org": "LJ-0009"}, "dots"),
    ],
)
def test_every_filter_changes_what_is_drawn(open_page: OpenPage, params: dict[str, str], changed: str) -> None:
    before, after = deck(open_page("leader", "branches")), deck(open_page("leader", "branches", **params))
    assert before[changed] and after[changed]
    assert before[changed] != after[changed]


@pytest.mark.parametrize("params", [{"sector": "port"}, {"light": "grey"}, {"kind": "committee"}])
def test_every_filter_changes_the_counts(open_page: OpenPage, params: dict[str, str]) -> None:
    assert "21 个党支部" not in said(open_page("leader", "branches", **params))


def test_the_way_down_and_up_is_in_the_url(open_page: OpenPage) -> None:
    page = open_page("leader", "branches", place=SEA, town="990103200", sector="village")
    assert crumbs(page) == ["临江市", "海门县", "潮头乡"]
    assert len(table(page)) == 4
    page.button(key="place-1").click().run()
    assert crumbs(page) == ["临江市", "海门县"]
    assert page.query_params["sector"] == "village" and "town" not in page.query_params
    page.button(key="place-0").click().run()
    assert crumbs(page) == ["临江市"]
    assert "place" not in page.query_params


def test_a_district_lists_its_towns_and_what_has_none(open_page: OpenPage) -> None:
    assert table(open_page("leader", "branches", place=SEA)) == ["潮头乡", "属地未标明"]
    assert table(open_page("leader", "branches", place=SEA, town="none")) == ["海门县水务局党支部"]


@pytest.mark.parametrize(
    "params", [{"place": "nowhere"}, {"town": "990101100200x"}, {"indicator": "x"}, {"light": "blue"}, {"kind": "@@=1"}, {"town": "none"}]
)
def test_a_malformed_link_is_answered_with_the_whole_and_a_note(open_page: OpenPage, params: dict[str, str]) -> None:
    page = open_page("leader", "branches", **params)
    assert not page.exception
    assert page.warning
    assert table(page) == ["上游区", "江心区", "海门县"]


def test_nothing_that_meets_the_filters_is_said(open_page: OpenPage) -> None:
    page = open_page("leader", "branches", sector="port", light="grey")
    assert "这里没有符合条件的组织" in said(page)
    assert not page.get("deck_gl_json_chart")


def test_without_boundaries_the_points_and_the_table_remain(open_page: OpenPage, own_database) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(update(place).values(boundary=None))
    page = open_page("leader", "branches", database=own_database)
    assert not page.exception
    assert len(deck(page)["dots"]) == 20
    assert table(page) == ["上游区", "江心区", "海门县"]


def test_hostile_names_are_drawn_and_listed_as_text(open_page: OpenPage) -> None:
    page = open_page("leader", "branches", place=MIDDLE, town="990102001")
    tips = " ".join(row["tip"] for row in deck(page)["dots"])
    assert "**x** | $a$ :red[x]" in tips and "@@=1+" in tips and "𠮷记茶行党支部" in tips
    assert not [row for row in deck(page)["dots"] if row["tip"].startswith("@@")]
    assert {"**x** | $a$ :red[x]", "@@=1+", "𠮷记茶行党支部"} <= set(table(page))


def test_the_wall_account_may_not_open_the_page(open_page: OpenPage) -> None:
    page = open_page("wall", "branches")
    assert not page.exception
    assert not page.get("deck_gl_json_chart")


def test_the_map_says_how_it_draws_organisations(open_page: OpenPage) -> None:
    assert "一点为一个党支部" in said(open_page("leader", "branches"))
    assert "一点为一个基层党委" in said(open_page("leader", "branches", kind="committee"))
