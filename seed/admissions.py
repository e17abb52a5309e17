"""Applicants on their way into the Party: at every one of the steps, some stalled, some too early, some over time."""

import numpy as np
import pandas as pd

from domain.admission import PROBATION_EXTENSION, STEPS
from domain.vocabulary import Sex
from seed.branches import Branches
from seed.calendar import NEVER, Calendar, dates, months_later
from seed.columns import coded, optional
from seed.draws import Truth, Whole, below, chance, pick
from seed.members import Members, extension
from seed.people import names
from seed.statistics import published

_CODES = list(STEPS)
_VOTE, _ARCHIVE = _CODES.index("probation_vote"), _CODES.index("archive")
_ACTIVIST, _CANDIDATE = _CODES.index("activist"), _CODES.index("candidate")
_TRAINING, _NOTICE = _CODES.index("training"), _CODES.index("public_notice")
_CONVERSION = _CODES.index("conversion_vote")
_OBSERVATION, _PROBATION_OBSERVATION = _CODES.index("observation"), _CODES.index("probation_observation")
_REPEATED = {_OBSERVATION: _ACTIVIST, _PROBATION_OBSERVATION: _PROBATION_OBSERVATION - 1}  # half-yearly steps, and what they count from
_HALF_YEAR = 168  # days between reviews, so that none is late by accident

# Usual days from the step before: least, and how many more at most. Repeated steps are laid between their neighbours.
_GAPS = {
    "application": (0, 1),
    "first_talk": (6, 22),
    "activist": (60, 180),
    "activist_filing": (8, 25),
    "mentors": (3, 15),
    "observation": (0, 1),
    "candidate": (372, 120),
    "candidate_filing": (8, 25),
    "sponsors": (3, 15),
    "political_review": (15, 40),
    "training": (10, 40),
    "public_notice": (10, 30),
    "branch_review": (9, 8),
    "pre_approval": (7, 20),
    "application_form": (3, 8),
    "probation_vote": (5, 20),
    "superior_talk": (8, 25),
    "probation_approval": (5, 30),
    "org_dept_filing": (5, 20),
    "group_placement": (3, 12),
    "oath": (5, 60),
    "probation_observation": (0, 1),
    "conversion_application": (0, 1),
    "conversion_vote": (0, 1),
    "conversion_approval": (12, 50),
    "archive": (10, 40),
}
_ODD = {"talk": 70, "early": 25, "training": 30, "notice": 20, "approval": 45, "review": 50, "stalled": 90}  # per mille


