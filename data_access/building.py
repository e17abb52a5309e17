"""The building of the demo on first start, as the processes that wait for it see it."""

import atexit
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache

from data_access.engine import DEFAULT_FILE, HOME, VARIABLE

PROGRESS = DEFAULT_FILE.with_name("first-start.json")


@dataclass(frozen=True)
class Progress:
    """How far the building is: a share in 0–1, and what is being done (Chinese)."""

    share: float
    doing: str


BEGINNING = Progress(0.0, "正在准备")


def wanted() -> bool:
    """True on first start: no database was named, and the demo is not there yet."""
    return not os.environ.get(VARIABLE) and not DEFAULT_FILE.exists()


@cache
def builder() -> subprocess.Popen:
    """Start the building, once for all visitors of this process; another process's is waited for, not repeated.

    It ends with this process, and clears away what it has begun. Forgotten by `builder.cache_clear()`, it is started anew.
    """
    started = subprocess.Popen([sys.executable, "-m", "seed.first_start"], cwd=HOME)
    atexit.register(started.terminate)
    return started


def report(progress: Progress) -> None:
    """Leave the progress where `reported` finds it."""
    PROGRESS.parent.mkdir(parents=True, exist_ok=True)
    draft = PROGRESS.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(progress), ensure_ascii=False), encoding="utf-8")
    draft.replace(PROGRESS)


def forget() -> None:
    """Take away what was reported: another first start begins at the beginning."""
    PROGRESS.unlink(missing_ok=True)


def reported() -> Progress:
    """Return what was last reported; the beginning where nothing was."""
    try:
        told = json.loads(PROGRESS.read_text(encoding="utf-8"))
        return Progress(min(max(float(told["share"]), 0.0), 1.0), str(told["doing"]))
    except (OSError, ValueError, KeyError, TypeError):
        return BEGINNING
