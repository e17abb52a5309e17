"""Rows to rate: counts of a branch or a member who did everything that was due, and the default weights."""

import numpy as np
import pandas as pd

from domain.index import BRANCH_ITEMS, MEMBER_ITEMS, Subject, branch_items, member_items, parts, rate, template
from domain.settings import Settings
from domain.vocabulary import Source
from seed.weights import weights

SETTINGS = Settings()
DEFAULT = weights(None).query("version == '2026.1'")

BRANCH = {
    "members": 10,
    "months": 3,
    "open": False,
    "courses_due": 2,
    "courses_coming": 0,
    "courses_finished": 20,
    "study_minutes": 4800,
    "duties_due": 8,
    "duties_held": 8,
    "duties_late": 0,
    "expected": 80,
    "attended": 80,
    "due_weight": 4,
    "punctual_weight": 4,
    "running_weight": 2,
    "progress_weight": 2.0,
    "dues_due": 30,
    "dues_paid": 30,
    "term_valid": 1.0,
    "applicants": 2,
    "applicants_red": 0,
    "fields_due": 40,
    "fields_filled": 40,
    "service_records": 10,
}
MEMBER = BRANCH | {"members": 1, "courses_finished": 2, "study_minutes": 480, "dues_due": 3, "dues_paid": 3, "service_records": 1}
_SOURCES = {f"{source.value}_installed": True for source in Source} | {f"{source.value}_unknown": False for source in Source}


def counts(*rows: dict, of: dict = BRANCH) -> pd.DataFrame:
    """Return the counts of subjects who did everything, each changed as its row says; one of them where no row is given."""
    return pd.DataFrame([of | _SOURCES | row for row in rows or ({},)])


def weighed(frame: pd.DataFrame, subject: Subject = Subject.BRANCH) -> pd.DataFrame:
    """Return the default weights of every row."""
    items = BRANCH_ITEMS if subject is Subject.BRANCH else MEMBER_ITEMS
    return template(DEFAULT, subject, pd.Series("any", index=frame.index), items)


def shares(frame: pd.DataFrame, subject: Subject = Subject.BRANCH) -> pd.DataFrame:
    """Return the parts of every row."""
    measured = branch_items(frame, SETTINGS) if subject is Subject.BRANCH else member_items(frame, SETTINGS)
    return parts(measured, weighed(frame, subject))


def scored(frame: pd.DataFrame, subject: Subject = Subject.BRANCH, settings: Settings = SETTINGS, **extras) -> pd.DataFrame:
    """Return the score of every row; `extras` are bonus, deduction and veto, none by default."""
    given = pd.DataFrame({"bonus": 0, "deduction": 0, "veto": False} | extras, index=frame.index)
    return rate(shares(frame, subject), weighed(frame, subject), given, settings)


def standing(**given: float) -> pd.DataFrame:
    """Return one row of parts as `domain.index.parts` does: the shares given, NaN and applying elsewhere."""
    row: dict = {}
    for part in ("study", "life", "tasks", "membership", "service"):
        row |= {part: given.get(part, np.nan), f"{part}_applies": True, f"{part}_known": 1.0}
    return pd.DataFrame([row])
