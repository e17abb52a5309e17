"""Members, where they belonged when, and applicants."""

from datetime import date
from functools import cache

import pandas as pd

from domain.period import add_months
from domain.vocabulary import MemberStatus, Sex
from tests.small.cast import APPLICANT, BRANCHES, MEMBER, NAMES, ORG, ROW, frame


@cache
def people() -> list[tuple]:
    """Return (member_id, org_id, name, sex, birth_on, joined_on, full_on, status) of everybody, the departed included."""
    people = []
    for org in BRANCHES:
        for n in [*range(1, ROW[org][7] + 1), *([90, 91] if org == ORG["exemplary"] else [])]:
            member = org * 100 + n
            name = NAMES.get(member, "赵钱孙李周吴郑王陈林"[n % 10] + "建国秀英志强海燕明华"[org % 5 * 2 : org % 5 * 2 + 2])
            born = None if member == MEMBER["no_birth"] else date(1950 + (org * 7 + n * 3) % 50, 1 + n % 12, 1 + org % 28)
            joined = date(1975 + (org * 7 + n * 3) % 45, 7, 1)
            full = add_months(joined, 12)
            status = {90: MemberStatus.LEFT, 91: MemberStatus.ENDED}.get(n, MemberStatus.FULL)
            if member == MEMBER["probationary"]:
                joined, full, status = date(2026, 8, 15), None, MemberStatus.PROBATIONARY
            people.append((member, org, name, (Sex.MALE, Sex.FEMALE)[n % 3 == 0], born, joined, full, status))
    overdue = (MEMBER["overdue_probation"], ORG["markdown"], "预备超期", Sex.FEMALE, date(2000, 5, 4), date(2025, 9, 10), None)
    return [*people, (*overdue, MemberStatus.PROBATIONARY)]


@cache
def stays() -> list[tuple[int, int, date, date | None]]:
    """Return (member_id, org_id, from_on, to_on) of every stay of a member in a branch."""
    rows: list[tuple[int, int, date, date | None]] = []
    for member, org, _, _, _, joined, _, status in people():
        start = max(joined, date(2012, 3, 1))
        if org == ORG["founded"]:
            rows.append((member, ORG["dissolved"], start, date(2026, 5, 31)))
            rows.append((member, ORG["markdown"], date(2026, 6, 1), date(2026, 10, 19)))
            rows.append((member, org, date(2026, 10, 20), None))
        else:
            rows.append((member, org, start, {MemberStatus.LEFT: date(2026, 3, 31), MemberStatus.ENDED: date(2026, 1, 15)}.get(status)))
    return rows


def members() -> dict[str, pd.DataFrame]:
    rows, reviews = [], []
    educations, occupations = ("postgraduate", "bachelor", "college", "secondary", "primary", None), {"village": "farmer", "port": "worker"}
    for member, org, name, sex, born, joined, full, status in people():
        occupation = occupations.get(ROW[org][3], "manager") if member % 6 else "retired"
        category = {"farmer": "farmer", "retired": "retired"}.get(occupation, "employed")
        group = 1 + member % 2 if org == ORG["same_name_too"] else None
        flags = (category, member == MEMBER["floating"], member == MEMBER["lost"])
        rows.append(
            (
                member,
                org,
                group,
                name,
                sex,
                born,
                "汉族" if member % 9 else "畲族",
                educations[member % 6],
                occupation,
                joined,
                full,
                status,
                *flags,
            )
        )
        if joined < date(2025, 1, 1) and org not in (ORG["never"], ORG["founded"]):
            reviews.append((member, 2025, org, ("excellent", "qualified", "qualified", "qualified")[member % 4]))
    columns = "member_id org_id group_id name sex birth_on ethnicity education occupation joined_on full_on status"
    columns += " dues_category floating lost_contact"
    moves = [(n, m, ORG["markdown"], ORG["founded"], date(2026, 10, 12), date(2026, 10, 20)) for n, m in enumerate(range(2201, 2206), 1)]
    moves += [(10, MEMBER["left"], ORG["exemplary"], None, date(2026, 3, 10), date(2026, 3, 31))]
    moves += [
        (11, MEMBER["transferring"], ORG["due_soon"], ORG["exemplary"], date(2026, 11, 10), None),
        (12, 1105, None, 11, date(2025, 12, 1), date(2025, 12, 20)),
    ]
    return {
        "member": frame(columns, rows),
        "membership": frame("member_id org_id from_on to_on", stays()),
        "transfer": frame("transfer_id member_id from_org_id to_org_id started_on finished_on", moves),
        "review": frame("member_id year org_id result", reviews),
        "talk": frame(
            "talk_id org_id by_member_id with_member_id held_on",
            [
                (org, org, org * 100 + 1, org * 100 + 2, date(2026, 3, 5))
                for org in BRANCHES
                if ROW[org][7] and org not in (ORG["never"], ORG["founded"])
            ],
        ),
    }


# The steps of each applicant: code, day, and days where the step has a length.
_STEPS = {
    "no_talk": "application 2026-09-01",
    "too_early": "application 2025-09-01, first_talk 2025-09-20, activist 2026-03-01, candidate 2026-10-01",
    "on_time": "application 2024-09-01, first_talk 2024-09-20, activist 2025-03-01, activist_filing 2025-03-20, mentors 2025-03-25, "
    "observation 2025-09-20, observation 2026-03-20, candidate 2026-06-01",
    "overdue_probation": "application 2023-05-01, activist 2024-01-10, candidate 2025-02-01, probation_vote 2025-09-10, "
    "probation_approval 2025-10-20, oath 2025-12-01",
    "late_approval": "application 2024-03-01, activist 2025-01-10, candidate 2026-03-01, probation_vote 2026-08-15",
    "archived": "application 2022-03-01, first_talk 2022-03-20, activist 2022-10-01, candidate 2023-11-01, training 2024-01-10 5, "
    "public_notice 2024-02-20 7, probation_vote 2024-06-20, probation_approval 2024-07-15, conversion_application 2025-06-01, "
    "conversion_vote 2025-06-25, conversion_approval 2025-08-01, archive 2025-09-01",
    "short_training": "application 2024-05-01, activist 2025-01-05, candidate 2026-02-01, training 2026-08-01 2",
    "withdrawn": "application 2026-02-01, first_talk 2026-02-15",
}
_OF_BRANCH = {"archived": 11, "late_approval": 11, "overdue_probation": 14, "no_talk": 12}  # the others: 27
_BECAME = {"overdue_probation": MEMBER["overdue_probation"], "late_approval": MEMBER["probationary"], "archived": 1106}


def admissions() -> dict[str, pd.DataFrame]:
    """Return the applicants and their steps."""
    people, done = [], []
    for key, number in APPLICANT.items():
        steps = [step.split() for step in _STEPS[key].split(", ")]
        told = (number, _OF_BRANCH.get(key, 27), _BECAME.get(key), f"申请人{number}", "female", f"1999-04-{number:02d}", steps[0][1])
        people.append((*told, "2026-04-01" if key == "withdrawn" else None))
        done += [(number, step[0], step[1], int(step[2]) if len(step) > 2 else None) for step in steps]
    return {
        "applicant": frame("applicant_id org_id member_id name sex birth_on applied_on ended_on", people),
        "admission_step": frame("applicant_id step done_on days", done),
    }
