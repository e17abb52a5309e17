"""Lives of organisations: when they were founded, how their terms run, which one was dissolved, founded or moved."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from domain.vocabulary import OrgKind
from seed.atlas import Atlas
from seed.calendar import NEVER, Calendar, dates, months_later
from seed.draws import Truth, Whole, below, chance
from seed.pinyin import spelled
from seed.tree import Tree, points

_UNTIL_OVERDUE = 420  # days: how long ago the oldest overdue term ended
_DAYS_OF_YEAR = 365


@dataclass(repr=False)
class Organisations:
    """Every organisation of the tree as parallel arrays (position = org_id − 1), days as whole numbers."""

    tree: Tree
    branch: Truth
    home: Whole  # 0 none, 1 unit, 2 village, 3 community
    founded: Whole
    dissolved: Whole  # NEVER while it lives
    term_years: Whole
    term_ends: Whole  # NEVER where unknown
    last_election: Whole
    moved_on: Whole  # NEVER unless it answered to another superior before
    moved_from: Whole  # org_id of that superior, 0 for none
    has_committee: Truth

    @property
    def ids(self) -> Whole:
        """The org_ids."""
        return np.arange(1, len(self.tree.names) + 1)


def lives(tree: Tree, atlas: Atlas, calendar: Calendar) -> Organisations:
    """Draw the lives of all organisations of a tree."""
    count = len(tree.names)
    ids = np.arange(1, count + 1)
    kinds = np.array([kind.value for kind in tree.kinds])
    branch = kinds == OrgKind.BRANCH.value
    home = np.array([("", "unit", "village", "community").index(home) for home in tree.homes], dtype=np.int64)
    led = np.isin(kinds, [OrgKind.LOCAL_COMMITTEE.value, OrgKind.WORKING_COMMITTEE.value, OrgKind.COMMITTEE.value])
    years = np.where(led | (home >= 2), 5, 3).astype(np.int64)

    new = np.array([sector >= 0 and atlas.sectors[sector].is_new for sector in tree.sectors])
    age = np.where(new, 800 + below(6_000, "life/age", ids), 3_000 + below(11_000, "life/age", ids))
    founded = calendar.today - np.where(branch, age, age + 9_000)
    ends = _term_ends(ids, years, home, np.array(tree.standings), calendar)
    held = months_later(ends, -12 * years)
    founded = np.where(founded > held, held - 30 - below(1_500, "life/founded", ids), founded)
    organisations = Organisations(
        tree,
        branch,
        home,
        founded,
        np.full(count, NEVER),
        years,
        ends,
        held,
        np.full(count, NEVER),
        np.zeros(count, dtype=np.int64),
        ~branch,
    )
    _single_out(organisations, atlas, calendar)
    unknown = branch & chance(40, "life/unknown", ids) & (organisations.moved_on == NEVER)
    organisations.term_ends = np.where(unknown, NEVER, organisations.term_ends)
    return organisations


def _term_ends(ids: Whole, years: Whole, home: Whole, standing: Whole, calendar: Calendar) -> Whole:
    """Return the end of every sitting committee's term.

    Villages and communities elect together, five years apart: most did in the spring and summer of the as-of date's year.
    The others' terms run out evenly over time; a few are overdue, more of them where a district works badly.
    """
    today = calendar.today
    overdue = below(1000, "term/overdue", ids) < np.clip(24 - standing // 5, 8, 60)
    wave = below(100, "term/wave", ids)
    evenly = today + 1 + below(years * _DAYS_OF_YEAR - 2, "term/even", ids)
    in_wave = today + 5 * _DAYS_OF_YEAR - 90 - below(170, "term/spring", ids)
    before = today + 3 * _DAYS_OF_YEAR + below(480, "term/before", ids)
    soon = today + 10 + below(190, "term/soon", ids)
    rural = np.select([wave < 76, wave < 90], [in_wave, before], soon)
    return np.where(overdue, today - 3 - below(_UNTIL_OVERDUE, "term/late", ids), np.where(home >= 2, rural, evenly))


def _single_out(organisations: Organisations, atlas: Atlas, calendar: Calendar) -> None:
    """Let one branch be founded this quarter, one be moved to another superior, and one have been dissolved."""
    tree, quarters = organisations.tree, calendar.quarters
    single = [int(at) for at in np.flatnonzero(organisations.branch) if _may_change(tree, atlas, int(at))]
    newest, moved, gone = single[len(single) // 3], single[len(single) // 2], tree.dissolved - 1
    _found(organisations, newest, int(quarters.first[-1]) + 14)
    organisations.moved_on[moved] = quarters.first[-3]
    organisations.moved_from[moved] = tree.superiors[tree.superiors[moved] - 1]
    _found(organisations, moved, calendar.start - 900)
    _found(organisations, gone, calendar.start - 700)
    organisations.dissolved[gone] = quarters.last[-3] - 30


def _found(organisations: Organisations, at: int, on: int) -> None:
    """Let an organisation begin with an election on a day."""
    organisations.founded[at] = organisations.last_election[at] = on
    organisations.term_ends[at] = months_later(np.array([on]), 12 * organisations.term_years[at])[0]


def _may_change(tree: Tree, atlas: Atlas, at: int) -> bool:
    """True for a single branch of the new sectors that answers to a town."""
    superior, sector = tree.superiors[at] - 1, tree.sectors[at]
    return (
        atlas.sectors[sector].is_new and tree.towns[superior] is not None and tree.sectors[superior] != sector and 5 <= tree.sizes[at] <= 14
    )


def organisation_rows(organisations: Organisations, atlas: Atlas) -> pd.DataFrame:
    """Return the rows of table `organisation`."""
    tree = organisations.tree
    spellings = [spelled(name) for name in tree.names]
    codes = [sector.code for sector in atlas.sectors]
    spots, schematic = points(tree)
    return pd.DataFrame(
        {
            "org_id": organisations.ids,
            "org_code": tree.codes,
            "name": tree.names,
            "pinyin": [full for full, _ in spellings],
            "initials": [initials for _, initials in spellings],
            "kind": [kind.value for kind in tree.kinds],
            "sector": [codes[sector] if sector >= 0 else None for sector in tree.sectors],
            "superior_id": [superior or None for superior in tree.superiors],
            "path": tree.paths,
            "depth": [path.count("/") - 1 for path in tree.paths],
            "district_code": tree.districts,
            "town_code": tree.towns,
            "lon": [spot[0] if spot else None for spot in spots],
            "lat": [spot[1] if spot else None for spot in spots],
            "schematic": schematic,
            "founded_on": dates(organisations.founded),
            "dissolved_on": dates(organisations.dissolved),
            "term_years": organisations.term_years,
            "term_ends_on": dates(organisations.term_ends),
            "has_committee": organisations.has_committee,
            "committee_from": dates(np.where(organisations.has_committee, organisations.founded, NEVER)),
            "committee_to": None,
            "address": [f"演示地址{number}号" for number in organisations.ids],
            "phone": [f"0000-{number:08d}" for number in organisations.ids],  # no exchange begins with 0: nobody's number
        }
    )


def history_rows(organisations: Organisations) -> pd.DataFrame:
    """Return the rows of table `organisation_history`: the organisations that were moved, before and since."""
    rows: list[tuple] = []
    tree = organisations.tree
    for at in np.flatnonzero(organisations.moved_on < NEVER):
        org_id, before, moved = int(at) + 1, int(organisations.moved_from[at]), organisations.moved_on[at]
        rows.append((org_id, organisations.founded[at], moved - 1, before, f"{tree.paths[before - 1]}{org_id}/"))
        rows.append((org_id, moved, NEVER, tree.superiors[at], tree.paths[at]))
    table = pd.DataFrame(rows, columns=["org_id", "from_on", "to_on", "superior_id", "path"])
    for column in ("from_on", "to_on"):
        table[column] = dates(table[column].to_numpy(dtype=np.int64))
    return table


def election_rows(organisations: Organisations, calendar: Calendar) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of tables `election` and `term_extension`.

    Every organisation has the election of its sitting committee; where that fell into the history, the one before as well.
    One election in five came late, some of them under an approved extension.
    """
    ids, held, years = organisations.ids, organisations.last_election, organisations.term_years
    first = held <= organisations.founded
    late = below(1000, "election/late", ids) < np.clip(170 - np.array(organisations.tree.standings) // 2, 60, 300)
    before_end = np.where(late, -4 - below(100, "election/days late", ids), below(40, "election/days early", ids))
    ended = np.where(first, NEVER, held + before_end)
    ends = np.where(organisations.term_ends < NEVER, organisations.term_ends, months_later(held, 12 * years))
    sitting = pd.DataFrame({"org_id": ids, "held_on": held, "term_ended_on": ended, "term_ends_on": ends})
    before = months_later(np.where(first, held, ended), -12 * years)
    earlier = ~first & (held >= calendar.start) & (before > organisations.founded)
    previous = pd.DataFrame({"org_id": ids, "held_on": before, "term_ended_on": NEVER, "term_ends_on": ended})[earlier]
    elections = pd.concat([previous, sitting]).sort_values(["org_id", "held_on"], ignore_index=True)
    elections.insert(0, "election_id", np.arange(1, len(elections) + 1))

    lapsed = (organisations.term_ends < calendar.today + 120) & (organisations.dissolved == NEVER)
    extended = lapsed & chance(1_800, "extension", ids)
    extensions = pd.DataFrame(
        {
            "org_id": ids,
            "approved_on": np.minimum(organisations.term_ends, calendar.today) - 10 - below(40, "extension/approved", ids),
            "term_ends_on": organisations.term_ends,
            "until": organisations.term_ends + 90 + below(270, "extension/until", ids),
        }
    )[extended]
    for table in (elections, extensions):
        for column in table.columns.difference(["election_id", "org_id"]):
            table[column] = dates(table[column].to_numpy())
    return elections, extensions
