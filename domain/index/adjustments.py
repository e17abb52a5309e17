"""What adds to or subtracts from a score besides its parts (加减分): honours, deductions, and veto items (一票否决)."""

from collections.abc import Mapping

import pandas as pd

from domain.rules import INDEX_BONUS, INDEX_DEDUCTION, INDEX_VETO, RULES

BONUS, DEDUCTION, VETO = "bonus", "deduction", "veto"
# The rule that each is added, subtracted or judged by; the worst first.
ADJUSTED: Mapping[str, str] = {VETO: INDEX_VETO, DEDUCTION: INDEX_DEDUCTION, BONUS: INDEX_BONUS}
CAPS: Mapping[str, str] = {BONUS: "index.bonus_cap", DEDUCTION: "index.deduction_cap"}  # the settings that end the sums


def adjustments(composed: pd.Series, vetoes: int) -> pd.DataFrame:
    """Return what adds to or subtracts from a score, where anything does, the worst first.

    Expects `composed` of `composition` (deduction negative), and how many subjects have a veto item.
    Returns column (a key of `ADJUSTED`), name, points (that it brings; NaN for a veto), lost (points that it takes; NaN where none).
    """
    points = {name: float(composed.get(name, 0.0)) for name in CAPS}
    lost = {DEDUCTION: -points[DEDUCTION]}
    there = {name: bool(vetoes) if name == VETO else abs(points[name]) > 0 for name in ADJUSTED}
    rows = [(name, RULES[rule].title, points.get(name), lost.get(name)) for name, rule in ADJUSTED.items() if there[name]]
    return pd.DataFrame(rows, columns=["column", "name", "points", "lost"]).astype({"points": float, "lost": float})
