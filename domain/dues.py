"""Party dues (党费): the rates, and the light of a member's arrears. Source: 中组发〔2008〕3号; amounts are whole cents.

The income is never stored: `amount_due` turns it into an amount at the door, and the amount is what is kept.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from domain import lights
from domain.rules import DUES_ARREARS
from domain.settings import Settings
from domain.vocabulary import DuesCategory, Light


@dataclass(frozen=True)
class Bracket:
    """One bracket of the rates: bases up to `upto_yuan` (included; None for the last) pay `percent` of the whole base."""

    upto_yuan: int | None
    percent: float


def brackets(category: DuesCategory, settings: Settings) -> tuple[Bracket, ...]:
    """Return the brackets of those who pay by income; empty for those who pay a fixed amount."""
    if category is DuesCategory.EMPLOYED:
        bounded = tuple(Bracket(settings.whole(f"dues.bracket{n}_upto"), settings[f"dues.bracket{n}_percent"]) for n in (1, 2, 3))
        return (*bounded, Bracket(None, settings["dues.bracket4_percent"]))
    if category is DuesCategory.RETIRED:
        return (
            Bracket(settings.whole("dues.retired_upto"), settings["dues.retired1_percent"]),
            Bracket(None, settings["dues.retired2_percent"]),
        )
    return ()


def amount_due(category: DuesCategory, base_cents: int, settings: Settings) -> int:
    """Return a month's dues in whole cents of a monthly after-tax base: one rate on the whole base, halves rounded up.

    Students and members without income pay a fixed amount; farmers the lower bound, which their branch may raise up to the upper.
    Raises ValueError for a negative base.
    """
    if base_cents < 0:
        raise ValueError("党费计算基数不能为负数")
    if category is DuesCategory.FARMER:
        return settings.whole("dues.farmer_min_cents")
    for bracket in brackets(category, settings):
        if bracket.upto_yuan is None or base_cents <= bracket.upto_yuan * 100:
            return int(base_cents * Fraction(str(bracket.percent)) / 100 + Fraction(1, 2))
    return settings.whole("dues.fixed_cents")


def month_number(day: date) -> int:
    """Return the month of a day as the table `dues` writes it: 202611."""
    return day.year * 100 + day.month


def arrears(unpaid: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Judge what members have not paid: yellow from 3 unpaid months (local), red from 6 in a row (党章第九条).

    Only months that have ended count. A month is unpaid until all of it is paid.
    Expects one row an unpaid month: member_id, month (202611). Returns one row a lit member: member_id, light, since (the day after the
    month that made it so), months (list of the unpaid ones, of a red light those in a row), ordered by member.
    """
    ended = unpaid[unpaid["month"] < month_number(today)].drop_duplicates(["member_id", "month"])
    ended = ended.sort_values(["member_id", "month"], ignore_index=True)
    number = ended["month"] // 100 * 12 + ended["month"] % 100
    breaks = (number.diff() != 1) | (ended["member_id"].diff() != 0)
    ended = ended.assign(
        run=breaks.cumsum(),
        nth=ended.groupby("member_id").cumcount() + 1,
        nth_in_row=ended.groupby(breaks.cumsum()).cumcount() + 1,
    )
    red_at, yellow_at = settings.whole("dues.red_months"), settings.whole("dues.yellow_months")
    red = ended[ended["nth_in_row"] == red_at].drop_duplicates("member_id", keep="last")  # the last such run is the present one
    yellow = ended[(ended["nth"] == yellow_at) & ~ended["member_id"].isin(red["member_id"])]
    turning = pd.concat([red.assign(light=Light.RED.value), yellow.assign(light=Light.YELLOW.value)], ignore_index=True)
    held = ended.merge(turning[["member_id", "run", "light"]], on="member_id", suffixes=("", "_red"))
    held = held[(held["light"] == Light.YELLOW) | (held["run"] == held["run_red"])]
    months = held.groupby("member_id")["month"].agg(list).rename("months")
    after = pd.to_datetime(turning["month"].astype(str), format="%Y%m") + pd.DateOffset(months=1)
    lit = turning.assign(since=after.astype("datetime64[s]")).merge(months, on="member_id")
    return lit.sort_values("member_id", ignore_index=True)[["member_id", "light", "since", "months"]]


def arrears_lights(members: pd.DataFrame) -> pd.DataFrame:
    """Return the lights of members in arrears, one a member, on the member's present branch.

    Expects the columns of `arrears` and org_id. Returns the columns of `domain.lights`; the subject is "member:<id>".
    """
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": members["org_id"],
                "member_id": members["member_id"],
                "rule_id": DUES_ARREARS,
                "subject": "member:" + members["member_id"].astype(str),
                "light": members["light"],
                "since": members["since"],
                "table": "dues",
                "rows": members["months"],
                "text": [_text(light, months) for light, months in zip(members["light"], members["months"], strict=True)],
            }
        )
    )


def _text(light: str, months: list[int]) -> str:
    span = f"{months[0] // 100}年{months[0] % 100}月至{months[-1] // 100}年{months[-1] % 100}月"
    if light == Light.RED:
        return f"1名党员{span}连续{len(months)}个月未足额缴纳党费。"
    return f"1名党员{span}有{len(months)}个月未足额缴纳党费。"


def silent_branches(branches: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Light grey the branches whose dues cannot be judged: marked unknown, or with members and no record of the last months.

    Silence lasts when none of the last ended months, as many as turn a member's light yellow, has a record.
    Expects branches: org_id, members (count), lived_from (the later of its founding and the first recorded month), last_month (202610; NA
    where there is none), unknown_from (NaT where not marked). Returns the columns of `domain.lights`; the subject is "dues".
    """
    asked = settings.whole("dues.yellow_months")
    this_month = pd.Timestamp(today.replace(day=1))
    silent_from = pd.to_datetime(branches["last_month"].astype("Int64").astype("string"), format="%Y%m") + pd.DateOffset(months=1)
    silent_from = silent_from.fillna(branches["lived_from"]).astype("datetime64[s]")
    silent = (branches["members"] > 0) & (silent_from <= this_month - pd.DateOffset(months=asked))
    marked = branches["unknown_from"].notna()
    lit = branches[marked | silent]
    marked = marked[lit.index]
    from_on = lit["unknown_from"].where(marked, silent_from[lit.index])
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": lit["org_id"],
                "rule_id": DUES_ARREARS,
                "subject": "dues",
                "light": Light.GREY.value,
                "since": from_on.where(marked, from_on + pd.DateOffset(months=asked)),
                "table": np.where(marked, "coverage", "dues"),
                "rows": [[] for _ in range(len(lit))],
                "text": [
                    f"自{on}起党费记录" + ("被标记为未知，无法评定。" if mark else "没有上报，无法评定。")
                    for on, mark in zip(lights.written(from_on), marked, strict=True)
                ],
            }
        )
    )
