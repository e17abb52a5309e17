"""Size of organisations (组织规模) and of branch committees: hints, never red, because a superior may approve an exception.

Sources: 《中国共产党支部工作条例（试行）》第二章、第六章 and the regulations on setting up committees and general branches.
"""

from datetime import date

import numpy as np
import pandas as pd

from domain import lights
from domain.rules import COMMITTEE_SIZE, ORG_SIZE
from domain.settings import Settings
from domain.vocabulary import Light, OrgKind


def running_counts(changes: pd.DataFrame, today: date) -> pd.DataFrame:
    """Add up what came and went: how many there were from each day on, until the next row of the same organisation.

    Expects changes: org_id, on (datetime64, the first day that the change counts), change (int), any order.
    Returns org_id, on, count, one row a day with a change up to today, ordered by org_id, on.
    """
    past = changes[changes["on"] <= pd.Timestamp(today)]
    daily = past.groupby(["org_id", "on"])["change"].sum().sort_index().reset_index()
    return daily.assign(count=daily.groupby("org_id")["change"].cumsum())[["org_id", "on", "count"]]


def size_hints(organisations: pd.DataFrame, members: pd.DataFrame, full: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Hint yellow at organisations outside the range of their kind.

    A branch has 3 full members or more and at most 50 members, a general branch more than 50 and under 100, a committee 100 or more.
    Expects organisations: org_id, kind, founded_on; members and full: of `running_counts`, members (probationary ones included)
    and full members at or below each organisation. Organisations without any count are left out: nothing is known of them.
    Returns the columns of `domain.lights`; the subject is "size".
    """
    least, most = settings.whole("org.branch.full_min"), settings.whole("org.branch.members_max")
    committee = settings.whole("org.committee.members_min")
    bounds = pd.DataFrame(
        [
            (OrgKind.BRANCH.value, 0.0, float(most), f"党支部一般不超过{most}人"),
            (OrgKind.GENERAL_BRANCH.value, most + 1.0, committee - 1.0, f"党总支应多于{most}人、少于{committee}人"),
            (OrgKind.COMMITTEE.value, float(committee), np.inf, f"党委应有{committee}人以上"),
        ],
        columns=["kind", "low", "high", "said"],
    )
    sized = organisations.merge(bounds, on="kind")
    counts = members.merge(sized[["org_id", "low", "high", "said"]], on="org_id")
    outside = _since(counts, (counts["count"] < counts["low"]) | (counts["count"] > counts["high"]))
    outside = outside.assign(text=[f"现有党员{count}人，{said}。" for count, said in zip(outside["count"], outside["said"], strict=True)])
    branches = sized.loc[sized["kind"] == OrgKind.BRANCH, "org_id"]
    few = full[full["org_id"].isin(branches)]
    too_few = _since(few, few["count"] < least)
    too_few = too_few.assign(text=[f"现有正式党员{count}人，少于{least}人。" for count in too_few["count"]])
    hinted = pd.concat([outside, too_few], ignore_index=True).drop_duplicates("org_id")
    return _hints(hinted.merge(sized[["org_id", "founded_on"]], on="org_id"), ORG_SIZE, "size", "membership")


def committee_hints(branches: pd.DataFrame, full: pd.DataFrame, posts: pd.DataFrame, today: date, settings: Settings) -> pd.DataFrame:
    """Hint yellow at branches whose committee (支委会) is missing, too small or too large (第六章); grey where no post is recorded.

    With 7 full members or more a branch has a committee, of 3 to 5 and at most 7 members.
    Expects branches: org_id, has_committee, founded_on; full: running counts of full members; posts: running counts of people in office.
    Returns the columns of `domain.lights`; the subject is "committee".
    """
    asked = settings.whole("org.committee_from_full")
    least, most = settings.whole("org.committee_posts_min"), settings.whole("org.committee_posts_max")
    with_one = branches.loc[branches["has_committee"].astype(bool), "org_id"]
    lacking = full[full["org_id"].isin(branches["org_id"]) & ~full["org_id"].isin(with_one)]
    lacking = _since(lacking, lacking["count"] >= asked)
    lacking = lacking.assign(text=[f"有正式党员{count}人，未设支委会。" for count in lacking["count"]])
    sitting = posts[posts["org_id"].isin(with_one)]
    ill_sized = _since(sitting, (sitting["count"] < least) | (sitting["count"] > most))
    ill_sized = ill_sized.assign(text=[f"支委会现有委员{count}人，应为{least}至{most}人。" for count in ill_sized["count"]])
    silent = branches[branches["has_committee"].astype(bool) & ~branches["org_id"].isin(posts["org_id"])]
    unknown = silent.assign(on=silent["founded_on"], text="支委会委员没有登记，无法评定。", light=Light.GREY.value)
    hinted = pd.concat([lacking, ill_sized, unknown[["org_id", "on", "text", "light"]]], ignore_index=True)
    return _hints(hinted.merge(branches[["org_id", "founded_on"]], on="org_id"), COMMITTEE_SIZE, "committee", "post")


def _since(counts: pd.DataFrame, outside: pd.Series) -> pd.DataFrame:
    """Return the organisations that are outside now: org_id, on (the first day of the present run outside), count (now)."""
    begins = outside & ~(outside.shift(fill_value=False) & (counts["org_id"].diff() == 0))
    run = counts.assign(on=counts["on"].where(begins)).groupby("org_id")["on"].ffill()
    last = ~counts["org_id"].duplicated(keep="last")
    return counts.assign(on=run)[last & outside]


def _hints(hinted: pd.DataFrame, rule_id: str, subject: str, table: str) -> pd.DataFrame:
    colour = hinted["light"].fillna(Light.YELLOW.value) if "light" in hinted else Light.YELLOW.value
    return lights.framed(
        pd.DataFrame(
            {
                "org_id": hinted["org_id"],
                "rule_id": rule_id,
                "subject": subject,
                "light": colour,
                "since": hinted["on"].clip(lower=hinted["founded_on"]),
                "table": table,
                "rows": [[] for _ in range(len(hinted))],
                "text": hinted["text"],
            }
        )
    )
