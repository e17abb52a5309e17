"""The red map's page: searched, opened, chosen for a theme party day; unknown things are 待核实, never invented."""

import json

import pytest
from sqlalchemy import create_engine, delete
from streamlit.testing.v1 import AppTest

from data_access.schema.places import nearby_place, red_route, red_site, red_stop
from tests.opening import OpenPage

NAMES = {"LJ-01": "柳渡农会旧址", "LJ-02": "<b>**江心** $塔$ :red[x]</b>", "LJ-03": "江心老街"}


def deck(page: AppTest) -> dict:
    (drawn,) = page.get("deck_gl_json_chart")
    return {layer["id"]: layer.get("data", []) for layer in json.loads(drawn.proto.json)["layers"]}


def table(page: AppTest, column: str = "name") -> list[str]:
    return page.dataframe[0].value[column].tolist()


def said(page: AppTest) -> str:
    texts = "\n".join(element.value for kind in (page.markdown, page.caption, page.warning, page.error) for element in kind)
    return texts.replace("\\", "")


@pytest.mark.parametrize("role", ["leader", "secretary", "presenter", "steward"])
def test_every_role_sees_all_sites_and_routes(open_page: OpenPage, role: str) -> None:
    page = open_page(role, "redmap")
    assert not page.exception
    assert sorted(code for row in deck(page)["sites"] for code in row["members"]) == ["LJ-01", "LJ-02", "LJ-03"]
    assert sorted(table(page)) == ["柳渡—江心红色线", "江心步行线"]


def test_an_unknown_site_in_a_links_list_is_left_out_with_a_note(open_page: OpenPage) -> None:
    page = open_page("leader", "redmap", sites=["LJ-03", "zz"])
    assert [code for row in deck(page)["sites"] for code in row["members"]] == ["LJ-03"]
    assert [note.value for note in page.warning] == ["链接中的“点位”有无法识别的值，已忽略。"]


def test_a_secretary_reads_how_far_each_route_begins(open_page: OpenPage) -> None:
    page = open_page("secretary", "redmap")
    rows = page.dataframe[0].value
    assert rows["km"].is_monotonic_increasing
    assert rows["name"].iloc[0] == "柳渡—江心红色线"  # its first stop is the nearer one
    assert "距离从渡口村党支部到首站" in said(page)
    assert "own" in deck(page)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"district": "990101"}, ["LJ-01"]),
        ({"type": "纪念馆"}, ["LJ-01"]),
        ({"era": "解放战争"}, ["LJ-02"]),
        ({"theme": "农民运动", "q": "老街"}, ["LJ-03"]),
        ({"q": "江心"}, ["LJ-02", "LJ-03"]),
        ({"sites": ["LJ-02", "LJ-03"]}, ["LJ-02", "LJ-03"]),
    ],
)
def test_every_search_changes_the_map_and_the_list(open_page: OpenPage, params: dict, found: list[str]) -> None:
    page = open_page("leader", "redmap", show="sites", **params)
    assert sorted(code for row in deck(page)["sites"] for code in row["members"]) == found
    assert sorted(table(page)) == sorted(NAMES[code] for code in found)
    assert f"{len(found)} 处点位符合条件" in said(page)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"mode": "步行半日"}, ["江心步行线"]),
        ({"theme": "农民运动"}, ["柳渡—江心红色线"]),
        ({"within": "20"}, ["柳渡—江心红色线"]),
        ({}, ["柳渡—江心红色线", "江心步行线"]),
    ],
)
def test_routes_are_found_by_mode_theme_and_distance(open_page: OpenPage, params: dict[str, str], found: list[str]) -> None:
    assert table(open_page("secretary", "redmap", **params)) == found


def test_no_route_within_reach_is_said(open_page: OpenPage) -> None:
    page = open_page("secretary", "redmap", within="5")
    assert "没有符合条件的路线" in said(page)
    assert not page.dataframe


def test_a_route_shows_its_stops_in_order_and_says_what_it_is(open_page: OpenPage) -> None:
    page = open_page("leader", "redmap", route="R-1")
    assert table(page) == ["柳渡农会旧址", "<b>**江心** $塔$ :red[x]</b>"]
    assert page.dataframe[0].value["seq"].tolist() == [1, 2]
    assert [row["text"] for row in deck(page)["stop-numbers"]] == ["1", "2"]
    text = said(page)
    assert "公开发布" in text and "示意连线，非导航路线" in text
    assert "上滩交通站、石埠渡口" in text  # published stops off the map
    assert "本系统整理" in said(open_page("leader", "redmap", route="R-2"))


def test_a_card_tells_everything_and_never_invents(open_page: OpenPage) -> None:
    text = said(open_page("secretary", "redmap", site="LJ-02"))
    assert "<b>**江心** $塔$ :red[x]</b>" in text
    assert "约 2,500 米，位置示意" in text
    assert text.count("待核实") >= 4  # protection level, hours, their note, phone, facts
    assert "公开报道（媒体或官方发布），已核对" in text
    assert "http" not in text
    assert "距本组织" in text


def test_a_card_leads_to_its_routes_and_neighbours(open_page: OpenPage) -> None:
    page = open_page("leader", "redmap", site="LJ-02")
    assert table(page) == ["江心老街"]
    page.button(key="through-R-2").click().run()
    assert page.query_params["route"] == "R-2" and "site" not in page.query_params
    assert table(page, "seq") == [1, 2]


def test_back_from_a_card_keeps_the_route(open_page: OpenPage) -> None:
    page = open_page("leader", "redmap", site="LJ-02", route="R-1")
    page.button(key="red-back").click().run()
    assert page.query_params["route"] == "R-1" and "site" not in page.query_params


@pytest.mark.parametrize(
    "params", [{"site": "x"}, {"route": "<script>"}, {"type": "x"}, {"era": "x"}, {"theme": "x"}, {"district": "x"}, {"mode": "x"}]
)
def test_a_malformed_link_is_answered_with_a_note(open_page: OpenPage, params: dict[str, str]) -> None:
    page = open_page("secretary", "redmap", **params)
    assert not page.exception
    assert page.warning
    assert sorted(table(page)) == ["柳渡—江心红色线", "江心步行线"]


def test_nothing_found_and_nothing_registered_are_said(open_page: OpenPage, own_database) -> None:
    assert "没有符合条件的点位" in said(open_page("leader", "redmap", show="sites", q="没有这样的地方"))
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        for table in (nearby_place, red_stop, red_route, red_site):
            connection.execute(delete(table))
    page = open_page("leader", "redmap", database=own_database)
    assert not page.exception
    assert "还没有登记红色资源" in said(page)
