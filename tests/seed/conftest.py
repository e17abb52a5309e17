from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine

from tests.seed.digests import filled


@pytest.fixture(scope="session")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The facts of the smallest scale on SQLite; for reading only."""
    engine = filled(create_engine(f"sqlite:///{tmp_path_factory.mktemp('seed') / 'facts.db'}"))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(facts: Engine) -> Iterator[Connection]:
    with facts.connect() as opened:
        yield opened
