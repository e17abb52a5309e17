"""What a duty light carries, whatever rule turned it on, and how an exemption switches it off.

Every rule of the domain that turns lights on returns a frame with the columns of `COLUMNS`:

- org_id; member_id (NA where the light is not one member's own); rule_id (of `domain.rules`);
- subject: what it is about, a period, "assignment:12" or "applicant:7"; light (str, a `Light`, never green);
- since (datetime64, the day it turned to this colour); due_on; closed_on (datetime64, NaT while open);
- exempt_limit (datetime64): the last day on which an exemption can switch it off; NaT where nothing limits it;
- table, rows (list of ids or keys), text: the evidence. The text is one Chinese sentence that names no person.
"""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from domain.period import Period
from domain.vocabulary import Source

COLUMNS = [
    "org_id",
    "member_id",
    "rule_id",
    "subject",
    "light",
    "since",
    "due_on",
    "closed_on",
    "exempt_limit",
    "table",
    "rows",
    "text",
]
_DAYS = ("since", "due_on", "closed_on", "exempt_limit")
_NUMBERED = {"assignment": "任务分工", "member": "党员", "applicant": "申请人"}


def subject_title(subject: str) -> str:
    """Say in Chinese what a light is about, people by their number and never by name; "" where it is the organisation as a whole."""
    head, _, number = subject.partition(":")
    if head in _NUMBERED:
        return f"{_NUMBERED[head]}（编号 {number}）"
    try:
        return Period.parse(subject).label
    except ValueError:
        return Source.labels().get(subject, "")


def kept_from(today: date) -> date:
    """Return the first day of the year of history that lights are kept for besides the open ones."""
    return (pd.Timestamp(today) - pd.DateOffset(years=1) + pd.Timedelta(days=1)).date()


def framed(lights: pd.DataFrame) -> pd.DataFrame:
    """Return a rule's lights with every column of `COLUMNS`, those it does not set being missing."""
    full = lights.reindex(columns=COLUMNS)
    full["member_id"] = full["member_id"].astype("Int64")
    for column in _DAYS:
        full[column] = pd.to_datetime(full[column]).astype("datetime64[s]")
    return full.reset_index(drop=True)


def none() -> pd.DataFrame:
    """Return no lights, with every column."""
    return framed(pd.DataFrame(columns=COLUMNS))


def joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the lights of several rules as one frame, in the order that makes their numbering repeatable."""
    lit = [part for part in parts if len(part)]
    if not lit:
        return none()
    order = ["org_id", "rule_id", "subject", "member_id", "since", "light"]
    return pd.concat(lit, ignore_index=True).sort_values(order, kind="stable", ignore_index=True)


def written(days: pd.Series) -> list[str]:
    """Return days as text for sentences, "2026-11-20"; "" where there is none. Distinct days are few, so each is formatted once."""
    places, distinct = pd.factorize(days)
    texts = [*pd.DatetimeIndex(distinct).strftime("%Y-%m-%d"), ""]
    return [texts[place] for place in places]


def switched_off(lights: pd.DataFrame, exemptions: pd.DataFrame, today: date) -> pd.DataFrame:
    """Mark the open lights that an exemption in force switches off (豁免: approved, with reason and end date).

    Expects `lights` and exemptions: exemption_id, org_id, rule_id, from_on, to_on (datetime64, both days included).
    Returns the lights, in their order, with exemption_id (Int64): the exemption that lasts longest, NA where none applies.
    An exemption ends with its last day, and then the light is on again by itself.
    """
    day = pd.Timestamp(today)
    force = exemptions[(exemptions["from_on"] <= day) & (exemptions["to_on"] >= day)]
    force = force.sort_values(["to_on", "exemption_id"], ascending=[False, True]).drop_duplicates(["org_id", "rule_id"])
    marked = lights.merge(force[["org_id", "rule_id", "exemption_id"]], on=["org_id", "rule_id"], how="left")
    off = marked["closed_on"].isna() & ~(marked["exempt_limit"] < day)
    marked["exemption_id"] = marked["exemption_id"].astype("Int64").where(off)
    return marked
