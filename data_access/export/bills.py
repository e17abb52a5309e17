"""A month's bills (月度微账单): one organisation's as a workbook, and those of everybody below an organisation as files.

A workbook of a committee holds its notice (通报) and, part by part and each on a page of its own, the bill of every branch that
answers to it, be it through a general branch (党总支).
"""

import multiprocessing
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, func, select

from data_access.command import Refused
from data_access.engine import Installation, connect, installation
from data_access.export.workbook import Field, Table, write
from data_access.queries.bill import owed
from data_access.queries.escalation import escalated, settled_quarter
from data_access.queries.notice import notices
from data_access.queries.warnings import exemptions_of
from data_access.schema.organisations import organisation
from data_access.scoping import beneath, within
from domain.bill import exemption_sentence
from domain.escalation import Measure, sentence
from domain.index.estimates import STAKE
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Light, OrgKind

Progress = Callable[[str], None]

STATES = {Light.RED.value: Light.RED.label, Light.YELLOW.value: Light.YELLOW.label, Light.GREY.value: Light.GREY.label, "": "待办"}
ALONE = STAKE.told + STAKE.note
ENDED = "没有完成：出账的进程被系统结束，可能是内存不足。请用 --org 分县区出账。"
MANY = 2_000  # branches from which on it pays to start processes
MOST = 4  # processes at once: each holds the lines of a district

LINES = {
    "number": Field("序号", 6, "0"),
    "state": Field("状态", 9),
    "what": Field("事项", 14),
    "about": Field("依据事实", 46),
    "person": Field("涉及人员", 10),
    "due_on": Field("期限", 12),
    "days_late": Field("逾期天数", 9, "0"),
    "source": Field("依据", 26),
    "points": Field("影响分值", 9, "0.00"),
    "next_step": Field("下一步", 36),
    "responsible": Field("责任人", 10),
}
NOTICE = {
    "rank": Field("名次", 7, "0"),
    "name": Field("党组织", 40),
    "kind": Field("类别", 16),
    "total": Field("堡垒指数", 10, "0.0"),
    "change": Field("较上季", 9, "+0.0;-0.0;0.0"),
    "state": Field("状态", 10),
    "branches": Field("支部", 8, "#,##0"),
    "rated": Field("参评", 8, "#,##0"),
    "red": Field("职责预警", 10, "#,##0"),
    "yellow": Field("职责关注", 10, "#,##0"),
    "reminder": Field(Measure.REMINDER.label, 8, "#,##0"),
    "talk": Field(Measure.TALK.label, 8, "#,##0"),
    "rectification": Field(Measure.RECTIFICATION.label, 10, "#,##0"),
}

MEASURES = {
    "measure": Field("措施", 10),
    "name": Field("党支部", 40),
    "quarters": Field("连续季度", 9, "0"),
    "since": Field("起始", 16),
    "score": Field("堡垒指数", 10, "0.0"),
    "exempt_to": Field("豁免至", 12),
    "reason": Field("豁免原因", 30),
    "approved_by": Field("批准单位", 24),
}


@dataclass(frozen=True)
class Made:
    """What a run made: files, bills (one a branch) and lines."""

    files: int
    bills: int
    lines: int

    def and_(self, more: "Made") -> "Made":
        """Return what both made."""
        return Made(self.files + more.files, self.bills + more.bills, self.lines + more.lines)


def bill_notes(connection: Connection, scope: Scope, org_id: int, path: str, today: date) -> list[str]:
    """Say which measure is due for an organisation and what is exempted, as its bill does above the lines."""
    notes = _notes(escalated(connection, scope, path, today), exemptions_of(connection, scope, path))
    return notes.loc[notes["org_id"] == org_id, "about"].tolist()


def _notes(measures: pd.DataFrame, exemptions: pd.DataFrame) -> pd.DataFrame:
    """Put measures (of `queries.escalation.escalated`) and exemptions (of `queries.warnings.exemptions_of`) in words.

    Columns: org_id, state, about (a sentence); measures first.
    """
    rows = [(row["org_id"], "督促措施", sentence(row)) for row in measures.to_dict("records")]
    rows += [(row["org_id"], "已豁免", exemption_sentence(row)) for row in exemptions.to_dict("records")]
    return pd.DataFrame(rows, columns=["org_id", "state", "about"])


