"""The state of the data (数据情况): what each source last delivered, and on what share of the branches the figures stand."""

import streamlit as st

from components import cards, charts, filters, tables
from components.charts import sources as drawings
from data_access.cache import Reader
from data_access.queries import sources
from domain.period import Period
from domain.vocabulary import OrgKind, Source
from pages.shared import definitions, masthead
from pages.shared.view import View
from pages.stewardship import anomalies, objected, quiet

MONTHS = 12
_NAMES = Source.labels()


def render(reader: Reader) -> None:
    """Draw the page: the state of the whole, delivery by source, records by month, and the organisations below."""
    view = masthead.render(reader, "数据情况", still=masthead.STILL)
    states = reader.read(sources.named_states, view.org_id)
    if states.empty:
        cards.nothing_yet("本级及下级没有任何数据来源", "导入组织生活、党费、学习等记录后，这里显示各来源的上报情况")
        return
    _whole(reader, states)
    left, right = st.columns([5, 6], gap="small")
    with (
        left,
        cards.card("各来源上报情况", base="按党支部计", help=definitions.hover(reader, "reporting"), key="delivery", height=390),
    ):
        drawing = reader.drawn(drawings.delivery, sources.named_states, view.org_id, theme=reader.theme)
        told = "；".join(f"{row['name']}上报{row['reporting']}个，共{row['branches']}个" for row in states.to_dict("records"))
        charts.show(drawing, key="delivery", alt=told)
    units, records = "会议按应到人次，党费按人月，学习按分钟，服务按人次", definitions.hover(reader, "source_records")
    with right, cards.card(f"近{MONTHS}个月记录数", base=units, help=records, key="flow", height=390):
        months = tuple(month.code for month in Period.month(reader.today).back(MONTHS))
        names = {source.value: source.label for source in sources.FLOWS}
        drawing = reader.drawn(drawings.flow, sources.flow, view.org_id, months, names=names, theme=reader.theme)
        charts.show(drawing, key="flow", alt=f"近{MONTHS}个月各来源的记录数")
        st.caption("本月仍在上报；空格表示该来源没有这个月的记录。")
    if view.kind is OrgKind.BRANCH:  # nothing stands below it
        _marks(reader, view)
    else:
        marked, below = st.columns([4, 9], gap="small")
        with marked:
            _marks(reader, view)
        with below:
            _units(reader, view)
    anomalies.render(reader, view)
    quiet.render(reader, view)
    objected.render(reader, view)


def _whole(reader: Reader, states) -> None:
    tiles = st.columns(6, gap="small")
    whole = states["reporting"].sum() / states["branches"].sum() if states["branches"].sum() else None
    told = [
        ("数据截至", reader.today.isoformat(), "as_of"),
        ("数据版本", f"{reader.version:,}", "data_version"),
        ("上报率", cards.MISSING if whole is None else f"{100 * whole:.1f} :small[%]", "source_reporting"),
        ("停报", f"{states['silent'].sum():,} :small[条]", "source_silent"),
        ("从未上报", f"{states['never'].sum():,} :small[条]", "source_never"),
        ("标注未知", f"{states['unknown'].sum():,} :small[条]", "source_unknown"),
    ]
    for tile, (label, value, code) in zip(tiles, told, strict=True):
        updated = f"\n\n数据最近一次更新：{reader.as_of}。" if code == "as_of" else ""
        tile.metric(label, value, help=definitions.hover(reader, code) + updated, border=True, height="stretch")


def _marks(reader: Reader, view: View) -> None:
    with cards.card("来源明细", base="最近一条记录与未知标注", help=definitions.hover(reader, "source_unknown"), key="last"):
        states = reader.read(sources.named_states, view.org_id).merge(reader.read(sources.marks, view.path), on="source", how="left")
        columns = {
            "name": tables.text("数据来源"),
            "last_on": tables.day("最近记录"),
            "organisations": tables.count("标注未知", help="标注为未知的组织数"),
            "since": tables.day("最早标注"),
        }
        tables.table(states, columns=columns, key="last")


def _units(reader: Reader, view: View) -> None:
    told = definitions.hover(reader, "reporting")
    with cards.card("下级组织上报率", base="按隶属 · 近一季有记录的支部占比 · 点选一行下钻", help=told, key="units"):
        rows = reader.read(sources.units, view.org_id)
        if rows.empty:
            cards.nothing_yet("没有下级组织")
            return
        columns = {"name": tables.text("组织", width=290), "branches": tables.count("支部")}
        delivered = [source for source in _NAMES if rows[source].notna().any()]
        columns |= {source: tables.number(_NAMES[source].removesuffix("记录"), "%.1f %%") for source in delivered}
        tables.table(
            rows.assign(**{source: rows[source] * 100 for source in delivered}),
            columns=columns,
            key="units",
            height=tables.tall(rows, 14),
            on_select=_drill,
        )


def _drill(row: dict) -> None:
    filters.write(org=row["org_code"])
    st.rerun()
