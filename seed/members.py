"""Members of a block of branches: who they are, since when they have been in the Party, and where they belonged when."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.vocabulary import DuesCategory, MemberStatus, Occupation, Sex
from seed.branches import Branches, Trouble
from seed.calendar import NEVER, Calendar, dates, months_later
from seed.columns import coded, optional
from seed.draws import Truth, Whole, below, chance, pick, pick_by
from seed.people import AGES, EDUCATIONS, ERAS, ETHNICITIES, OCCUPATIONS, Profile, names

_YEAR = 1461  # days of four years
_MOVED = 140  # of 10,000 came from another branch in the two years
_ARRIVED = 160  # from outside
_LEAVING = 35  # have a transfer under way
_GONE = 26  # of 1,000 left or died in the two years
_FLOATING, _LOST = (140, 420), 14  # of 10,000; floating elsewhere and in villages
_FULL, _PROBATIONARY, _LEFT, _ENDED = range(4)
_STUDENT, _FARMER = OCCUPATIONS.index(Occupation.STUDENT), OCCUPATIONS.index(Occupation.FARMER)
_RETIRED, _OTHER = OCCUPATIONS.index(Occupation.RETIRED), OCCUPATIONS.index(Occupation.OTHER)


@dataclass(repr=False)
class Members:
    """The members of one block as parallel arrays; `branch` is the row of the present (or last) branch in the block."""

    member_id: Whole
    branch: Whole
    status: Whole  # position in MemberStatus
    woman: Truth
    birth: Whole
    occupation: Whole
    education: Whole
    joined: Whole
    full: Whole  # NEVER while probationary
    category: Whole  # position in DuesCategory
    floating: Truth
    lost: Truth

    def __len__(self) -> int:
        return len(self.member_id)

    @property
    def active(self) -> Truth:
        """True for those who are expected at meetings: neither floating nor out of contact."""
        return ~self.floating & ~self.lost


@dataclass(repr=False)
class Stays:
    """When a member belonged to a branch: rows of the block's members and branches, first and last day (NEVER: still)."""

    member: Whole
    branch: Whole
    first: Whole
    last: Whole

    def __len__(self) -> int:
        return len(self.member)

    def on(self, rows: Whole, days: Whole) -> Truth:
        """True where the stay covers a day."""
        return (self.first[rows] <= days) & (days <= self.last[rows])

    def of_branches(self, count: int) -> tuple["Stays", Whole, Whole]:
        """Return the stays sorted by branch, with the first row and the number of each branch's."""
        order = np.lexsort((self.member, self.branch))
        ordered = Stays(self.member[order], self.branch[order], self.first[order], self.last[order])
        counts = np.bincount(ordered.branch, minlength=count)
        return ordered, np.cumsum(counts) - counts, counts


def members(branches: Branches, first_id: int, profile: Profile, calendar: Calendar) -> Members:
    """Draw the members of a block; ids begin with `first_id`, branch by branch, those who have gone at the end."""
    gone = (branches.size * _GONE + below(1000, "member/gone", branches.org_id)) // 1000
    rows = np.concatenate([np.repeat(np.arange(len(branches)), count) for count in (branches.size, gone)])
    ids = first_id + np.arange(len(rows))
    here = np.arange(len(rows)) < branches.size.sum()
    occupation = pick_by(profile.occupation, branches.sector[rows], "member/occupation", ids)
    age_class = pick_by(profile.age, occupation, "member/age", ids)
    birth = _births(ids, age_class, occupation, calendar)
    joined = _joined(ids, birth, pick_by(profile.era, age_class, "member/era", ids), calendar)
    small = branches.size[rows] < 5  # three full members at least
    shift = np.where(small & (joined > calendar.today - 500), 900, 0)
    birth, joined = birth - shift, joined - shift
    full = _full(ids, joined)
    probationary = full > calendar.today
    ended = np.where(chance(4_500, "member/ended", ids), _ENDED, _LEFT)
    lost = here & chance(_LOST, "member/lost", ids)
    paying = np.select([occupation == _RETIRED, occupation == _FARMER, occupation == _STUDENT], [1, 2, 3], 0)
    return Members(
        ids,
        rows,
        np.where(~here, ended, np.where(probationary, _PROBATIONARY, _FULL)),
        pick_by(profile.woman, occupation, "member/sex", ids) == 1,
        birth,
        occupation,
        pick_by(profile.education, occupation * 2 + (age_class >= 5), "member/education", ids),
        joined,
        np.where(probationary, NEVER, full),
        np.where((occupation == _OTHER) & chance(4_000, "member/income", ids), 4, paying),
        here & ~lost & chance(np.where(branches.rural[rows], _FLOATING[1], _FLOATING[0]), "member/floating", ids),
        lost,
    )


