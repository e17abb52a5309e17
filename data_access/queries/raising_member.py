"""What would raise one member's pioneer index, and what is still to come: the member's own items, for whom the portrait opens to.

The counts that the member was rated from are changed by what doing the item changes, and rated again by the functions that rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, func, or_, select

from data_access.counting.assignments import Assignments
from data_access.counting.membership import homes
from data_access.counting.months import month_code
from data_access.counting.records import paid_by
from data_access.queries.raising import behind_plan, makeup_until, running
from data_access.schema.ratings import assignment_state, duty_record
from data_access.schema.records import assignment, course, dues, study_record, task
from domain import bill
from domain.index import MEMBER_ITEMS
from domain.index.explanation import Rated, raised
from domain.index.quarters import RatedQuarter
from domain.period import Period
from domain.rounding import half_up
from domain.rules import TASK_PROGRESS
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Duty, DutyStatus

FOR_ALL = (Duty.GENERAL_MEETING, Duty.LECTURE, Duty.THEME_DAY, Duty.LIFE_MEETING, Duty.REVIEW)  # every member is expected at these
_OPEN = ["item", "what", "about", "until", "next_step", "points", "gain", "total"]
_COMING = ["what", "about", "until", "points"]
_WORTH = ["total", "gain", "points"]
_STUDY = "督促本人补学，完成后录入。"
_ATTEND = "参加补开，录入出席情况。"
Step = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """The member and the quarter that are asked about; `org_id` and `sector` ("": none) are those of the branch, `inside` the scope or
    not."""

    connection: Connection
    member_id: int
    org_id: int
    sector: str
    inside: bool
    quarter: RatedQuarter
    rated: Rated
    assignments: Assignments
    settings: Settings

    def count(self, name: str) -> float:
        """One of the counts that the member was rated from."""
        return float(self.rated.counts[name].iloc[0])

    @cached_property
    def unfinished(self) -> list[Row]:
        """The quarter's required courses (title, due_on) that the member has finished in no branch."""
        own = study_record.c
        mine = (own.org_id.in_(homes(self.member_id)), own.member_id == self.member_id)
        finished = select(own.course_id).where(*mine, own.finished_on <= self.quarter.known_until, own.course_id.is_not(None))
        query = select(course.c.title, course.c.due_on).where(
            course.c.required,
            course.c.quarter == self.quarter.code,
            or_(course.c.sector.is_(None), course.c.sector == self.sector),
            course.c.course_id.not_in(finished),
        )
        return list(self.connection.execute(query.order_by(course.c.due_on, course.c.course_id)))

    @cached_property
    def duties(self) -> list[Row]:
        """The duties (duty, period, due_on, status) of the member's branch that fall due in the quarter and are missed or still due, at
        which every member is expected; none where the branch lies outside the scope."""
        record, period = duty_record.c, self.quarter.period
        if not self.inside:
            return []
        query = select(record.duty, record.period, record.due_on, record.status).where(
            record.org_id == self.org_id,
            record.status.in_([DutyStatus.MISSED.value, DutyStatus.DUE.value]),
            record.duty.in_([duty.value for duty in FOR_ALL]),
            record.due_on.between(period.first, period.last),
        )
        return list(self.connection.execute(query.order_by(record.due_on, record.duty)))


@dataclass(frozen=True)
class NextSteps:
    """What a member can still do for a quarter's score, and what is still to come in it.

    `open_items`, what is worth most first: item (its column in the items), what, about, until, next_step, points (the rise before
    rounding), gain (the rise of the score, in tenths), total (the score that it would give).
    `coming`, what costs most to leave first, then norms that count at the end: what, about, until, points (the score with it done less
    that with it left, everything else as it stands; NaN for a norm of the whole quarter, which asks for nothing before it is over); empty
    for a quarter that is not open.
    """

    open_items: pd.DataFrame
    coming: pd.DataFrame


