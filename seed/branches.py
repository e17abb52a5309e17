"""Branches of one block and how well each works: the latent quality behind everything that is drawn for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pandas as pd

from domain.vocabulary import OrgKind, Source
from seed.calendar import NEVER, Calendar, dates
from seed.draws import Truth, Whole, bell, below, chance, pick
from seed.organisations import Organisations

BLOCK = 20_000  # members of a block, about: bounds the memory of a build

# Seasons, per mille, by quarter of the year: the new year is slow, the summer slower, the year's end is busy.
_SEASON = np.array([-12, 8, -22, 20])
_TREND = 16  # per mille a quarter: slow improvement
_EARLY, _MEMBER_ROWS = 24, 4  # more of it before study and service were recorded: the index stood on less, and stricter, then


# Districts below this standing fall further behind in the quarter that is still open, by so much and the more the weaker they are.
_WEAK, _SLIP = -50, 70


class Trouble(IntEnum):
    """What is wrong with a branch, where something is."""

    NONE = 0
    MEETINGS = 1
    ARREARS = 2
    TASKS = 3
    STUDY = 4
    SERVICE = 5
    EVERYTHING = 6


@dataclass(repr=False)
class Branches:
    """The branches of one block as parallel arrays; `quality` is per mille, one column a quarter of the history."""

    org_id: Whole
    size: Whole  # members on the as-of date
    sector: Whole
    rural: Truth
    founded: Whole
    dissolved: Whole
    last_election: Whole
    term_ends: Whole
    quality: Whole  # (branches, quarters)
    trouble: Whole
    committee: Whole  # org_id of the committee whose branches it is compared with: the nearest that is no general branch
    codes: list[str]
    paths: list[str]
    reports: dict[Source, tuple[Whole, Whole]]  # first and last day of which each source has records

    def __len__(self) -> int:
        return len(self.org_id)

    def at(self, rows: Whole, quarter: Whole, weak: Trouble) -> Whole:
        """Return the quality of branches in quarters, much lower where `weak` is their trouble."""
        value = self.quality[rows, quarter]
        troubled = self.trouble[rows]
        return value - np.select([troubled == weak, troubled == Trouble.EVERYTHING], [300, 220], 0)

    def reported(self, rows: Whole, days: Whole, source: Source) -> Truth:
        """True where a branch's source has records of a day."""
        first, last = self.reports[source]
        return (days >= first[rows]) & (days <= last[rows])

    def lived(self, rows: Whole, days: Whole) -> Truth:
        """True where a branch existed on a day."""
        return (days >= self.founded[rows]) & (days <= self.dissolved[rows])


def blocks(organisations: Organisations, calendar: Calendar) -> Iterator[Branches]:
    """Yield the branches in blocks of neighbours."""
    positions = np.flatnonzero(organisations.branch)
    sizes = np.array(organisations.tree.sizes)[positions]
    ends = np.searchsorted(np.cumsum(sizes), np.arange(BLOCK, int(sizes.sum()), BLOCK))
    for block in np.split(positions, ends):
        if len(block):
            yield _block(organisations, block, calendar)


def _block(organisations: Organisations, block: Whole, calendar: Calendar) -> Branches:
    tree, ids = organisations.tree, block + 1
    superior = np.array(tree.superiors)[block]
    trouble = _troubles(ids, np.array(tree.standings)[block])
    above = np.array([tree.kinds[at - 1].value for at in superior])
    return Branches(
        org_id=ids,
        size=np.array(tree.sizes)[block],
        sector=np.array(tree.sectors)[block],
        rural=organisations.home[block] == 2,
        founded=organisations.founded[block],
        dissolved=organisations.dissolved[block],
        last_election=organisations.last_election[block],
        term_ends=organisations.term_ends[block],
        quality=_quality(ids, superior, np.array(tree.standings)[block], organisations.home[block], calendar),
        trouble=trouble,
        committee=np.where(above == OrgKind.GENERAL_BRANCH.value, np.array(tree.superiors)[superior - 1], superior),
        codes=[tree.codes[at] for at in block],
        paths=[tree.paths[at] for at in block],
        reports=_reports(ids, calendar),
    )


def _quality(ids: Whole, superior: Whole, standing: Whole, home: Whole, calendar: Calendar) -> Whole:
    """Return per mille by branch and quarter: the district, the superior, the branch itself, the trend and the season."""
    quarters = np.arange(len(calendar.quarters))
    season = _SEASON[(np.array([int(code[-1]) for code in calendar.quarters.codes]) - 1)]
    own = 792 + standing + bell(75, "quality/superior", superior) + bell(190, "quality/branch", ids) - np.where(home == 2, 15, 0)
    early = np.maximum(_MEMBER_ROWS - quarters, 0)
    moving = bell(14, "quality/trend", ids)[:, None] * quarters + _TREND * (quarters - quarters[-1]) - _EARLY * early
    moving[:, -1] -= np.where(standing < _WEAK, _SLIP - standing * 9 // 10, 0)
    return np.clip(own[:, None] + moving + season + bell(60, "quality/quarter", ids[:, None], quarters), 150, 985)


def _troubles(ids: Whole, standing: Whole) -> Whole:
    """Return the trouble of each branch; few have one, more of them where a district works badly."""
    troubled = below(1000, "trouble", ids) < np.clip(70 - standing // 2, 25, 160)
    return np.where(troubled, 1 + pick([3, 3, 3, 2, 2, 1], "trouble/kind", ids), int(Trouble.NONE))


_SILENT = (Source.MEETINGS, Source.STUDY, Source.TASKS, Source.DUES, Source.SERVICE)


def _reports(ids: Whole, calendar: Calendar) -> dict[Source, tuple[Whole, Whole]]:
    """Return from when until when each source has records: some never reported, some stopped, some are marked as unknown."""
    marked, unknown_from = unknown(ids, calendar)
    reports = {}
    for number, source in enumerate(_SILENT):
        never = chance(50, "silence/never", ids, number)
        stopped = chance(70, "silence/stopped", ids, number)
        last = np.where(stopped, calendar.today - 60 - below(300, "silence/since", ids, number), NEVER)
        last = np.where(marked[:, number], np.minimum(last, unknown_from - 1), last)
        reports[source] = (np.where(never, NEVER, 0), last)
    return reports


def unknown(ids: Whole, calendar: Calendar) -> tuple[Truth, Whole]:
    """Return which sources of which branches the steward has marked as unknown (branches, sources), and since when.

    Most marks leave a branch rated on less; some leave so little that it is not rated at all.
    """
    some = chance(110, "unknown", ids)
    most = chance(60, "unknown/most", ids)
    single = below(len(_SILENT), "unknown/source", ids)
    marked = (some[:, None] & (np.arange(len(_SILENT)) == single[:, None])) | (most[:, None] & (np.arange(len(_SILENT)) < 3))
    since = calendar.quarters.first[-2 - below(3, "unknown/since", ids)]
    return marked, since


def coverage_rows(branches: Branches, calendar: Calendar) -> pd.DataFrame:
    """Return the rows of table `coverage`."""
    marked, since = unknown(branches.org_id, calendar)
    rows, sources = np.nonzero(marked & (since > branches.founded)[:, None])
    notes = np.array(["系统迁移，记录不完整", "台账遗失，正在补录", "原系统停用，数据未移交"], dtype=object)
    return pd.DataFrame(
        {
            "org_id": branches.org_id[rows],
            "source": np.array([source.value for source in _SILENT], dtype=object)[sources],
            "from_on": dates(since[rows]),
            "note": notes[below(3, "unknown/note", branches.org_id[rows])],
        }
    )
