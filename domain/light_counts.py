"""Counting open duty lights from one table of them: by rule, district, sector or age, under what a reader has chosen."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from domain.ageing import Age
from domain.rules import RULES
from domain.vocabulary import Light

SHOWN = (Light.RED, Light.YELLOW, Light.GREY)
COLOURS = [light.value for light in SHOWN]


@dataclass(frozen=True)
class Chosen:
    """Which lights are looked at; None is all of them."""

    rule: str | None = None
    light: str | None = None
    district: str | None = None
    sector: str | None = None
    age: str | None = None  # an `Age`
    org_id: int | None = None  # of one organisation alone, without those below it
    on: date | None = None  # as they stood at the end of this day; None: as they stand


# How lights can be counted: the key's column, and that of its name where the rows carry one.
_COLUMNS = {
    "rule": ("rule_id", None),
    "district": ("district_code", "district_name"),
    "sector": ("sector", "sector_name"),
    "age": ("age", None),
}

WAYS = tuple(_COLUMNS)


def rule_title(rule_id: str) -> str:
    """Return the rule's Chinese title; a light of a rule that the installation no longer has keeps its id."""
    return RULES[rule_id].title if rule_id in RULES else rule_id


def counted(lights: pd.DataFrame, by: str, chosen: Chosen) -> pd.DataFrame:
    """Count the chosen lights `by` "rule", "district", "sector" or "age".

    Expects columns: rule_id, light, district_code, district_name, sector, sector_name, age, count. What is chosen of `by` itself is not
    applied: a chart by rule shows every rule and marks the chosen one.
    Returns columns: key, name, red, yellow, grey; most reds first, ages in their order, each of them present.
    """
    column, named = _COLUMNS[by]
    rows = _narrowed(lights, chosen, but=by)
    keys = rows[column].fillna("")
    wide = rows.pivot_table("count", keys, "light", aggfunc="sum", fill_value=0).reindex(columns=COLOURS, fill_value=0).astype(int)
    if by == "age":
        wide = wide.reindex([age.value for age in Age], fill_value=0)
        names = Age.labels()
    elif by == "rule":
        names = {key: rule_title(key) for key in wide.index}
    else:
        names = dict(zip(keys, rows[named].fillna("未填"), strict=True))
    table = wide.rename_axis(index="key", columns=None).reset_index()
    table.insert(1, "name", table["key"].map(names))
    if by == "age":
        return table
    return table.sort_values([*COLOURS, "key"], ascending=[False, False, False, True], ignore_index=True)


def totals(lights: pd.DataFrame, chosen: Chosen) -> dict[str, int]:
    """Count the chosen lights by colour. Expects the columns of `counted`."""
    sums = _narrowed(lights, chosen).groupby("light")["count"].sum()
    return {colour: int(sums.get(colour, 0)) for colour in COLOURS}


def _narrowed(lights: pd.DataFrame, chosen: Chosen, but: str | None = None) -> pd.DataFrame:
    wanted = {"rule": chosen.rule, "district": chosen.district, "sector": chosen.sector, "age": chosen.age}
    rows = lights if chosen.light is None else lights[lights["light"] == chosen.light]
    for name, code in wanted.items():
        if code is not None and name != but:
            rows = rows[rows[_COLUMNS[name][0]] == code]
    return rows
