"""All facts of an installation, drawn block by block and written as they come, so that memory stays bounded."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from data_access import bulk
from data_access.schema import metadata
from domain.vocabulary import Role
from seed import branches as branch_room
from seed import contributions, merits
from seed import meetings as meeting_room
from seed import members as member_room
from seed import organisations as organisation_room
from seed.accounts import accounts
from seed.admissions import applicants
from seed.atlas import Atlas
from seed.branches import Branches
from seed.calendar import Calendar
from seed.draws import Whole
from seed.members import Stays
from seed.organisations import Organisations
from seed.people import profile
from seed.posts import Above, Groups, Posts
from seed.red import nearby_rows
from seed.tasks import Tasks, assignments, issued
from seed.tree import grown
from seed.weights import versions, weights

VERSION = "1"  # of the generator: the same arguments and version give the same rows

_SOON = 182  # days: a term that ends within half a year
_LEAST_MEMBERS = 12  # of the branch that the demo's secretary leads

Tell = Callable[[float, str], None]


@dataclass
class Writer:
    """Writes frames into tables and hands out ids."""

    connection: Connection
    used: Counter[str] = field(default_factory=Counter)

    def write(self, table: str, frame: pd.DataFrame) -> None:
        """Insert the rows of a table."""
        bulk.insert(self.connection, metadata.tables[table], frame)

    def number(self, table: str, frame: pd.DataFrame) -> None:
        """Insert rows that lack their key, which is the first column of the table; they get the next ids."""
        key = metadata.tables[table].primary_key.columns.keys()[0]
        self.write(table, frame.assign(**{key: self.first(table, len(frame)) + np.arange(len(frame))}))

    def first(self, table: str, count: int) -> int:
        """Return the first of `count` new ids of a table."""
        start = self.used[table] + 1
        self.used[table] += count
        return start


def fill(connection: Connection, atlas: Atlas, tell: Tell) -> None:
    """Write every fact of `atlas` into empty tables, inside the connection's transaction; `tell` hears shares of 0–1."""
    writer, calendar = Writer(connection), Calendar(atlas.as_of)
    tell(0.0, "写入地点和红色资源")
    _reference(writer, atlas)
    tell(0.02, "建立组织体系")
    organisations = organisation_room.lives(grown(atlas), atlas, calendar)
    blocks = list(branch_room.blocks(organisations, calendar))
    upper = _above(organisations, blocks)
    tasks = issued(organisations, atlas, calendar)
    writer.write("task", tasks.rows())
    writer.write("task_milestone", tasks.milestone_rows())
    writer.write("course", contributions.course_rows(calendar))
    mending: list[Whole] = []
    for number, (block, above) in enumerate(zip(blocks, upper, strict=True)):
        tell(0.06 + 0.88 * number / len(blocks), f"生成党员和工作记录（第{number + 1}批，共{len(blocks)}批）")
        mending.append(_block(writer, block, above, organisations, tasks, atlas, calendar))
    tell(0.94, "写入组织和换届记录")
    writer.write("organisation", organisation_room.organisation_rows(organisations, atlas))
    writer.write("organisation_history", organisation_room.history_rows(organisations))
    elections, extensions = organisation_room.election_rows(organisations, calendar)
    writer.write("election", elections)
    writer.write("term_extension", extensions)
    writer.write("account", accounts(_people(organisations, np.concatenate(mending), calendar)))
    tell(1.0, "基础数据已生成")


def _reference(writer: Writer, atlas: Atlas) -> None:
    told = {
        "title": atlas.title,
        "root_org": "1",
        "root_place": atlas.root_place,
        "as_of": atlas.as_of.isoformat(),
        "demo": "1",
        "scale": atlas.scale,
        "build": VERSION,
    }
    writer.write("installation", pd.DataFrame({"key": list(told), "value": list(told.values())}))
    writer.write("data_version", pd.DataFrame({"id": [1], "version": [1]}))
    sectors = [(each.code, each.name, rank, each.is_new) for rank, each in enumerate(atlas.sectors, 1)]
    writer.write("sector", pd.DataFrame(sectors, columns=["code", "name", "rank", "is_new"]))
    writer.write("place", atlas.places)
    writer.write("sector_coverage", atlas.coverage)
    for table, rows in atlas.red.items():
        writer.write(table, rows)
    if "red_site" in atlas.red:
        writer.write("nearby_place", nearby_rows(atlas.red["red_site"]))
    writer.write("weights_version", versions())
    writer.write("index_weight", weights(next((each.code for each in atlas.sectors if each.home == "village"), None)))