def bill_table(lines: pd.DataFrame, name: str, today: date, notes: Sequence[str] = ()) -> Table:
    """Return one organisation's bill as a sheet, `notes` above its lines (`bill_notes`).

    Expects the columns of `queries.bill.owed`, of one organisation or one person.
    """
    title = f"{name} {Period.month(today).label}党建微账单"
    about = [f"范围：{name}　数据截至：{today.isoformat()}　共 {len(lines)} 项"]
    return Table("账单", title, [*about, *notes], _worded(lines), LINES, footer=(ALONE,))


def notice_table(rows: pd.DataFrame, name: str, today: date) -> Table:
    """Return the notice of an organisation as a sheet. Expects the columns of `queries.notice.notice`, of one superior."""
    quarter = settled_quarter(today)
    told = rows.assign(
        state=[Light(code).label for code in rows["light"]], kind=rows["kind"].map(OrgKind.labels()), change=rows["change"].round(1)
    )
    lines = (
        f"范围：{name}的下级组织　数据截至：{today.isoformat()}　指数和名次：{quarter.label}（已定）　名次在同类组织之间排列",
        f"督促措施按连续预警的季度数：{'、'.join(measure.label for measure in Measure if measure is not Measure.NONE)}，经批准豁免的不计",
    )
    return Table("通报", f"{name} {Period.month(today).label}通报", lines, told, NOTICE)


def measures_table(measures: pd.DataFrame, name: str, today: date) -> Table:
    """Return the branches that a measure is due for, or exempted from, as a sheet. Expects what `queries.escalation.escalated` returns."""
    rows = measures.assign(
        measure=measures["measure"].map(Measure.labels()), since=[Period.parse(code).label for code in measures["since"]]
    )
    head = f"范围：{name}所属党支部　数据截至：{today.isoformat()}　截至{settled_quarter(today).label}（已定）　共 {len(rows)} 个"
    return Table("督促措施", f"{name} {Period.month(today).label}督促措施", [head], rows, MEASURES)


def make(connection: Connection, scope: Scope, path: str, folder: Path, tell: Progress, *, processes: int | None = None) -> Made:
    """Write the workbooks of every committee at and below `path` that branches answer to, into `folder`; one part of the tree at a time.

    A file is named by its organisation's code. Existing files of the same name are replaced. Where there are many branches, as many
    `processes` as the machine has cores make the parts. Raises OSError where the folder cannot be written, Refused where one of them was
    ended from outside.
    """
    told = installation(connection)
    folder.mkdir(parents=True, exist_ok=True)
    parts = list(_parts(connection, scope, path))
    if processes is None:
        processes = min(os.cpu_count() or 1, MOST) if _branches(connection, scope, path) > MANY else 1
    made = Made(0, 0, 0)
    if processes > 1:
        for part, done in _abreast(connection, scope, parts, told, folder, processes):
            tell(f"微账单 {part.name}")
            made = made.and_(done)
        return made
    for part in parts:
        tell(f"微账单 {part.name}")
        made = made.and_(_part(connection, scope, part, told, folder))
    return made


def _branches(connection: Connection, scope: Scope, path: str) -> int:
    query = select(func.count()).where(organisation.c.kind == OrgKind.BRANCH, organisation.c.dissolved_on.is_(None))
    return connection.scalar(query.where(within(scope, organisation.c.path), beneath(path, organisation.c.path))) or 0


@dataclass(frozen=True)
class _Part:
    path: str
    name: str
    below: bool  # with all beneath it, or the organisation alone


def _parts(connection: Connection, scope: Scope, path: str) -> Iterator[_Part]:
    """Yield what is made at a time: `path` itself with the branches right below it, then each other organisation right below it, whole."""
    query = select(organisation.c.org_id, organisation.c.name, organisation.c.path, organisation.c.depth, organisation.c.kind)
    query = query.where(within(scope, organisation.c.path), beneath(path, organisation.c.path)).order_by(organisation.c.org_code)
    tree = list(connection.execute(query))
    top = min(row.depth for row in tree)
    yield from (_Part(row.path, row.name, False) for row in tree if row.depth == top)
    yield from (_Part(row.path, row.name, True) for row in tree if row.depth == top + 1 and row.kind != OrgKind.BRANCH)


