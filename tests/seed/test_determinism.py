from sqlalchemy import create_engine

from data_access.engine import connect
from tests.postgres import Cluster
from tests.seed.digests import digests, filled


def test_the_same_arguments_give_the_same_rows(facts, tmp_path):
    again = filled(create_engine(f"sqlite:///{tmp_path / 'again.db'}"))
    assert digests(again) == digests(facts)
    again.dispose()


def test_postgresql_holds_the_same_rows_and_its_checks_and_keys_accept_them(facts, postgres_cluster: Cluster):
    postgres_cluster.execute("CREATE DATABASE seed_facts")
    other = filled(connect(postgres_cluster.database("seed_facts"), building=True))
    assert digests(other) == digests(facts)
    other.dispose()
