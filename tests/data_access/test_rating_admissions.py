"""Admissions of the small installation, as rated into admission_state on either database."""

from datetime import date

import pandas as pd
import pytest
from sqlalchemy import Engine, insert, select, update

from data_access.counting.reading import Reading
from data_access.rating.admissions import rate_admissions
from data_access.schema.members import admission_step, applicant
from data_access.schema.organisations import coverage, exemption, organisation
from data_access.schema.ratings import admission_state, light
from domain.settings import Settings
from domain.vocabulary import Light
from tests.small import APPLICANT, AS_OF, ORG


def states(engine: Engine) -> pd.DataFrame:
    with engine.connect() as connection:
        return pd.read_sql_query(select(admission_state).order_by(admission_state.c.applicant_id), connection, index_col="applicant_id")


def again(engine: Engine, *statements) -> pd.DataFrame:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
        rate_admissions(Reading(connection, AS_OF, Settings()), lambda _: None)
    return states(engine)


def shown(value) -> str | None:
    return None if pd.isna(value) else str(value)[:10]


@pytest.mark.parametrize(
    ("key", "step", "since", "clock", "due", "colour"),
    [
        ("no_talk", "application", "2026-09-01", "admission.first_talk", "2026-10-01", Light.RED),
        ("too_early", "candidate", "2026-10-01", None, None, Light.RED),
        ("on_time", "candidate", "2026-06-01", None, None, Light.GREEN),
        ("overdue_probation", "oath", "2025-12-01", "admission.probation_end", "2026-10-10", Light.RED),
        ("late_approval", "probation_vote", "2026-08-15", "admission.probation_approval", "2026-11-15", Light.RED),
        ("short_training", "training", "2026-08-01", None, None, Light.RED),
    ],
)
def test_where_everybody_stands(engine, key, step, since, clock, due, colour):
    found = states(engine).loc[APPLICANT[key]]
    assert (found["step"], shown(found["since"]), shown(found["due_on"])) == (step, since, due)
    assert (None if pd.isna(found["clock"]) else found["clock"]) == clock
    assert (found["light"], found["oddities"]) == (colour, 0)


def test_who_ended_or_was_archived_stands_nowhere(engine):
    assert not {APPLICANT["archived"], APPLICANT["withdrawn"]} & set(states(engine).index)


def test_rating_twice_changes_nothing(own_engine):
    pd.testing.assert_frame_equal(again(own_engine), states(own_engine))


def test_an_admission_ends_with_its_branch(own_engine):
    gone = update(organisation).where(organisation.c.org_id == ORG["overdue"]).values(dissolved_on=date(2026, 11, 1))
    assert APPLICANT["no_talk"] not in again(own_engine, gone).index


def test_an_application_dated_in_the_future_is_kept_as_odd(own_engine):
    person = {"applicant_id": 99, "org_id": ORG["overdue"], "name": "未来人", "sex": "male", "applied_on": date(2027, 1, 1)}
    found = again(own_engine, insert(applicant).values(person)).loc[99]
    assert (found["step"], shown(found["since"]), found["oddities"]) == ("application", "2027-01-01", 1)


def test_steps_out_of_order_are_counted(own_engine):
    odd = {"applicant_id": APPLICANT["on_time"], "step": "sponsors", "done_on": date(2026, 5, 1)}
    found = again(own_engine, insert(admission_step).values(odd)).loc[APPLICANT["on_time"]]
    assert (found["step"], found["oddities"]) == ("sponsors", 1)


def test_where_the_records_are_unknown_the_light_is_grey(own_engine):
    mark = {"org_id": ORG["overdue"], "source": "admission", "from_on": date(2026, 10, 1)}
    found = again(own_engine, insert(coverage).values(mark)).loc[APPLICANT["no_talk"]]
    assert found["light"] == Light.GREY
    assert pd.isna(found["clock"])


def test_an_exempted_light_does_not_count(own_engine):
    with own_engine.begin() as connection:
        given = {"exemption_id": 9, "org_id": ORG["overdue"], "rule_id": "admission.first_talk", "reason": "r", "approved_by": "a"}
        connection.execute(insert(exemption).values(**given, from_on=date(2026, 1, 1), to_on=date(2026, 12, 31)))
        of_applicant = light.c.subject == f"applicant:{APPLICANT['no_talk']}"
        connection.execute(update(light).where(of_applicant).values(exemption_id=9))
    assert again(own_engine).loc[APPLICANT["no_talk"], "light"] == Light.GREEN
