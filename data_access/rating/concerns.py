"""Lights that few organisations have: elections, arrears, admissions, sizes, and the records themselves."""

from datetime import date

import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.counting.frames import frame
from data_access.counting.membership import stays
from data_access.counting.numbers import dated, day_number
from data_access.counting.organisations import FOREVER
from data_access.counting.reading import Reading
from data_access.counting.records import SOUND_DUES, paid_by
from data_access.rating import anomalies, facts
from data_access.rating.duties import BranchLife
from data_access.schema.members import member
from data_access.schema.organisations import coverage, election, post, term_extension
from data_access.schema.records import dues
from domain import lights
from domain.admission_clocks import admission_lights, examined
from domain.dues import arrears, arrears_lights, month_number, silent_branches
from domain.elections import ELECTED, effective_ends, election_lights, elections_held
from domain.reporting import anomaly_lights, missing_lights
from domain.settings import Settings
from domain.size import committee_hints, running_counts, size_hints
from domain.vocabulary import Light, MemberStatus, Source


def concerns(reading: Reading, organisations: pd.DataFrame, life: BranchLife) -> pd.DataFrame:
    """Return these lights of every organisation, with the columns of `domain.lights`.

    Expects organisations: of `facts.organisations`. A dissolved organisation has none that are open.
    """
    connection, today, settings = reading.connection, reading.today, reading.settings
    living = organisations[~(organisations["dissolved_on"] <= pd.Timestamp(today))].reset_index(drop=True)
    return lights.joined(
        [
            *_elections(connection, living, life.slots["first_on"].min(), today, settings),
            *_dues(connection, living, today, settings),
            _admissions(reading, organisations),
            *_sizes(connection, living, today, settings),
            missing_lights(_marks(connection, organisations), today, history_from=lights.kept_from(today)),
            _of(living, anomaly_lights(anomalies.records(reading), today)),
        ]
    )


def _of(living: pd.DataFrame, lit: pd.DataFrame) -> pd.DataFrame:
    return lit[lit["org_id"].isin(living["org_id"])]


def _elections(
    connection: Connection, living: pd.DataFrame, records_from: pd.Timestamp, today: date, settings: Settings
) -> list[pd.DataFrame]:
    terms = living[living["kind"].isin(ELECTED)].reset_index(drop=True)
    moved, held = term_extension.c, election.c
    extensions = frame(
        connection,
        select(
            moved.org_id,
            day_number(moved.approved_on).label("approved_on"),
            day_number(moved.term_ends_on).label("term_ends_on"),
            day_number(moved.until).label("until"),
        ).order_by(moved.org_id, moved.approved_on),
        days=("approved_on", "term_ends_on", "until"),
    )
    elections = frame(
        connection,
        select(
            held.election_id,
            held.org_id,
            day_number(held.held_on).label("held_on"),
            day_number(held.term_ended_on).label("term_ended_on"),
        ).order_by(held.election_id),
        days=("held_on", "term_ended_on"),
    )
    marked = facts.marked_since(facts.unknown(connection, Source.ELECTIONS), terms["org_id"], today)
    known_from = terms["founded_on"].mask(terms["founded_on"] < records_from, records_from)
    terms = terms.assign(founded_on=known_from, term_ends=effective_ends(terms, extensions, today, settings), unknown_from=marked)
    lit = election_lights(terms, today, settings)
    ours = elections[elections["org_id"].isin(terms["org_id"])]
    return [lit[lit["light"] != Light.GREEN], elections_held(ours, today, settings, history_from=lights.kept_from(today))]


