"""Tasks of the city and of the districts, who got them, and how far they are: on plan, late, overdue, stalled, never reported."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.vocabulary import OrgKind, Source
from seed.atlas import Atlas
from seed.branches import Branches, Trouble
from seed.calendar import Calendar, dates
from seed.columns import coded, optional
from seed.draws import Truth, Whole, below, chance
from seed.organisations import Organisations
from seed.posts import Posts

# Category, title, sectors that it concerns (none: all), and how many in 1,000 of their branches get it.
_CITY: tuple[tuple[str, str, tuple[str, ...], int], ...] = (
    ("主题教育", "学习教育读书班和专题党课", (), 560),
    ("换届选举", "换届“回头看”和届期台账核对", ("village", "community"), 800),
    ("近邻党建", "近邻党建服务站点建设", ("community", "institution", "agency"), 600),
    ("两新覆盖", "两新组织“两个覆盖”摸排", ("private_enterprise", "social_organisation"), 850),
    ("党费收缴", "党费收缴使用管理自查", (), 480),
    ("乡村振兴", "党建引领乡村振兴项目推进", ("village", "agency", "state_enterprise"), 620),
    ("党员教育", "党员集中轮训", (), 520),
    ("基层治理", "网格党支部规范化建设", ("community", "village"), 700),
    ("组织建设", "软弱涣散党组织整顿", (), 300),
    ("发展党员", "发展党员工作质量检查", (), 420),
    ("支部建设", "党支部标准化规范化达标验收", (), 560),
    ("国企党建", "“党建进章程”落实情况核查", ("state_enterprise",), 900),
    ("学校党建", "中小学党组织领导的校长负责制落实", ("school",), 900),
)
_DISTRICT = (
    ("走访慰问", "困难党员和老党员走访慰问"),
    ("基层治理", "小区党建和物业服务提升"),
    ("党员教育", "党课下基层巡讲"),
    ("乡村振兴", "村级集体经济项目推进"),
    ("志愿服务", "文明城市志愿服务行动"),
    ("组织建设", "党员档案专项核查"),
)
_A_QUARTER = 3  # city tasks
_MIDWAY = 54  # days of a quarter
_DISTRICT_SHARE = 620  # per mille of a district's branches that get its task of the quarter
_GIVEN_UP_AFTER = 75  # days after which most stalled assignments have been finished after all


@dataclass(repr=False)
class Tasks:
    """All tasks as parallel arrays: position = task_id − 1."""

    titles: list[tuple[str, str]]  # category, title
    issuer: Whole
    start: Whole
    due: Whole
    quarter: Whole  # position in the calendar's quarters
    sectors: list[frozenset[int]]  # positions; empty: all
    share: Whole  # per mille of the branches
    codes: list[str]

    def rows(self) -> pd.DataFrame:
        """Return the rows of table `task`."""
        return pd.DataFrame(
            {
                "task_id": 1 + np.arange(len(self.codes)),
                "task_code": self.codes,
                "title": [title for _, title in self.titles],
                "category": [category for category, _ in self.titles],
                "issuer_id": self.issuer,
                "issued_on": dates(self.start - 3),
                "start_on": dates(self.start),
                "due_on": dates(self.due),
            }
        )

    def milestone_rows(self) -> pd.DataFrame:
        """Return the rows of table `task_milestone`: every third task goes by milestones."""
        told = np.flatnonzero(np.arange(len(self.codes)) % 3 == 1)
        length = (self.due - self.start)[told]
        parts = [
            pd.DataFrame({"task_id": 1 + told, "due_on": dates(self.start[told] + length * of // 100), "percent": percent, "title": title})
            for of, percent, title in ((25, 20, "动员部署"), (60, 50, "组织实施"), (85, 85, "自查整改"), (100, 100, "总结验收"))
        ]
        return pd.concat(parts, ignore_index=True).sort_values(["task_id", "due_on"], ignore_index=True)


def issued(organisations: Organisations, atlas: Atlas, calendar: Calendar) -> Tasks:
    """Draw the tasks of every quarter: three of the root, one of each district's committee."""
    tree = organisations.tree
    sectors = {sector.code: at for at, sector in enumerate(atlas.sectors)}
    local = [at + 1 for at, kind in enumerate(tree.kinds) if (kind is OrgKind.LOCAL_COMMITTEE and not atlas.whole_province) or at == 0]
    told: list[tuple] = []
    for quarter, code in enumerate(calendar.quarters.codes):
        for number, issuer in enumerate([1] * _A_QUARTER + local[1:]):
            key = (quarter, number)
            start = int(calendar.quarters.first[quarter]) + int(below(26, "task/start", *key)[0])
            due = min(start + 40 + int(below(52, "task/length", *key)[0]), int(calendar.quarters.last[quarter]))
            if number == _A_QUARTER - 1:  # one of the city's ends well inside the quarter, so that there is always something due
                due = int(calendar.quarters.first[quarter]) + _MIDWAY
            if start > calendar.today:
                continue
            name = f"{code[:4]}年第{'一二三四'[int(code[-1]) - 1]}季度"
            if issuer == 1:
                category, title, concerned, share = _CITY[(quarter * _A_QUARTER + number) % len(_CITY)]
                told.append(((category, f"{name}{title}"), 1, start, due, quarter, frozenset(sectors[each] for each in concerned), share))
            else:
                category, title = _DISTRICT[int(below(len(_DISTRICT), "task/title", *key)[0])]
                place = tree.names[issuer - 1].removeprefix("中共").removesuffix("委员会")
                told.append(((category, f"{place}{name}{title}"), issuer, start, due, quarter, frozenset(), _DISTRICT_SHARE))
    columns = list(zip(*told, strict=True))
    whole = [np.array(columns[at], dtype=np.int64) for at in (1, 2, 3, 4, 6)]
    codes = [f"RW-{calendar.quarters.codes[quarter]}-{number + 1:03d}" for number, quarter in enumerate(columns[4])]
    return Tasks(list(columns[0]), whole[0], whole[1], whole[2], whole[3], list(columns[5]), whole[4], codes)


