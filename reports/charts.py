"""Figures of claims as static SVG: panels of curves over 0, 1, 2, ... on axes that they share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from reports import text
from reports.read import Record

WIDTH, HEIGHT = 300, 180
LEFT, RIGHT, TOP, BOTTOM = 40, 10, 6, 20
MOST_DECADES = 16
"""Of a logarithmic axis about 1: what leaves it explodes or vanishes, by how much says little."""
COLOURS = 8


@dataclass(frozen=True)
class Chart:
    """A figure of a record: its panels share both axes and the colours of their curves."""

    figure: Record

    @cached_property
    def names(self) -> list[str]:
        """The curves in order of appearance; each has its colour in every panel."""
        return list(dict.fromkeys(c["name"] for panel in self.figure["panels"] for c in panel["curves"]))

    def colour(self, name: str) -> int:
        """The number of a curve's colour."""
        return self.names.index(name) % COLOURS

    @cached_property
    def _values(self) -> list[float]:
        curves = (c for panel in self.figure["panels"] for c in panel["curves"])
        numbers = (self._height(text.number(v)) for c in curves for v in c["y"])
        return [v for v in numbers if math.isfinite(v)]

    @cached_property
    def span(self) -> tuple[float, float]:
        """The ends of the vertical axis: of a logarithmic one in decades."""
        low, high = min(self._values, default=0.0), max(self._values, default=1.0)
        if self.figure["logarithmic"]:
            half = MOST_DECADES / 2
            return max(math.floor(low), -half), max(min(math.ceil(high), half), max(math.floor(low), -half) + 1)
        step = _step(high - low)
        return math.floor(low / step) * step, max(math.ceil(high / step), math.floor(low / step) + 1) * step

    @cached_property
    def last(self) -> int:
        """The end of the horizontal axis."""
        return max(1, *(len(c["y"]) - 1 for panel in self.figure["panels"] for c in panel["curves"]), 1)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Marks of the vertical axis with their labels."""
        low, high = self.span
        if self.figure["logarithmic"]:
            step = max(1, math.ceil((high - low) / 5))
            decades = [d for d in range(math.ceil(low), math.floor(high) + 1) if d % step == 0]
            return [(float(d), text.power(10.0**d)) for d in decades]
        width = _step(high - low)
        marks = [low + width * k for k in range(round((high - low) / width) + 1)]
        return [(v, f"{v:g}") for v in (round(m, 12) for m in marks)]

    def drawn(self, panel: dict[str, Any]) -> Markup:
        """The SVG of one panel."""
        grid = "".join(f"M{LEFT} {self._y(v):.1f}H{WIDTH - RIGHT}" for v, _ in self.ticks)
        labels = "".join(f'<text x="{LEFT - 5}" y="{self._y(v) + 3:.1f}">{label}</text>' for v, label in self.ticks)
        below = "".join(
            f'<text class="x" x="{self._x(k):.1f}" y="{HEIGHT - 6}">{k:g}</text>' for k in (0, self.last / 2, self.last)
        )
        curves = "".join(
            f'<path class="c{self.colour(c["name"])}" d="{"".join(self._path(c["y"]))}"><title>{escape(c["name"])}'
            "</title></path>"
            for c in panel["curves"]
        )
        told = escape(f"{self.figure['title']}: {panel['title']}")
        frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{told}"'
        grid = f'<path class="grid" d="{grid}"/>'
        place = LEFT - 2, TOP - 2, WIDTH - LEFT - RIGHT + 4, HEIGHT - TOP - BOTTOM + 4
        sides = " ".join(f'{key}="{v}"' for key, v in zip(("x", "y", "width", "height"), place, strict=True))
        cut = f'{sides} viewBox="{" ".join(map(str, place))}"'  # a nested SVG cuts off what leaves it
        return Markup(f"<svg {frame}>{grid}{labels}{below}<svg {cut}>{curves}</svg></svg>")  # noqa: S704 (numbers, and text escaped)

    def _path(self, y: Sequence[float | str]) -> Iterator[str]:
        """A line from point to point, with a gap where there is no number; far out of the panel is out of it."""
        low, high = self.span
        far, command = 9 * (high - low), "M"
        for k, value in enumerate(map(text.number, y)):
            height = self._height(value)
            if math.isnan(height):
                command = "M"
                continue
            yield f"{command}{self._x(k):.4g} {self._y(min(max(height, low - far), high + far)):.4g}"
            command = "L"

    def _height(self, value: float) -> float:
        if not self.figure["logarithmic"]:
            return value
        return math.log10(value) if value > 0 else (-math.inf if value == 0 else math.nan)

    def _x(self, k: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * k / self.last

    def _y(self, height: float) -> float:
        low, high = self.span
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - height) / (high - low)


def _step(size: float) -> float:
    """A round step, 1, 2 or 5 times a power of ten, of which about five make up `size`."""
    rough = size / 5 or 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= rough)
