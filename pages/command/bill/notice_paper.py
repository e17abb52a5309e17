"""The month's notice on paper: figures, ranks and measures as tables of text, which a printer can lay out; hidden on screens."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components import cards, palette, text
from data_access.cache import Reader
from data_access.export.workbook import DEMO
from domain.escalation import Measure
from domain.period import Period
from domain.vocabulary import Light, OrgKind
from pages.shared.view import View

PRINTED = 30  # branches with a measure that are named; all of them are on the page
_INKS = {Light.GREEN: "green", Light.YELLOW: "orange", Light.RED: "red", Light.GREY: "gray"}


def render(
    reader: Reader, view: View, month: Period, quarter: Period, figures: Mapping[str, str], rows: pd.DataFrame, escalated: pd.DataFrame
) -> None:
    """Draw the sheet. `figures` are the counts of the tiles, `rows` the ranks of `notice`, `escalated` the branches with a measure."""
    with st.container(key="notice-paper", gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"#### {text.plain(view.org_name)}　{month.label}通报", anchors=False, width="content")
            if reader.installation.demo:
                st.badge(DEMO, color="orange")
        told = "　".join(f"{text.plain(label)} **{count}**" for label, count in figures.items())
        st.markdown(f":small[数据截至 {reader.today.isoformat()} · 指数和名次：{quarter.label}（已定），名次在同类组织之间排列]　{told}")
        with st.container(key="notice-ranks"):
            st.table(_ranks(rows), border="horizontal", hide_index=True)
        if len(escalated):
            st.markdown(f"**督促措施**　截至{quarter.label}，堡垒指数连续预警的支部 {len(escalated):,} 个")
            with st.container(key="notice-measures"):
                st.table(_measures(escalated.head(PRINTED)), border="horizontal", hide_index=True)
            if len(escalated) > PRINTED:
                st.caption(f"只列连续季度最多的 {PRINTED} 个，其余 {len(escalated) - PRINTED} 个见“微账单”页的督促措施。")
        st.markdown("签发：＿＿＿＿＿＿＿＿　　日期：＿＿＿＿＿＿")


def _ranks(rows: pd.DataFrame) -> pd.DataFrame:
    """The ranks as cells of Markdown."""
    return pd.DataFrame(
        [
            {
                "名次": _number(row["rank"], ".0f"),
                "党组织": text.plain(row["name"]),
                "类别": OrgKind(row["kind"]).label,
                "指数状态": _light(row["light"]),
                "堡垒指数": _number(row["total"], ".1f"),
                "较上季": _number(row["change"], "+.1f"),
                "参评/支部": f"{_number(row['rated'], '.0f')}/{_number(row['branches'], '.0f')}",
                "预警": _number(row["red"], ".0f"),
                "关注": _number(row["yellow"], ".0f"),
                **{measure.label: _number(row[measure.value], ".0f") for measure in Measure if measure is not Measure.NONE},
            }
            for row in rows.to_dict("records")
        ]
    )


def _measures(escalated: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "措施": Measure(row["measure"]).label,
                "支部": text.plain(row["name"]),
                "连续季度": _number(row["quarters"], ".0f"),
                "起始": Period.parse(row["since"]).label,
                "堡垒指数": _number(row["score"], ".1f"),
                "豁免": _exemption(row),
            }
            for row in escalated.to_dict("records")
        ]
    )


def _exemption(row: dict) -> str:
    if pd.isna(row["exempt_to"]):
        return ""
    return f"至 {row['exempt_to']:%Y-%m-%d}，{text.plain(row['reason'])}（{text.plain(row['approved_by'])}批准）"


def _light(light: object) -> str:
    if not isinstance(light, str) or not light:
        return cards.MISSING
    return f":{_INKS[Light(light)]}[{text.plain(palette.mark(light))}]"


def _number(value: float, pattern: str) -> str:
    return cards.MISSING if pd.isna(value) else format(value, pattern)
