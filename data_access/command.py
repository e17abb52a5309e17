"""What commands share: one sentence on stderr that says what is wrong, the details in the log lines after it, and the exit code."""

import argparse
import logging
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import MemoryHandler
from typing import NoReturn

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.engine import NoDatabase, WrongSchema, check, connect
from domain.settings import BadSetting

LOG = logging.getLogger("party.command")
UNWRITTEN = "没有完成：读取或写入失败，请检查磁盘空间和目录的写入权限（{}）。"
FAULT, INTERRUPTED = 2, 130
_HELD = 1000  # lines of the log that wait for the sentence


class Refused(Exception):
    """The command cannot do what it was asked for. The only argument is the Chinese sentence that says why."""


class Arguments(argparse.ArgumentParser):
    """A parser whose errors are one line of Chinese."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and leave with exit code 2."""
        lacking = message.partition("required: ")[2]  # argparse says so in English only
        wrong = f"缺少参数：{lacking}" if lacking else f"参数有误：{' '.join(sys.argv[1:])}"
        self.exit(FAULT, f"{wrong}。请用 {self.prog} --help 查看用法。\n")


def run(work: Callable[[], None], *, interrupted: str) -> int:
    """Do a command's work and return its exit code: 0, 2 for a fault, 130 where somebody at the keyboard ended it.

    A fault is told in one sentence on stderr, `interrupted` is the sentence for an interruption; what the project logged follows.
    SIGTERM ends the work as an exception does: what is half done is cleared away on the way out.
    """
    with _log_at_the_end(), _ended_in_order():
        try:
            work()
        except (NoDatabase, WrongSchema, Refused, BadSetting) as fault:
            return _complain(str(fault).replace("刷新本页", "重试"))  # there is no page in a terminal
        except (OSError, sqlite3.Error, psycopg.Error, DBAPIError) as fault:
            LOG.error("%s: %s", type(fault).__name__, " ".join(str(fault).split()))
            return _complain(UNWRITTEN.format(type(fault).__name__))
        except KeyboardInterrupt:
            print(interrupted, file=sys.stderr)
            return INTERRUPTED
    return 0


def opened(url: str | None) -> Engine:
    """Return a builder's engine of a database that is there and is ours. Raises NoDatabase or WrongSchema."""
    reader = connect(url)
    check(reader)  # a builder's engine would create a file that is not there
    reader.dispose()
    return connect(url, building=True)


def _complain(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return FAULT


@contextmanager
def _log_at_the_end() -> Iterator[None]:
    """Hold back what the project logs until the sentence has been said, so that the sentence is what is read first."""
    terminal = logging.StreamHandler()
    terminal.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    held = MemoryHandler(_HELD, flushLevel=logging.CRITICAL + 1, target=terminal)
    project = logging.getLogger("party")
    project.addHandler(held)
    try:
        yield
    finally:
        project.removeHandler(held)
        held.close()


@contextmanager
def _ended_in_order() -> Iterator[None]:
    def leave(number: int, _frame: object) -> NoReturn:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():  # where no signal arrives
        yield
        return
    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
