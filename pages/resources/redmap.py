"""Red resources map (红色地图): find a site, read its card, choose a route for the theme party day."""

import pandas as pd
import streamlit as st

from components import cards, filters, maps, tables, text
from components.browser import room
from components.maps.red import OWN, red_map
from data_access.cache import Reader
from data_access.queries import red as resources
from data_access.queries.red import Search, Standpoint
from domain import red
from domain.geography import distance_m
from pages.resources import redmap_cards
from pages.shared import masthead
from pages.shared.view import View

LAPTOP = (700, 768)  # the room that a map is laid out for until the browser has told its own
AROUND = 265  # pixels of the window that are not the map's
BESIDE = 130  # pixels that the filters above a list take of the map's height
LOWEST, HIGHEST = 320, 860  # pixels: the map's height
WITHIN_KM = (5, 10, 20, 50)
ROUTES, SITES = "routes", "sites"
LEGEND = "● 点位准确　○ 位置示意（误差 500 米以上）　灰色为周边景点　圈内数字为聚在一处的点位数，点选展开"
OWN_LEGEND = "　蓝色为本组织"
ROUTE_LEGEND = "编号为参观顺序；示意连线，非导航路线　○ 位置示意　同处一地的站点围成一圈"


def render(reader: Reader) -> None:
    """Draw the map, and beside it the routes and sites that were asked for, or the card of the one that was chosen."""
    view = masthead.render(reader, "红色地图", still=masthead.STILL)
    sites, routes = reader.read(resources.sites), reader.read(resources.routes)
    if sites.empty:
        cards.nothing_yet("还没有登记红色资源", hint="请联系数据管理员导入点位和路线")
        return
    with st.container(key="red-filters", horizontal=True, vertical_alignment="center", gap="small"):
        search = _search(sites)
    site, route = _known("site", "点位", sites["site_id"]), _known("route", "路线", routes["route_id"])
    own = reader.read(resources.standpoint, view.org_id)
    left, right = st.columns([3, 2], gap="small")
    with left:
        height = _map(reader, view, search, route, site, own)
    with right:
        if site:
            redmap_cards.site(reader, sites[sites["site_id"] == site].iloc[0], own)
        elif route:
            redmap_cards.route(reader, routes[routes["route_id"] == route].iloc[0], own)
        else:
            _lists(reader, search, routes, own, max((height - BESIDE) // tables.ROW, 7))


def _search(sites: pd.DataFrame) -> Search:
    """Return what the URL looks for; each choice offers what the sites hold."""
    districts = sites.dropna(subset=["district_name"]).sort_values("district_code")
    words = filters.text("q", "搜索", placeholder="名称、地址、乡镇、简介", quiet=True)
    return Search(
        district=filters.choice(
            "district", "县区", dict(zip(districts["district_code"], districts["district_name"], strict=True)), all_label="全部县区",
            quiet=True, width=125,
        ),
        kind=_one_of("type", "类型", red.offered(sites["type"]), 135),
        era=_one_of("era", "时期", red.offered(sites["era"], as_eras=True), 125),
        theme=_one_of("theme", "主题", red.offered(sites["theme"]), 135),
        words=words,
        only=_only(set(sites["site_id"])),
    )  # fmt: skip


def _only(known: set[str]) -> tuple[str, ...]:
    """Return the sites that the URL narrows the map to; what is none of ours is left out with a note."""
    given = st.query_params.get_all("sites")
    if set(given) - known:
        filters.note("链接中的“点位”有无法识别的值，已忽略。", "sites")
    return tuple(code for code in given if code in known)


def _one_of(name: str, label: str, terms: list[str], width: int) -> str | None:
    return filters.choice(name, label, {term: term for term in terms}, all_label=f"全部{label}", quiet=True, width=width)


def _known(name: str, label: str, codes: pd.Series) -> str | None:
    """Return the URL's code where it is known, otherwise None with a note."""
    given = st.query_params.get(name)
    if given and given not in set(codes):
        filters.note(f"链接中的“{label}”无法识别，已按全部显示。", name)
        return None
    return given or None


def _map(reader: Reader, view: View, search: Search, route: str | None, site: str | None, own: Standpoint | None) -> int:
    """Draw the map; return its height in pixels, which a list beside it keeps to."""
    found = len(reader.read(resources.sites, search))
    base = f"{found} 处点位符合条件" if not route else "编号为路线各站，其余点位淡显"
    with cards.card("红色资源分布", base=base, key="red-map"):
        canvas = st.container(gap="xxsmall")
        width, window = room.measured("red-room", LAPTOP)
        height = min(max(window - AROUND, LOWEST), HIGHEST, int(width * 1.1))
        looks = {"theme": reader.theme, "width": width, "height": height, "district": search.district, "apart": bool(search.only)}
        drawing = reader.drawn(red_map, resources.sheet, search, route, site, view.org_id, **looks)
        with canvas:
            if drawing is None:
                cards.nothing_yet("没有符合条件的点位", hint="请换一个县区、类型、时期或主题")
                return height
            key = "-".join(("red-map", search.district or "", route or "", site or "", *search.only))
            maps.show(drawing, key=key, alt="红色点位和路线地图", height=height, on_select=lambda layer, row: _choose(layer, row, route))
            st.caption((ROUTE_LEGEND if route else LEGEND) + (OWN_LEGEND if own else ""))
    return height


def _choose(layer: str, row: dict, route: str | None) -> None:
    """Open the site that was clicked, or the sites that share a mark; an area is a district to search in."""
    members = [str(code) for code in row.get("members") or []]
    if len(members) > 1:
        filters.write(sites=members, site=None)
    elif members:
        filters.write(site=members[0])
    elif layer != OWN and not route:
        filters.write(district=str(row.get("code")), sites=None)
    st.rerun()


def _lists(reader: Reader, search: Search, routes: pd.DataFrame, own: Standpoint | None, most: int) -> None:
    """Draw the routes or the sites, at most `most` rows at once."""
    with cards.card("路线和点位", base="点选一行打开", key="red-lists"):
        if search.only:
            st.button("显示全部点位", icon=":material/arrow_back:", on_click=filters.write, kwargs={"sites": None}, type="tertiary")
            _sites(reader, search, own, most)
            return
        show = filters.choice("show", "显示", {ROUTES: "路线", SITES: "点位"}, ROUTES, segments=True, quiet=True, width="content")
        if show == SITES:
            _sites(reader, search, own, most)
        else:
            _routes(routes, search, own, most)


def _routes(routes: pd.DataFrame, search: Search, own: Standpoint | None, most: int) -> None:
    """The routes for a theme party day: by how one goes, how far the first stop is, and the theme that the page looks for."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        modes = sorted(set(routes["mode"].dropna()))
        mode = filters.choice("mode", "方式", {term: term for term in modes}, all_label="全部方式", quiet=True, width=130)
        away = None
        if own:
            away = filters.choice(
                "within", "距离", {str(km): f"首站 {km} 公里内" for km in WITHIN_KM}, all_label="不限距离", quiet=True, width=160
            )
    km = distance_m(own.lon, own.lat, routes["lon"], routes["lat"]) / 1000 if own else None
    kept = routes.assign(km=km, source=routes["official"].map({True: "公开发布", False: "本系统整理"}), length_km=routes["length_m"] / 1000)
    if mode:
        kept = kept[kept["mode"] == mode]
    if search.theme:
        kept = kept[kept["theme"].map(lambda theme: search.theme in red.terms(theme)).astype(bool)]
    if away:
        kept = kept[kept["km"] <= int(away)]
    if kept.empty:
        cards.nothing_yet("没有符合条件的路线", hint="请放宽方式、距离或主题")
        return
    if own:
        kept = kept.sort_values(["km", "route_id"], na_position="last")
        note = "（位置示意）" if own.schematic else ""
        st.caption(f"距离从{text.plain(own.name)}{note}到首站，按直线计算；由近到远排列。")
    columns = {
        "name": tables.text("路线", width=215),
        **({"km": tables.number("公里", "%.1f", help="到首站的直线距离")} if own else {}),
        "stops": tables.count("站数"),
        "mode": tables.text("方式"),
        "theme": tables.text("主题"),
        "source": tables.text("来源"),
    }
    tables.table(
        kept, columns=columns, key="red-routes", height=tables.tall(kept, most), on_select=lambda row: _open(route=row["route_id"])
    )


def _sites(reader: Reader, search: Search, own: Standpoint | None, most: int) -> None:
    sites = reader.read(resources.sites, search)
    if sites.empty:
        cards.nothing_yet("没有符合条件的点位", hint="请换一个县区、类型、时期或主题")
        return
    km = distance_m(own.lon, own.lat, sites["lon"], sites["lat"]) / 1000 if own else None
    shown = sites.assign(km=km, where=sites["schematic"].map({True: "位置示意", False: "准确"}))
    columns = {
        "name": tables.text("点位", width=215),
        "district_name": tables.text("县区"),
        "type": tables.text("类型"),
        "era": tables.text("时期"),
        **({"km": tables.number("公里", "%.1f", help="直线距离")} if own else {}),
        "where": tables.text("点位精度"),
    }
    shown = shown.sort_values(["km", "site_id"]) if own else shown
    tables.table(shown, columns=columns, key="red-sites", height=tables.tall(shown, most), on_select=lambda row: _open(site=row["site_id"]))


def _open(**chosen: str) -> None:
    filters.write(**chosen)
    st.rerun()
