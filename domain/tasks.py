"""Tasks (任务): progress against plan, and the light of every assignment. Local practice throughout; the numbers are settings.

Planned progress is 0 on the day an assignment starts and 100 on the day it is due, linear in between; where the task has
milestones it is linear from one milestone to the next. Days are counted whole, and comparisons are exact.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain import lights
from domain.reported import DONE, NEVER, Days, Reported, days_since_1970
from domain.rounding import half_up
from domain.rules import TASK_PROGRESS
from domain.settings import Settings
from domain.vocabulary import Light

_COLOURS = np.array([Light.GREEN.value, Light.YELLOW.value, Light.RED.value])
_GREEN, _YELLOW, _RED = range(3)
_APART = 1000  # more than any percentage: keeps those of one plan from those of the next


def _dated(days: Days, missing: npt.NDArray[np.bool_]) -> pd.Series:
    return pd.Series(days.astype("datetime64[D]").astype("datetime64[s]")).mask(missing)


@dataclass(frozen=True)
class Plan:
    """The plans of many assignments as corner points; `of` is each assignment's plan, in the order of its frame."""

    of: Days
    plan: Days
    day: Days
    percent: Days

    @classmethod
    def drawn(cls, assignments: pd.DataFrame, milestones: pd.DataFrame) -> "Plan":
        """Draw the plans of assignments: task_id, start_on, due_on; milestones: task_id, due_on, percent.

        A milestone outside an assignment's own span is left out, and one that asks for less than an earlier one asks for the same.
        """
        of = np.asarray(assignments.groupby(["task_id", "start_on", "due_on"], sort=False).ngroup(), dtype=np.int64)
        first = np.unique(of, return_index=True)[1]
        tasks = assignments["task_id"].to_numpy(np.int64)[first]
        start, due = (days_since_1970(assignments[name])[first] for name in ("start_on", "due_on"))
        ordered = milestones.sort_values("task_id", kind="stable")
        of_task, at = ordered["task_id"].to_numpy(np.int64), days_since_1970(ordered["due_on"])
        begins, ends = (np.searchsorted(of_task, tasks, side=side) for side in ("left", "right"))
        inner = np.repeat(np.arange(len(first)), ends - begins)  # the plans whose task each milestone is one of
        place = np.arange(len(inner)) - np.repeat(np.cumsum(ends - begins) - ends, ends - begins)
        inside = (at[place] >= start[inner]) & (at[place] < due[inner])
        inner, place = inner[inside], place[inside]
        plans = np.concatenate([np.arange(len(first)), inner, np.arange(len(first))])
        days = np.concatenate([start, at[place], due])
        asked = ordered["percent"].to_numpy(np.int64)[place]
        percent = np.concatenate([np.zeros(len(first), np.int64), asked, np.full(len(first), DONE)])
        order = np.lexsort((percent, days, plans))
        plans, percent = plans[order], percent[order]
        return cls(of, plans, days[order], np.maximum.accumulate(plans * _APART + percent) - plans * _APART)

    def at(self, plan: Days, day: Days) -> npt.NDArray[np.float64]:
        """Return the percent that each plan asks for on each day."""
        if not len(plan):
            return np.zeros(0)
        left = np.searchsorted(self.plan * NEVER + self.day, plan * NEVER + np.clip(day, 0, NEVER - 1), side="right") - 1
        begun = (left >= 0) & (self.plan[left] == plan)
        left = np.maximum(left, 0)
        right = np.minimum(left + 1, len(self.plan) - 1)
        between = begun & (self.plan[right] == plan)
        run = np.where(between, self.day[right] - self.day[left], 1)
        rise = np.where(between, self.percent[right] - self.percent[left], 0)
        return np.where(begun, self.percent[left] + rise * (day - self.day[left]) / np.maximum(run, 1), 0.0)

    def reaching(self, plan: Days, percent: Days) -> Days:
        """Return the first day on which each plan asks for at least `percent` (1 or more); a day that never comes above 100."""
        if not len(plan):
            return np.zeros(0, np.int64)
        within = np.minimum(percent, DONE)
        right = np.searchsorted(self.plan * _APART + self.percent, plan * _APART + within, side="left")
        left = right - 1
        run, rise = self.day[right] - self.day[left], np.maximum(self.percent[right] - self.percent[left], 1)
        day = self.day[left] - (-(within - self.percent[left]) * run) // rise  # rounded up
        return np.where(percent > DONE, NEVER, day)


def planned_progress(assignments: pd.DataFrame, milestones: pd.DataFrame, days: pd.Series) -> pd.Series:
    """Return the percent that the plan of each assignment asks for on its day.

    Expects assignments: task_id, start_on, due_on; milestones: task_id, due_on, percent; `days` (datetime64), one a row of assignments.
    """
    plan = Plan.drawn(assignments, milestones)
    return pd.Series(plan.at(plan.of, days_since_1970(days)), index=assignments.index)


