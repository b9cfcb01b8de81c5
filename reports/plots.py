"""The distribution of margins as a static SVG: a histogram on a logarithmic axis with the bound at 1."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from reports import text
from reports.evidence import Cell

_FIRST, _LAST = -34, 4  # 10^-5 to 4, unless there is more to show
_GUTTER = 3  # units left of the axis, for the margins that are exactly zero
_HEIGHT = 26


@dataclass(frozen=True)
class Axis:
    """Histogram keys `first` to `last`, one unit each; key k ends at the margin 2^(k/2)."""

    first: int
    last: int

    @property
    def name(self) -> str:
        """The id of the grid within the page."""
        return f"grid_{self.first}_{self.last}"

    @property
    def width(self) -> int:
        """The width of a strip in units."""
        return self.last - self.first + 1 + _GUTTER

    def position(self, margin: float) -> float:
        """Return where a positive margin lies, in units; beyond the ends it is put at the end."""
        key = 2 * math.log2(margin) if math.isfinite(margin) else math.inf
        return _GUTTER + min(max(key, self.first - 1), self.last) - self.first + 1

    @property
    def decades(self) -> list[int]:
        """The powers of ten within the axis."""
        ends = [(key - offset) / 2 * math.log10(2) for key, offset in ((self.first, 1), (self.last, 0))]
        return list(range(math.ceil(ends[0]), math.floor(ends[1]) + 1))

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """The labels of the axis, each with its place in percent of the width."""
        step = 2 if len(self.decades) < 9 else 3
        shown = [d for d in self.decades if d < 0 and d % step == 0 and self.position(10.0**d) > 0.12 * self.width]
        labels = [(self.position(10.0**d), text.power(10.0**d)) for d in shown]
        places = [*labels, (self.position(1), "bound")]
        return [(0.0, "0"), *((round(100 * place / self.width, 2), label) for place, label in places)]


def axis(cells: Iterable[Cell]) -> Axis:
    """Return the axis that shows the histograms of all these cells."""
    keys = [int(key) for cell in cells if cell.record for key, number in cell.record["histogram"].items() if number]
    return Axis(min([_FIRST, *keys]), max([_LAST, *keys]))


def histogram(cell: Cell, scale: Axis) -> Markup:
    """Return the histogram of one cell: heights relative to its fullest bin, a dot at the worst margin."""
    if cell.record is None:
        return Markup()
    bins = {int(key): number for key, number in cell.record["histogram"].items() if number}
    zeros = cell.record["zeros"]
    parts = [f'<use href="#{scale.name}"/>']
    if bins or zeros:
        fullest = max(bins.values(), default=zeros)
        outline = f"M0 {_HEIGHT}V{_top(zeros, fullest)}h1V{_HEIGHT}" if zeros else ""
        if bins:
            tops = [_top(bins.get(key, 0), fullest) for key in range(min(bins), max(bins) + 1)]
            steps = ((top, len(list(equal))) for top, equal in itertools.groupby(tops))
            outline += f"M{_GUTTER + min(bins) - scale.first} {_HEIGHT}"
            outline += "".join(f"V{top}h{width}" for top, width in steps) + f"V{_HEIGHT}"
        parts.append(f'<path class="area" d="{outline}"/>')
    if cell.margin:
        parts.append(f'<path class="dot" d="M{scale.position(cell.margin):.2f} {_HEIGHT - 3}h0"/>')
    return Markup(f'<svg viewBox="0 0 {scale.width} {_HEIGHT}">{"".join(parts)}</svg>')  # noqa: S704 (numbers only)


def grids(scales: Iterable[Axis]) -> Markup:
    """Return what histograms of the same axis share: the decades and the bound."""
    groups = []
    for scale in dict.fromkeys(scales):
        decades = "".join(f"M{scale.position(10.0**decade):.1f} 0V{_HEIGHT}" for decade in scale.decades if decade)
        bound = f'<path class="one" d="M{scale.position(1):.0f} 0V{_HEIGHT}"/>'
        groups.append(f'<g id="{scale.name}"><path class="grid" d="{decades}"/>{bound}</g>')
    frame = 'class="glyphs" aria-hidden="true" focusable="false"'
    return Markup(f"<svg {frame}><defs>{''.join(groups)}</defs></svg>")  # noqa: S704 (as above)


def _top(number: int, fullest: int) -> int:
    """Return the height coordinate of a bin: never that of an empty one unless it is empty, never above the strip."""
    share = min(1.0, number / fullest)
    return _HEIGHT - max(math.ceil(share * (_HEIGHT - 2)), 2 if number else 0)
