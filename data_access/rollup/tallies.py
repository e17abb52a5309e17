"""Rolling up `tally`: what stands on the as-of date, by dimension and category."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from data_access.counting.applicants import Applicants
from data_access.counting.membership import present
from data_access.counting.months import Counted
from data_access.counting.numbers import dated, day_number, numbers
from data_access.counting.organisations import alone, living, number
from data_access.counting.sources import unknown_in
from data_access.counting.terms import Terms
from data_access.rollup.events import elections
from data_access.rollup.tree import Tree
from data_access.schema.members import member, membership
from data_access.schema.organisations import honour, post
from data_access.schema.ratings import light
from domain.bands import age_band, party_age_band
from domain.elections import ELECTED, term_states
from domain.period import add_months
from domain.settings import Settings
from domain.vocabulary import MemberStatus, Source

UNFILLED = "unknown"
ELECTION_COUNTS = ("due", "held", "on_time")
_CLASS = ["dimension", "category"]
_CLASSES = {"sex": member.c.sex, "education": member.c.education, "occupation": member.c.occupation, "ethnicity": member.c.ethnicity}


def tally_rows(connection: Connection, counted: Counted, tree: Tree, applicants: Applicants, settings: Settings) -> pd.DataFrame:
    """Return every row of `tally`, in the order of its key."""
    pieces = [
        *_members(connection, counted),
        *_organisations(connection, counted, settings),
        _elections(connection, counted, settings),
        _counted(connection, _honours(counted), "honour"),
        _counted(connection, _posts(counted), "post"),
        lights(connection, counted.branch),
    ]
    steps = applicants.standing(counted.today)
    pieces.append(_tallied(steps["org_id"], steps["step"], "admission"))
    rows = pd.concat(pieces, ignore_index=True)
    of_class = rows.groupby(_CLASS, sort=True).ngroup().to_numpy(np.int64)
    classes = rows[_CLASS].drop_duplicates().sort_values(_CLASS, ignore_index=True)
    found = tree.on(counted.today).spread(tree.at(rows["org_id"]), of_class, classes, {"count": rows["count"].to_numpy(dtype=float)})
    return found.astype({"count": np.int64})


def _members(connection: Connection, counted: Counted) -> Iterator[pd.DataFrame]:
    """Members of today by their own classes; a class that the record lacks is "unknown"."""
    today = counted.today
    here = and_(membership.c.from_on <= today, or_(membership.c.to_on.is_(None), membership.c.to_on >= today))
    joined = membership.join(member, member.c.member_id == membership.c.member_id)
    for dimension, column in _CLASSES.items():
        category = func.coalesce(column, UNFILLED)
        yield _counted(connection, select(membership.c.org_id, category.label("category")).select_from(joined).where(here), dimension)

    days = numbers(
        connection,
        select(membership.c.org_id, day_number(member.c.birth_on).label("birth"), day_number(member.c.joined_on).label("joined"))
        .select_from(joined)
        .where(here),
        {"org_id": "int64"},
    )
    for dimension, band, name in (("age", age_band, "birth"), ("party_age", party_age_band, "joined")):
        yield _tallied(days["org_id"], band(dated(days[name]), today), dimension)

    stays = present(counted.stays, today)
    status = np.where(stays["full"] <= number(today), MemberStatus.FULL.value, MemberStatus.PROBATIONARY.value)
    yield _tallied(stays["org_id"], pd.Series(status, index=stays.index), "member_status")
    sectors = counted.organisations.set_index("org_id")["sector"].replace("", UNFILLED)
    yield _tallied(stays["org_id"], stays["org_id"].map(sectors), "member_sector")


def _organisations(connection: Connection, counted: Counted, settings: Settings) -> Iterator[pd.DataFrame]:
    """Living organisations by kind, and the elected ones by the state of their term."""
    found = counted.organisations
    alive = found[living(found, counted.today)]
    yield _tallied(alive["org_id"], alive["kind"], "org_kind")

    elected = alive[alive["kind"].isin(ELECTED)].reset_index(drop=True)
    unknown = unknown_in(counted.unknown, Source.ELECTIONS, counted.today, counted.today)
    marked = elected["org_id"].isin(unknown)
    terms = pd.DataFrame(
        {
            "org_id": elected["org_id"],
            "founded_on": dated(elected["founded"].astype(float)),
            "term_ends": elected["org_id"].map(Terms.read(connection).ends(counted.today, settings)),
            "unknown_from": pd.Series(pd.Timestamp(counted.today), index=elected.index).where(marked),
        }
    )
    state = term_states(terms, counted.today, settings)
    yield pd.DataFrame({"org_id": elected["org_id"], "dimension": "election:" + elected["kind"], "category": state, "count": 1})


def _elections(connection: Connection, counted: Counted, settings: Settings) -> pd.DataFrame:
    """Terms that ended in the last twelve months, by kind: all of them, those closed by an election since, and those closed in time."""
    since = add_months(counted.today, -12)
    ended = elections(connection, counted, settings)
    lately = ended[ended.index.get_level_values("month") > since.year * 100 + since.month].groupby(level="org_id").sum()
    names = {f"elections_{category}": category for category in ELECTION_COUNTS}
    rows = (
        lately.rename(columns=names)[list(ELECTION_COUNTS)].melt(ignore_index=False, var_name="category", value_name="count").reset_index()
    )
    kinds = counted.organisations.set_index("org_id")["kind"]
    return rows.assign(dimension="elections:" + rows["org_id"].map(kinds))[rows["count"] > 0]


def _honours(counted: Counted) -> Select:
    """Honours (表彰) of the last twelve months by level; an adopted course is none."""
    since = add_months(counted.today, -12)
    lately = and_(honour.c.kind == "honour", honour.c.awarded_on > since, honour.c.awarded_on <= counted.today)
    return select(honour.c.org_id, honour.c.level.label("category")).where(lately)


def _posts(counted: Counted) -> Select:
    """Posts held today."""
    held = and_(post.c.from_on <= counted.today, or_(post.c.to_on.is_(None), post.c.to_on >= counted.today))
    return select(post.c.org_id, post.c.post.label("category")).where(held)


def lights(connection: Connection, branch: int | None) -> pd.DataFrame:
    """Open lights by rule and colour, of all or of one branch; those that an exemption switches off are left out.

    Columns: org_id, dimension, category, count.
    """
    lit = light.c
    query = (
        select(lit.org_id, lit.rule_id, lit.light.label("category"), func.count().label("count"))
        .where(lit.closed_on.is_(None), lit.exemption_id.is_(None), *alone(lit.org_id, branch))
        .group_by(lit.org_id, lit.rule_id, lit.light)
    )
    found = pd.read_sql_query(query, connection)
    return found.assign(dimension="light:" + found["rule_id"]).drop(columns="rule_id")


def _counted(connection: Connection, query: Select, dimension: str) -> pd.DataFrame:
    """Count the rows of a query of org_id and category."""
    rows = query.subquery()
    columns: tuple[ColumnElement, ColumnElement] = (rows.c.org_id, rows.c.category)
    counts = pd.read_sql_query(select(*columns, func.count().label("count")).group_by(*columns), connection)
    return counts.assign(dimension=dimension)


def _tallied(org_ids: pd.Series, categories: pd.Series, dimension: str) -> pd.DataFrame:
    """Count rows of an organisation and a category, aligned."""
    codes, names = pd.factorize(categories, sort=True)
    found, counts = np.unique(org_ids.to_numpy(np.int64) * len(names) + codes, return_counts=True)
    org_id, code = np.divmod(found, max(len(names), 1))
    return pd.DataFrame({"org_id": org_id, "category": np.asarray(names, dtype=object)[code], "count": counts}).assign(dimension=dimension)
