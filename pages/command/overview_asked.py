"""What one opening of the indicator board is about: shared by its sections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from components import text
from data_access.cache import Reader
from data_access.queries import sources
from data_access.queries.rolled import Cut
from domain import counted
from domain.period import Period
from domain.settings import Settings
from domain.vocabulary import OrgKind, Source
from pages.shared.view import View


@dataclass(frozen=True)
class Asked:
    """The reader, the view, its cut by place and sector, the rules' numbers, and the names of what it is cut by."""

    reader: Reader
    view: View
    cut: Cut
    numbers: Settings
    place: str | None
    sector: str | None

    def read(self, query: Callable[..., Any], *values: Any) -> Any:
        """Answer a query about the focus, cut as the reader chose."""
        return self.reader.read(query, self.view.org_id, self.cut, *values)

    def drawn(self, draw: Callable[..., Any], query: Callable[..., Any], *values: Any, **looks: Any) -> Any:
        """Return the finished drawing of a query about the focus, cut as the reader chose."""
        return self.reader.drawn(draw, query, self.view.org_id, self.cut, *values, theme=self.reader.theme, **looks)

    def stands(self, source: Source) -> float:
        """The percent of the branches that the source concerns on which its figures stand today.

        Those that the steward marks unknown are left out; silence is judged, so it is no gap. NaN where nothing tells: of a past
        quarter, of a cut, without the source.
        """
        states = self.reader.read(sources.named_states, self.view.org_id)
        own = states[(states["source"] == source) & (states["branches"] > 0)]
        if self.cut != Cut() or own.empty or self.view.day < self.reader.today:
            return float("nan")
        return float(100 * (1 - own["unknown"] / own["branches"]).iloc[0])

    def hover(self, *codes: str) -> str:
        """Return the definitions (指标口径) of indicators for a hover."""
        return counted.hover(self.numbers, *codes)

    def months(self, count: int) -> tuple[str, ...]:
        """Return the codes of the last `count` months up to the view's period, or to today while that is open."""
        last = Period.month(min(self.view.period.last, self.reader.today))
        return tuple(month.code for month in last.back(count))

    @property
    def one_branch(self) -> bool:
        """True where the focus is a single branch, which compares with nobody."""
        return self.view.kind is OrgKind.BRANCH

    @property
    def whose(self) -> str:
        """What the figures are cut by, as Markdown: by the tree (按隶属), then place (按属地) and sector where chosen."""
        cuts = [f"属地 {text.plain(self.place)}" if self.place else "", f"领域 {text.plain(self.sector)}" if self.sector else ""]
        return " · ".join(filter(None, ["按隶属", *cuts]))

    @property
    def as_of(self) -> str:
        """The as-of date of what has no history, for a card's base."""
        return f"截至 {self.reader.today.isoformat()}"
