"""The micro-bill (微账单): what an organisation owes, by when, what it is worth, and in which order it should be done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from domain.period import Period, add_months
from domain.rules import (
    ADMISSION_ORDER,
    ADMISSION_RULE,
    DUES_ARREARS,
    DUTY_RULE,
    ELECTION_TERM,
    STUDY_COURSES,
    TASK_PROGRESS,
    duty_rule,
    made_up,
)
from domain.settings import Settings
from domain.vocabulary import Duty, Light

DUE = ""  # the light of a line that is merely due: no rule has turned one on
# The columns of the counts that doing a line, or leaving it, may change.
CHANGED = (
    "courses_due",
    "courses_coming",
    "courses_finished",
    "duties_due",
    "duties_held",
    "duties_late",
    "expected",
    "attended",
    "due_weight",
    "punctual_weight",
    "running_weight",
    "progress_weight",
    "dues_due",
    "dues_paid",
    "term_valid",
    "applicants_red",
)
_URGENCY = {Light.RED.value: 0, Light.YELLOW.value: 1, DUE: 2, Light.GREY.value: 3}
_DONE = 4


def done_late(lines: pd.DataFrame) -> pd.Series:
    """True for a duty that was made up: nothing is left to do. Expects columns: rule_id, light. Aligned."""
    done = [made_up(rule_id, light) for rule_id, light in zip(lines["rule_id"], lines["light"], strict=True)]
    return pd.Series(done, index=lines.index, dtype=bool)


def days_late(lines: pd.DataFrame, today: date) -> pd.Series:
    """Return by how many days each deadline has passed (逾期天数), or had passed when a duty was made up: 0 where it has not, NaN where
    there is none or nobody can tell (grey). Expects columns: rule_id, light, since, due_on."""
    until = lines["since"].where(done_late(lines), pd.Timestamp(today))
    return (until - lines["due_on"]).dt.days.clip(lower=0).mask(lines["light"] == Light.GREY)


def counted_in(lines: pd.DataFrame, today: date, settings: Settings) -> pd.Series:
    """Return the quarter whose score each line can still move: a missed duty's own while it can be made up, otherwise today's.

    Expects the columns of `changes`. Returns quarter codes, aligned.
    """
    own = lines["due_on"].where(_makes_up(lines, today, settings))
    return (
        own.dt.year.astype("Int64")
        .astype("str")
        .str.cat(own.dt.quarter.astype("Int64").astype("str"), sep="Q")
        .where(own.notna(), Period.quarter(today).code)
    )


def changes(lines: pd.DataFrame, counts: pd.DataFrame, today: date, settings: Settings) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Say what doing each line adds to its branch's counts, what leaving it adds, and whether it bears on the index at all.

    A duty that is due is held or missed; a missed one counts late while it may be made up (rules, "三会一课"), and no longer
    afterwards. Either is a meeting that all who are expected come to; held today, it counts to the attendance of today's quarter. A
    task is finished by its day or not; once its day has passed nothing brings it back. Dues: the month that runs, of the member in
    arrears or of the branch, is paid in full or not. A course that falls due is finished by all, or by those who have. A term is valid
    or has ended. An applicant has a red clock or none; of several each is an equal share of it. What falls due after today's quarter
    can cost this one nothing: a task then still runs, and only catching up with its plan is worth something.
    Expects lines: org_id, rule_id, light (`DUE` for what is merely due), subject, due_on, people (expected at a duty's meeting), weight,
    planned, progress (of a task; NaN otherwise), total and reached (members who owe the month's dues or a course, and who have done so;
    NaN otherwise); counts: the columns `CHANGED`, aligned.
    Returns frames of the columns `CHANGED`, aligned, and a bool; where it is False the line has no points of its own.
    """
    done, undone = (pd.DataFrame(0.0, index=lines.index, columns=list(CHANGED)) for _ in range(2))
    red, yellow, due = (lines["light"] == colour for colour in (Light.RED, Light.YELLOW, DUE))
    lit = red | yellow
    later = lines["due_on"] > pd.Timestamp(Period.quarter(today).last)

    duty = lines["rule_id"].str.startswith(DUTY_RULE)
    open_duty = duty & due
    done.loc[open_duty, ["duties_due", "duties_held"]] = 1.0
    undone.loc[open_duty, "duties_due"] = 1.0
    made_up = _makes_up(lines, today, settings)
    done.loc[made_up, "duties_late"] = 1.0
    meets = open_duty | (made_up & (lines["due_on"] >= pd.Timestamp(Period.quarter(today).first)))
    for name in ("expected", "attended"):
        done[name] = lines["people"].where(meets, 0.0).fillna(0.0).astype(float)

    task = (lines["rule_id"] == TASK_PROGRESS) & (lit | due)
    open_task = task & (lines["due_on"] >= pd.Timestamp(today))
    whole = lines["weight"].where(open_task, 0.0).fillna(0.0).astype(float)
    weight = whole.where(~later, 0.0)
    runs = open_task & (lines["planned"] > 0)
    reached = (lines["progress"].fillna(0.0) / lines["planned"].where(runs)).clip(upper=1.0).fillna(0.0).astype(float)
    for change in (done, undone):
        change["due_weight"] = weight
        change["running_weight"] = -weight.where(runs, 0.0)
        change["progress_weight"] = -(weight * reached).where(runs, 0.0)
    done["punctual_weight"] = weight
    done["progress_weight"] += (whole * (1.0 - reached)).where(runs & later, 0.0)

    dues = (lines["rule_id"] == DUES_ARREARS) & (lit | due)
    course = (lines["rule_id"] == STUDY_COURSES) & due
    total, already = (lines[name].where(due, ones).astype(float) for name, ones in (("total", 1.0), ("reached", 0.0)))
    for change, reached_by in ((done, total), (undone, already)):
        change["dues_due"], change["dues_paid"] = total.where(dues, 0.0), reached_by.where(dues, 0.0)
        change["courses_due"], change["courses_coming"] = course.astype(float), -course.astype(float)
        change["courses_finished"] = reached_by.where(course, 0.0)

    election = (lines["rule_id"] == ELECTION_TERM) & (red | (yellow & ~later))
    valid = counts["term_valid"].astype(float)
    done.loc[election, "term_valid"] = (1.0 - valid)[election]
    undone.loc[election, "term_valid"] = (0.0 - valid)[election]

    admission = lines["rule_id"].str.startswith(ADMISSION_RULE)
    clocks = lines[admission & red].groupby(["org_id", "subject"])["rule_id"].transform("size")  # all of a person's must be put right
    done.loc[clocks.index, "applicants_red"] = -np.minimum(1.0, counts["applicants_red"].astype(float))[clocks.index] / clocks
    turning = admission & yellow & ~later & (lines["rule_id"] != ADMISSION_ORDER)  # which stays yellow whatever is done
    undone.loc[turning, "applicants_red"] = 1.0
    return done, undone, (duty & (lit | due)) | task | course | dues | election | (admission & red) | turning


