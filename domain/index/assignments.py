"""What the assignments of a quarter count: those that fell due, and those that run, by weight."""

import numpy as np
import pandas as pd

from domain.index.quarters import RatedQuarter
from domain.reported import Reported, days_since_1970
from domain.tasks import Plan

COUNTS = ("due_weight", "punctual_weight", "running_weight", "progress_weight")


def assignment_counts(assignments: pd.DataFrame, plan: Plan, reported: Reported, quarter: RatedQuarter) -> pd.DataFrame:
    """Weigh every assignment for the two items of the part "tasks" (任务落实).

    Due: its last day lies in the quarter and has passed; punctual: finished by that day, as the reports up to the quarter's freeze
    say. Running: it lasts on the evaluation day and its plan has begun to ask for something; it counts with the share of the
    plan that it reached, at most 1. Nothing reported is nothing done.
    Expects assignments: start_on, due_on (datetime64), weight, in the order of `plan` and `reported`.
    Returns the columns `COUNTS`, aligned; 0 where an assignment does not concern the quarter.
    """
    start, due = days_since_1970(assignments["start_on"]), days_since_1970(assignments["due_on"])
    weight = assignments["weight"].to_numpy(dtype=float)
    places = np.arange(len(assignments))
    first, last, evaluated, today, limit = (
        int(np.datetime64(day, "D").astype(np.int64))
        for day in (quarter.period.first, quarter.period.last, quarter.evaluated_on, quarter.today, quarter.known_until)
    )
    fell_due = (due >= first) & (due <= last) & (due < today)
    punctual = fell_due & (reported.finished(places, np.full(len(places), limit)) <= due)
    planned = plan.at(plan.of, np.full(len(places), evaluated))
    running = (start <= evaluated) & (due >= evaluated) & ~fell_due & (planned > 0)
    progress = np.nan_to_num(reported.at(places, np.full(len(places), evaluated)))
    reached = np.minimum(1.0, progress / np.where(planned > 0, planned, 1.0))
    return pd.DataFrame(
        {
            "due_weight": np.where(fell_due, weight, 0.0),
            "punctual_weight": np.where(punctual, weight, 0.0),
            "running_weight": np.where(running, weight, 0.0),
            "progress_weight": np.where(running, weight * reached, 0.0),
        },
        index=assignments.index,
    )
