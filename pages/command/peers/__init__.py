"""Peers and gaps (找差距): two to four organisations side by side, and what the better one does that the other does not."""

from components import filters
from data_access.cache import Reader
from data_access.queries import peers
from pages.command.peers import chooser, comparison
from pages.shared import masthead


def render(reader: Reader) -> None:
    """Draw the page: who is compared and whom to add, then part by part and record by record."""
    view = masthead.render(reader, "找差距")
    codes = chooser.codes(view)
    rows = reader.read(peers.compared, codes, view.period.code, reader.today)
    if len(rows) < len(codes):
        filters.note("链接中有的组织不存在，或不在您的权限范围内，已略去。", chooser.PARAMETER)
    if rows.empty:
        chooser.begin(reader, view)
        return
    chooser.render(reader, view, rows)
    comparison.render(reader, view, rows)
