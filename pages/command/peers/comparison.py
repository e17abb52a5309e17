"""The comparison: part by part against the peers' median, what the others do better, and every measure side by side."""

import pandas as pd
import streamlit as st

from components import cards, charts, tables, text
from components.charts import peers as drawings
from components.charts.peers import LETTERS
from data_access.cache import Reader
from data_access.queries import peers
from domain.gaps import gaps, leaders
from domain.index import LEAST_PEERS
from domain.vocabulary import Part
from pages.shared import definitions
from pages.shared.view import View

_HEIGHT = 420
_SAID = 6  # sentences an organisation


def render(reader: Reader, view: View, rows: pd.DataFrame) -> None:
    """Draw the comparison."""
    letters = dict(zip(rows["org_id"], LETTERS, strict=False))
    measures = reader.read(peers.records, tuple(int(org_id) for org_id in rows["org_id"]), view.period)
    chart, sentences = st.columns(2, gap="small")
    told = definitions.hover(reader, *(f"{part.value}_part" for part in Part))
    with chart, cards.card("五个部分", base=f"{view.period.label} · 竖线为 A 的同类中位数", help=told, key="peer-parts", height=_HEIGHT):
        _parts(reader, view, rows)
    with sentences, cards.card("差在哪里", base=_span(view), help=told, key="peer-gaps", height=_HEIGHT):
        if len(rows) > 1:
            _gaps(rows, letters, measures)
        else:
            _behind_median(reader, view, rows)
    told = definitions.hover(reader, "fortress", "attainment", "attendance", "dues_paid", "task_completion")
    with cards.card("逐项对比", base=f"指数为{view.period.label}，记录为{_span(view)}", help=told, key="peer-measures"):
        rated = reader.read(peers.index, tuple(rows["org_code"]), view.period.code, reader.today)
        _measures(rows, letters, pd.concat([rated, measures], ignore_index=True))


def _span(view: View) -> str:
    first = view.period.shift(1 - peers.QUARTERS)
    return f"{first.label}至{view.period.label}"


def _parts(reader: Reader, view: View, rows: pd.DataFrame) -> None:
    values = (tuple(rows["org_code"]), view.period.code, reader.today)
    shares = reader.read(peers.parts, *values)
    known = shares.dropna(subset="share")
    if known.empty:
        cards.nothing_yet("本季都未评定", "没有可比较的部分")
        return
    letters = dict(zip(rows["org_code"], LETTERS, strict=False))
    told = "；".join(f"{letters[row['org_code']]} {Part(row['part']).label}{row['share']:.0%}" for row in known.to_dict("records"))
    charts.show(reader.drawn(drawings.parts, peers.parts, *values, theme=reader.theme), key="peer-parts", alt=f"五个部分得分率：{told}")


def _gaps(rows: pd.DataFrame, letters: dict[int, str], measures: pd.DataFrame) -> None:
    """Say what each of the others does that the first one does not, the widest gap first."""
    own = int(rows["org_id"].iloc[0])
    found = gaps(measures, own)
    for row in rows.iloc[1:].to_dict("records"):
        ahead = found[found["org_id"] == row["org_id"]]
        st.markdown(f"**{letters[row['org_id']]}　{text.plain(row['name'])}** 做得更好的 {len(ahead)} 项")
        if ahead.empty:
            st.caption("记录中没有比 A 更好的项目。")
            continue
        st.markdown("\n".join(f"- {_sentence(gap, letters)}" for gap in ahead.head(_SAID).to_dict("records")))
        if len(ahead) > _SAID:
            st.caption(f"只列差距最大的 {_SAID} 项，其余 {len(ahead) - _SAID} 项见下方“逐项对比”。")


def _behind_median(reader: Reader, view: View, rows: pd.DataFrame) -> None:
    """With nobody beside it, say in which parts the organisation is behind the median of its peers."""
    shares = reader.read(peers.parts, (rows["org_code"].iloc[0],), view.period.code, reader.today)
    known = shares.dropna(subset=["share", "median"]).assign(gap=lambda found: found["median"] - found["share"])
    behind = known[known["gap"] > 0].sort_values("gap", ascending=False, kind="stable")
    st.caption("再加入一个组织，这里逐条列出对方做到、而 A 没有做到的。现与同类中位数比：")
    if known.empty:
        cards.nothing_yet("没有可比较的同类", f"本季未评定，或同类、同领域的已评定组织不足 {LEAST_PEERS} 个")
    elif behind.empty:
        st.success("五个部分都不低于同类中位数。", icon=":material/task_alt:")
    else:
        told = [
            f"- {Part(row['part']).label}　同类中位数 {row['median']:.1%}，:gray[A {row['share']:.1%}]" for row in behind.to_dict("records")
        ]
        st.markdown("\n".join(told))


def _sentence(gap: dict, letters: dict[int, str]) -> str:
    return f"{text.plain(gap['title'])}　{text.plain(gap['told'])}，:gray[A {text.plain(gap['own_told'])}]"


def _measures(rows: pd.DataFrame, letters: dict[int, str], measures: pd.DataFrame) -> None:
    """Draw every measure as a row and every organisation as a column; say who is ahead where one is."""
    told = measures.pivot_table(index=["measure", "title"], columns="org_id", values="told", aggfunc="first", sort=False)
    table = told.reset_index().assign(ahead=lambda found: found["measure"].map(leaders(measures)).map(letters)).rename(columns=str)
    columns = {"title": tables.text("项目", width=150)}
    for row in rows.to_dict("records"):
        columns[str(row["org_id"])] = tables.text(f"{letters[row['org_id']]}　{row['name']}", width=250)
    columns["ahead"] = tables.text("领先", width=60, help="只有一个组织领先时才写；数据缺失的不参与比较")
    tables.table(table, columns=columns, key="peer-measures", height="content")
