"""What counts for a quarter that is rated: until which day, and which of its months have ended (../docs: rules, Time)."""

from dataclasses import dataclass
from datetime import date

from domain.period import Period, add_months


@dataclass(frozen=True)
class RatedQuarter:
    """A quarter as it is rated on `today`. A quarter that is still open is rated on what has ended in it."""

    period: Period
    today: date

    @property
    def code(self) -> str:
        """The quarter's code, "2026Q4"."""
        return self.period.code

    @property
    def evaluated_on(self) -> date:
        """The day whose standing counts: the quarter's last, or today."""
        return min(self.period.last, self.today)

    @property
    def frozen_on(self) -> date:
        """The last day on which make-ups count: the end of the month after the quarter."""
        return Period.month(add_months(self.period.first, 3)).last

    @property
    def known_until(self) -> date:
        """The last day whose records count: once the quarter is frozen, later make-ups change nothing."""
        return min(self.frozen_on, self.today)

    @property
    def open(self) -> bool:
        """True until the quarter's last day has passed."""
        return not self.period.ended(self.today)

    @property
    def provisional(self) -> bool:
        """True (暂评) until it is frozen."""
        return not self.period.frozen(self.today)

    @property
    def months(self) -> list[Period]:
        """The months of the quarter that have ended, in order."""
        return [month for month in self.period.split_months() if month.ended(self.today)]

    @property
    def ended_until(self) -> date | None:
        """The last day of the months that have ended; None while none has."""
        return self.months[-1].last if self.months else None


def rated_quarters(today: date, count: int) -> list[RatedQuarter]:
    """Return the last `count` quarters, oldest first, ending with the one that `today` lies in."""
    return [RatedQuarter(quarter, today) for quarter in Period.quarter(today).back(count)]
