"""Type that grows with the screen: a finished chart in larger letters, for a wall that is read from afar."""

from typing import Any

from components.charts.finishing import Drawing

# What grows with the type: the letters, the room they take, and the distances between them.
_GROWING = frozenset(
    {
        "fontSize",
        "labelFontSize",
        "titleFontSize",
        "labelLimit",
        "labelLineHeight",
        "lineHeight",
        "labelPadding",
        "labelOffset",
        "limit",
        "dx",
        "dy",
    }
)


def enlarged(drawing: Drawing, factor: float) -> Drawing:
    """Return the drawing with all its type `factor` times as large; marks and data stay as they are."""
    return Drawing({key: part if key == "datasets" else _grown(part, factor) for key, part in drawing.spec.items()})


def _grown(part: Any, factor: float) -> Any:
    if isinstance(part, list):
        return [_grown(item, factor) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        key: round(value * factor, 1) if key in _GROWING and isinstance(value, int | float) else _grown(value, factor)
        for key, value in part.items()
    }
