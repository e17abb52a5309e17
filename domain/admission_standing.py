"""Where every admission under way stands (发展党员进展): its step, the clock that runs out first, its worst light, odd records."""

from datetime import date

import pandas as pd

from domain.admission_clocks import present_steps, running_clocks
from domain.settings import Settings
from domain.vocabulary import Light

_SEVERITY = (Light.RED, Light.YELLOW, Light.GREY)  # worst first


def admission_states(applicants: pd.DataFrame, seen: pd.DataFrame, lit: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Say of every admission under way where it stands today.

    An applicant of whom no step is recorded stands at the application. Where the branch's records are marked unknown no clock can
    be read, and the light is grey.
    Expects applicants: the columns of `domain.admission_clocks.admission_lights`, and unknown (bool); seen: of `examined`, of all their
    steps; lit: applicant_id, light (a row an open light that no exemption switches off).
    Returns, by applicant: applicant_id, org_id, step, since (datetime64, the day it was reached), clock (a rule's id; NaN where none
    runs), due_on (NaT likewise), light (str, a `Light`), oddities (count of odd records; one dated in the future is one of them).
    """
    people = applicants.sort_values("applicant_id", ignore_index=True)
    ids = people["applicant_id"]
    reached = _by_applicant(present_steps(seen), ids)
    clocks = _by_applicant(running_clocks(people[~people["unknown"]], seen, today, settings).drop_duplicates("applicant_id"), ids)
    odd = seen.groupby("applicant_id")["oddity"].count().reindex(ids, fill_value=0).to_numpy()
    ahead = (people["applied_on"] > pd.Timestamp(today)).astype(int)
    return pd.DataFrame(
        {
            "applicant_id": ids,
            "org_id": people["org_id"],
            "step": reached["step"].fillna("application"),
            "since": reached["since"].fillna(people["applied_on"]),
            "clock": clocks["clock"],
            "due_on": clocks["due_on"],
            "light": _worst(ids, lit).mask(people["unknown"], Light.GREY.value),
            "oddities": odd + ahead,
        }
    )


def _by_applicant(found: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    """Align the rows of a frame, one an applicant, with `ids`; missing where it has none."""
    return found.set_index("applicant_id").reindex(ids).set_axis(ids.index)


def _worst(ids: pd.Series, lit: pd.DataFrame) -> pd.Series:
    worst = pd.Series(Light.GREEN.value, index=ids.index)
    for light in reversed(_SEVERITY):
        worst = worst.mask(ids.isin(lit.loc[lit["light"] == light, "applicant_id"]), light.value)
    return worst
