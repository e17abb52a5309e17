"""What only the wall asks; the rest it shares with the boards. Nothing here is about a single person, whoever is signed in."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, Table, func, literal, select

from data_access.hints import unindexed
from data_access.queries import red, tasks, warnings, weakest
from data_access.queries.rolled import Cut
from data_access.queries.tasks import Chosen as ChosenTasks
from data_access.queries.tasks import Stage
from data_access.schema.organisations import election, honour, organisation
from data_access.schema.ratings import duty_figure, light, task_figure
from data_access.schema.records import task
from data_access.scoping import beneath, holding, within
from domain.figures import share
from domain.light_counts import Chosen, rule_title
from domain.period import Period
from domain.red import terms
from domain.rules import INDEX_ESCALATION
from domain.scope import Scope
from domain.vocabulary import Duty, Light, Role

EACH = 2  # red lights of one rule in a wall's list
RECENT = 31  # days in which changes are looked for first
NEAR_M = 50  # a route shorter than this has its stops in one place
MONTHLY = (Duty.THEME_DAY, Duty.COMMITTEE_MEETING)  # the duties of every month that a wall follows


def newest_reds(connection: Connection, scope: Scope, path: str, today: date, rows: int) -> pd.DataFrame:
    """The red duty lights of organisations at and below `path` that turned last, at most `rows` (up to `warnings.PAGE`).

    Columns: light_id, title (of the rule), org_code, org_name, since, days (since it turned).
    """
    nameless = replace(scope, role=Role.WALL)
    newest = warnings.listed(connection, nameless, path, today, Chosen(light=Light.RED.value), 1)
    return newest.head(rows)[["light_id", "title", "org_code", "org_name", "since", "days"]]


def listed_reds(connection: Connection, scope: Scope, path: str, today: date, rows: int) -> pd.DataFrame:
    """The red duty lights that turned last as a wall lists them: at most `EACH` of one rule, so that one wave does not hide the rest.

    Columns: org_code, org_name, district, what (the rule), lit (how long), as texts; days (since it turned).
    """
    nameless = replace(scope, role=Role.WALL)
    found = warnings.listed(connection, nameless, path, today, Chosen(light=Light.RED.value), 1, EACH).head(rows)
    lit = ["今天" if days == 0 else f"{days:,} 天" for days in found["days"]]
    return found[["org_code", "org_name", "days"]].assign(district=found["district_name"].fillna(""), what=found["title"], lit=lit)


def open_reds(connection: Connection, scope: Scope, path: str) -> pd.DataFrame:
    """Every red duty light of organisations at and below `path`, as numbers, so that a city's can be compared from look to look.

    Columns: key (int64; of organisation, rule and subject, the same as long as the process lives: a new rating numbers lights anew, and
    leaves it), light_id; those that turned last first.
    """
    nameless = replace(scope, role=Role.WALL)
    query = (
        select(light.c.org_id, light.c.rule_id, light.c.subject, light.c.light_id)
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(light.c.light == Light.RED, light.c.closed_on.is_(None), light.c.exemption_id.is_(None))
        .where(light.c.rule_id != INDEX_ESCALATION, *warnings.listable(nameless))
        .where(holding(scope, path))
        .order_by(light.c.since.desc(), light.c.org_id, light.c.light_id)
    )
    rows = connection.execute(query).all()
    return pd.DataFrame({"key": [hash(row[:3]) for row in rows], "light_id": [row.light_id for row in rows]}, dtype="int64")


def reds_told(connection: Connection, scope: Scope, lights: tuple[int, ...]) -> pd.DataFrame:
    """What the lights of these ids are about, those that turned last first. Columns: org_code, org_name, title (of the rule)."""
    query = (
        select(organisation.c.org_code, organisation.c.name.label("org_name"), light.c.rule_id)
        .join_from(light, organisation, organisation.c.org_id == light.c.org_id)
        .where(light.c.light_id.in_(lights), within(scope, organisation.c.path))
        .order_by(light.c.since.desc(), light.c.org_id, light.c.light_id)
    )
    found = pd.read_sql_query(query, connection)
    return found.assign(title=[rule_title(rule) for rule in found["rule_id"]]).drop(columns="rule_id")


def slowest_tasks(connection: Connection, scope: Scope, org_id: int, today: date, rows: int) -> pd.DataFrame:
    """The tasks under way that are furthest behind their plan, at most `rows`; a title without the quarter that the wall is in.

    Columns: those of `tasks.by_task`.
    """
    found = tasks.by_task(connection, scope, org_id, ChosenTasks(today, Stage.CURRENT)).head(rows)
    return found.assign(title=_without_quarter(found["title"], today))


def _without_quarter(titles: pd.Series, today: date) -> list[str]:
    return [title.replace(Period.quarter(today).label, "") or title for title in titles]


def shared_tasks(connection: Connection, scope: Scope, org_id: int, today: date, rows: int) -> pd.DataFrame:
    """The tasks under way of more than one district, at most `rows`, as `tasks.war_map` tells them; where none is shared, all of them,
    and where there is but one district, without it: it is the whole."""
    cells = tasks.war_map(connection, scope, org_id, ChosenTasks(today, Stage.CURRENT), "task")
    placed = cells[cells["district"] != tasks.ALL_DISTRICTS]
    places = placed.groupby("row")["district"].nunique()
    shared = set(places[places > 1].index) or set(places.index)
    if len(set(placed["district"])) == 1:
        cells = cells[cells["district"] == tasks.ALL_DISTRICTS]
    found = cells[cells["row"].isin([row for row in cells["row"].drop_duplicates() if row in shared][:rows])]
    return found.assign(title=_without_quarter(found["title"], today)).reset_index(drop=True)


def own_tasks(connection: Connection, scope: Scope, org_id: int, today: date, rows: int) -> pd.DataFrame:
    """The tasks under way of one district alone, by district, at most `rows`.

    Columns, as texts: title (without the quarter and the district), note (district and due date), progress, red (how many; "": none).
    """
    cells = tasks.war_map(connection, scope, org_id, ChosenTasks(today, Stage.CURRENT), "task")
    placed = cells[cells["district"] != tasks.ALL_DISTRICTS]
    own = placed[placed.groupby("row")["district"].transform("nunique") == 1].sort_values(["district", "row"]).head(rows)
    titles = [title.removeprefix(name) or title for title, name in zip(_without_quarter(own["title"], today), own["name"], strict=True)]
    return pd.DataFrame(
        {
            "title": titles,
            "note": [f"{name} · {note}" for name, note in zip(own["name"], own["note"], strict=True)],
            "progress": [f"{value:.0f} %" if value == value else "—" for value in own["value"]],
            "red": [f"{count:,}" if count else "" for count in own["red"]],
        }
    )


def task_units(connection: Connection, scope: Scope, org_id: int, today: date, rows: int) -> pd.DataFrame:
    """How far those right below are with the tasks under way, the furthest behind plan first, at most `rows`.

    Columns, as texts: title (the organisation), note (its plan), progress, red (how many; "": none).
    """
    found = tasks.units(connection, scope, org_id, ChosenTasks(today, Stage.CURRENT))
    found = found[found["value"].notna()].iloc[::-1].head(rows)
    return pd.DataFrame(
        {
            "title": found["name"],
            "note": [f"计划 {plan:.0f} %，较计划 {lead:+.1f}" for plan, lead in zip(found["plan"], found["lead"], strict=True)],
            "progress": [f"{value:.0f} %" for value in found["value"]],
            "red": [f"{count:,}" if count else "" for count in found["red"]],
        }
    ).reset_index(drop=True)


def task_weeks(connection: Connection, scope: Scope, org_id: int, today: date) -> list[float]:
    """Progress of the tasks under way at and below a node that is no branch, in percent, week by week until `today`, oldest first."""
    sums = [func.sum(task_figure.c[name]).label(name) for name in ("weight", "progress_points")]
    rows = pd.read_sql_query(
        select(task_figure.c.week, *sums)
        .join_from(task_figure, organisation, organisation.c.org_id == task_figure.c.org_id)
        .where(
            task_figure.c.task_id.in_(select(task.c.task_id).where(task.c.start_on <= today, task.c.due_on >= today)),
            task_figure.c.org_id == org_id,
            within(scope, organisation.c.path),
        )
        .group_by(task_figure.c.week)
        .order_by(task_figure.c.week),
        connection,
    )
    return share(rows["progress_points"], rows["weight"], 1).tolist()


def month_duties(connection: Connection, scope: Scope, org_id: int, today: date) -> pd.DataFrame:
    """Theme party days and branch committee meetings of this month and of the last one: held, still to be held, not held.

    Columns: key (unique a row), name (duty and month), light, count; green is held (early, in time or late), yellow to come, red
    missed, grey unknown; in the order of rows, those of this month first of each duty. Empty where no duty stands in either month.
    """
    month = Period.month(today)
    rows = _duty_months(connection, scope, org_id, [month.code, month.shift(-1).code])
    states = {
        Light.GREEN: rows["held"] + rows["early"] + rows["late"],
        Light.YELLOW: rows["awaited"],
        Light.RED: rows["missed"],
        Light.GREY: rows["unknown"] + rows["unclear"],
    }
    parts = [
        rows[["duty", "period"]].assign(light=light.value, rank=rank, count=count) for rank, (light, count) in enumerate(states.items())
    ]
    long = pd.concat(parts)
    order = {duty.value: place for place, duty in enumerate(MONTHLY)}
    long = long.assign(place=long["duty"].map(order)).sort_values(
        ["place", "period", "rank"], ascending=[True, False, True], ignore_index=True
    )
    labels = Duty.labels()
    long["key"] = long["duty"] + " " + long["period"]
    long["name"] = [f"{labels[duty]} {int(code[5:])}月" for duty, code in zip(long["duty"], long["period"], strict=True)]
    return long[["key", "name", "light", "count"]].astype({"count": int})


def _duty_months(connection: Connection, scope: Scope, org_id: int, months: list[str]) -> pd.DataFrame:
    names = ("held", "late", "missed", "unknown", "early", "awaited", "unclear")
    query = (
        select(duty_figure.c.duty, duty_figure.c.period, *(func.sum(duty_figure.c[name]).label(name) for name in names))
        .join_from(duty_figure, organisation, organisation.c.org_id == duty_figure.c.org_id)
        .where(duty_figure.c.org_id == org_id, within(scope, organisation.c.path), duty_figure.c.period.in_(months))
        .where(duty_figure.c.duty.in_([duty.value for duty in MONTHLY]))
        .group_by(duty_figure.c.duty, duty_figure.c.period)
    )
    return pd.read_sql_query(query, connection).astype(dict.fromkeys(names, int))


def changes(connection: Connection, scope: Scope, path: str, today: date, rows: int) -> pd.DataFrame:
    """What changed last at and below `path`, the newest first: lights that turned red, lights that were settled, elections, honours.

    Columns: happened_on (datetime64), org_name, text, light (red where a light turned, green where one was settled; "" otherwise); at
    most `rows`, of each kind at most a quarter of them. Nothing about a single person is among them.
    """
    inside = (within(scope, organisation.c.path), beneath(path, organisation.c.path))
    public = [warnings.impersonal(), light.c.rule_id != INDEX_ESCALATION]
    turned = (light.c.light == Light.RED, light.c.closed_on.is_(None), light.c.exemption_id.is_(None))
    on, settled, held, awarded = light.c.since, light.c.closed_on, election.c.held_on, honour.c.awarded_on
    events = (
        (on, _event(light, on, light.c.rule_id, *turned, *public), lambda what: f"亮红灯：{rule_title(what)}", Light.RED.value),
        (settled, _event(light, settled, light.c.rule_id, *public), lambda what: f"已销号：{rule_title(what)}", Light.GREEN.value),
        (held, _event(election, held, literal("完成换届选举")), str, ""),
        (awarded, _event(honour, awarded, honour.c.title, honour.c.member_id.is_(None)), lambda what: f"获{what}", ""),
    )
    each, found = max(rows // len(events), 1), []
    for day, query, worded, lit in events:
        # Mostly the last month is enough, and quickly looked through; where it is not, there are few organisations, and theirs are.
        for then in (day.between(today - timedelta(days=RECENT), today), unindexed(day) <= today):
            newest = query.where(*inside, then).limit(each)
            told = pd.read_sql_query(newest, connection, parse_dates=["happened_on"])
            if len(told) == each:
                break
        found.append(told.assign(text=[worded(what) for what in told["what"]], light=lit))
    return (
        pd.concat(found)
        .sort_values(["happened_on", "org_code", "text"], ascending=[False, True, True])
        .head(rows)[["happened_on", "org_name", "text", "light"]]
        .reset_index(drop=True)
    )


def _event(table: Table, on: ColumnElement, what: ColumnElement, *conditions: ColumnElement[bool]) -> Select:
    """Select what happened to organisations: happened_on, org_code, org_name, what; the newest first."""
    return (
        select(on.label("happened_on"), organisation.c.org_code, organisation.c.name.label("org_name"), what.label("what"))
        .join_from(table, organisation, organisation.c.org_id == table.c.org_id)
        .where(*conditions)
        .order_by(on.desc(), organisation.c.org_code)
    )


def weakest_branches(connection: Connection, scope: Scope, path: str, period: str, rows: int) -> pd.DataFrame:
    """The rated branches with the lowest fortress index. Columns, as texts: name, district, score, part (that lost most), reds."""
    found = weakest.weakest(connection, scope, path, Cut(), period, rows)
    return pd.DataFrame(
        {
            "name": found["name"],
            "district": found["district"].fillna(""),
            "score": [f"{score:.1f}" for score in found["score"]],
            "part": [f"{part} −{loss:.1f}" for part, loss in zip(found["part"], found["loss"], strict=True)],
            "reds": [f"{count}" if count else "" for count in found["reds"]],
        }
    )


def route_list(connection: Connection, scope: Scope) -> pd.DataFrame:
    """The routes for a theme party day, published ones first. Columns, as texts: name, stops, length, way (mode and source)."""
    found = red.routes(connection, scope).sort_values(["official", "route_id"], ascending=[False, True])
    return pd.DataFrame(
        {
            "name": found["name"],
            "stops": found["stops"].map("{} 站".format),
            "length": [_length(metres) for metres in found["length_m"]],
            "way": found["mode"].fillna("方式未填") + " · " + found["official"].map({True: "公开发布", False: "本系统整理"}),
        }
    )


def _length(metres: float) -> str:
    if metres != metres:
        return "—"
    return f"{metres / 1000:.1f} 公里" if metres >= NEAR_M else "同处一地"


def sites_by_district(connection: Connection, scope: Scope) -> pd.DataFrame:
    """How many red sites stand in each district, most first. Columns: category (code), label, count, share (percent of all)."""
    return _counted(red.sites(connection, scope), "district_code", "district_name")


def sites_by_type(connection: Connection, scope: Scope, rows: int) -> pd.DataFrame:
    """How many red sites there are of each kind, the most frequent `rows` kinds; a composite kind counts under its first word.

    Columns as `sites_by_district`.
    """
    found = red.sites(connection, scope)
    kinds = found["type"].map(lambda kind: terms(kind)[0] if terms(kind) else "未填")
    return _counted(found.assign(kind=kinds, kind_name=kinds), "kind", "kind_name").head(rows)


def _counted(sites: pd.DataFrame, code: str, name: str) -> pd.DataFrame:
    counts = sites.assign(label=sites[name].fillna("未填")).groupby([code, "label"], as_index=False).agg(count=("site_id", "size"))
    counts = counts.rename(columns={code: "category"}).sort_values(["count", "category"], ascending=[False, True], ignore_index=True)
    return counts.assign(share=share(counts["count"], pd.Series(counts["count"].sum(), index=counts.index)))
