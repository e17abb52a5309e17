"""The indicator board's first screen below the headlines: who stands where, how it moved, what is to be done now."""

from typing import Any

import pandas as pd
import streamlit as st

from components import cards, charts, filters, palette
from components.charts import counts, index
from data_access.queries import branch, overview
from domain.light_counts import SHOWN
from domain.vocabulary import Light, Source
from pages.command.overview_asked import Asked
from pages.shared import go

_ROWS = 13  # what a card of the first screen holds
_RULES = 10
_HEIGHT = 366  # pixels of the charts of the first screen
_ALL = 99.95  # percent: what is written as 100.0 stands on everything
_ROW = 30  # pixels that a row of lights takes in it
_COLOURS = {Light.GREEN: "green", Light.YELLOW: "orange", Light.RED: "red", Light.GREY: "gray"}


def standing_line(asked: Asked) -> None:
    """Say in one line what the board stands on: branches rated by band; of a single branch, its score, light and rank."""
    row = asked.read(overview.bands, asked.view.period.code)
    if row is None:
        st.markdown(":gray[本期没有评定数据]", width="stretch")
        return
    state = "暂评" if asked.view.provisional else "定评"
    if asked.one_branch:
        _own_standing(asked, state)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap=None, width="stretch", key="standing-line"):
        st.markdown(f"**{row.rated:,}** / {row.branches:,} 个支部参评（{state}）", width="content")
        for light, count in ((Light.GREEN, row.green), (Light.YELLOW, row.yellow), (Light.RED, row.red), (Light.GREY, row.grey)):
            go.badge("branches", f"{palette.mark(light)} {count:,}", _COLOURS[light], light=light.value, **_here(asked))
        st.markdown(f":small[:gray[{asked.whose}]]", width="content")


def _here(asked: Asked) -> dict[str, str | None]:
    """The focus, period and cut as parameters of another page."""
    given = st.query_params.get
    return {"org": given("org"), "period": given("period"), "place": asked.cut.place, "sector": asked.cut.sector}


def _own_standing(asked: Asked, state: str) -> None:
    """Draw a branch's light, which leads to its explanation, and its score and rank among rated peers of its kind and sector."""
    history = asked.reader.read(branch.history, asked.view.org_id, asked.view.kind, (asked.view.period.code,), asked.reader.today)
    row = history.iloc[-1]
    rated = pd.notna(row["total"])
    light = Light(row["light"]) if rated else Light.GREY
    peers = f"  同类第 **{row['rank']:,.0f}** / {row['peers']:,.0f} 名" if pd.notna(row["rank"]) else ""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="stretch", key="standing-line"):
        go.badge("explain", palette.mark(light), _COLOURS[light], org=asked.view.org_code, period=st.query_params.get("period"))
        told = f"堡垒指数 **{row['total']:.1f}** 分（{state}）{peers}" if rated else "本期未评定"
        st.markdown(told, width="content")


_OF = {
    "fortress": "已评定的支部，占全部支部",
    "pioneer": "已评定的党员，占全部党员",
    "attainment": "有记录的应办事项，占全部应办事项",
    "task_completion": "任务记录未标注未知的支部，占有任务的支部",
    "dues_paid": "党费记录未标注未知的支部，占全部支部",
}
SOURCES = {"task_completion": Source.TASKS, "dues_paid": Source.DUES}  # whose state tells what the figure stands on


def stands_on(percent: float, *, quiet: bool = False) -> str:
    """Say, where a figure stands on less than everything, on how much; nothing where it stands on all, or nobody knows of what."""
    if not percent < _ALL:  # also where it is missing
        return ""
    return f" · 基于 {percent:.1f} %" if quiet else f" · 数据覆盖 {percent:.1f} %"


def told_of(code: str, percent: float) -> str:
    """Say on hover what a figure stands on, as Markdown to append to its definition."""
    if code not in _OF or percent != percent:
        return ""
    return f"\n\n---\n\n**基于**：{_OF[code]}的 {percent:.1f} %。"


def render(asked: Asked) -> None:
    """Draw ranking, trend and warnings side by side."""
    ranking, trend, warnings = st.columns([5, 6, 5], gap="small")
    with ranking:
        if asked.one_branch:
            parts(asked)
        else:
            _ranking(asked)
    with trend:
        _trend(asked)
    with warnings:
        _warnings(asked)


def _bounds(asked: Asked) -> dict[str, float]:
    return {"green": asked.numbers["index.green"], "yellow": asked.numbers["index.yellow"]}


