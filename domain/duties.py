"""Duties of organisation life (三会一课 and what goes with it): which are owed, and where each stands.

Source: 《中国共产党支部工作条例（试行）》第十一条至第十九条. A period's duty is due until its last day, then missed; held within the
following month it is late. A branch owes only periods that it lived from their first day to their last.

The rated periods are numbered: a *slot* is one period of one duty, and consecutive periods of a duty have consecutive slots.
"""

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from domain.period import Period, add_months
from domain.settings import Settings
from domain.vocabulary import Duty, DutyStatus, Term

Whole = npt.NDArray[np.int64]

# In the order of the cases that `standing` asks about; a duty that meets none of them is missed.
_ANSWERED = (DutyStatus.HELD, DutyStatus.LATE, DutyStatus.UNKNOWN, DutyStatus.DUE, DutyStatus.MISSED)
_STATUSES = pd.Index([status.value for status in _ANSWERED])


class Flaw(Term):
    """Why a meeting does not answer the duty that it names; all but the last two are anomalies of the data (数据异常)."""

    NO_PERIOD = "no_period", "所属期间与会议类型不符"
    FUTURE = "future", "会议日期在未来"
    EARLY = "early", "会议日期早于所属期间"
    OUT_OF_LIFE = "out_of_life", "会议日期在党支部成立之前或撤销之后"
    NUMBERS = "numbers", "应到或实到人数不合理"
    NO_GROUP = "no_group", "未注明党小组"
    QUORUM = "quorum", "到会委员不足半数"
    TOO_LATE = "too_late", "超过补开期限"

    @property
    def anomalous(self) -> bool:
        """True where the record itself must be wrong, and not merely the meeting insufficient."""
        return self not in (Flaw.QUORUM, Flaw.TOO_LATE)


def calendar(settings: Settings, today: date, records_from: date) -> pd.DataFrame:
    """List the periods of every duty that are rated: those that begun by `today` and whose first day is recorded.

    `records_from` is the first day of the records; nothing is asked for before it, nor what fell due before the quarters that the
    setting `duty.history_quarters` reaches back to. A year counts in the quarter in which it ends, so it is rated as long as that one.
    Returns one row a slot, oldest first within a duty: slot (int, the index too), duty, period, first_on, due_on (the last day),
    makeup_until (the last day of a late make-up), forgotten_on (the day on which a missed light closes by itself), label.
    """
    back = settings.whole("duty.history_quarters") - 1
    start = max(records_from, Period.quarter(today).shift(-back).first)
    makeup, keep = settings.whole("duty.makeup_months"), settings.whole("duty.close_after_periods")
    rows: list[tuple] = []
    for duty in Duty:
        of = {1: Period.month, 3: Period.quarter, 12: Period.year}[settings.whole(f"duty.{duty.value}.every")]
        period = of(start) if of(start).first >= records_from else of(start).shift(1)
        while period.first <= today:
            makeup_until = add_months(period.last + timedelta(days=1), makeup) - timedelta(days=1)
            forgotten = period.shift(keep).last + timedelta(days=1)
            rows.append((duty.value, period.code, period.first, period.last, makeup_until, forgotten, period.label))
            period = period.shift(1)
    frame = pd.DataFrame(rows, columns=["duty", "period", "first_on", "due_on", "makeup_until", "forgotten_on", "label"])
    days = ["first_on", "due_on", "makeup_until", "forgotten_on"]
    frame[days] = frame[days].apply(pd.to_datetime).astype("datetime64[s]")
    frame.insert(0, "slot", np.arange(len(frame)))
    return frame


