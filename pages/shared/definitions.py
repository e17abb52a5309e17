"""Definitions (指标口径) one hover away: what a card or a tile shows, in the glossary's words with the installation's numbers."""

from data_access.cache import Reader
from data_access.queries.settings import settings
from domain import counted


def hover(reader: Reader, *codes: str) -> str:
    """Word the definitions of these codes of the glossary for a card's or a tile's `help`."""
    return counted.hover(reader.read(settings), *codes)
