"""Opening a page of the app without a browser."""

from collections.abc import Callable, Iterator, Mapping

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Element
from streamlit.util import calc_hash

from data_access.engine import HOME
from pages.shared.go import ROOT

OpenPage = Callable[..., AppTest]


def visit(path: str, params: Mapping[str, str | list[str]] | None = None, **session: object) -> AppTest:
    """Return the app at `path` with these URL parameters and this session, not yet run."""
    page = AppTest.from_file(str(HOME / "app.py"), default_timeout=60)
    for name, value in session.items():
        page.session_state[name] = value
    page.query_params.update(params or {})
    page.context["url"] = f"http://127.0.0.1/{path}"
    page._page_hash = calc_hash(path or ROOT)  # AppTest itself switches between files only
    return page


def sent(page: AppTest) -> bytes:
    """Return everything that a page sends to the browser, tables and charts included, as bytes to search a text in."""
    return b"\n".join(element.proto.SerializeToString() for element in _elements(page._tree))


def _elements(block: Block) -> Iterator[Element]:
    for child in block.children.values():
        if isinstance(child, Block):
            yield from _elements(child)
        else:
            yield child
