"""What every chart shares: names for keys, axes of periods, the lights' scale, tooltips."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd

from components import palette
from components.cards import MISSING
from domain.period import Period
from domain.vocabulary import Light

BESIDE = "\u2003"  # a place of an axis after its last period, empty but for the words of level lines: there they meet no point
Chart = alt.Chart | alt.LayerChart | alt.FacetChart  # what Altair's operators are typed to return
_OF_THE_WHOLE = ("params", "height", "width", "view")


class _Layers(alt.LayerChart):
    """Layers as they are. Altair copies each of them through and through, and takes a hash of it, when they are put together and again
    when they are written down, in case that they share selections: that was half of the time that a chart took."""

    def __init__(self, data: Any = alt.Undefined, layer: Sequence[Chart] = (), **more: Any) -> None:
        super(alt.LayerChart, self).__init__(data=data, layer=list(layer), **more)


def layered(*charts: Chart) -> Chart:
    """Return charts drawn one upon the other, the first at the bottom.

    What belongs to the whole and not to a layer, such as clicks, is found and moved by `alt.layer`.
    """
    if not all(isinstance(chart, alt.Chart) and all(chart[name] is alt.Undefined for name in _OF_THE_WHOLE) for chart in charts):
        return alt.layer(*charts)
    data = charts[0].data
    if any(chart.data is not data for chart in charts):
        return _Layers(layer=charts)
    alike = [chart.copy(deep=False) for chart in charts]
    for chart in alike:
        chart.data = alt.Undefined
    return _Layers(data, alike)


def labels(names: Mapping[Any, str]) -> str:
    """Return the `labelExpr` that writes a name for each key of an axis or legend: {key: name}.

    Keys are what is unique (an organisation's id or code); names may repeat, and stay text whatever they hold.
    """
    table = json.dumps({str(key): str(name) for key, name in names.items()})
    return f"{table}[datum.value]"


def named(frame: pd.DataFrame, key: str, name: str) -> str:
    """Return `labels` from two columns of a frame."""
    return labels(dict(zip(frame[key], frame[name], strict=True)))


def period_axis(codes: Iterable[str], *, labelled: int = 12) -> alt.Axis:
    """Return the axis of period codes in order, e.g. 2025Q1 … or 2025-12 …: quarter or month above, the year below where it begins.

    Of a long row at most about `labelled` periods keep a label, counted back from the last.
    """
    order = sorted(set(codes))
    step = -(-len(order) // labelled)
    kept = order[::-1][::step][::-1]
    lines = {}
    year = ""
    for code in kept:
        period = Period.parse(code)
        short = {1: f"{period.first.month}月", 3: f"{'一二三四'[(period.last.month - 1) // 3]}季度", 12: code}[period.months]
        lines[code] = [short] if code[:4] == year or period.months == 12 else [short, f"{code[:4]}年"]
        year = code[:4]
    return alt.Axis(title=None, labelExpr=f"{json.dumps(lines)}[datum.value]", values=kept, labelPadding=4, grid=False)


def light_scale(theme: str) -> alt.Scale:
    """Return the scale of lights in the palette's fills."""
    return alt.Scale(domain=[light.value for light in Light], range=[palette.theme(theme).lights[light] for light in Light])


def light_legend() -> alt.Legend:
    """Return the legend of lights: icon and word, never colour alone."""
    return alt.Legend(title=None, labelExpr=labels({light.value: palette.mark(light) for light in Light}))


def written(values: pd.Series, pattern: str) -> pd.Series:
    """Write numbers in a format pattern such as "{:,.0f} 名"; a missing one is "—"."""
    return pd.Series([MISSING if pd.isna(value) else pattern.format(value) for value in values], index=values.index, dtype="str")


def tooltip(**fields: str) -> list[alt.Tooltip]:
    """Return tooltips {column: Chinese title}; columns hold text that is already formatted."""
    return [alt.Tooltip(field, type="nominal", title=title) for field, title in fields.items()]
