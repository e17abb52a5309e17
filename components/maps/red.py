"""The map of red resources (红色地图): sites, the stops of one route in order, and where the reader's own organisation stands."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import pydeck as pdk

from components import palette
from components.maps import layers
from components.maps.layers import Row, place
from components.palette import Theme
from domain import red
from domain.geography import Box, View, fit
from domain.labelling import Label, Sheet, label_spots, lay_out, spread

SITES, STOPS, OWN = "sites", "stops", "own"
OWN_NAME = "本组织"
REACH = 16  # pixels: sites nearer to each other than this are one mark, or stand apart on a ring
SITE_AROUND = 0.02  # degrees shown around one site, about 2 km
ROUTE_AROUND = 0.003  # degrees around the stops of a route
SITE, MANY, STOP = 5, 10, 11  # pixels: radius of a site, of a mark for several, of a stop
LABELLED = 25  # sites that have room for their names
LONGEST = 12  # characters of a name on the map; the hover has all of it
ROOMY = 500  # pixels: the width of a map from which on names of areas stand beside them, too
NAMED = 8  # sites that the hover of a mark lists


def red_map(
    frames: Mapping[str, pd.DataFrame], *, theme: str, width: int, height: int, district: str | None = None, apart: bool = False
) -> pdk.Deck | None:
    """Draw sites over the boundaries; with stops, the route in order; with a chosen site, its surroundings.

    Expects frames as `data_access.queries.red.sheet` describes them. `district` fits the view to that area, `apart` to the sites.
    Sites that stand within 600 m, or too close to be told apart at this size, are one mark with their number: its row lists their ids
    as `members`; on a close view they stand on a ring around their place instead. A click on an area gives its code, one on a site
    or stop its id. None where there is nothing to draw.
    """
    look, sheet = palette.theme(theme), Sheet(width, height, 13, 40 if width >= ROOMY else 14)
    sites, stops, areas = frames["sites"], frames["stops"], frames["areas"]
    reach = _reach(frames, district, apart)
    if reach is None:
        return None
    view = fit(reach, width, height, sheet.margin)
    near = apart or len(stops) > 0 or bool(sites["chosen"].any())
    marks = _apart(sites, view) if near else _gathered(sites, view)
    route, stopped = _route(stops, view), set(stops["site_id"])
    names = dict(zip(sites["site_id"], sites["name"], strict=True)) | dict(zip(stops["site_id"], stops["name"], strict=True))
    labels = _labels(marks, route, frames["own"], names, view, sheet, every=near or len(marks) <= LABELLED)
    free = marks[~marks["site_id"].isin(stopped)]
    drawn = [
        layers.areas(_backdrop(areas, look, district), line=palette.rgba(look.outline, 170), width=1.0),
        *([] if near or district else _area_names(areas, _taken(marks, frames["own"], labels), sheet, look)),
        *_own(frames["own"], look),
        *_ties(pd.concat([free, route]), look),
        *_marks(free, look, quiet=bool(stopped)),
        *_numbered(route, look),
        *layers.captions(labels, {code: layers.spoken(name) for code, name in names.items()} | {OWN: OWN_NAME}, look, sheet.type_size),
    ]
    return layers.deck(drawn, view, look)


def _reach(frames: Mapping[str, pd.DataFrame], district: str | None, apart: bool) -> Box | None:
    """What shall be in sight, in degrees."""
    sites, stops, areas = frames["sites"], frames["stops"], frames["areas"]
    chosen = sites[sites["chosen"]]
    if len(stops):
        return _around(stops).grown(SITE_AROUND if stops["schematic"].all() else ROUTE_AROUND)
    if len(chosen):
        return _around(chosen).grown(SITE_AROUND)
    if apart and len(sites):
        return _around(sites).grown(ROUTE_AROUND)
    wanted = areas[areas["code"] == district] if district else areas
    if len(wanted):
        return Box.joined(shape.box for shape in wanted["shape"])
    return _around(sites).grown(SITE_AROUND) if len(sites) else None


def _around(points: pd.DataFrame) -> Box:
    return Box.around(points[["lon", "lat"]].to_numpy(dtype=float))


def _gathered(sites: pd.DataFrame, view: View) -> pd.DataFrame:
    """A mark a site, or one for sites that a map of this size cannot show apart. Adds columns count and members (ids)."""
    if sites.empty:
        return sites.assign(count=0, members=None, true_lon=0.0, true_lat=0.0)
    cluster = red.clusters(sites, max(red.CLOSE_M, REACH * view.metres))
    marks = []
    for _, members in sites.groupby(cluster, sort=True):
        mark = members.iloc[0].to_dict() | {
            "count": len(members),
            "members": members["site_id"].tolist(),
            "names": members["name"].tolist(),
        }
        marks.append(mark | {"lon": members["lon"].mean(), "lat": members["lat"].mean(), "found": bool(members["found"].any())})
    return pd.DataFrame(marks).assign(true_lon=lambda rows: rows["lon"], true_lat=lambda rows: rows["lat"])


def _apart(sites: pd.DataFrame, view: View) -> pd.DataFrame:
    """A mark a site, those on top of each other on a ring around their place (true_lon, true_lat)."""
    moved = spread(sites[["lon", "lat"]].to_numpy(dtype=float), view, REACH) if len(sites) else np.empty((0, 2))
    alone = {"names": sites["name"].map(lambda name: [name]), "members": sites["site_id"].map(lambda code: [code])}
    marks = sites.assign(count=1, true_lon=sites["lon"], true_lat=sites["lat"], **alone)
    return marks.assign(lon=moved[:, 0], lat=moved[:, 1])


def _route(stops: pd.DataFrame, view: View) -> pd.DataFrame:
    moved = spread(stops[["lon", "lat"]].to_numpy(dtype=float), view, 2 * REACH) if len(stops) else np.empty((0, 2))
    return stops.assign(true_lon=stops["lon"], true_lat=stops["lat"], lon=moved[:, 0], lat=moved[:, 1])


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"


def _backdrop(areas: pd.DataFrame, look: Theme, district: str | None) -> list[Row]:
    plain, strong = palette.rgba(look.accent, 22), palette.rgba(look.accent, 52)
    return [
        row
        for area in layers.rows(areas)
        for row in layers.polygons(
            area["shape"], code=area["code"], tip=layers.spoken(area["name"]), fill=strong if area["code"] == district else plain
        )
    ]


def _taken(marks: pd.DataFrame, own: pd.DataFrame, labels: Sequence[Label]) -> pd.DataFrame:
    """The places that names of areas keep off: the marks, and the reader's own organisation with its label."""
    label = pd.DataFrame([(label.lon, label.lat) for label in labels if label.code == OWN], columns=["lon", "lat"])
    return pd.concat([marks[["lon", "lat"]], own[["lon", "lat"]], label], ignore_index=True)


