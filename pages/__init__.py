"""What a reader sees: the register of pages, and who may open which.

A page's module is imported when the page is opened, or by `load`: not before the server runs, because browser components register
with it.
"""

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

import streamlit as st

from domain.vocabulary import Role

LOG = logging.getLogger("party.pages")

if TYPE_CHECKING:
    from data_access.cache import Reader

BOARDS = frozenset({Role.LEADER, Role.SECRETARY, Role.PRESENTER})
STEWARDED = BOARDS | {Role.STEWARD}
WALLS = BOARDS | {Role.WALL}
PRESENTED = frozenset({Role.LEADER, Role.PRESENTER})

# Pages that stand together under one entry of the menu, each with its icon.
ANALYSIS, DATA = "分析", "数据"
GROUPS = {ANALYSIS: ":material/insights:", DATA: ":material/database:"}


@dataclass(frozen=True)
class Board:
    """One page: its URL's path ("" is "/"), its title and icon in the menu, its module, and the roles that may open it."""

    path: str
    title: str
    icon: str
    module: str
    roles: frozenset[Role]
    group: str = ""  # the menu's entry that it stands under, of `GROUPS`; an entry of its own where there is none
    listed: bool = True  # in the menu
    framed: bool = True  # under the menu bar; the wall is not

    @property
    def render(self) -> Callable[["Reader"], None]:
        """The module's `render(reader)`."""
        return import_module(self.module).render


PAGES = (
    Board("", "指标总览", ":material/space_dashboard:", "pages.command.overview", STEWARDED),
    Board("branches", "分布地图", ":material/map:", "pages.command.branches", STEWARDED),
    Board("branch", "支部画像", ":material/account_balance:", "pages.command.branch", STEWARDED),
    Board("tasks", "挂图作战", ":material/checklist:", "pages.command.tasks", STEWARDED),
    Board("warnings", "预警", ":material/notification_important:", "pages.command.warnings", STEWARDED),
    Board("redmap", "红色地图", ":material/flag:", "pages.resources.redmap", STEWARDED),
    Board("explain", "评分解释", ":material/calculate:", "pages.command.explain", STEWARDED, ANALYSIS),
    Board("member", "党员画像", ":material/person:", "pages.command.member", frozenset({Role.SECRETARY}), ANALYSIS),
    Board("bill", "微账单", ":material/receipt_long:", "pages.command.bill", STEWARDED, ANALYSIS),
    Board("peers", "找差距", ":material/compare_arrows:", "pages.command.peers", STEWARDED, ANALYSIS),
    Board("stars", "达标创星", ":material/star:", "pages.command.stars", STEWARDED, ANALYSIS),
    Board("admission", "发展党员", ":material/person_add:", "pages.command.admission", STEWARDED, ANALYSIS),
    Board("data", "数据情况", ":material/fact_check:", "pages.stewardship.sources", STEWARDED, DATA),
    Board("glossary", "指标口径", ":material/menu_book:", "pages.stewardship.glossary", STEWARDED, DATA),
    Board("wall", "大屏", ":material/tv:", "pages.command.wall", WALLS, framed=False),
    Board("demo", "演示", ":material/co_present:", "pages.command.demo", PRESENTED, framed=False),
)

BY_PATH = {board.path: board for board in PAGES}


@st.cache_resource(show_spinner=False)
def load() -> None:
    """Import every page, once a process, and set aside what was loaded: for when a reader has something to look at.

    What cannot be imported is logged here, and breaks its own page alone, when that is opened. Streamlit collects garbage after every
    run of a script, however short: over all modules that took 90 ms, and walls ask for the data version every few seconds.
    """
    for board in PAGES:
        try:
            import_module(board.module)
        except ImportError:
            LOG.exception("the page /%s cannot be loaded", board.path)
    gc.collect()
    gc.freeze()


def home(role: Role) -> Board:
    """Return the first screen after sign-in: a secretary's own organisation, for others the first page that the role may open."""
    return BY_PATH["branch"] if role is Role.SECRETARY else next(board for board in PAGES if role in board.roles)
