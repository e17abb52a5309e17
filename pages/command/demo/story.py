"""The story, step by step: what is said on stage, what the speaker reads, what is shown, and what may happen."""

from collections.abc import Callable
from dataclasses import dataclass

from components.text import plain
from data_access.queries import overview, story
from data_access.queries.rolled import Cut
from data_access.what_if import Event
from domain.vocabulary import Light
from pages.command.demo import panels
from pages.command.demo.panels import Column
from pages.command.demo.told import Told, weakest_part


@dataclass(frozen=True)
class Said:
    """One big sentence and the quiet line below it, as Markdown; a step that has nothing to show says so in the same way."""

    sentence: str
    line: str
    shows: bool = True


@dataclass(frozen=True)
class Happening:
    """What may happen on a step: the question, the button, what is said once it has happened, and the event."""

    question: str
    button: str
    done: str
    event: Event


@dataclass(frozen=True)
class Step:
    """A step: its code, its name in the strip, what is said, its columns, and the speaker's notes."""

    code: str
    title: str
    say: Callable[[Told], Said]
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    happens: Callable[[Told], Happening | None] = lambda _: None


def _score(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}"


def _morning(found: Told) -> Said:
    bands = found.reader.read(overview.bands, found.root.org_id, Cut(), found.period.code)
    stands = f"{bands.branches:,} 个党支部，{bands.rated:,} 个参评" if bands else "还没有评定"
    return Said(
        f"早上好。堡垒指数 **{_score(found.now.whole)}**，**{found.now.reds:,}** 项红色预警等着办。",
        f"{plain(found.root.name)} · {stands} · 数据截至 {found.reader.today}",
    )


def _district(found: Told) -> Said:
    district = found.cast.district
    if district is None:
        return Said("本级只有一个县区，没有可比的排名。", "直接看它最薄弱的支部。", shows=False)
    return Said(
        f"**{plain(district.name)}**排在最后：堡垒指数 **{_score(found.now.district)}**，{district.count} 个县区里第 {district.rank}。",
        "左边是排名，中间是地图：颜色加图标就是状态，圆圈里是要讲的支部。",
    )


def _inside(found: Told) -> Said:
    weakest = weakest_part(found)
    where = plain(found.cast.district.name) if found.cast.district else plain(found.root.name)
    if weakest is None:
        return Said(f"{where}本季没有可以拆开看的评分。", "没有已评定的支部。", shows=False)
    return Said(
        f"{where}差在**{weakest[0]}**：只拿到应得的 **{weakest[1]:.1f} %**。", "五个部分一起看；右边是拖后腿的支部和它们丢分最多的部分。"
    )


def _branch(found: Told) -> Said:
    branch, now = found.cast.branch, found.now
    if branch is None:
        return Said("没有已评定的支部可讲。", "评定之后，这里讲指数最低、又有红灯可以补救的支部。", shows=False)
    ranked = f"，同类 {now.peers} 个支部里第 {now.rank}" if now.rank is not None else ""
    return Said(f"背后是**{plain(branch.name)}**：**{_score(now.branch)}** 分{ranked}。", f"{now.branch_reds} 项红色预警还没有消除。")


def _why(found: Told) -> Said:
    branch = found.cast.branch
    items = found.reader.read(story.items, branch.org_id, found.period.code) if branch else None
    if items is None or items.empty:
        return Said("这个支部没有可以逐项解释的评分。", "没有保存评分时的记录。", shows=False)
    first = items.iloc[0]
    if not first["lost"]:
        return Said(f"{_score(found.now.branch)} 分，没有失分的项。", "每一项都能点开看记录。")
    return Said(
        f"**{_score(found.now.branch)}** 分怎么来的：“{plain(first['name'])}”一项就丢了 **{first['lost'].lstrip('−')}** 分。",
        "每一项都写明做了多少、应做多少；分数是加出来的，不是估出来的。",
    )


def _rule(found: Told) -> Said:
    if not found.duty:
        return Said("这个支部没有可以现场补救的红灯。", "没有仍在补开期内的缺会记录。", shows=False)
    light = found.light()
    if light is None or light.light != Light.RED or light.closed_on:
        return Said(
            f"**{plain(found.duty)}**今天补开了：红灯灭了，分数跟着变。",
            "左边多了一条记录，右边的事实也换了：算逾期补开，按规定折算。",
        )
    return Said(
        f"**{plain(found.duty)}**没有按规定开：左边是记录，右边是规定。",
        "红灯不是谁点的：哪一条规定、哪一条记录、下一步做什么，都写在上面。",
    )


def _task(found: Told) -> Said:
    late = found.cast.late
    if late is None:
        return Said("这个支部没有红色任务。", "任务按计划推进，没有可讲的。", shows=False)
    progress = found.now.task
    if progress == 100:
        return Said(f"“{plain(late.title)}”办完了。", "进度、红灯和得分随填报同时变化。")
    state = f"应于 {late.due_on} 办完，已经逾期" if late.overdue else f"按计划应到 {late.planned:.0f} %"
    reported = "还没有填报过" if progress is None else f"只报了 **{progress} %**"
    return Said(f"“{plain(late.title)}”{state}，{reported}。", f"到期日 {late.due_on}；虚线是计划，实线是填报。")


