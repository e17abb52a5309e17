"""Reading a finished chart back: its layers, what each encodes, and its rows."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
import pyarrow as pa

from components.charts.template import Filled
from components.drawing import finish


def spec(chart) -> dict[str, Any]:
    """Return a chart's finished specification, once it is known to be valid Vega-Lite."""
    (chart.chart if isinstance(chart, Filled) else chart).to_dict(validate=True)
    return finish(chart).spec


def layers(drawn: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Return every unit of a specification, layered or not."""
    if "layer" in drawn:
        for unit in drawn["layer"]:
            yield from layers(unit)
    else:
        yield drawn


def mark(unit: dict[str, Any]) -> str:
    """Return a unit's mark."""
    return unit["mark"]["type"] if isinstance(unit["mark"], dict) else unit["mark"]


def marked(drawn: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """Return the units that draw this mark."""
    return [unit for unit in layers(drawn) if mark(unit) == kind]


def rows(drawn: dict[str, Any], unit: dict[str, Any] | None = None) -> pd.DataFrame:
    """Return the rows of a unit, unpacked from its Arrow bytes; those of the whole chart where it has its own."""
    data = (unit or {}).get("data") or drawn["data"]
    return pa.ipc.open_stream(drawn["datasets"][data["name"]]).read_all().to_pandas()
