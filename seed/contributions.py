"""What members do month by month and quarter by quarter: dues, study and service."""

import numpy as np
import pandas as pd

from domain.vocabulary import DuesCategory, Source
from seed.branches import Branches, Trouble
from seed.calendar import NEVER, Calendar, Span, dates
from seed.columns import coded
from seed.draws import Truth, Whole, below, chance, pick
from seed.meetings import zeal_of
from seed.members import Members, Stays

# Dues in cents a month as the rates give them: what is due is stored, the income never is.
_EMPLOYED = np.array([1400, 3600, 4800, 7500, 9600, 12_000, 14_400, 24_000])
_EMPLOYED_SHARES = (8, 16, 22, 22, 16, 9, 5, 2)
_RETIRED = np.array([1500, 1900, 2300, 5400, 6800])
_RETIRED_SHARES = (20, 35, 27, 12, 6)
_FARMER = np.array([20, 50, 100])
_FIXED = 20

_COURSES = (("required", 180), ("required", 180), ("optional", 150), ("optional", 90))  # kind and minutes; the last every other quarter
_TITLES = (
    "党的创新理论专题学习",
    "党章党规党纪学习教育",
    "基层党务实务与支部工作条例",
    "全会精神学习辅导",
    "党史学习教育专题",
    "基层治理与群众工作方法",
    "发展党员工作流程",
    "党风廉政警示教育",
    "乡村振兴与共同富裕",
    "新质生产力与高质量发展",
)
_SERVICES = ("社区服务", "结对帮扶", "环境整治", "文明劝导", "走访慰问", "便民义诊", "政策宣讲")
_SLOTS = (790, 170, 40)  # per mille that a member serves once, twice, three times in a quarter