def _ranking(asked: Asked) -> None:
    """Rank districts by place; where there is but one of them, the organisations right below by the tree."""
    period = asked.view.period.code
    districts = asked.read(overview.by_district, period)
    by_place = len(districts) > 1
    query = overview.by_district if by_place else overview.by_unit
    standing = districts if by_place else asked.read(overview.by_unit, period)
    title, way = ("县区指数排名", "按属地") if by_place else ("所属组织指数排名", "按隶属")
    some = f" · {len(standing)} 个中后 {_ROWS} 名" if len(standing) > _ROWS else ""
    with cards.card(title, base=f"{way} · ◆ 为先锋指数{some}", help=asked.hover("fortress", "pioneer"), key="ranking"):
        if standing.empty:
            cards.nothing_yet("没有可以排名的下级", hint="本组织下面没有存续的支部")
            return
        charts.show(
            asked.drawn(index.ranking, query, period, rows=_ROWS, **_bounds(asked)),
            key=f"ranking-{asked.view.org_id}-{asked.cut.place}-{asked.cut.sector}",
            alt=_worded(title, standing),
            height=_HEIGHT,
            on_select=_narrow if by_place else _descend,
        )


def _worded(title: str, standing: pd.DataFrame) -> str:
    rated = standing.dropna(subset="score")
    if rated.empty:
        return f"{title}：本期均未评定"
    first, last = rated.iloc[0], rated.iloc[-1]
    return f"{title}：最高 {first['name']} {first.score:.1f} 分，最低 {last['name']} {last.score:.1f} 分"


def _narrow(mark: dict[str, Any]) -> None:
    filters.write(place=str(mark["key"]))
    st.rerun()


def _descend(mark: dict[str, Any]) -> None:
    filters.write(org=str(mark["key"]))
    st.rerun()


def _trend(asked: Asked) -> None:
    period = asked.view.period
    with cards.card("近八季走势", base=f"{asked.whose} · 空心为暂评", help=asked.hover("fortress", "pioneer"), key="trend"):
        lines = asked.read(overview.trend, period, asked.reader.today)
        if lines["value"].isna().all():
            cards.nothing_yet("近八季没有评定过", hint="评定满一季后显示走势")
            return
        drawing = asked.drawn(index.trend, overview.trend, period, asked.reader.today, **_bounds(asked))
        charts.show(drawing, key="trend", alt="堡垒指数与先锋指数近八季走势", height=_HEIGHT)


def _warnings(asked: Asked) -> None:
    lights = asked.read(overview.red_lights)
    sums = {light: int(lights[light.value].sum()) for light in SHOWN}
    with cards.card("当前要办", base="未消除的职责预警，点选数字或规则逐项处理", help=asked.hover("lights"), key="warnings"):
        if not sum(sums.values()):
            cards.nothing_yet("没有未消除的预警", hint="各项规定动作均在期限内")
            return
        drawing = asked.drawn(counts.lights_by_rule, overview.red_lights, rows=_RULES)
        with st.container(horizontal=True, gap=None, key="warning-counts"):
            for light, count in sums.items():
                here = _here(asked) | {"period": None, "light": light.value}
                go.badge("warnings", f"{palette.mark(light)} {count:,}", _COLOURS[light], **here)
        height = min(len(lights), _RULES) * _ROW + 40
        worst = lights.iloc[0]
        alt = "未消除的" + "、".join(f"{light.label} {count} 项" for light, count in sums.items()) + f"，最多的是{worst.title}"
        charts.show(drawing, key="warnings", alt=alt, height=int(height), on_select=_open_rule)


def _open_rule(mark: dict[str, Any]) -> None:
    go.to("warnings", rule=str(mark["key"]), org=st.query_params.get("org"))


def sectors(asked: Asked) -> None:
    """Draw both indices by sector, where there is more than one."""
    period = asked.view.period.code
    standing = asked.read(overview.by_sector, period)
    with cards.card("领域指数", base=f"{asked.whose} · ◆ 为先锋指数", help=asked.hover("fortress", "pioneer"), key="sectors"):
        drawing = asked.drawn(index.ranking, overview.by_sector, period, rows=_ROWS, **_bounds(asked))
        charts.show(drawing, key=f"sectors-{asked.cut.sector}", alt=_worded("领域指数", standing), height=300, on_select=_narrow_sector)


def _narrow_sector(mark: dict[str, Any]) -> None:
    filters.write(sector=str(mark["key"]))
    st.rerun()


def parts(asked: Asked) -> None:
    """Draw how much of each of the five parts was reached."""
    codes = ("study_part", "life_part", "tasks_part", "membership_part", "service_part")
    rows = asked.read(overview.parts, asked.view.period)
    thin = rows[(rows["stands"] < _ALL) & (rows["stands"] > 0)]
    base = f"{asked.whose} · 右为较上季" + "".join(f" · {row['name']}基于 {row['stands']:.1f} %" for row in thin.to_dict("records"))
    with cards.card("五项得分率", base=base, help=asked.hover(*codes), key="parts"):
        drawing = asked.drawn(index.parts, overview.parts, asked.view.period)
        charts.show(drawing, key="parts", alt="堡垒指数五个部分的得分率", height=300)