def _bill(found: Told) -> Said:
    if found.cast.branch is None or not found.now.owed:
        return Said("这个支部本月没有应办事项。", "账单是空的。", shows=False)
    return Said(
        f"书记今天收到的账单：**{found.now.owed}** 项，红的在前，再按影响的分数排。",
        "每一项都有期限、责任人和影响的分数；姓名按演示角色隐去。",
    )


def _route(found: Told) -> Said:
    route = found.cast.route
    if route is None:
        return Said("还没有登记红色路线。", "登记之后，这里给出离支部最近的一条。", shows=False)
    away = "" if route.metres is None else f"，首站离支部直线 {route.metres / 1000:.0f} 公里"
    day = found.saturday
    return Said(
        f"{day.month}月{day.day}日（周六）主题党日走**{plain(route.name)}**：{route.stops} 站{away}。",
        "直线示意，非导航；出行前请核实开放时间。",
    )


def _closing(found: Told) -> Said:
    before, now, branch = found.before, found.now, found.cast.branch
    if before == now:
        return Said("现场什么都还没有发生。", "回到“记录与规定”或“没办的任务”，按 W 键试一试。", shows=bool(branch))
    fewer = before.reds - now.reds
    name = plain(branch.name) if branch else plain(found.root.name)
    return Said(
        f"**{name}**：**{_score(before.branch)}** → **{_score(now.branch)}** 分，红色预警少了 **{fewer}** 项。",
        "刚才的改动只写进现场副本，用的是同一套评分；按 Home 键一切复原。",
    )


def _held(found: Told) -> Happening | None:
    event = found.meeting
    if event is None:
        return None
    duty = plain(found.duty)
    return Happening(f"如果今天补开{duty}？", "补开会议（W）", f"{duty}已于今天补开，全员到会：逾期补开，按规定折算。", event)


def _finished(found: Told) -> Happening | None:
    event = found.finish
    if event is None:
        return None
    return Happening("如果这项任务今天办完？", "填报 100 %（W）", "任务今天填报 100 %，红灯随之消除。", event)


STEPS = (
    Step(
        "morning",
        "早上好",
        _morning,
        panels.MORNING,
        (
            "这是早上到办公室先看的一屏：六个数、一张图、一张红色预警清单。",
            "先报总数，再说今天只讲一个县区、一个支部、一件事。",
            "提醒：全部为合成的演示数据。",
        ),
    ),
    Step(
        "district",
        "哪里落后",
        _district,
        panels.DISTRICT,
        ("排名按属地，同分并列。", "指数是支部得分按党员数加权的平均，不是打印象分。", "县区不是手工挑的：规则是指数最低的一个。"),
    ),
    Step(
        "inside",
        "差在哪里",
        _inside,
        panels.INSIDE,
        (
            "五个部分：学习、组织生活、任务落实、队伍建设、服务作用。",
            "右边清单写明每个支部丢分最多的部分。",
            "往下钻只讲第一个有红灯又能补救的支部。",
        ),
    ),
    Step(
        "branch",
        "背后的支部",
        _branch,
        panels.BRANCH,
        (
            "五星支部画像：实线是本季，另两条是上季和同类中位数。",
            "未计入的部分不算零分，其他部分按比例放大。",
            "右边看八个季度：是一直弱，还是最近掉下来的。",
        ),
    ),
    Step(
        "why",
        "为什么",
        _why,
        panels.WHY,
        ("从上往下读：丢分最多的在最上面。", "“完成 / 应完成”可以当场核对。", "有人不服，可以在账单上报错，由数据管理员核实。"),
    ),
    Step(
        "rule",
        "记录与规定",
        _rule,
        panels.RULE,
        (
            "先念记录，再念规定，最后念下一步。",
            "现场演示：按 W（或点按钮）补开这次会议。约一两秒后，上面的数字一起变。",
            "补开算逾期完成，按规定折算，所以不会一下变成满分。",
            "改的是副本；按 Home 复原。",
        ),
        _held,
    ),
    Step(
        "task",
        "没办的任务",
        _task,
        panels.TASK,
        (
            "计划是直线，有里程碑的按里程碑。",
            "现场演示：按 W 填报 100 %，看进度、红灯和得分。",
            "已经逾期的任务，办完能消红灯，但按时率的分回不来。",
        ),
        _finished,
    ),
    Step(
        "bill",
        "书记的账单",
        _bill,
        panels.BILL,
        ("这是这位书记当天要办的全部事项，一页纸。", "“影响”是办与不办的分差。", "姓名隐去；书记本人登录看到全名。"),
    ),
    Step(
        "route",
        "周六去哪",
        _route,
        panels.ROUTE,
        ("主题党日不只是开会：离支部最近的红色路线。", "空心点是位置示意。", "开放时间以现场为准。"),
    ),
    Step(
        "closing",
        "今天的变化",
        _closing,
        panels.CLOSING,
        ("左右对照：演示前和现在。", "一次会、一件事，支部、县区、全市的数字都跟着变。", "按 Home 复原，准备下一场。"),
    ),
)
TITLES = tuple(step.title for step in STEPS)


def asked(given: str | None) -> int | None:
    """Return the step that a URL asks for (`step=1` is the first), counted from 0; None for none, or one that there is not."""
    sound = given is not None and given.isascii() and given.isdigit() and len(given) < 4
    return int(given) - 1 if sound and given is not None and 1 <= int(given) <= len(STEPS) else None