def _births(ids: Whole, age_class: Whole, occupation: Whole, calendar: Calendar) -> Whole:
    lowest = np.array([low for low, _ in AGES])[age_class]
    highest = np.array([high for _, high in AGES])[age_class]
    lowest = np.where(age_class == 0, 22, lowest)  # nobody joins before 21: the way there takes three years from eighteen
    highest = np.where((age_class == 0) & (occupation == _STUDENT), 26, highest)
    age = lowest + below(highest - lowest + 1, "member/years", ids)
    return calendar.today - age * _YEAR // 4 - below(365, "member/days", ids)


def _joined(ids: Whole, birth: Whole, era: Whole, calendar: Calendar) -> Whole:
    """Return the day of the branch meeting that accepted: in the era drawn, at 21 or older, as a rule by 42."""
    begins = np.array([np.datetime64(day).astype("datetime64[D]").astype(np.int64) for day in ERAS])
    ends = np.append(begins[1:], calendar.today + 1)
    adult, grown = birth + 21 * _YEAR // 4, birth + (23 + below(20, "member/grown", ids)) * _YEAR // 4
    first = np.maximum(begins[era], adult)
    last = np.where(grown > first + 200, np.minimum(ends[era], grown), ends[era])
    first = np.where(last > first, first, adult)  # the era was drawn for somebody too young for it
    last = np.where(last > first, last, np.minimum(adult + 3000, calendar.today + 1))
    span = np.maximum(last - first, 1)
    lapse = below(span, "member/joined", ids)
    early = chance(6_000, "member/early", ids)  # most join soon after they can: as many recruits a year as the nation has
    lapse = np.where(early, np.minimum(lapse, below(span, "member/joined early", ids)), lapse)
    return np.minimum(first + lapse, calendar.today - 1)


def _full(ids: Whole, joined: Whole) -> Whole:
    """Return the day of becoming a full member: within a month after the year of probation, late for some, extended for few."""
    late = np.where(chance(640, "member/late", ids), 32 + below(120, "member/late by", ids), extension(ids))
    return months_later(joined, 12) + np.where(late > 0, late, below(26, "member/lag", ids))


def extension(ids: Whole) -> Whole:
    """Return by how many days each member's probation is extended once it has run out; 0 for almost all."""
    return np.where(chance(300, "member/extended", ids), 184 + below(150, "member/extended by", ids), 0)


def stays(people: Members, branches: Branches, calendar: Calendar) -> tuple[Stays, pd.DataFrame]:
    """Return where everybody belonged when, and the transfers behind it (transfer rows without ids).

    A few came from another branch of the block, a few from outside; those who have gone have a last day. The newest branch
    filled from outside on the day it was founded; the members of the dissolved one moved to the branch before it.
    """
    count, ids, today = len(people), people.member_id, calendar.today
    here = people.status <= _PROBATIONARY
    newest = branches.founded[people.branch] > calendar.quarters.first[-1]
    begun = np.maximum(people.joined, branches.founded[people.branch])
    arrival = calendar.start + 20 + below(today - calendar.start - 30, "stay/arrival", ids)
    settled = here & (arrival > begun + 90) & ~newest
    kind = below(10_000, "stay/kind", ids)
    arrived = (settled & (kind < _ARRIVED)) | (newest & (people.joined < branches.founded[people.branch]))
    moved = settled & (kind >= _ARRIVED) & (kind < _ARRIVED + _MOVED)
    arrival = np.where(newest, branches.founded[people.branch], arrival)

    former = (people.branch + 1 + below(max(1, len(branches) - 1), "stay/former", ids)) % len(branches)
    refuge, gone = _dissolution(branches)
    if gone >= 0:
        fled = np.flatnonzero(here & (people.branch == refuge) & (people.joined < branches.dissolved[gone] - 300))[:6]
        moved[fled], arrived[fled] = True, False
        former[fled], arrival[fled] = gone, branches.dissolved[gone] + 1
    moved &= (branches.founded[former] < arrival - 60) & (
        (branches.dissolved[former] == NEVER) | (former == gone) & (arrival > today - 200)
    )
    first = np.where(moved | arrived, arrival, begun)
    departure = calendar.start + 40 + below(today - calendar.start - 60, "stay/departure", ids)
    last = np.where(here, NEVER, np.minimum(np.maximum(departure, begun + 30), today))
    earlier = np.flatnonzero(moved)
    begun_before = np.maximum(people.joined[earlier], branches.founded[former[earlier]])
    told = Stays(
        np.concatenate([earlier, np.arange(count)]),
        np.concatenate([former[earlier], people.branch]),
        np.concatenate([np.minimum(begun_before, arrival[earlier] - 30), first]),
        np.concatenate([arrival[earlier] - 1, last]),
    )
    return told, _transfers(people, branches, (moved, arrived, former, arrival, last), today)


