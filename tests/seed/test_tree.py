"""The tree of superiors and the map: counts, codes, names and points."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from domain.geography import inside, read_shape
from domain.vocabulary import OrgKind
from seed import fujian, fuzhou
from seed.atlas import Atlas, Town
from seed.names import village
from seed.pinyin import spelled
from seed.tree import Tree, grown, points


@pytest.fixture(scope="module")
def city() -> Atlas:
    return fuzhou.atlas("city")


@pytest.fixture(scope="module")
def tree(city: Atlas) -> Tree:
    return grown(city)


def _towns() -> list[Town]:
    return [town for district in fuzhou.city().districts for town in district.towns]


def kinds(tree: Tree) -> Counter:
    alive = [kind for number, kind in enumerate(tree.kinds, 1) if number != tree.dissolved]
    return Counter(alive)


def test_the_city_has_the_published_counts(tree):
    assert kinds(tree)[OrgKind.COMMITTEE] == 1025
    assert kinds(tree)[OrgKind.GENERAL_BRANCH] == 974
    assert kinds(tree)[OrgKind.BRANCH] == 17_751
    assert sum(tree.sizes) == 338_100


def test_the_demo_is_a_tenth():
    counts = kinds(demo := grown(fuzhou.atlas("demo")))
    assert (counts[OrgKind.BRANCH], counts[OrgKind.COMMITTEE], counts[OrgKind.GENERAL_BRANCH]) == (1780, 102, 97)
    assert sum(demo.sizes) == 33_800


def test_codes_and_paths_are_unique_and_paths_lead_from_the_root(tree):
    assert len(set(tree.codes)) == len(set(tree.paths)) == len(tree.names) > 19_000
    for number, (superior, path) in enumerate(zip(tree.superiors, tree.paths, strict=True), 1):
        above = tree.paths[superior - 1] if superior else "/"
        assert path == f"{above}{number}/"
    roots = tree.superiors.count(0)
    assert roots == 1


def test_only_branches_have_members_and_nothing_below_them(tree):
    leading = set(tree.superiors)
    for number, (kind, size) in enumerate(zip(tree.kinds, tree.sizes, strict=True), 1):
        assert (size > 0) == (kind is OrgKind.BRANCH and number != tree.dissolved)
        leads = number in leading
        assert not (leads and kind is OrgKind.BRANCH)


def test_a_city_run_school_stands_in_a_district_and_answers_to_the_city(tree):
    education = tree.names.index("中共福州市委教育工作委员会") + 1
    assert tree.superiors[education - 1] == 1
    below = [at for at, path in enumerate(tree.paths) if f"/{education}/" in path and tree.kinds[at] is OrgKind.BRANCH]
    assert len({tree.districts[at] for at in below}) > 5


def test_names_are_real_villages_and_seldom_shared(tree):
    villages = {town.code: [village(each.name) for each in town.villages] for town in _towns()}
    standing = [at for at, home in enumerate(tree.homes) if home in ("village", "community") and tree.sizes[at]]
    named = sum(any(name in tree.names[at] for name in villages[str(tree.towns[at])]) for at in standing)
    assert named / len(standing) > 0.95
    shared = [name for name, count in Counter(tree.names).items() if count > 1]
    assert 1 <= len(shared) <= 40
    assert all(name.startswith("第") for name in shared)


def test_hostile_names_are_among_the_branches(tree, city):
    for sector, name in city.hostile:
        at = tree.names.index(name)
        assert tree.kinds[at] is OrgKind.BRANCH
        assert city.sectors[tree.sectors[at]].code == sector
    rare = [name for name in tree.names if "𠮷" in name]
    assert len(rare) == 1


def test_every_point_lies_inside_its_own_district(tree, city):
    found, schematic = points(tree)
    for district in city.cities[0].districts:
        rows = [at for at, code in enumerate(tree.districts) if code == district.code]
        assert inside(read_shape(district.boundary), np.array([found[at] for at in rows])).all(), district.name
    towns = {town.code: town for district in city.cities[0].districts for town in district.towns}
    unknown = [at for at, code in enumerate(tree.towns) if code is None or towns[code].lon is None]
    placed = sum(schematic[at] for at in unknown)
    assert placed == len(unknown) < sum(schematic) < len(schematic)


def test_a_town_whose_point_lies_outside_its_district_is_schematic(tree):
    _, schematic = points(tree)
    rows = [at for at, name in enumerate(tree.names) if name == "中共苔菉镇委员会"]
    assert [schematic[at] for at in rows] == [True]


def test_each_city_of_the_province_has_the_counts_of_one():
    tree = grown(replace(fujian.atlas(), size=fuzhou.size("test")))
    assert kinds(tree)[OrgKind.BRANCH] == 10 * fuzhou.size("test").branches
    assert kinds(tree)[OrgKind.LOCAL_COMMITTEE] == 1 + 10 + 10 * 13
    assert sum(tree.sizes) == 10 * fuzhou.size("test").members
    found, _ = points(tree)
    placed = sum(point is not None for point in found)
    assert placed == 0


def test_the_province_has_ten_cities_nine_of_them_with_a_boundary():
    atlas = fujian.atlas()
    assert len(atlas.cities) == 10
    assert sum(city.boundary is not None for city in atlas.cities) == 9
    assert all(district.boundary is None for city in atlas.cities for district in city.districts)
    assert atlas.places["code"].is_unique
    orphans = set(atlas.places["parent_code"].dropna()) - set(atlas.places["code"])
    assert not orphans


@pytest.mark.parametrize(
    ("name", "full", "initials"),
    [("长乐区", "changlequ", "clq"), ("A & ☆", "a&☆", "a&☆"), ("", "", "")],
)
def test_pinyin_reads_places_right_and_keeps_what_is_not_chinese(name, full, initials):
    assert spelled(name) == (full, initials)


def test_a_rare_character_is_found_by_the_sound_of_the_usual_one():
    assert spelled("福州𠮷顺") == ("fuzhoujishun", "fzjs")
