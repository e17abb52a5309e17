"""When the term of office (届期) that ran on any day of the records ended, and whether it still lasted (../docs: rules, Organisations)."""

from datetime import date

import pandas as pd

from domain.elections import effective_ends
from domain.settings import Settings


def term_ends(organisations: pd.DataFrame, elections: pd.DataFrame, extensions: pd.DataFrame, day: date, settings: Settings) -> pd.Series:
    """Return the end, extension included, of the term that each organisation was in on `day`; NaT where it is unknown.

    A term that an election has closed since ended when that election says; the present one when the organisation says, or until the
    day that an extension approved by `day` moved it to.
    Expects organisations: org_id, term_ends_on (of the sitting committee, before extensions); elections: org_id, held_on, term_ended_on
    (NaT for a first election); extensions: org_id, approved_on, term_ends_on (the end that is moved), until. Days are datetime64.
    Returns a series aligned with `organisations`.
    """
    closing = elections[elections["held_on"] > pd.Timestamp(day)].sort_values(["org_id", "held_on"]).drop_duplicates("org_id")
    closed = closing.set_index("org_id")["term_ended_on"]
    present = effective_ends(organisations, extensions, day, settings)
    was = closed.reindex(organisations["org_id"]).set_axis(organisations.index)
    return was.where(organisations["org_id"].isin(closed.index), present)


def term_valid(ends: pd.Series, day: date) -> pd.Series:
    """Return 1 where the term lasts on `day`, its last day included, 0 where it has ended, NaN where it is unknown."""
    return (ends >= pd.Timestamp(day)).astype(float).where(ends.notna())