def applicants(branches: Branches, people: Members, calendar: Calendar, first_id: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of tables `applicant` and `admission_step` of a block.

    Everybody accepted since the history began has a way of steps behind him that ends with his membership; applicants who are
    not members yet stand at one of the earlier steps, as many as the national figures let expect.
    """
    accepted = np.flatnonzero((people.joined >= calendar.start) & (people.status <= 1))
    waiting_branch, waiting_step = _waiting(branches, calendar)
    count = len(accepted) + len(waiting_branch)
    ids = first_id + np.arange(count)
    branch = np.concatenate([people.branch[accepted], waiting_branch])
    reached = np.concatenate([np.full(len(accepted), _ARCHIVE), waiting_step])
    days = _days(ids, reached, np.concatenate([people.joined[accepted], np.full(len(waiting_branch), NEVER)]), calendar)
    _convert(days[: len(accepted)], people.full[accepted], ids[: len(accepted)])
    woman = np.concatenate([people.woman[accepted], below(1000, "applicant/sex", ids[len(accepted) :]) < 460])
    birth = np.concatenate([people.birth[accepted], days[len(accepted) :, 0] - 6_640 - below(5_500, "applicant/age", ids[len(accepted) :])])
    ended = (np.arange(count) >= len(accepted)) & chance(200, "applicant/ended", ids)
    last = np.where(days <= calendar.today, days, 0).max(axis=1)
    told = np.empty(count, dtype=object)
    told[len(accepted) :] = names(ids[len(accepted) :], woman[len(accepted) :], birth[len(accepted) :] > 3_650, "applicant/name")
    told[: len(accepted)] = names(people.member_id[accepted], people.woman[accepted], people.birth[accepted] > 3_650, "member/name")
    members = np.concatenate([people.member_id[accepted], np.zeros(len(waiting_branch), dtype=np.int64)])
    table = pd.DataFrame(
        {
            "applicant_id": ids,
            "org_id": branches.org_id[branch],
            "member_id": optional(members, members > 0),
            "name": told,
            "sex": coded(woman.astype(np.int64), Sex),
            "birth_on": dates(birth),
            "applied_on": dates(days[:, 0]),
            "ended_on": dates(np.where(ended, np.minimum(last + 60, calendar.today), NEVER)),
        }
    )
    return table, _step_rows(days, ids, _extensions(people, accepted, calendar), calendar)


def _waiting(branches: Branches, calendar: Calendar) -> tuple[Whole, Whole]:
    """Return the branch and the last step reached of applicants who are not members: per mille of members as published."""
    members = published("national", "党员总数")
    activists = published("national", "入党积极分子") / members
    plain = published("national", "入党申请人") / members - activists
    parts = []
    for name, share, steps, weights in (
        ("plain", plain, (0, 1), (10, 90)),
        ("activist", activists, tuple(range(_ACTIVIST, _VOTE)), (6, 5, 12, 50, 5, 4, 4, 5, 5, 3, 2, 2, 3)),
    ):
        wanted = branches.size * int(share * 10_000) + below(10_000, f"applicant/{name}", branches.org_id)
        branch = np.repeat(np.arange(len(branches)), wanted // 10_000)
        serial = np.arange(len(branch))
        step = np.array(steps)[pick(weights, f"applicant/{name} step", branches.org_id[branch], serial)]
        parts.append((branch, step))
    return np.concatenate([parts[0][0], parts[1][0]]), np.concatenate([parts[0][1], parts[1][1]])


def _days(ids: Whole, reached: Whole, accepted: Whole, calendar: Calendar) -> Whole:
    """Return the day of every step (applicants × steps; NEVER where it was not reached), going back from the last one.

    `accepted` is the day of the branch meeting for members, NEVER for the others, whose last step lies a while back.
    """
    gaps = np.stack(
        [least + below(more, "step/gap", ids, number) for number, (least, more) in enumerate(_GAPS[code] for code in _CODES)], axis=1
    )
    late = below(1000, "step/late talk", ids) < _ODD["talk"]
    gaps[:, 1] = np.where(late, 35 + below(60, "step/talk", ids), gaps[:, 1])
    early = below(1000, "step/early", ids) < _ODD["early"]
    gaps[:, _CANDIDATE] = np.where(early, 170 + below(150, "step/early by", ids), gaps[:, _CANDIDATE])
    slow = below(1000, "step/slow", ids) < _ODD["approval"]
    gaps[:, _VOTE + 2] = np.where(slow, 95 + below(90, "step/approval", ids), gaps[:, _VOTE + 2])
    ends = np.cumsum(gaps, axis=1)
    member = accepted < NEVER
    wait = _dwelt(ids, reached)
    anchor = np.where(member, accepted - ends[:, _VOTE], calendar.today - wait - ends[np.arange(len(ids)), reached])
    days = anchor[:, None] + ends
    last = np.where(member, _ARCHIVE, reached)
    days[np.arange(len(_CODES)) > last[:, None]] = NEVER
    return days


def _dwelt(ids: Whole, reached: Whole) -> Whole:
    """Return for how long the last step has been waiting for the next: within its time for most, far too long for some."""
    usual = np.array(
        [(_GAPS[_CODES[min(step + 1, _ARCHIVE)]])[0] + _GAPS[_CODES[min(step + 1, _ARCHIVE)]][1] for step in range(len(_CODES))]
    )
    usual[1], usual[_CANDIDATE - 1] = 900, 430
    stalled = _stalled(ids)
    dwelt = below(np.maximum(usual[reached] - 3, 3), "step/dwell", ids)
    return np.where(stalled, usual[reached] + 20 + below(200, "step/stalled by", ids), dwelt)


def _stalled(ids: Whole) -> Truth:
    return below(1000, "step/stalled", ids) < _ODD["stalled"]


def _convert(days: Whole, full: Whole, ids: Whole) -> None:
    """Set the steps after the probation of those accepted: the conversion that the member's record tells, and what follows it."""
    converted = full < NEVER
    asked = days[:, _VOTE] + 345 + below(15, "step/asks", ids)
    asked = np.where(~converted & (below(1000, "step/never asks", ids) < 300), NEVER, asked)
    days[:, _CONVERSION - 1] = np.where(converted, np.minimum(asked, full), asked)
    days[:, _CONVERSION] = full
    approved = full + _GAPS["conversion_approval"][0] + below(_GAPS["conversion_approval"][1], "step/approved", ids)
    filed = approved + _GAPS["archive"][0] + below(_GAPS["archive"][1], "step/archived", ids)
    days[:, _CONVERSION + 1] = np.where(converted, approved, NEVER)
    days[:, _ARCHIVE] = np.where(converted, filed, NEVER)


def _extensions(people: Members, accepted: Whole, calendar: Calendar) -> pd.DataFrame:
    """Return the extensions of probation: the row of the applicant, the day of the decision, and by how many days."""
    longer = extension(people.member_id[accepted])
    decided = months_later(people.joined[accepted], 12) + below(20, "step/extended", people.member_id[accepted])
    rows = np.flatnonzero((longer > 0) & (decided <= calendar.today))
    return pd.DataFrame({"row": rows, "day": decided[rows], "days": longer[rows]})


def _step_rows(days: Whole, ids: Whole, extended: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `admission_step`; `extended` holds the extensions of probation (row, day, days)."""
    single = np.array([step for step in range(len(_CODES)) if step not in _REPEATED])
    row, place = np.nonzero(days[:, single] <= calendar.today)
    parts = [(row, single[place], days[row, single[place]]), *_reviews(days, ids, calendar)]
    parts.append((extended["row"].to_numpy(), np.full(len(extended), len(_CODES)), extended["day"].to_numpy()))
    row, step, day = (np.concatenate([part[column] for part in parts]) for column in range(3))
    training = np.where(below(1000, "step/short training", ids[row]) < _ODD["training"], 2, 3 + below(3, "step/training", ids[row]))
    notice = np.where(below(1000, "step/short notice", ids[row]) < _ODD["notice"], 4, 5 + below(3, "step/notice", ids[row]))
    length = np.select([step == _TRAINING, step == _NOTICE], [training, notice], -1)
    if len(extended):
        length[step == len(_CODES)] = extended["days"].to_numpy()
    order = np.lexsort((day, step, row))
    return pd.DataFrame(
        {
            "applicant_id": ids[row[order]],
            "step": coded(step[order], [*_CODES, PROBATION_EXTENSION]),
            "done_on": dates(day[order]),
            "days": optional(length[order], length[order] >= 0),
        }
    )


def _reviews(days: Whole, ids: Whole, calendar: Calendar) -> list[tuple[Whole, Whole, Whole]]:
    """Return (row, step, day) of the half-yearly reviews; those of a stalled admission cease, a few others come late."""
    found = []
    for step, origin in _REPEATED.items():
        begins = days[:, origin]
        stops = np.minimum(days[:, step + 1] - 1, calendar.today)
        for turn in range(1, 9):
            late = below(1000, "step/review late", ids, step, turn) < _ODD["review"]
            day = begins + _HALF_YEAR * turn - below(8, "step/review", ids, turn) + late * 40
            rows = np.flatnonzero((days[:, step] < NEVER) & (day <= stops) & ((turn == 1) | ~_stalled(ids)))
            found.append((rows, np.full(len(rows), step), day[rows]))
    return found
