"""Red resources (红色资源): what a site may be searched by, which sites stand so close that a map shows them as one, how far a route is."""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from domain.geography import distance_m

CLOSE_M = 600  # sites nearer to each other than this are hard to tell apart on a map of a city
SCHEMATIC_M = 500  # a point known less exactly than this is 位置示意

# The periods of Party history, in order, under the names that sources write them with.
ERAS = {
    "近代": ("近代",),
    "辛亥革命": ("辛亥革命", "辛亥"),
    "五四运动": ("五四运动", "五四"),
    "大革命": ("大革命", "大革命时期"),
    "土地革命": ("土地革命", "土地革命战争"),
    "抗日战争": ("抗日战争", "抗战"),
    "解放战争": ("解放战争", "解放"),
}


_SEARCHED = ("name", "address", "town", "district_name", "facts")

# What is said of where a site's facts come from.
SOURCES = {"press/official": "媒体或官方发布", "third-party page": "第三方网页转载"}


def terms(value: object) -> tuple[str, ...]:
    """Split a composite value: 革命旧址/纪念馆, 抗战/解放, 船政·海防. Nothing for a missing one."""
    if not isinstance(value, str):
        return ()
    return tuple(dict.fromkeys(part.strip() for part in value.replace("·", "/").split("/") if part.strip()))


def eras(value: object) -> tuple[str, ...]:
    """Split a composite era into periods of Party history; what is none of them stays as it is written."""
    known = {name: era for era, names in ERAS.items() for name in names}
    return tuple(dict.fromkeys(known.get(part, part) for part in terms(value)))


def offered(values: Iterable[object], *, as_eras: bool = False) -> list[str]:
    """Return every single term of the values, each once: eras in the order of history, other terms by how often they occur."""
    split = [part for value in values for part in (eras(value) if as_eras else terms(value))]
    order = list(ERAS)
    if as_eras:
        return sorted(set(split), key=lambda part: (order.index(part) if part in order else len(order), part))
    return sorted(set(split), key=lambda part: (-split.count(part), part))


def matching(
    sites: pd.DataFrame,
    *,
    district: str | None = None,
    kind: str | None = None,
    era: str | None = None,
    theme: str | None = None,
    words: str = "",
    only: Collection[str] = (),
) -> pd.DataFrame:
    """Return the sites that meet every condition given; None and what is empty are no condition.

    Expects columns: site_id (that `only` lists), district_code, type, era, theme, and the searched texts name, address, town,
    district_name, facts. A composite value meets each of its terms; every word of `words` must stand in one of the texts, in
    whatever case.
    """
    kept = pd.Series(True, index=sites.index)
    if district:
        kept &= sites["district_code"] == district
    for term, column, split in ((kind, "type", terms), (era, "era", eras), (theme, "theme", terms)):
        if term:
            kept &= sites[column].map(lambda value, term=term, split=split: term in split(value)).astype(bool)
    if only:
        kept &= sites["site_id"].isin(list(only))
    for word in words.lower().split():
        holds = (
            sites[list(_SEARCHED)]
            .fillna("")
            .apply(lambda column, word=word: column.astype(str).str.lower().str.contains(word, regex=False))
        )
        kept &= holds.any(axis=1)
    return sites[kept]


def clusters(points: pd.DataFrame, reach_m: float = CLOSE_M) -> pd.Series:
    """Gather points that a map cannot show apart. Expects lon, lat; returns for each the position (0…) of its cluster's first point.

    The first point, in the frame's order, gathers everything within `reach_m` metres that is not gathered yet, and so on: no two
    points of a cluster are farther apart than twice the reach.
    """
    lon, lat = points["lon"].to_numpy(dtype=float), points["lat"].to_numpy(dtype=float)
    first = np.full(len(points), -1)
    for index in range(len(points)):
        if first[index] < 0:
            near = distance_m(lon[index], lat[index], lon, lat) <= reach_m
            near[index] = True
            first[near & (first < 0)] = index
    return pd.Series(first, index=points.index, dtype=int)


def legs(stops: pd.DataFrame) -> pd.Series:
    """The straight distance in metres from the stop before; NaN for the first. Expects lon, lat in the order of the route."""
    before = stops[["lon", "lat"]].shift()
    return pd.Series(distance_m(before["lon"], before["lat"], stops["lon"], stops["lat"]), index=stops.index)