def _dissolution(branches: Branches) -> tuple[int, int]:
    """Return the rows of the branch that took the members of a dissolved one, and of that; −1 where none was dissolved."""
    gone = np.flatnonzero(branches.dissolved < NEVER)
    return (int(gone[0]) - 1, int(gone[0])) if len(gone) else (-1, -1)


def _transfers(people: Members, branches: Branches, told: tuple[Truth, Truth, Whole, Whole, Whole], today: int) -> pd.DataFrame:
    moved, arrived, former, arrival, last = told
    ids, here = people.member_id, people.status <= _PROBATIONARY
    waiting = here & ~moved & ~arrived & chance(_LEAVING, "transfer/waiting", ids)
    onward = branches.org_id[(people.branch + 1 + below(max(1, len(branches) - 1), "transfer/onward", ids)) % len(branches)]
    outward = waiting & chance(4_000, "transfer/outward", ids)
    days = 6 + below(50, "transfer/days", ids)
    outside, still = np.zeros(len(ids), dtype=np.int64), np.full(len(ids), NEVER)
    own = branches.org_id[people.branch]
    parts = []
    for rows, source, target, finished in (
        (arrived, outside, own, arrival),
        (moved, branches.org_id[former], own, arrival),
        (people.status == _LEFT, own, outside, last),
        (waiting & ~outward, own, onward, still),
        (outward, own, outside, still),
    ):
        these = np.flatnonzero(rows)
        begun = np.where(finished[these] < NEVER, finished[these], today) - days[these]
        parts.append(
            pd.DataFrame(
                {
                    "member_id": ids[these],
                    "from_org_id": optional(source[these], source[these] > 0),
                    "to_org_id": optional(target[these], target[these] > 0),
                    "started_on": dates(begun),
                    "finished_on": dates(finished[these]),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def member_rows(people: Members, branches: Branches, profile: Profile, groups: Whole) -> pd.DataFrame:
    """Return the rows of table `member`; `groups` holds each member's group id, 0 for none."""
    young = people.birth > 3_650  # born in the eighties or later
    ids, careless = people.member_id, np.where(branches.trouble[people.branch] == Trouble.EVERYTHING, 900, 45)

    def known(field: str) -> Truth:
        return ~chance(careless, f"member/no {field}", ids)

    return pd.DataFrame(
        {
            "member_id": people.member_id,
            "org_id": branches.org_id[people.branch],
            "group_id": optional(groups, groups > 0),
            "name": names(people.member_id, people.woman, young, "member/name"),
            "sex": coded(people.woman.astype(np.int64), Sex),
            "birth_on": dates(np.where(known("birth"), people.birth, NEVER)),
            "ethnicity": coded(np.where(known("ethnicity"), pick(profile.ethnicity, "member/ethnicity", ids), -1), ETHNICITIES),
            "education": coded(np.where(known("education"), people.education, -1), EDUCATIONS),
            "occupation": coded(np.where(known("occupation"), people.occupation, -1), OCCUPATIONS),
            "joined_on": dates(people.joined),
            "full_on": dates(people.full),
            "status": coded(people.status, MemberStatus),
            "dues_category": coded(people.category, DuesCategory),
            "floating": people.floating,
            "lost_contact": people.lost,
        }
    )


def membership_rows(told: Stays, people: Members, branches: Branches) -> pd.DataFrame:
    """Return the rows of table `membership`."""
    return pd.DataFrame(
        {
            "member_id": people.member_id[told.member],
            "from_on": dates(told.first),
            "org_id": branches.org_id[told.branch],
            "to_on": dates(told.last),
        }
    )
