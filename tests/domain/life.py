"""Frames of one branch's life for the tests of duties: written as they are read."""

from datetime import date

import pandas as pd

from domain.settings import Settings

TODAY = date(2026, 11, 20)
DEFAULTS = Settings()


def days(values):
    return pd.to_datetime(pd.Series(values, dtype=object)).astype("datetime64[s]")


def branch(org_id=1, founded="2010-05-01", dissolved=None, committee=True, committee_from=None, committee_to=None):
    return pd.DataFrame(
        {
            "org_id": [org_id],
            "founded_on": days([founded]),
            "dissolved_on": days([dissolved]),
            "has_committee": [committee],
            "committee_from": days([committee_from]),
            "committee_to": days([committee_to]),
        }
    )


def groups(*lives):
    return pd.DataFrame(
        {
            "group_id": pd.Series(range(1, len(lives) + 1), dtype="int64"),
            "org_id": pd.Series([1] * len(lives), dtype="int64"),
            "founded_on": days([life[0] for life in lives]),
            "dissolved_on": days([life[1] for life in lives]),
        }
    )


def meetings(*rows):
    """Rows of kind, period, held_on[, attended[, group_id[, expected]]]."""
    full = [(*row, *(10, None, 10)[len(row) - 3 :]) for row in rows]
    return pd.DataFrame(
        {
            "meeting_id": pd.Series(range(101, 101 + len(full)), dtype="int64"),
            "org_id": pd.Series([1] * len(full), dtype="int64"),
            "group_id": pd.Series([row[4] for row in full], dtype="Int64"),
            "kind": [row[0] for row in full],
            "period": [row[1] for row in full],
            "held_on": days([row[2] for row in full]),
            "expected": [row[5] for row in full],
            "attended": [row[3] for row in full],
        }
    )


def unknown(*spans):
    return pd.DataFrame(
        {"org_id": pd.Series([1] * len(spans), dtype="int64"), "from_on": days([s[0] for s in spans]), "to_on": days([s[1] for s in spans])}
    )


TWO = groups(("2020-01-01", None), ("2020-01-01", None))
