"""What is decided about branches and members: honours, deductions, exemptions, star ratings, reviews and talks."""

import numpy as np
import pandas as pd

from domain.rules import ELECTION_TERM, ORG_SIZE, duty_rule
from domain.settings import Settings
from domain.stars import stars
from domain.vocabulary import Duty, HonourLevel, ReviewResult
from seed.branches import Branches, Trouble
from seed.calendar import NEVER, Calendar, dates
from seed.columns import coded, optional
from seed.draws import Truth, Whole, below, chance, pick
from seed.meetings import Meetings
from seed.members import Members, Stays
from seed.posts import Posts

_LEVELS = list(HonourLevel)
_POINTS = np.array([5, 3, 2, 1])
_ORGANISATIONS_HONOURED, _MEMBERS_HONOURED = 760, 75  # of 10,000 a year
_LEVEL_SHARES = (3, 40, 250, 707)
_TITLES = ("全国先进基层党组织", "省先进基层党组织", "市先进基层党组织", "县（市、区）先进基层党组织")
_MEMBER_TITLES = ("全国优秀共产党员", "省优秀共产党员", "市优秀共产党员", "县（市、区）优秀共产党员")
_COURSE_TITLES = ("入选全国优秀党课", "入选省级优秀党课", "入选市级优秀党课", "入选县级优秀党课")
_REASONS = ("信访事项办理不力", "安全生产责任不落实", "民主评议工作不规范", "党员受到党纪处分", "巡察整改不到位")
_VETO = "发生严重违纪违法案件"
_EXEMPT = (
    (ELECTION_TERM, "行政区划调整，换届工作统一部署"),
    (ORG_SIZE, "上级党委批准维持现有组织设置"),
    (duty_rule(Duty.THEME_DAY), "办公场所搬迁，活动场地暂缺"),
    (duty_rule(Duty.COMMITTEE_MEETING), "支委会成员调整，新一届委员会尚未选出"),
    (duty_rule(Duty.GROUP_MEETING), "多数党员外出务工，党小组合并活动"),
)
_SOON = 182  # days


