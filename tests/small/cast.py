"""Who is who in 临江市: the organisations, and the ids of everybody and everything that a test may look for."""

from datetime import date

import pandas as pd

from domain.vocabulary import OrgKind

AS_OF = date(2026, 11, 20)
START = date(2024, 10, 1)
MEMBER_START = date(2025, 10, 1)
LONG_NAME = "临江市海门县潮头乡" + "长" * 67 + "党支部。"
assert len(LONG_NAME) == 80

LOCAL, WORKING, COMMITTEE, GENERAL, BRANCH = (kind.value for kind in OrgKind)

# key: (id, name, kind, sector, superior, district, town, members)
ORGS: dict[str, tuple] = {
    "root": (1, "中共临江市委员会", LOCAL, None, None, "990102", None, 0),
    "upstream": (2, "中共上游区委员会", LOCAL, None, 1, "990101", None, 0),
    "island": (3, "中共江心区委员会", LOCAL, None, 1, "990102", None, 0),
    "coast": (4, "中共海门县委员会", LOCAL, None, 1, "990103", None, 0),
    "education": (5, "中共临江市委教育工作委员会", WORKING, None, 1, "990102", None, 0),
    "willow_town": (6, "中共柳渡镇委员会", COMMITTEE, "village", 2, "990101", "990101100", 0),
    "street": (7, "中共江心街道工作委员会", WORKING, None, 3, "990102", "990102001", 0),
    "tide_town": (8, "中共潮头乡委员会", COMMITTEE, "village", 4, "990103", "990103200", 0),
    "port": (9, "中共临江港务集团委员会", COMMITTEE, "port", 3, "990102", "990102001", 0),
    "port_general": (10, "中共临江港务集团集装箱码头总支部委员会", GENERAL, "port", 9, "990102", "990102001", 0),
    "exemplary": (11, "柳渡村党支部", BRANCH, "village", 6, "990101", "990101100", 12),
    "overdue": (12, "渡口村党支部", BRANCH, "village", 6, "990101", "990101100", 10),
    "markup": (13, "<script>alert(1)</script>", BRANCH, "private_enterprise", 6, "990101", "990101100", 7),
    "markdown": (14, "**x** | $a$ :red[x]", BRANCH, "community", 7, "990102", "990102001", 8),
    "expression": (15, "@@=1+", BRANCH, "community", 7, "990102", "990102001", 8),
    "long_name": (16, LONG_NAME, BRANCH, "village", 8, "990103", "990103200", 9),
    "rare": (17, "𠮷记茶行党支部", BRANCH, "private_enterprise", 7, "990102", "990102001", 4),
    "same_name": (18, "第一党支部", BRANCH, "port", 9, "990102", "990102001", 9),
    "same_name_too": (19, "第一党支部", BRANCH, "port", 10, "990102", "990102001", 25),
    "school": (20, "江心小学党支部", BRANCH, "agency", 5, "990102", "990102001", 9),
    "dissolved": (21, "旧渡村党支部", BRANCH, "village", 6, "990101", "990101100", 0),
    "founded": (22, "新渡社区党支部", BRANCH, "community", 7, "990102", "990102001", 5),
    "moved": (23, "货运物流党支部", BRANCH, "private_enterprise", 8, "990103", "990103200", 7),
    "never": (24, "上滩村党支部", BRANCH, "village", 6, "990101", "990101100", 8),
    "stopped": (25, "下滩村党支部", BRANCH, "village", 8, "990103", "990103200", 8),
    "unknown": (26, "海门县水务局党支部", BRANCH, "agency", 4, "990103", None, 8),
    "due_soon": (27, "潮头村党支部", BRANCH, "village", 8, "990103", "990103200", 9),
    "extended": (28, "石埠村党支部", BRANCH, "village", 8, "990103", "990103200", 8),
    "exempted": (29, "上游区税务局党支部", BRANCH, "agency", 2, "990101", None, 8),
    "no_term": (30, "江心区档案馆党支部", BRANCH, "agency", 3, "990102", None, 8),
    "tiny": (31, "海门县渔具行业协会党支部", BRANCH, "private_enterprise", 8, "990103", "990103200", 3),
    "too_large": (32, "临江港务集团第二党支部", BRANCH, "port", 10, "990102", "990102001", 55),
}
ORG: dict[str, int] = {key: row[0] for key, row in ORGS.items()}
ORG_CODE: dict[str, str] = {key: f"LJ-{row[0]:04d}" for key, row in ORGS.items()}
ROW = {row[0]: row for row in ORGS.values()}
BRANCHES = [row[0] for row in ORGS.values() if row[2] == BRANCH]

