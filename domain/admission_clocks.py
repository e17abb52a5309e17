"""The clocks of admission (发展党员): present step, what runs out when, what was done too early, too short or out of order.

Source: 《中国共产党发展党员工作细则》. A clock runs from one step to another; it turns yellow two weeks before it runs out (local) and
red the day after. It stops with its own step, or with any later one, because the process has then moved on.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from domain import lights, rules
from domain.admission import ORDER, PROBATION_EXTENSION, STEPS
from domain.lights import written
from domain.settings import Settings
from domain.vocabulary import Light, Term

_CODES = list(ORDER)
# The step that stops each clock, or any later one.
STOPPED_BY = {
    rules.FIRST_TALK: "first_talk",
    rules.OBSERVATION: "observation",
    rules.PROBATION_APPROVAL: "probation_approval",
    rules.PROBATION_END: "conversion_vote",
    rules.CONVERSION_APPROVAL: "conversion_approval",
}
_NEVER = np.datetime64("9999-12-31", "s")


class Oddity(Term):
    """What is wrong with a recorded step (数据异常)."""

    UNKNOWN_STEP = "unknown_step", "步骤名称无法识别"
    FUTURE = "future", "日期在未来"
    OUT_OF_ORDER = "out_of_order", "日期早于前面的步骤"


def examined(steps: pd.DataFrame, today: date) -> pd.DataFrame:
    """Say of every recorded step what is wrong with it. An unknown or future step is not counted; one out of order is.

    A step is out of order where its first day lies before the first day of an earlier step. A step that was skipped is no oddity.
    Expects steps: applicant_id, step (code), done_on, days. Returns them with place (Int64, the step's order; NA for a record that is
    none of the steps), oddity (str; NaN where sound), ordered by applicant, day and place.
    """
    seen = steps.assign(place=steps["step"].map(ORDER).astype("Int64"))
    known = seen["place"].notna() | (seen["step"] == PROBATION_EXTENSION)
    future = seen["done_on"] > pd.Timestamp(today)
    counted = seen[known & ~future & seen["place"].notna()].sort_values(["applicant_id", "place", "done_on"])
    first = counted.drop_duplicates(["applicant_id", "place"])
    latest_before = first.groupby("applicant_id")["done_on"].cummax().groupby(first["applicant_id"]).shift()
    odd = first[first["done_on"] < latest_before].index
    oddity = np.select(
        [~known, future, seen.index.isin(odd)], [Oddity.UNKNOWN_STEP.value, Oddity.FUTURE.value, Oddity.OUT_OF_ORDER.value], ""
    )
    seen["oddity"] = pd.Series(oddity, index=seen.index, dtype="str").mask(oddity == "")
    return seen.sort_values(["applicant_id", "done_on", "place"], ignore_index=True)


def _counted(seen: pd.DataFrame) -> pd.DataFrame:
    return seen[~seen["oddity"].isin([Oddity.UNKNOWN_STEP, Oddity.FUTURE])]


def present_steps(seen: pd.DataFrame) -> pd.DataFrame:
    """Return where each applicant stands: the furthest step reached.

    Expects steps: of `examined`. Returns applicant_id, step, stage (str, a `Stage`), since (the day it was reached), by applicant.
    """
    reached = _counted(seen)
    reached = reached[reached["place"].notna()].sort_values(["applicant_id", "place", "done_on"], ascending=[True, False, True])
    present = reached.drop_duplicates("applicant_id")
    stage = present["step"].map({code: step.stage.value for code, step in STEPS.items()})
    return present.assign(stage=stage, since=present["done_on"])[["applicant_id", "step", "stage", "since"]].reset_index(drop=True)


@dataclass(frozen=True)
class _Course:
    """The admissions of many applicants side by side: the first day of every step, and when a step or a later one came."""

    applicants: pd.DataFrame
    first: pd.DataFrame  # one column a step, one row an applicant
    passed: pd.DataFrame  # the first day on which the step or a later one was recorded

    @classmethod
    def of(cls, applicants: pd.DataFrame, seen: pd.DataFrame) -> "_Course":
        people = applicants.set_index("applicant_id", drop=False).rename_axis(None)
        counted = _counted(seen)
        counted = counted[counted["place"].notna()]
        first = counted.pivot_table(index="applicant_id", columns="step", values="done_on", aggfunc="min")
        first = first.reindex(index=people.index, columns=pd.Index(_CODES)).astype("datetime64[s]")
        first["application"] = first["application"].fillna(people["applied_on"])
        day = np.where(first.isna(), _NEVER, first.to_numpy(dtype="datetime64[s]"))
        earliest = np.minimum.accumulate(day[:, ::-1], axis=1)[:, ::-1]
        passed = pd.DataFrame(np.where(earliest == _NEVER, np.datetime64("NaT"), earliest), people.index, first.columns)
        return cls(people, first, passed)


def admission_lights(applicants: pd.DataFrame, seen: pd.DataFrame, today: date, settings: Settings, *, history_from: date) -> pd.DataFrame:
    """Light every clock of every admission under way, and keep those that closed lately.

    Expects applicants: applicant_id, org_id, member_id (Int64), birth_on, applied_on, ended_on (NaT while under way); seen: of `examined`.
    Returns the columns of `domain.lights`; the subject is "applicant:<id>". Lights of an admission that ended (withdrawn, rejected)
    close with it; history reaches back to `history_from`.
    """
    course = _Course.of(applicants, seen)
    parts = [
        *(_clock_lights(clock, today, settings) for clock in _clocks(course, seen, settings)),
        _too_early(course, settings),
        _converted_early(course, seen, settings),
        _too_short(course, seen, "training", rules.TRAINING, settings.whole("admission.training_days"), "sum"),
        _untrained(course),
        _too_short(course, seen, "public_notice", rules.PUBLIC_NOTICE, settings.whole("admission.notice_days"), "max"),
        _too_young(course, settings),
        _out_of_order(course, seen),
    ]
    lit = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else lights.none()
    return _finished(lit, course.applicants, today, history_from)


def _finished(lit: pd.DataFrame, people: pd.DataFrame, today: date, history_from: date) -> pd.DataFrame:
    """Close lights with the admission, drop those that never turned or closed long ago, and name whom they are about."""
    if lit.empty:
        return lights.none()
    day = pd.Timestamp(today)
    lit = lit.join(people[["org_id", "member_id", "ended_on"]], on="applicant_id")
    closed = pd.concat([lit["closed_on"], lit["ended_on"]], axis=1).min(axis=1)
    lit = lit.assign(closed_on=closed.where(closed <= day))
    turned = (lit["since"] <= day) & ~(lit["closed_on"] < lit["since"])
    lit = lit[turned & ~(lit["closed_on"] < pd.Timestamp(history_from))]
    rows = pd.Series([[number] for number in lit["applicant_id"]], index=lit.index, dtype=object)
    subject = "applicant:" + lit["applicant_id"].astype(str)
    return lights.framed(lit.assign(subject=subject, table="admission_step", rows=rows))


@dataclass(frozen=True)
class _Clock:
    """One clock of many applicants, a row each (the index; the half-yearly review has several): NaT where it never started or stopped."""

    rule_id: str
    start: pd.Series
    due: pd.Series
    stop: pd.Series
    begun: str
    asked: str
    exempt_limit: pd.Series | None = None


def _clocks(course: _Course, seen: pd.DataFrame, settings: Settings) -> list[_Clock]:
    def months(key: str) -> pd.DateOffset:
        return pd.DateOffset(months=settings.whole(f"admission.{key}_months"))

    def passed(rule_id: str) -> pd.Series:
        return course.passed[STOPPED_BY[rule_id]]

    first = course.first
    applied, vote, conversion = first["application"], first["probation_vote"], first["conversion_vote"]
    ends = _probation_ends(course, seen, settings)
    reviews = _reviews(course, seen)
    reviewed = reviews["start"]
    return [
        _Clock(rules.FIRST_TALK, applied, applied + months("first_talk"), passed(rules.FIRST_TALK), "递交入党申请书", "派人谈话"),
        _Clock(rules.OBSERVATION, reviewed, reviewed + months("review"), reviews["stop"], "上次考察（或确定为积极分子）", "进行半年考察"),
        _Clock(
            rules.PROBATION_APPROVAL,
            vote,
            vote + months("approval"),
            passed(rules.PROBATION_APPROVAL),
            "支部大会接收",
            "完成上级党委审批",
            vote + months("approval_max"),
        ),
        _Clock(rules.PROBATION_END, ends, ends + months("conversion"), passed(rules.PROBATION_END), "预备期满", "召开支部大会讨论转正"),
        _Clock(
            rules.CONVERSION_APPROVAL,
            conversion,
            conversion + months("conversion_approval"),
            passed(rules.CONVERSION_APPROVAL),
            "支部大会讨论转正",
            "完成上级党委审批",
        ),
    ]


def running_clocks(applicants: pd.DataFrame, seen: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Return every clock that runs today, lit or not: it has started and neither its own step nor a later one has come.

    Expects what `admission_lights` expects, of admissions under way. A probation runs from the day that the branch accepted, though
    its clock (转正) only starts when it ends. Returns applicant_id, clock (a rule's id), due_on (datetime64), the first to run out
    first for each applicant, by applicant.
    """
    day = pd.Timestamp(today)
    course = _Course.of(applicants, seen)
    vote = course.first["probation_vote"]
    running = []
    for clock in _clocks(course, seen, settings):
        begun = vote if clock.rule_id == rules.PROBATION_END else clock.start
        on = ((begun <= day) & ~(clock.stop <= day)).to_numpy()
        running.append(pd.DataFrame({"applicant_id": clock.start.index[on], "clock": clock.rule_id, "due_on": clock.due.to_numpy()[on]}))
    order = ["applicant_id", "due_on", "clock"]
    return pd.concat(running, ignore_index=True).sort_values(order, ignore_index=True)


