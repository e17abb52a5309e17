"""Escalation (督促措施) in one line: how many quarters in a row were red, what is due, and whether it is exempted."""

import pandas as pd

from components import text
from data_access.cache import Reader
from data_access.queries import escalation
from domain.escalation import sentence
from pages.shared.view import View


def of(reader: Reader, view: View) -> list[str]:
    """Say in Markdown which measure is due for a branch, and since when it has been red; nothing where none is, or of a group."""
    found = reader.read(escalation.escalated, view.path, reader.today)
    own = found[found["org_id"] == view.org_id]
    return [_shown(row) for row in own.to_dict("records")]


def _shown(row: dict) -> str:
    told = text.plain(sentence(row))
    return f":red[:material/gavel: **{told}**]" if pd.isna(row["exempt_to"]) else f":gray[:material/gavel: {told}]"