# Ids of members are org_id × 100 + n, n from 1: the first is the secretary.
MEMBER: dict[str, int] = {
    "secretary": 1201,
    "three_months": 1204,  # dues unpaid for 2026-08…2026-10
    "six_months": 1205,  # dues unpaid for 2026-05…2026-10
    "floating": 1403,
    "lost": 1404,
    "probationary": 1112,
    "overdue_probation": 1410,
    "transferring": 2703,  # to the exemplary branch, under way
    "left": 1190,
    "ended": 1191,
    "transferred": 2201,  # belonged to the dissolved branch until 2026-05-31, then to `markdown`, since 2026-10-20 to `founded`
    "no_birth": 1502,
    "hostile": 1302,
}
NAMES = {1302: "<img src=x onerror=alert(1)>", 1303: "欧阳明月", 1701: "𠮷田", 1402: "**王** $五$", 1503: "@@=x"}
APPLICANT: dict[str, int] = {
    "no_talk": 1,
    "too_early": 2,
    "on_time": 3,
    "overdue_probation": 4,
    "late_approval": 5,
    "archived": 6,
    "short_training": 7,
    "withdrawn": 8,
}
# (branch, duty, period): the day it was made up, or None where it was missed.
IRREGULAR: dict[tuple[str, str, str], date | None] = {
    ("overdue", "theme_day", "2026-10"): None,
    ("overdue", "general_meeting", "2026Q3"): date(2026, 10, 12),  # made up within a month: late
    ("overdue", "lecture", "2026Q3"): date(2026, 11, 5),  # too late to count
    ("overdue", "life_meeting", "2025"): None,
    ("due_soon", "committee_meeting", "2026-09"): None,  # closed again: held on time in October
}
TERM_ENDS = {"overdue": date(2026, 10, 31), "due_soon": date(2027, 2, 28), "extended": date(2026, 8, 31), "no_term": None}
COMMITTEE_FROM = {"no_term": date(2026, 6, 15)}
FOUNDED = {"founded": date(2026, 10, 20)}
DISSOLVED = {"dissolved": date(2026, 5, 31)}
MOVED_ON = date(2026, 4, 1)  # `moved` answered to `willow_town` before
STOPPED_ON = date(2026, 6, 30)  # the last day of which `stopped` reported anything
# assignment id: (task, branch, reports); every light that a task can have, in this order.
ASSIGNMENT: dict[str, int] = {
    "done": 1,
    "done_late": 2,
    "overdue": 3,
    "never_reported": 4,
    "on_plan": 5,
    "behind": 6,
    "far_behind": 7,
    "due_this_week": 8,
}


def frame(columns: str, rows: list[tuple]) -> pd.DataFrame:
    """Return rows under the names in `columns`, which blanks divide."""
    return pd.DataFrame(rows, columns=columns.split())


def path_of(org_id: int) -> str:
    """Return the materialised path of an organisation today."""
    superior = ROW[org_id][4]
    return (path_of(superior) if superior else "/") + f"{org_id}/"


def founded(org_id: int) -> date:
    return next((day for key, day in FOUNDED.items() if ORG[key] == org_id), date(2012, 3, 1))


def lived(org_id: int, day: date) -> bool:
    dissolved = next((end for key, end in DISSOLVED.items() if ORG[key] == org_id), date.max)
    return founded(org_id) <= day <= dissolved
