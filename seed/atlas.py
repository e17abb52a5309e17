"""What an installation is made of before anything is drawn: places, sectors, sizes and reference data, as plain values.

Fuzhou (`fuzhou.py`) and the province around it (`fujian.py`) are two of them; a third needs no other code.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Sector:
    """A sector (领域), and its share of the branches, members, units' committees and general branches (of 10,000).

    `mean_size` follows from the shares. `city_run` of its units (of 100) answer to a working committee of the city.
    `rural` sectors live in villages, `urban` ones in communities; the others in `units` of their own.
    """

    code: str
    name: str
    is_new: bool
    branches: int
    members: int
    committees: int
    generals: int
    city_run: int = 0
    home: str = "unit"  # village, community or unit


@dataclass(frozen=True)
class Village:
    """A village or community and its 12-digit code."""

    code: str
    name: str
    community: bool


@dataclass(frozen=True)
class Town:
    """A street or town; `street` has a working committee instead of a committee. Point in degrees, None where unknown."""

    code: str
    name: str
    street: bool
    lon: float | None
    lat: float | None
    villages: tuple[Village, ...]


@dataclass(frozen=True, repr=False)
class District:
    """A county-level unit: how much of the city's units stand here (`weight`), and how well it works (`standing`, ± per mille)."""

    code: str
    name: str
    weight: int
    standing: int
    boundary: str | None  # GeoJSON geometry
    centre: tuple[float, float] | None
    towns: tuple[Town, ...]


@dataclass(frozen=True, repr=False)
class City:
    """A city of the installation; `prefix` begins the codes of its organisations."""

    code: str
    name: str
    prefix: str
    boundary: str | None
    centre: tuple[float, float] | None
    districts: tuple[District, ...]


@dataclass(frozen=True)
class Size:
    """How much is drawn for each city: organisations by kind and members, alive on the as-of date; towns in per mille."""

    committees: int
    generals: int
    branches: int
    members: int
    towns: int = 1000


@dataclass(frozen=True, repr=False)
class Atlas:
    """One installation: who leads it, its cities and places, sectors, and what is published about it."""

    title: str
    scale: str
    as_of: date
    root_name: str
    root_place: str
    cities: tuple[City, ...]
    sectors: tuple[Sector, ...]
    size: Size
    places: pd.DataFrame  # rows of table `place`, parents first
    coverage: pd.DataFrame  # rows of table `sector_coverage`
    red: dict[str, pd.DataFrame] = field(default_factory=dict)  # rows of red_site, red_route, red_stop
    hostile: tuple[tuple[str, str], ...] = ()  # (sector, name) of branches whose names must survive every screen

    @property
    def whole_province(self) -> bool:
        """True where the root leads several cities."""
        return len(self.cities) > 1
