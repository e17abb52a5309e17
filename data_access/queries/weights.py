"""The versions of the weights (权重版本) that indices are rated with, and the rows of one of them; the same for every scope."""

import pandas as pd
from sqlalchemy import Connection, select

from data_access.schema.ratings import index_weight, weights_version
from domain.scope import Scope


def versions(connection: Connection, scope: Scope) -> pd.DataFrame:
    """List the versions, the latest first. Columns: version, valid_from, valid_to (NaT while it lasts), withdrawn (bool), note."""
    version = weights_version.c
    rows = pd.read_sql_query(
        select(version.version, version.valid_from, version.valid_to, version.withdrawn, version.note).order_by(
            version.valid_from.desc(), version.version.desc()
        ),
        connection,
        parse_dates=["valid_from", "valid_to"],
    )
    return rows.assign(withdrawn=rows["withdrawn"].astype(bool))


def weights(connection: Connection, scope: Scope, version: str | None) -> pd.DataFrame:
    """List the weights of a version, parts and items, of both subjects and every template; none for no version.

    Columns: subject, sector ("*" for every other), part, item ("" for the part itself), weight.
    """
    weight = index_weight.c
    columns = (weight.subject, weight.sector, weight.part, weight.item, weight.weight)
    return pd.read_sql_query(select(*columns).where(weight.version == version).order_by(*columns[:-1]), connection)
