"""What a superior has exempted (豁免), for ratings of any day."""

import pandas as pd
from sqlalchemy import Connection, select

from data_access.counting.frames import frame
from data_access.counting.numbers import day_number
from data_access.schema.organisations import exemption


def exemptions(connection: Connection) -> pd.DataFrame:
    """Return what is exempted: exemption_id, org_id, rule_id, from_on, to_on."""
    columns = exemption.c
    query = select(
        columns.exemption_id,
        columns.org_id,
        columns.rule_id,
        day_number(columns.from_on).label("from_on"),
        day_number(columns.to_on).label("to_on"),
    ).order_by(columns.exemption_id)
    return frame(connection, query, days=("from_on", "to_on"))