def owed(branches: pd.DataFrame, groups: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """List what every branch owes: the periods that it lived through, whole, of the duties that concern it.

    A committee meeting (支委会) is owed only where the committee, a group meeting (党小组会) only where a group lived the whole period.
    Expects branches: org_id, founded_on, dissolved_on (NaT while it lives), has_committee (today), committee_from (NaT: since the
    founding), committee_to (NaT while it sits); groups: group_id, org_id, founded_on, dissolved_on; slots: of `calendar`. Days are
    datetime64.
    Returns org_id, slot, first_on, due_on, makeup_until; ordered by org_id, slot.
    """
    columns = ["slot", "duty", "first_on", "due_on", "makeup_until"]
    whole = _lived(branches, slots.loc[~slots["duty"].isin([Duty.GROUP_MEETING, Duty.COMMITTEE_MEETING]), columns])
    by_committees = _lived(_committees(branches), slots.loc[slots["duty"] == Duty.COMMITTEE_MEETING, columns])
    meeting_groups = group_periods(groups, slots).drop_duplicates(["org_id", "slot"])
    in_groups = _lived(branches[branches["org_id"].isin(groups["org_id"])], slots.loc[slots["duty"] == Duty.GROUP_MEETING, columns])
    in_groups = in_groups.merge(meeting_groups[["org_id", "slot"]], on=["org_id", "slot"])
    kept = ["org_id", "slot", "first_on", "due_on", "makeup_until"]
    return pd.concat([whole[kept], by_committees[kept], in_groups[kept]], ignore_index=True).sort_values(
        ["org_id", "slot"], ignore_index=True
    )


def group_periods(groups: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """List the periods in which each party group has to meet: those that it lived through, whole.

    Expects groups: group_id, org_id, founded_on, dissolved_on; slots: of `calendar`. Returns group_id, org_id, slot.
    """
    of_groups = slots.loc[slots["duty"] == Duty.GROUP_MEETING, ["slot", "first_on", "due_on"]]
    return _lived(groups, of_groups)[["group_id", "org_id", "slot"]]


def _committees(branches: pd.DataFrame) -> pd.DataFrame:
    """Return the branches that have, or had, a committee, with its life in the place of their own."""
    having = branches[branches["has_committee"].astype(bool) | branches["committee_to"].notna()]
    return having.assign(
        founded_on=having[["founded_on", "committee_from"]].max(axis=1), dissolved_on=having[["dissolved_on", "committee_to"]].min(axis=1)
    )


def _lived(bodies: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Cross bodies with the slots that lie whole between their founding and their dissolution."""
    crossed = bodies.merge(slots, how="cross")
    alive = (crossed["founded_on"] <= crossed["first_on"]) & ~(crossed["dissolved_on"] < crossed["due_on"])
    return crossed[alive]


def examined(meetings: pd.DataFrame, branches: pd.DataFrame, slots: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Say of every meeting which slot it answers, or why it does not.

    Expects meetings: meeting_id, org_id, group_id (NA but for group meetings), kind, period, held_on, expected, attended;
    branches: org_id, founded_on, dissolved_on; slots: of `calendar`.
    Returns the meetings with slot (−1 outside the rated periods) and flaw (str, a `Flaw`; NaN where it counts).
    A committee meeting needs half of its members (半数以上委员到会, 第十二条).
    """
    slot, pairs, place = slots_of(meetings["kind"], meetings["period"], slots)
    sound = np.array([sound_period(duty, code, settings) for duty, code in pairs], dtype=bool)[place]
    placed = meetings.reset_index(drop=True).assign(slot=slot)
    placed = placed.merge(branches[["org_id", "founded_on", "dissolved_on"]], on="org_id", how="left")
    placed = placed.merge(slots[["slot", "first_on", "makeup_until"]], on="slot", how="left")
    held, committee = placed["held_on"], placed["kind"] == Duty.COMMITTEE_MEETING
    quorum = 100 * placed["attended"] < settings["duty.committee_quorum_percent"] * placed["expected"]
    cases: dict[Flaw, pd.Series] = {
        Flaw.NO_PERIOD: pd.Series(~sound),
        Flaw.FUTURE: held > pd.Timestamp(today),
        Flaw.EARLY: held < placed["first_on"],
        Flaw.OUT_OF_LIFE: (held < placed["founded_on"]) | (held > placed["dissolved_on"]),
        Flaw.NUMBERS: (placed["attended"] <= 0) | (placed["attended"] > placed["expected"]),
        Flaw.NO_GROUP: (placed["kind"] == Duty.GROUP_MEETING) & placed["group_id"].isna(),
        Flaw.QUORUM: committee & quorum,
        Flaw.TOO_LATE: held > placed["makeup_until"],
    }
    flaw = np.select([case.to_numpy(dtype=bool) for case in cases.values()], [flaw.value for flaw in cases], "")
    placed["flaw"] = pd.Series(flaw, index=placed.index, dtype="str").mask(flaw == "")
    return placed.drop(columns=["founded_on", "dissolved_on", "first_on", "makeup_until"])


def slots_of(duty: pd.Series, period: pd.Series, slots: pd.DataFrame) -> tuple[Whole, list[tuple[str, str]], Whole]:
    """Find the slots of pairs of a duty and a period, which are many rows and few pairs.

    Expects slots: of `calendar`. Returns each row's slot (−1 outside the rated periods), the distinct pairs, and each row's place
    among them.
    """
    known = {(duty, period): slot for duty, period, slot in zip(slots["duty"], slots["period"], slots["slot"], strict=True)}
    duty_places, duties = pd.factorize(duty)
    period_places, periods = pd.factorize(period)
    wide = len(periods) + 1
    distinct, place = np.unique(duty_places * wide + period_places, return_inverse=True)
    pairs = [(str(duties[number // wide]), str(periods[number % wide])) for number in distinct]
    return np.array([known.get(pair, -1) for pair in pairs], dtype=np.int64)[place], pairs, place


def sound_period(duty: str, code: str, settings: Settings) -> bool:
    """True where `code` is a period of the length that the duty (a code of `Duty`) is asked for."""
    try:
        return Period.parse(code).months == settings.whole(f"duty.{duty}.every")
    except (ValueError, KeyError):
        return False


def talks_as_meetings(talks: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Turn the first talk (谈心谈话) of a branch in each period into the meeting that answers the period's duty.

    A talk names no period, so it answers the one that it was held in, and a missed year cannot be made up.
    Expects talks: talk_id, org_id, held_on. Returns the columns that `examined` expects.
    """
    form = {1: "%Y-%m", 3: None, 12: "%Y"}[settings.whole("duty.talk.every")]
    held = talks["held_on"].dt
    code = held.strftime(form) if form else held.year.astype(str) + "Q" + held.quarter.astype(str)
    return pd.DataFrame(
        {
            "meeting_id": talks["talk_id"],
            "org_id": talks["org_id"],
            "group_id": pd.Series(pd.NA, index=talks.index, dtype="Int64"),
            "kind": Duty.TALK.value,
            "period": code,
            "held_on": talks["held_on"],
            "expected": 2,
            "attended": 2,
        }
    )


def standing(
    owing: pd.DataFrame, meetings: pd.DataFrame, groups: pd.DataFrame, unknown: pd.DataFrame, slots: pd.DataFrame, today: date
) -> pd.DataFrame:
    """Say where every owed duty stands: held, late, missed, still due, or unknown where the steward says so of the records.

    The earliest meeting that counts answers the duty. A group meeting is held when every group that lived has met, and its day
    is that of the last of them. A meeting that is recorded outweighs the mark "unknown"; silence under it does not count.
    Expects owing: of `owed`; meetings: of `examined`; groups: of the branches; unknown: org_id, from_on, to_on (NaT while it lasts)
    for the source of meetings; slots: of `calendar`.
    Returns org_id, duty, period, slot, first_on, due_on, makeup_until, status (a `DutyStatus`), done_on (held or late only),
    meeting_id (Int64: the meeting that answered; of a missed duty one that did not suffice; NA otherwise); ordered by org_id, slot;
    duty, period and status are categories.
    """
    answered = _answers(meetings, groups, slots)
    duties = owing.merge(answered, on=["org_id", "slot"], how="left")
    done, day = duties["done_on"], pd.Timestamp(today)
    unheard = done.isna() & _overlaps(duties, unknown)
    cases = [done.notna() & (done <= duties["due_on"]), done.notna(), unheard, duties["due_on"] >= day]
    status = pd.Categorical.from_codes(np.select(cases, range(len(cases)), len(cases)), _STATUSES)
    own = {name: pd.Categorical(slots[name]).take(duties["slot"].to_numpy()) for name in ("duty", "period")}
    duties = duties.assign(status=status, **own)
    columns = ["org_id", "duty", "period", "slot", "first_on", "due_on", "makeup_until", "status", "done_on", "meeting_id"]
    return duties[columns]


def _answers(meetings: pd.DataFrame, groups: pd.DataFrame, slots: pd.DataFrame) -> pd.DataFrame:
    """Return org_id, slot, done_on (NaT where no meeting sufficed), meeting_id for every slot that has a meeting."""
    named = meetings[meetings["slot"] >= 0].sort_values(["held_on", "meeting_id"])
    counts = named["flaw"].isna()
    grouped = named["kind"] == Duty.GROUP_MEETING
    alone = named[counts & ~grouped].drop_duplicates(["org_id", "slot"])
    together = _group_answers(named[counts & grouped], group_periods(groups, slots))
    answers = pd.concat([_answer(alone), together], ignore_index=True)
    short = named[named["flaw"].isin([Flaw.QUORUM, Flaw.TOO_LATE])].drop_duplicates(["org_id", "slot"])
    insufficient = _answer(short)
    insufficient["done_on"] = pd.Series(pd.NaT, index=insufficient.index, dtype="datetime64[s]")
    return pd.concat([answers, insufficient], ignore_index=True).drop_duplicates(["org_id", "slot"])


def _answer(meetings: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "org_id": meetings["org_id"],
            "slot": meetings["slot"],
            "done_on": meetings["held_on"].astype("datetime64[s]"),
            "meeting_id": meetings["meeting_id"].astype("Int64"),
        }
    )


def _group_answers(meetings: pd.DataFrame, asked: pd.DataFrame) -> pd.DataFrame:
    """Return the answers of the branches all of whose groups have met: the last group's first meeting."""
    first = meetings.drop_duplicates(["group_id", "slot"])[["group_id", "slot", "held_on", "meeting_id"]]
    met = asked.merge(first.astype({"group_id": "int64"}), on=["group_id", "slot"], how="left")
    whole = ~met["held_on"].isna().groupby([met["org_id"], met["slot"]]).transform("any")
    last = met[whole].sort_values(["held_on", "meeting_id"]).drop_duplicates(["org_id", "slot"], keep="last")
    return _answer(last)


def _overlaps(duties: pd.DataFrame, unknown: pd.DataFrame) -> pd.Series:
    """Return whether the steward's mark lies over any day of each duty's period."""
    marked = duties.loc[duties["org_id"].isin(unknown["org_id"]), ["org_id", "first_on", "due_on"]].reset_index()
    pairs = marked.merge(unknown[["org_id", "from_on", "to_on"]], on="org_id")
    pairs = pairs[(pairs["from_on"] <= pairs["due_on"]) & ~(pairs["to_on"] < pairs["first_on"])]
    return duties.index.to_series().isin(pairs["index"])
