"""What would raise a score most, a branch's or that of what stands above it: every open item with the points that it is worth.

The counts that the branch was rated from are changed by what doing the item changes, and rated again by the functions that rate.
Once a quarter is frozen only its members' records can still be completed, because they are judged as they are today.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, String, cast, func, literal, select

from data_access.counting.assignments import Assignments
from data_access.counting.numbers import count_if
from data_access.queries import bill, expected
from data_access.queries import rated as ratings
from data_access.queries.explain import heads
from data_access.queries.settings import settings
from data_access.schema.members import applicant
from data_access.schema.organisations import organisation
from data_access.schema.ratings import duty_record, light, org_score
from data_access.schema.records import assignment, course, study_record, task
from data_access.scoping import within
from domain.bill import DUE
from domain.index.assignments import assignment_counts
from domain.index.explanation import Rated, raised
from domain.index.quarters import RatedQuarter
from domain.period import Period, add_months
from domain.rules import ADMISSION_RULE, DUTY_RULE, ELECTION_TERM, RULES, SERVICE_NORM, STUDY_NORM, TASK_PROGRESS, duty_rule
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Duty, DutyStatus, Light

CONSIDERED = 30  # branches whose open items are weighed for what stands above them
NORMS = (STUDY_NORM, SERVICE_NORM)  # count at the end of a quarter, and cost nothing before
LISTED = 30  # items that are told of them
_COLUMNS = ["item", "what", "about", "until", "next_step", "points", "gain", "total"]
_BELOW = ["org_code", "name", "item", "what", "about", "until", "next_step", "gain", "total", "worth"]
_COMING = ["what", "about", "until", "next_step", "points"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """The branches and the quarter that are asked about, with what every kind of open item needs; `sectors` by org_id."""

    connection: Connection
    scope: Scope
    quarter: RatedQuarter
    rated: Rated
    sectors: Mapping[int, str | None]
    settings: Settings

    @property
    def org_ids(self) -> list[int]:
        """The branches."""
        return [int(org_id) for org_id in self.rated.counts.index.to_numpy()]

    def counts(self, name: str) -> dict[int, float]:
        """One of the counts that the branches were rated from, by org_id."""
        return dict(zip(self.org_ids, self.rated.counts[name].astype(float).tolist(), strict=True))


@dataclass(frozen=True)
class Below:
    """What would raise the index of an organisation above branches most: `rows` of the branches that weigh most in what it lacks.

    `rows`, what is worth most first, at most `LISTED`: org_code, name, item, what, about, until, next_step, gain and total (of the branch's
    own score), worth (points of this organisation's index: the gain times the branch's share of the rated members). `considered` branches
    were looked at of the `rated` ones.
    """

    rows: pd.DataFrame
    considered: int
    rated: int


def open_items(connection: Connection, scope: Scope, org_id: int, period: str, today: date) -> pd.DataFrame:
    """What can still be done for the score of a branch in a quarter, what is worth most first.

    Columns: item (its column in the items), what, about (Chinese), until (the last day that it counts; NaT: none), next_step, points (the
    rise before rounding), gain (the rise of the score, in tenths), total (the score that it would give). The last row, whose item is
    "", is all of them done together; empty where nothing can be done, or the branch was not rated.
    """
    asked = _asked(connection, scope, [org_id], period, today)
    if asked is None:
        return pd.DataFrame(columns=_COLUMNS)
    told, deltas = _read(asked)
    if told.empty:
        return pd.DataFrame(columns=_COLUMNS)
    together = pd.DataFrame([{"item": "", "what": f"以上 {len(told)} 项全部完成", "about": "", "until": pd.NaT, "next_step": ""}])
    deltas = pd.concat([deltas, deltas.sum().to_frame().T], ignore_index=True)
    result = pd.concat([pd.concat([told, together], ignore_index=True), raised(asked.rated, deltas)], axis=1)
    worth = result[result["points"] > 0]
    return pd.concat(
        [worth[worth["item"] != ""].sort_values("points", ascending=False, kind="stable"), worth[worth["item"] == ""]], ignore_index=True
    )[_COLUMNS]


def below(connection: Connection, scope: Scope, org_id: int, period: str, today: date) -> Below:
    """What can still be done in the branches below an organisation for its own index; nothing outside the scope."""
    path = connection.scalar(select(organisation.c.path).where(organisation.c.org_id == org_id, within(scope, organisation.c.path)))
    if path is None:
        return Below(pd.DataFrame(columns=_BELOW), 0, 0)
    score = org_score.c
    known = [score.period == period, score.total.is_not(None), *ratings.inside(scope, path, period)]
    inside = select(score.org_id).join_from(org_score, organisation, organisation.c.org_id == score.org_id).where(*known)
    rated = connection.scalar(select(func.count()).select_from(inside.subquery())) or 0
    lacking = inside.where(score.total < 100).order_by(((100 - score.total) * score.members).desc(), organisation.c.org_code)
    found = [int(number) for number in connection.scalars(lacking.limit(CONSIDERED))]
    asked = _asked(connection, scope, found, period, today) if found else None
    told, deltas = _read(asked) if asked else (pd.DataFrame(), pd.DataFrame())
    if asked is None or told.empty:
        return Below(pd.DataFrame(columns=_BELOW), len(found), rated)
    rows = pd.concat([told, raised(asked.rated, deltas, told["org_id"].tolist())], axis=1)
    share = asked.rated.counts["members"] / heads(connection, org_id, period)
    rows["worth"] = rows["gain"] * rows["org_id"].map(share)
    rows["rank"] = rows["points"] * rows["org_id"].map(share)
    names = select(*(organisation.c[name] for name in ("org_id", "org_code", "name"))).where(organisation.c.org_id.in_(found))
    rows = rows.merge(pd.read_sql_query(names, connection), on="org_id")
    worth = rows[rows["worth"] > 0].sort_values(["worth", "rank", "org_code"], ascending=[False, False, True], kind="stable")
    return Below(worth[_BELOW].head(LISTED).reset_index(drop=True), len(found), rated)


def coming(connection: Connection, scope: Scope, org_id: int, period: str, today: date) -> pd.DataFrame:
    """What a branch still has to do before the open quarter ends, what costs most to leave first: lines of its bill, with their points;
    then norms that count at its end.

    Left out is what `open_items` tells, being lost already. Columns: what, about, until (NaT without a deadline), next_step, points (at
    stake, as on the bill: done against left; NaN for a norm). Empty for a quarter that is not open.
    """
    path = connection.scalar(select(organisation.c.path).where(organisation.c.org_id == org_id, within(scope, organisation.c.path)))
    quarter = RatedQuarter(Period.parse(period), today)
    if path is None or not quarter.open:
        return pd.DataFrame(columns=_COMING)
    lines = bill.owed(connection, scope, path, today, False, quarter.period.last)
    lost = (lines["light"] == Light.RED) & (
        lines["rule_id"].str.startswith((DUTY_RULE, ADMISSION_RULE)) | (lines["rule_id"] == ELECTION_TERM)
    )
    later = lines["due_on"] > pd.Timestamp(quarter.period.last)
    rows = lines[~lost & ~later & ((lines["points"] > 0) | lines["rule_id"].isin(NORMS))].rename(columns={"due_on": "until"})
    asked_for = (rows["light"] == DUE) & rows["rule_id"].str.startswith(DUTY_RULE)
    rows["what"] = [f"按期完成{what}" if asked else what for what, asked in zip(rows["what"], asked_for, strict=True)]
    return rows.sort_values("points", ascending=False, kind="stable", ignore_index=True)[_COMING]


def _asked(connection: Connection, scope: Scope, org_ids: Sequence[int], period: str, today: date) -> Asked | None:
    """Return what is asked about those of the branches that are inside the scope and rated; None where none is."""
    numbers = settings(connection, scope)
    rated = ratings.rated_of(connection, scope, org_ids, period, numbers)
    if rated is None:
        return None
    scored = rated.scores["total"].notna()
    if not scored.any():
        return None
    if not scored.all():
        rated = Rated(rated.subject, rated.counts[scored], rated.weights[scored], rated.extras[scored], rated.settings)
    sectors = connection.execute(select(organisation.c.org_id, organisation.c.sector).where(organisation.c.org_id.in_(org_ids)))
    quarter = RatedQuarter(Period.parse(period), today)
    return Asked(connection, scope, quarter, rated, {row.org_id: row.sector for row in sectors}, numbers)


def _read(asked: Asked) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every open item of the branches, and, aligned, what doing it adds to the counts."""
    rows = [row for read in (_duties, _courses, _progress, _election, _admissions, _fields) for row in read(asked)]
    deltas = pd.DataFrame([row.pop("adds") for row in rows])
    return pd.DataFrame(rows), deltas


