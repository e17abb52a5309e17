"""What one opening of the page of stars is about: shared by its sections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_access.cache import Reader
from data_access.queries.stars import Chosen
from pages.shared.view import View

CELL = "cell"  # the parameter of a cell of self-score and index, whose branches are listed alone


@dataclass(frozen=True)
class Asked:
    """The reader, the view, the chosen year, and which branches are looked at."""

    reader: Reader
    view: View
    year: int
    chosen: Chosen

    def read(self, query: Callable[..., Any], *more: Any) -> Any:
        """Answer a query about the focus."""
        return self.reader.read(query, self.view.path, *more)

    def drawn(self, draw: Callable[..., Any], query: Callable[..., Any], *more: Any, **looks: Any) -> Any:
        """Return the finished drawing of a query about the focus."""
        return self.reader.drawn(draw, query, self.view.path, *more, theme=self.reader.theme, **looks)
