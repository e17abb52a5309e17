"""Organisations: found by name, pinyin, initials or code, inside the scope and nowhere else."""

import pytest
from sqlalchemy import Engine

from data_access.queries import organisations, places
from data_access.queries.organisations import Organisation
from domain.scope import Scope
from domain.vocabulary import Role
from tests.small import LONG_NAME, ORG, path_of

CITY = Scope(ORG["root"], path_of(ORG["root"]), Role.LEADER)
UPSTREAM = Scope(ORG["upstream"], path_of(ORG["upstream"]), Role.LEADER)
BRANCH = Scope(ORG["overdue"], path_of(ORG["overdue"]), Role.SECRETARY)


def _found(engine: Engine, scope: Scope, words: str, limit: int = 99) -> list[int]:
    with engine.connect() as connection:
        return [hit.organisation.org_id for hit in organisations.find(connection, scope, words, limit)]


def _code(engine: Engine, org_id: int) -> str:
    with engine.connect() as connection:
        return next(org.org_code for org in organisations.breadcrumb(connection, CITY, path_of(org_id)) if org.org_id == org_id)


def test_what_no_database_can_hold_is_not_found(engine: Engine) -> None:
    """A URL may ask for it: `?org=%00`."""
    with engine.connect() as connection:
        code = _code(engine, ORG["school"])
        assert organisations.by_code(connection, CITY, f"{code}\0") is None
        assert organisations.by_code(connection, CITY, code) is not None
        assert places.chain(connection, CITY, "\0") == []
    assert _found(engine, CITY, "\0") == _found(engine, CITY, f"{code}\0") == []


@pytest.mark.parametrize("words", ["渡口村", "渡口村党支部", "dukou", "DuKou", "dkc", "渡口 支部", "支部 dukou"])
def test_found_by_name_pinyin_and_initials(engine: Engine, words: str) -> None:
    assert ORG["overdue"] in _found(engine, CITY, words)


def test_found_by_code(engine: Engine) -> None:
    code = _code(engine, ORG["school"])
    assert _found(engine, CITY, code)[0] == ORG["school"]
    assert _found(engine, CITY, code.lower())[0] == ORG["school"]


@pytest.mark.parametrize(
    ("name", "words"),
    [("markup", "<script>"), ("markdown", "**x**"), ("expression", "@@=1+"), ("rare", "𠮷记"), ("long_name", LONG_NAME)],
)
def test_hostile_names_are_found_as_they_are(engine: Engine, name: str, words: str) -> None:
    assert _found(engine, CITY, words) == [ORG[name]]


@pytest.mark.parametrize("words", ["%", "_", "\\", "渡口%村", "' OR 1=1 --", "", "   "])
def test_patterns_and_nothing_find_nothing(engine: Engine, words: str) -> None:
    assert _found(engine, CITY, words) == []


def test_nothing_is_found_outside_the_scope(engine: Engine) -> None:
    inside = _found(engine, UPSTREAM, "党支部")
    assert inside
    assert ORG["overdue"] in inside
    assert ORG["school"] not in inside
    assert _found(engine, BRANCH, "党支部") == [ORG["overdue"]]


def test_the_superior_of_the_scopes_root_is_not_told(engine: Engine) -> None:
    with engine.connect() as connection:
        assert organisations.find(connection, BRANCH, "渡口")[0].superior is None
        assert organisations.find(connection, CITY, "渡口村")[0].superior == "中共柳渡镇委员会"


def test_dissolved_ones_come_last_and_say_so(engine: Engine) -> None:
    with engine.connect() as connection:
        found = organisations.find(connection, CITY, "渡", 99)
    assert [hit.organisation.org_id for hit in found if hit.dissolved] == [ORG["dissolved"]]
    assert found[-1].dissolved


def test_at_most_as_many_as_asked(engine: Engine) -> None:
    assert _found(engine, CITY, "党支部", 3) == _found(engine, CITY, "党支部")[:3]


def test_by_code_answers_alike_for_outside_and_unknown(engine: Engine) -> None:
    outside = _code(engine, ORG["school"])
    with engine.connect() as connection:
        assert organisations.by_code(connection, CITY, outside)
        assert organisations.by_code(connection, UPSTREAM, outside) is None
        assert organisations.by_code(connection, UPSTREAM, "no such code") is None


def test_the_root_is_the_scopes_own(engine: Engine) -> None:
    with engine.connect() as connection:
        root = organisations.root(connection, UPSTREAM)
    assert isinstance(root, Organisation)
    assert (root.org_id, root.name) == (ORG["upstream"], "中共上游区委员会")


def test_the_way_up_ends_at_the_scopes_root(engine: Engine) -> None:
    path = path_of(ORG["overdue"])
    with engine.connect() as connection:
        whole = [org.org_id for org in organisations.breadcrumb(connection, CITY, path)]
        partly = [org.org_id for org in organisations.breadcrumb(connection, UPSTREAM, path)]
        outside = organisations.breadcrumb(connection, UPSTREAM, path_of(ORG["school"]))
    assert whole == [ORG["root"], ORG["upstream"], ORG["willow_town"], ORG["overdue"]]
    assert partly == whole[1:]
    assert outside == []


def test_children_are_the_existing_ones_right_below(engine: Engine) -> None:
    with engine.connect() as connection:
        below = organisations.children(connection, CITY, ORG["willow_town"])
        outside = organisations.children(connection, UPSTREAM, ORG["island"])
    assert ORG["overdue"] in set(below["org_id"])
    assert ORG["dissolved"] not in set(below["org_id"])
    assert below["org_code"].is_monotonic_increasing
    assert outside.empty


def test_districts_are_those_the_scope_stands_in(engine: Engine) -> None:
    with engine.connect() as connection:
        assert list(organisations.districts(connection, CITY)) == ["990101", "990102", "990103"]
        assert list(organisations.districts(connection, BRANCH)) == ["990101"]


def test_sectors_come_in_the_installations_order(engine: Engine) -> None:
    with engine.connect() as connection:
        sectors = organisations.sectors(connection, CITY)
    assert "village" in sectors
    assert all(sectors.values())


def test_quarters_are_those_with_figures(engine: Engine) -> None:
    with engine.connect() as connection:
        quarters = organisations.quarters(connection, CITY)
    assert quarters == sorted(quarters)
    assert quarters[-1] == "2026Q4"
    assert all(len(code) == 6 and code[4] == "Q" for code in quarters)
