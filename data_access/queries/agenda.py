"""What a branch has to do now (本周要做): open warnings, and what falls due, in the order of urgency."""

from datetime import date, timedelta

import pandas as pd
from sqlalchemy import Connection, select

from data_access.queries import warnings
from data_access.queries.settings import settings
from data_access.queries.upcoming import upcoming
from data_access.schema.organisations import organisation
from data_access.schema.ratings import assignment_state, duty_record
from data_access.schema.records import assignment, task
from data_access.scoping import within
from domain.agenda import DAYS, when
from domain.light_counts import Chosen
from domain.period import Period
from domain.rules import RULES, duty_rule, made_up
from domain.scope import Scope
from domain.vocabulary import Duty, DutyStatus, Light

_COLUMNS = ["what", "about", "light", "due_on", "days_left", "when", "next_step", "light_id", "person"]
_URGENCY = {Light.RED.value: 0, Light.YELLOW.value: 1, Light.GREY.value: 2, "": 3}


def agenda(connection: Connection, scope: Scope, org_id: int, today: date) -> pd.DataFrame:
    """Everything a branch has to do: what is overdue first, then what falls due within `DAYS` days, the nearest first.

    Columns: what (title), about (in a few words), light ("" for what is merely due), due_on (NaT without), days_left (negative: overdue;
    NaN without), when (a `domain.agenda.When`), next_step, light_id (NaN for what no warning stands for), person (as the
    scope shows names).
    """
    path = connection.scalar(select(organisation.c.path).where(organisation.c.org_id == org_id, within(scope, organisation.c.path)))
    if path is None:
        return pd.DataFrame(columns=_COLUMNS)
    lit = warnings.listed(connection, scope, path, today, Chosen(org_id=org_id))
    done = [made_up(rule, light) for rule, light in zip(lit["rule_id"], lit["light"], strict=True)]
    lit = lit[~pd.Series(done, index=lit.index, dtype=bool)]  # nothing is to be done about it any more
    lit = lit.assign(what=lit["title"], about=lit["text"])
    due = _duties(connection, scope, org_id, today)
    tasks = _tasks(connection, scope, org_id, today)
    last = today + timedelta(days=DAYS)
    more = upcoming(connection, scope, organisation.c.org_id == org_id, today, last, settings(connection, scope))
    more["next_step"] = [RULES[rule].next_step for rule in more["rule_id"]]
    items = pd.concat([lit, due, tasks, more], ignore_index=True)
    items["due_on"] = pd.to_datetime(items["due_on"])
    items["days_left"] = (items["due_on"] - pd.Timestamp(today)).dt.days
    items["when"] = when(items["days_left"])
    items["urgency"] = items["light"].map(_URGENCY)
    items = items.sort_values(["urgency", "due_on", "what"], na_position="last", kind="stable", ignore_index=True)
    return items[_COLUMNS]


def _duties(connection: Connection, scope: Scope, org_id: int, today: date) -> pd.DataFrame:
    rows = pd.read_sql_query(
        select(duty_record.c.duty, duty_record.c.period, duty_record.c.due_on)
        .join_from(duty_record, organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(
            duty_record.c.org_id == org_id,
            within(scope, organisation.c.path),
            duty_record.c.status == DutyStatus.DUE,
            duty_record.c.due_on.between(today, today + timedelta(days=DAYS)),
        )
        .order_by(duty_record.c.due_on, duty_record.c.duty),
        connection,
        parse_dates=["due_on"],
    )
    rows["what"] = rows["duty"].map(Duty.labels())
    rows["about"] = [f"{Period.parse(period).label}的{what}尚未召开" for period, what in zip(rows["period"], rows["what"], strict=True)]
    rows["next_step"] = [RULES[duty_rule(Duty(duty))].next_step for duty in rows["duty"]]
    return rows.assign(light="")


def _tasks(connection: Connection, scope: Scope, org_id: int, today: date) -> pd.DataFrame:
    """Tasks that fall due and have no warning of their own yet."""
    rows = pd.read_sql_query(
        select(task.c.title, assignment.c.due_on, assignment_state.c.progress)
        .join_from(assignment_state, assignment, assignment.c.assignment_id == assignment_state.c.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .join(organisation, organisation.c.org_id == assignment.c.org_id)
        .where(
            assignment.c.org_id == org_id,
            within(scope, organisation.c.path),
            assignment_state.c.finished_on.is_(None),
            assignment_state.c.light == Light.GREEN,
            assignment.c.due_on.between(today, today + timedelta(days=DAYS)),
        )
        .order_by(assignment.c.due_on, assignment.c.assignment_id),
        connection,
        parse_dates=["due_on"],
    )
    told = ["尚未上报进度" if pd.isna(progress) else f"进度 {progress:.0f} %" for progress in rows["progress"]]
    rows["about"] = [f"任务“{title}”即将到期，{progress}" for title, progress in zip(rows["title"], told, strict=True)]
    return rows.assign(what="任务进度", light="", next_step="按期完成并上报进度。")
