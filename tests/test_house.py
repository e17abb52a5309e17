"""The house holds to its rules: syntax trees are walked, so that a breach is found where it stands."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.engine import HOME

ROOMS = ("components", "data_access", "domain", "pages", "seed")
MAY_IMPORT = {
    "app": {"components", "data_access", "domain", "pages"},
    "pages": {"components", "data_access", "domain", "pages"},
    "components": {"components", "domain"},
    "data_access": {"data_access", "domain"},
    "domain": {"domain"},
    "seed": {"data_access", "domain", "seed"},
}
NEVER_IMPORTS = {
    "pages": {"altair", "pydeck"},
    "components": {"sqlalchemy", "psycopg", "sqlite3"},
    "domain": {"streamlit", "sqlalchemy", "altair", "pydeck", "psycopg", "sqlite3"},
    "seed": {"streamlit"},
}
ENGINE_ONLY = {"entry.py", "sign_in.py"}  # hand the engine on by its type, and ask it nothing
LONGEST_FILE = 400
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}\b|\brgba?\(\s*\d")
COLOURFUL = {HOME / "components" / "palette.py"}
GENERATED = re.compile(r"st-emotion-cache|\.css-[a-z0-9]{4,}|\.e(?=[a-z]*\d)[a-z0-9]{7,}\b")
MARKUP = re.compile(r"<(?:div|span|style|script|br|p|b|i|a|img|table|svg)\b[^>]*>", re.IGNORECASE)


def _files(*rooms: str) -> list[Path]:
    return sorted(file for room in rooms for file in (HOME / room).rglob("*.py"))


def _named(file: Path) -> str:
    return str(file.relative_to(HOME))


SOURCES = [HOME / "app.py", *_files(*ROOMS)]
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in SOURCES}
every_source = pytest.mark.parametrize("file", SOURCES, ids=_named)


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _texts(tree: ast.AST) -> Iterator[str]:
    """Every string that is not a docstring."""
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    docstrings = {id(node.body[0].value) for node in holders if node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@every_source
def test_imports_run_one_way(file: Path) -> None:
    room = file.relative_to(HOME).parts[0].removesuffix(".py")
    imported = {name.split(".")[0] for name in _imports(TREES[file])}
    assert imported & {*ROOMS, "app", "tests", "benchmarks"} <= MAY_IMPORT[room]
    assert not imported & NEVER_IMPORTS.get(room, set())


@pytest.mark.parametrize("file", _files("pages"), ids=_named)
def test_pages_ask_the_reader_and_never_the_database(file: Path) -> None:
    asked = {name for name in _imports(TREES[file]) if name.split(".")[0] == "sqlalchemy"}
    assert asked <= ({"sqlalchemy", "sqlalchemy.Engine"} if file.name in ENGINE_ONLY else set())


@every_source
def test_no_construct_that_the_house_forbids(file: Path) -> None:
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.keyword):
            assert node.arg not in ("unsafe_allow_html", "unsafe_allow_javascript"), f"line {node.value.lineno}"
        if isinstance(node, ast.ExceptHandler):
            caught = {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"everything"}
            assert not caught & {"Exception", "BaseException", "everything"}, f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert ast.unparse(node.func) != "time.sleep", f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            assert not node.name.startswith("get_"), f"line {node.lineno}"


@pytest.mark.parametrize("file", _files("components/charts"), ids=_named)
def test_channels_of_charts_are_objects(file: Path) -> None:
    """Altair looks a channel given as text, or as `alt.value`, up among all classes it has: a hundred times as long as taking an object."""
    for node in ast.walk(TREES[file]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "encode":
            for given in [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg != "tooltip")]:
                assert not isinstance(given, ast.Constant | ast.JoinedStr), f"line {given.lineno}"
                called = ast.unparse(given.func) if isinstance(given, ast.Call) else ""
                assert called not in ("alt.value", "alt.condition"), f"line {given.lineno}"


@pytest.mark.parametrize("file", [file for file in _files("components/charts") if file.name != "base.py"], ids=_named)
def test_charts_are_layered_without_copies(file: Path) -> None:
    """`components.charts.base.layered` says why."""
    assert "alt.layer" not in {ast.unparse(node) for node in ast.walk(TREES[file]) if isinstance(node, ast.Attribute)}


@every_source
def test_no_html_and_no_generated_class_in_a_string(file: Path) -> None:
    for value in _texts(TREES[file]):
        assert not MARKUP.search(value), value
        assert not GENERATED.search(value), value


@pytest.mark.parametrize("file", [file for file in SOURCES if file not in COLOURFUL], ids=_named)
def test_colours_are_in_the_palette(file: Path) -> None:
    for value in _texts(TREES[file]):
        assert not COLOUR.search(value), value


@pytest.mark.parametrize("sheet", sorted((HOME / "components").rglob("*.css")), ids=_named)
def test_style_sheets_hold_no_colour_and_no_generated_class(sheet: Path) -> None:
    rules = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not COLOUR.search(rules)
    assert not GENERATED.search(rules)


def test_the_configuration_and_the_palette_agree() -> None:
    import tomllib

    from components import palette

    themes = tomllib.loads((HOME / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    for name, theme in (("dark", palette.DARK), ("light", palette.LIGHT)):
        assert themes[name]["backgroundColor"] == theme.background
        assert themes[name]["secondaryBackgroundColor"] == theme.surface
        assert themes[name]["textColor"] == theme.ink


@every_source
def test_what_is_public_is_documented(file: Path) -> None:
    tree = TREES[file]
    assert ast.get_docstring(tree)
    holders = [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))]
    for holder in holders:
        for node in holder.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"line {node.lineno}: {node.name}"


@every_source
def test_files_stay_readable(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    assert file.stem not in ("utils", "helpers", "misc", "common")


def test_the_top_of_pages_holds_no_script() -> None:
    """Until a session has called st.navigation, Streamlit serves such a script without sign-in."""
    assert [file.name for file in (HOME / "pages").glob("*.py")] == ["__init__.py"]


@pytest.mark.parametrize("file", _files("pages"), ids=_named)
def test_page_modules_do_nothing_on_import(file: Path) -> None:
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for node in TREES[file].body:
        typing_only = isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        assert isinstance(node, allowed) or typing_only or docstring, f"line {node.lineno}"
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            called = [ast.unparse(call.func) for call in ast.walk(node.value) if isinstance(call, ast.Call)]
            assert not any(name.startswith("st.") for name in called), f"line {node.lineno}"


OUTSIDE_SEED = [file for file in SOURCES if file.relative_to(HOME).parts[0] != "seed"]


@pytest.mark.parametrize("file", OUTSIDE_SEED, ids=_named)
def test_no_place_is_named_outside_seed(file: Path) -> None:
    told = file.read_text(encoding="utf-8").lower()
    assert not [word for word in ("福州", "鼓楼", "仓山", "闽侯", "福建", "fuzhou", "3501") if word in told]
