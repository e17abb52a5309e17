"""What a wall does in the browser by itself: its clock, the turn of its scenes, its keys, its pointer and its scale."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

DESIGNED = (1920, 1080)  # pixels that a wall is laid out for; on another screen it is enlarged
REMEMBERED = "party-wall-room"  # the cookie with the room that this browser has told last
FRONT = 1800  # pixels of that size that a scene takes at least: a wider wall shows several side by side
_FORM = re.compile(r"(\d{3,5})x(\d{3,5})\Z")
_ROOM = Path(__file__).parent

_control = st.components.v2.component(
    "party_wall",
    html=(_ROOM / "wall.html").read_text(encoding="utf-8"),
    css=(_ROOM / "wall.css").read_text(encoding="utf-8"),
    js=(_ROOM / "wall.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Shown:
    """What the browser asks for: the scene (None: the first), and the room in pixels of the designed size."""

    scene: str | None
    width: int
    height: int

    @property
    def fronts(self) -> int:
        """How many scenes have room side by side."""
        return max(1, self.width // FRONT)


def control(scenes: Mapping[str, str], *, every: int, alarm: str | None, alarmed: str) -> Shown:
    """Draw the clock and the scenes' names ({code: title}), and return what is to be shown.

    The browser turns to the next scene after `every` seconds; a new `alarm` brings up the scene `alarmed`, and then the one that it
    has interrupted. Space pauses, the arrows step, F fills the screen. In a fragment, a turn runs only that fragment.
    """
    before = st.session_state.get("wall-control") or {}
    remembered = st.context.cookies.get(REMEMBERED)  # so that a wall that is opened again is laid out once
    present = Shown(before.get("scene"), *_size(before.get("room") or remembered))
    answer = _control(
        key="wall-control",
        data={
            "scenes": [{"code": code, "title": title} for code, title in scenes.items()],
            "scene": present.scene,
            "room": f"{present.width}x{present.height}",
            "remembered": REMEMBERED,
            "every": every,
            "front": FRONT,
            "alarm": alarm,
            "alarmed": alarmed,
        },
        default={"scene": None, "room": None},
        on_scene_change=lambda: None,
        on_room_change=lambda: None,
        width="content",
        height="content",
    )
    return Shown(answer.scene if isinstance(answer.scene, str) else None, *_size(answer.room or remembered))


def _size(told: object) -> tuple[int, int]:
    found = _FORM.fullmatch(told) if isinstance(told, str) else None
    return (int(found[1]), int(found[2])) if found else DESIGNED
