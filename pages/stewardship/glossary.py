"""The glossary (指标口径): one definition each of every indicator, item of the indices, rule and number, as this installation has them."""

from typing import Any

import pandas as pd
import streamlit as st

from components import cards, filters, tables, text
from components.tables import Column
from data_access.cache import Reader
from data_access.queries import organisations, weights
from data_access.queries.settings import notes, settings
from domain import glossary, index
from domain.definition import Topic
from domain.glossary import Entry, Installed, Kind
from domain.period import Period
from pages.shared import go, masthead

PATH = "glossary"
_HEIGHT = 560  # pixels of a long list
_ROWS = 14  # what fits there

# What the list of each kind shows beside the title: labels of facts, and the width of their columns.
_SHOWN: dict[Kind, dict[str, Any]] = {
    Kind.INDICATOR: {"公式": 300, "单位": 60, "数据表": 190, "依据": 120, "更新": 180},
    Kind.ITEM: {"对象": 70, "部分": 80, "部分权重": 110, "占本部分": 80, "公式": 380, "数据来源": 110},
    Kind.RULE: {"规定": 480, "依据": 260, "性质": 110},
    Kind.SETTING: {"现值": 90, "默认值": 90, "本地调整": 100, "依据": 320, "可取值": 150},
}


def render(reader: Reader) -> None:
    """Draw the filters, the list of one kind of definitions, and the definition that the URL names."""
    masthead.render(reader, "指标口径", still="现行口径，不随周期变化")
    version = _version(reader)
    entries = glossary.glossary(
        Installed(reader.read(settings), reader.read(notes), reader.read(weights.weights, version), reader.read(organisations.sectors))
    )
    code = st.query_params.get("code")
    entry = glossary.found(entries, code, _kind(st.query_params.get("kind"))) if code else None
    kind, found = _filters(entries, entry.kind if entry else Kind.INDICATOR)
    listed, opened = st.columns([13, 7], gap="small")
    with listed, cards.card(kind.label, base=_base(reader, kind, version), key="definitions", height=_HEIGHT + 86):
        _list([each for each in found if each.kind is kind], kind)
    with opened, cards.card("口径详情", key="definition", height=_HEIGHT + 86):
        if entry:
            _entry(entries, entry)
        elif code:
            filters.refused("code")
            cards.nothing_yet("没有找到链接中的口径", hint="它可能已更名；请在左侧查找")
        else:
            cards.nothing_yet("在左侧表中点选一行", hint="查看公式、依据、更新频率、可见范围和相关的规则与参数")


def _kind(code: str | None) -> Kind | None:
    return Kind(code) if code in Kind.labels() else None


def _version(reader: Reader) -> str | None:
    """Return the version of the weights that this quarter is rated with."""
    return index.version_on(reader.read(weights.versions), Period.quarter(reader.today).first)


def _filters(entries: list[Entry], default: Kind) -> tuple[Kind, list[Entry]]:
    """Draw the filters; return the chosen kind and the entries of every kind that were found."""
    with st.container(key="glossary-filters", horizontal=True, vertical_alignment="top", gap="small"):
        with st.container(width=300):
            words = filters.text("words", "查找", placeholder="名称、代码、公式或规定中的词")
        topic = filters.choice("topic", "主题", Topic.labels(), all_label="全部主题", width=170)
        found = glossary.chosen(entries, words, Topic(topic) if topic else None)
        counts = {kind: sum(entry.kind is kind for entry in found) for kind in Kind}
        kinds = {kind.value: f"{kind.label} {counts[kind]}" for kind in Kind}
        kind = filters.choice("kind", "类别", kinds, default.value, segments=True, width="content")
    return Kind(kind or default.value), found


def _base(reader: Reader, kind: Kind, version: str | None) -> str:
    if kind is Kind.SETTING:
        changed = len(reader.read(notes))
        return f"本系统的现值，{f'其中 {changed} 项已由本地调整' if changed else '均为默认值'}"
    if kind is Kind.ITEM:
        return _in_force(reader.read(weights.versions), version)
    return "点选一行查看详情"


def _in_force(versions: pd.DataFrame, version: str | None) -> str:
    if version is None:
        return "没有现行的权重版本，指数暂不评定"
    row = versions[versions["version"] == version].iloc[0]
    until = "" if pd.isna(row["valid_to"]) else f"，至 {row['valid_to']:%Y-%m-%d}"
    note = f"（{row['note']}）" if row["note"] else ""
    return text.plain(f"现行权重版本 {version}{note}，自 {row['valid_from']:%Y-%m-%d} 起{until}；历史评定保留当时的版本")


def _list(found: list[Entry], kind: Kind) -> None:
    if not found:
        cards.nothing_yet("没有符合条件的口径", hint="换一个词或主题；其他类别中的数量见上方")
        return
    rows = pd.DataFrame([{"title": entry.title, "code": entry.code, "kind": entry.kind.value, **entry.facts} for entry in found])
    columns: dict[str, Column] = {"title": tables.text("名称", width=170)}
    columns |= {label: tables.text(label, width=width) for label, width in _SHOWN[kind].items()}
    columns["code"] = tables.text("代码", width=150)
    tables.table(
        rows.reindex(columns=[*columns, "kind"]), columns=columns, key=f"definitions-{kind.value}", height=_HEIGHT, on_select=_open
    )


def _open(row: dict) -> None:
    filters.write(code=row["code"], kind=row["kind"])
    st.rerun()


def _entry(entries: list[Entry], entry: Entry) -> None:
    st.markdown(f"#### {text.plain(entry.title)}", anchors=False)
    st.caption(f"{entry.kind.label} · {entry.topic.label} · {text.plain(entry.code)}")
    st.markdown("\n\n".join(f":small[:gray[{label}]]  \n{text.plain(fact)}" for label, fact in entry.facts.items()))
    _related("依据的规则、评分项和参数", [glossary.found(entries, code, kind) for kind, code in entry.refers])
    _related("用到它的口径", list(glossary.referring(entries, entry)))


def _related(title: str, related: list[Entry | None]) -> None:
    known = [entry for entry in related if entry]
    if not known:
        return
    st.markdown(f":small[:gray[{title}]]")
    with st.container(horizontal=True, key=f"related-{title}", gap="xsmall"):
        for entry in known:
            value = entry.facts.get("现值")
            label = f"{entry.kind.label}：{entry.title}" + (f" {value}" if value else "")
            go.link(PATH, label, icon=":material/arrow_right:", code=entry.code, kind=entry.kind.value)
