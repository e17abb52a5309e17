"""How the values of an indicator are written and coloured: by light where it is a score, otherwise in ordered classes."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from components import palette
from components.cards import MISSING
from domain.definition import Indicator
from domain.vocabulary import Light

CLASSES = 5
LIGHT_WASH, CLASS_WASH = 112, 190
NONE = "none"  # the class of a missing value


@dataclass(frozen=True)
class Step:
    """One class: its key, what it is called, and its colour."""

    key: str
    label: str
    colour: str


@dataclass(frozen=True)
class Scale:
    """The classes of one set of values, low to high (lights: best to worst), and the class of every row."""

    steps: tuple[Step, ...]
    classes: pd.Series  # str, a step's key
    wash: int  # 0–255: how opaque areas are filled, so that what stands on them is seen

    def colour(self, key: str) -> str:
        """Return the colour of a class."""
        return next(step.colour for step in self.steps if step.key == key)


def written(value: float | None, indicator: Indicator) -> str:
    """Write a value as a reader sees it: 84.6, 91.2%, 12,345; "—" where it is missing."""
    if value is None or math.isnan(value):
        return MISSING
    return f"{value:,.{indicator.digits}f}{'%' if indicator.unit == '%' else ''}"


def scale(standing: pd.DataFrame, indicator: Indicator, theme: str) -> Scale:
    """Class and colour values. Expects columns value (NaN: missing) and light (a `Light` where the indicator is a score)."""
    look = palette.theme(theme)
    if indicator.unit == "分":
        lights = standing["light"].fillna(Light.GREY.value).astype(str)
        return Scale(tuple(Step(light.value, palette.mark(light), look.lights[light]) for light in Light), lights, LIGHT_WASH)
    bounds = breaks(standing["value"], indicator)
    known = standing["value"].notna()
    position = np.searchsorted(bounds[1:-1], standing["value"].to_numpy(dtype=float), side="right")
    classes = pd.Series(position, index=standing.index).astype(str).where(known, NONE)
    colours = look.sequence[-CLASSES:]
    start = max(0, (CLASSES - (len(bounds) - 1)) // 2)
    steps = [Step(str(index), _span(low, high, indicator), colours[start + index]) for index, (low, high) in enumerate(pairwise(bounds))]
    return Scale((*steps, Step(NONE, palette.mark(Light.GREY), look.lights[Light.GREY])), classes, CLASS_WASH)


def _span(low: float, high: float, indicator: Indicator) -> str:
    least, most = written(low, indicator), written(high, indicator)
    return least if least == most else f"{least} – {most}"


def breaks(values: pd.Series, indicator: Indicator) -> list[float]:
    """Return the bounds of at most `CLASSES` classes, rising (none for no values); one on an inner bound is of the class above it.

    Rates get equal steps of a round size, so that equal colours mean equal distances; counts, which are skewed (one large unit
    among many small ones), get classes of about as many units each. All values equal: one class.
    """
    known = np.sort(values.dropna().to_numpy(dtype=float))
    if len(known) == 0:
        return []
    low, high = float(known[0]), float(known[-1])
    fineness = 10.0**-indicator.digits
    if high - low < fineness:
        return [low, high]
    if indicator.under:
        step = max(_round_step((high - low) / CLASSES), fineness)
        first = math.floor(low / step + 1e-9)
        count = max(1, math.ceil(high / step - first - 1e-9))
        return [round((first + index) * step, 9) for index in range(count + 1)]
    inner = [_round_count(float(np.quantile(known, share))) for share in np.arange(1, CLASSES) / CLASSES]
    inner = [bound for bound in sorted(set(inner)) if low < bound < high]
    return [low, *inner, high]


def _round_step(step: float) -> float:
    """The next size up of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(size * power for size in (1, 2, 2.5, 5, 10) if size * power >= step * (1 - 1e-9))


def _round_count(value: float) -> float:
    """A count to two leading figures."""
    if value < 10:
        return float(round(value))
    power = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(value / power) * power
