"""Rating: facts are read set by set, handed to the rules of `domain`, and what comes of them is written, all in one transaction."""

from collections.abc import Callable

from sqlalchemy import Engine

from data_access.counting.reading import Reading
from data_access.engine import changing
from data_access.rating.admissions import rate_admissions
from data_access.rating.assignments import rate_assignments
from data_access.rating.duties import rate_duties
from data_access.rating.lights import rate_lights
from data_access.rating.scores import rate_scores

Progress = Callable[[str], None]


def rate(engine: Engine, progress: Progress | None = None) -> None:
    """Rate everything anew: duties, assignments, scores, lights, admissions. Rating twice changes nothing.

    `progress` is told in Chinese what is being done. Today is the installation's as-of date where it has one.
    Raises domain.settings.BadSetting for an override that no rule can be rated with, and the two errors of `data_access.engine`.
    """
    with changing(engine) as connection:
        rate_within(Reading.of(connection), progress or (lambda _: None))


def rate_within(reading: Reading, progress: Progress) -> None:
    """Rate everything anew in the transaction of `reading`."""
    for step in (rate_duties, rate_assignments, rate_scores, rate_lights, rate_admissions):
        step(reading, progress)
