"""Names of organisations: real villages and towns where they exist, plausible invented units elsewhere; nobody real."""

import tomllib
from pathlib import Path

from domain.vocabulary import OrgKind
from seed.draws import Dice

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_ORDINALS = "一二三四五六七八九十"


def words(name: str, room: str | None = None) -> list[str]:
    """Return a list of words.toml, of its table `room` where given; empty where it has no such list."""
    return (_WORDS[room] if room else _WORDS).get(name, "").split()


def ordinal(number: int) -> str:
    """Return 第一, 第二 … 第十一 … for whole numbers from 1 to 99."""
    tens, units = divmod(number, 10)
    ten = "" if tens == 0 else "十" if tens == 1 else f"{_ORDINALS[tens - 1]}十"
    return f"第{ten}{_ORDINALS[units - 1] if units else ''}"


def village(name: str) -> str:
    """Return a village's or community's short name: 洪山村村委会 → 洪山村, 中山社区居委会 → 中山社区."""
    for ending in ("居民委员会", "居民居委会", "村民委员会", "居委会", "村委会", "委员会", "村委", "村会"):
        if name.endswith(ending) and len(name) > len(ending) + 1:
            short = name.removesuffix(ending)
            return short if short.endswith(("村", "区", "场")) else short + ("社区" if "居" in ending else "村")
    return name


class Namer:
    """Names the units of one city, each once."""

    def __init__(self, city: str, key: int) -> None:
        """Name after `city` (福州市); `key` tells one city's draws from another's."""
        self._city, self._dice = city, Dice("names", key)
        self._used: set[str] = set()

    def unit(self, sector: str, district: str, town: str | None, of_city: bool) -> str:
        """Return the name of a new unit of a sector that lives in units of its own; `town` may lend it its name."""
        prefix = self._city if of_city else district
        for turn in range(40):
            name = self._proposed(sector, prefix, town, of_city, turn)
            if name not in self._used:
                return self._taken(name)
        return self._taken(f"{self._proposed(sector, prefix, town, of_city, 0)}{ordinal(len(self._used) % 99 + 1)}分部")

    def in_village(self, sector: str, name: str, turn: int) -> str:
        """Return the name of the `turn`-th unit of a village or community: itself first, then what grew in it."""
        if turn == 0:
            return self._taken(name)
        pool = words("estates" if sector == "community" else "cooperatives")
        start = self._dice.below(len(pool))
        for step in range(len(pool)):
            proposed = f"{name}{pool[(start + step) % len(pool)]}"
            if proposed not in self._used:
                return self._taken(proposed)
        return self._taken(f"{name}{ordinal(turn + 1)}网格")

    def _taken(self, name: str) -> str:
        self._used.add(name)
        return name

    def _proposed(self, sector: str, prefix: str, town: str | None, of_city: bool, turn: int) -> str:
        def some(name: str) -> str:
            pool = words(name)
            return pool[self._dice.below(len(pool))]

        if turn > 2 and sector != "private_enterprise":
            prefix += some("quarters")
        in_town = town is not None and turn < 12 and self._dice.below(100) < 45
        match sector:
            case "agency":
                return f"{prefix}{some('agencies')}{some('agency_parts') if turn > 3 else ''}"
            case "institution":
                return (
                    f"{town}{some('town_institutions')}"
                    if in_town and not of_city
                    else f"{prefix}{some('institutions')}" + self._branch(turn)
                )
            case "state_enterprise":
                return f"{prefix}{some('state_enterprises')}{'集团' if turn % 2 == 0 else ''}有限公司" + self._branch(turn)
            case "social_organisation":
                return f"{town if in_town else prefix}{some('social_organisations')}" + self._branch(turn)
            case "school":
                if of_city:
                    return f"{prefix}{some('city_schools')}" + self._branch(turn)
                return f"{town}{some('town_schools')}" if in_town else f"{prefix}{some('schools')}" + self._branch(turn)
            case _:
                return f"{self._city.removesuffix('市')}{some('brand_first')}{some('brand_second')}{some('industries')}有限公司"

    def _branch(self, turn: int) -> str:
        return "" if turn < 20 else f"{ordinal(turn - 18)}分部"


def titled(kind: OrgKind, unit: str) -> str:
    """Return an organisation's name: 中共…委员会, 中共…总支部委员会, …党支部."""
    if kind is OrgKind.GENERAL_BRANCH:
        return f"中共{unit}总支部委员会"
    return f"{unit}党支部" if kind is OrgKind.BRANCH else f"中共{unit}委员会"


def part(sector: str, serial: int) -> str:
    """Return what tells a unit's branches apart: 机关第一, 语文教研组, 第九 …"""
    told = words(sector, "parts")
    return told[serial] if serial < len(told) else ordinal(serial + 1)