def _clock_lights(clock: _Clock, today: date, settings: Settings) -> pd.DataFrame:
    """Light one clock as of the day it stopped, or as of today."""
    start, due, stop = clock.start, clock.due, clock.stop
    warned = due - pd.Timedelta(days=settings.whole("clock.warn_days"))
    as_of = stop.where(stop <= pd.Timestamp(today)).fillna(pd.Timestamp(today))
    red = as_of > due
    turned = (due + pd.Timedelta(days=1)).where(red, warned)
    on = start.notna() & (as_of >= warned)
    clocks = pd.DataFrame(
        {
            "applicant_id": start.index,
            "rule_id": clock.rule_id,
            "light": np.where(red, Light.RED.value, Light.YELLOW.value),
            "since": turned.where(turned >= start, start).to_numpy(),
            "due_on": due.to_numpy(),
            "closed_on": stop.to_numpy(),
            "exempt_limit": pd.NaT if clock.exempt_limit is None else clock.exempt_limit.to_numpy(),
            "start": start.to_numpy(),
        }
    )[on.to_numpy()]
    spans = zip(*(written(clocks[name]) for name in ("start", "due_on", "closed_on")), strict=True)
    texts = [
        f"1名申请人{clock.begun}（{at}）后，应于{until}前{clock.asked}，" + (f"于{done}完成。" if done else "尚未完成。")
        for at, until, done in spans
    ]
    return clocks.drop(columns="start").assign(text=texts)


