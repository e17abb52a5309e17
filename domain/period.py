"""Periods: months, quarters and years, as codes that sort and travel in a URL."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_FORM = re.compile(r"(?P<year>20\d\d)(?:Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?\Z")


@dataclass(frozen=True, order=True)
class Period:
    """One month ("2026-11"), quarter ("2026Q4") or year ("2026"); `first` and `last` days belong to it."""

    first: date
    last: date
    code: str

    @classmethod
    @lru_cache(maxsize=1000)  # a branch's meetings alone name a hundred, and are asked about again and again
    def parse(cls, code: str) -> "Period":
        """Read a code. Raises ValueError for anything that is not a month, quarter or year of this century."""
        found = _FORM.fullmatch(code)
        if not found:
            raise ValueError(f"not a period: {code!r}")
        year = int(found["year"])
        if found["quarter"]:
            return cls.quarter(date(year, int(found["quarter"]) * 3, 1))
        if found["month"]:
            return cls.month(date(year, int(found["month"]), 1))
        return cls(date(year, 1, 1), date(year, 12, 31), code)

    @classmethod
    def month(cls, day: date) -> "Period":
        """Return the month that `day` lies in."""
        return cls._span(date(day.year, day.month, 1), 1, f"{day.year}-{day.month:02d}")

    @classmethod
    def quarter(cls, day: date) -> "Period":
        """Return the quarter that `day` lies in."""
        number = (day.month - 1) // 3 + 1
        return cls._span(date(day.year, number * 3 - 2, 1), 3, f"{day.year}Q{number}")

    @classmethod
    def year(cls, day: date) -> "Period":
        """Return the year that `day` lies in."""
        return cls(date(day.year, 1, 1), date(day.year, 12, 31), str(day.year))

    @classmethod
    def _span(cls, first: date, months: int, code: str) -> "Period":
        return cls(first, add_months(first, months) - timedelta(days=1), code)

    @property
    def months(self) -> int:
        """How many months the period has: 1, 3 or 12."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def label(self) -> str:
        """Chinese name: 2026年11月, 2026年第四季度, 2026年."""
        if self.months == 1:
            return f"{self.first.year}年{self.first.month}月"
        if self.months == 3:
            return f"{self.first.year}年第{'一二三四'[self.last.month // 3 - 1]}季度"
        return f"{self.first.year}年"

    def shift(self, steps: int) -> "Period":
        """Return the period of the same length `steps` later (earlier where negative)."""
        first = add_months(self.first, steps * self.months)
        return {1: Period.month, 3: Period.quarter, 12: Period.year}[self.months](first)

    def back(self, count: int) -> list["Period"]:
        """Return the last `count` periods of this length, oldest first, ending with this one."""
        return [self.shift(-step) for step in range(count - 1, -1, -1)]

    def split_months(self) -> list["Period"]:
        """Return the months of the period in order."""
        return [Period.month(add_months(self.first, step)) for step in range(self.months)]

    def ended(self, today: date) -> bool:
        """True once the period's last day has passed."""
        return today > self.last

    def frozen(self, today: date) -> bool:
        """True once the month after the period, in which late make-ups still count, has passed (../docs: rules, Time)."""
        return today > Period.month(add_months(self.first, self.months)).last


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, the month's last day where there is no such day (31 Jan + 1 = 28 Feb)."""
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))