def honour_rows(branches: Branches, people: Members, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `honour` without ids: about one branch in twenty a year, the good ones more, and single members."""
    parts = []
    for year in range(len(calendar.years)):
        first = int(calendar.years.first[year])
        rows = np.arange(len(branches))
        good = np.clip(branches.quality[:, -1] - 560, 20, 420) * _ORGANISATIONS_HONOURED // 240
        honoured = np.flatnonzero(chance(good, "honour", branches.org_id, year))
        parts.append(_honours(branches, rows[honoured], None, people, first, year))
        able = (people.status == 0) & people.active
        member = np.flatnonzero(able & chance(_MEMBERS_HONOURED, "honour/member", people.member_id, year))
        parts.append(_honours(branches, people.branch[member], member, people, first, year))
    table = pd.concat(parts, ignore_index=True)
    days = table["awarded_on"].to_numpy(dtype="datetime64[D]").astype(np.int64)
    kept = (days >= calendar.start) & (days <= calendar.today) & branches.lived(table["branch"].to_numpy(), days)
    return table[kept].drop(columns="branch").sort_values(["org_id", "awarded_on"], ignore_index=True, kind="stable")


def _honours(branches: Branches, branch: Whole, member: Whole | None, people: Members, first: int, year: int) -> pd.DataFrame:
    key = branches.org_id[branch] if member is None else people.member_id[member]
    level = pick(_LEVEL_SHARES, "honour/level", key, year)
    course = chance(2_800, "honour/course", key, year)
    titles = np.array([*(_TITLES if member is None else _MEMBER_TITLES), *_COURSE_TITLES], dtype=object)
    day = np.where(course, first + 60 + below(280, "honour/day", key, year), first + 165 + below(30, "honour/day", key, year))
    return pd.DataFrame(
        {
            "branch": branch,
            "org_id": branches.org_id[branch],
            "member_id": optional(key, np.full(len(key), member is not None)),
            "level": coded(level, HonourLevel),
            "kind": coded(course.astype(np.int64), ("honour", "shared_course")),
            "title": titles[level + np.where(course, len(_LEVELS), 0)],
            "awarded_on": dates(day),
            "points": _POINTS[level],
        }
    )


def deduction_rows(branches: Branches, people: Members, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `deduction` without ids; one in twelve is a veto item."""
    parts = []
    for quarter in range(len(calendar.quarters)):
        bad = np.clip(820 - branches.quality[:, quarter], 15, 400) // 3
        rows = np.flatnonzero(chance(bad, "deduction", branches.org_id, quarter) & (branches.size > 0))
        org = branches.org_id[rows]
        day = calendar.quarters.first[quarter] + below(88, "deduction/day", org, quarter)
        veto = chance(800, "deduction/veto", org, quarter)
        reason = np.array([*_REASONS, _VETO], dtype=object)
        parts.append(
            pd.DataFrame(
                {
                    "org_id": org,
                    "reason": reason[np.where(veto, len(_REASONS), below(len(_REASONS), "deduction/reason", org, quarter))],
                    "happened_on": dates(day),
                    "points": np.where(veto, 10, 2 + below(5, "deduction/points", org, quarter)),
                    "veto": veto,
                }
            )[(day <= calendar.today) & (day > branches.founded[rows]) & (day <= branches.dissolved[rows])]
        )
    return pd.concat(parts, ignore_index=True).sort_values(["org_id", "happened_on"], ignore_index=True)


def exemption_rows(branches: Branches, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `exemption` without ids.

    Some branches whose term is ending or whose size is unusual have one in force; a few others have one for a duty, mostly ended.
    """
    ending = (branches.term_ends < calendar.today + _SOON) & chance(900, "exemption/term", branches.org_id)
    unusual = ((branches.size < 3) | (branches.size > 50)) & chance(5_000, "exemption/size", branches.org_id)
    other = chance(80, "exemption", branches.org_id)
    rows = np.flatnonzero((ending | unusual | other) & (branches.size > 0))
    org = branches.org_id[rows]
    kind = np.select([ending[rows], unusual[rows]], [0, 1], 2 + below(len(_EXEMPT) - 2, "exemption/rule", org))
    ended = (kind > 1) & chance(6_000, "exemption/ended", org)
    start = np.maximum(calendar.today - np.where(ended, 300, 80) - below(60, "exemption/from", org), branches.founded[rows])
    length = np.where(ended, 90, 170) + below(80, "exemption/days", org)
    return pd.DataFrame(
        {
            "org_id": org,
            "rule_id": coded(kind, [rule for rule, _ in _EXEMPT]),
            "reason": coded(kind, [reason for _, reason in _EXEMPT]),
            "approved_by": "上级党委组织部门",
            "from_on": dates(start),
            "to_on": dates(start + length),
        }
    )


def star_rows(branches: Branches, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `star_rating`: final for years that have ended, self-assessed and partly reviewed before."""
    parts = []
    for year, code in enumerate(calendar.years.codes):
        last = int(min(calendar.years.last[year], calendar.today))
        quarter = int(calendar.quarter_of(np.array([last]))[0])
        running = calendar.years.last[year] > calendar.today
        taking = (branches.founded < last - 200) & (branches.dissolved > last) & ~chance(200, "star/absent", branches.org_id, year)
        rows = np.flatnonzero(taking)
        org = branches.org_id[rows]
        every = branches.at(rows, np.full(len(rows), quarter), Trouble.EVERYTHING)
        every = every + 22 * (len(calendar.quarters) - 1 - quarter)  # stars are given among the branches of their year
        final = np.clip(every // 10 + 2 + below(9, "star/final", org, year), 35, 99) * 10 + below(10, "star/tenth", org, year)
        review = final + 10 * (below(5, "star/review", org, year) - 1)
        own = np.minimum(review + 10 * below(6, "star/self", org, year), 1000)
        reviewed = ~running | chance(4_500, "star/reviewed", org)
        assessed = ~running | chance(8_200, "star/assessed", org) | reviewed
        part = pd.DataFrame(
            {
                "org_id": org,
                "year": int(code),
                "self_score": np.where(assessed, own / 10, np.nan),
                "review_score": np.where(reviewed, np.minimum(review, 1000) / 10, np.nan),
                "final_score": np.where(~running, final / 10, np.nan),
            }
        )
        codes = [branches.codes[row] for row in rows]
        rated = stars(part.assign(org_code=codes, committee_id=branches.committee[rows], veto=False), Settings())
        part["stars"] = rated["stars"].to_numpy()
        parts.append(part[assessed])
    return pd.concat(parts, ignore_index=True).sort_values(["org_id", "year"], ignore_index=True)


def review_rows(held: Meetings, branches: Branches, people: Members, told: Stays, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `review` (民主评议): everybody who belonged to a branch on the day of its review meeting."""
    kind = list(Duty).index(Duty.REVIEW)
    parts = []
    for year, code in enumerate(calendar.years.codes):
        meetings = np.flatnonzero((held.kind == kind) & (np.array(held.period, dtype=object)[held.period_at] == code))
        day = np.full(len(branches), NEVER)
        day[held.branch[meetings]] = held.held[meetings]
        on = day[told.branch]
        rows = np.flatnonzero(
            (on < NEVER) & told.on(np.arange(len(told)), on) & (people.joined[told.member] < on) & people.active[told.member]
        )
        ids = people.member_id[told.member[rows]]
        result = pick((235, 730, 28, 7), "review", ids, year)
        parts.append(
            pd.DataFrame(
                {"member_id": ids, "year": int(code), "org_id": branches.org_id[told.branch[rows]], "result": coded(result, ReviewResult)}
            )
        )
    table = pd.concat(parts, ignore_index=True).drop_duplicates(["member_id", "year"])
    return table.sort_values(["member_id", "year"], ignore_index=True)


def talk_rows(branches: Branches, posts: Posts, people: Members, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `talk` without ids: yearly, of the secretary with each other committee member, most of them held."""
    parts = []
    other = np.flatnonzero((posts.order > 0) & (posts.order < 4))
    lonely = np.flatnonzero((posts.counts == 1)[posts.branch])
    with_member, branch = posts.member[other], posts.branch[other]
    secretary = posts.secretary[branch]
    for year in range(len(calendar.years)):
        first = calendar.years.first[year]
        ready = branches.at(branch, np.full(len(branch), int(calendar.quarter_of(np.array([first + 200]))[0])), Trouble.MEETINGS)
        held = chance(np.clip(5_200 + ready * 5, 2_500, 9_850), "talk", branches.org_id[branch], year)
        day = first + 20 + below(340, "talk/day", people.member_id[with_member], year)
        parts.append(_talks(branches, people, branch, secretary, with_member, day, held, calendar))
        alone = posts.branch[lonely]
        day = first + 20 + below(340, "talk/alone", branches.org_id[alone], year)
        held = chance(8_800, "talk/alone held", branches.org_id[alone], year)
        parts.append(_talks(branches, people, alone, posts.member[lonely], np.full(len(alone), -1), day, held, calendar))
    return pd.concat(parts, ignore_index=True).sort_values(["org_id", "held_on"], kind="stable", ignore_index=True)


def _talks(
    branches: Branches, people: Members, branch: Whole, by: Whole, with_whom: Whole, day: Whole, held: Truth, calendar: Calendar
) -> pd.DataFrame:
    kept = held & (day >= calendar.start) & (day <= calendar.today) & branches.lived(branch, day)
    return pd.DataFrame(
        {
            "org_id": branches.org_id[branch],
            "by_member_id": people.member_id[by],
            "with_member_id": optional(people.member_id[with_whom], with_whom >= 0),
            "held_on": dates(day),
        }
    )[kept]
