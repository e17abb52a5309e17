"""Which organisations hold records that cannot be (数据异常), of every source; a click opens the records as the reader's role allows."""

import streamlit as st

from components import cards, tables
from data_access.cache import Reader
from data_access.queries import sources
from pages.shared import definitions, evidence
from pages.shared.view import View


def render(reader: Reader, view: View) -> None:
    """Draw how many organisations hold such records, and the list."""
    base = "日期在未来、先后矛盾或数值不合理的记录，须核实更正 · 点选一行查看记录；发展步骤先后颠倒的见“发展党员”"
    with cards.card("数据异常", base=base, help=definitions.hover(reader, "anomalies"), key="anomalies"):
        counts = reader.read(sources.anomaly_counts, view.path)
        if counts.empty:
            st.success("没有不合理的记录。", icon=":material/task_alt:")
            return
        told = [f"{row['record']} {row['organisations']:,} 个组织" for row in counts.to_dict("records")]
        st.caption(" · ".join(told) + (f"（列出前 {sources.MANY} 条）" if counts["organisations"].sum() > sources.MANY else ""))
        rows = reader.read(sources.anomalies, view.path)
        columns = {
            "record": tables.text("记录"),
            "name": tables.text("组织"),
            "superior": tables.text("上级组织"),
            "text": tables.text("异常", width="large"),
            "since": tables.day("起始日期"),
        }
        tables.table(
            rows,
            columns=columns,
            key="anomalies",
            height=tables.tall(rows, 8),
            on_select=lambda row: evidence.dialog(reader, int(row["light_id"])),
        )