def _probation_ends(course: _Course, seen: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return when each probation ends: counted from the branch meeting that accepted, its extension included."""
    vote = course.first["probation_vote"]
    return vote + pd.DateOffset(months=settings.whole("admission.probation_months")) + _extension(course, seen, settings)


def _extension(course: _Course, seen: pd.DataFrame, settings: Settings) -> pd.Series:
    """Return how much longer each probation lasts: the one extension that is allowed, within its bounds; nothing where there is none."""
    told = _counted(seen)
    told = told[told["step"] == PROBATION_EXTENSION].drop_duplicates(subset="applicant_id").set_index("applicant_id")
    vote = course.first["probation_vote"]
    least = vote + pd.DateOffset(months=settings.whole("admission.extension_min_months")) - vote
    most = vote + pd.DateOffset(months=settings.whole("admission.extension_max_months")) - vote
    asked = pd.to_timedelta(told["days"].astype("float64"), unit="D").reindex(vote.index)
    decided = pd.Series(vote.index.isin(told.index), index=vote.index)
    longer = asked.where(asked >= least, least)
    return longer.where(longer <= most, most).where(decided, pd.Timedelta(0))


def _reviews(course: _Course, seen: pd.DataFrame) -> pd.DataFrame:
    """Return every half-yearly review's span, from the determination as activist to that as candidate: start, stop (NaT: not yet)."""
    told = _counted(seen)
    told = told.loc[told["step"] == "observation", ["applicant_id", "done_on"]]
    begun = course.first["activist"].dropna().rename("done_on").rename_axis("applicant_id").reset_index()
    spans = pd.concat([begun, told[told["applicant_id"].isin(begun["applicant_id"])]], ignore_index=True)
    spans = spans.merge(course.passed["candidate"].rename("until"), left_on="applicant_id", right_index=True)
    spans = spans[~(spans["done_on"] >= spans["until"])].sort_values(["applicant_id", "done_on"])
    following = spans.groupby("applicant_id")["done_on"].shift(-1)
    spans = spans.assign(start=spans["done_on"], stop=following.fillna(spans["until"]))
    return spans.set_index("applicant_id")[["start", "stop"]]


def _judged_until(course: _Course) -> pd.Series:
    """Return when an irregularity of the process is settled: the superior committee has ruled on the admission."""
    return course.passed["probation_approval"]


def _too_early(course: _Course, settings: Settings) -> pd.DataFrame:
    """Activist to candidate takes a year at least (第十三条): earlier is red until the superior committee has ruled."""
    activist, candidate = course.first["activist"], course.first["candidate"]
    allowed = activist + pd.DateOffset(months=settings.whole("admission.activist_months"))
    early = candidate < allowed
    texts = [
        f"1名申请人于{begun}确定为积极分子，{on}即列为发展对象，早于{due}。"
        for begun, on, due in zip(*(written(day[early]) for day in (activist, candidate, allowed)), strict=True)
    ]
    return _irregular(rules.CANDIDATE_EARLY, candidate[early], allowed[early], _judged_until(course)[early], texts)


def _converted_early(course: _Course, seen: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Nobody is made a full member before the probation ends (第三十一条): earlier is red until the superior committee has ruled on it."""
    ends, vote = _probation_ends(course, seen, settings), course.first["conversion_vote"]
    early = vote < ends
    texts = [
        f"1名预备党员预备期至{due}，支部大会于{on}即讨论转正。"
        for on, due in zip(*(written(day[early]) for day in (vote, ends)), strict=True)
    ]
    return _irregular(rules.PROBATION_END, vote[early], ends[early], course.passed["conversion_approval"][early], texts)


def _too_short(course: _Course, seen: pd.DataFrame, code: str, rule_id: str, least: int, take: str) -> pd.DataFrame:
    """A step has to last so many days: shorter is red, unknown grey, until it is made long enough or the committee has ruled."""
    told = _counted(seen)
    told = told[told["step"] == code].sort_values(["applicant_id", "done_on"])
    if told.empty:
        return lights.none()
    length = told["days"].astype("float64")
    reached = length.fillna(0).groupby(told["applicant_id"]).cumsum() if take == "sum" else length.groupby(told["applicant_id"]).cummax()
    enough = told[reached >= least].drop_duplicates(subset="applicant_id")
    made_good = enough.set_index("applicant_id")["done_on"].reindex(course.first.index)
    began = course.first[code]
    longest = reached.groupby(told["applicant_id"]).max().reindex(course.first.index)
    untold = length.groupby(told["applicant_id"]).count().reindex(course.first.index) == 0
    short = began.notna() & ~(made_good <= began)
    closing = pd.concat([made_good, _judged_until(course)], axis=1).min(axis=1)
    name = STEPS[code].name
    texts = [
        f"1名申请人的“{name}”没有登记天数，无法评定。" if silent else f"1名申请人的“{name}”登记{days:.0f}天，少于{least}天。"
        for days, silent in zip(longest[short], untold[short], strict=True)
    ]
    lit = _irregular(rule_id, began[short], None, closing[short], texts)
    return lit.assign(light=np.where(untold[short], Light.GREY.value, Light.RED.value))


def _untrained(course: _Course) -> pd.DataFrame:
    """Nobody is received without training (第十七条): grey where a later step came and none is recorded, until the committee rules."""
    later, ruled = course.passed["training"], _judged_until(course)
    silent = later.notna() & course.first["training"].isna() & ~(ruled <= later)
    texts = [f"1名申请人没有“{STEPS['training'].name}”的记录，无法评定。" for _ in range(int(silent.sum()))]
    return _irregular(rules.TRAINING, later[silent], None, ruled[silent], texts).assign(light=Light.GREY.value)


def _too_young(course: _Course, settings: Settings) -> pd.DataFrame:
    """An applicant is at least 18 (第五条): the light closes with the birthday, after which the application can be renewed."""
    applied = course.first["application"]
    of_age = course.applicants["birth_on"] + pd.DateOffset(years=settings.whole("admission.min_age"))
    young = applied < of_age
    texts = [f"1名申请人递交申请时未满{settings.whole('admission.min_age')}周岁。" for _ in range(int(young.sum()))]
    return _irregular(rules.MIN_AGE, applied[young], of_age[young], of_age[young], texts)


def _out_of_order(course: _Course, seen: pd.DataFrame) -> pd.DataFrame:
    """Steps are taken one after the other: yellow while an admission under way has one dated before an earlier one."""
    odd = seen[seen["oddity"].isin([Oddity.OUT_OF_ORDER])].drop_duplicates(subset="applicant_id").set_index("applicant_id")
    since = course.first.max(axis=1).reindex(odd.index)
    texts = [
        f"1名申请人的“{STEPS[code].name}”日期（{on}）早于前面的步骤。"
        for code, on in zip(odd["step"], written(odd["done_on"]), strict=True)
    ]
    lit = _irregular(rules.ADMISSION_ORDER, since, None, course.first["archive"].reindex(odd.index), texts)
    return lit.assign(light=Light.YELLOW.value)


def _irregular(rule_id: str, since: pd.Series, due: pd.Series | None, closed: pd.Series, texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "applicant_id": since.index,
            "rule_id": rule_id,
            "light": Light.RED.value,
            "since": since.to_numpy(),
            "due_on": pd.NaT if due is None else due.to_numpy(),
            "closed_on": closed.to_numpy(),
            "text": texts,
        }
    )
