"""The tree of superiors: districts' committees, working committees, towns, units and their branches, name by name."""

from dataclasses import dataclass, field

import numpy as np

from domain.vocabulary import OrgKind
from seed.atlas import Atlas, City, District, Town, Village
from seed.draws import Dice, below
from seed.names import Namer, ordinal, part, titled, village
from seed.plan import Unit, apportion, units
from seed.points import Placer, Point

# Working committees that lead the units of a sector, in a district and in the city. They have no sector of their own.
_LEADERS = {
    "agency": "直属机关工作委员会",
    "institution": "卫生和事业单位工作委员会",
    "state_enterprise": "国有企业工作委员会",
    "private_enterprise": "委非公有制企业和社会组织工作委员会",
    "social_organisation": "委非公有制企业和社会组织工作委员会",
    "school": "委教育工作委员会",
}
_IN_TOWN = 60  # of 100 single branches of the new sectors answer to the town they stand in
_PLAIN = 160  # one branch of a unit in so many is called 第一党支部 and no more, as happens


@dataclass(repr=False)
class Tree:
    """Organisations in the order of their ids (the root is 1), column by column; every list has one entry each."""

    names: list[str] = field(default_factory=list)
    kinds: list[OrgKind] = field(default_factory=list)
    sectors: list[int] = field(default_factory=list)  # −1 for committees without one
    superiors: list[int] = field(default_factory=list)  # 0 for the root
    paths: list[str] = field(default_factory=list)
    districts: list[str | None] = field(default_factory=list)
    standings: list[int] = field(default_factory=list)  # of the district
    towns: list[str | None] = field(default_factory=list)
    grounds: list["Ground"] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # members of a branch; 0 above
    homes: list[str] = field(default_factory=list)  # village, community or unit; "" for committees without a sector
    dissolved: int = 0  # the branch that is no more: it stands in the tree, beyond the planned counts

    def add(self, name: str, kind: OrgKind, superior: int, ground: "Ground", sector: int = -1, size: int = 0, home: str = "") -> int:
        """Add an organisation that stands on `ground`; return its id."""
        org_id = len(self.names) + 1
        self.names.append(name)
        self.kinds.append(kind)
        self.sectors.append(sector)
        self.superiors.append(superior)
        self.paths.append(f"{self.paths[superior - 1] if superior else '/'}{org_id}/")
        self.districts.append(ground.district.code if ground.district else None)
        self.standings.append(ground.district.standing if ground.district else 0)
        self.towns.append(ground.town.code if ground.town else None)
        self.grounds.append(ground)
        self.codes.append(ground.code())
        self.sizes.append(size)
        self.homes.append(home)
        return org_id


@dataclass(repr=False)
class Ground:
    """Where an organisation stands: a city, and a district and town of it where known. Hands out codes and points."""

    city: City
    district: District | None
    town: Town | None
    placer: Placer | None
    serials: dict[str, int]

    def within(self, town: Town | None) -> "Ground":
        """Return the same district's ground in `town`."""
        return Ground(self.city, self.district, town, self.placer, self.serials)

    def code(self) -> str:
        """Return the next code: FZ-350102-0001."""
        place = self.district.code if self.district else self.city.code
        self.serials[place] = self.serials.get(place, 0) + 1
        return f"{self.city.prefix}-{place}-{self.serials[place]:04d}"

    @property
    def gathering(self) -> tuple[int, Point | None]:
        """The town's number and point, for the placer; 0 where it stands in no town."""
        if self.town is None:
            return 0, None
        known = self.town.lon is not None and self.town.lat is not None
        return int(self.town.code), (self.town.lon, self.town.lat) if known else None  # type: ignore[return-value]


def points(tree: Tree) -> tuple[list[Point | None], list[bool]]:
    """Return the point of every organisation (None where no boundary is known) and whether it is schematic."""
    found: list[Point | None] = [None] * len(tree.names)
    schematic = [False] * len(tree.names)
    by_placer: dict[int, list[int]] = {}
    for at, ground in enumerate(tree.grounds):
        if ground.placer is not None:
            by_placer.setdefault(id(ground.placer), []).append(at)
    for rows in by_placer.values():
        placer = tree.grounds[rows[0]].placer
        assert placer is not None  # it was grouped by
        spots, drawn = placer.placed([tree.grounds[at].gathering for at in rows], np.array(rows) + 1)
        for at, spot, sketched in zip(rows, spots, drawn, strict=True):
            found[at], schematic[at] = spot, sketched
    return found, schematic


