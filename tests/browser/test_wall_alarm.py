"""A red light turns on while the wall hangs, and what a URL asks for that the wall cannot have: seen, and over no figure."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import Engine, insert

from data_access.engine import changing, connect
from data_access.schema.ratings import light
from tests.browser.driving import NewPage, Server, serve
from tests.browser.test_wall import open_wall, scene
from tests.small import AS_OF, ORG

pytestmark = pytest.mark.browser

Box = tuple[float, float, float, float]


def red(org: str) -> dict:
    """A red light that no rating has turned on."""
    return {
        "light_id": 900_001,
        "org_id": ORG[org],
        "rule_id": "election.term",
        "subject": "another term",
        "light": "red",
        "since": AS_OF,
        "evidence": '{"table": "election", "rows": [], "text": "任期届满。"}',
    }


@pytest.fixture
def own_server(own_database: Path, tmp_path: Path) -> Iterator[tuple[Server, Engine]]:
    """The app over a database of its own, and a way to change that."""
    server, engine = serve(tmp_path, database=f"sqlite:///{own_database}"), connect(f"sqlite:///{own_database}")
    yield server, engine
    engine.dispose()
    server.end()


def box(found: Locator) -> Box:
    edges = found.bounding_box()
    assert edges is not None
    return edges["x"], edges["y"], edges["x"] + edges["width"], edges["y"] + edges["height"]


def inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] - 1 and inner[1] >= outer[1] - 1 and inner[2] <= outer[2] + 1 and inner[3] <= outer[3] + 1


def apart(one: Box, other: Box) -> bool:
    return one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1


def test_an_alarm_stands_in_the_head_line_and_a_wall_of_one_scene_comes_back(own_server: tuple[Server, Engine], new_page: NewPage) -> None:
    server, engine = own_server
    page = open_wall(new_page(1920, 1080), server, "/wall?every=5&scenes=overview")
    with changing(engine) as connection:
        connection.execute(insert(light).values(red("willow_town")))
    alarm = page.locator(".st-key-wall-alarm")
    expect(alarm).to_contain_text("新亮红灯")
    expect(scene(page, "warnings")).to_be_visible()
    assert inside(box(alarm), box(page.locator(".st-key-wall-head")))
    assert apart(box(alarm), box(page.locator(".st-key-wall-control-frame")))
    facts = page.locator(".st-key-wall-facts")
    expect(facts).to_contain_text("数据截至")
    assert apart(box(facts), box(alarm)) and apart(box(facts), box(page.locator(".st-key-wall-control-frame")))
    expect(scene(page, "overview")).to_be_visible()
    expect(alarm).to_have_count(0)
    expect(facts).to_contain_text("中共")


def test_what_the_url_cannot_have_is_told_whole_and_over_no_figure(server: Server, new_page: NewPage) -> None:
    page = open_wall(new_page(1920, 1080), server, "/wall?scenes=nonsense&every=0&org=nowhere")
    notes = page.locator(".st-key-wall-notes [data-testid='stMarkdownContainer'] p")
    expect(notes).to_have_count(3)
    around = page.locator("[class*='st-key-card-wall-'], .stMetric, .st-key-wall-head, .st-key-wall-line").all()
    taken = [box(each) for each in around]
    for note in notes.all():
        assert inside(box(note), (0, 0, 1920, 1080))
        assert note.evaluate("(note) => note.scrollWidth <= note.clientWidth"), "it is cut off"
        assert all(apart(box(note), each) for each in taken)
    boxes = [box(note) for note in notes.all()]
    assert all(apart(one, other) for number, one in enumerate(boxes) for other in boxes[number + 1 :])
    assert page.evaluate("document.documentElement.scrollHeight") == 1080
