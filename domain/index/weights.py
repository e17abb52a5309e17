"""Weights are versioned data: which version counts for a quarter, and the template of each sector as columns."""

from collections.abc import Iterable
from datetime import date

import pandas as pd

from domain.index.items import Item
from domain.vocabulary import Part, Term

EVERY_SECTOR = "*"


class Subject(Term):
    """Who is rated."""

    BRANCH = "branch", "党支部"
    MEMBER = "member", "党员"


def version_on(versions: pd.DataFrame, day: date) -> str | None:
    """Return the version of the weights that is valid on `day`, a quarter's first; None where there is none.

    Expects columns: version, valid_from, valid_to (datetime64; NaT while it lasts), withdrawn (bool). Of several the latest
    to begin counts, then the greatest code.
    """
    then = pd.Timestamp(day)
    lasting = versions["valid_to"].isna() | (versions["valid_to"] >= then)
    valid = versions[(versions["valid_from"] <= then) & lasting & ~versions["withdrawn"].astype(bool)]
    return None if valid.empty else str(valid.sort_values(["valid_from", "version"])["version"].iloc[-1])


Weight = tuple[str, str, str, str, float]  # subject, sector ("*" for every other), part, item ("" for the part itself), weight


def template(weights: pd.DataFrame, subject: Subject, sectors: pd.Series, items: tuple[Item, ...]) -> pd.DataFrame:
    """Return each row's weights: its sector's own template where there is one, otherwise the one for every sector.

    Expects the rows of one version, with the columns of a `Weight`.
    `sectors` is one code a row rated (missing allowed).
    Returns, aligned with `sectors`: a column a part (its weight of 100) and `Item.column` for each item (its weight of 100 in the
    part); what no template names weighs 0.
    """
    columns = (weights[name].tolist() for name in ("subject", "sector", "part", "item", "weight"))
    return template_of(zip(*columns, strict=True), subject, sectors, items)


def template_of(weights: Iterable[Weight], subject: Subject, sectors: pd.Series, items: tuple[Item, ...]) -> pd.DataFrame:
    """Return what `template` does, from rows instead of a frame of them."""
    given: dict[str, dict[str, float]] = {EVERY_SECTOR: {}}
    for of, sector, part, item, weight in weights:  # a pivot of so few rows would take ten times as long
        if of == subject.value:
            own, column = given.setdefault(sector, {}), f"{part}_{item}" if item else part
            own[column] = own.get(column, 0.0) + weight
    names = [*(part.value for part in Part), *(item.column for item in items)]
    wide = pd.DataFrame([[own.get(name, 0.0) for name in names] for own in given.values()], index=list(given), columns=names, dtype=float)
    known = sectors.where(sectors.isin(wide.index), EVERY_SECTOR)
    return wide.loc[known].set_axis(sectors.index)
