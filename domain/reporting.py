"""Lights about the records themselves: sources that are marked unknown (数据缺失), and records that cannot be (数据异常)."""

from collections.abc import Mapping
from datetime import date

import pandas as pd

from domain import lights
from domain.rules import DATA_ANOMALY, DATA_MISSING
from domain.vocabulary import Light, Source, Term

# Where one of these is unknown no rule of its own turns grey, so the source itself does.
WITHOUT_LIGHT = (Source.STUDY, Source.SERVICE, Source.RECORDS, Source.ADMISSION)

_MOST = 100  # rows that a light lists; the sentence counts them all


class Record(Term):
    """What may hold records that cannot be, by the name of its table."""

    MEETING = "meeting", "会议记录"
    TALK = "talk", "谈心谈话记录"
    STUDY = "study_record", "学习记录"
    SERVICE = "service_record", "服务记录"
    DUES = "dues", "党费记录"
    REPORT = "progress_report", "任务进度记录"
    STEP = "admission_step", "发展步骤记录"
    APPLICANT = "applicant", "入党申请人信息"
    MEMBER = "member", "党员信息"
    ELECTION = "election", "换届记录"
    EXTENSION = "term_extension", "届期延长记录"
    HONOUR = "honour", "加分记录"
    DEDUCTION = "deduction", "扣分记录"

    @property
    def personal(self) -> bool:
        """True where a record is, or may be, one person's."""
        return self not in (Record.MEETING, Record.TALK, Record.REPORT, Record.ELECTION, Record.EXTENSION)


# The tables in which each source keeps its records.
RECORDS_OF: Mapping[Source, tuple[Record, ...]] = {
    Source.MEETINGS: (Record.MEETING, Record.TALK),
    Source.STUDY: (Record.STUDY,),
    Source.TASKS: (Record.REPORT,),
    Source.DUES: (Record.DUES,),
    Source.ELECTIONS: (Record.ELECTION, Record.EXTENSION),
    Source.ADMISSION: (Record.STEP, Record.APPLICANT),
    Source.RECORDS: (Record.MEMBER,),
    Source.SERVICE: (Record.SERVICE,),
}


class Wrong(Term):
    """Why a record cannot be, where its table has no rules of its own (meetings and steps of admission have)."""

    FUTURE = "future", "日期在未来"
    ORDER = "order", "日期先后矛盾"
    NUMBERS = "numbers", "数值不合理"


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

    Expects one row a record: org_id, table (a `Record`), row (its id), on (datetime64, the day it names), why (Chinese).
    Returns the columns of `domain.lights`, one light an organisation and table; the subject is "anomaly:<table>".
    """
    if records.empty:
        return lights.none()
    ordered = records.sort_values(["org_id", "table", "on", "row"])
    found = ordered.groupby(["org_id", "table"], as_index=False).agg(rows=("row", list), first=("on", "min"), why=("why", set))
    names = found["table"].map(Record.labels())
    return lights.framed(
        found.assign(
            rule_id=DATA_ANOMALY,
            subject="anomaly:" + found["table"],
            light=Light.GREY.value,
            since=found["first"].mask(found["first"] > pd.Timestamp(today), pd.Timestamp(today)),
            text=[
                f"有{len(rows)}条{name}不合理（{'、'.join(sorted(why))}），须核实更正，更正前不作为评定依据。"
                for rows, name, why in zip(found["rows"], names, found["why"], strict=True)
            ],
            rows=pd.Series([rows[:_MOST] for rows in found["rows"]], dtype=object),
        )
    )
