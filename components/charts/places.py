"""Places beside their map: the ranking in the map's colours, and the legend that says what they mean and how many there are."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from components import palette, scales
from components.charts.base import Chart, layered, named, tooltip
from components.charts.finishing import choosing
from domain.indicators import INDICATORS
from domain.labelling import text_size
from domain.vocabulary import Light

_ROW, _CLOSE = 34, 18  # pixels a ranked row takes, and at least
_LINE = 22  # pixels a line of the legend takes
_TYPE = 12  # pixels: the legend's type size


def place_ranking(frames: Mapping[str, pd.DataFrame], *, theme: str, indicator: str, room: int) -> Chart:
    """Rank places as bars in the colours of their map. A click chooses by `code`.

    Expects `standing`: code, name, level (missing: no place, left out), value (NaN: missing), light, branches, members,
    branches_red. The best come first, counts the largest; what is missing comes last. Places without any branch are not ranked.
    Many rows move closer together to stay within `room` pixels, as far as they stay legible.
    """
    wanted, look, standing = INDICATORS[indicator], palette.theme(theme), frames["standing"]
    rows = standing[standing["level"].notna() & (standing["branches"] > 0)].sort_values(
        ["value", "code"], ascending=[wanted.rising is False, True], na_position="last"
    )
    coloured = scales.scale(rows, wanted, theme)
    shown = rows[["code", "name", "value"]].assign(
        colour_class=coloured.classes,
        value_text=[scales.written(value, wanted) for value in rows["value"]],
        branches_text=rows["branches"].map("{:,} 个".format),
        red_text=rows["branches_red"].map("{:,} 个".format),
        members_text=rows["members"].map("{:,} 名".format),
    )
    order = shown["code"].tolist()
    names = alt.Axis(title=None, labelExpr=named(shown, "code", "name"), labelLimit=132, labelColor=look.ink, labelOverlap=False)
    top = float(rows["value"].max()) if rows["value"].notna().any() else 1.0
    across = alt.Scale(domain=[0, max(top, 1e-9) * 1.16], nice=False)
    chosen = choosing("code")
    base = alt.Chart(shown).encode(alt.Y("code:N", sort=order, axis=names, scale=alt.Scale(paddingInner=0.34, paddingOuter=0.1)))
    bars = (
        base.mark_bar(cornerRadiusEnd=3, cursor="pointer")
        .encode(
            alt.X("value:Q", scale=across, axis=None),
            alt.Color("colour_class:N", scale=_scale(coloured), legend=None),
            tooltip=tooltip(name="属地", value_text=wanted.name, branches_text="党支部", red_text="其中预警", members_text="党员"),
        )
        .add_params(chosen)
    )
    figures = (
        base.mark_text(align="left", dx=5, color=look.ink)
        .encode(alt.X("end:Q", scale=across), alt.Text("value_text:N"))
        .transform_calculate(end="isValid(datum.value) ? datum.value : 0")
    )
    row = min(max(room // max(len(order), 1), _CLOSE), _ROW)
    return layered(bars, figures).properties(height=max(len(order), 1) * row)


def map_legend(frames: Mapping[str, pd.DataFrame], *, theme: str, indicator: str, kind: str, width: int, compared: bool = True) -> Chart:
    """Say what a map's colours mean: colour, word and count, of the places where branches stand and of the organisations on them.

    Expects `standing` (level, missing where it is no place; value, light, branches) and `found` (counts green, yellow, red, grey).
    Places are left out where none are `compared`. Entries that do not fit into `width` pixels go on in the next line.
    """
    wanted, look = INDICATORS[indicator], palette.theme(theme)
    standing = frames["standing"]
    peopled = standing[standing["level"].notna() & (standing["branches"] > 0) & compared]
    coloured = scales.scale(peopled, wanted, theme)
    counts = coloured.classes.value_counts()
    areas = [(step.label, int(counts.get(step.key, 0)), step.colour, coloured.wash / 255) for step in coloured.steps]
    areas = [area for area in areas if area[1] or area[0] != palette.mark(Light.GREY)] if len(peopled) else []
    lit = [(palette.mark(light), int(frames["found"][light.value].sum()), look.lights[light], 1.0) for light in Light]
    entries = [("square", *area) for area in areas] + [("circle", *one) for one in lit]
    shown = pd.DataFrame(entries, columns=["shape", "label", "count", "colour", "opacity"])
    shown["text"] = [f"{label} · {count:,} 个" for label, count in zip(shown["label"], shown["count"], strict=True)]
    shown["line"] = shown["shape"].map({"square": "属地", "circle": kind})
    shown["x"], shown["y"] = _flowed(shown, width)
    heads = shown.groupby("line", sort=False, as_index=False)["y"].first()
    base = alt.Chart(shown).encode(alt.X("x:Q", scale=None, axis=None), alt.Y("y:Q", scale=None, axis=None))
    marks = base.mark_point(filled=True, size=130, strokeWidth=0).encode(
        alt.Color("colour:N", scale=None), alt.Shape("shape:N", scale=None), alt.Opacity("opacity:Q", scale=None)
    )
    words = base.mark_text(align="left", baseline="middle", dx=11, color=look.ink, fontSize=_TYPE).encode(alt.Text("text:N"))
    titles = (
        alt.Chart(heads)
        .mark_text(align="left", baseline="middle", color=look.quiet, fontSize=_TYPE)
        .encode(alt.X(value=0), alt.Y("y:Q", scale=None, axis=None), alt.Text("line:N"))
    )
    return layered(titles, marks, words).properties(height=int(shown["y"].max()) + _LINE // 2)


def _flowed(entries: pd.DataFrame, width: int) -> tuple[list[float], list[float]]:
    """Where each entry's mark stands, in pixels: one after the other behind the head of its line, then in the next line."""
    xs, ys = [], []
    start = max(text_size(head, _TYPE)[0] for head in entries["line"]) + 20
    x, y, line = start, _LINE / 2, entries["line"].iloc[0]
    for entry in entries[["line", "text"]].to_dict("records"):
        taken = text_size(entry["text"], _TYPE)[0] + 36
        if entry["line"] != line or (x + taken > width and x > start):
            x, y, line = start, y + _LINE, entry["line"]
        xs.append(x)
        ys.append(y)
        x += taken
    return xs, ys


def _scale(coloured: scales.Scale) -> alt.Scale:
    return alt.Scale(domain=[step.key for step in coloured.steps], range=[step.colour for step in coloured.steps])