def _area_names(areas: pd.DataFrame, marks: pd.DataFrame, sheet: Sheet, look: Theme) -> list[pdk.Layer]:
    """The names of areas clear of the marks: inside, or on a line beside where the marks leave no room there and the map is `ROOMY`."""
    shapes = dict(zip(areas["code"], areas["shape"], strict=True))
    names = dict(zip(areas["code"], areas["name"], strict=True))
    if not shapes:
        return []
    dots = marks[["lon", "lat"]].to_numpy(dtype=float)
    layout = lay_out(shapes, names, sheet, inset=False, dots=dots, radius=MANY, covering=False)
    labels = [label for label in layout.labels if sheet.width >= ROOMY or not label.leader]
    rows = [{"text": layers.spoken(label.text), "position": place(label.lon, label.lat)} for label in labels]
    led = [{"path": [place(*label.leader), place(label.lon, label.lat)]} for label in labels if label.leader]
    leaders = [layers.lines(led, colour=palette.rgba(look.quiet, 150), id="area-leaders")] if led else []
    return [
        *leaders,
        layers.texts(rows, colour=palette.rgba(look.quiet), size=13, halo=palette.rgba(look.surface, 170), id="area-names", pickable=False),
    ]


def _ties(marks: pd.DataFrame, look: Theme) -> list[pdk.Layer]:
    """A thin line from a mark on a ring to where its site is."""
    away = marks[(marks["lon"] - marks["true_lon"]).abs() + (marks["lat"] - marks["true_lat"]).abs() > 1e-9]
    rows = [{"path": [place(row["true_lon"], row["true_lat"]), place(row["lon"], row["lat"])]} for row in layers.rows(away)]
    return [layers.lines(rows, colour=palette.rgba(look.quiet, 140), id="ties")] if rows else []