def _row(org_id: int, item: str, what: str, about: str, until: date | None, next_step: str, **adds: float) -> Row:
    return {
        "org_id": org_id,
        "item": item,
        "what": what,
        "about": about,
        "until": pd.NaT if until is None else pd.Timestamp(until),
        "next_step": next_step,
        "adds": adds,
    }


def _duties(asked: Asked) -> Iterator[Row]:
    """Missed duties that can still be made up: late, and so counted half, by a meeting that all who are expected come to.

    A talk names no period, and cannot be made up.
    """
    record, quarter = duty_record.c, asked.quarter
    query = (
        select(record.org_id, record.duty, record.period, record.due_on, record.meeting_id)
        .where(
            record.org_id.in_(asked.org_ids),
            record.status == DutyStatus.MISSED.value,
            record.duty != Duty.TALK.value,
            record.due_on.between(quarter.period.first, quarter.period.last),
        )
        .order_by(record.org_id, record.due_on, record.duty)
    )
    rows = pd.DataFrame(asked.connection.execute(query).all(), columns=["org_id", "duty", "period", "due_on", "meeting_id"])
    rows["members"] = rows["org_id"].map(asked.counts("members"))
    rows["people"] = expected.heads(asked.connection, organisation.c.org_id.in_(asked.org_ids), rows, quarter.today)
    for row in rows.to_dict("records"):
        until = makeup_until(row["due_on"], quarter, asked.settings)
        if quarter.today <= until:
            duty = Duty(row["duty"])
            why = "未开" if pd.isna(row["meeting_id"]) else "到会未达法定人数"
            about = f"{Period.parse(row['period']).label}{why}，补开按{asked.settings['duty.late_counts_percent']:g}%计"
            adds = {"duties_late": 1.0}
            if quarter.open:  # held today, it counts to the attendance of today's quarter
                about += f"，按应到 {row['people']:g} 人全部到会估算"
                adds |= {"expected": row["people"], "attended": row["people"]}
            yield _row(row["org_id"], "life_duties", f"补开{duty.label}", about, until, RULES[duty_rule(duty)].next_step, **adds)


