"""Distribution map (分布地图): where every branch stands, and how places compare, from the city down to one branch."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from components import cards, charts, filters, maps, tables, text
from components.browser import room
from components.charts.places import map_legend, place_ranking
from components.maps.distribution import distribution_map, is_organisation
from data_access.cache import Reader
from data_access.queries import distribution, organisations
from data_access.queries.distribution import Chosen
from data_access.queries.places import UNPLACED
from domain.definition import Indicator
from domain.indicators import INDICATORS
from domain.vocabulary import Light, OrgKind
from pages.command import branches_place
from pages.command.branches_place import Way
from pages.shared import definitions, go, masthead, oddities
from pages.shared.view import View

OFFERED = ("fortress", "pioneer", "attainment", "dues_paid", "task_punctual", "attendance", "study", "red_share", "members", "branches")
KINDS = (OrgKind.BRANCH, OrgKind.GENERAL_BRANCH, OrgKind.COMMITTEE, OrgKind.WORKING_COMMITTEE)
COUNTED = {"branches": "党支部", "branches_red": "预警支部", "members": "党员"}
LAPTOP = (760, 768)  # the room that a map is laid out for until the browser has told its own
AROUND = 335  # pixels of the window that are not the map's
LOWEST, HIGHEST = 400, 900  # pixels: the map's height
LISTED = 500  # organisations in one list


@dataclass(frozen=True)
class Asked:
    """What this run shows: the indicator and its definition, what is chosen, and where: the way to it and where the way begins."""

    reader: Reader
    view: View
    indicator: Indicator
    chosen: Chosen
    way: Way
    start: Way

    @property
    def sheet(self) -> dict[str, pd.DataFrame]:
        """Everything that is shown of the place."""
        return self.reader.read(distribution.sheet, self.chosen, self.indicator.code)

    def drawn(self, draw: Callable[..., Any], **looks: Any) -> Any:
        """Return a finished drawing of the sheet."""
        looks |= {"theme": self.reader.theme, "indicator": self.indicator.code}
        return self.reader.drawn(draw, distribution.sheet, self.chosen, self.indicator.code, **looks)

    @property
    def here(self) -> str:
        """The name of the place, safe for Markdown."""
        return text.plain(self.way[-1].name)

    @property
    def help(self) -> str:
        """The definition of the indicator, for a hover."""
        return definitions.hover(self.reader, self.indicator.code)

    def go(self, code: object) -> None:
        """Lead to a place."""
        branches_place.go(self.reader, code, self.way, self.start)


def render(reader: Reader) -> None:
    """Draw the map of one place, and beside it how its parts compare; each of them leads further down."""
    view = masthead.render(reader, "分布地图")
    oddities.weights_line(reader, view)
    with st.container(key="map-bar", horizontal=True, vertical_alignment="center", gap="small"):
        way_and_base = st.container(key="map-way", horizontal=True, vertical_alignment="center", gap="xsmall")
        indicator, chosen = _filters(reader, view)
    start = reader.read(distribution.home, chosen.everything)
    if not start:
        cards.nothing_yet("系统里还没有登记地名", hint="请联系数据管理员导入行政区划")
        return
    way = branches_place.asked(reader, start)
    asked = Asked(reader, view, INDICATORS[indicator], branches_place.narrowed(chosen, way), way, start)
    found = asked.sheet["found"]
    with way_and_base:
        branches_place.breadcrumb(way, start)
        st.caption(_base(asked, found), width="content")
    if found.empty:
        cards.nothing_yet("这里没有符合条件的组织", hint="请放宽领域、类别或状态，或从上方的路径回到上一级")
        return
    left, right = st.columns([3, 2], gap="small")
    with left:
        height = _map(asked)
    with right:
        _compared(asked, found, height)


def _filters(reader: Reader, view: View) -> tuple[str, Chosen]:
    """Return the indicator that the URL asks for, and the filters over the installation's whole place."""
    with st.container(key="map-filters", horizontal=True, vertical_alignment="center", gap="small", width="content"):
        names = {code: f"按{INDICATORS[code].name}着色" for code in OFFERED}
        indicator = filters.choice("indicator", "着色指标", names, OFFERED[0], quiet=True, width=200)
        sectors = reader.read(organisations.sectors)
        sector = filters.choice("sector", "领域", sectors, all_label="全部领域", quiet=True, width=125)
        kinds = {kind.value: kind.label for kind in KINDS}
        kind = filters.choice("kind", "组织类别", kinds, OrgKind.BRANCH.value, quiet=True, width=130)
        light = filters.choice("light", "指数状态", Light.labels(), all_label="全部状态", quiet=True, width=120)
    chosen = Chosen(
        view.org_id,
        view.path,
        view.period,
        min(view.period.last, reader.today),
        reader.installation.root_place,
        sector=sector,
        kind=OrgKind(kind or OrgKind.BRANCH),
        light=Light(light) if light else None,
    )
    return indicator or OFFERED[0], chosen


def _base(asked: Asked, found: pd.DataFrame) -> str:
    """Say what the map stands on: by place, how many organisations, how many of them not where they are drawn."""
    total, schematic, pointless = (int(found[name].sum()) for name in ("found", "schematic", "pointless"))
    told = f"按属地统计 · {total:,} 个{asked.chosen.kind.label}，其中 {schematic:,} 个位置示意"
    return told + (f"；{pointless:,} 个没有位置，未上图" if pointless else "")


