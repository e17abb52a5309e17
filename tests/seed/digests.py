"""Digests of databases, table by table, and databases of facts alone."""

import hashlib

from sqlalchemy import Engine, event, select

from data_access.schema import metadata
from seed import fuzhou
from seed.build import furnish, hurried


def filled(engine: Engine) -> Engine:
    """Create the tables and fill the facts of the smallest scale; nothing is rated."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurried)
    furnish(engine, fuzhou.atlas("test"), lambda _share, _doing: None)
    return engine


def digests(engine: Engine) -> dict[str, tuple[int, str]]:
    """Return (number of rows, digest of the rows in the order of their key) of every table."""
    told = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            digest, count = hashlib.blake2b(digest_size=8), 0
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                digest.update(repr(tuple(row)).encode())
                count += 1
            told[table.name] = (count, digest.hexdigest())
    return told