def grown(atlas: Atlas) -> Tree:
    """Return the whole tree of an installation."""
    tree = Tree()
    serials: dict[str, int] = {}
    first = atlas.cities[0]
    root = tree.add(atlas.root_name, OrgKind.LOCAL_COMMITTEE, 0, _seat(first, serials))
    for key, city in enumerate(atlas.cities):
        head = root
        if atlas.whole_province:
            head = tree.add(f"中共{city.name}委员会", OrgKind.LOCAL_COMMITTEE, root, _seat(city, serials))
        _Planter(tree, atlas, city, key, serials).plant(head)
    _add_dissolved(tree, atlas, serials)
    for (sector, name), at in zip(atlas.hostile, _spread_out(tree, atlas), strict=True):
        tree.names[at[sector]] = name
    return tree


def _add_dissolved(tree: Tree, atlas: Atlas, serials: dict[str, int]) -> None:
    """Add the branch that was dissolved, below the first town."""
    city = atlas.cities[0]
    town = next(at for at, code in enumerate(tree.towns) if code is not None)
    district = next(each for each in city.districts if each.code == tree.districts[town])
    placer = Placer(district.boundary, int(district.code)) if district.boundary else None
    ground = Ground(city, district, next(each for each in district.towns if each.code == tree.towns[town]), placer, serials)
    sector = next(at for at, each in enumerate(atlas.sectors) if each.is_new)
    name = f"{city.name.removesuffix('市')}旧埠贸易有限公司党支部"
    tree.dissolved = tree.add(name, OrgKind.BRANCH, town + 1, ground, sector, 0, "unit")


def _seat(city: City, serials: dict[str, int]) -> Ground:
    """Return the ground of a city's own organs: its first district."""
    district = city.districts[0]
    placer = Placer(district.boundary, int(district.code)) if district.boundary else None
    return Ground(city, district, None, placer, serials)


def _spread_out(tree: Tree, atlas: Atlas) -> list[dict[str, int]]:
    """Return for each hostile name where a single branch of each sector can be found, never the same one twice."""
    codes = [sector.code for sector in atlas.sectors]
    places: dict[str, list[int]] = {code: [] for code in codes}
    for at, (kind, sector, size) in enumerate(zip(tree.kinds, tree.sectors, tree.sizes, strict=True)):
        if kind is OrgKind.BRANCH and size > 4 and tree.kinds[tree.superiors[at] - 1] is not OrgKind.GENERAL_BRANCH:
            places[codes[sector]].append(at)
    return [{code: found[(turn * 7 + 3) % len(found)] for code, found in places.items() if found} for turn in range(len(atlas.hostile))]


