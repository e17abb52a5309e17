import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from data_access.engine import connect
from tests.postgres import Cluster
from tests.seed.digests import digests, filled, golden, rated


@pytest.fixture(scope="module")
def postgresql(postgres_cluster: Cluster) -> Iterator[Engine]:
    """The facts of the smallest scale on PostgreSQL; rated by the last test."""
    postgres_cluster.execute("CREATE DATABASE seed_facts")
    other = filled(connect(postgres_cluster.database("seed_facts"), building=True))
    yield other
    other.dispose()


def test_the_same_arguments_give_the_same_rows(facts, tmp_path):
    again = filled(create_engine(f"sqlite:///{tmp_path / 'again.db'}"))
    assert digests(again) == digests(facts)
    again.dispose()


def test_postgresql_holds_the_same_rows_and_its_checks_and_keys_accept_them(facts, postgresql):
    assert digests(postgresql) == digests(facts)


def test_every_machine_gives_the_rows_that_were_written_down(facts, tmp_path):
    own = connect(f"sqlite:///{shutil.copy(Path(facts.url.database), tmp_path / 'rated.db')}", building=True)
    assert digests(rated(own)) == golden(), "meant to change? then `python -m tests.seed.digests`"
    own.dispose()


def test_so_does_postgresql(postgresql):
    assert digests(rated(postgresql)) == golden()
