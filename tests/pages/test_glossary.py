"""The glossary's page: everything that pages show is defined there, and its filters are the URL's."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from streamlit.testing.v1 import AppTest

from data_access.engine import HOME
from domain.counted import COUNTED
from domain.glossary import Kind
from domain.index.estimates import ESTIMATES
from domain.indicators import INDICATORS
from domain.rules import RULES
from domain.settings import SETTINGS
from tests.opening import OpenPage

COUNTED_CODES = [counted.code for group in COUNTED.values() for counted in group]


def _codes(page: AppTest) -> list[str]:
    return page.dataframe[0].value["code"].tolist() if page.dataframe else []


def _details(page: AppTest) -> str:
    return "\n".join(element.value for element in page.markdown).replace("\\", "")


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        (Kind.INDICATOR, [*INDICATORS, *COUNTED_CODES, *(estimate.code for estimate in ESTIMATES)]),
        (Kind.RULE, list(RULES)),
        (Kind.SETTING, list(SETTINGS)),
    ],
)
def test_every_definition_is_listed(open_page: OpenPage, kind: Kind, codes: list[str]) -> None:
    assert _codes(open_page("leader", "glossary", kind=kind.value)) == codes


def test_words_and_topic_narrow_the_list(open_page: OpenPage) -> None:
    assert _codes(open_page("leader", "glossary", kind="rule", words="主题党日")) == ["duty.theme_day"]
    dues = _codes(open_page("leader", "glossary", topic="dues"))
    assert dues and all(code.startswith("dues") for code in dues)
    assert _codes(open_page("leader", "glossary", words="没有这样的词")) == []


def test_a_link_opens_a_definition_of_whatever_kind(open_page: OpenPage) -> None:
    page = open_page("secretary", "glossary", code="fortress")
    assert "#### 堡垒指数" in _details(page)
    assert INDICATORS["fortress"].note in _details(page)
    rule = open_page("secretary", "glossary", code="duty.theme_day")
    assert RULES["duty.theme_day"].sentence in _details(rule)
    assert _codes(rule) == list(RULES)
    assert "现值" in _details(open_page("secretary", "glossary", code="star.quota", kind="setting"))


def test_a_definition_leads_on_to_what_it_stands_on(open_page: OpenPage) -> None:
    page = open_page("leader", "glossary", code="dues_paid")
    offered = {link.proto.label for link in page.get("page_link")}
    assert "规则：党费缴纳" in offered
    assert "参数：在职党员第一档比例 0\\.5 \\%" in offered


def test_an_unknown_code_is_said_to_be_unknown(open_page: OpenPage) -> None:
    page = open_page("leader", "glossary", code="<script>")
    assert not page.exception
    assert "没有找到链接中的口径" in _details(page)


def test_numbers_are_those_of_the_installation(open_page: OpenPage, own_database: Path) -> None:
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("INSERT INTO setting (key, value, note) VALUES ('index.green', '85', '**市委** 通知')"))
    page = open_page("steward", "glossary", database=own_database, code="index.green", kind="setting")
    assert "85 分" in _details(page)
    assert "已调整：**市委** 通知" in _details(page)
    assert "其中 1 项已由本地调整" in _details(page)


def test_the_weights_in_force_are_named(open_page: OpenPage, own_database: Path) -> None:
    assert "现行权重版本 2026.1" in _details(open_page("leader", "glossary", kind="item"))
    with create_engine(f"sqlite:///{own_database}").begin() as connection:
        connection.execute(text("UPDATE weights_version SET withdrawn = 1"))
    without = open_page("leader", "glossary", database=own_database, kind="item")
    assert "没有现行的权重版本" in _details(without)
    assert set(without.dataframe[0].value["部分权重"]) == {"—"}


def _modules() -> list[Path]:
    return [path for room in ("pages", "components", "data_access") for path in sorted((HOME / room).rglob("*.py"))]


def _texts(node: ast.AST, named: dict[str, ast.expr]) -> Iterator[str]:
    """Yield the texts that an expression may be: literals, and those of what its names stand for; nothing of what is worked out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name) and node.id in named:
        yield from _texts(named[node.id], {name: value for name, value in named.items() if name != node.id})
    elif isinstance(node, ast.Tuple | ast.List | ast.Starred | ast.IfExp):
        for part in ast.iter_child_nodes(node):
            yield from _texts(part, named)


def _named(tree: ast.Module) -> dict[str, ast.expr]:
    """Return what the module's constants, and the variables of loops over them, stand for."""
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and isinstance(node.target, ast.Name) and isinstance(node.iter, ast.Name):
            named.setdefault(node.target.id, node.iter)
    return named


def _used(module: Path) -> Iterator[str]:
    """Yield the indicator codes that a module names: asked for a hover or a value, or looked up."""
    tree = ast.parse(module.read_text())
    named = _named(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "INDICATORS":
            yield from _texts(node.slice, named)
        elif isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
            if called == "hover":
                yield from (text for argument in node.args for text in _texts(argument, named))
            elif called == "indicator" and len(node.args) > 1:
                yield from _texts(node.args[1], named)


def test_every_indicator_that_a_page_names_is_defined() -> None:
    used = {(code, module.name) for module in _modules() for code in _used(module)}
    assert {"fortress", "lights", "dues_paid", "transfers_in"} <= {code for code, _ in used}
    assert {pair for pair in used if pair[0] not in {*INDICATORS, *COUNTED_CODES, *(one.code for one in ESTIMATES)}} == set()
