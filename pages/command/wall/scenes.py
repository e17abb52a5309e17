"""The scenes: which panels stand in which column, and how its height is shared out."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate

import streamlit as st

from components.wall import FRAME, GAP, SIDES, Panel
from pages.command.wall import panels, panels_members
from pages.command.wall.screen import Room, Screen

WIDE = 2300  # pixels from which a scene has room for one more column
ALARM = "warnings"  # the scene that comes up with a new red light

Draws = Callable[[Screen, Room], Panel]


@dataclass(frozen=True)
class Column:
    """A column: its share of the width, and its panels with their shares of the height."""

    width: float
    panels: tuple[tuple[Draws, float], ...]


@dataclass(frozen=True)
class Scene:
    """A scene: its title, its columns, those that are added where the wall is wide, and what stands in for a panel shown beside it."""

    title: str
    columns: tuple[Column, ...]
    wide: tuple[Column, ...]
    spare: tuple[Draws, ...]

    def laid_out(self, width: int, beside: Collection[Draws] = ()) -> tuple[Column, ...]:
        """Return the columns for a width in pixels; what the scenes `beside` show is not shown twice, as far as there are spare panels."""
        columns = (*self.columns, *(self.wide if width >= WIDE else ()))
        own = [draw for column in columns for draw, _ in column.panels]
        spare = iter([draw for draw in self.spare if draw not in beside and draw not in own])
        return tuple(
            Column(column.width, tuple((next(spare, draw) if draw in beside else draw, share) for draw, share in column.panels))
            for column in columns
        )


def abreast(codes: Sequence[str], width: int) -> tuple[Column, ...]:
    """Lay out the last of the scenes that stand side by side, each `width` pixels wide, for what those before it show."""
    shown: set[Draws] = set()
    columns: tuple[Column, ...] = ()
    for code in codes:
        columns = SCENES[code].laid_out(width, shown)
        shown |= {draw for column in columns for draw, _ in column.panels}
    return columns


SCENES = {
    "overview": Scene(
        "总览",
        (
            Column(5.2, ((panels.ranking, 0.53), (panels.slowest, 0.47))),
            Column(8, ((panels.standing_on_map, 1),)),
            Column(5.2, ((panels.newest_reds, 0.4), (panels.trend, 0.31), (panels_members.by_age, 0.29))),
        ),
        (Column(5.2, ((panels_members.month_duties, 0.42), (panels_members.dues, 0.28), (panels_members.recruits, 0.3))),),
        (panels_members.month_duties, panels.lights_by_district, panels_members.dues, panels.sectors, panels.lights_by_age),
    ),
    "indices": Scene(
        "指数",
        (
            Column(5, ((panels.ranking, 0.56), (panels.sectors, 0.44))),
            Column(6, ((panels.trend, 0.5), (panels_members.attainment, 0.5))),
            Column(6, ((panels.weakest, 0.56), (panels.parts, 0.44))),
        ),
        (Column(5, ((panels.lights_by_district, 0.56), (panels_members.month_duties, 0.44))),),
        (panels.lights_by_district, panels_members.month_duties, panels_members.dues, panels.lights_by_rule, panels_members.terms),
    ),
    "tasks": Scene(
        "任务",
        (
            Column(12, ((panels.war_map, 0.5), (panels.slowest, 0.5))),
            Column(5.4, ((panels.own_tasks, 1),)),
        ),
        (Column(5.4, ((panels.newest_reds, 0.55), (panels.lights_by_district, 0.45))),),
        (panels.lights_by_rule, panels.lights_by_age, panels_members.month_duties),
    ),
    "warnings": Scene(
        "预警",
        (
            Column(5, ((panels.lights_by_rule, 0.62), (panels.lights_by_age, 0.38))),
            Column(7.5, ((panels.standing_on_map, 1),)),
            Column(6, ((panels.newest_reds, 0.55), (panels.lights_by_district, 0.45))),
        ),
        (Column(6, ((panels.weakest, 0.55), (panels_members.month_duties, 0.45))),),
        (panels.weakest, panels_members.month_duties, panels_members.terms, panels_members.dues),
    ),
    "membership": Scene(
        "队伍",
        (
            Column(5.4, ((panels_members.by_age, 0.36), (panels_members.by_party_age, 0.34), (panels_members.by_education, 0.3))),
            Column(5, ((panels_members.by_occupation, 0.55), (panels_members.by_post, 0.45))),
            Column(5, ((panels_members.by_kind, 0.28), (panels_members.terms, 0.46), (panels_members.honours, 0.26))),
            Column(5, ((panels_members.month_duties, 0.42), (panels_members.dues, 0.28), (panels_members.recruits, 0.3))),
        ),
        (Column(6, ((panels_members.attainment, 0.5), (panels.sectors, 0.5))),),
        (panels_members.attainment, panels.sectors, panels.parts, panels.lights_by_age),
    ),
    "redmap": Scene(
        "红色地图",
        (
            Column(8, ((panels.red_sites, 1),)),
            Column(6, ((panels.red_routes, 0.68), (panels.sites_by_type, 0.32))),
            Column(4, ((panels.sites_by_district, 1),)),
        ),
        (Column(5, ((panels_members.month_duties, 0.42), (panels_members.honours, 0.28), (panels_members.recruits, 0.3))),),
        (),
    ),
}


@dataclass(frozen=True)
class Picture:
    """A scene prepared: per column its share of the width, and its panels with their heights in pixels."""

    code: str
    columns: tuple[tuple[float, tuple[tuple[Panel, int], ...]], ...]


def prepared(code: str, screen: Screen, width: int, height: int, before: Sequence[str] = ()) -> Picture:
    """Read and draw all panels of a scene for a room in pixels. Raises NoDatabase or WrongSchema, and then nothing has been shown.

    `before` are the scenes that stand to its left. Walls that show the same share one picture, which nobody may change.
    """
    shown = (*before, code)
    return _picture((*screen.sight, *shown, str(width), str(height)), lambda: _prepare(shown, screen, width, height))


@st.cache_resource(max_entries=60, show_spinner=False)
def _picture(key: tuple[str, ...], _prepare: Callable[[], Picture]) -> Picture:
    return _prepare()


def _prepare(codes: Sequence[str], screen: Screen, width: int, height: int) -> Picture:
    laid_out = abreast(codes, width)
    whole = sum(column.width for column in laid_out)
    free = width - GAP * (len(laid_out) - 1)
    columns = []
    for column in laid_out:
        inner = round(free * column.width / whole) - SIDES
        shares = [share for _, share in column.panels]
        rows = heights(shares, height)
        drawn = tuple((draw(screen, Room(inner, tall - FRAME)), tall) for (draw, _), tall in zip(column.panels, rows, strict=True))
        columns.append((column.width, drawn))
    return Picture(codes[-1], tuple(columns))


def heights(shares: list[float], height: int) -> list[int]:
    """Share out a height in whole pixels, with gaps between; the parts and their gaps fill it exactly."""
    free = height - GAP * (len(shares) - 1)
    ends = [round(free * end / sum(shares)) for end in accumulate(shares)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