def dues_rows(branches: Branches, people: Members, told: Stays, calendar: Calendar) -> tuple[pd.DataFrame, Whole]:
    """Return the rows of table `dues`, and for each branch how many members owe three months or more.

    A month is due where the member belonged to the branch on its last day (today in the running month), and was a member.
    """
    months = calendar.member_months
    ends = np.minimum(months.last, calendar.today)
    stay, month = np.nonzero((told.first[:, None] <= ends) & (ends <= told.last[:, None]) & (people.joined[told.member][:, None] <= ends))
    member, branch = told.member[stay], told.branch[stay]
    first = months.first[month]
    told_of = branches.reported(branch, first, Source.DUES)
    stay, month, member, branch, first = (column[told_of] for column in (stay, month, member, branch, first))
    ids = people.member_id[member]
    due = _due(people, calendar)[member]
    owing = _owes_since(branches, people, calendar)
    unpaid = first >= owing[member]
    quality = branches.at(branch, calendar.quarter_of(first), Trouble.ARREARS)
    luck = below(1000, "dues/luck", ids, first)
    on_time = np.clip(660 + quality * 36 // 100 + zeal_of(ids) // 4, 500, 996)
    day = np.where(luck < on_time, first + 1 + below(24, "dues/day", ids, first), first + 31 + below(45, "dues/late", ids, first))
    paid = ~unpaid & (day <= calendar.today)
    part = paid & chance(25, "dues/part", ids, first) & (due > 1000)
    table = pd.DataFrame(
        {
            "org_id": branches.org_id[branch],
            "month": np.array([int(code.replace("-", "")) for code in months.codes])[month],
            "member_id": ids,
            "category": coded(people.category[member], DuesCategory),
            "due_cents": due,
            "paid_cents": np.where(paid, np.where(part, due // 2, due), 0),
            "paid_on": dates(np.where(paid, day, NEVER)),
        }
    )
    behind = (owing <= calendar.months.first[-4]) & (people.status <= 1) & branches.reported(people.branch, months.first[-2], Source.DUES)
    order = np.lexsort((ids, month, table["org_id"].to_numpy()))
    return table.take(order), np.bincount(people.branch[behind], minlength=len(branches))


def _due(people: Members, calendar: Calendar) -> Whole:
    """Return what each member owes a month, in cents."""
    ids = people.member_id
    employed = _EMPLOYED[pick(_EMPLOYED_SHARES, "dues/employed", ids)]
    retired = _RETIRED[pick(_RETIRED_SHARES, "dues/retired", ids)]
    farmer = _FARMER[below(len(_FARMER), "dues/farmer", ids)]
    return np.select([people.category == 0, people.category == 1, people.category == 2], [employed, retired, farmer], _FIXED)


def _owes_since(branches: Branches, people: Members, calendar: Calendar) -> Whole:
    """Return the day since which each member has paid nothing, NEVER for almost all; more of them in branches that let it run."""
    weak = branches.at(people.branch, np.full(len(people), len(calendar.quarters) - 1), Trouble.ARREARS)
    owing = below(10_000, "dues/owing", people.member_id) < np.clip(620 - weak * 70 // 100, 25, 600)
    owing |= people.lost
    run = np.where(people.lost, 9, 1 + pick((24, 26, 22, 12, 8, 5, 2, 1), "dues/run", people.member_id))
    since = calendar.months.first[np.maximum(len(calendar.months) - 1 - run, 0)]
    return np.where(owing & (people.status <= 1), since, NEVER)


def course_rows(calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `course`: two required and one or two optional courses a quarter, due before the quarter ends."""
    quarters = calendar.member_quarters
    number = np.array([course - 1 for at in range(len(quarters)) for course, _, _ in _offered(at)])
    quarter, place = number // len(_COURSES), number % len(_COURSES)
    titles = [f"{quarters.codes[at][:4]}年{_TITLES[(serial * 3 + at) % len(_TITLES)]}" for serial, at in enumerate(quarter.tolist())]
    return pd.DataFrame(
        {
            "course_id": number + 1,
            "title": titles,
            "quarter": [quarters.codes[at] for at in quarter],
            "required": [_COURSES[at][0] == "required" for at in place],
            "minutes": [_COURSES[at][1] for at in place],
            "due_on": dates(quarters.last[quarter] - 6),
        }
    )


def _offered(quarter: int) -> list[tuple[int, str, int]]:
    """Return (course_id, kind, minutes) of a quarter's courses."""
    told = enumerate(_COURSES, quarter * len(_COURSES) + 1)
    return [(course, kind, minutes) for course, (kind, minutes) in told if course % (2 * len(_COURSES))]


def study_rows(branches: Branches, people: Members, told: Stays, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `study_record`, in the order of its key: who studied which course, how long, finished when."""
    parts = []
    for quarter in range(len(calendar.member_quarters)):
        for course, kind, minutes in _offered(quarter):
            parts.append(_studied(branches, people, told, calendar, quarter, course, kind == "required", minutes))
    table = pd.concat(parts, ignore_index=True)
    return table.take(np.lexsort((table["member_id"].to_numpy(), table["course_id"].to_numpy(), table["org_id"].to_numpy())))


def _studied(
    branches: Branches, people: Members, told: Stays, calendar: Calendar, quarter: int, course: int, required: bool, minutes: int
) -> pd.DataFrame:
    span = calendar.member_quarters
    ids = people.member_id[told.member]
    at = np.full(len(ids), len(calendar.quarters) - len(span) + quarter)
    skill = branches.at(told.branch, at, Trouble.STUDY) + zeal_of(ids)
    begun = below(1000, "study/begun", ids, course) < np.clip(280 + skill * 88 // 100 - (0 if required else 240), 60, 990)
    done = below(1000, "study/done", ids, course) < np.clip(390 + skill * 72 // 100, 150, 988)
    late = chance(500, "study/late", ids, course)
    day = span.first[quarter] + 6 + below(76, "study/day", ids, course) + np.where(late, 14, 0)
    kept = begun & (day <= calendar.today) & told.on(np.arange(len(told)), day) & (people.joined[told.member] <= day)
    kept &= people.active[told.member] & branches.reported(told.branch, day, Source.STUDY)
    rows = np.flatnonzero(kept)
    share = np.where(done, 85 + below(36, "study/share", ids, course), 10 + below(55, "study/share", ids, course))[rows]
    return pd.DataFrame(
        {
            "org_id": branches.org_id[told.branch[rows]],
            "course_id": course,
            "member_id": ids[rows],
            "minutes": minutes * share // 100,
            "studied_on": dates(day[rows]),
            "finished_on": dates(np.where(done[rows], day[rows], NEVER)),
        }
    )


def service_rows(branches: Branches, people: Members, told: Stays, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `service_record`, in the order of its key: each slot of a quarter in a month of its own."""
    parts = [
        _served(branches, people, told, calendar, quarter, slot)
        for quarter in range(len(calendar.member_quarters))
        for slot in range(len(_SLOTS))
    ]
    table = pd.concat(parts, ignore_index=True)
    order = np.lexsort((table["member_id"].to_numpy(), table["served_on"].to_numpy(), table["org_id"].to_numpy()))
    return table.take(order)


def _served(branches: Branches, people: Members, told: Stays, calendar: Calendar, quarter: int, slot: int) -> pd.DataFrame:
    span: Span = calendar.member_quarters
    ids = people.member_id[told.member]
    at = np.full(len(ids), len(calendar.quarters) - len(span) + quarter)
    will = branches.at(told.branch, at, Trouble.SERVICE) + zeal_of(ids) // 2 - 800
    old = (calendar.today - people.birth[told.member]) > 27_400
    chosen: Truth = below(1000, "service", ids, quarter, slot) < np.clip(_SLOTS[slot] + will * 45 // 100 - old * 160, 0, 960)
    day = span.first[quarter] + 30 * ((slot + below(3, "service/month", ids, quarter)) % 3) + below(29, "service/day", ids, quarter, slot)
    kept = chosen & (day <= calendar.today) & told.on(np.arange(len(told)), day) & people.active[told.member]
    kept &= (people.joined[told.member] <= day) & branches.reported(told.branch, day, Source.SERVICE)
    rows = np.flatnonzero(kept)
    return pd.DataFrame(
        {
            "org_id": branches.org_id[told.branch[rows]],
            "served_on": dates(day[rows]),
            "member_id": ids[rows],
            "kind": coded(below(len(_SERVICES), "service/kind", ids[rows], day[rows]), _SERVICES),
            "minutes": 30 * (2 + below(5, "service/minutes", ids[rows], day[rows])),
        }
    )