def next_steps(
    connection: Connection,
    scope: Scope,
    member_id: int,
    quarter: RatedQuarter,
    rated: Rated | None,
    assignments: Assignments,
    numbers: Settings,
) -> NextSteps:
    """Return what a member, whose portrait opens to the reader, can still do and has still to do for a quarter's score.

    `rated` is the member as rated in the quarter, with org_id, sector and path of the branch of that quarter among the counts; None:
    nothing to do. `assignments` are the member's own.
    """
    if rated is None or rated.scores["total"].isna().iloc[0]:
        return NextSteps(pd.DataFrame(columns=_OPEN), pd.DataFrame(columns=_COMING))
    org_id, sector, path = (rated.counts[name].iloc[0] for name in ("org_id", "sector", "path"))
    asked = Asked(connection, member_id, int(org_id), str(sector), scope.holds(path), quarter, rated, assignments, numbers)
    open_ones = [row for read in (_courses, _make_ups, _progress) for row in read(asked)]
    coming = [row for read in (_dues, _coming_courses, _meetings, _assignments) for row in read(asked)] if quarter.open else []
    changes = [row.pop("adds") for row in open_ones] + [row.pop(name) for name in ("done", "left") for row in coming]
    worth = raised(asked.rated, pd.DataFrame(changes)) if changes else pd.DataFrame(columns=_WORTH, dtype=float)
    first, then = len(open_ones), len(open_ones) + len(coming)
    gain = worth["points"].to_numpy()[first:then] - worth["points"].to_numpy()[then:]
    return NextSteps(_open_items(open_ones, worth[:first]), _coming(asked, coming, half_up(pd.Series(gain, dtype=float), 2)))


def _open_items(rows: list[Step], worth: pd.DataFrame) -> pd.DataFrame:
    """List open items by what they are worth (as `raised` returns it)."""
    if not rows:
        return pd.DataFrame(columns=_OPEN)
    found = pd.concat([pd.DataFrame(rows), worth], axis=1)
    found["until"] = pd.to_datetime(found["until"])
    return found[found["points"] > 0].sort_values("points", ascending=False, kind="stable", ignore_index=True)[_OPEN]


def _coming(asked: Asked, rows: list[Step], points: pd.Series) -> pd.DataFrame:
    """List what is still to come by what it is worth, then the norms of the whole quarter."""
    if not asked.quarter.open:
        return pd.DataFrame(columns=_COMING)
    valued = pd.DataFrame(rows)
    if rows:
        valued = valued.assign(points=points)
        valued = valued[valued["points"] > 0].sort_values("points", ascending=False, kind="stable")
    norms = pd.DataFrame(list(_norms(asked)))
    pieces = [piece.reindex(columns=_COMING) for piece in (valued, norms) if len(piece)]
    if not pieces:
        return pd.DataFrame(columns=_COMING)
    found = pd.concat(pieces, ignore_index=True)
    return found.assign(until=pd.to_datetime(found["until"]), points=found["points"].astype(float))


def _row(item: str, what: str, about: str, until: date, next_step: str, **adds: float) -> Step:
    return {"item": item, "what": what, "about": about, "until": until, "next_step": next_step, "adds": adds}


def _courses(asked: Asked) -> Iterator[Step]:
    """Required courses whose day has passed: finished until the quarter freezes, they count."""
    quarter = asked.quarter
    if not running(quarter):
        return
    for row in (row for row in asked.unfinished if row.due_on < quarter.today):
        about = f"必修课，期限 {row.due_on}，未学完"
        yield _row("study_courses", f"学完《{row.title}》", about, quarter.frozen_on, _STUDY, courses_finished=1)


def _coming_courses(asked: Asked) -> Iterator[Step]:
    """Required courses whose day is still to come: finished by then, or not."""
    for row in (row for row in asked.unfinished if row.due_on >= asked.quarter.today):
        falls_due = {"courses_due": 1, "courses_coming": -1}
        yield {
            "what": f"学完《{row.title}》",
            "about": "必修课，尚未学完",
            "until": row.due_on,
            "done": falls_due | {"courses_finished": 1},
            "left": falls_due,
        }


def _make_ups(asked: Asked) -> Iterator[Step]:
    """Duties of the branch that can still be made up, at which every member is expected: being there counts as attendance."""
    quarter = asked.quarter
    if not quarter.open:
        return
    for row in (row for row in asked.duties if row.status == DutyStatus.MISSED):
        until = min(makeup_until(row.due_on, quarter, asked.settings), quarter.period.last)
        if quarter.today <= until:
            duty = Duty(row.duty)
            about = f"支部{Period.parse(row.period).label}未开；补开按{asked.settings['duty.late_counts_percent']:g}%计入支部，本人到会照计"
            yield _row("life_attendance", f"参加补开的{duty.label}", about, until, _ATTEND, expected=1, attended=1)