def assignments(
    tasks: Tasks, branches: Branches, posts: Posts, member_id: Whole, calendar: Calendar
) -> tuple[pd.DataFrame, pd.DataFrame, Whole]:
    """Return the rows of `assignment` and `progress_report` (positions instead of ids), and each branch's overdue assignments."""
    concerned = np.zeros((len(tasks.codes), len(branches)), dtype=bool)
    for number in range(len(tasks.codes)):
        concerned[number] = _concerned(tasks, number, branches)
    task, branch = np.nonzero(concerned)
    order = np.lexsort((task, branch))
    task, branch = task[order], branch[order]
    key = (branches.org_id[branch], task)
    start = tasks.start[task]
    delay = np.where(chance(800, "task/later", *key), below(8, "task/later by", *key), 0)
    start, due = np.minimum(start + delay, tasks.due[task] - 20), tasks.due[task]
    place = np.where(chance(2_600, "task/other", *key), 1, 0)
    offset = np.cumsum(posts.counts) - posts.counts
    member = np.full(len(branch), -1)
    some = posts.counts[branch] > 0
    member[some] = posts.member[offset[branch[some]] + np.minimum(place[some], posts.counts[branch[some]] - 1)]
    table = pd.DataFrame(
        {
            "task_id": task + 1,
            "org_id": branches.org_id[branch],
            "member_id": optional(member_id[member], (member >= 0) & ~chance(300, "task/nobody", *key)),
            "weight": 1 + below(3, "task/weight", *key),
            "start_on": dates(start),
            "due_on": dates(due),
        }
    )
    reports, finished = _reports(branch, key, start, due, branches, calendar)
    overdue = (due < calendar.today) & (due > calendar.today - _GIVEN_UP_AFTER) & (finished > calendar.today)
    return table, reports, np.bincount(branch[overdue], minlength=len(branches))


def _concerned(tasks: Tasks, number: int, branches: Branches) -> Truth:
    """Return which branches of a block get a task; a district's goes to its own subtree."""
    lived = branches.lived(np.arange(len(branches)), np.full(len(branches), tasks.start[number]))
    drawn = below(1000, "task/share", branches.org_id, number) < tasks.share[number]
    if tasks.sectors[number]:
        drawn &= np.isin(branches.sector, sorted(tasks.sectors[number]))
    if tasks.issuer[number] != 1:
        marker = f"/{tasks.issuer[number]}/"
        drawn &= np.fromiter((marker in path for path in branches.paths), dtype=bool, count=len(branches))
    return lived & drawn


def _reports(
    branch: Whole, key: tuple[Whole, Whole], start: Whole, due: Whole, branches: Branches, calendar: Calendar
) -> tuple[pd.DataFrame, Whole]:
    """Draw the progress reports of assignments, and the day each was or will be finished (far off where it is stalled).

    An assignment takes a factor of the time it has: below 100 % it is on time, above late; a stalled one stops on its way.
    """
    quality = branches.at(branch, calendar.quarter_of(due), Trouble.TASKS)
    luck = below(1000, "task/luck", *key)
    good = np.clip(330 + quality * 62 // 100, 120, 975)
    late = (1000 - good) * 86 // 100
    factor = np.where(luck < good, 62 + below(37, "task/early", *key), 103 + below(58, "task/late", *key))
    stalled = luck >= good + late
    ended = stalled & (due < calendar.today - _GIVEN_UP_AFTER) & chance(9_800, "task/after all", *key)
    factor, stalled = np.where(ended, 140 + below(110, "task/very late", *key), factor), stalled & ~ended
    stop = 15 + below(65, "task/stop", *key)  # percent
    length = np.maximum(due - start, 20)
    takes = np.maximum(length * factor // 100, 12)
    silent = (stalled & chance(3_000, "task/silent", *key)) | chance(60, "task/unreported", *key)
    parts = []
    steps = 4
    for step in range(1, steps + 1):
        wobble = below(9, "task/wobble", *key, step) - 4 if step < steps else np.zeros(len(branch), dtype=np.int64)
        percent = np.clip(100 * step // steps + wobble, 1, 100)
        day = start + takes * step // steps
        kept = ~silent & (day <= calendar.today) & (~stalled | (percent <= np.maximum(stop, 26)))
        kept &= branches.reported(branch, day, Source.TASKS) & ~((step == 2) & chance(2_500, "task/skipped", *key))
        rows = np.flatnonzero(kept)
        parts.append(pd.DataFrame({"assignment": rows, "reported_on": dates(day[rows]), "percent": percent[rows]}))
    reports = pd.concat(parts, ignore_index=True)
    reports = reports.take(np.lexsort((reports["reported_on"].to_numpy(), reports["assignment"].to_numpy())))
    notes = ("已部署", "按计划推进", "进展顺利", "完成并报送总结", "遇到困难，正在协调")
    told = np.where(chance(8_500, "task/note", reports["assignment"].to_numpy()), -1, reports["percent"].to_numpy() // 26)
    reports["note"] = coded(told, notes)
    return reports, np.where(stalled | silent, calendar.today + 45, start + takes)
