"""Lights of the organisation-life duties: red while missed, yellow when late, grey while the steward marks the records unknown.

A missed light closes when the next period's duty is held on time, or after two more periods, so that reds do not pile up for
ever; a late one likewise. Closed lights are kept as history.
"""

from datetime import date

import numpy as np
import pandas as pd

from domain import lights
from domain.rules import duty_rule
from domain.vocabulary import Duty, DutyStatus, Light

_RULE = {duty.value: duty_rule(duty) for duty in Duty}
_LABEL = Duty.labels()


def duty_lights(records: pd.DataFrame, branches: pd.DataFrame, unknown: pd.DataFrame, slots: pd.DataFrame, today: date) -> pd.DataFrame:
    """Light every late, missed or unknown duty of the rated history (支部工作条例 art. 11–19, and the closing rule above).

    Expects records: of `duties.standing`, at least those late, missed or unknown and the one after each; branches: org_id,
    dissolved_on; unknown: org_id, from_on, to_on of the source of meetings; slots: of `duties.calendar`.
    Returns the columns of `domain.lights`; the subject is the period, of a grey light the first unknown one.
    """
    chained = records.sort_values(["org_id", "slot"], ignore_index=True)
    later = chained[["org_id", "duty", "slot", "status", "done_on", "first_on"]].shift(-1).add_prefix("next_")
    follows = (
        (later["next_org_id"] == chained["org_id"]) & (later["next_slot"] == chained["slot"] + 1) & (later["next_duty"] == chained["duty"])
    )
    chained = chained.join(later.where(follows))
    chained = chained.merge(branches[["org_id", "dissolved_on"]], on="org_id", how="left")
    return lights.joined([_failed(chained, slots, today), _unheard(chained, unknown, today)])


def _failed(chained: pd.DataFrame, slots: pd.DataFrame, today: date) -> pd.DataFrame:
    failed = chained[chained["status"].isin([DutyStatus.LATE, DutyStatus.MISSED])]
    if failed.empty:
        return lights.none()
    late = failed["status"] == DutyStatus.LATE
    since = failed["done_on"].where(late, failed["due_on"] + pd.Timedelta(days=1))
    own = slots.set_index("slot").loc[failed["slot"]].set_axis(failed.index)
    on_time = failed["next_done_on"].where(failed["next_status"] == DutyStatus.HELD)
    closing = pd.concat([on_time, own["forgotten_on"], failed["dissolved_on"]], axis=1).min(axis=1)
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": failed["org_id"],
                "rule_id": failed["duty"].map(_RULE),
                "subject": failed["period"],
                "light": np.where(late, Light.YELLOW.value, Light.RED.value),
                "since": since,
                "due_on": failed["due_on"],
                "closed_on": _closed(closing, since, today),
                "table": np.where(failed["duty"] == Duty.TALK, "talk", "meeting"),
                "rows": [[] if pd.isna(number) else [int(number)] for number in failed["meeting_id"]],
                "text": _failures(failed, own["label"], today),
            }
        )
    )


def _closed(closing: pd.Series, since: pd.Series, today: date) -> pd.Series:
    """Return the closing day, never before the light turned, NaT where it has not come yet."""
    settled = closing.where(closing >= since, since).where(closing.notna())
    return settled.where(settled <= pd.Timestamp(today))


def _failures(failed: pd.DataFrame, label: pd.Series, today: date) -> list[str]:
    day = pd.Timestamp(today)
    columns = zip(
        label,
        failed["duty"].map(_LABEL),
        lights.written(failed["due_on"]),
        lights.written(failed["makeup_until"]),
        lights.written(failed["done_on"]),
        failed["makeup_until"] >= day,
        failed["status"] == DutyStatus.LATE,
        failed["meeting_id"].notna(),
        strict=True,
    )
    texts = []
    for period, duty, due, makeup, done, open_still, late, short in columns:
        asked = f"{period}的{duty}应于{due}前完成，"
        if late:
            texts.append(f"{asked}实际于{done}补开。")
        elif short:
            texts.append(f"{asked}已有的1次记录不符合要求（到会不足半数或超过补开期限），未计入。")
        elif open_still:
            texts.append(f"{asked}没有按期完成的记录，可在{makeup}前补开。")
        else:
            texts.append(f"{asked}到期前和补开期（至{makeup}）内均没有记录。")
    return texts


def _unheard(chained: pd.DataFrame, unknown: pd.DataFrame, today: date) -> pd.DataFrame:
    """Light each run of unknown periods of one duty once: from the mark until the first period that is known again."""
    silent = chained[chained["status"] == DutyStatus.UNKNOWN]
    if silent.empty:
        return lights.none()
    continues = (silent["slot"].diff() == 1) & (silent["org_id"].diff() == 0) & (silent["duty"] == silent["duty"].shift())
    run = (~continues).cumsum()
    first, last = silent.groupby(run).head(1), silent.groupby(run).tail(1).set_axis(silent.groupby(run).head(1).index)
    marks = first.reset_index().merge(unknown[["org_id", "from_on", "to_on"]], on="org_id")
    marks = marks[(marks["from_on"] <= marks["due_on"]) & ~(marks["to_on"] < marks["first_on"])]
    marked_on = marks.groupby("index")["from_on"].min().reindex(first.index)
    since = marked_on.where(marked_on > first["first_on"], first["first_on"])
    closing = pd.concat([last["next_first_on"], first["dissolved_on"]], axis=1).min(axis=1)
    texts = [
        f"自{since_on}起的组织生活记录被标记为未知，{duty}无法评定。"
        for since_on, duty in zip(lights.written(since), first["duty"].map(_LABEL), strict=True)
    ]
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": first["org_id"],
                "rule_id": first["duty"].map(_RULE),
                "subject": first["period"],
                "light": Light.GREY.value,
                "since": since,
                "closed_on": _closed(closing, since, today),
                "table": "coverage",
                "rows": [[] for _ in texts],
                "text": texts,
            }
        )
    )
