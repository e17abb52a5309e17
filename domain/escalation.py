"""Escalation (督促措施): what follows consecutive quarters with a red index light of an organisation. Local practice."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from domain.period import Period
from domain.settings import Settings
from domain.vocabulary import Light, Term


class Measure(Term):
    """What the superior does, mildest first."""

    NONE = "none", "无"
    REMINDER = "reminder", "提醒"
    TALK = "talk", "约谈"
    RECTIFICATION = "rectification", "限期整改"


_LADDER = (Measure.REMINDER, Measure.TALK, Measure.RECTIFICATION)


def escalations(scores: pd.DataFrame, period: Period, settings: Settings) -> pd.DataFrame:
    """Count the quarters in a row, up to and with `period`, in which an organisation's index light was red (rules, "Tasks").

    A quarter that is not red, not rated or not there ends the row. Pass only quarters that are settled: an open one (暂评) is no
    ground for a measure.
    Expects scores: org_id, period (quarter code), light. Returns one row an organisation with a score of `period`: org_id,
    quarters (red in a row), since (code of the first of them; NaN where there is none), measure (str, a `Measure`); by org_id.
    """
    settled = scores[scores["period"] <= period.code].sort_values(["org_id", "period"], ignore_index=True)
    order = settled["period"].map({code: _ordinal(code) for code in settled["period"].unique()})
    red = settled["light"] == Light.RED
    same = (settled["org_id"].diff() == 0) & (order.diff() == 1)
    continues = red & red.shift(fill_value=False) & same
    run = (~continues).cumsum()
    counted = settled.assign(
        quarters=np.where(red, settled.groupby(run).cumcount() + 1, 0),
        since=settled.groupby(run)["period"].transform("first").where(red),
    )
    now = counted[counted["period"] == period.code].reset_index(drop=True)
    steps = [now["quarters"] >= settings[f"escalation.{measure.value}_quarters"] for measure in reversed(_LADDER)]
    measures = np.select(steps, [measure.value for measure in reversed(_LADDER)], Measure.NONE.value)
    return now.assign(measure=measures)[["org_id", "quarters", "since", "measure"]]


def sentence(row: Mapping[Any, Any]) -> str:
    """Say in Chinese how long a branch has been red, and which measure is due, or until when, why and by whom it is exempted.

    Expects quarters, since, measure, exempt_to (NaT without), reason, approved_by.
    """
    red = f"督促措施：堡垒指数连续 {row['quarters']} 个季度预警（{Period.parse(row['since']).label}起）"
    if pd.isna(row["exempt_to"]):
        return f"{red}，应{Measure(row['measure']).label}"
    return f"{red}，已豁免至 {row['exempt_to']:%Y-%m-%d}，{row['reason']}（{row['approved_by']}批准）"


def _ordinal(code: str) -> int:
    quarter = Period.parse(code)
    return quarter.last.year * 4 + quarter.last.month // 3
