"""A trend without axes, for the corner of a headline figure."""

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, layered


def spark(values: list[float], *, theme: str) -> Chart | None:
    """Draw values as a line over a thin wash, its last point marked; gaps stay gaps. None with fewer than two known values."""
    look = palette.theme(theme)
    line = pd.DataFrame({"step": range(len(values)), "value": pd.Series(values, dtype=float)})
    known = line.dropna()
    if len(known) < 2:
        return None
    low, high = float(known["value"].min()), float(known["value"].max())
    room = (high - low) * 0.2 or max(abs(high), 1) * 0.02
    across = alt.X("step:Q", axis=None, scale=alt.Scale(domain=[int(known["step"].min()), len(values) - 1], nice=False, zero=False))
    up = alt.Y("value:Q", axis=None, scale=alt.Scale(domain=[low - room, high + room], nice=False, zero=False))
    base = alt.Chart(line).encode(across, up)
    end = alt.Chart(known.tail(1)).mark_point(filled=True, size=55, opacity=1, color=look.accent).encode(across, up)
    wash = base.mark_area(color=look.accent_wash, opacity=0.8, invalid="break-paths-filter-domains").encode(y2=alt.Y2Datum(low - room))
    return layered(wash, base.mark_line(color=look.accent, strokeWidth=2.2, invalid="break-paths-filter-domains"), end)
