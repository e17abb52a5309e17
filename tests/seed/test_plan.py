import pytest

from domain.vocabulary import OrgKind
from seed.atlas import Sector, Size
from seed.fuzhou import SECTORS, size
from seed.plan import DoesNotFit, apportion, units


def test_parts_add_up_and_the_largest_remainders_get_the_rest():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(7, [50, 30, 20]) == [4, 2, 1]
    assert apportion(5, [0, 1, 0]) == [0, 5, 0]
    assert apportion(0, [1, 2]) == [0, 0]
    assert apportion(3, [0, 0]) == [0, 0]


@pytest.mark.parametrize(("scale", "towns"), [("demo", 45), ("city", 143)])
def test_every_count_is_met_exactly(scale, towns):
    wanted = size(scale)
    planned = [unit for sector in units(SECTORS, wanted, towns, 0) for unit in sector]
    inner = [general for unit in planned for general in unit.generals]
    assert sum(unit.members for unit in planned) == wanted.members
    assert sum(len(unit.sizes) for unit in planned + inner) == wanted.branches
    assert sum(unit.kind is OrgKind.COMMITTEE for unit in planned) == wanted.committees - towns
    assert sum(unit.kind is OrgKind.GENERAL_BRANCH for unit in planned + inner) == wanted.generals


def test_sizes_keep_the_rules_but_for_a_few_that_show_the_hint():
    planned = [unit for sector in units(SECTORS, size("city"), 143, 0) for unit in sector]
    inner = [general for unit in planned for general in unit.generals]
    sizes = [members for unit in planned + inner for members in unit.sizes]
    assert 0.995 < sum(3 <= members <= 50 for members in sizes) / len(sizes) < 1
    assert all(50 < unit.members < 100 for unit in planned + inner if unit.kind is OrgKind.GENERAL_BRANCH)
    assert all(unit.members >= 100 for unit in planned if unit.kind is OrgKind.COMMITTEE)


def test_more_towns_than_committees_do_not_fit():
    with pytest.raises(DoesNotFit, match="3 towns"):
        units(SECTORS, Size(committees=2, generals=0, branches=10, members=100), 3, 0)


def test_more_members_than_the_branches_take_do_not_fit():
    lonely = (Sector("agency", "机关", False, 10_000, 10_000, 10_000, 10_000),)
    with pytest.raises(DoesNotFit, match="4 branches"):
        units(lonely, Size(committees=0, generals=0, branches=4, members=500), 0, 0)
