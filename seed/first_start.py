"""The first start: build the demo, telling the app that waits for it how far it is. A process of its own, started by the app."""

import sys

from data_access import building, command
from data_access.building import Progress
from data_access.engine import DEFAULT_FILE
from seed.build import build


def main() -> int:
    """Build the demo if it is still wanted, and return 0 once it is there; the exit codes are those of every command."""
    return command.run(_work, interrupted="首次启动：已中断，没有留下未建成的数据库。")


def _work() -> None:
    if building.wanted():  # `build` sees to it that two processes build it once
        build(DEFAULT_FILE, "demo", _tell)
        building.forget()


def _tell(share: float, doing: str) -> None:
    building.report(Progress(share, doing))
    print(f"首次启动：建立演示数据 {share:4.0%}  {doing}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
