"""Cards of the red resources map: one site with all that is known of it, one route with its stops in order."""

import pandas as pd
import streamlit as st

from components import cards, filters, tables, text
from data_access.cache import Reader
from data_access.queries import red as resources
from data_access.queries.red import Standpoint
from domain import red
from domain.geography import distance_m

TO_VERIFY = "待核实"
WIDE = "\u3000"  # a full-width space, so that short labels end where long ones do
KNOWN = (
    ("address", "地址"),
    ("era", "时期"),
    ("theme", "主题"),
    ("protection_level", "保护级别"),
    ("opening_hours", "开放时间"),
    ("opening_note", "开放说明"),
    ("phone", "电话"),
    ("facts", "简介"),
)


def site(reader: Reader, found: pd.Series, own: Standpoint | None) -> None:
    """Draw a site's card: every field, 待核实 where it is unknown, how exact its point is, and what is near."""
    kinds = " ".join(f":gray-badge[{text.plain(kind)}]" for kind in red.terms(found["type"]))
    with cards.card(text.plain(found["name"]), key="red-site"):
        _back("返回路线" if st.query_params.get("route") else "返回列表", site=None)
        where = "·".join(str(part) for part in (found["district_name"], found["town"]) if isinstance(part, str))
        st.markdown(f"{kinds}　{text.plain(where or TO_VERIFY)}")
        lines = [(label, _told(found[name])) for name, label in KNOWN]
        exact = f"约 {found['precision_m']:,} 米" + ("，位置示意" if found["schematic"] else "")
        lines.append(("点位误差", exact))
        if own:
            away = float(distance_m(own.lon, own.lat, found["lon"], found["lat"]))
            lines.append(("距本组织", f"{_metres(away)}（直线{'，位置示意' if own.schematic or found['schematic'] else ''}）"))
        lines.append(("来源", _source(found)))
        st.markdown("  \n".join(f":gray[{label.ljust(4, WIDE)}]　{text.plain(value)}" for label, value in lines))
        _through(reader, found["site_id"])
        _nearby(reader, found["site_id"])


def route(reader: Reader, found: pd.Series, own: Standpoint | None) -> None:
    """Draw a route's card: where it comes from, its stops in order, and the published stops that no point is known of."""
    stops = reader.read(resources.stops, found["route_id"])
    with cards.card(text.plain(found["name"]), key="red-route"):
        _back("返回列表", route=None)
        published = "公开发布" if found["official"] else "本系统整理"
        badges = [f":gray-badge[{text.plain(term)}]" for term in (published, _told(found["mode"]), *red.terms(found["theme"]))]
        st.markdown(" ".join(badges))
        lines = [f"{len(stops)} 站"]
        if found["length_m"] > 0:
            lines.append(f"站间直线合计 {_metres(found['length_m'])}")
        if own and len(stops):
            away = float(distance_m(own.lon, own.lat, stops["lon"].iloc[0], stops["lat"].iloc[0]))
            lines.append(f"距首站 {_metres(away)}")
        st.caption(" · ".join(lines) + "。示意连线，非导航路线；出行前请向各点核实开放时间。")
        shown = stops.assign(
            leg=stops["leg_m"].map(_metres, na_action="ignore"), where=stops["schematic"].map({True: "位置示意", False: "准确"})
        )
        columns = {
            "seq": tables.count("站"),
            "name": tables.text("点位"),
            "district_name": tables.text("县区"),
            "leg": tables.text("距上一站（直线）"),
            "where": tables.text("点位精度"),
        }
        tables.table(
            shown, columns=columns, key="red-stops", height=tables.tall(shown, len(shown)), on_select=lambda row: _open(row["site_id"])
        )
        if isinstance(found["extra_stops"], str):
            listed = "、".join(text.plain(stop) for stop in found["extra_stops"].split("→"))
            st.markdown(f":gray[另有未上图的站点（位置待核实）]　{listed}")
        if isinstance(found["source_note"], str):
            st.markdown(f":gray[来源]　{text.plain(found['source_note'])}")


def _told(value: object) -> str:
    return value if isinstance(value, str) and value.strip() else TO_VERIFY


def _source(found: pd.Series) -> str:
    quality = red.SOURCES.get(found["source_quality"] or "")
    checked = "已核对" if found["verified"] else TO_VERIFY
    return f"公开报道{f'（{quality}）' if quality else ''}，{checked}"


def _metres(metres: float) -> str:
    if metres < 1:
        return "同一位置"
    return f"{round(metres, -1):,.0f} 米" if metres < 1000 else f"{metres / 1000:.1f} 公里"


def _through(reader: Reader, site_id: str) -> None:
    routes = reader.read(resources.routes_through, site_id)
    if routes:
        with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
            st.caption("所在路线", width="content")
            for route_id, name in routes.items():
                st.button(
                    text.plain(name), key=f"through-{route_id}", type="tertiary", on_click=filters.write,
                    kwargs={"route": route_id, "site": None, "sites": None}, width="content",
                )  # fmt: skip


def _nearby(reader: Reader, site_id: str) -> None:
    near = reader.read(resources.nearby, site_id)
    if near.empty:
        st.caption("附近没有登记其他点位")
        return
    shown = near.assign(away=near["metres"].map(_metres))
    columns = {"name": tables.text("附近点位"), "type": tables.text("类型"), "away": tables.text("直线距离")}
    tables.table(shown, columns=columns, key="red-near", height=tables.tall(shown, 8), on_select=lambda row: _open(row["site_id"]))


def _back(label: str, **cleared: None) -> None:
    st.button(label, key="red-back", icon=":material/arrow_back:", type="tertiary", on_click=filters.write, kwargs=cleared)


def _open(site_id: str) -> None:
    filters.write(site=site_id)
    st.rerun()
