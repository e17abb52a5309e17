"""Weights of the two indices: two versions, and a template of its own for one sector (../docs: index, parts and weights)."""

from datetime import date

import pandas as pd

from domain.vocabulary import Part

# The weight of each part (of 100) by version: first the branch, then the member.
_PARTS = {
    "2024.1": {"branch": (20, 35, 20, 15, 10), "member": (25, 35, 10, 15, 15)},
    "2026.1": {"branch": (20, 30, 25, 15, 10), "member": (25, 30, 15, 15, 15)},
}
# A branch of the countryside serves more and studies less; every version has this template.
_RURAL = (15, 30, 25, 15, 15)

# The share of each item inside its part (of 100).
_ITEMS = {
    "branch": {
        Part.STUDY: {"courses": 50, "hours": 50},
        Part.LIFE: {"duties": 60, "attendance": 40},
        Part.TASKS: {"on_time": 60, "progress": 40},
        Part.MEMBERSHIP: {"dues": 40, "election": 20, "admission": 20, "records": 20},
        Part.SERVICE: {"records": 100},
    },
    "member": {
        Part.STUDY: {"courses": 50, "hours": 50},
        Part.LIFE: {"attendance": 100},
        Part.TASKS: {"on_time": 60, "progress": 40},
        Part.MEMBERSHIP: {"dues": 100},
        Part.SERVICE: {"records": 100},
    },
}


def versions() -> pd.DataFrame:
    """Return the rows of `weights_version`: one that ran out with 2025, and the one in force."""
    return pd.DataFrame(
        {
            "version": ["2024.1", "2026.1"],
            "valid_from": [date(2024, 10, 1), date(2026, 1, 1)],
            "valid_to": [date(2025, 12, 31), None],
            "withdrawn": [False, False],
            "note": ["首版权重", "提高任务落实权重"],
        }
    )


def weights(rural: str | None) -> pd.DataFrame:
    """Return the rows of `index_weight`; `rural` is the sector code that has a template of its own (None: no sector has)."""
    rows = []
    for version, subjects in _PARTS.items():
        for subject, parts in subjects.items():
            rows += _template(version, subject, "*", parts)
            if rural and subject == "branch":
                rows += _template(version, subject, rural, _RURAL)
    return pd.DataFrame(rows, columns=["version", "subject", "sector", "part", "item", "weight"])


def _template(version: str, subject: str, sector: str, parts: tuple[int, ...]) -> list[tuple]:
    rows = []
    for part, weight in zip(Part, parts, strict=True):
        rows.append((version, subject, sector, part.value, "", weight))
        rows += [(version, subject, sector, part.value, item, share) for item, share in _ITEMS[subject][part].items()]
    return rows
