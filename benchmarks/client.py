"""A reader without a browser: speaks the app's WebSocket protocol, so that script time and payload can be counted.

A page's script time is what the server says (`benchmarks.server.serving(timed=True)`). The time until the last message is here
is longer, by the session's start and the messages' way; what a browser does with them is measured in `benchmarks.opening`.
"""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol


@dataclass(frozen=True)
class Run:
    """One run of a page's script: how long it took, what it sent, and whether it ended well."""

    seconds: float  # until the last message
    script: float  # seconds of the script alone, all reruns together; 0 where the server does not say
    bytes: int
    messages: int
    succeeded: bool
    elements: Mapping[str, int]  # what it drew, by Streamlit's element names
    texts: tuple[str, ...]  # every text, heading and figure's label: to see that it drew a page and not an apology


class Reading:
    """One open session of the app at `url`, signed in by `cookie` ("name=value"); a context manager."""

    def __init__(self, url: str, cookie: str = "") -> None:
        address = urlsplit(url)
        headers = {"Cookie": cookie} if cookie else {}
        self._socket: ClientConnection = connect(
            f"ws://{address.netloc}/_stcore/stream",
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(f"http://{address.netloc}"),
            max_size=None,
            compression=None,
        )

    def __enter__(self) -> "Reading":
        self._socket.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.__exit__(kind, error, trace)

    def open(self, page: str = "", query: str = "", *, patience: float = 120) -> Run:
        """Run the page (its URL name, "" for the first) with a query string; follow reruns until the last has ended."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        asked.rerun_script.context_info.timezone = "Asia/Shanghai"
        asked.rerun_script.context_info.locale = "zh-CN"
        asked.rerun_script.context_info.url = f"http://localhost/{page}"
        self._socket.send(asked.SerializeToString())
        return self._follow(patience)

    def _follow(self, patience: float) -> Run:
        begun = time.perf_counter()
        sent = messages = 0
        script = 0.0
        texts: list[str] = []
        elements: Counter[str] = Counter()
        while True:
            raw = self._socket.recv(timeout=patience, decode=False)
            sent += len(raw)
            messages += 1
            message = ForwardMsg.FromString(raw)
            kind = message.WhichOneof("type")
            if kind == "page_profile":
                script += message.page_profile.exec_time / 1e6
            if kind == "delta":
                texts.extend(_words(message))
                elements[message.delta.new_element.WhichOneof("type") or "block"] += 1
            if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                ended = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
                return Run(time.perf_counter() - begun, script, sent, messages, ended, elements, tuple(texts))


def _words(message: ForwardMsg) -> list[str]:
    element = message.delta.new_element
    kind = element.WhichOneof("type")
    if kind in ("markdown", "text", "heading", "alert", "metric", "exception"):
        shown = getattr(element, kind)
        return [str(getattr(shown, name)) for name in ("body", "label", "message") if getattr(shown, name, "")]
    return []
