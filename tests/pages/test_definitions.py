"""The definition of a figure (指标口径) is one hover away, in the glossary's words and with the installation's numbers."""

import ast
from pathlib import Path

import pytest

from domain.counted import COUNTED, hover
from domain.definition import TABLES
from domain.rules import RULES
from domain.settings import SETTINGS, Settings
from tests.opening import OpenPage
from tests.small import ORG_CODE

PAGES = sorted(Path("pages").rglob("*.py"))
# Cards of text, records, choices or places: they draw no figure of their own.
WITHOUT = {
    "timeline", "bill-check", "head", "explain-head", "item-rows", "peer-more", "star-rules", "red-map", "red-lists", "red-site",
    "red-route", "definitions", "definition", "member-rows",
}  # fmt: skip
MADE = {"f'peer-{letter}'", "f'wall-stage-{panel.key}'", "key"}  # keys put together: an organisation's card, a panel of the wall, evidence


def without_help(path: Path) -> list[str]:
    """The calls of the file that draw a card or a tile and give it no definition."""
    found = []
    for call in ast.walk(ast.parse(path.read_text())):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in {"card", "metric", "headline"}):
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        key = given.get("key")
        name = key.value if isinstance(key, ast.Constant) else ast.unparse(key) if key else ""
        if not {"help", None} & set(given) and name not in WITHOUT | MADE:
            found.append(f"{path}:{call.lineno} {name}")
    return found


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_every_card_and_tile_that_draws_a_figure_has_its_definition(path: Path) -> None:
    assert without_help(path) == []


def test_what_pages_count_is_defined_by_what_there_is() -> None:
    for counted in (each for group in COUNTED.values() for each in group):
        assert set(counted.sources) <= set(TABLES), counted.code
        assert set(counted.rules) <= set(RULES), counted.code
        assert set(counted.settings) <= set(SETTINGS), counted.code


def test_a_hover_has_the_installations_numbers() -> None:
    assert "10 天内到期" in hover(Settings({"task.due_soon_days": 10}), "tasks_due_soon")
    assert "**堡垒指数**" in hover(Settings(), "fortress", "rank") and "**同类排名**" in hover(Settings(), "fortress", "rank")
    with pytest.raises(KeyError):
        hover(Settings(), "nonsense")


@pytest.mark.parametrize(
    ("path", "params", "word"),
    [
        ("warnings", {}, "未消除、未豁免的红色职责预警数"),
        ("tasks", {}, "每个组织承担的每项任务计一项"),
        ("bill", {"org": ORG_CODE["upstream"]}, "堡垒指数连续预警达到"),
        ("admission", {}, "有未消除的红色预警的在办申请人数"),
        ("stars", {}, "上级党委复核得分之和"),
        ("data", {}, "上报过、但近一季没有记录的支部数"),
    ],
)
def test_tiles_take_their_hover_from_the_definitions(open_page: OpenPage, path: str, params: dict[str, str], word: str) -> None:
    page = open_page("leader", path, **params)
    assert not page.exception
    assert any(word in (metric.help or "") for metric in page.metric)