def _map(asked: Asked) -> int:
    """Draw the map; return its height in pixels, which what stands beside it keeps to."""
    chosen, kind = asked.chosen, asked.chosen.kind.label
    with cards.card(f"{asked.indicator.name} · {asked.here}", base="点选地区逐级查看，点选支部打开画像", help=asked.help, key="map"):
        canvas = st.container(gap="xxsmall")
        width, window = room.measured("map-room", LAPTOP)
        height = min(max(window - AROUND, LOWEST), HIGHEST, int(width * 1.2))
        drawing = asked.drawn(distribution_map, kind=kind, width=width, height=height, close=chosen.town is not None)
        with canvas:
            if drawing is None:
                cards.nothing_yet("没有可以上图的位置", hint="这些组织没有登记位置，本地也没有边界数据，请看列表")
                return height
            legend = asked.drawn(map_legend, kind=kind, width=width, compared=chosen.town is None)
            charts.show(legend, key="map-legend", alt=f"图例：{asked.indicator.name}与{kind}状态")
            alt = f"{asked.way[-1].name}地图，按{asked.indicator.name}着色，标出每个{kind}"
            key = f"map-{chosen.place}-{chosen.town or ''}"  # a key of its own for each place, so that the camera starts from the whole
            maps.show(drawing, key=key, alt=alt, height=height, on_select=lambda layer, row: _open(asked, layer, row))
            st.caption(_key(asked))
    return height


def _key(asked: Asked) -> str:
    """Say how organisations are drawn: one by one, gathered in cells, or not at all."""
    kind = asked.chosen.kind.label
    if len(asked.sheet["cells"]):
        return f"{kind}较多，按格汇总：圆越大{kind}越多，红色内圈为其中预警的；进入下一级后逐个显示"
    if len(asked.sheet["dots"]):
        return f"一点为一个{kind}，预警的较大，空心的为位置示意"
    return f"{kind}没有上图，进入下一级后逐个显示"


def _open(asked: Asked, layer: str, row: dict) -> None:
    if is_organisation(layer):
        go.to("branch", org=str(row.get("code")), period=asked.view.period.code)
    asked.go(row.get("code"))


def _compared(asked: Asked, found: pd.DataFrame, height: int) -> None:
    """The parts of the place, ranked and in a table; where it has none, the organisations that stand there."""
    reader, chosen, indicator = asked.reader, asked.chosen, asked.indicator
    parts = asked.sheet["standing"]
    if chosen.town or parts.empty or (parts["code"] == UNPLACED).all():
        _listed(asked, height, noted=True)
        return
    if chosen.light:  # who asks for a light wants to know whose it is
        _listed(asked, height * 5 // 9, noted=False)
    else:
        _ranking(asked, height * 5 // 9)
    with cards.card("各地情况", base="点选一行进入", help=definitions.hover(reader, indicator.code, *COUNTED), key="place-table"):
        rows = parts.merge(found[["code", "found"]], on="code", how="left").fillna({"found": 0}).astype({"found": int})
        rows = rows.sort_values("branches", key=lambda branches: branches == 0, kind="stable")  # where none stand comes last
        rows["light"] = rows["light"].where(rows["branches"] > 0)  # which is no lack of data
        unit = f"（{indicator.unit}）" if indicator.unit == "%" else ""
        value = tables.count if indicator.digits == 0 else tables.score
        columns = {
            "name": tables.text("属地"),
            "value": value(f"{indicator.name}{unit}"),
            **({"light": tables.light("状态", theme=reader.theme)} if indicator.unit == "分" else {}),
            **{name: tables.count(label) for name, label in COUNTED.items() if name != indicator.code},
        }
        if chosen.kind != OrgKind.BRANCH or chosen.light:
            columns["found"] = tables.count(f"筛选出的{chosen.kind.label}")
        tall = tables.tall(rows, max(height * 4 // 9 // tables.ROW - 2, 5))
        tables.table(rows, columns=columns, key="place-table", height=tall, on_select=lambda row: asked.go(row["code"]))


def _ranking(asked: Asked, height: int) -> None:
    with cards.card(f"{asked.indicator.name}排名", base="按属地", help=asked.help, key="place-ranking"):
        ranked = asked.drawn(place_ranking, room=height)
        told = f"{asked.here}各地{asked.indicator.name}排名"
        charts.show(ranked, key="place-ranking", alt=told, on_select=lambda mark: asked.go(mark.get("code")))


def _listed(asked: Asked, height: int, *, noted: bool) -> None:
    """The organisations of the place, the weakest first; where `noted`, with what is to be known about their points."""
    listed = asked.reader.read(distribution.listed, asked.chosen)
    short = f"，只列最弱的 {LISTED} 个" if len(listed) > LISTED else ""
    with cards.card(
        f"{asked.here}的{asked.chosen.kind.label}",
        base=f"共 {len(listed):,} 个，由弱到强{short}；点选一行打开",
        help=definitions.hover(asked.reader, "fortress", "members"),
        key="place-list",
    ):
        rows = listed.head(LISTED)
        placed = noted and (rows["place_note"] != distribution.KNOWN).any()
        columns = {
            "name": tables.text("名称", width=140 if placed else 200),
            "score": tables.score("堡垒指数"),
            "light": tables.light("状态", theme=asked.reader.theme),
            "members": tables.count("党员"),
            "sector_name": tables.text("领域"),
        }
        if placed:
            columns["place_note"] = tables.text("位置")
        period = asked.view.period.code
        tables.table(
            rows,
            columns=columns,
            key="place-list",
            height=tables.tall(rows, height // tables.ROW),
            on_select=lambda row: go.to("branch", org=row["org_code"], period=period),
        )
