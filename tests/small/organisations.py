"""Organisations, their terms and posts, and what was decided about them."""

from datetime import date, timedelta

import pandas as pd

from domain.period import add_months
from domain.vocabulary import Post
from seed.pinyin import spelled
from tests.small.cast import (
    BRANCH,
    BRANCHES,
    COMMITTEE,
    COMMITTEE_FROM,
    DISSOLVED,
    FOUNDED,
    LOCAL,
    MOVED_ON,
    ORG,
    ORG_CODE,
    ORGS,
    TERM_ENDS,
    WORKING,
    founded,
    frame,
    lived,
    path_of,
)


def organisations() -> dict[str, pd.DataFrame]:
    rows, elections, posts = [], [], []
    for key, (org_id, name, kind, sector, superior, district, town, members) in ORGS.items():
        full, initials = spelled(name)
        years = 5 if kind in (LOCAL, WORKING, COMMITTEE) or sector in ("village", "community") else 3
        ends = TERM_ENDS.get(key, add_months(FOUNDED[key], 12 * years) if key in FOUNDED else date(2028, 6, 30))
        west = {"990101": 120.02, "990102": 120.32, "990103": 120.62}[district]
        lon, lat = west + org_id % 7 * 0.04, 30.03 + org_id % 5 * 0.08
        at = (lon, lat, town is None) if key != "no_term" else (None, None, False)
        committee = (kind != BRANCH or members >= 7, COMMITTEE_FROM.get(key), None)
        life = (founded(org_id), DISSOLVED.get(key), years, ends, *committee, f"{name}办公楼", "0000-88800000")
        rows.append(
            (
                org_id,
                ORG_CODE[key],
                name,
                full,
                initials,
                kind,
                sector,
                superior,
                path_of(org_id),
                path_of(org_id).count("/") - 1,
                district,
                town,
                *at,
                *life,
            )
        )
        if ends:
            held = add_months(ends, -12 * years)
            first = founded(org_id) == held
            elections.append((org_id, org_id, held, None if first else held, ends))
        if kind == BRANCH and members:
            sitting = [Post.SECRETARY] + ([Post.ORGANISATION, Post.PUBLICITY] if members >= 7 else [])
            posts += [
                (len(posts) + n, org_id, org_id * 100 + n, post, max(founded(org_id), date(2023, 7, 1)))
                for n, post in enumerate(sitting, 1)
            ]
    columns = "org_id org_code name pinyin initials kind sector superior_id path depth district_code town_code lon lat schematic"
    columns += " founded_on dissolved_on term_years term_ends_on has_committee committee_from committee_to address phone"
    return {
        "organisation": frame(columns, rows),
        "organisation_history": frame(
            "org_id from_on to_on superior_id path",
            [
                (ORG["moved"], date(2012, 3, 1), MOVED_ON - timedelta(days=1), ORG["willow_town"], f"/1/2/6/{ORG['moved']}/"),
                (ORG["moved"], MOVED_ON, None, ORG["tide_town"], path_of(ORG["moved"])),
            ],
        ),
        "election": frame("election_id org_id held_on term_ended_on term_ends_on", elections),
        "term_extension": frame(
            "org_id approved_on term_ends_on until", [(ORG["extended"], date(2026, 7, 1), date(2026, 8, 31), date(2027, 2, 28))]
        ),
        "party_group": frame(
            "group_id org_id name founded_on",
            [(1, ORG["same_name_too"], "第一党小组", date(2020, 1, 1)), (2, ORG["same_name_too"], "第二党小组", date(2020, 1, 1))],
        ),
        "post": frame("post_id org_id member_id post from_on", posts),
        "coverage": frame(
            "org_id source from_on to_on note",
            [(ORG["unknown"], source, date(2026, 7, 1), None, "系统迁移，记录不完整") for source in ("meetings", "study", "tasks")]
            + [(ORG["stopped"], "service", date(2025, 10, 1), date(2025, 12, 31), "台账遗失")],
        ),
        "honour": frame(
            "honour_id org_id member_id level kind title awarded_on points",
            [
                (1, ORG["exemplary"], None, "national", "honour", "全国先进基层党组织", date(2026, 7, 1), 5),
                (2, ORG["exemplary"], None, "city", "shared_course", "市级优秀党课", date(2026, 8, 20), 2),
                (3, ORG["due_soon"], 2701, "district", "honour", "县优秀共产党员", date(2026, 7, 1), 1),
                (4, ORG["same_name"], None, "provincial", "honour", "省先进基层党组织", date(2025, 7, 1), 3),
            ],
        ),
        "deduction": frame(
            "deduction_id org_id member_id reason happened_on points veto",
            [
                (1, ORG["too_large"], None, "安全生产责任事故", date(2026, 9, 3), 5, True),
                (2, ORG["overdue"], 1203, "受到警告处分", date(2026, 8, 1), 5, False),
            ],
        ),
        "exemption": frame(
            "exemption_id org_id rule_id reason approved_by from_on to_on",
            [
                (1, ORG["exempted"], "duty.theme_day", "办公楼搬迁", "中共上游区委组织部", date(2026, 9, 1), date(2026, 12, 31)),
                (2, ORG["due_soon"], "duty.theme_day", "台风停工", "中共海门县委组织部", date(2026, 7, 1), date(2026, 8, 31)),
            ],
        ),
        "star_rating": frame(
            "org_id year self_score review_score final_score stars",
            [(org, 2025, 92.0, 90.0, 88.0 + org % 5, 4 if org % 5 < 2 else 5) for org in BRANCHES if lived(org, date(2025, 12, 31))]
            + [(ORG["exemplary"], 2026, 95.0, None, None, None)],
        ),
    }
