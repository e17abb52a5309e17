"""The indicator board's second row: the weakest branches and why, the parts of the index, the sectors."""

from typing import Any

import pandas as pd
import streamlit as st

from components import cards, tables
from data_access.queries import weakest
from domain.vocabulary import Light
from pages.command import overview_index
from pages.command.overview_asked import Asked
from pages.shared import go

_TITLES = 2  # rules named in a cell


def render(asked: Asked) -> None:
    """Draw the weakest branches beside the parts and the sectors; a single branch has its own reasons only."""
    if asked.one_branch:
        _reasons(asked)
        return
    weak, parts, sectors = st.columns([10, 4, 4], gap="small")
    with weak:
        _weakest(asked)
    with parts:
        overview_index.parts(asked)
    with sectors:
        overview_index.sectors(asked)


def _weakest(asked: Asked) -> None:
    view = asked.view
    rows = asked.reader.read(weakest.weakest, view.path, asked.cut, view.period.code)
    with cards.card(
        "最薄弱的支部", base=f"{asked.whose} · 堡垒指数最低 {len(rows)} 个，点击查看画像", help=asked.hover("fortress"), key="weakest"
    ):
        if rows.empty:
            cards.nothing_yet("本期没有已评定的支部", hint="评定后显示得分最低的支部和失分原因")
            return
        tables.table(
            rows.assign(lost=_lost(rows), lit=_lit(rows)),
            columns={
                "name": tables.text("支部", width=222),
                "district": tables.text("县区", width=60),
                "score": tables.score("指数"),
                "light": tables.light("状态", theme=asked.reader.theme),
                "lost": tables.text("失分最多", width=116, help="得分比该部分满分少的分数；反向扣分和一票否决另列"),
                "lit": tables.text("未消除的红灯", width=172),
            },
            key="weakest",
            height="content",
            on_select=_open_branch,
        )


def _lost(rows: pd.DataFrame) -> list[str]:
    """Word what cost each branch most: the part that lost most, points taken off, a veto."""
    reasons = pd.DataFrame(
        {
            "part": rows["part"] + rows["loss"].map(" −{:.1f}".format),
            "deduction": rows["deduction"].map(lambda points: f"反向 −{points:.0f}" if points else ""),
            "veto": rows["veto"].map({True: "一票否决", False: ""}),
        }
    )
    return ["；".join(filter(None, line)) for line in reasons.itertuples(index=False)]


def _lit(rows: pd.DataFrame) -> list[str]:
    """Word the open red lights of each branch: how many, and of which rules."""
    return [f"{reds} 项：{_few(titles)}" if reds else "无" for reds, titles in zip(rows["reds"], rows["rules"], strict=True)]


def _few(titles: list[str]) -> str:
    return "、".join(titles[:_TITLES]) + ("等" if len(titles) > _TITLES else "")


def _open_branch(row: dict[Any, Any]) -> None:
    go.to("branch", org=str(row["org_code"]), period=st.query_params.get("period"))


def _reasons(asked: Asked) -> None:
    view = asked.view
    rows = asked.reader.read(weakest.weakest, view.path, asked.cut, view.period.code)
    with cards.card("短板与差距", base=view.period.label, help=asked.hover("fortress"), key="reasons"):
        if rows.empty:
            cards.missing("本期未评定：可计入的权重不足，或本期还没有到期的事项")
            return
        row = rows.iloc[0]
        cause, lights, way = st.columns([2, 3, 2], vertical_alignment="center")
        cause.markdown(f"失分最多：**{row.part}**，{row.loss:.1f} 分")
        with lights:
            told = f"未消除红灯：{row.reds} 项" + (f"（{_few(row.rules)}）" if row.rules else "")
            go.link("warnings", told, icon=":material/warning:", org=view.org_code, light=Light.RED.value if row.reds else None)
        with way:
            go.link(
                "explain", "逐项解释和提分办法", icon=":material/arrow_forward:", org=view.org_code, period=st.query_params.get("period")
            )
