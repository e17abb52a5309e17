"""Lights about the records themselves: sources that are marked unknown (数据缺失), and records that cannot be (数据异常)."""

from datetime import date

import pandas as pd

from domain import lights
from domain.rules import DATA_ANOMALY, DATA_MISSING
from domain.vocabulary import Light, Source

# Where one of these is unknown no rule of its own turns grey, so the source itself does.
WITHOUT_LIGHT = (Source.STUDY, Source.SERVICE, Source.RECORDS, Source.ADMISSION)

_MOST = 100  # rows that a light lists; the sentence counts them all


def missing_lights(marks: pd.DataFrame, today: date, *, history_from: date) -> pd.DataFrame:
    """Light grey what a steward marks as unknown, and keep what was filled in lately.

    Expects marks: org_id, source (a `Source`), from_on, to_on (NaT while it lasts), dissolved_on of the organisation.
    Returns the columns of `domain.lights`; the subject is the source.
    """
    day = pd.Timestamp(today)
    known_again = marks["to_on"] + pd.Timedelta(days=1)
    closing = pd.concat([known_again, marks["dissolved_on"]], axis=1).min(axis=1)
    kept = (marks["from_on"] <= day) & ~(closing < marks["from_on"]) & ~(closing < pd.Timestamp(history_from))
    kept &= marks["source"].isin(WITHOUT_LIGHT)
    lit, closed_on = marks[kept], closing[kept].where(closing[kept] <= day)
    label = lit["source"].map(Source.labels())
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": lit["org_id"],
                "rule_id": DATA_MISSING,
                "subject": lit["source"],
                "light": Light.GREY.value,
                "since": lit["from_on"],
                "closed_on": closed_on,
                "table": "coverage",
                "rows": [[] for _ in range(len(lit))],
                "text": [f"自{on}起{name}被标记为未知，不予评定。" for on, name in zip(lights.written(lit["from_on"]), label, strict=True)],
            }
        )
    )


def anomaly_lights(records: pd.DataFrame, today: date) -> pd.DataFrame:
    """Light grey every organisation that has records which cannot be: they count for nothing until somebody corrects them.

    Expects one row a record: org_id, source (a `Source`), table, row (its id), on (datetime64, the day it names).
    Returns the columns of `domain.lights`, one light an organisation and table; the subject is "anomaly:<table>".
    """
    if records.empty:
        return lights.none()
    ordered = records.sort_values(["org_id", "table", "on", "row"])
    found = ordered.groupby(["org_id", "table", "source"], as_index=False).agg(rows=("row", list), first=("on", "min"))
    names = found["source"].map(Source.labels())
    return lights.framed(
        found.assign(
            rule_id=DATA_ANOMALY,
            subject="anomaly:" + found["table"],
            light=Light.GREY.value,
            since=found["first"].mask(found["first"] > pd.Timestamp(today), pd.Timestamp(today)),
            text=[f"有{len(rows)}条{name}的日期、期间或数值不合理，未计入评定。" for rows, name in zip(found["rows"], names, strict=True)],
            rows=pd.Series([rows[:_MOST] for rows in found["rows"]], dtype=object),
        )
    )