def makeup_until(due_on: date, quarter: RatedQuarter, numbers: Settings) -> date:
    """Return the last day on which a duty missed on `due_on` can be made up for its quarter."""
    makeup = add_months(due_on + timedelta(days=1), numbers.whole("duty.makeup_months")) - timedelta(days=1)
    return min(makeup, quarter.frozen_on)


def _courses(asked: Asked) -> Iterator[Row]:
    """Required courses whose day has passed and that some members have not finished: finished until the quarter freezes, they count."""
    quarter, members = asked.quarter, asked.counts("members")
    if not running(quarter):
        return
    done: dict[tuple[int, int], int] = {}
    of_quarter = (course.c.required, course.c.quarter == quarter.code, course.c.due_on < quarter.today)
    for row in asked.connection.execute(
        select(study_record.c.org_id, course.c.course_id, count_if(study_record.c.finished_on <= quarter.known_until).label("finished"))
        .join_from(course, study_record, study_record.c.course_id == course.c.course_id)
        .where(*of_quarter, study_record.c.org_id.in_(asked.org_ids))
        .group_by(study_record.c.org_id, course.c.course_id)
    ):
        done[row.org_id, row.course_id] = int(row.finished)
    columns = (course.c.course_id, course.c.title, course.c.due_on, course.c.sector)
    courses = asked.connection.execute(select(*columns).where(*of_quarter).order_by(course.c.course_id)).all()
    for org_id in asked.org_ids:
        for row in courses:
            open_ones = int(members[org_id]) - done.get((org_id, row.course_id), 0)
            if open_ones > 0 and row.sector in (None, asked.sectors[org_id]):
                what, about = f"学完《{row.title}》", f"{open_ones} 名党员未学完（期限 {row.due_on}）"
                step = "逐人督促补学，完成后录入。"
                yield _row(org_id, "study_courses", what, about, quarter.frozen_on, step, courses_finished=open_ones)


def _progress(asked: Asked) -> Iterator[Row]:
    """Assignments that run behind their plan: what reaching the plan today is worth."""
    if not asked.quarter.open:
        return
    weight, reached = asked.counts("running_weight"), asked.counts("progress_weight")
    late = [org_id for org_id in asked.org_ids if reached[org_id] < weight[org_id]]
    if late:
        own = Assignments.read(asked.connection, among=late)
        yield from (_row(item="tasks_progress", **row) for row in behind_plan(asked.connection, asked.quarter, own))


