"""Names that would be markup, formulas or expressions are text on every page: as its focus, above it, and in what it says of others."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, update
from streamlit.testing.v1 import AppTest

from components.text import plain
from data_access.schema.access import account, objection
from data_access.schema.members import applicant, member
from data_access.schema.places import place, sector
from domain.vocabulary import Role
from pages import PAGES, Board
from tests.opening import OpenPage, sent
from tests.small import APPLICANT, LONG_NAME, MEMBER, ORG, ORG_CODE

NAMES = {
    "markup": "<script>alert(1)</script>",
    "markdown": "**x** | $a$ :red[x]",
    "expression": "@@=1+",
    "long_name": LONG_NAME,
    "rare": "𠮷记茶行党支部",
}
PERSON = "@@=<script>alert(1)</script> **x** $a$ :red[x]"
OVERDUE = {"org": ORG_CODE["overdue"]}
MARKED = ("<script>", "**x**", "$a$", ":red[x]")  # what must not stand in Markdown as it is
OPENED = [board for board in PAGES if board.framed and Role.LEADER in board.roles]
FRAMED = pytest.mark.parametrize("board", OPENED, ids=lambda board: board.path or "overview")


def markdown(page: AppTest) -> Iterator[str]:
    """Everything on a page that the browser reads as Markdown; tables, charts and maps show text as it is."""
    for kind in (page.markdown, page.caption, page.error, page.warning, page.info, page.success):
        yield from (element.value for element in kind)
    for button in page.button:
        yield from (button.label, button.help or "")
    for metric in page.metric:
        yield from (metric.label, metric.value, metric.help or "")
    yield from (link.proto.label for link in page.get("page_link"))


@FRAMED
@pytest.mark.parametrize("key", NAMES)
def test_a_hostile_organisation_is_the_focus_of_every_page(open_page: OpenPage, board: Board, key: str) -> None:
    page = open_page("leader", board.path, org=ORG_CODE[key])
    assert not page.exception
    assert not page.error
    assert plain(NAMES[key]) in [button.label for button in page.button]
    assert not [text for text in markdown(page) if any(mark in text for mark in MARKED)]


@FRAMED
@pytest.mark.parametrize("org", ["root", "overdue"])
def test_hostile_names_of_sectors_and_places_are_text_on_every_page(
    open_page: OpenPage, own_database: Path, board: Board, org: str
) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        for table in (sector, place):
            connection.execute(update(table).values(name=NAMES["markdown"]))
    page = open_page("leader", board.path, database=own_database, org=ORG_CODE[org])
    assert not page.exception
    assert not [text for text in markdown(page) if any(mark in text for mark in MARKED)]


def test_what_is_shown_instead_of_an_unknown_choice_is_text(open_page: OpenPage, own_database: Path) -> None:
    """The steward's choice of an objection is called by its organisation."""
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        known = {"username": "secretary", "rule_id": "election.term", "subject": "term", "reason": NAMES["markdown"]}
        evidence = json.dumps({"table": "election", "rows": [], "text": NAMES["markdown"]})
        connection.execute(insert(objection).values(**known, org_id=ORG["markdown"], at=datetime(2026, 11, 1), evidence=evidence))
    page = open_page("steward", "data", database=own_database, objection="zzz")
    assert page.warning and not page.exception
    assert not [text for text in markdown(page) if any(mark in text for mark in MARKED)]


@FRAMED
@pytest.mark.parametrize("org", ["root", "tide_town"])
def test_no_page_reads_the_names_below_it_as_markdown(open_page: OpenPage, board: Board, org: str) -> None:
    page = open_page("leader", board.path, org=ORG_CODE[org])
    assert not page.exception
    assert not [text for text in markdown(page) if any(mark in text for mark in MARKED)]


@pytest.fixture
def hostile_people(own_database: Path) -> Path:
    """The small installation with everybody of one hostile name, and the secretary above the branches that work at tasks."""
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(update(member).values(name=PERSON))
        connection.execute(update(applicant).values(name=PERSON))
        connection.execute(update(account).where(account.c.username == "secretary").values(org_id=ORG["willow_town"]))
    return own_database


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("branch", OVERDUE),
        ("member", OVERDUE),
        ("member", OVERDUE | {"member": str(MEMBER["six_months"])}),
        ("bill", OVERDUE),
        ("bill", OVERDUE | {"person": str(MEMBER["secretary"])}),
        ("admission", OVERDUE | {"applicant": str(APPLICANT["no_talk"])}),
        ("tasks", {"stage": "all"}),
        ("warnings", OVERDUE),
    ],
)
def test_a_hostile_person_is_read_unmasked_and_as_text(open_page: OpenPage, hostile_people: Path, path: str, params: dict) -> None:
    page = open_page("secretary", path, database=hostile_people, **params)
    assert not page.exception
    assert not page.error
    everything = sent(page)
    assert PERSON.encode() in everything or plain(PERSON).encode() in everything
    assert not [text for text in markdown(page) if any(mark in text for mark in MARKED)]
