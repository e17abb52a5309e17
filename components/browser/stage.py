"""What a stage does in the browser: its keys, the names of its steps, its scale, its pointer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import streamlit as st

_FORM = re.compile(r"(\d{1,6}) (go|play|reset) (\d{1,2})\Z")
_ROOM = Path(__file__).parent

_control = st.components.v2.component(
    "party_stage",
    html=(_ROOM / "stage.html").read_text(encoding="utf-8"),
    css=(_ROOM / "stage.css").read_text(encoding="utf-8"),
    js=(_ROOM / "stage.js").read_text(encoding="utf-8"),
)


class Wish(StrEnum):
    """What a presenter asks for."""

    GO = "go"
    PLAY = "play"
    RESET = "reset"


@dataclass(frozen=True)
class Asked:
    """What was asked for since the last run: a wish, and the step that it is about, counted from 0."""

    wish: Wish
    step: int


def control(steps: Sequence[str], step: int, *, zooms: bool) -> None:
    """Draw the names of the steps, the present one marked, and listen to the keys.

    PageUp, PageDown and the arrows turn, digits jump, Home goes back to the start, W lets the step's event happen, N opens the notes, F
    fills the screen. `zooms` fits the page to the screen. `asked` tells what was asked for in the run that it caused.
    """
    _control(
        key="stage-control",
        data={"steps": list(steps), "step": step, "heard": _heard(), "zooms": zooms},
        default={"asked": None},
        on_asked_change=lambda: None,
        width="stretch",
        height="content",
    )


def asked() -> Asked | None:
    """Return what the browser asks for, once; to be called before `control`."""
    found = _told()
    if found is None or int(found[1]) <= _heard():
        return None
    st.session_state["stage-heard"] = int(found[1])
    return Asked(Wish(found[2]), int(found[3]))


def _told() -> re.Match[str] | None:
    told = (st.session_state.get("stage-control") or {}).get("asked")
    return _FORM.fullmatch(told) if isinstance(told, str) else None


def _heard() -> int:
    return int(st.session_state.get("stage-heard", 0))
