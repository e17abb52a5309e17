"""Meetings of organisation life (三会一课), and who attended: on time, late, missed, with quorum and without."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.vocabulary import Duty, Presence, Source
from seed.branches import Branches, Trouble
from seed.calendar import Calendar, Span, dates
from seed.columns import coded, optional
from seed.draws import Truth, Whole, below, chance
from seed.members import Members, Stays
from seed.posts import Groups, Posts

_KINDS = list(Duty)
_ATTENDED = (Duty.GENERAL_MEETING, Duty.LECTURE, Duty.THEME_DAY, Duty.LIFE_MEETING)  # members are ticked off one by one
_TOPICS = {
    Duty.GENERAL_MEETING: ("传达上级精神", "讨论接收党员", "通报支部工作", "表决有关事项"),
    Duty.LECTURE: ("书记讲党课", "先进事迹报告", "党章党规辅导", "微党课展播"),
    Duty.THEME_DAY: ("重温入党誓词", "志愿服务", "红色旧址学习", "学习交流", "结对帮扶"),
    Duty.LIFE_MEETING: ("组织生活会",),
    Duty.REVIEW: ("民主评议党员",),
}


@dataclass(repr=False)
class Meetings:
    """Meetings of a block as parallel arrays, in the order of their ids."""

    branch: Whole
    group: Whole  # id, 0 for none
    kind: Whole  # position in Duty
    period: list[str]
    period_at: Whole  # position in `period`
    held: Whole
    expected: Whole
    attended: Whole

    def __len__(self) -> int:
        return len(self.branch)

    def rows(self, branches: Branches, first_id: int) -> pd.DataFrame:
        """Return the rows of table `meeting`; routine meetings have no topic."""
        topics = [topic for kind in _KINDS for topic in _TOPICS.get(kind, ())]
        offset = np.array([topics.index(_TOPICS[kind][0]) if kind in _TOPICS else -1 for kind in _KINDS])
        width = np.array([len(_TOPICS.get(kind, ("",))) for kind in _KINDS])
        drawn = below(width[self.kind], "meeting/topic", branches.org_id[self.branch], self.held)
        return pd.DataFrame(
            {
                "meeting_id": first_id + np.arange(len(self)),
                "org_id": branches.org_id[self.branch],
                "group_id": optional(self.group, self.group > 0),
                "kind": coded(self.kind, Duty),
                "period": coded(self.period_at, self.period),
                "held_on": dates(self.held),
                "expected": self.expected,
                "attended": self.attended,
                "topic": coded(np.where(offset[self.kind] < 0, -1, offset[self.kind] + drawn), topics),
            }
        )


def meetings(
    branches: Branches, people: Members, told: Stays, posts: Posts, groups: Groups, calendar: Calendar
) -> tuple[Meetings, pd.DataFrame]:
    """Draw all meetings of a block, and the attendance (meeting: position; member_id; presence) since members are ticked off."""
    held = _held(branches, posts, groups, calendar)
    expected, attendance = _expected(held, branches, people, told, posts, groups, calendar)
    held.expected = expected
    quarter = calendar.quarter_of(held.held)
    rate = 180 + branches.at(held.branch, quarter, Trouble.MEETINGS) * 85 // 100
    rate = np.where(held.kind == _KINDS.index(Duty.COMMITTEE_MEETING), rate + 60, rate)
    noise = below(121, "meeting/rate", branches.org_id[held.branch], held.held, held.kind) - 60
    share = np.clip(rate + noise, 250, 1000)
    held.attended = (expected * share + below(1000, "meeting/rounding", branches.org_id[held.branch], held.held, held.kind)) // 1000
    ticked = np.bincount(attendance["meeting"], minlength=len(held))
    present = np.bincount(attendance["meeting"][attendance["present"]], minlength=len(held))
    held.attended = np.minimum(np.where(ticked > 0, present, held.attended), expected)
    return held, attendance


def _held(branches: Branches, posts: Posts, groups: Groups, calendar: Calendar) -> Meetings:
    """Lay out every duty of every branch and draw whether and when it was held."""
    every = np.arange(len(branches))
    whole = np.zeros(len(branches), dtype=np.int64)  # not a group's
    committee = np.flatnonzero(posts.has_committee)
    parts = [
        _kind(Duty.GENERAL_MEETING, every, whole, calendar.quarters, branches, calendar),
        _kind(Duty.COMMITTEE_MEETING, committee, whole[committee], calendar.months, branches, calendar),
        _kind(Duty.GROUP_MEETING, groups.branch, groups.group_id, calendar.months, branches, calendar),
        _kind(Duty.LECTURE, every, whole, calendar.quarters, branches, calendar),
        _kind(Duty.THEME_DAY, every, whole, calendar.months, branches, calendar),
        _kind(Duty.LIFE_MEETING, every, whole, calendar.years, branches, calendar),
        _kind(Duty.REVIEW, every, whole, calendar.years, branches, calendar),
    ]
    branch, group, kind, period, day = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((group, kind, day, branch))
    zero = np.zeros(len(order), dtype=np.int64)
    return Meetings(branch[order], group[order], kind[order], calendar.codes, period[order], day[order], zero, zero)


def _kind(
    duty: Duty, rows: Whole, group: Whole, span: Span, branches: Branches, calendar: Calendar
) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    """Return (branch, group, kind, position of the period, day) of the meetings of one kind that were held."""
    number = _KINDS.index(duty)
    branch = np.repeat(rows, len(span))
    groups = np.repeat(group, len(span))
    period = np.tile(np.arange(len(span)), len(rows))
    key = (branches.org_id[branch], number, period, groups)
    first, last = span.first[period], span.last[period]
    quality = branches.at(branch, calendar.quarter_of(last), Trouble.MEETINGS)
    together = np.where(chance(9_600, "meeting/group", *key), 0, groups)  # the groups of a branch mostly fare alike
    luck = below(1000, "meeting/luck", *key[:-1], together)
    held_on_time = np.clip(560 + quality // 2, 300, 993)
    late = (luck >= held_on_time) & (luck < held_on_time + (1000 - held_on_time) * 45 // 100)
    day = np.where(late, last + 1 + below(38, "meeting/late", *key), _planned(duty, branch, first, last, branches, key))
    done = (luck < held_on_time) | late
    done &= (day <= calendar.today) & (first >= calendar.start - 300) & (day >= calendar.start)
    done &= branches.lived(branch, day) & (branches.founded[branch] < first + (last - first) // 2)
    done &= branches.reported(branch, day, Source.MEETINGS)
    kept = np.flatnonzero(done)
    return branch[kept], groups[kept], np.full(len(kept), number), calendar.place_of(span) + period[kept], day[kept]


def _planned(duty: Duty, branch: Whole, first: Whole, last: Whole, branches: Branches, key: tuple[Whole | int, ...]) -> Whole:
    """Return the day that a meeting is planned for: a fixed day for theme days, the year's end for yearly ones."""
    org = branches.org_id[branch]
    match duty:
        case Duty.THEME_DAY:
            fixed = 4 + below(20, "meeting/fixed day", org)
            return first + fixed + np.where(chance(1_500, "meeting/moved", *key), below(4, "meeting/by", *key), 0)
        case Duty.COMMITTEE_MEETING | Duty.GROUP_MEETING:
            return first + 2 + below(22, "meeting/day", *key)
        case Duty.LIFE_MEETING | Duty.REVIEW:
            return last - 62 + below(60, "meeting/year's end", org, first)  # the review follows from the same meeting
        case _:
            return first + 8 + below(78, "meeting/day", *key)


