"""The micro-bill (微账单): every line that organisations owe, with deadline, evidence, points at stake and next step.

Set by set: the lines of one branch and those of a whole city are read and valued by the same statements.
"""

import json
from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, or_, select
from sqlalchemy.sql.elements import ColumnElement

from data_access.queries import expected
from data_access.queries.settings import settings
from data_access.queries.upcoming import upcoming
from data_access.queries.warnings import deadlines, listable
from data_access.schema.counts import branch_count
from data_access.schema.members import applicant, member
from data_access.schema.organisations import organisation, post
from data_access.schema.ratings import assignment_state, duty_record, index_weight, light, org_score
from data_access.schema.records import assignment, task
from data_access.scoping import as_seen, beneath, within
from domain import bill, index
from domain.index.stakes import stakes
from domain.light_counts import COLOURS, rule_title
from domain.period import Period
from domain.rules import DUTY_RULE, INDEX_ESCALATION, RULES, TASK_PROGRESS, duty_rule, next_step
from domain.scope import Scope
from domain.settings import Settings
from domain.vocabulary import Duty, DutyStatus, Light, Post, Source

COLUMNS = [
    "org_id",
    "org_code",
    "org_name",
    "rule_id",
    "subject",
    "light",
    "what",
    "about",
    "person",
    "since",
    "due_on",
    "days_late",
    "source",
    "points",
    "next_step",
    "responsible_id",
    "responsible",
    "light_id",
    "evidence",
]
_SUBJECT = "assignment:"
_FACTS = ("weight", "planned", "progress", "total", "reached")  # what points are worked out from


def owed(connection: Connection, scope: Scope, path: str, today: date, below: bool, until: date | None = None) -> pd.DataFrame:
    """What the organisation at `path` owes, with `below` also all beneath it, in the order in which each should do it; by org_code.

    A line is an open light that no exemption switches off, or a duty, task, course, the month's dues or a norm of the quarter that fall
    due by `until`: the end of this month where no day is given.
    Columns: org_id, org_code, org_name, rule_id, subject, light (`bill.DUE` for what is merely due), what (事项), about (the facts in
    one sentence), person (whom it is about, as the scope shows names; None without), since (NaT for what is merely due), due_on (NaT
    without), days_late (NaN without a deadline), source (of the rule), points (at stake; NaN where it bears on no score), next_step,
    responsible_id, responsible (name as the scope shows it; the task's, otherwise the secretary's), light_id (NaN for what is merely
    due), evidence (JSON as in `light`).
    """
    inside = and_(within(scope, organisation.c.path), beneath(path, organisation.c.path) if below else organisation.c.path == path)
    last = until or Period.month(today).last
    numbers = settings(connection, scope)
    found = [
        _lights(connection, scope, inside),
        _duties(connection, inside, today, last),
        _tasks(connection, scope, inside, today, last),
        upcoming(connection, scope, inside, today, last, numbers),
    ]
    lines = pd.concat([rows for rows in found if len(rows)] or found[:1], ignore_index=True)
    lines = lines.reindex(columns=list(dict.fromkeys([*lines.columns, *COLUMNS, *_FACTS])))
    for name in ("since", "due_on"):
        lines[name] = pd.to_datetime(lines[name])
    for name in (*_FACTS, "light_id", "responsible_id"):
        lines[name] = lines[name].astype(float)
    lines["days_late"] = bill.days_late(lines, today).astype(float)
    lines["points"] = _points(connection, lines, inside, today, numbers)
    lines["source"] = [RULES[rule].source if rule in RULES else None for rule in lines["rule_id"]]
    lines["next_step"] = [next_step(rule, light) for rule, light in zip(lines["rule_id"], lines["light"], strict=True)]
    lines = _responsible(connection, scope, lines, inside, today)
    lines["person"] = as_seen(scope, lines["person"])
    return bill.ordered(lines[COLUMNS])


def owed_by(connection: Connection, scope: Scope, path: str, today: date) -> pd.DataFrame:
    """What the organisation at `path` itself owes: the columns of `owed`."""
    return owed(connection, scope, path, today, False)


def _organisation() -> tuple[ColumnElement, ...]:
    return organisation.c.org_id, organisation.c.org_code, organisation.c.name.label("org_name")


def _lights(connection: Connection, scope: Scope, inside: ColumnElement[bool]) -> pd.DataFrame:
    """Open lights that no exemption switches off; a task's with its weight, plan and progress."""
    rows = pd.read_sql_query(
        select(
            *_organisation(),
            *(light.c[name] for name in ("light_id", "rule_id", "subject", "light", "since", "due_on", "evidence", "member_id")),
            member.c.name.label("person"),
        )
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .outerjoin(member, member.c.member_id == light.c.member_id)
        .where(
            inside,
            light.c.closed_on.is_(None),
            light.c.exemption_id.is_(None),
            light.c.light.in_(COLOURS),
            light.c.rule_id != INDEX_ESCALATION,
            *listable(scope),
        )
        .order_by(light.c.light_id),
        connection,
        parse_dates=["since", "due_on"],
    )
    told = [json.loads(evidence) for evidence in rows["evidence"]]
    rows["about"] = [each["text"] for each in told]
    rows["what"] = [rule_title(rule) for rule in rows["rule_id"]]
    of_task = rows["rule_id"] == TASK_PROGRESS
    rows["responsible_id"] = rows["member_id"].where(of_task)
    rows["person"] = rows["person"].astype("object").mask(of_task, None)
    rows["due_on"] = deadlines(rows, told)
    applicants = _applicants(connection, inside) if rows["subject"].str.startswith("applicant:").any() else {}
    rows["person"] = [applicants.get(subject, name) for subject, name in zip(rows["subject"], rows["person"], strict=True)]
    return rows.drop(columns="member_id").merge(_states(connection, inside), on="subject", how="left")


