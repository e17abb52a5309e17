"""Parts and items: what each brings of what it could; a click opens the rows of one."""

import pandas as pd
import streamlit as st

from components import cards, filters, tables
from data_access.cache import Reader
from data_access.queries.explain import Explained
from data_access.queries.portrait import Portrait
from domain.index.adjustments import VETO
from domain.vocabulary import Part
from pages.shared.view import View

PARAMETER = "item"
_HELP = "得分率按党员数加权平均；一项的满分＝该部分折算后的权重 × 该项占本部分的比例。各项得分相加就是五部分得分。"


def chosen(found: Explained | Portrait) -> str:
    """Return the item that the URL names; where it names none of ours, a veto of one's own, and otherwise the one that loses most."""
    assert found.items is not None
    items, besides = found.items, found.adjustments
    lost = dict(zip(items["column"], items["full"] - items["points"], strict=True)) | dict(
        zip(besides["column"], besides["lost"], strict=True)
    )
    given = st.query_params.get(PARAMETER)
    if given in lost:
        return str(given)
    if found.vetoed:
        return VETO
    return str(max(lost, key=lambda column: -1.0 if pd.isna(lost[column]) else lost[column]))


def render(reader: Reader, view: View, found: Explained) -> None:
    """Draw the items, the parts as a quiet line above them."""
    rows = found.items
    listed = _listed(found)
    assert rows is not None
    if st.query_params.get(PARAMETER) not in (None, *listed["column"]):
        filters.note("链接中的“评分项”无法识别，已显示失分最多的一项。", PARAMETER)
    with cards.card("逐项得分", base=_parts(found), help=_HELP, key="items"):
        opened = chosen(found)
        shown = listed.assign(mark=["▶" if column == opened else "" for column in listed["column"]])
        columns = {
            "mark": tables.text("", width=28),
            "part_name": tables.text("部分", width=70),
            "name": tables.text("评分项", width=116),
            "counted": tables.text("完成 / 应完成", width=140),
            "rate": tables.bar("得分率", pattern="%.1f %%"),
            "earned": tables.text("得分 / 满分", width=98),
            "lost": tables.number("失分", "%.2f"),
        }
        tables.table(shown, columns=columns, key="items", height="content", on_select=_open)
        st.caption("点选一项，右侧显示它的规定和每一条记录。" + _missing(rows))


def _listed(found: Explained) -> pd.DataFrame:
    """The items as they are shown, then what adds or subtracts besides them."""
    rows = found.items
    assert rows is not None
    records, names = rows.to_dict("records"), Part.labels()
    items = rows.assign(
        part_name=[names[row["part"]] for row in records],
        rate=rows["share"] * 100,
        lost=rows["full"] - rows["points"] if found.total is not None else float("nan"),
        counted=[_counted(row) for row in records],
        earned=[_earned(row) if found.total is not None else cards.MISSING for row in records],
    )
    besides = found.adjustments
    besides = besides.assign(
        part_name="加减分",
        counted=[f"{found.vetoes:,} 个支部" if column == VETO and not found.is_branch else cards.MISSING for column in besides["column"]],
        earned=[cards.MISSING if pd.isna(points) else f"{points:+.2f}" for points in besides["points"]],
    )
    return pd.concat([items, besides.reindex(columns=items.columns)], ignore_index=True) if len(besides) else items


def _parts(found: Explained) -> str:
    if found.total is None:
        return "本季未评定，只列各项得分率"
    told = [
        f"{Part(row['part']).label} {row['points']:.1f}/{row['full']:.1f}"
        if pd.notna(row["points"])
        else f"{Part(row['part']).label} 未计入"
        for row in found.parts.to_dict("records")
    ]
    return "　".join(told)


def _counted(row: dict) -> str:
    if not row["standing"]:
        return cards.MISSING
    return f"{_number(row['done'])} / {_number(row['due'])}"


def _earned(row: dict) -> str:
    return f"{row['points']:.2f} / {row['full']:.2f}" if row["standing"] else cards.MISSING


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _missing(rows: pd.DataFrame) -> str:
    marked = rows[rows["unknown"] > 0]
    told = [f"{row['name']}（{row['unknown']:,} 个支部被标注为未知）" for row in marked.to_dict("records")]
    left = rows.loc[(rows["standing"] == 0) & (rows["unknown"] == 0), "name"].tolist()
    lines = [f"　数据缺失：{'、'.join(told)}。"] if told else []
    lines += [f"　未计入（不适用、尚未到期，或本地没有这一数据来源）：{'、'.join(left)}。"] if left else []
    return "".join(lines)


def _open(row: dict) -> None:
    filters.write(**{PARAMETER: str(row["column"])})
    st.rerun()
