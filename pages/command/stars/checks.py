"""The checks: each committee's quota, the branches whose stars break a rule, and the widest differences to the index."""

import pandas as pd
import streamlit as st

from components import cards, filters, tables, text
from components.charts.stars import WORDS
from data_access.queries import stars
from data_access.queries.settings import settings
from data_access.queries.stars import Cell, Chosen
from domain import rules
from domain.rules import RULES
from domain.stars import Breach
from pages.command.stars.asked import CELL, Asked
from pages.shared import definitions, go

_HEIGHT = 430  # pixels of the cards of the checks


def render(asked: Asked) -> None:
    """Draw the quota beside what is broken, then the list; the list first where it was asked for by a cell of the chart above."""
    by_cell = CELL in st.query_params
    if by_cell:
        _listed(asked)
    quota, broken = st.columns([5, 7], gap="small")
    numbers = asked.reader.read(settings)
    sentence = text.plain(RULES[rules.STAR_QUOTA].worded(numbers))
    given, meant = f"{asked.year}年 · 按隶属 · {sentence}", definitions.hover(asked.reader, "star_allowed")
    with quota, cards.card("五星名额", base=given, help=meant, key="star-quota", height=_HEIGHT):
        _quota(asked)
    told = "\n\n".join(text.plain(RULES[rule].worded(numbers)) for rule in (rules.STAR_BANDS, rules.STAR_QUOTA, rules.STAR_VETO))
    with broken, cards.card("规则核查", base=f"{asked.year}年 · 星级与规则不符的支部", help=told, key="star-breaches", height=_HEIGHT):
        _breaches(asked)
    if not by_cell:
        _listed(asked)


def _listed(asked: Asked) -> None:
    cells = _cells(asked)
    leads = "点选查看历年评定" if st.query_params.get(CELL) in cells else "点选查看画像"
    meant = definitions.hover(asked.reader, "star_index")
    with cards.card("支部名单", base=f"{asked.year}年 · 自评与指数相差最大的在前 · {leads}", help=meant, key="star-branches"):
        _branches(asked, cells)


def _quota(asked: Asked) -> None:
    rows = asked.read(stars.committees, asked.year)
    if rows.empty:
        cards.nothing_yet("范围内没有完整的党委", "五星名额按党委核定，由党委及其上级查看")
        return
    columns = {
        "name": tables.text("党委", width=262),
        "branches": tables.count("参评"),
        "five": tables.count("五星"),
        "allowed": tables.count("名额", help="参评支部数乘以比例上限，向下取整"),
        "over": tables.count("超出"),
        "share": tables.share("五星占比"),
    }
    if not rows["over"].any():
        del columns["over"]
    tables.table(rows, columns=columns, key="star-quota", height=tables.tall(rows, 9), on_select=_open_stars)


def _open_stars(row: dict) -> None:
    """Open this page for the organisation of the row."""
    filters.write(org=row["org_code"], **{CELL: None, filters.PAGE: None})
    st.rerun()


def _breaches(asked: Asked) -> None:
    rows = asked.read(stars.breaches, asked.year, asked.reader.today)
    if rows.empty and not asked.read(stars.means, Chosen(), asked.year)["given"]:
        cards.nothing_yet(f"{asked.year}年尚未终评", "终评定星后核查得分、名额和一票否决")
        return
    if rows.empty:
        st.success("各支部星级与得分、名额和一票否决规则相符。", icon=":material/task_alt:")
        return
    counts = rows["breach"].value_counts()
    st.caption(" · ".join(f"{breach.label} {counts[breach.value]:,}" for breach in Breach if breach.value in counts))
    columns = {
        "problem": tables.text("问题"),
        "name": tables.text("支部", width=205),
        "final_score": tables.score("终评"),
        "given_word": tables.text("所定星级", width=85),
        "due_word": tables.text("按规则", width=85),
        "why": tables.text("说明", width=300),
        "source": tables.text("依据"),
    }
    shown = rows.assign(
        problem=rows["breach"].map(Breach.labels()),
        given_word=rows["given"].map(WORDS),
        due_word=rows["due"].map(WORDS),
        why=[_why(row) for row in rows.to_dict("records")],
        source=[RULES[Breach(breach).rule_id].title for breach in rows["breach"]],
    )
    tables.table(shown, columns=columns, key="star-breaches", height=tables.tall(shown, 8), on_select=_open_branch)


def _why(row: dict) -> str:
    """Say in a sentence what the row stands on."""
    if row["breach"] == Breach.VETO:
        return "本年有一票否决事项" + (f"：{row['veto_reason']}" if row["veto_reason"] else "")
    if row["breach"] == Breach.QUOTA:
        return f"{row['committee_name']}的五星名额应给得分更高的支部"
    if row["breach"] == Breach.ANOMALY:
        scores = {"自评": row["self_score"], "复核": row["review_score"], "终评": row["final_score"]}
        return "记录有误：" + "、".join(f"{name}{'未填' if pd.isna(score) else f'{score:g}'}" for name, score in scores.items())
    return f"终评 {row['final_score']:.1f} 分对应{WORDS[int(row['due'])]}"


def _open_branch(row: dict) -> None:
    go.to("branch", org=row["org_code"])


def _cells(asked: Asked) -> dict[str, Cell]:
    """Return the cells of the chart by their code, those where self-score and index are furthest apart first."""
    rows = asked.read(stars.disagreement, asked.chosen, asked.year)
    cells = [Cell(int(row["index_from"]), int(row["self_from"])) for row in rows.to_dict("records")]
    return {cell.code: cell for cell in sorted(cells, key=lambda cell: -abs(cell.self_from - cell.index_from))}


def _span(low: int) -> str:
    return f"{low}—{low + stars.BIN}"


def _branches(asked: Asked, cells: dict[str, Cell]) -> None:
    spans = {code: f"自评 {_span(cell.self_from)}，指数 {_span(cell.index_from)}" for code, cell in cells.items()}
    absent = "按现在的筛选条件，所选的“自评与指数”一格内没有支部，已列出全部支部。"
    code = filters.choice(CELL, "自评与指数", spans, all_label="自评与指数：全部", quiet=True, width=270, absent=absent) if spans else None
    cell = cells[code] if code else None
    page = filters.page(asked.read(stars.listed_count, asked.chosen, asked.year, cell), stars.PAGE, label="个")
    rows = asked.read(stars.listed, asked.chosen, asked.year, page, cell)
    if rows.empty:
        cards.nothing_yet("没有符合条件的支部", "放宽上方的筛选条件再看")
        return
    columns = {
        "name": tables.text("支部"),
        "district_name": tables.text("县区", width=90),
        "sector_name": tables.text("领域", width=90),
        "self_score": tables.score("自评"),
        "review_score": tables.score("复核"),
        "final_score": tables.score("终评"),
        "star_word": tables.text("星级", width=90),
        "index": tables.score("指数年均", help="本年度已评定各季度堡垒指数的平均"),
        "quarters": tables.count("季数"),
        "difference": tables.number("自评 − 指数", "%+.1f"),
    }
    shown = rows.assign(star_word=rows["stars"].fillna(stars.UNDECIDED).map(WORDS))
    leads = _open_stars if cell else _open_branch
    tables.table(shown, columns=columns, key="star-branches", height=tables.tall(rows, 15), on_select=leads)
