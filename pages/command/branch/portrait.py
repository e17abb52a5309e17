"""The five-part portrait (五维画像) with its table, and the index quarter by quarter."""

import pandas as pd
import streamlit as st

from components import cards, charts, tables, text
from components.charts import branch as drawings
from data_access.cache import Reader
from data_access.queries import branch
from data_access.queries.branch import Record
from data_access.queries.settings import settings
from domain.index import LEAST_PEERS
from domain.vocabulary import Part, Source
from pages.shared import definitions
from pages.shared.view import View

QUARTERS = 8
_RATE = "%.1f %%"
_SOURCES = {
    Part.STUDY: (Source.STUDY,),
    Part.LIFE: (Source.MEETINGS,),
    Part.TASKS: (Source.TASKS,),
    Part.MEMBERSHIP: (Source.DUES, Source.ELECTIONS, Source.ADMISSION, Source.RECORDS),
    Part.SERVICE: (Source.SERVICE,),
}

_NOT_APPLICABLE = {Part.TASKS: "本季没有应评的任务"}


def render(reader: Reader, view: View, record: Record) -> None:
    """Draw the portrait, its table, and the history, in one row."""
    values = (record.org_id, record.kind, record.sector, view.period.code, reader.today)
    parts = reader.read(branch.portrait, *values)
    told = definitions.hover(reader, *(f"{part.value}_part" for part in Part))
    radar, table, history = st.columns([4, 4, 5], gap="small")
    with radar, cards.card("五星支部画像", base=view.period.label, help=told, key="portrait"):
        if parts["share"].isna().all():
            cards.nothing_yet("本季未评定", "没有可计入的部分")
        else:
            charts.show(
                reader.drawn(drawings.portrait, branch.portrait, *values, theme=reader.theme), key="portrait", alt=_told(parts), height=330
            )
    with table, cards.card("得分构成", base="得分率；与上季和同类中位数比", help=told, key="parts"):
        _table(reader, view, record, parts)
    with history, cards.card("近八季", base="堡垒指数", help=definitions.hover(reader, "fortress"), key="history"):
        _history(reader, view, record)


def _told(parts: pd.DataFrame) -> str:
    told = [
        f"{Part(row['part']).label}{row['share']:.0%}" if pd.notna(row["share"]) else f"{Part(row['part']).label}未计入"
        for row in parts.to_dict("records")
    ]
    return "五星支部画像：" + "，".join(told)


def _table(reader: Reader, view: View, record: Record, parts: pd.DataFrame) -> None:
    peers = parts["peers"].max()
    rows = parts.assign(name=parts["part"].map(Part.labels()), **{name: parts[name] * 100 for name in ("share", "before", "median")})
    columns = {
        "name": tables.text("部分"),
        "share": tables.number("本季", _RATE),
        "before": tables.number("上季", _RATE),
        "median": tables.number("同类中位", _RATE, help="同类别、同领域已评定组织的中位数"),
    }
    if record.is_branch:
        columns["weight"] = tables.number("权重", "%.0f")
    tables.table(rows, columns=columns, key="parts")
    few = "。" if peers >= LEAST_PEERS else f"，不足 {LEAST_PEERS} 个，不显示中位数。"
    st.caption(f"同类：{text.plain(record.sector_name or '')}已评定的 {peers:,} 个{'支部' if record.is_branch else '组织'}{few}")
    marked = reader.read(branch.unknown_sources, record.org_id, view.period.first, view.period.last)
    unexplained: dict[str, list[str]] = {}
    for part in [Part(code) for code in parts.loc[parts["share"].isna(), "part"]]:
        named = [Source(source).label for source in dict.fromkeys(marked["source"]) if Source(source) in _SOURCES[part]]
        if named:
            cards.missing(f"{part.label}未计入，{'、'.join(named)}被标注为未知")
        else:
            unexplained.setdefault(_NOT_APPLICABLE.get(part, "本季不适用，或本地没有这一数据来源"), []).append(part.label)
    if unexplained:
        told = "；".join(f"{'、'.join(names)}（{reason}）" for reason, names in unexplained.items())
        st.caption(f"未计入：{told}。其余部分的权重按比例放大。")


def _history(reader: Reader, view: View, record: Record) -> None:
    periods = tuple(period.code for period in view.period.back(QUARTERS))
    values = (record.org_id, record.kind, periods, reader.today)
    history = reader.read(branch.history, *values)
    if history["total"].isna().all():
        cards.nothing_yet("近八季没有评定", "成立后的第一个完整季度起评定")
        return
    numbers = reader.read(settings)
    bands = {"green": numbers["index.green"], "yellow": numbers["index.yellow"]}
    drawing = reader.drawn(drawings.quarters, branch.history, *values, theme=reader.theme, **bands)
    told = "，".join(
        f"{row['period']} {row['total']:.1f}" if pd.notna(row["total"]) else f"{row['period']} 未评定" for row in history.to_dict("records")
    )
    charts.show(drawing, key="history", alt=f"堡垒指数：{told}", height=330)
