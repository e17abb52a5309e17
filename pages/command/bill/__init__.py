"""The micro-bill (微账单): what an organisation or a person owes this month, on one sheet; for a superior the month's notice (通报)."""

from components import filters
from data_access.cache import Reader
from domain.period import Period
from domain.vocabulary import OrgKind
from pages.command.bill import notice, sheet
from pages.shared import masthead

NOTICE, SHEET = "notice", "sheet"
_VIEWS = {NOTICE: "下级通报", SHEET: "本级账单"}


def render(reader: Reader) -> None:
    """Draw the sheet of a branch; of an organisation above branches, the notice about those below it, or its own sheet."""
    month = Period.month(reader.today)
    view = masthead.render(reader, "微账单", still=f"按月出账：{month.label}")
    if view.kind is OrgKind.BRANCH:
        sheet.render(reader, view, month)
        return
    chosen = filters.choice("view", "查看", _VIEWS, NOTICE, segments=True, quiet=True, width="content")
    if chosen == SHEET:
        sheet.render(reader, view, month)
    else:
        notice.render(reader, view, month)
