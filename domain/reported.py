"""What the append-only reports said of assignments by a day: progress, and since when it is finished."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

Days = npt.NDArray[np.int64]

DONE = 100  # percent
NEVER = 10**6  # a day that does not come, as days since 1970


@dataclass(frozen=True)
class Reported:
    """The reports of many assignments, ordered by assignment and day; `place` is the assignment's place in its frame."""

    place: Days
    day: Days
    percent: Days
    done_from: Days

    @classmethod
    def of(cls, assignments: pd.Series, reports: pd.DataFrame) -> "Reported":
        """Order the reports of `assignments` (their ids); of several of one day the last counts, and the others are as if never told.

        Expects reports: assignment_id, reported_on (datetime64), percent (0–100), those of one day in the order of their entry.
        """
        places = pd.Series(np.arange(len(assignments)), index=assignments.to_numpy())
        place = reports["assignment_id"].map(places)
        known = reports[place.notna()]
        at, day = place.dropna().to_numpy(np.int64), days_since_1970(known["reported_on"])
        order = np.argsort(at * NEVER + day, kind="stable")  # those of one day stay in the order of their entry
        at, day, percent = at[order], day[order], known["percent"].to_numpy(np.int64)[order]
        last = np.ones(len(order), dtype=bool)
        last[:-1] = (at[1:] != at[:-1]) | (day[1:] != day[:-1])
        at, day, percent = at[last], day[last], percent[last]
        done = percent == DONE
        starts = done.copy()
        starts[1:] &= ~(done[:-1] & (at[1:] == at[:-1]))
        run = np.maximum.accumulate(np.where(starts, np.arange(len(at)), 0))
        return cls(at, day, percent, np.where(done, day[run], NEVER) if len(at) else day)

    def at(self, place: Days, day: Days) -> npt.NDArray[np.float64]:
        """Return the percent of the latest report up to each day; NaN where nothing was reported by then."""
        row = self._row(place, day)
        return np.where(row >= 0, self.percent[row], np.nan) if len(self.percent) else np.full(len(place), np.nan)

    def finished(self, place: Days, day: Days) -> Days:
        """Return the day since which each assignment is finished as it looks on `day` (a later correction to less than 100 % undoes
        it); `NEVER` where it is not."""
        row = self._row(place, day)
        return np.where(row >= 0, self.done_from[row], NEVER) if len(self.percent) else np.full(len(place), NEVER)

    def latest(self, place: Days) -> Days:
        """Return the day of each assignment's latest report; 0 (1970-01-01) where there is none."""
        row = self._row(place, np.full(len(place), NEVER - 1))
        return np.where(row >= 0, self.day[row], 0) if len(self.day) else np.zeros(len(place), np.int64)

    def _row(self, place: Days, day: Days) -> Days:
        """Return the row of the latest report up to each day; −1 where there is none."""
        row = np.searchsorted(self.place * NEVER + self.day, place * NEVER + day, side="right") - 1
        return np.where((row >= 0) & (self.place[np.maximum(row, 0)] == place), row, -1) if len(self.place) else row


def days_since_1970(days: pd.Series) -> Days:
    """Return days (datetime64) as whole numbers; NaT becomes `NEVER`."""
    return np.where(days.isna().to_numpy(), NEVER, days.to_numpy(dtype="datetime64[D]").astype(np.int64))
