"""The panels about members, organisations, organisation life, dues, recruits and honours."""

from collections.abc import Callable
from typing import Any

from components.charts import counts
from components.charts import life as calendar
from components.wall import Panel
from data_access.queries import life, membership, wall
from data_access.queries.rolled import Cut
from domain.indicators import INDICATORS
from domain.vocabulary import Light
from pages.command.wall.screen import Room, Screen

LABELLED = 6  # months of twelve whose name stands below them
HELD = {Light.GREEN.value: "✓ 已开展", Light.YELLOW.value: "○ 待开展", Light.RED.value: "▲ 未开展", Light.GREY.value: "? 数据缺失"}


def _composition(code: str, draw: Callable[..., Any], screen: Screen, room: Room, base: str | None = None, **looks: Any) -> Panel:
    indicator = INDICATORS[code]
    asked = (membership.composition, screen.focus.org_id, Cut(), code)
    total = f"共 {screen.reader.read(*asked)['count'].sum():,} {indicator.unit}"
    absent = f"没有{indicator.name}记录"
    return screen.panel(code, indicator.name, base or total, room, draw, asked, looks={"unit": indicator.unit, **looks}, absent=absent)


def by_age(screen: Screen, room: Room) -> Panel:
    """Members by age, with their sex beside it."""
    return _composition("by_age", counts.columns, screen, room, base=_sexes(screen))


def by_party_age(screen: Screen, room: Room) -> Panel:
    """Members by years in the Party."""
    return _composition("by_party_age", counts.columns, screen, room)


def by_education(screen: Screen, room: Room) -> Panel:
    """Members by education."""
    return _composition("by_education", counts.bars, screen, room)


def by_occupation(screen: Screen, room: Room) -> Panel:
    """Members by kind of occupation (岗位)."""
    return _composition("by_occupation", counts.bars, screen, room)


def by_post(screen: Screen, room: Room) -> Panel:
    """Members by post in a committee."""
    return _composition("by_post", counts.bars, screen, room, second=True)


def by_kind(screen: Screen, room: Room) -> Panel:
    """Organisations by kind."""
    return _composition("by_kind", counts.bars, screen, room, second=True)


def honours(screen: Screen, room: Room) -> Panel:
    """Honours of the last twelve months."""
    return _composition("honours", counts.bars, screen, room, base="最近 12 个月", second=True)


def _sexes(screen: Screen) -> str:
    found = screen.reader.read(membership.composition, screen.focus.org_id, Cut(), "by_sex")
    return " · ".join(f"{row.label} {row.share:.1f} %" for row in found.itertuples(index=False))


def terms(screen: Screen, room: Room) -> Panel:
    """Terms of office, elections due and held."""
    asked = (life.terms, screen.focus.org_id, Cut())
    return screen.panel("terms", "届期与换届", "按组织类别", room, counts.terms, asked, absent="没有需要换届的组织")


def month_duties(screen: Screen, room: Room) -> Panel:
    """Theme party days and committee meetings, held and not held, of this month and the last."""
    today = screen.reader.today
    return screen.panel(
        "month-duties",
        "本月组织生活",
        f"{today.month}月进行中 · 支部数",
        room,
        counts.lit_stacks,
        (wall.month_duties, screen.focus.org_id, today),
        looks={"unit": "个", "words": HELD, "awaited": Light.YELLOW, "counted": True},
        absent="本月没有应开的组织生活",
    )


def attainment(screen: Screen, room: Room) -> Panel:
    """Attainment of each kind of duty, by month."""
    span = screen.months(13)
    asked = (life.attainment, screen.focus.org_id, Cut(), span)
    looks = {"first": span[0], "months": len(span)}
    absent = "没有到期的组织生活事项"
    return screen.panel("attainment", "三会一课达标率", "按到期月份，百分比", room, calendar.attainment, asked, looks=looks, absent=absent)


def dues(screen: Screen, room: Room) -> Panel:
    """Dues paid in full, by month."""
    months = screen.months(12)
    asked = (life.dues, screen.focus.org_id, Cut(), months)
    rates = screen.reader.read(*asked)
    if rates["value"].isna().all():
        return Panel("dues", "党费足额交纳率", "", "党费足额交纳率", None, "没有党费记录")
    now = rates["value"].iloc[-1]
    base = f"{screen.reader.today.month}月 {now:.1f} %（进行中）" if now == now else "近 12 个月，%"
    return screen.panel(
        "dues", "党费足额交纳率", base, room, counts.rate_by_month, asked, looks={"open_from": months[-1], "labelled": LABELLED}
    )


def recruits(screen: Screen, room: Room) -> Panel:
    """Applicants, new probationary members and conversions by month."""
    asked = (membership.admissions, screen.focus.org_id, Cut(), screen.months(12))
    looks = {"titles": {code: INDICATORS[code].name for code in membership.ADMISSIONS}, "unit": "名", "labelled": LABELLED}
    return screen.panel("recruits", "发展党员", "近 12 个月", room, counts.monthly, asked, looks=looks)
