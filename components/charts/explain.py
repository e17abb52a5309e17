"""What moved a score: a waterfall from one total to another."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from components import palette
from components.charts.base import Chart, labels, layered, tooltip

_ROW = 30  # pixels a step takes
_BAR = 18
TOTAL, RISE, FALL = "total", "rise", "fall"


def waterfall(steps: pd.DataFrame, *, theme: str, first: str, last: str, before: float, names: Sequence[tuple[str, str]]) -> Chart:
    """Draw how `before` became its sum with the steps: a bar for either total, between them a floating bar a step, with its points.

    Expects columns: step, change (points). `names` are (step, title) in the order to draw; steps of less than a twentieth of a point are
    left out, and the last one takes what rounding leaves, so that what is written adds up. `first` and `last` title the totals. A rise
    and a fall differ in colour, in sign and in direction.
    """
    look = palette.theme(theme)
    changes = {step: float(change) for step, change in zip(steps["step"], steps["change"], strict=True)}
    after = before + sum(changes[step] for step, _ in names)
    tenths = {step: _tenths(changes[step]) for step, _ in names[:-1]}
    tenths[names[-1][0]] = _tenths(after) - _tenths(before) - sum(tenths.values())
    rows = [("first", first, 0.0, before, TOTAL, f"{before:z.1f}")]
    at = before
    for step, title in names:
        if tenths[step]:
            rows.append((step, title, at, at + changes[step], RISE if tenths[step] > 0 else FALL, f"{tenths[step] / 10:+.1f}"))
        at += changes[step]
    rows.append(("last", last, 0.0, at, TOTAL, f"{after:z.1f}"))
    frame = pd.DataFrame(rows, columns=["step", "title", "from", "to", "kind", "text"])
    low = min(frame.loc[frame["kind"] != TOTAL, ["from", "to"]].min().min(), before, at) if len(frame) > 2 else min(before, at)
    start = max(0.0, 10 * ((low - 8) // 10))
    frame["from"] = frame["from"].where(frame["kind"] != TOTAL, start)
    frame["end"] = frame[["from", "to"]].max(axis=1)
    order = frame["step"].tolist()
    top = max(frame["end"].max(), start + 10)
    across = alt.Scale(domain=[start, top + (top - start) * 0.14], nice=False)
    axis = alt.Axis(title=None, labelExpr=labels(dict(zip(frame["step"], frame["title"], strict=True))), labelColor=look.ink, grid=False)
    down = alt.Y("step:N", sort=order, scale=alt.Scale(domain=order, paddingInner=0.2), axis=axis)
    base = alt.Chart(frame).encode(down, tooltip=tooltip(title="项目", text="分"))
    colour = alt.Scale(domain=[TOTAL, RISE, FALL], range=[look.accent, look.second, look.categories[1]])
    bars = base.mark_bar(size=_BAR, cornerRadius=2).encode(
        alt.X("from:Q", scale=across, axis=None), alt.X2("to"), alt.Color("kind:N", scale=colour, legend=None)
    )
    texts = base.mark_text(align="left", dx=5, fontWeight="bold", color=look.ink).encode(
        alt.X("end:Q", scale=across, axis=None), alt.Text("text:N")
    )
    return layered(bars, texts).properties(height=_ROW * len(order))


def _tenths(points: float) -> int:
    """Points as they are written, in tenths."""
    return round(10 * float(f"{points:.1f}"))
