"""How long a warning has been on, in the four spans that boards sort it into."""

from datetime import date, timedelta

from domain.vocabulary import Term


class Age(Term):
    """Days since the light turned to its colour; the day itself is day 0."""

    WEEK = "week", "7天以内"
    MONTH = "month", "8—30天"
    QUARTER = "quarter", "31—90天"
    OLDER = "older", "90天以上"


_LAST_DAY: dict[Age, int | None] = {Age.WEEK: 7, Age.MONTH: 30, Age.QUARTER: 90, Age.OLDER: None}


def turned(age: Age, today: date) -> tuple[date, date]:
    """Return the first and the last day on which a light of this age can have turned, both included.

    A light that turns after today (a record ahead of its time) counts with the youngest.
    """
    ages = list(Age)
    number = ages.index(age)
    oldest = _LAST_DAY[age]
    first = date.min if oldest is None else today - timedelta(days=oldest)
    if number == 0:
        return first, date.max
    younger = _LAST_DAY[ages[number - 1]]
    assert younger is not None  # only the last span is open
    return first, today - timedelta(days=younger + 1)