def behind_plan(connection: Connection, quarter: RatedQuarter, own: Assignments) -> Iterator[Row]:
    """What reaching the plan of each assignment that runs behind it would do.

    Yields org_id, what, about, until, next_step, and progress_weight, which it adds to the counts.
    """
    weighed = assignment_counts(own.rows, own.plan, own.reported, quarter)
    day = np.datetime64(quarter.evaluated_on, "D").astype(np.int64)
    planned = own.plan.at(own.plan.of, np.full(len(own.rows), day))
    ids = [int(number) for number in own.rows["assignment_id"]]
    query = select(assignment.c.assignment_id, task.c.title).join_from(assignment, task, task.c.task_id == assignment.c.task_id)
    titles = {row.assignment_id: row.title for row in connection.execute(query.where(assignment.c.assignment_id.in_(ids)))} if ids else {}
    for place, row in enumerate(own.rows.to_dict("records")):
        missing = float(weighed["running_weight"].iloc[place] - weighed["progress_weight"].iloc[place])
        if missing > 0:
            yield {
                "org_id": int(row["org_id"]),
                "what": f"推进“{titles[row['assignment_id']]}”",
                "about": f"赶上计划进度 {np.ceil(planned[place]):.0f}%（权重 {row['weight']:g}，{row['due_on']:%Y-%m-%d} 到期）",
                "until": row["due_on"].date(),
                "next_step": RULES[TASK_PROGRESS].next_step,
                "progress_weight": missing,
            }


def _election(asked: Asked) -> Iterator[Row]:
    """An election that is overdue: held while the quarter is open, the term is valid on its last day."""
    if not asked.quarter.open:
        return
    step = RULES[ELECTION_TERM].next_step
    for org_id, valid in asked.counts("term_valid").items():
        if valid == 0:
            yield _row(org_id, "membership_election", "完成换届选举", "任期已届满", asked.quarter.period.last, step, term_valid=1)


def _admissions(asked: Asked) -> Iterator[Row]:
    """Applicants whose red lights can be put out while the quarter is open; one with several is counted once.

    For readers who may not list members those of a branch are one row.
    """
    if not asked.quarter.open:
        return
    rows = asked.connection.execute(
        select(applicant.c.org_id, applicant.c.name, light.c.rule_id, applicant.c.applicant_id)
        .join_from(light, applicant, light.c.subject == literal("applicant:") + cast(applicant.c.applicant_id, String))
        .where(
            light.c.org_id.in_(asked.org_ids),
            applicant.c.org_id == light.c.org_id,
            light.c.rule_id.like("admission.%"),
            light.c.light == Light.RED.value,
            light.c.closed_on.is_(None),
            light.c.exemption_id.is_(None),
        )
        .order_by(applicant.c.org_id, applicant.c.applicant_id, light.c.light_id)
    ).all()
    people: dict[int, tuple[int, str, list[str]]] = {}
    for row in rows:
        people.setdefault(row.applicant_id, (row.org_id, row.name, []))[2].append(row.rule_id)
    if not asked.scope.lists_members:
        for org_id, number in Counter(org_id for org_id, _, _ in people.values()).items():
            what, step = "消除发展党员红色预警", "逐人核对预警的依据，按规定程序办理。"
            until = asked.quarter.period.last
            yield _row(org_id, "membership_admission", what, f"{number} 名申请人", until, step, applicants_red=-number)
        return
    for org_id, name, lit in people.values():
        who = asked.scope.person(name) or ""
        what = f"消除“{'、'.join(RULES[rule].title for rule in lit)}”预警"
        step = RULES[lit[0]].next_step
        yield _row(org_id, "membership_admission", what, who, asked.quarter.period.last, step, applicants_red=-1)


def _fields(asked: Asked) -> Iterator[Row]:
    due, filled = asked.counts("fields_due"), asked.counts("fields_filled")
    step = "核对党员档案，补录缺少的出生日期、学历、入党日期、职业。"
    for org_id in asked.org_ids:
        missing = int(due[org_id] - filled[org_id])
        if missing > 0:
            yield _row(org_id, "membership_records", "补全党员信息", f"缺 {missing} 项必填信息", None, step, fields_filled=missing)


def running(quarter: RatedQuarter) -> bool:
    """True until the quarter is frozen."""
    return quarter.today <= quarter.frozen_on
