"""`python -m data_access.export --month 2026-11 --out 目录`: the month's bills and notices of everybody below an organisation."""

import argparse
import sys
import time
from pathlib import Path

from sqlalchemy import select

from data_access import command
from data_access.command import Refused
from data_access.engine import installation
from data_access.export.bills import make
from data_access.schema.organisations import organisation
from domain.period import Period
from domain.scope import Scope
from domain.vocabulary import Role

PAST = "只能出具本月（{month}）的账单：以前各月的状态不再保留，请使用当月存档的文件。"
UNKNOWN = "没有代码为“{code}”的组织。"
INTERRUPTED = "已中断。已写好的文件保留在目录中，其余没有出具。"
UNREADABLE = "月份“{month}”无法识别，应写作 2026-11。"


def main(arguments: list[str] | None = None) -> int:
    """Make the bills; return the exit status: 0, 2 where the first line on stderr says what is wrong, 130 where it was interrupted."""
    parser = command.Arguments(prog="python -m data_access.export", description="出具全月微账单和通报（Excel），按上级组织分文件。")
    parser.add_argument("--month", required=True, help="月份，如 2026-11：数据截至日期所在的月份")
    parser.add_argument("--out", required=True, type=Path, help="存放文件的目录")
    parser.add_argument("--org", help="组织代码：只出具该组织及下级，默认全部")
    parser.add_argument("--names", action="store_true", help="写明姓名全名；默认只写姓，名以 * 代替")
    parser.add_argument("--processes", type=int, metavar="N", help="同时出账的进程数，默认在支部很多时按处理器核数，最多 4 个")
    parser.add_argument("--database", metavar="URL", help="数据库地址，默认取 PARTY_DATABASE_URL，再默认 var/party.db")
    asked = parser.parse_args(arguments)
    return command.run(lambda: _make(asked), interrupted=INTERRUPTED)


def _make(asked: argparse.Namespace) -> None:
    begun = time.perf_counter()
    with command.opened(asked.database).connect() as connection:
        told = installation(connection)
        fault = _month_fault(asked.month, Period.month(told.today))
        columns = organisation.c.org_id, organisation.c.path
        wanted = organisation.c.org_code == asked.org if asked.org else organisation.c.org_id == told.root_org
        found = connection.execute(select(*columns).where(wanted)).one_or_none()
        if fault or found is None:
            raise Refused(fault or UNKNOWN.format(code=asked.org))
        scope = Scope(found.org_id, found.path, Role.SECRETARY if asked.names else Role.LEADER)
        made = make(connection, scope, found.path, asked.out, print, processes=asked.processes)
    print(f"{made.bills:,} 个党支部的账单，{made.lines:,} 项，{made.files:,} 个文件，{time.perf_counter() - begun:.1f} 秒：{asked.out}")


def _month_fault(code: str, present: Period) -> str | None:
    """Say what is wrong with the month that was asked for; None where nothing is."""
    try:
        asked = Period.parse(code)
    except ValueError:
        return UNREADABLE.format(month=code)
    if asked.months != 1:
        return UNREADABLE.format(month=code)
    return None if asked == present else PAST.format(month=present.code)


if __name__ == "__main__":
    sys.exit(main())
