"""Errors in units in the last place over the exponent range of the argument, as a static SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable

from markupsafe import Markup, escape

from reports import text
from reports.read import Record

WIDTH, HEIGHT = 300, 132
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 9, 20
GAP = 4.0
"""Half of the distance between the two sides of 0."""
COLUMN = 1.5
"""The width of a column: the largest error of several bins that share it."""
LEAST = 0.1
"""The error at the bottom of a picture, and what is below it."""
LARGEST = {"float64": 1023, "float32": 127, "bfloat16": 127, "float16": 15}
"""The exponents of the largest numbers."""
MIDDLE = LEFT + (WIDTH - LEFT - RIGHT) / 2
HALF = (WIDTH - LEFT - RIGHT) / 2 - GAP


def drawn(records: Iterable[Record], dtype: str, told: str) -> Markup:
    """Return the SVG of the largest error by magnitude of the argument, negative ones on the left; empty without data.

    Lines of the log with the same bins are put together; `told` is the text alternative.
    """
    known = [record["binades"] for record in records if record["binades"]]
    if not known:
        return Markup()
    first, step, bins = int(known[0]["first"]), int(known[0]["step"]), len(known[0]["positive"])
    alike = [b for b in known if (b["first"], b["step"], len(b["positive"])) == (first, step, bins)]
    sides = {sign: _largest([b[name] for b in alike]) for sign, name in ((1, "positive"), (-1, "negative"))}
    highest = max((v for side in sides.values() for v in side if v is not None and math.isfinite(v)), default=1.0)
    top = max(math.ceil(math.log10(max(highest, LEAST))), 1)

    def y(error: float) -> float:
        share = (math.log10(max(error, LEAST)) - math.log10(LEAST)) / (top - math.log10(LEAST))
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)

    def x(sign: int, exponent: float) -> float:
        return MIDDLE + sign * (GAP + HALF * (exponent - first) / (bins * step))

    every = max(1, math.ceil(top / 3))
    decades = range(0, top + 1, every)
    grid = "".join(f"M{LEFT} {y(10.0**d):.1f}H{WIDTH - RIGHT}" for d in decades)
    labels = "".join(
        f'<text x="{LEFT - 5}" y="{y(10.0**d) + 3:.1f}">{text.power(10.0**d) if d > 2 else 10**d}</text>'
        for d in decades
    )
    last = LARGEST.get(dtype, first + bins * step - 1)
    marks = [(sign, e, name) for sign, minus in ((1, ""), (-1, "\N{MINUS SIGN}")) for e, name in _marks(minus, last)]
    below = f'<text class="x" x="{MIDDLE:.1f}" y="{HEIGHT - 6}">0</text>' + "".join(
        f'<text class="x{"" if e == 0 else " last" if sign > 0 else " first"}" x="{x(sign, e):.1f}" y="{HEIGHT - 6}">'
        f"{name}</text>"
        for sign, e, name in marks
    )
    ticks = "".join(f"M{x(sign, e):.1f} {HEIGHT - BOTTOM}v3" for sign, e, _ in marks)
    areas, wrongs = [], []
    for sign, side in sides.items():
        for start, column in _columns(side, HALF / bins):
            left, right = (MIDDLE + sign * (GAP + edge) for edge in (start, start + max(COLUMN, HALF / bins)))
            if math.isinf(column):
                wrongs.append(f"M{(left + right) / 2:.1f} {TOP - 5}v4")
            else:
                areas.append(f"M{left:.1f} {HEIGHT - BOTTOM}V{y(column):.1f}H{right:.1f}V{HEIGHT - BOTTOM}z")
    parts = [
        f'<path class="grid" d="{grid}{ticks}"/>{labels}{below}',
        f'<path class="errors" d="{"".join(areas)}"/>',
        f'<path class="one" d="M{LEFT} {y(0.5):.1f}H{WIDTH - RIGHT}"/>',
        f'<path class="wrong" d="{"".join(wrongs)}"/>' if wrongs else "",
    ]
    frame = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(told)}"'
    return Markup(f"<svg {frame}>{''.join(parts)}</svg>")  # noqa: S704 (numbers, and text escaped)


def _largest(sides: list[list[float | str | None]]) -> list[float | None]:
    """The largest error of every bin; None where nothing was measured."""
    made = []
    for bins in zip(*sides, strict=True):
        numbers = [text.number(v) for v in bins if v is not None]
        made.append(max(numbers, default=None))
    return made


def _columns(side: list[float | None], width: float) -> Iterable[tuple[float, float]]:
    """Where columns begin and the largest error in each; bins without numbers have none."""
    per = max(1, math.ceil(COLUMN / width))
    for start in range(0, len(side), per):
        known = [v for v in side[start : start + per] if v is not None]
        finite = [v for v in known if math.isfinite(v)]
        if finite:
            yield start * width, max(finite)
        if len(finite) < len(known):
            yield start * width, math.inf


def _marks(minus: str, last: int) -> list[tuple[int, str]]:
    """Exponents to label on one side: of 1, and of the end of the format."""
    return [(0, f"{minus}1"), (last, f"{minus}2{text.raised(last)}")]