def _abreast(
    connection: Connection, scope: Scope, parts: Sequence[_Part], told: Installation, folder: Path, processes: int
) -> Iterator[tuple[_Part, Made]]:
    """Make the parts in processes of their own, each with a connection of its own; yield each when it is done.

    Whoever interrupts waits for the parts that are being made; no further one is begun.
    """
    url = connection.engine.url.render_as_string(hide_password=False)
    fresh = multiprocessing.get_context("spawn")  # a connection does not outlive a fork
    with ProcessPoolExecutor(processes, mp_context=fresh, initializer=_uninterrupted) as pool:
        waiting = {pool.submit(_part_at, url, scope, part, told, folder): part for part in parts}
        try:
            for done in as_completed(waiting):
                yield waiting[done], done.result()
        except BrokenProcessPool as fault:
            raise Refused(ENDED) from fault
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _uninterrupted() -> None:
    """Leave the keyboard to the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _part_at(url: str, scope: Scope, part: _Part, told: Installation, folder: Path) -> Made:
    engine = connect(url, building=True)
    try:
        with engine.connect() as connection:
            return _part(connection, scope, part, told, folder)
    finally:
        engine.dispose()


def _part(connection: Connection, scope: Scope, part: _Part, told: Installation, folder: Path) -> Made:
    path, today = part.path, told.today
    orgs = pd.read_sql_query(
        select(*(organisation.c[name] for name in ("org_id", "org_code", "name", "kind", "path", "superior_id")))
        .where(within(scope, organisation.c.path), beneath(path, organisation.c.path), organisation.c.dissolved_on.is_(None))
        .order_by(organisation.c.org_code),
        connection,
    )
    own = orgs[orgs["path"] == path]
    branches = orgs[orgs["kind"] == OrgKind.BRANCH].assign(committee_id=lambda rows: _committees(rows, orgs))
    if not part.below:
        branches = branches[branches["committee_id"].isin(own["org_id"])]
    if branches.empty:
        return Made(0, 0, 0)
    lines = owed(connection, scope, path, today, True)
    ranked = notices(connection, scope, path, today)
    measures, exemptions = escalated(connection, scope, path, today), exemptions_of(connection, scope, path)
    committees = orgs.set_index("org_id")
    made = Made(0, 0, 0)
    for committee_id, group in branches.groupby("committee_id", sort=True):
        committee = committees.loc[committee_id]
        theirs, due, free = (rows[rows["org_id"].isin(group["org_id"])] for rows in (lines, measures, exemptions))
        tables = [
            notice_table(ranked[ranked["superior_id"] == committee_id], str(committee["name"]), today),
            *([measures_table(due, str(committee["name"]), today)] if len(due) else []),
            _bills(theirs, group, _notes(due, free), str(committee["name"]), today),
        ]
        write(folder / f"{_filename(str(committee['org_code']))}.xlsx", tables, demo=told.demo)
        made = made.and_(Made(1, len(group), len(theirs)))
    return made


def _committees(branches: pd.DataFrame, orgs: pd.DataFrame) -> pd.Series:
    """Return the nearest superior of each branch that is no general branch; the general branch itself where it is the topmost here."""
    superior = orgs.set_index("org_id")["superior_id"]
    general = set(orgs.loc[orgs["kind"] == OrgKind.GENERAL_BRANCH, "org_id"]) & set(superior[superior.isin(orgs["org_id"])].index)
    found = branches["superior_id"]
    while (inner := found.isin(general)).any():
        found = found.where(~inner, found.map(superior))
    return found.astype("int64")


def _bills(lines: pd.DataFrame, branches: pd.DataFrame, notes: pd.DataFrame, superior: str, today: date) -> Table:
    """The bills of the branches of one superior, measures and exemptions first; a branch that owes nothing has a line that says so."""
    free = branches[~branches["org_id"].isin(lines["org_id"])]
    nothing = pd.DataFrame({"org_code": free["org_code"], "org_name": free["name"], "light": "", "what": "本月没有应办事项"})
    rows = _worded(lines)
    rows = pd.concat([rows, nothing.assign(state="—")], ignore_index=True) if len(free) else rows
    if len(notes):
        named = notes.merge(branches[["org_id", "org_code", "name"]], on="org_id").rename(columns={"name": "org_name"})
        rows = pd.concat([named, rows], ignore_index=True).sort_values("org_code", kind="stable", ignore_index=True)
    rows["part"] = [f"{name}（{code}）" for name, code in zip(rows["org_name"], rows["org_code"], strict=True)]
    title = f"{superior} {Period.month(today).label}党建微账单"
    head = [f"范围：{superior}的 {len(branches)} 个党支部　数据截至：{today.isoformat()}　共 {len(lines)} 项"]
    return Table("微账单", title, head, rows, LINES, parted="part", footer=(ALONE,))


def _worded(lines: pd.DataFrame) -> pd.DataFrame:
    """Return the lines with their number within the organisation and the state in words."""
    return lines.assign(number=lines.groupby("org_code").cumcount() + 1, state=lines["light"].map(STATES))


def _filename(code: str) -> str:
    return re.sub(r"[^\w-]", "_", code)