def _applicants(connection: Connection, inside: ColumnElement[bool]) -> dict[str, str]:
    """Names of the applicants: {"applicant:7": name}."""
    query = select(applicant.c.applicant_id, applicant.c.name).join_from(
        applicant, organisation, organisation.c.org_id == applicant.c.org_id
    )
    return {f"applicant:{applicant_id}": name for applicant_id, name in connection.execute(query.where(inside))}


def _states(connection: Connection, inside: ColumnElement[bool]) -> pd.DataFrame:
    """Weight, plan and progress of the unfinished assignments. Columns: subject, weight, planned, progress."""
    rows = pd.read_sql_query(
        select(assignment.c.assignment_id, assignment.c.weight, assignment_state.c.planned, assignment_state.c.progress)
        .join_from(assignment, organisation, organisation.c.org_id == assignment.c.org_id)
        .join(assignment_state, assignment_state.c.assignment_id == assignment.c.assignment_id)
        .where(inside, assignment_state.c.finished_on.is_(None)),
        connection,
    )
    subject = _SUBJECT + rows["assignment_id"].astype(str) if len(rows) else pd.Series(dtype="str")
    return rows.assign(subject=subject)[["subject", "weight", "planned", "progress"]]


def _duties(connection: Connection, inside: ColumnElement[bool], today: date, last: date) -> pd.DataFrame:
    """Duties that fall due by the end of the month and are not done."""
    rows = pd.read_sql_query(
        select(*_organisation(), duty_record.c.duty, duty_record.c.period.label("subject"), duty_record.c.due_on)
        .join_from(duty_record, organisation, organisation.c.org_id == duty_record.c.org_id)
        .where(
            inside,
            organisation.c.dissolved_on.is_(None),
            duty_record.c.status == DutyStatus.DUE,
            duty_record.c.due_on.between(today, last),
        )
        .order_by(duty_record.c.org_id, duty_record.c.duty, duty_record.c.period),
        connection,
        parse_dates=["due_on"],
    )
    rows["what"] = rows["duty"].map(Duty.labels())
    rows["about"] = [f"{Period.parse(period).label}的{what}尚未完成。" for period, what in zip(rows["subject"], rows["what"], strict=True)]
    rows["rule_id"] = [duty_rule(Duty(duty)) for duty in rows["duty"]]
    rows["evidence"] = [json.dumps({"table": "duty_record", "rows": [], "text": text}, ensure_ascii=False) for text in rows["about"]]
    return rows.drop(columns="duty").assign(light=bill.DUE)


def _tasks(connection: Connection, scope: Scope, inside: ColumnElement[bool], today: date, last: date) -> pd.DataFrame:
    """Tasks on plan that fall due by the end of the month; those behind have a light."""
    state = assignment_state.c
    rows = pd.read_sql_query(
        select(
            *_organisation(),
            assignment.c.assignment_id,
            assignment.c.member_id.label("responsible_id"),
            assignment.c.due_on,
            assignment.c.weight,
            state.planned,
            state.progress,
            task.c.title,
        )
        .join_from(assignment, organisation, organisation.c.org_id == assignment.c.org_id)
        .join(assignment_state, state.assignment_id == assignment.c.assignment_id)
        .join(task, task.c.task_id == assignment.c.task_id)
        .where(
            inside,
            organisation.c.dissolved_on.is_(None),
            state.finished_on.is_(None),
            state.light == Light.GREEN,
            assignment.c.due_on.between(today, last),
        )
        .order_by(assignment.c.assignment_id),
        connection,
        parse_dates=["due_on"],
    )
    done = ["尚未上报进度" if pd.isna(progress) else f"进度{progress:.0f}%" for progress in rows["progress"]]
    columns = zip(rows["title"], rows["due_on"], done, strict=True)
    rows["about"] = [f"任务“{title}”应于{due_on:%Y-%m-%d}完成，{told}。" for title, due_on, told in columns]
    ids = zip(rows["assignment_id"], rows["about"], strict=True)
    rows["evidence"] = [json.dumps({"table": "assignment", "rows": [number], "text": text}, ensure_ascii=False) for number, text in ids]
    rows["subject"] = [f"{_SUBJECT}{number}" for number in rows["assignment_id"]]
    return rows.drop(columns=["assignment_id", "title"]).assign(rule_id=TASK_PROGRESS, what=rule_title(TASK_PROGRESS), light=bill.DUE)