def assignment_states(
    assignments: pd.DataFrame, milestones: pd.DataFrame, reports: pd.DataFrame, unknown: pd.DataFrame, today: date, settings: Settings
) -> pd.DataFrame:
    """Say where every assignment stands (任务进度: rules, "Tasks").

    Green: on plan. Yellow: 15 points behind, or due within 7 days and under 80 %, or finished at most 30 days late. Red: 30 points
    behind, or overdue, or finished later than that. Progress is the latest report's, a correction being a further report; nothing
    reported counts as nothing done, though the progress stays missing. It is finished on the first day of the unbroken run of
    100 % that lasts until today. Grey: not finished, and the steward marks the organisation's task records unknown.
    An assignment of a dissolved organisation stands as on its last day. Reports dated after today are not counted.

    Expects assignments: assignment_id, task_id, org_id, start_on, due_on, dissolved_on (of the organisation; NaT while it lives);
    milestones: task_id, due_on, percent; reports: those of `Reported.of`; unknown: org_id, from_on, to_on.
    Returns one row an assignment, in its order: assignment_id, planned (percent, two decimals), progress (Int64; NA where nothing was
    reported), reported_on, finished_on, days_late (of the finish, or until today), light (str), since (NaT before its start), and
    of what a finished one closed: closed_light (str; NaN where none) and closed_since.
    """
    given = assignments.reset_index(drop=True)
    plan = Plan.drawn(given, milestones)
    start, due = days_since_1970(given["start_on"]), days_since_1970(given["due_on"])
    now = int(np.datetime64(today, "D").astype(np.int64))
    gone = given["dissolved_on"].notna().to_numpy()
    until = np.where(gone, np.minimum(days_since_1970(given["dissolved_on"]), now), now)

    spells = _spells(given, reports, start, until)
    at = spells["at"].to_numpy()
    colour, turned = _coloured(spells, plan, start[at], due[at], settings)
    opens = np.ones(len(at), dtype=bool)
    opens[1:] = (at[1:] != at[:-1]) | (colour[1:] != colour[:-1]) | (turned[1:] > spells["from"].to_numpy()[1:])
    run_since = turned[np.maximum.accumulate(np.where(opens, np.arange(len(at)), 0))] if len(at) else turned

    last = np.full(len(given), -1)
    last[at] = np.arange(len(at))  # the later spell overwrites the earlier
    has, tail = last >= 0, np.maximum(last, 0)
    reported = has & _taken(spells["reported"], tail, False)
    finished = has & (_taken(spells["percent"], tail, 0) == DONE)
    finished_day = _taken(spells["done_from"], tail, NEVER)
    before = np.where(finished, _taken(spells["before_done"], tail, -1), -1)
    closes = before >= 0

    marked_from = _marked(given, unknown, today)
    grey = marked_from.notna().to_numpy() & ~finished & ~gone & (start <= now)
    light = np.where(grey, Light.GREY.value, _COLOURS[np.where(has, colour[tail] if len(at) else 0, _GREEN)])
    since = np.where(has, run_since[tail] if len(at) else 0, 0)
    since = np.where(grey, np.maximum(days_since_1970(marked_from), start), since)
    return pd.DataFrame(
        {
            "assignment_id": given["assignment_id"],
            "planned": half_up(pd.Series(plan.at(plan.of, until)), 2),
            "progress": pd.Series(_taken(spells["percent"], tail, 0), dtype="Int64").mask(~reported),
            "reported_on": _dated(_taken(spells["from"], tail, 0), ~reported),
            "finished_on": _dated(finished_day, ~finished),
            "days_late": np.maximum(np.where(finished, finished_day, until) - due, 0),
            "light": light,
            "since": _dated(since, ~has),
            "closed_light": pd.Series(_COLOURS[colour[np.maximum(before, 0)]] if len(at) else light).mask(~closes),
            "closed_since": _dated(run_since[np.maximum(before, 0)] if len(at) else since, ~closes),
        }
    )


def _taken(column: pd.Series, places: Days, empty: int | bool) -> np.ndarray:
    """Return the column's values at `places`; `empty` everywhere where the column has no rows."""
    return column.to_numpy()[places] if len(column) else np.full(len(places), empty)


def _spells(given: pd.DataFrame, reports: pd.DataFrame, start: Days, until: Days) -> pd.DataFrame:
    """Cut every assignment's time into spells of one progress, in order.

    Columns: at (the assignment's place), from, to (days), percent, reported, done_from (first day of the run of 100 %, `NEVER`
    outside one), before_done (the spell before that run; −1 where there is none).
    """
    known = Reported.of(given["assignment_id"], reports)
    told = pd.DataFrame({"at": known.place, "from": known.day, "percent": known.percent, "done_from": known.done_from, "reported": True})
    told = told[told["from"].to_numpy() <= until[told["at"]]]
    first = told.groupby("at")["from"].min().reindex(range(len(given)), fill_value=NEVER).to_numpy(np.int64)
    quiet = np.flatnonzero((start < first) & (start <= until))
    silent = pd.DataFrame({"at": quiet, "from": start[quiet], "percent": 0, "done_from": NEVER, "reported": False})
    spells = pd.concat([silent, told], ignore_index=True) if len(told) else silent
    spells = spells.sort_values(["at", "from"], ignore_index=True)
    follows = spells["at"].eq(spells["at"].shift(-1))
    spells["to"] = np.where(follows, spells["from"].shift(-1, fill_value=0) - 1, until[spells["at"]])
    begins = (spells["from"] == spells["done_from"]).to_numpy()
    before = np.maximum.accumulate(np.where(begins, np.arange(len(spells)), 0)) - 1
    same = (before >= 0) & (_taken(spells["at"], np.maximum(before, 0), -1) == spells["at"])
    spells["before_done"] = np.where((spells["done_from"] < NEVER) & same, before, -1)
    return spells


