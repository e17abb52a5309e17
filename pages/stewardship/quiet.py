"""Which branches do not report: by source, those that never have, that stopped, and that the steward has marked as unknown."""

import streamlit as st

from components import cards, filters, tables
from data_access.cache import Reader
from data_access.queries import sources
from domain.vocabulary import Source
from pages.shared import definitions, go
from pages.shared.view import View


def render(reader: Reader, view: View) -> None:
    """Draw the list with its filters; a click opens the branch."""
    base = "逐个来源列出 · 标注未知的显示为灰色，不参评；未标注的按没有记录评定 · 点选一行打开支部画像"
    told = definitions.hover(reader, "source_silent", "source_never", "source_unknown")
    with cards.card("没有上报的支部", base=base, help=told, key="quiet"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            source = filters.choice("source", "数据来源", Source.labels(), all_label="全部来源", width=200)
            state = filters.choice("state", "情况", sources.QUIET, all_label="全部情况", width=160)
        count = reader.read(sources.quiet_count, view.path, source, state)
        if not count:
            st.success("所有支部都有上报。", icon=":material/task_alt:")
            return
        rows = reader.read(sources.quiet, view.path, source, state, filters.page(count, sources.PAGE))
        columns = {
            "source": tables.text("数据来源"),
            "state": tables.text("情况"),
            "name": tables.text("党支部"),
            "superior": tables.text("上级组织"),
            "last_on": tables.day("最近一条记录"),
            "note": tables.text("标注说明", width="medium"),
        }
        if rows["note"].isna().all():
            del columns["note"]
        shown = rows.assign(source=rows["source"].map(Source.labels()), state=rows["state"].map(sources.QUIET))
        tables.table(
            shown, columns=columns, key="quiet", height=tables.tall(shown, 12), on_select=lambda row: go.to("branch", org=row["org_code"])
        )
