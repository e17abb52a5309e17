"""Records: meetings and attendance, dues, study, service and tasks."""

from datetime import date, timedelta

import pandas as pd

from domain.period import Period, add_months
from domain.vocabulary import Duty
from tests.small.cast import (
    AS_OF,
    ASSIGNMENT,
    BRANCHES,
    COMMITTEE_FROM,
    IRREGULAR,
    MEMBER,
    MEMBER_START,
    ORG,
    ROW,
    STOPPED_ON,
    frame,
    lived,
)
from tests.small.members import members, stays


def duties(org: int) -> list[tuple[str, Period, date, int | None]]:
    """Return (duty, period, the regular day, group) of every meeting that a branch regularly holds until the as-of date."""
    months = Period.month(AS_OF).back(26)
    quarters, years = Period.quarter(AS_OF).back(9), Period.year(AS_OF).back(3)
    planned = [("theme_day", month, month.first.replace(day=15), None) for month in months]
    if ROW[org][7] >= 7:
        since = next((day for key, day in COMMITTEE_FROM.items() if ORG[key] == org), date.min)
        planned += [("committee_meeting", month, month.first.replace(day=5), None) for month in months if month.first >= since]
    if org == ORG["same_name_too"]:
        planned += [("group_meeting", month, month.first.replace(day=6), group) for month in months for group in (1, 2)]
    planned += [("general_meeting", quarter, quarter.last.replace(day=20), None) for quarter in quarters]
    planned += [("lecture", quarter, add_months(quarter.first, 1).replace(day=10), None) for quarter in quarters]
    planned += [(kind, year, year.last.replace(day=20), None) for kind in ("life_meeting", "review") for year in years]
    return [duty for duty in planned if duty[2] <= AS_OF and lived(org, duty[2])]


def _held(org: int, duty: str, period: Period, day: date) -> date | None:
    if org == ORG["never"] or (org == ORG["stopped"] and day > STOPPED_ON) or (org == ORG["unknown"] and day >= date(2026, 7, 1)):
        return None
    key = next(key for key, number in ORG.items() if number == org)
    return IRREGULAR.get((key, duty, period.code), day)


def _present(org: int, day: date) -> list[int]:
    return [member for member, at, start, end in stays() if at == org and start <= day and (end is None or day <= end)]


def meetings() -> dict[str, pd.DataFrame]:
    meetings, attendance = [], []
    for org in BRANCHES:
        for duty, period, regular, group in duties(org):
            day = _held(org, duty, period, regular)
            if day is None:
                continue
            number = len(meetings) + 1
            expected = _present(org, day)
            if duty == Duty.COMMITTEE_MEETING:
                expected = expected[:3]
            here = [(member, "p" if (member + day.month) % 10 else "l" if member % 2 else "a") for member in expected]
            meetings.append(
                (
                    number,
                    org,
                    group,
                    duty,
                    period.code,
                    day,
                    len(here),
                    sum(mark == "p" for _, mark in here),
                    f"{period.label}{Duty(duty).label}",
                )
            )
            if day >= MEMBER_START and duty in (Duty.GENERAL_MEETING, Duty.LECTURE, Duty.THEME_DAY, Duty.LIFE_MEETING):
                attendance += [(number, member, mark) for member, mark in here]
    return {
        "meeting": frame("meeting_id org_id group_id kind period held_on expected attended topic", meetings),
        "attendance": frame("meeting_id member_id presence", attendance),
    }


