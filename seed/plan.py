"""How many members each branch has: counts by sector that add up exactly, and units (a committee, a general branch, a branch)."""

from dataclasses import dataclass, field

from domain.vocabulary import OrgKind
from seed.atlas import Sector, Size
from seed.draws import below

_COMMITTEE_FROM, _COMMITTEE_RANGES = 101, (90, 45, 1)  # members of a unit that has a committee; the range as wide as fits
_GENERAL_FROM, _GENERAL_RANGE = 52, 45
_LEAST, _MOST = 3, 50  # members of a branch
_NESTED = 30  # of 100 general branches answer to the committee of their own unit
_ODD = 400  # one branch in so many is smaller or larger than the rules want: the "size" hint needs something to show


class DoesNotFit(ValueError):
    """The counts asked for cannot be met together, e.g. more committees than the members would fill."""


@dataclass
class Unit:
    """A village, an enterprise, a school …: its kind, the members of its own branches, and its general branches."""

    sector: int
    kind: OrgKind
    sizes: list[int]
    generals: list["Unit"] = field(default_factory=list)

    @property
    def members(self) -> int:
        """Members of all its branches."""
        return sum(self.sizes) + sum(general.members for general in self.generals)


def apportion(total: int, weights: list[int]) -> list[int]:
    """Return whole parts of `total` in proportion to `weights` by largest remainder; ties go to the first."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in remainders[: total - sum(parts)]:
        parts[at] += 1
    return parts


def units(sectors: tuple[Sector, ...], size: Size, towns: int, key: int) -> list[list[Unit]]:
    """Return the units of each sector. `towns` of the committees lead towns; `key` tells one city's draws from another's.

    The branches' members add up to `size.members` exactly, and so do the counts by kind. Raises DoesNotFit.
    """
    if towns > size.committees:
        raise DoesNotFit(f"{towns} towns want a committee, {size.committees} are planned")
    branches = apportion(size.branches, [sector.branches for sector in sectors])
    members = apportion(size.members, [sector.members for sector in sectors])
    committees = apportion(size.committees - towns, [sector.committees for sector in sectors])
    generals = apportion(size.generals, [sector.generals for sector in sectors])
    return [_units_of(at, branches[at], members[at], committees[at], generals[at], key * len(sectors) + at) for at in range(len(sectors))]


def _units_of(sector: int, branches: int, members: int, committees: int, generals: int, key: int) -> list[Unit]:
    """Return the units of a sector: units with a committee as large as leaves enough for the branches that stand alone."""
    usual = max(_LEAST + 1, members // max(1, branches))
    for reach in _COMMITTEE_RANGES:
        made = _led(sector, committees, generals, reach, usual, key)
        left = branches - sum(len(unit.sizes) + sum(len(inner.sizes) for inner in unit.generals) for unit in made)
        rest = members - sum(unit.members for unit in made)
        if left >= 0 and left * _LEAST <= rest <= left * _MOST:
            return made + _alone(sector, left, rest, key)
    raise DoesNotFit(f"sector {sector}: {left} branches are left for {rest} members")


def _led(sector: int, committees: int, generals: int, reach: int, usual: int, key: int) -> list[Unit]:
    """Return the units with a committee or as a general branch; some general branches are part of a unit with a committee."""
    led = [_filled(sector, OrgKind.COMMITTEE, _COMMITTEE_FROM, reach, usual, (key, at)) for at in range(committees)]
    general = [_filled(sector, OrgKind.GENERAL_BRANCH, _GENERAL_FROM, _GENERAL_RANGE, usual, (key, at)) for at in range(generals)]
    nested = len(general) * _NESTED // 100 if led else 0
    for at in range(nested):
        led[at % len(led)].generals.append(general[at])
    return [*led, *general[nested:]]


def _alone(sector: int, count: int, members: int, key: int) -> list[Unit]:
    """Return single branches; here and there one gains what its neighbour loses, out of the usual range."""
    singles = [Unit(sector, OrgKind.BRANCH, [size]) for size in _spread(members, count, key, -1)]
    for at in range(_ODD // 2, len(singles) - 1, _ODD):
        moved = singles[at].members - (_LEAST - 1)
        singles[at].sizes = [_LEAST - 1]
        singles[at + 1].sizes = [singles[at + 1].members + moved]
    return singles


def _filled(sector: int, kind: OrgKind, least: int, reach: int, usual: int, key: tuple[int, int]) -> Unit:
    members = least + int(below(reach, f"plan/{kind.value}", *key)[0])
    count = max(2, -(-members // (_MOST - 8)), members * 10 // (usual * 11))
    return Unit(sector, kind, _spread(members, min(count, members // (_LEAST + 1)), *key))


def _spread(members: int, count: int, *key: int) -> list[int]:
    """Return `count` sizes between the least and the most that add up to `members`, uneven as life is."""
    if count == 0:
        return []
    drawn = 40 + below(90, "plan/spread", *key, range(count)) + below(90, "plan/spread again", *key, range(count))
    sizes = [_LEAST + part for part in apportion(members - _LEAST * count, [int(weight) for weight in drawn])]
    over = sum(max(0, size - _MOST) for size in sizes)
    sizes = [min(size, _MOST) for size in sizes]
    for at in sorted(range(count), key=lambda position: (sizes[position], position)):
        room = min(over, _MOST - sizes[at])
        sizes[at] += room
        over -= room
    return sizes