def _dues(connection: Connection, living: pd.DataFrame, today: date, settings: Settings) -> list[pd.DataFrame]:
    """Only unpaid months are read, and the last month of every branch; a light stands on the member's present branch.

    A payment that is dated in the future is none.
    """
    columns, of_member = dues.c, member.c
    this_month = month_number(today)
    counted = of_member.status.in_([MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value])
    owing = frame(
        connection,
        select(columns.member_id, columns.month, of_member.org_id)
        .join_from(dues, member, of_member.member_id == columns.member_id)
        .where(~paid_by(today), SOUND_DUES, columns.month < this_month, counted),
    )
    sizes = frame(connection, select(of_member.org_id, func.count().label("members")).where(counted).group_by(of_member.org_id))
    last = frame(
        connection,
        select(columns.org_id, func.min(columns.month).label("first_month"), func.max(columns.month).label("last_month"))
        .where(columns.month <= this_month)
        .group_by(columns.org_id),
    )
    if last.empty:
        return []  # the installation has no such source
    branches = facts.branches_of(living).merge(sizes, on="org_id").merge(last, on="org_id", how="left")
    begin = pd.Timestamp(int(last["first_month"].min()) // 100, int(last["first_month"].min()) % 100, 1)
    marked = facts.marked_since(facts.unknown(connection, Source.DUES), branches["org_id"], today)
    branches = branches.assign(
        lived_from=branches["founded_on"].where(branches["founded_on"] > begin, begin),
        last_month=branches["last_month"].astype("Int64"),
        unknown_from=marked,
    )
    owing = owing[owing["org_id"].isin(branches.loc[marked.isna(), "org_id"])]
    homes = owing[["member_id", "org_id"]].drop_duplicates()
    return [
        arrears_lights(arrears(owing, today, settings).merge(homes, on="member_id")),
        silent_branches(branches, today, settings),
    ]


def _admissions(reading: Reading, organisations: pd.DataFrame) -> pd.DataFrame:
    """An admission ends with its branch at the latest; where the records are marked unknown no clock can be read."""
    found, today = reading.applicants, reading.today
    people = found.people.merge(organisations[["org_id", "dissolved_on"]], on="org_id")
    marked = facts.marked_since(facts.unknown(reading.connection, Source.ADMISSION), people["org_id"], today)
    people = people.assign(ended_on=people[["ended_on", "dissolved_on"]].min(axis=1))[marked.isna()]
    seen = examined(found.steps[found.steps["applicant_id"].isin(people["applicant_id"])], today)
    return admission_lights(people, seen, today, reading.settings, history_from=lights.kept_from(today))


def _sizes(connection: Connection, living: pd.DataFrame, today: date, settings: Settings) -> list[pd.DataFrame]:
    """Where records of members are marked unknown nothing is said of sizes; the mark has a light of its own."""
    marked = facts.marked_since(facts.unknown(connection, Source.RECORDS), living["org_id"], today)
    known = living[marked.isna()].reset_index(drop=True)
    branches = facts.branches_of(known)
    below = _below(living)
    stay = stays(connection)
    members = _arrivals(stay["org_id"], stay["first"], stay["last"])
    confirmed = stay[stay["full"] <= stay["last"]]
    full = _arrivals(confirmed["org_id"], confirmed[["first", "full"]].max(axis=1), confirmed["last"])
    everywhere = members.merge(below, on="org_id").assign(org_id=lambda frame: frame["above"]).drop(columns="above")
    full_counts = running_counts(full, today)
    return [
        size_hints(known, running_counts(everywhere, today), full_counts, today, settings),
        committee_hints(branches, full_counts, running_counts(_offices(connection), today), today, settings),
    ]


def _below(living: pd.DataFrame) -> pd.DataFrame:
    """Pair every organisation with itself and with the committees and general branches above it: org_id, above."""
    sized = {int(org) for org in living.loc[living["kind"].isin(ELECTED), "org_id"]}
    pairs = [
        (org, int(above))
        for org, path in zip(living["org_id"], living["path"], strict=True)
        for above in path.strip("/").split("/")
        if int(above) in sized
    ]
    return pd.DataFrame(pairs, columns=["org_id", "above"], dtype="int64")


def _arrivals(org_ids: pd.Series, first: pd.Series, last: pd.Series) -> pd.DataFrame:
    """Turn stays (day numbers, `FOREVER` while they last) into changes: org_id, on, change."""
    gone = last < FOREVER
    came = pd.DataFrame({"org_id": org_ids, "on": dated(first.astype(float)), "change": 1})
    went = pd.DataFrame({"org_id": org_ids[gone], "on": dated(last[gone].astype(float)) + pd.Timedelta(days=1), "change": -1})
    return pd.concat([came, went], ignore_index=True).groupby(["org_id", "on"])["change"].sum().reset_index()


def _offices(connection: Connection) -> pd.DataFrame:
    """Return who came into and went out of the posts of a branch committee; somebody with two posts at a time counts once."""
    columns = post.c
    query = select(
        columns.org_id,
        columns.member_id,
        day_number(columns.from_on).label("first"),
        func.coalesce(day_number(columns.to_on), FOREVER).label("last"),
    ).order_by(columns.org_id, columns.member_id, columns.from_on)
    held = frame(connection, query)
    person = ["org_id", "member_id"]
    until = held.groupby(person)["last"].cummax().groupby([held["org_id"], held["member_id"]]).shift()
    held["term"] = (~(held["first"] <= until)).cumsum()  # a person's posts that overlap are one stay in the committee
    stay = held.groupby("term").agg(org_id=("org_id", "first"), first=("first", "min"), last=("last", "max"))
    return _arrivals(stay["org_id"], stay["first"], stay["last"])


def _marks(connection: Connection, organisations: pd.DataFrame) -> pd.DataFrame:
    columns = coverage.c
    query = select(
        columns.org_id,
        columns.source,
        day_number(columns.from_on).label("from_on"),
        day_number(columns.to_on).label("to_on"),
    ).order_by(columns.org_id, columns.source, columns.from_on)
    marks = frame(connection, query, days=("from_on", "to_on"))
    return marks.merge(organisations[["org_id", "dissolved_on"]], on="org_id")
