"""Who leads: party groups inside larger branches, and the posts of committees, from the election on."""

import numpy as np
import pandas as pd

from domain.vocabulary import Post
from seed.branches import Branches
from seed.calendar import NEVER, Calendar, dates
from seed.columns import coded
from seed.draws import Truth, Whole, below
from seed.members import Members, Stays
from seed.names import ordinal

_GROUPS_FROM = 24  # members: from here a branch has groups
_GROUP_SIZE = 13
_COMMITTEE_FROM = 7  # full members: from here a branch has a committee (支部工作条例)
_ORDER = [Post.SECRETARY, Post.ORGANISATION, Post.PUBLICITY, Post.DISCIPLINE, Post.DEPUTY, Post.MEMBER, Post.MEMBER]
_POSTS = list(Post)
_KIND = np.array([_POSTS.index(post) for post in _ORDER])


class Groups:
    """The party groups of a block's branches: `of_member` is each member's group id (0: none)."""

    def __init__(self, branches: Branches, people: Members, first_id: int) -> None:
        """Divide every branch of 24 members or more; ids begin with `first_id`."""
        self.counts = np.where(branches.size >= _GROUPS_FROM, -(-branches.size // _GROUP_SIZE), 0)
        self.branch = np.repeat(np.arange(len(branches)), self.counts)
        self.group_id = first_id + np.arange(len(self.branch))
        self.serial = np.arange(len(self.branch)) - (np.cumsum(self.counts) - self.counts)[self.branch]
        start = first_id + np.cumsum(self.counts) - self.counts
        drawn = below(np.maximum(self.counts[people.branch], 1), "group/member", people.member_id)
        self.of_member = np.where((self.counts[people.branch] > 0) & (people.status <= 1), start[people.branch] + drawn, 0)

    def rows(self, branches: Branches, calendar: Calendar) -> pd.DataFrame:
        """Return the rows of table `party_group`."""
        founded = np.maximum(branches.founded[self.branch] + 60, calendar.start - 1_500)
        names = [f"{ordinal(number + 1)}党小组" for number in range(int(self.counts.max(initial=0)))] or [""]
        return pd.DataFrame(
            {
                "group_id": self.group_id,
                "org_id": branches.org_id[self.branch],
                "name": coded(self.serial, names),
                "founded_on": dates(founded),
            }
        )


class Posts:
    """The sitting committees of a block's branches, and the secretaries before the last election.

    `branch`, `member` are rows of the block, `order` is the place in the committee: the secretary is 0.
    """

    def __init__(self, branches: Branches, people: Members, told: Stays) -> None:
        """Fill the posts from full members who are there and within reach, the same ones whenever it is asked."""
        able = (people.status == 0) & people.active
        full = np.bincount(people.branch[people.status == 0], minlength=len(branches))
        self.has_committee: Truth = full >= _COMMITTEE_FROM
        wanted = np.select([full >= 40, full >= 18, self.has_committee], [7, 5, 3], 1)
        drawn = below(1 << 30, "post/order", people.member_id)
        ranked = np.lexsort((people.member_id, drawn, people.occupation == 7, ~able, people.branch))
        rank = np.empty(len(people), dtype=np.int64)
        starts = np.searchsorted(people.branch[ranked], np.arange(len(branches)))
        rank[ranked] = np.arange(len(people)) - starts[people.branch[ranked]]
        sits = able & (rank < wanted[people.branch])
        chosen = np.flatnonzero(sits)
        chosen = chosen[np.lexsort((rank[chosen], people.branch[chosen]))]
        self.branch, self.member, self.order = people.branch[chosen], chosen, rank[chosen]
        self.since = self._since(branches, told, len(people))
        self.counts = np.bincount(self.branch, minlength=len(branches))
        secretary = np.full(len(branches), -1)
        secretary[self.branch[::-1]] = self.member[::-1]  # the first of each branch is written last
        self.secretary: Whole = secretary
        self._spare = np.flatnonzero(able & (rank >= wanted[people.branch]) & (rank < wanted[people.branch] + 8))
        self._spare = self._spare[np.lexsort((rank[self._spare], people.branch[self._spare]))]
        self._former = np.flatnonzero(able & (rank == wanted[people.branch]))

    def _since(self, branches: Branches, told: Stays, count: int) -> Whole:
        arrived = np.zeros(count, dtype=np.int64)
        now = told.last == NEVER
        arrived[told.member[now]] = told.first[now]
        return np.maximum(branches.last_election[self.branch], arrived[self.member])

    def rows(self, branches: Branches, people: Members, calendar: Calendar, above: "Above") -> pd.DataFrame:
        """Return the rows of table `post` without ids: the sitting ones, secretaries whose term ended in the history, and those above."""
        former = self._former[branches.last_election[people.branch[self._former]] >= calendar.start]
        changed = former[below(100, "post/changed", people.member_id[former]) < 45]
        election = branches.last_election[people.branch[changed]]
        sat_from = np.maximum(people.joined[changed] + 400, election - 1_000)
        served = sat_from < election - 90
        changed, election, sat_from = changed[served], election[served], sat_from[served]
        led, leading, place = above.filled(self._spare, branches, people)
        columns = {
            "org_id": np.concatenate([branches.org_id[self.branch], branches.org_id[people.branch[changed]], above.org_id[led]]),
            "member_id": people.member_id[np.concatenate([self.member, changed, leading])],
            "post": coded(np.concatenate([_KIND[self.order], np.zeros(len(changed), dtype=np.int64), _KIND[place]]), Post),
            "from_on": dates(np.concatenate([self.since, sat_from, np.maximum(above.last_election[led], people.full[leading])])),
            "to_on": dates(np.concatenate([np.full(len(self.branch), NEVER), election - 1, np.full(len(led), NEVER)])),
        }
        return pd.DataFrame(columns).sort_values(["org_id", "from_on"], kind="stable", ignore_index=True)


class Above:
    """Organisations above the branches of a block whose own committees are filled from it: each from its first branches."""

    def __init__(self, org_id: Whole, upper: list[tuple[int, ...]], last_election: Whole) -> None:
        """Take the org_ids, for each the org_ids of the block's branches it may choose from, and its last election."""
        self.org_id, self._upper, self.last_election = org_id, upper, last_election

    def filled(self, spare: Whole, branches: Branches, people: Members) -> tuple[Whole, Whole, Whole]:
        """Return rows (position above, row of the member, place): up to five of `spare` for each, never one of them twice."""
        by_branch: dict[int, list[int]] = {}
        for row in spare.tolist():
            by_branch.setdefault(int(branches.org_id[people.branch[row]]), []).append(row)
        found: list[tuple[int, int, int]] = []
        for position, below_it in enumerate(self._upper):
            place = 0
            for branch in below_it:
                free = by_branch.get(branch, [])
                while free and place < 5:
                    found.append((position, free.pop(0), place))
                    place += 1
        table = np.array(found, dtype=np.int64).reshape(-1, 3)
        return table[:, 0], table[:, 1], table[:, 2]
