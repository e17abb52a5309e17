"""The indicator board's first screen: headline figures, the two indices by quarter, district, sector and superior, red lights.

Every question is about one node of the tree inside the scope, cut by place and sector where the reader chose one; a node
outside the scope answers with nothing. Indicators are computed by `domain.figures` from the sums of `rolled`.
"""

from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import Connection, and_, select

from data_access.queries import rolled
from data_access.queries.rolled import Cut
from data_access.queries.settings import settings
from data_access.schema.organisations import organisation
from data_access.schema.places import place, sector
from data_access.scoping import within
from domain import figures, index
from domain.definition import Board
from domain.indicators import INDICATORS
from domain.period import Period
from domain.rules import INDEX_ESCALATION, RULES
from domain.scope import Scope
from domain.vocabulary import Light, Part

INDICES = ("fortress", "pioneer", "rated")
BANDS = ("rated", "branches_green", "branches_yellow", "branches_red", "branches_grey")


@dataclass(frozen=True)
class Bands:
    """How many branches there are, how many were rated, and how many stand in which band of the index."""

    branches: int
    rated: int
    green: int
    yellow: int
    red: int
    grey: int


def bands(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: str) -> Bands | None:
    """Return the bands of the branches below the node in `period`; None where it has no figures of it."""
    rows = rolled.figures(connection, scope, org_id, cut, [period], BANDS)
    if rows.empty:
        return None
    row = rows.iloc[0]
    counts = (row["branches"], row["branches_rated"], *(row[f"branches_{light}"] for light in ("green", "yellow", "red", "grey")))
    return Bands(*map(int, counts))


def headlines(
    connection: Connection, scope: Scope, org_id: int, cut: Cut, period: Period, codes: tuple[str, ...], quarters: int = 8
) -> pd.DataFrame:
    """The indicators `codes` in `period` (a quarter), against the quarter before, with their trend.

    Columns: code, value, previous, base, trend (list of the last `quarters` values, oldest first), stands (percent of what it should be
    told of that the figure stands on: of branches for the fortress index, of members for the pioneer index, of duties due for the
    attainment; NaN for others); NaN where nothing stands. Empty where the node has no figures at all.
    """
    span = [quarter.code for quarter in period.back(quarters)]
    numbers = settings(connection, scope)
    of_figure = [code for code in codes if INDICATORS[code].board is Board.FIGURE]
    rows = rolled.figures(connection, scope, org_id, cut, span, [*of_figure, "rated", "members"])
    duties = rolled.duties(connection, scope, org_id, cut, span, ("period",))
    columns = ["code", "value", "previous", "base", "trend", "stands"]
    if rows.empty and duties.empty:
        return pd.DataFrame(columns=columns)
    stands = _stands(rows[rows["period"] == period.code], duties[duties["period"] == period.code])
    lines = []
    for code in codes:
        table = rows if INDICATORS[code].board is Board.FIGURE else duties
        line = figures.over_periods(figures.indicator(table, code, ["period"], numbers), span)
        values = line["value"].tolist()
        lines.append((code, values[-1], values[-2], line["base"].iloc[-1], values, stands.get(code, float("nan"))))
    return pd.DataFrame(lines, columns=columns)


def _stands(rows: pd.DataFrame, duties: pd.DataFrame) -> dict[str, float]:
    """The percent of what it should be told of that a figure stands on, by indicator; NaN where nothing should be."""
    whole = {name: float(rows[name].sum()) for name in ("branches_rated", "branches", "pioneer_members", "members") if name in rows}
    told = {
        "fortress": (whole.get("branches_rated", 0.0), whole.get("branches", 0.0)),
        "pioneer": (whole.get("pioneer_members", 0.0), whole.get("members", 0.0)),
        "attainment": (float(duties["due"].sum()), float(duties[["due", "unknown"]].sum().sum())),
    }
    return {code: 100 * part / of if of else float("nan") for code, (part, of) in told.items()}


def trend(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: Period, today: date, quarters: int = 8) -> pd.DataFrame:
    """Both indices in the last `quarters` quarters up to `period`.

    Columns: period, series ("fortress", "pioneer"), value (0–100; NaN where nobody was rated), base, provisional (bool; 暂评 on
    `today`); a row each, oldest first.
    """
    span = [quarter.code for quarter in period.back(quarters)]
    rows = rolled.figures(connection, scope, org_id, cut, span, INDICES)
    if rows.empty:
        return pd.DataFrame(columns=["period", "series", "value", "base", "provisional"])
    lines = [figures.over_periods(figures.indicator(rows, code, ["period"]), span).assign(series=code) for code in ("fortress", "pioneer")]
    both = pd.concat(lines, ignore_index=True)
    both["provisional"] = [not Period.parse(code).frozen(today) for code in both["period"]]
    return both[["period", "series", "value", "base", "provisional"]]


