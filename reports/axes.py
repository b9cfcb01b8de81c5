"""Axes of charts: where a value lies between two ends, and which marks a reader wants."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from reports import text

MOST_DECADES = 16
"""Of a logarithmic axis: of a longer one the decades about 1 are shown, for how far a signal explodes says little."""
MARKS = 5


@dataclass(frozen=True)
class Axis:
    """From `low` to `high`: values, or on a logarithmic axis their decades."""

    low: float
    high: float
    logarithmic: bool = False

    @classmethod
    def around(cls, values: Iterable[float], *, logarithmic: bool) -> Axis:
        """An axis with round ends around the values."""
        low, high = _ends(values, logarithmic=logarithmic)
        if logarithmic:
            half = MOST_DECADES / 2
            low, high = math.floor(low), math.ceil(high)
            if high - low > MOST_DECADES:
                low, high = max(low, -half), min(high, half)
            return cls(low, max(high, low + 1), logarithmic=True)
        step = step_of(high - low)
        return cls(math.floor(low / step) * step, max(math.ceil(high / step), math.floor(low / step) + 1) * step)

    @classmethod
    def between(cls, values: Iterable[float], *, logarithmic: bool, room: float = 0.0) -> Axis:
        """An axis that ends at the least and the largest value, or a share of its length beyond."""
        low, high = _ends(values, logarithmic=logarithmic)
        high = high if high > low else low + 1
        return cls(low - room * (high - low), high + room * (high - low), logarithmic)

    def place(self, value: float) -> float:
        """Where a value lies: 0 at the low end and 1 at the high one, beyond them at most 9 lengths; NaN stays NaN."""
        height = measured(value, logarithmic=self.logarithmic)
        if math.isnan(height):
            return math.nan
        return min(max((height - self.low) / (self.high - self.low), -9.0), 10.0)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Marks, as places from 0 to 1, with their labels."""
        length = self.high - self.low
        step = max(1, math.ceil(length / MARKS)) if self.logarithmic else step_of(length)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        marks = [round(k * step, 12) for k in range(first, last + 1)]
        label = (lambda m: text.power(10.0**m) if abs(m) > 3 else f"{10.0**m:g}") if self.logarithmic else "{:g}".format
        return [((m - self.low) / length, label(m)) for m in marks]


def measured(value: float, *, logarithmic: bool) -> float:
    """A value as its axis measures it: NaN where it cannot."""
    if not logarithmic:
        return value
    return math.log10(value) if value > 0 else (-math.inf if value == 0 else math.nan)


def step_of(size: float) -> float:
    """A round step, 1, 2 or 5 times a power of ten, of which about five make up `size`."""
    rough = size / MARKS or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough * (1 - 1e-9))


def _ends(values: Iterable[float], *, logarithmic: bool) -> tuple[float, float]:
    known = [h for v in values if math.isfinite(h := measured(v, logarithmic=logarithmic))]
    return min(known, default=0.0), max(known, default=1.0)