def ordered(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of each organisation in the order in which they should be done: red, yellow, merely due, grey, then what was made
    up and asks for nothing more; within these by points at stake, and then by deadline.

    Expects columns: org_code, light, points, due_on, rule_id, subject.
    """
    urgency = lines["light"].map(_URGENCY).mask(done_late(lines), _DONE)
    keys = lines.assign(urgency=urgency, worth=-lines["points"])
    order = keys.sort_values(["org_code", "urgency", "worth", "due_on", "rule_id", "subject"], na_position="last", kind="stable").index
    return lines.loc[order].reset_index(drop=True)


def _makes_up(lines: pd.DataFrame, today: date, settings: Settings) -> pd.Series:
    """True for a missed duty that may still be made up today, before its quarter is frozen. A talk names no period to be made up."""
    missed = lines["rule_id"].str.startswith(DUTY_RULE) & (lines["rule_id"] != duty_rule(Duty.TALK)) & (lines["light"] == Light.RED)
    months = settings.whole("duty.makeup_months")
    days = lines.loc[missed & lines["due_on"].notna(), "due_on"].unique()
    open_still = [day for day in days if today <= _makeup_end(day.date(), months) and not Period.quarter(day.date()).frozen(today)]
    return missed & lines["due_on"].isin(open_still)


def _makeup_end(due_on: date, months: int) -> date:
    """The last day of the months that follow the period which ended on `due_on`."""
    return Period.month(add_months(due_on.replace(day=1), months)).last


def exemption_sentence(row: Mapping[Any, Any]) -> str:
    """Say in Chinese that a light is switched off, until when, why and by whom. Expects title, exempt_to, reason, approved_by."""
    return f"已豁免：{row['title']}，至 {row['exempt_to']:%Y-%m-%d}，{row['reason']}（{row['approved_by']}批准）"