class _Planter:
    """Plants one city below its head."""

    def __init__(self, tree: Tree, atlas: Atlas, city: City, key: int, serials: dict[str, int]) -> None:
        self._tree, self._atlas, self._city, self._key, self._serials = tree, atlas, city, key, serials
        self._namer = Namer(city.name, key)
        self._grounds: list[Ground] = []
        self._towns: list[list[Town]] = []
        self._heads: list[int] = []
        self._town_ids: dict[str, int] = {}
        self._leaders: dict[tuple[str, int], int] = {}
        self._dice = Dice("tree", key)

    def plant(self, head: int) -> None:
        """Add districts, towns and units below `head`."""
        self._head = head
        self._districts()
        committees = sum(not town.street for towns in self._towns for town in towns)
        planned = units(self._atlas.sectors, self._atlas.size, committees, self._key)
        for at, sector in enumerate(self._atlas.sectors):
            for unit, district, town, spot, turn in self._homes(at, planned[at]):
                self._unit(unit, district, town, spot, turn, sector.home)

    def _districts(self) -> None:
        for number, district in enumerate(self._city.districts):
            placer = Placer(district.boundary, int(district.code)) if district.boundary else None
            ground = Ground(self._city, district, None, placer, self._serials)
            self._grounds.append(ground)
            self._heads.append(self._tree.add(f"中共{district.name}委员会", OrgKind.LOCAL_COMMITTEE, self._head, ground))
            self._towns.append(_chosen(district, self._atlas.size.towns))
            for town in self._towns[number]:
                kind = OrgKind.WORKING_COMMITTEE if town.street else OrgKind.COMMITTEE
                name = f"中共{district.name}{town.name}工作委员会" if town.street else f"中共{town.name}委员会"
                rural = next((at for at, sector in enumerate(self._atlas.sectors) if sector.home == "village"), -1)
                sector = -1 if town.street else rural
                home = "" if town.street else "village"
                self._town_ids[town.code] = self._tree.add(name, kind, self._heads[number], ground.within(town), sector, home=home)

    def _homes(self, sector: int, planned: list[Unit]) -> list[tuple[Unit, int, Town | None, Village | None, int]]:
        """Return where each unit of a sector lives: district, town, village, and the turn in that village."""
        told = self._atlas.sectors[sector]
        order = below(1 << 30, "tree/order", self._key, sector, range(len(planned)))
        shuffled = [planned[at] for at in sorted(range(len(planned)), key=lambda at: (int(order[at]), at))]
        if told.home == "unit":
            counts = apportion(len(planned), [district.weight for district in self._city.districts])
            where = [district for district, count in enumerate(counts) for _ in range(count)]
            return [(unit, district, self._some_town(district), None, 0) for unit, district in zip(shuffled, where, strict=True)]
        spots = [_round_robin(towns, told.home == "community") for towns in self._towns]
        counts = apportion(len(planned), [len(found) for found in spots])
        homes: list[tuple[Unit, int, Town | None, Village | None, int]] = []
        for district, count in enumerate(counts):
            for at in range(count):
                town, spot = spots[district][at % len(spots[district])]
                homes.append((shuffled[len(homes)], district, town, spot, at // len(spots[district])))
        return homes

    def _some_town(self, district: int) -> Town | None:
        towns = self._towns[district]
        return towns[self._dice.below(len(towns))] if towns else None

    def _unit(self, unit: Unit, district: int, town: Town | None, spot: Village | None, turn: int, home: str) -> None:
        sector = self._atlas.sectors[unit.sector]
        of_city = spot is None and self._dice.below(100) < sector.city_run
        ground = self._grounds[district].within(town)
        if spot is not None and town is not None:
            name = self._namer.in_village(sector.home, f"{town.name}{village(spot.name)}", turn)
            superior = self._town_ids[town.code]
        else:
            district_name = self._city.districts[district].name
            name = self._namer.unit(sector.code, district_name, town.name if town else None, of_city)
            in_town = (
                town is not None and sector.is_new and unit.kind is OrgKind.BRANCH and not of_city and self._dice.below(100) < _IN_TOWN
            )
            superior = self._town_ids[town.code] if in_town and town else self._leader(sector.code, -1 if of_city else district)
        if unit.kind is OrgKind.BRANCH:
            self._tree.add(titled(unit.kind, name), unit.kind, superior, ground, unit.sector, unit.members, home)
            return
        top = self._tree.add(titled(unit.kind, name), unit.kind, superior, ground, unit.sector, home=home)
        serial = self._branches(unit, name, top, ground, home, 0)
        for number, general in enumerate(unit.generals, 1):
            called = titled(general.kind, name + ordinal(number))
            inner = self._tree.add(called, general.kind, top, ground, general.sector, home=home)
            serial = self._branches(general, name, inner, ground, home, serial)

    def _branches(self, unit: Unit, name: str, top: int, ground: Ground, home: str, serial: int) -> int:
        """Add the branches of a committee or general branch; `serial` counts those of the whole unit. Returns the next one."""
        sector = self._atlas.sectors[unit.sector]
        for size in unit.sizes:
            plain = self._dice.below(_PLAIN) == 0
            called = titled(OrgKind.BRANCH, ordinal(serial + 1) if plain else name + part(sector.code, serial))
            self._tree.add(called, OrgKind.BRANCH, top, ground, unit.sector, size, home)
            serial += 1
        return serial

    def _leader(self, sector: str, district: int) -> int:
        """Return the working committee that leads a sector's units in a district, or in the city (−1); found it if need be."""
        title = _LEADERS.get(sector, "直属工作委员会")
        if (title, district) not in self._leaders:
            place = self._city if district < 0 else self._city.districts[district]
            above, ground = (self._head, self._grounds[0]) if district < 0 else (self._heads[district], self._grounds[district])
            self._leaders[title, district] = self._tree.add(f"中共{place.name}{title}", OrgKind.WORKING_COMMITTEE, above, ground)
        return self._leaders[title, district]


def _chosen(district: District, per_mille: int) -> list[Town]:
    """Return the towns that have organisations: those with a known point first, two at least, in the order of their codes."""
    count = max(2, round(len(district.towns) * per_mille / 1000))
    preferred = sorted(district.towns, key=lambda town: (town.lon is None, town.code))[:count]
    return sorted(preferred, key=lambda town: town.code)


def _round_robin(towns: list[Town], community: bool) -> list[tuple[Town, Village]]:
    """Return the villages (or communities) of some towns, the first of each town, then the second …"""
    spots = [(at, town, spot) for town in towns for at, spot in enumerate(each for each in town.villages if each.community is community)]
    return [(town, spot) for at, town, spot in sorted(spots, key=lambda found: (found[0], found[1].code))]
