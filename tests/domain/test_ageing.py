"""The spans that warnings are sorted into by how long they have been on."""

from datetime import date, timedelta

import pytest

from domain.ageing import Age, turned

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("days", "age"),
    [
        (-3, Age.WEEK),
        (0, Age.WEEK),
        (7, Age.WEEK),
        (8, Age.MONTH),
        (30, Age.MONTH),
        (31, Age.QUARTER),
        (90, Age.QUARTER),
        (91, Age.OLDER),
        (9000, Age.OLDER),
    ],
)
def test_every_day_lies_in_one_span(days: int, age: Age) -> None:
    day = TODAY - timedelta(days=days)
    assert [item for item in Age if turned(item, TODAY)[0] <= day <= turned(item, TODAY)[1]] == [age]
