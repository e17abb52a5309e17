"""The scenes: which panels stand in which column, and how its height is shared out."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

import streamlit as st

from components.wall import FRAME, GAP, SIDES, Panel
from pages.command.wall import panels, panels_members
from pages.command.wall.screen import Room, Screen

WIDE = 2300  # pixels from which the overview has room for a fourth column
ALARM = "warnings"  # the scene that comes up with a new red light

Draws = Callable[[Screen, Room], Panel]


@dataclass(frozen=True)
class Column:
    """A column: its share of the width, and its panels with their shares of the height."""

    width: float
    panels: tuple[tuple[Draws, float], ...]


@dataclass(frozen=True)
class Scene:
    """A scene: its title, its columns, and those that are added where the wall is wide."""

    title: str
    columns: tuple[Column, ...]
    wide: tuple[Column, ...] = ()

    def laid_out(self, width: int) -> tuple[Column, ...]:
        """Return the columns for a width in pixels."""
        return (*self.columns, *(self.wide if width >= WIDE else ()))


SCENES = {
    "overview": Scene(
        "总览",
        (
            Column(5.2, ((panels.ranking, 0.56), (panels.slowest, 0.44))),
            Column(8, ((panels.standing_on_map, 1),)),
            Column(5.2, ((panels.newest_reds, 0.37), (panels.trend, 0.33), (panels_members.month_duties, 0.3))),
        ),
        (Column(5.2, ((panels_members.by_age, 0.33), (panels_members.dues, 0.33), (panels_members.recruits, 0.34))),),
    ),
    "indices": Scene(
        "指数",
        (
            Column(5, ((panels.ranking, 0.56), (panels.sectors, 0.44))),
            Column(6, ((panels.trend, 0.5), (panels_members.attainment, 0.5))),
            Column(6, ((panels.weakest, 0.56), (panels.parts, 0.44))),
        ),
    ),
    "tasks": Scene(
        "任务",
        (
            Column(12, ((panels.war_map, 1),)),
            Column(5, ((panels.slowest, 1),)),
        ),
    ),
    "warnings": Scene(
        "预警",
        (
            Column(5, ((panels.lights_by_rule, 0.62), (panels.lights_by_age, 0.38))),
            Column(7.5, ((panels.standing_on_map, 1),)),
            Column(6, ((panels.newest_reds, 0.55), (panels.lights_by_district, 0.45))),
        ),
    ),
    "membership": Scene(
        "队伍",
        (
            Column(5, ((panels_members.by_age, 0.36), (panels_members.by_party_age, 0.32), (panels_members.by_sex, 0.32))),
            Column(5, ((panels_members.by_occupation, 0.38), (panels_members.by_education, 0.31), (panels_members.by_post, 0.31))),
            Column(5, ((panels_members.by_kind, 0.32), (panels_members.terms, 0.38), (panels_members.honours, 0.3))),
            Column(5, ((panels_members.month_duties, 0.36), (panels_members.dues, 0.32), (panels_members.recruits, 0.32))),
        ),
    ),
    "redmap": Scene(
        "红色地图",
        (
            Column(8, ((panels.red_sites, 1),)),
            Column(6, ((panels.red_routes, 0.68), (panels.sites_by_type, 0.32))),
            Column(4, ((panels.sites_by_district, 1),)),
        ),
    ),
}


@dataclass(frozen=True)
class Picture:
    """A scene prepared: per column its share of the width, and its panels with their heights in pixels."""

    code: str
    columns: tuple[tuple[float, tuple[tuple[Panel, int], ...]], ...]


def prepared(code: str, screen: Screen, width: int, height: int) -> Picture:
    """Read and draw all panels of a scene for a room in pixels. Raises NoDatabase or WrongSchema, and then nothing has been shown.

    Walls that show the same share one picture, which nobody may change.
    """
    return _picture((*screen.sight, code, str(width), str(height)), lambda: _prepare(code, screen, width, height))


@st.cache_resource(max_entries=60, show_spinner=False)
def _picture(key: tuple[str, ...], _prepare: Callable[[], Picture]) -> Picture:
    return _prepare()


def _prepare(code: str, screen: Screen, width: int, height: int) -> Picture:
    laid_out = SCENES[code].laid_out(width)
    whole = sum(column.width for column in laid_out)
    free = width - GAP * (len(laid_out) - 1)
    columns = []
    for column in laid_out:
        inner = round(free * column.width / whole) - SIDES
        shares = [share for _, share in column.panels]
        rows = heights(shares, height)
        drawn = tuple((draw(screen, Room(inner, tall - FRAME)), tall) for (draw, _), tall in zip(column.panels, rows, strict=True))
        columns.append((column.width, drawn))
    return Picture(code, tuple(columns))


def heights(shares: list[float], height: int) -> list[int]:
    """Share out a height in whole pixels, with gaps between; the parts and their gaps fill it exactly."""
    free = height - GAP * (len(shares) - 1)
    ends = [round(free * end / sum(shares)) for end in accumulate(shares)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