def _progress(asked: Asked) -> Iterator[Step]:
    if asked.quarter.open:
        for row in behind_plan(asked.connection, asked.quarter, asked.assignments):
            yield _row("tasks_progress", **{name: value for name, value in row.items() if name != "org_id"})


def _dues(asked: Asked) -> Iterator[Step]:
    """The dues of the month that runs, where they are not paid yet."""
    month = Period.month(asked.quarter.today)
    paid = asked.connection.scalar(
        select(func.count()).where(
            dues.c.org_id.in_(homes(asked.member_id)),
            dues.c.month == month_code(month),
            dues.c.member_id == asked.member_id,
            paid_by(asked.quarter.today),
        )
    )
    if not paid:
        about = f"{month.label}党费，当月足额交纳才计入"
        yield {
            "what": "按月足额交纳党费",
            "about": about,
            "until": month.last,
            "done": {"dues_due": 1, "dues_paid": 1},
            "left": {"dues_due": 1},
        }


def _meetings(asked: Asked) -> Iterator[Step]:
    """What the branch has still to hold before the quarter ends, at which every member is expected."""
    for row in (row for row in asked.duties if row.status == DutyStatus.DUE):
        yield {
            "what": f"参加{Duty(row.duty).label}",
            "about": f"支部{Period.parse(row.period).label}尚未召开",
            "until": row.due_on,
            "done": {"expected": 1, "attended": 1},
            "left": {"expected": 1},
        }


def _assignments(asked: Asked) -> Iterator[Step]:
    """Assignments that fall due before the quarter ends and are not finished: done by the day, or not."""
    state, quarter = assignment_state.c, asked.quarter
    due = asked.assignments.rows["due_on"]
    if not due.between(pd.Timestamp(quarter.today), pd.Timestamp(quarter.period.last)).any():
        return
    rows = pd.read_sql_query(
        select(task.c.title, assignment.c.due_on, assignment.c.weight, state.planned, state.progress, assignment.c.org_id)
        .join_from(assignment, task, task.c.task_id == assignment.c.task_id)
        .join(assignment_state, state.assignment_id == assignment.c.assignment_id)
        .where(
            assignment.c.member_id == asked.member_id,
            state.finished_on.is_(None),
            assignment.c.due_on.between(quarter.today, quarter.period.last),
        )
        .order_by(assignment.c.due_on, assignment.c.assignment_id),
        asked.connection,
        parse_dates=["due_on"],
    ).astype({"weight": float, "planned": float, "progress": float})
    if rows.empty:
        return
    lines = rows.assign(rule_id=TASK_PROGRESS, light=bill.DUE, subject="", people=0.0, total=0.0, reached=0.0)
    nothing = pd.DataFrame({"term_valid": 1.0, "applicants_red": 0.0}, index=rows.index)
    done, left, _ = bill.changes(lines, nothing, quarter.today, asked.settings)
    names = [name for name in bill.CHANGED if name in asked.rated.counts and name not in ("term_valid", "applicants_red")]
    for place, row in enumerate(rows.to_dict("records")):
        reached = "尚未上报进度" if pd.isna(row["progress"]) else f"进度 {row['progress']:.0f}%"
        yield {
            "what": f"按期完成“{row['title']}”",
            "about": f"{reached}（权重 {row['weight']:g}）",
            "until": row["due_on"].date(),
            "done": done[names].iloc[place].to_dict(),
            "left": left[names].iloc[place].to_dict(),
        }


def _norms(asked: Asked) -> Iterator[Step]:
    """Norms that are set for a whole quarter: how far they are reached, in the months that have ended."""
    counts, numbers, last = asked.rated.counts, asked.settings, asked.quarter.period.last
    known = {item.column: item for item in MEMBER_ITEMS}
    for column, what, name, norm, unit in (
        ("study_hours", "学习时长达标", "study_minutes", "index.study_minutes", "分钟"),
        ("service_records", "参加志愿服务", "service_records", "index.service_records", "次"),
    ):
        source = known[column].source.value
        if not counts[f"{source}_installed"].iloc[0] or counts[f"{source}_unknown"].iloc[0]:
            continue
        short = numbers[norm] - asked.count(name)
        if short > 0:
            about = f"已结束月份 {asked.count(name):g} {unit}，全季应 {numbers[norm]:g} {unit}；季末计分"
            yield {"what": what, "about": about, "until": last}