def dues_study_service() -> dict[str, pd.DataFrame]:
    category = members()["member"].set_index("member_id")["dues_category"]
    unpaid = {MEMBER["three_months"]: date(2026, 8, 1), MEMBER["six_months"]: date(2026, 5, 1)}
    courses, quarters = [], Period.quarter(AS_OF).back(5)
    for number, quarter in enumerate(quarters):
        courses += [
            (number * 10 + n, f"{quarter.label}第{n}课", quarter.code, None, n < 3, 150, quarter.last - timedelta(days=5))
            for n in (1, 2, 3)
        ]
    dues, study, service = [], [], []
    for member, org, start, end in stays():
        if org == ORG["never"]:
            continue
        for month in Period.month(AS_OF).back(14):
            if month.first < date(start.year, start.month, 1) or (end and month.last > end) or month.last < start:
                continue
            paid = month.first < unpaid.get(member, date(2026, 11, 1)) and not (org == ORG["stopped"] and month.first > STOPPED_ON)
            due = {"employed": 6000, "retired": 2000, "farmer": 50}[category[member]]
            dues.append(
                (
                    org,
                    int(month.code.replace("-", "")),
                    member,
                    category[member],
                    due,
                    due if paid else 0,
                    month.first.replace(day=8) if paid else None,
                )
            )
            served = month.first.replace(day=12 + member % 5)
            if month.first.month % 3 == 2 and served <= AS_OF and start <= served and not (org == ORG["stopped"] and served > STOPPED_ON):
                service.append((org, served, member, "志愿服务", 120))
        for course, _, code, _, required, minutes, _ in courses:
            quarter = Period.parse(code)
            day = add_months(quarter.first, 1).replace(day=1 + course % 10)
            if not start <= day <= (end or AS_OF) or (org == ORG["stopped"] and day > STOPPED_ON) or (not required and member % 2):
                continue
            study.append((org, course, member, minutes, day, day if (member + course) % 11 else None))
    return {
        "dues": frame("org_id month member_id category due_cents paid_cents paid_on", dues),
        "course": frame("course_id title quarter sector required minutes due_on", courses),
        "study_record": frame("org_id course_id member_id minutes studied_on finished_on", study),
        "service_record": frame("org_id served_on member_id kind minutes", service),
    }


def tasks() -> dict[str, pd.DataFrame]:
    tasks = [
        (1, "LJ-2026-01", "换届选举<b>工作</b>", "换届选举", ORG["root"], date(2026, 7, 1), date(2026, 7, 1), date(2026, 9, 30)),
        (2, "LJ-2026-02", "主题教育读书班", "主题教育", ORG["root"], date(2026, 10, 1), date(2026, 10, 1), date(2026, 12, 31)),
        (3, "LJ-2026-03", "党费收缴自查", "党费收缴", ORG["upstream"], date(2026, 10, 1), date(2026, 10, 1), date(2026, 11, 25)),
    ]
    reports = {
        "done": (1, "exemplary", 1101, [(date(2026, 8, 1), 50), (date(2026, 9, 20), 100)]),
        "done_late": (1, "due_soon", 2701, [(date(2026, 9, 1), 40), (date(2026, 10, 10), 100)]),
        "overdue": (1, "overdue", 1201, [(date(2026, 8, 1), 30)]),
        "never_reported": (1, "never", None, []),
        "on_plan": (2, "exemplary", 1101, [(date(2026, 11, 18), 60)]),
        "behind": (2, "markdown", 1401, [(date(2026, 11, 10), 35)]),
        "far_behind": (2, "overdue", 1202, [(date(2026, 10, 20), 10)]),
        "due_this_week": (3, "exempted", 2901, [(date(2026, 11, 15), 70)]),
    }
    span = {task[0]: task[6:] for task in tasks}
    return {
        "task": frame("task_id task_code title category issuer_id issued_on start_on due_on", tasks),
        "task_milestone": frame(
            "task_id due_on percent title", [(3, date(2026, 10, 31), 60, "完成自查"), (3, date(2026, 11, 25), 100, "上报整改")]
        ),
        "assignment": frame(
            "assignment_id task_id org_id member_id weight start_on due_on",
            [
                (ASSIGNMENT[key], task, ORG[org], member, 1 + n % 3, *span[task])
                for n, (key, (task, org, member, _)) in enumerate(reports.items())
            ],
        ),
        "progress_report": frame(
            "assignment_id reported_on percent note",
            [(ASSIGNMENT[key], day, percent, "**进展**顺利") for key, (_, _, _, series) in reports.items() for day, percent in series],
        ),
    }
