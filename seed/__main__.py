"""The command: `python -m seed --scale demo|city|province [--database URL]` builds, `python -m seed rate [--database URL]` rates anew."""

import sys
import time

from data_access import command
from data_access.command import Refused
from data_access.engine import location
from seed.build import SCALES, build, occupant, rate_again

_TAKEN = "数据库里已有数据，没有改动。如要换成新的演示数据，请加 --replace（只替换演示库）。"
_EMPTY = "--database 后面是空的：请写明数据库地址，或去掉这个参数，用默认的数据库。"
_NOT_OURS = "数据库里已有其他数据，不是演示库，不能替换。请另给一个空的数据库。"
_INTERRUPTED = "已中断，没有留下未建成的数据库。"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code: 0, 2 where the first line on stderr says what is wrong, 130 where it was interrupted."""
    parser = command.Arguments(prog="python -m seed", description="建立演示数据库，或重新评定已有的数据库。")
    parser.add_argument("command", nargs="?", choices=["build", "rate"], default="build", help="build 建立（默认），rate 重新评定")
    parser.add_argument("--scale", choices=SCALES, default="demo", help="规模：demo 约十分之一，city 全市，province 全省（压力测试）")
    parser.add_argument("--database", metavar="URL", help="数据库地址，默认取 PARTY_DATABASE_URL，再默认 var/party.db")
    parser.add_argument("--replace", action="store_true", help="替换已有的演示库")
    told = parser.parse_args(arguments)

    def work() -> None:
        if told.database == "":  # of a variable that is not set: the default would be another database than the one meant
            raise Refused(_EMPTY)
        if told.command == "rate":
            _rate(told.database)
        else:
            _build(told.database, told.scale, told.replace)

    return command.run(work, interrupted=_INTERRUPTED)


def _build(url: str | None, scale: str, replace: bool) -> None:
    found = occupant(url)
    if found is not None and not replace:
        raise Refused(_TAKEN)
    if found == "other":
        raise Refused(_NOT_OURS)
    build(location(url).render_as_string(hide_password=False), scale, _teller(), replace=replace)


def _rate(url: str | None) -> None:
    engine = command.opened(url)
    tell = _teller()
    rate_again(engine, tell)
    engine.dispose()
    tell(1.0, "完成")


def _teller():
    """Return a listener that prints each new step with its share and the seconds since the start."""
    begun, last = time.monotonic(), ""

    def tell(share: float, doing: str) -> None:
        nonlocal last
        if doing != last:
            print(f"[{share:4.0%}] {time.monotonic() - begun:6.1f} 秒  {doing}", flush=True)
            last = doing

    return tell


if __name__ == "__main__":
    sys.exit(main())
