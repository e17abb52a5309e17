"""Rating admissions: where each one under way stands, written to admission_state."""

from collections.abc import Callable

import pandas as pd
from sqlalchemy import Connection, delete, select

from data_access import bulk
from data_access.counting.reading import Reading
from data_access.rating import facts
from data_access.schema.ratings import admission_state, light
from domain.admission_clocks import examined
from domain.admission_standing import admission_states
from domain.vocabulary import Source

Progress = Callable[[str], None]


def rate_admissions(reading: Reading, progress: Progress) -> None:
    """Say anew where every admission under way stands; needs the lights.

    An admission ends with its branch at the latest. An application dated in the future is kept, as an odd record.
    """
    connection, today, settings = reading.connection, reading.today, reading.settings
    progress("评定发展党员进展")
    connection.execute(delete(admission_state))
    found = reading.applicants
    coming = found.people[(found.people["applied_on"] > pd.Timestamp(today)) & found.people["ended_on"].isna()]
    people = pd.concat([found.under_way(today), coming], ignore_index=True)
    organisations = facts.organisations(connection)
    ended = organisations.loc[organisations["dissolved_on"] <= pd.Timestamp(today), "org_id"]
    people = people[~people["org_id"].isin(ended)].reset_index(drop=True)
    marked = facts.marked_since(facts.unknown(connection, Source.ADMISSION), people["org_id"], today)
    seen = examined(found.steps[found.steps["applicant_id"].isin(people["applicant_id"])], today)
    states = admission_states(people.assign(unknown=marked.notna()), seen, _open_lights(connection), today, settings)
    bulk.insert(connection, admission_state, states)


def _open_lights(connection: Connection) -> pd.DataFrame:
    """Return the open lights of admissions that no exemption switches off: applicant_id, light."""
    rows = pd.read_sql_query(
        select(light.c.subject, light.c.light)
        .where(light.c.rule_id.like("admission.%"), light.c.closed_on.is_(None), light.c.exemption_id.is_(None))
        .order_by(light.c.light_id),
        connection,
    )
    return rows.assign(applicant_id=rows.pop("subject").str.removeprefix("applicant:").astype("int64"))
