"""What branches have still to do though no rule has turned a light on: required courses, the month's dues, the norms of the quarter.

Set by set, from the counts that the branches were rated from: the lines of one branch and those of a whole city alike. Nothing is asked
where the installation has no such source, or the steward has marked it unknown.
"""

import json
from datetime import date

import pandas as pd
from sqlalchemy import ColumnElement, Connection, and_, func, select

from data_access.counting.numbers import count_if
from data_access.counting.records import PAID_ON_TIME, SOUND_DUES, paid_by
from data_access.schema.counts import branch_count
from data_access.schema.organisations import organisation
from data_access.schema.records import course, dues, study_record
from domain.bill import DUE
from domain.period import Period
from domain.rules import DUES_ARREARS, RULES, SERVICE_NORM, STUDY_COURSES, STUDY_NORM
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Source

COLUMNS = ["org_id", "org_code", "org_name", "rule_id", "subject", "light", "what", "about", "due_on", "evidence", "total", "reached"]


def upcoming(
    connection: Connection, scope: Scope, inside: ColumnElement[bool], today: date, last: date, settings: Settings
) -> pd.DataFrame:
    """What the branches that meet `inside`, a condition on `organisation`, have to do from today to `last`, by org_id.

    Columns: org_id, org_code, org_name, rule_id, subject (a course, or a period), light (`DUE`), what, about, due_on, evidence (JSON as in
    `light`), total and reached (members who have to do it, and who have; of a norm minutes or records).
    Arrears of dues are told to nobody who may not list members, and neither are the month's.
    """
    branches = _branches(connection, inside, today)
    found = [_courses(connection, inside, branches, today, last), _norms(branches, today, last, settings)]
    if scope.lists_members:
        found.append(_dues(connection, inside, branches, today, last))
    lines = pd.concat([piece for piece in found if len(piece)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    lines["what"] = [RULES[rule].title for rule in lines["rule_id"]]
    tables = {STUDY_COURSES: "study_record", STUDY_NORM: "study_record", SERVICE_NORM: "service_record", DUES_ARREARS: "dues"}
    told = zip(lines["rule_id"], lines["about"], strict=True)
    lines["evidence"] = [json.dumps({"table": tables[rule], "rows": [], "text": about}, ensure_ascii=False) for rule, about in told]
    lines["due_on"] = pd.to_datetime(lines["due_on"])
    return lines.assign(light=DUE).sort_values("org_id", kind="stable", ignore_index=True)[COLUMNS]


def _branches(connection: Connection, inside: ColumnElement[bool], today: date) -> pd.DataFrame:
    """The branches with members, their counts of today's quarter, and which sources speak of them (bool, by name)."""
    count = branch_count.c
    said = [
        and_(count[f"{source.value}_installed"], ~count[f"{source.value}_unknown"]).label(source.value)
        for source in (Source.STUDY, Source.DUES, Source.SERVICE)
    ]
    names = (organisation.c.org_code, organisation.c.name.label("org_name"), organisation.c.sector)
    query = (
        select(count.org_id, *names, count.members, count.study_minutes, count.service_records, *said)
        .join_from(branch_count, organisation, organisation.c.org_id == count.org_id)
        .where(inside, count.period == Period.quarter(today).code, count.members > 0, organisation.c.dissolved_on.is_(None))
        .order_by(count.org_id)
    )
    return pd.read_sql_query(query, connection).astype({source.name: bool for source in said})


def _courses(connection: Connection, inside: ColumnElement[bool], branches: pd.DataFrame, today: date, last: date) -> pd.DataFrame:
    """Required courses whose day is still to come, and that some members have not finished."""
    columns = (course.c.course_id, course.c.title, course.c.due_on, course.c.sector.label("asked"))
    asked = (course.c.required, course.c.quarter == Period.quarter(today).code, course.c.due_on.between(today, last))
    courses = pd.read_sql_query(select(*columns).where(*asked).order_by(course.c.due_on, course.c.course_id), connection)
    if courses.empty:
        return pd.DataFrame(columns=COLUMNS)
    done = pd.read_sql_query(
        select(study_record.c.org_id, study_record.c.course_id, func.count().label("reached"))
        .join_from(study_record, organisation, organisation.c.org_id == study_record.c.org_id)
        .where(inside, study_record.c.course_id.in_(courses["course_id"].tolist()), study_record.c.finished_on <= today)
        .group_by(study_record.c.org_id, study_record.c.course_id),
        connection,
    )
    rows = branches[branches[Source.STUDY.value]].merge(courses, how="cross")
    rows = rows[rows["asked"].isna() | (rows["asked"] == rows["sector"])].merge(done, on=["org_id", "course_id"], how="left")
    rows = rows.assign(total=rows["members"], reached=rows["reached"].fillna(0))
    rows = rows[rows["reached"] < rows["total"]]
    about = zip(rows["title"], rows["due_on"], rows["total"] - rows["reached"], strict=True)
    return rows.assign(
        rule_id=STUDY_COURSES,
        subject=[f"course:{number}" for number in rows["course_id"]],
        about=[f"必修课《{title}》应于{day}前学完，还有 {people:.0f} 名党员未学完。" for title, day, people in about],
    )


def _dues(connection: Connection, inside: ColumnElement[bool], branches: pd.DataFrame, today: date, last: date) -> pd.DataFrame:
    """The dues of the month that runs; where nothing is recorded of it yet, all members'."""
    month = Period.month(today)
    if month.last > last:
        return pd.DataFrame(columns=COLUMNS)
    recorded = pd.read_sql_query(
        select(dues.c.org_id, func.count().label("due"), count_if(PAID_ON_TIME, paid_by(today)).label("reached"))
        .join_from(dues, organisation, organisation.c.org_id == dues.c.org_id)
        .where(inside, SOUND_DUES, dues.c.month == int(month.code.replace("-", "")))
        .group_by(dues.c.org_id),
        connection,
    )
    rows = branches[branches[Source.DUES.value]].merge(recorded, on="org_id", how="left")
    rows = rows.assign(total=rows["due"].fillna(rows["members"]), reached=rows["reached"].fillna(0))
    rows = rows[rows["reached"] < rows["total"]]
    people = zip(rows["total"], rows["total"] - rows["reached"], strict=True)
    about = [f"{month.label}党费应交 {total:.0f} 人，还有 {unpaid:.0f} 人未足额交纳；当月足额才计入。" for total, unpaid in people]
    return rows.assign(rule_id=DUES_ARREARS, subject=month.code, due_on=month.last, about=about)


def _norms(branches: pd.DataFrame, today: date, last: date, settings: Settings) -> pd.DataFrame:
    """The norms of the whole quarter that are not reached yet; they ask for nothing, and so cost nothing, before its end."""
    quarter = Period.quarter(today)
    if quarter.last > last:
        return pd.DataFrame(columns=COLUMNS)
    found = []
    for source, rule, count, norm, unit in (
        (Source.STUDY, STUDY_NORM, "study_minutes", "index.study_minutes", "分钟"),
        (Source.SERVICE, SERVICE_NORM, "service_records", "index.service_records", "次"),
    ):
        rows = branches[branches[source.value]]
        rows = rows.assign(rule_id=rule, total=rows["members"] * settings[norm], reached=rows[count])
        rows = rows[rows["reached"] < rows["total"]]
        told = zip(rows["reached"], rows["total"], strict=True)
        about = [f"已结束月份 {reached:,.0f} {unit}，全季应 {total:,.0f} {unit}；季末计分。" for reached, total in told]
        found.append(rows.assign(about=about, subject=quarter.code, due_on=quarter.last))
    return pd.concat(found)