def _coloured(spells: pd.DataFrame, plan: Plan, start: Days, due: Days, settings: Settings) -> tuple[Days, Days]:
    """Return the colour at the end of each spell (as `_GREEN`…) and the day within the spell on which it turned to it.

    Within a spell progress stands still while the plan rises, so that a light only ever gets worse.
    """
    percent, begun = spells["percent"].to_numpy(np.int64), spells["from"].to_numpy(np.int64)
    plans = plan.of[spells["at"].to_numpy()]
    soon = np.where(percent < settings["task.due_soon_percent"], np.maximum(due - settings.whole("task.due_soon_days"), start), NEVER)
    red = np.minimum(plan.reaching(plans, percent + settings.whole("task.red_behind")), due + 1)
    yellow = np.minimum(np.minimum(plan.reaching(plans, percent + settings.whole("task.yellow_behind")), soon), red)
    end = spells["to"].to_numpy(np.int64)
    running = np.select([end >= red, end >= yellow], [_RED, _YELLOW], _GREEN)
    late = spells["done_from"].to_numpy(np.int64) - due
    finished = np.select([late > settings.whole("task.late_days"), late > 0], [_RED, _YELLOW], _GREEN)
    colour = np.where(percent == DONE, finished, running)
    crossing = np.select([colour == _RED, colour == _YELLOW], [red, yellow], begun)
    return colour, np.where(percent == DONE, begun, np.maximum(crossing, begun))


def _marked(given: pd.DataFrame, unknown: pd.DataFrame, today: date) -> pd.Series:
    """Return the day since which the records of each assignment's organisation are marked unknown; NaT where they are not."""
    day = pd.Timestamp(today)
    lasting = unknown[(unknown["from_on"] <= day) & ~(unknown["to_on"] < day)]
    return lasting.groupby("org_id")["from_on"].min().reindex(given["org_id"]).reset_index(drop=True)


def task_lights(states: pd.DataFrame, today: date, *, history_from: date) -> pd.DataFrame:
    """Light the assignments that are not finished and behind, overdue or unknown; keep what the recently finished ones closed.

    A finished assignment has nothing left to do, so its own colour is in its state and no light of it is open.
    Expects states: of `assignment_states`, with org_id, member_id (responsible; NA where nobody was named), due_on, dissolved_on and
    title. Returns the columns of `domain.lights`; the subject is "assignment:<id>".
    """
    unfinished = states["finished_on"].isna() & (states["light"] != Light.GREEN) & states["since"].notna()
    open_ones = states[unfinished]
    open_ones = open_ones.assign(closed_on=open_ones["dissolved_on"].where(open_ones["dissolved_on"] <= pd.Timestamp(today)))
    closed = states[states["closed_light"].isin([Light.YELLOW, Light.RED]) & (states["finished_on"] >= pd.Timestamp(history_from))]
    closed = closed.assign(light=closed["closed_light"], since=closed["closed_since"], closed_on=closed["finished_on"])
    lit = pd.concat([open_ones, closed], ignore_index=True)
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": lit["org_id"],
                "member_id": lit["member_id"],
                "rule_id": TASK_PROGRESS,
                "subject": "assignment:" + lit["assignment_id"].astype(str),
                "light": lit["light"],
                "since": lit["since"],
                "due_on": lit["due_on"],
                "closed_on": lit["closed_on"],
                "table": "assignment",
                "rows": [[int(number)] for number in lit["assignment_id"]],
                "text": _texts(lit),
            }
        )
    )


def _texts(lit: pd.DataFrame) -> list[str]:
    texts = []
    days = (lights.written(lit[name]) for name in ("due_on", "finished_on"))
    columns = (lit[name] for name in ("title", "light", "progress", "planned", "days_late"))
    for on, finished, title, light, progress, planned, late in zip(*days, *columns, strict=True):
        done = "尚未上报进度" if pd.isna(progress) else f"进度{progress}%"
        if finished:
            texts.append(f"任务“{title}”应于{on}完成，已于{finished}完成" + (f"，逾期{late}天。" if late else "。"))
        elif light == Light.GREY:
            texts.append(f"任务“{title}”应于{on}完成，任务记录被标记为未知，无法评定。")
        elif late:
            texts.append(f"任务“{title}”应于{on}完成，已逾期{late}天，{done}。")
        else:
            texts.append(f"任务“{title}”应于{on}完成，按计划应达{planned:g}%，{done}。")
    return texts
