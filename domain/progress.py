"""How far a group of assignments is against its plan: progress, plan, and the light of the gap between them."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from domain.figures import of_sums
from domain.indicators import INDICATORS
from domain.vocabulary import Light

COUNTS = ["assignments", "finished", "green", "yellow", "red", "grey"]
_INDICATORS = {"value": "task_progress", "plan": "task_plan", "lead": "task_lead"}


def against_plan(rows: pd.DataFrame, by: Sequence[str], settings: Mapping[str, float]) -> pd.DataFrame:
    """Sum assignments by `by` and set their progress, weighted, beside their plan.

    Expects the columns of `task_figure` (weight, planned_points, progress_points and the counts) and those of `by`.
    Returns columns: *by, value and plan (percent), lead (points before plan, negative behind it), light, assignments, finished, green,
    yellow, red, grey (counts); in the order in which the groups first appear. value, plan and lead are NaN without weight.

    The light is that of the sums and of the gap alone (yellow and red from so many points behind plan, local practice): what single
    assignments show is counted beside it.
    """
    keys = list(by)
    columns = dict.fromkeys((*COUNTS, *(column for code in _INDICATORS.values() for column in INDICATORS[code].columns)))
    sums = rows.groupby(keys, sort=False, dropna=False)[list(columns)].sum(min_count=1).reset_index()
    told = sums[[*keys, *COUNTS]].astype(dict.fromkeys(COUNTS, int))
    told = told.assign(**{column: of_sums(sums, code) for column, code in _INDICATORS.items()})
    return told.assign(light=lag_light(told["lead"], settings))[[*keys, *_INDICATORS, "light", *COUNTS]]


def lag_light(lead: pd.Series, settings: Mapping[str, float]) -> pd.Series:
    """Return the light (str) of points before plan (negative: behind); grey where there is nothing to compare."""
    bands = [lead.isna(), lead <= -settings["task.red_behind"], lead <= -settings["task.yellow_behind"]]
    lights = np.select(bands, [Light.GREY.value, Light.RED.value, Light.YELLOW.value], Light.GREEN.value)
    return pd.Series(lights, index=lead.index, dtype="str")