def _marks(marks: pd.DataFrame, look: Theme, *, quiet: bool) -> list[pdk.Layer]:
    """A dot a site: filled where its point is known, a ring where it is schematic, grey where it is no revolutionary site.

    `quiet` draws them faintly, beside a route.
    """
    rows, numbers = [], []
    for mark in layers.rows(marks):
        colour = look.accent if mark["revolutionary"] else look.quiet
        many = mark["count"] > 1
        position = place(mark["lon"], mark["lat"])
        hollow = mark["schematic"] and not many
        shown = (70 if hollow else 255) if mark["found"] and not quiet else 50
        row = {"position": position, "members": mark["members"], "code": mark["site_id"], "tip": _tip(mark)}
        row |= {
            "r": MANY if many else SITE + 3 * mark["chosen"],
            "line": palette.rgba(look.ink if mark["chosen"] else colour, 120 if quiet else 255),
        }
        rows.append(row | {"fill": palette.rgba(colour, shown)})
        if many:
            numbers.append({"text": str(mark["count"]), "position": position})
    plates = layers.dots(rows, fill="fill", line="line", radius="r", line_width=1.6, id=SITES)
    counts = layers.texts(numbers, colour=palette.rgba(look.background), size=12, id="site-counts", pickable=False)
    return [plates, *([counts] if numbers else [])]


def _tip(mark: Row) -> str:
    if mark["count"] == 1:
        where = "（位置示意）" if mark["schematic"] else ""
        return f"{layers.spoken(mark['name'])}{where}\n{layers.spoken(mark['type'])}"
    listed = [layers.spoken(name) for name in mark["names"][:NAMED]]
    more = f"\n……共 {mark['count']} 处" if mark["count"] > NAMED else ""
    return f"此处有 {mark['count']} 处，点选展开：\n" + "\n".join(listed) + more


def _numbered(route: pd.DataFrame, look: Theme) -> list[pdk.Layer]:
    """The stops of a route: numbers in order, joined by straight lines, which are no way to walk or drive."""
    if route.empty:
        return []
    stops = layers.rows(route)
    rows = [
        {
            "code": stop["site_id"],
            "members": [stop["site_id"]],
            "tip": f"第 {stop['seq']} 站 {layers.spoken(stop['name'])}{'（位置示意）' if stop['schematic'] else ''}",
            "position": place(stop["lon"], stop["lat"]),
        }
        for stop in stops
    ]
    numbers = [{"text": str(stop["seq"]), "position": row["position"]} for stop, row in zip(stops, rows, strict=True)]
    path = [{"path": [row["position"] for row in rows]}]
    return [
        layers.lines(path, colour=palette.rgba(look.accent, 200), width=2.5, id="route"),
        layers.dots(rows, fill=palette.rgba(look.bar), line=palette.rgba(look.gold), radius=STOP, line_width=2, id=STOPS),
        layers.texts(numbers, colour=palette.rgba(look.bar_ink), size=13, id="stop-numbers", pickable=False),
    ]


def _own(own: pd.DataFrame, look: Theme) -> list[pdk.Layer]:
    rows = [
        {"position": place(row["lon"], row["lat"]), "tip": f"{OWN_NAME}：{layers.spoken(row['name'])}", "code": OWN}
        for row in layers.rows(own)
    ]
    return [layers.dots(rows, fill=palette.rgba(look.second), line=palette.rgba(look.ink), radius=6, line_width=2, id=OWN)] if rows else []


def _labels(
    marks: pd.DataFrame, route: pd.DataFrame, own: pd.DataFrame, names: Mapping[str, str], view: View, sheet: Sheet, *, every: bool
) -> tuple[Label, ...]:
    """The names of the stops, without a route those of the sites (`every` one or the chosen one), and the reader's own organisation."""
    spots = {row["site_id"]: (row["lon"], row["lat"]) for row in layers.rows(marks)}
    spots |= {row["site_id"]: (row["lon"], row["lat"]) for row in layers.rows(route)}
    if len(own):
        spots[OWN] = (float(own["lon"].iloc[0]), float(own["lat"].iloc[0]))
    alone = marks.loc[(marks["count"] == 1) if every else marks["chosen"], "site_id"]
    named = list(route["site_id"]) if len(route) else list(alone)
    texts = {code: _short(names[code]) for code in named} | ({OWN: OWN_NAME} if len(own) else {})
    first = {OWN, *route["site_id"], *marks.loc[marks["chosen"], "site_id"]}
    return label_spots(spots, texts, view, sheet, first=first, radius=STOP if len(route) else SITE)
