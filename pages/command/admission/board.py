"""The board: how many are on the way, and the 26 steps in the columns of the five stages."""

import math

import pandas as pd
import streamlit as st

from components import cards, filters, palette
from data_access.queries import admission, membership
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from domain.admission import STEPS, Stage
from domain.admission_clocks import STOPPED_BY
from domain.period import Period
from domain.vocabulary import Light
from pages.command.admission.asked import Asked
from pages.shared import definitions

_BADGES = {Light.RED: "red", Light.YELLOW: "orange", Light.GREY: "gray"}


def render(asked: Asked) -> None:
    """Draw the tiles and the board."""
    rows = asked.read(admission.steps)
    clocks = asked.read(admission.clocks)
    _tiles(asked, rows[rows["step"] == asked.chosen.step] if asked.chosen.step else rows, clocks)
    if not rows["count"].sum():
        cards.nothing_yet("没有符合条件的在办申请人", hint="放宽上方的筛选条件再看；办结和终止的不在此列")
        return
    places = st.columns([4, 6, 5, 5, 6], gap="small")
    for place, stage in zip(places, Stage, strict=True):
        with place:
            _stage(asked, stage, rows[rows["stage"] == stage], clocks)


def _tiles(asked: Asked, rows: pd.DataFrame, clocks: pd.DataFrame) -> None:
    reader, chosen = asked.reader, asked.chosen
    months = tuple(month.code for month in Period.month(reader.today).back(12))
    flows = reader.read(membership.admissions, asked.view.org_id, Cut(chosen.place, chosen.sector), months)
    accepted = flows.loc[flows["series"] == "new_probationary", "count"].sum(min_count=1)
    warned = reader.read(settings).whole("clock.warn_days")
    told = [
        ("在办申请人", rows["count"].sum(), "admission_steps"),
        (palette.mark(Light.RED), rows["red"].sum(), "admission_red"),
        (palette.mark(Light.YELLOW), rows["yellow"].sum(), "admission_yellow"),
        (f"{warned} 天内到期", clocks["soon"].sum(), "admission_soon"),
        ("数据异常", asked.read(admission.odd_count), "admission_odd"),
        (f"{months[0]} 起接收预备党员", accepted, "new_probationary"),
    ]
    with st.grid(len(told), min_column_width=150, gap="small", key="admission-tiles"):
        for label, value, code in told:
            shown = cards.MISSING if pd.isna(value) else f"{value:,.0f} :small[名]"
            st.metric(label, shown, help=definitions.hover(reader, code), border=True, height="stretch")


def _stage(asked: Asked, stage: Stage, rows: pd.DataFrame, clocks: pd.DataFrame) -> None:
    told = definitions.hover(asked.reader, "admission_steps", "admission_stay")
    with cards.card(stage.label, base=f"{rows['count'].sum():,} 名", help=told, key=f"stage-{stage.value}"):
        with st.container(key=f"nodes-{stage.value}", gap="xsmall"):
            for row in rows.to_dict("records"):
                _node(row, chosen=asked.chosen.step == row["step"])
        stopped = [rule for rule, step in STOPPED_BY.items() if STEPS[step].stage is stage]
        for clock in clocks[clocks["clock"].isin(stopped)].to_dict("records"):
            _clock(asked, clock)


def _node(row: dict, *, chosen: bool) -> None:
    """One step as a button that chooses it: name and count, below them how long and which lights."""
    badges = " ".join(
        f":{colour}-badge[{palette.ICONS[light]} {row[light.value]:,}]" for light, colour in _BADGES.items() if row[light.value]
    )
    days = "" if math.isnan(row["median"]) else f":small[:gray[停留中位 {row['median']:,g} 天]]"
    with st.container(key="chosen-node" if chosen else None):
        st.button(
            f"**{row['count']:,}** {row['name']}  \n{days} {badges}",
            key=f"node-{row['step']}",
            disabled=not row["count"],
            help=None if math.isnan(row["longest"]) else f"停留最久 {row['longest']:,.0f} 天；点选后下方只看这一步，再点取消",
            on_click=filters.write,
            kwargs={"step": None if chosen else row["step"], filters.PAGE: None},
            width="stretch",
        )


def _clock(asked: Asked, clock: dict) -> None:
    warned = asked.reader.read(settings).whole("clock.warn_days")
    counts = [(Light.RED, "超期", clock["overdue"]), (Light.YELLOW, f"{warned} 天内", clock["soon"])]
    badges = " ".join(f":{_BADGES[light]}-badge[{palette.ICONS[light]} {word} {count:,}]" for light, word, count in counts if count)
    st.markdown(f":material/timer: **{clock['title']}** {badges} :small[:gray[其后 {clock['later']:,} 名]]")
