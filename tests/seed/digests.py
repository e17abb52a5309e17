"""Digests of databases, table by table, and databases of facts alone.

`python -m tests.seed.digests` writes down the digests of the smallest scale, rated: after a change that is meant to change its rows.
"""

import hashlib
import json
import tempfile
from pathlib import Path

from sqlalchemy import Engine, event, select

from data_access.engine import connect
from data_access.schema import metadata
from seed import fuzhou
from seed.build import furnish, hurried, rate_again

GOLDEN = Path(__file__).with_name("golden.json")
_DECIMALS = 6  # of a float that count: sums may differ behind them from processor to processor


def filled(engine: Engine) -> Engine:
    """Create the tables and fill the facts of the smallest scale; nothing is rated."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", hurried)
    furnish(engine, fuzhou.atlas("test"), lambda _share, _doing: None)
    return engine


def rated(engine: Engine) -> Engine:
    """Rate the facts and roll them up."""
    rate_again(engine, lambda _share, _doing: None)
    return engine


def digests(engine: Engine) -> dict[str, tuple[int, str]]:
    """Return (number of rows, digest of the rows in the order of their key) of every table."""
    told = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            digest, count = hashlib.blake2b(digest_size=8), 0
            for row in connection.execute(select(table).order_by(*table.primary_key.columns)):
                plain = tuple(round(value, _DECIMALS) + 0.0 if isinstance(value, float) else value for value in row)
                digest.update(repr(plain).encode())
                count += 1
            told[table.name] = (count, digest.hexdigest())
    return told


def golden() -> dict[str, tuple[int, str]]:
    """Return the digests that were written down."""
    return {table: (count, digest) for table, (count, digest) in json.loads(GOLDEN.read_text(encoding="utf-8")).items()}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        GOLDEN.write_text(
            json.dumps(digests(rated(filled(connect(f"sqlite:///{folder}/golden.db", building=True)))), indent=1) + "\n", encoding="utf-8"
        )
