"""The demo's time: days as whole numbers since 1970-01-01, and the months, quarters and years that records are made for."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from domain.period import Period
from seed.draws import Whole

NEVER = 200_000  # a day after every other (2517): the end of what has not ended
_EPOCH = date(1970, 1, 1)


def day(of: date) -> int:
    """Return the number of a day."""
    return (of - _EPOCH).days


def dates(days: Whole) -> np.ndarray:
    """Return days as datetime64[D]; NEVER and later become NaT."""
    return np.where(days >= NEVER, np.datetime64("NaT"), days.astype("datetime64[D]"))


def months_later(days: Whole, months: Whole | int) -> Whole:
    """Return the same day `months` later, the month's last day where there is no such day."""
    stamps = days.astype("datetime64[D]")
    start = stamps.astype("datetime64[M]")
    offset = (stamps - start.astype("datetime64[D]")).astype(np.int64)
    target = start + np.asarray(months)
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(np.int64)
    return target.astype("datetime64[D]").astype(np.int64) + np.minimum(offset, length - 1)


@dataclass(frozen=True)
class Span:
    """Periods of one length, oldest first: their codes, and their first and last days as whole numbers."""

    codes: list[str]
    first: Whole
    last: Whole

    @classmethod
    def of(cls, periods: list[Period]) -> "Span":
        """Return the span of `periods`."""
        return cls(
            [period.code for period in periods],
            np.array([day(period.first) for period in periods], dtype=np.int64),
            np.array([day(period.last) for period in periods], dtype=np.int64),
        )

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Calendar:
    """Eight whole quarters of organisation-level history and the open one; four and the open one of member-level rows."""

    as_of: date

    @cached_property
    def today(self) -> int:
        """The as-of date."""
        return day(self.as_of)

    @cached_property
    def quarters(self) -> Span:
        """The nine quarters of the history."""
        return Span.of(Period.quarter(self.as_of).back(9))

    @cached_property
    def months(self) -> Span:
        """The months of the history, up to the as-of date's."""
        first = Period.quarter(self.as_of).shift(-8).first
        count = (self.as_of.year - first.year) * 12 + self.as_of.month - first.month + 1
        return Span.of(Period.month(self.as_of).back(count))

    @cached_property
    def years(self) -> Span:
        """The years that the history touches."""
        return Span.of(Period.year(self.as_of).back(self.as_of.year - self.start_date.year + 1))

    @cached_property
    def start_date(self) -> date:
        """The first day of the history."""
        return Period.quarter(self.as_of).shift(-8).first

    @cached_property
    def start(self) -> int:
        """The first day of the history."""
        return day(self.start_date)

    @cached_property
    def member_start(self) -> int:
        """The first day of member-level rows."""
        return day(Period.quarter(self.as_of).shift(-4).first)

    @cached_property
    def member_months(self) -> Span:
        """The months of member-level rows."""
        later = np.flatnonzero(self.months.first >= self.member_start)
        return Span([self.months.codes[at] for at in later], self.months.first[later], self.months.last[later])

    @cached_property
    def member_quarters(self) -> Span:
        """The quarters of member-level rows, the open one last."""
        return Span(self.quarters.codes[4:], self.quarters.first[4:], self.quarters.last[4:])

    @cached_property
    def codes(self) -> list[str]:
        """The codes of all periods: months, quarters, years."""
        return self.months.codes + self.quarters.codes + self.years.codes

    def place_of(self, span: Span) -> int:
        """Return where the codes of `months`, `quarters` or `years` begin in `codes`."""
        return self.codes.index(span.codes[0])

    def quarter_of(self, days: Whole) -> Whole:
        """Return the position in `quarters` of each day: 0 before the history, the last one after it."""
        return np.clip(np.searchsorted(self.quarters.first, days, side="right") - 1, 0, len(self.quarters) - 1)
