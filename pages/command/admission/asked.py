"""What one opening of the admission page is about: shared by its sections."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data_access.cache import Reader
from data_access.queries.admission import Chosen
from domain.vocabulary import OrgKind
from pages.shared.view import View


@dataclass(frozen=True)
class Asked:
    """The reader, the view, and which admissions are looked at."""

    reader: Reader
    view: View
    chosen: Chosen

    def read(self, query: Callable[..., Any], *more: Any) -> Any:
        """Answer a query about the admissions that are looked at."""
        return self.reader.read(query, self.view.path, self.reader.today, self.chosen, *more)

    def drawn(self, draw: Callable[..., Any], query: Callable[..., Any], **looks: Any) -> Any:
        """Return the finished drawing of such a query."""
        return self.reader.drawn(draw, query, self.view.path, self.reader.today, self.chosen, theme=self.reader.theme, **looks)

    @property
    def one_branch(self) -> bool:
        """True where the focus is a single branch, which has nobody below it."""
        return self.view.kind is OrgKind.BRANCH
