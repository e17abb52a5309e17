"""Applicants and their steps, ready to be asked where everybody stood on any day."""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, select

from data_access.counting.exemptions import exemptions
from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.schema.members import admission_step, applicant
from domain.admission_clocks import admission_lights, examined, present_steps
from domain.lights import none, switched_off
from domain.settings import Settings
from domain.vocabulary import Light

LAST_STEP = "archive"
_APPLICANTS = 20_000  # judged at a time: what bounds the memory


@dataclass(frozen=True)
class Applicants:
    """All applicants by id and all their steps, as `domain.admission_clocks` expects them; `exempted` is of `exemptions`."""

    people: pd.DataFrame
    steps: pd.DataFrame
    exempted: pd.DataFrame

    @classmethod
    def read(cls, connection: Connection, branch: int | None = None) -> "Applicants":
        """Read every applicant and step, or those of one branch."""
        person, step = applicant.c, admission_step.c
        own = [] if branch is None else [person.org_id == branch]
        theirs = [] if branch is None else [step.applicant_id.in_(select(person.applicant_id).where(*own))]
        people = frame(
            connection,
            select(
                person.applicant_id,
                person.org_id,
                person.member_id,
                *(day_number(day).label(day.name) for day in (person.birth_on, person.applied_on, person.ended_on)),
            )
            .where(*own)
            .order_by(person.applicant_id),
            days=("birth_on", "applied_on", "ended_on"),
            optional=("member_id",),
        )
        steps = frame(
            connection,
            select(step.applicant_id, step.step, day_number(step.done_on).label("done_on"), step.days)
            .where(*theirs)
            .order_by(step.applicant_id, step.done_on, step.step),
            days=("done_on",),
            optional=("days",),
            terms=("step",),
        )
        return cls(people, steps.assign(step=steps["step"].astype("str"), days=steps["days"].astype(float)), exemptions(connection))

    def under_way(self, day: date) -> pd.DataFrame:
        """Return the people who had applied by `day` and were neither rejected nor at their last step by then."""
        then = pd.Timestamp(day)
        archived = self.steps.loc[(self.steps["step"] == LAST_STEP) & (self.steps["done_on"] <= then), "applicant_id"]
        ended = self.people["ended_on"] <= then
        return self.people[(self.people["applied_on"] <= then) & ~ended & ~self.people["applicant_id"].isin(archived)]

    def red(self, first: date, today: date, settings: Settings) -> pd.DataFrame:
        """List the red lights that were on at any time from `first` to `today`.

        Columns: applicant_id, org_id, rule_id, since, closed_on (NaT while on), exempt_limit.
        """
        columns = ["subject", "org_id", "rule_id", "since", "closed_on", "exempt_limit"]
        pieces = []
        for start in range(0, len(self.people), _APPLICANTS):
            people = self.people.iloc[start : start + _APPLICANTS]
            seen = examined(self.steps[self.steps["applicant_id"].isin(people["applicant_id"])], today)
            lit = admission_lights(people, seen, today, settings, history_from=first)
            pieces.append(lit.loc[lit["light"] == Light.RED, columns])
        red = pd.concat(pieces, ignore_index=True) if pieces else none()[columns]
        return red.assign(applicant_id=red.pop("subject").str.removeprefix("applicant:").astype("int64"))

    def clocks(self, day: date, red: pd.DataFrame) -> pd.DataFrame:
        """Count, by org_id, the applicants under way on `day` and those of them with a red clock: applicants, applicants_red.

        A clock that an exemption in force that day switches off is none. Expects `red` as the function of that name returns it.
        """
        people, then = self.under_way(day), pd.Timestamp(day)
        on = red[(red["since"] <= then) & ~(red["closed_on"] <= then)]
        on = switched_off(on.assign(closed_on=pd.Series(pd.NaT, index=on.index)), self.exempted, day)  # as they stood on the day
        late = people["applicant_id"].isin(on.loc[on["exemption_id"].isna(), "applicant_id"]).astype(int)
        return people.assign(applicants=1, applicants_red=late).groupby("org_id")[["applicants", "applicants_red"]].sum()

    def standing(self, day: date) -> pd.DataFrame:
        """Return where the people under way stand on `day`. Columns: org_id, step (code)."""
        people = self.under_way(day)
        by_then = (self.steps["done_on"] <= pd.Timestamp(day)) & self.steps["applicant_id"].isin(people["applicant_id"])
        steps = present_steps(examined(self.steps[by_then], day)).set_index("applicant_id")["step"]
        return people[["org_id"]].assign(step=people["applicant_id"].map(steps).fillna("application"))