def _expected(
    held: Meetings, branches: Branches, people: Members, told: Stays, posts: Posts, groups: Groups, calendar: Calendar
) -> tuple[Whole, pd.DataFrame]:
    """Return how many were expected at each meeting, and the attendance where members are ticked off."""
    ordered, starts, counts = told.of_branches(len(branches))
    active = people.active[ordered.member]
    kinds = held.kind
    expected = np.zeros(len(held), dtype=np.int64)
    committee = kinds == _KINDS.index(Duty.COMMITTEE_MEETING)
    expected[committee] = posts.counts[held.branch[committee]]
    grouped = held.group > 0
    if grouped.any():
        first_group = int(groups.group_id[0])
        sizes = np.bincount(groups.of_member[(groups.of_member > 0) & people.active] - first_group, minlength=len(groups.group_id))
        expected[grouped] = sizes[held.group[grouped] - first_group]
    whole = np.flatnonzero(~committee & ~grouped)
    single = np.isin(kinds[whole], [_KINDS.index(kind) for kind in _ATTENDED]) & (held.held[whole] >= calendar.member_start)
    told_one_by_one, meeting, stay = _pairs(whole, held, ordered, starts, counts, active)
    expected[whole] = told_one_by_one
    listed = np.zeros(len(held), dtype=bool)
    listed[whole[single]] = True
    these = listed[meeting]
    return expected, _presence(meeting[these], ordered.member[stay[these]], held, branches, people, calendar)


