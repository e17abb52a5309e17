"""What a wall remembers between two runs: what it has shown, what it waits for, and that its data is out of reach."""

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from data_access.engine import SHANGHAI
from domain.scope import Scope
from pages.command.wall.head import Around
from pages.command.wall.scenes import Picture

HASTE = float(os.environ.get("PARTY_WALL_HASTE", "1"))  # how much faster a wall asks and redraws; only for the soak and for tests
POLL = 5 / HASTE  # seconds between two questions for the data version
SIGNED_IN = 12  # polls from one question whether the sign-in still holds to the next: a minute
LOOK = 1 / HASTE  # seconds from one look at the database, for all walls of a server, to the next
SPREAD = 9 / HASTE  # seconds over which walls are due after a change: some at the question that has seen it, the others at the next
LASTS = 600.0  # seconds after which an alarm is over, whether or not its lights are still on
MARKED = 50  # red lights whose places are marked at most; an alarm of more still counts them all

Stamp = tuple[int, date]  # the data version and the day
Keys = npt.NDArray[np.int64]
Tell = Callable[[tuple[int, ...]], pd.DataFrame]


def _none() -> Keys:
    return np.empty(0, dtype=np.int64)


@dataclass
class Watch:
    """The memory of one wall, as long as its browser's session lasts."""

    seen: tuple[str, Stamp] | None = None  # of which place the red lights were last looked at, and on which data
    reds: Keys = field(default_factory=_none)  # the keys of all of them
    new: Keys = field(default_factory=_none)  # the keys of those that the alarm is about
    alarm: str | None = None  # of the last new red lights: another text is another alarm
    ends: float = 0.0  # on the monotonic clock: when the alarm is over
    marked: tuple[str, ...] = ()  # the organisations that it is about
    named: str = ""  # the first of them, in words
    due: float | None = None  # on the monotonic clock: when the wall draws what has changed
    broken: bool = False  # the database is out of reach, or has been since the wall was last drawn
    since: datetime | None = None  # when it was found out of reach
    stale: bool = False  # the sign-in no longer holds, or is to be renewed
    pictures: dict[int, Picture] = field(default_factory=dict)  # what each front shows
    around: Around | None = None  # what stands around the scenes
    polls: int = 0  # questions for the data version so far

    def look(self, reds: pd.DataFrame, place: str, stamp: Stamp, tell: Tell, now: float | None = None) -> None:
        """Compare the red lights of a place with those of the last look: raise the alarm for new ones, end it where they went out.

        Expects all open ones, as `data_access.queries.wall.open_reds` describes them; `tell` says what those of the given ids are
        about (org_code, org_name, title). A first look knows of nothing new, nor does the first at another place.
        """
        if self.seen == (place, stamp):
            return
        keys = reds["key"].to_numpy()
        new = keys[~np.isin(keys, self.reds)] if self.seen and self.seen[0] == place else _none()
        if len(new):
            self.new, self.alarm = new, f"{stamp[0]} {stamp[1]}"
            self.ends = (time.monotonic() if now is None else now) + LASTS
        self.seen, self.reds = (place, stamp), keys
        lit = reds.loc[np.isin(keys, self.new), "light_id"]
        if lit.empty or (told := tell(tuple(int(number) for number in lit.head(MARKED)))).empty:
            self.calm()
            return
        self.marked = tuple(dict.fromkeys(told["org_code"]))
        more = f" 等 {len(lit)} 项" if len(lit) > 1 else ""
        self.named = f"{told['org_name'].iloc[0]} · {told['title'].iloc[0]}{more}"

    def calm(self) -> None:
        """End the alarm."""
        self.new, self.alarm, self.marked, self.named = _none(), None, (), ""

    def asks_who(self) -> bool:
        """Count a poll; true once a minute: whether the sign-in still holds is to be asked, too."""
        self.polls += 1
        return self.polls % SIGNED_IN == 0

    def redraws(self, changed: bool, now: float | None = None) -> bool:
        """True where it is time to draw anew: data that changed, a database that is back, an alarm that is over, a sign-in to renew.

        Walls ask at different times, and not all that have seen the same redraw at once: with LOOK and POLL, all have within 15 seconds.
        """
        at = time.monotonic() if now is None else now
        over = self.alarm is not None and at >= self.ends
        if not (changed or over or self.broken or self.stale):
            self.due = None
            return False
        if self.due is None:
            self.due = at - POLL + random.uniform(0, SPREAD)
        if at < self.due:
            return False
        if over:
            self.calm()
        self.due, self.broken, self.stale = None, False, False
        return True

    def breaks(self, now: datetime | None = None) -> None:
        """Note that the database is out of reach, and since when; what was due waits until it is back."""
        self.since = self.since or now or datetime.now(SHANGHAI)
        self.broken, self.due = True, None

    @property
    def gone(self) -> str:
        """Since when the database has been out of reach, in words; the day only where it is not today."""
        if self.since is None:
            return ""
        return f"{self.since:%H:%M}" if self.since.date() == datetime.now(SHANGHAI).date() else f"{self.since:%m-%d %H:%M}"


@st.cache_resource(scope="session", show_spinner=False)
def watch(scope: Scope, path: str) -> Watch:
    """Return what this session remembers of the organisation at `path` for a reader of `scope`: nobody else's, whoever signs in after."""
    return Watch()
