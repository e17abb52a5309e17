"""What a wall remembers between two runs: what it has shown, what it waits for, and that its data is out of reach."""

import random
import time
from dataclasses import dataclass, field
from datetime import date

import pandas as pd
import streamlit as st

from domain.scope import Scope
from pages.command.wall.head import Around
from pages.command.wall.scenes import Picture

POLL = 5  # seconds between two questions for the data version
SIGNED_IN = 12  # polls from one question whether the sign-in still holds to the next: a minute
SPREAD = 10.0  # seconds over which walls redraw after a change; with POLL, all of them within 15

Stamp = tuple[int, date]  # the data version and the day


@dataclass
class Watch:
    """The memory of one wall, as long as its browser's session lasts."""

    reds: frozenset[tuple[str, str, str]] | None = None  # the newest red lights when they were last looked at
    alarm: str | None = None  # of the last new red lights: another text is another alarm
    marked: tuple[str, ...] = ()  # the organisations that they are about
    named: str = ""  # the first of them, in words
    due: float | None = None  # on the monotonic clock: when the wall draws what has changed
    broken: bool = False  # the database is out of reach
    pictures: dict[int, Picture] = field(default_factory=dict)  # what each front shows
    around: Around | None = None  # what stands around the scenes
    polls: int = 0  # questions for the data version so far

    def look(self, reds: pd.DataFrame, stamp: Stamp) -> None:
        """Compare the newest red lights with those of the last look, and raise the alarm for new ones.

        Expects columns org_code, org_name, title, since. A first look knows of nothing new.
        """
        keys = [(str(row["org_code"]), str(row["title"]), str(row["since"])) for row in reds.to_dict("records")]
        if self.reds is not None:
            new = [number for number, key in enumerate(keys) if key not in self.reds]
            if new:
                self.marked = tuple(dict.fromkeys(keys[number][0] for number in new))
                first = reds.iloc[new[0]]
                more = f" 等 {len(new)} 项" if len(new) > 1 else ""
                self.named = f"{first['org_name']} · {first['title']}{more}"
                self.alarm = f"{stamp[0]} {stamp[1]}"
        self.reds = frozenset(keys)

    def asks_who(self) -> bool:
        """Count a poll; true once a minute: whether the sign-in still holds is to be asked, too."""
        self.polls += 1
        return self.polls % SIGNED_IN == 0

    def redraws(self, changed: bool, now: float | None = None) -> bool:
        """True where it is time to draw what has changed: some seconds after it was first seen, so that not all walls ask at once."""
        at = time.monotonic() if now is None else now
        if not changed:
            self.due = None
            return False
        if self.due is None:
            self.due = at + random.uniform(0, SPREAD)
        if at < self.due:
            return False
        self.due = None
        return True


@st.cache_resource(scope="session", show_spinner=False)
def watch(scope: Scope, path: str) -> Watch:
    """Return what this session remembers of the organisation at `path` for a reader of `scope`: nobody else's, whoever signs in after."""
    return Watch()