def _pairs(whole: Whole, held: Meetings, ordered: Stays, starts: Whole, counts: Whole, active: Truth) -> tuple[Whole, Whole, Whole]:
    """Pair meetings of whole branches with the stays that cover their day: how many each, and the pairs."""
    number = counts[held.branch[whole]]
    meeting = np.repeat(whole, number)
    inside = np.arange(len(meeting)) - np.repeat(np.cumsum(number) - number, number)
    stay = np.repeat(starts[held.branch[whole]], number) + inside
    there = active[stay] & ordered.on(stay, held.held[meeting])
    meeting, stay = meeting[there], stay[there]
    return np.bincount(meeting, minlength=len(held))[whole], meeting, stay


def _presence(meeting: Whole, member: Whole, held: Meetings, branches: Branches, people: Members, calendar: Calendar) -> pd.DataFrame:
    """Draw who was present, on leave or absent: the branch's quality, the person's zeal, and years above eighty."""
    day = held.held[meeting]
    quality = branches.at(held.branch[meeting], calendar.quarter_of(day), Trouble.MEETINGS)
    zeal = zeal_of(people.member_id[member])
    old = (day - people.birth[member]) > 29_220
    rate = np.clip(180 + quality * 85 // 100 + zeal - old * 160, 150, 990)
    luck = below(1000, "attendance", people.member_id[member], held.kind[meeting], day)
    absent = luck >= rate + (1000 - rate) * 70 // 100
    mark = np.where(luck < rate, 0, np.where(absent, 2, 1))
    return pd.DataFrame({"meeting": meeting, "member_id": people.member_id[member], "presence": mark.astype(np.int8), "present": mark == 0})


def missing_now(held: Meetings, branches: Branches, calendar: Calendar) -> Truth:
    """True for branches that report meetings and missed one in the last period that ended, and have not held the next one yet."""
    missing = np.zeros(len(branches), dtype=bool)
    for duty, span in ((Duty.GENERAL_MEETING, calendar.quarters), (Duty.LECTURE, calendar.quarters), (Duty.THEME_DAY, calendar.months)):
        last = calendar.place_of(span) + len(span) - 2  # the one after it is still open
        ours = held.kind == _KINDS.index(duty)
        late = np.bincount(held.branch[ours & (held.period_at >= last)], minlength=len(branches))
        before = np.bincount(held.branch[ours & (held.period_at == last - 1)], minlength=len(branches))
        missing |= (late == 0) & (before > 0)
    return missing


def zeal_of(member_id: Whole) -> Whole:
    """Return how much better or worse (per mille) than the branch a member is, in all that members do."""
    return below(201, "zeal", member_id) - 100 - np.where(chance(500, "zeal/little", member_id), 260, 0)


def attendance_rows(attendance: pd.DataFrame, first_id: int) -> pd.DataFrame:
    """Return the rows of table `attendance`, in the order of its key."""
    return pd.DataFrame(
        {
            "meeting_id": attendance["meeting"].to_numpy() + first_id,
            "member_id": attendance["member_id"].to_numpy(),
            "presence": coded(attendance["presence"].to_numpy(), Presence),
        }
    )
