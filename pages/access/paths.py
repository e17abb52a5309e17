"""URLs of pages that are none: answered before Streamlit, which would show an empty page or a dialog in English."""

from urllib.parse import quote

import streamlit as st
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from pages.shared.go import ABSENT, ROOT

SERVED = ("_stcore/", "component/", "media/", "static/")  # by Streamlit


class Paths:
    """Sends a browser that opens a page below a page to the one that says there is no such page, and `/overview` to `/`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request or pass it on."""
        target = _target(scope) if scope["type"] == "http" else None
        answer = self.app if target is None else RedirectResponse(target)
        await answer(scope, receive, send)


def _target(scope: Scope) -> str | None:
    """Return where the request should go instead; None where it is well."""
    base = st.get_option("server.baseUrlPath").strip("/")
    path = scope["path"].strip("/").removeprefix(base).strip("/")
    opens_page = b"text/html" in dict(scope["headers"]).get(b"accept", b"") and not path.startswith(SERVED)
    if not opens_page or (path != ROOT and "/" not in path):
        return None
    query = scope["query_string"].decode("latin-1")
    return quote(f"/{base}/{'' if path == ROOT else ABSENT}".replace("//", "/")) + (f"?{query}" if query else "")