def parts(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: Period) -> pd.DataFrame:
    """The five parts of the fortress index in `period`, against the quarter before.

    Columns: part, name, value, previous (percent of what the part can give; NaN where no branch stands on it), stands (percent of the
    rated branches' members that the part stands on); in the order of `Part`.
    """
    span = [period.shift(-1).code, period.code]
    codes = [f"{part.value}_part" for part in Part]
    rows = rolled.figures(connection, scope, org_id, cut, span, [*codes, "fortress"])
    heads = rows.loc[rows["period"] == period.code, [*(f"{part.value}_members" for part in Part), "score_members"]].sum()
    lines = []
    for part, code in zip(Part, codes, strict=True):
        before, now = figures.over_periods(figures.indicator(rows, code, ["period"]), span)["value"]
        whole = float(heads["score_members"])
        stands = 100 * float(heads[f"{part.value}_members"]) / whole if whole else float("nan")
        lines.append((part.value, part.label, now, before, stands))
    return pd.DataFrame(lines, columns=["part", "name", "value", "previous", "stands"])


def by_district(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: str) -> pd.DataFrame:
    """Both indices of the branches below the node by the district that they stand in (按属地), best first.

    Columns: key (district code), name, score, pioneer (0–100; NaN where not rated), light (of the score), branches, rated (counts).
    """
    names = select(place.c.code.label("key"), place.c.name)
    rows = rolled.figures(connection, scope, org_id, cut, [period], INDICES, by="district_code")
    return _standing(connection, scope, rows.rename(columns={"district_code": "key"}), pd.read_sql_query(names, connection))


def by_sector(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: str) -> pd.DataFrame:
    """Both indices of the branches below the node by sector, best first. Columns as `by_district`, key being the sector's code."""
    names = select(sector.c.code.label("key"), sector.c.name)
    rows = rolled.figures(connection, scope, org_id, cut, [period], INDICES, by="sector")
    return _standing(connection, scope, rows.rename(columns={"sector": "key"}), pd.read_sql_query(names, connection))


def by_unit(connection: Connection, scope: Scope, org_id: int, cut: Cut, period: str) -> pd.DataFrame:
    """Both indices of the organisations right below the node (按隶属), best first. Columns as `by_district`, key being the org code."""
    below = and_(organisation.c.superior_id == org_id, within(scope, organisation.c.path))
    names = pd.read_sql_query(
        select(organisation.c.org_id, organisation.c.org_code.label("key"), organisation.c.name).where(below), connection
    )
    rows = rolled.figures_below(connection, scope, org_id, cut, [period], INDICES)
    rows = rows.merge(names[["org_id", "key"]], on="org_id").drop(columns="org_id")
    return _standing(connection, scope, rows, names[["key", "name"]])


def _standing(connection: Connection, scope: Scope, rows: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    standing = rows[rows["branches"] > 0].sort_values("key", ignore_index=True)
    standing["score"] = figures.indicator(standing, "fortress", ["key"])["value"]
    standing["pioneer"] = figures.indicator(standing, "pioneer", ["key"])["value"]
    standing["light"] = index.light(standing["score"], settings(connection, scope))
    standing["name"] = standing["key"].map(names.set_index("key")["name"])
    standing = standing.rename(columns={"branches_rated": "rated"})
    order = standing.sort_values("score", ascending=False, kind="stable", na_position="last", ignore_index=True)
    return order[["key", "name", "score", "pioneer", "light", "branches", "rated"]]


def red_lights(connection: Connection, scope: Scope, org_id: int, cut: Cut) -> pd.DataFrame:
    """Open duty lights of the node by rule, most reds first; exempted ones and the index's own are not among them.

    Columns: rule_id, title, red, yellow, grey (counts).
    """
    rows = rolled.counts(connection, scope, org_id, cut, ["light"])
    rows = rows.assign(rule_id=rows["dimension"].str.removeprefix("light:"))
    rows = rows[rows["rule_id"] != INDEX_ESCALATION]
    colours = [Light.RED.value, Light.YELLOW.value, Light.GREY.value]
    wide = rows.pivot_table(index="rule_id", columns="category", values="count", aggfunc="sum", fill_value=0)
    wide = wide.reindex(columns=colours, fill_value=0).astype(int).reset_index()
    wide["title"] = [RULES[rule].title if rule in RULES else rule for rule in wide["rule_id"]]
    order = wide.sort_values(["red", "yellow", "rule_id"], ascending=[False, False, True], ignore_index=True)
    return order[["rule_id", "title", *colours]]
