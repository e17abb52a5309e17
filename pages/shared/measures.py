"""Escalation (督促措施) in one line: how many quarters in a row were red, what is due, and whether it is exempted."""

import pandas as pd

from components import text
from data_access.cache import Reader
from data_access.queries import escalation
from domain.escalation import Measure
from domain.period import Period
from pages.shared.view import View


def of(reader: Reader, view: View) -> list[str]:
    """Say in Markdown which measure is due for a branch, and since when it has been red; nothing where none is, or of a group."""
    found = reader.read(escalation.escalated, view.path, reader.today)
    own = found[found["org_id"] == view.org_id]
    return [_told(row) for row in own.to_dict("records")]


def _told(row: dict) -> str:
    told = f"督促措施：堡垒指数连续 {row['quarters']} 个季度预警（{Period.parse(row['since']).label}起）"
    if pd.notna(row["exempt_to"]):
        approved = f"{text.plain(row['reason'])}（{text.plain(row['approved_by'])}批准）"
        return f":gray[:material/gavel: {told}，已豁免至 {row['exempt_to']:%Y-%m-%d}，{approved}]"
    return f":red[:material/gavel: **{told}，应{Measure(row['measure']).label}**]"