def _above(organisations: Organisations, blocks: list[Branches]) -> list[Above]:
    """Return for each block the organisations above whose committees are filled from it: where their first branch lies."""
    tree = organisations.tree
    below: dict[int, list[int]] = {}
    for at in np.flatnonzero(organisations.branch & (organisations.dissolved > organisations.founded)):
        superior = tree.superiors[int(at)]
        while superior:
            found = below.setdefault(superior, [])
            if len(found) < 8:
                found.append(int(at) + 1)
            superior = tree.superiors[superior - 1]
    firsts = np.array([block.org_id[0] for block in blocks])
    homes: dict[int, list[int]] = {}
    for upper in sorted(below, reverse=True):  # the lower first: what is nearer to the branches has the better claim
        homes.setdefault(int(np.searchsorted(firsts, below[upper][0], side="right")) - 1, []).append(upper)
    return [
        Above(
            np.array(homes.get(number, []), dtype=np.int64),
            [tuple(below[upper]) for upper in homes.get(number, [])],
            organisations.last_election[np.array(homes.get(number, []), dtype=np.int64) - 1],
        )
        for number in range(len(blocks))
    ]


def _block(
    writer: Writer, branches: Branches, above: Above, organisations: Organisations, tasks: Tasks, atlas: Atlas, calendar: Calendar
) -> Whole:
    """Draw and write everything about one block of branches; return how many kinds of things each has to mend."""
    shares = profile(atlas.sectors)
    people = member_room.members(branches, writer.used["member"] + 1, shares, calendar)
    writer.used["member"] += len(people)
    told, transfers = member_room.stays(people, branches, calendar)
    groups = Groups(branches, people, writer.used["party_group"] + 1)
    writer.used["party_group"] += len(groups.group_id)
    posts = Posts(branches, people, told)
    organisations.has_committee[branches.org_id - 1] = posts.has_committee

    writer.write("party_group", groups.rows(branches, calendar))
    writer.write("member", member_room.member_rows(people, branches, shares, groups.of_member))
    writer.write("membership", member_room.membership_rows(told, people, branches))
    writer.number("transfer", transfers)
    writer.number("post", posts.rows(branches, people, calendar, above))
    writer.write("coverage", branch_room.coverage_rows(branches, calendar))

    held, attendance = meeting_room.meetings(branches, people, told, posts, groups, calendar)
    first = writer.first("meeting", len(held))
    writer.write("meeting", held.rows(branches, first))
    writer.write("attendance", meeting_room.attendance_rows(attendance, first))
    writer.write("review", merits.review_rows(held, branches, people, told, calendar))
    writer.number("talk", merits.talk_rows(branches, posts, people, calendar))
    owing = _contributions(writer, branches, people, told, calendar)
    overdue = _tasks(writer, tasks, branches, posts, people, calendar)
    walks, steps = applicants(branches, people, calendar, writer.used["applicant"] + 1)
    writer.used["applicant"] += len(walks)
    writer.write("applicant", walks)
    writer.write("admission_step", steps)
    writer.number("honour", merits.honour_rows(branches, people, calendar))
    writer.number("deduction", merits.deduction_rows(branches, people, calendar))
    writer.number("exemption", merits.exemption_rows(branches, calendar))
    writer.write("star_rating", merits.star_rows(branches, calendar))
    return (owing > 0).astype(np.int64) + (overdue > 0) + meeting_room.missing_now(held, branches, calendar)


def _contributions(writer: Writer, branches: Branches, people: member_room.Members, told: Stays, calendar: Calendar) -> Whole:
    """Write dues, study and service; return how many members of each branch owe dues for months."""
    dues, owing = contributions.dues_rows(branches, people, told, calendar)
    writer.write("dues", dues)
    writer.write("study_record", contributions.study_rows(branches, people, told, calendar))
    writer.write("service_record", contributions.service_rows(branches, people, told, calendar))
    return owing


def _tasks(writer: Writer, tasks: Tasks, branches: Branches, posts: Posts, people: member_room.Members, calendar: Calendar) -> Whole:
    """Write assignments and reports; return how many assignments of each branch are overdue."""
    given, reports, overdue = assignments(tasks, branches, posts, people.member_id, calendar)
    first = writer.used["assignment"] + 1
    writer.number("assignment", given)
    reports.insert(0, "assignment_id", reports.pop("assignment") + first)
    writer.write("progress_report", reports)
    return overdue


def _people(organisations: Organisations, mending: Whole, calendar: Calendar) -> list[tuple[str, str, Role, int]]:
    """Return the demo's people; the secretary leads the branch with the most kinds of things to mend."""
    branch = np.flatnonzero(organisations.branch)
    soon = (organisations.term_ends[branch] > calendar.today) & (organisations.term_ends[branch] < calendar.today + _SOON)
    size = np.array(organisations.tree.sizes)[branch]
    local = (organisations.home[branch] >= 2) & (size >= _LEAST_MEMBERS)
    secretary = int(branch[np.argmax(4 * mending + 5 * soon + local)]) + 1  # the first of the equally good ones
    return [
        ("leader", "市委组织部领导", Role.LEADER, 1),
        ("secretary", organisations.tree.names[secretary - 1] + "书记", Role.SECRETARY, secretary),
        ("presenter", "演示人员", Role.PRESENTER, 1),
        ("steward", "数据管理员", Role.STEWARD, 1),
        ("wall", "指挥大屏", Role.WALL, 1),
    ]