def _points(connection: Connection, lines: pd.DataFrame, inside: ColumnElement[bool], today: date, numbers: Settings) -> pd.Series:
    """The points at stake of each line; NaN where it bears on no score, or its organisation is no branch that is rated."""
    points = pd.Series(float("nan"), index=lines.index)
    wanted = lines.assign(period=bill.counted_in(lines, today, numbers), place=range(len(lines)))
    counts = _counts(connection, inside, sorted(set(wanted["period"])))
    both = wanted[["org_id", "period", "place"]].merge(counts, on=["org_id", "period"])
    concerned = lines.iloc[both["place"]].reset_index(drop=True)
    concerned["people"] = _people(connection, concerned.assign(members=both["members"]), inside, today)
    done, undone, bears = bill.changes(concerned, both, today, numbers)
    both, done, undone = both[bears], done[bears], undone[bears]
    if len(both):
        found = stakes(both, _weights(connection, both), both[["bonus", "deduction", "veto"]], done, undone, numbers)
        points = pd.Series(found.to_numpy(), index=points.index[both["place"]]).reindex(points.index)
    return points


def _people(connection: Connection, lines: pd.DataFrame, inside: ColumnElement[bool], today: date) -> pd.Series:
    """How many people the meeting of each line's duty expects; NaN for what is no duty."""
    duties = lines[lines["rule_id"].str.startswith(DUTY_RULE)]
    asked = duties.assign(duty=duties["rule_id"].str.removeprefix(DUTY_RULE), period=duties["subject"])
    return expected.heads(connection, inside, asked, today).reindex(lines.index)


def _counts(connection: Connection, inside: ColumnElement[bool], quarters: list[str]) -> pd.DataFrame:
    """The counts that the branches were rated from, with their sector, what adds and subtracts, and the version of the weights."""
    rows = pd.read_sql_query(
        select(*_COUNTED, organisation.c.sector, *(org_score.c[name] for name in ("bonus", "deduction", "veto", "weights_version")))
        .join_from(branch_count, organisation, organisation.c.org_id == branch_count.c.org_id)
        .join(org_score, and_(org_score.c.org_id == branch_count.c.org_id, org_score.c.period == branch_count.c.period))
        .where(inside, branch_count.c.period.in_(quarters)),
        connection,
    )
    flags = {f"{source.value}_{said}": bool for source in Source for said in ("installed", "unknown")}
    return rows.astype({**flags, "open": bool, "veto": bool, "term_valid": float})


_COUNTED = [column for column in branch_count.c if column.name not in {item.lost for item in index.BRANCH_ITEMS}]


def _weights(connection: Connection, counts: pd.DataFrame) -> pd.DataFrame:
    """Each row's template in the version that its quarter was rated with."""
    versions = sorted(set(counts["weights_version"]))
    rows = pd.read_sql_query(select(index_weight).where(index_weight.c.version.in_(versions)), connection)
    found = pd.DataFrame(index=counts.index)
    for version in versions:
        of_version = (counts["weights_version"] == version).to_numpy()
        own = index.template(rows[rows["version"] == version], index.Subject.BRANCH, counts.loc[of_version, "sector"], index.BRANCH_ITEMS)
        found = found.reindex(columns=own.columns)
        found.loc[of_version] = own.to_numpy()
    return found.astype(float)


def _responsible(connection: Connection, scope: Scope, lines: pd.DataFrame, inside: ColumnElement[bool], today: date) -> pd.DataFrame:
    """Name who answers for each line: whom the task names, otherwise the organisation's secretary; nobody where persons are not shown."""
    if not scope.lists_members:
        return lines.assign(responsible_id=float("nan"), responsible=None)
    leads = connection.execute(
        select(post.c.org_id, post.c.member_id)
        .join_from(post, organisation, organisation.c.org_id == post.c.org_id)
        .where(inside, post.c.post == Post.SECRETARY, post.c.from_on <= today, or_(post.c.to_on.is_(None), post.c.to_on >= today))
        .order_by(post.c.org_id, post.c.from_on.desc(), post.c.post_id.desc())
    )
    secretary = {org_id: float(member_id) for org_id, member_id in leads}
    answers = lines["responsible_id"].fillna(lines["org_id"].map(secretary).astype(float))
    names = _names(connection, {int(number) for number in answers.dropna()})
    shown = as_seen(scope, answers.map(names).astype("object"))
    return lines.assign(responsible_id=answers, responsible=shown)


def _names(connection: Connection, named: set[int]) -> dict[float, str]:
    """Names of the members who answer for lines, wherever they belong now."""
    query, ids = select(member.c.member_id, member.c.name), sorted(named)
    portions = [ids[first : first + _FEW] for first in range(0, len(ids), _FEW)]
    rows = (row for portion in portions for row in connection.execute(query.where(member.c.member_id.in_(portion))))
    return {float(number): name for number, name in rows}


_FEW = 500  # ids that fit into one statement on either database
