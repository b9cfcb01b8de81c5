"""Figures of a claim: curves that a reader should see, computed by the subject under test and drawn by the report."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from claims.frame.inputs.regime import finite

if TYPE_CHECKING:
    from claims.frame.claim import Claim
    from claims.frame.subject import Subject

DTYPE = "float32"
"""The dtype whose item computes the figures: the one that networks are mostly trained in."""

Panels = Mapping[str, Mapping[str, Sequence[float]]]


@dataclasses.dataclass(frozen=True)
class Figure:
    """Panels side by side, by title, each with named curves y(0), y(1), ... on common axes.

    `x` and `y` say what the axes show; y is `logarithmic` where it grows or vanishes exponentially.
    """

    title: str
    x: str
    y: str
    logarithmic: bool
    draw: Callable[[Subject], Panels]

    def record(self, subject: Subject) -> dict[str, Any]:
        """The figure as plain data, to four digits. Raises ValueError for a panel without curves."""
        panels = [
            {"title": title, "curves": [{"name": name, "y": [_short(v) for v in y]} for name, y in curves.items()]}
            for title, curves in self.draw(subject).items()
        ]
        if not panels or not all(p["curves"] for p in panels):
            raise ValueError(f"the figure {self.title!r} shows nothing")
        return {"title": self.title, "x": self.x, "y": self.y, "logarithmic": self.logarithmic, "panels": panels}


def figure(
    of: Claim, *, title: str, x: str, y: str, logarithmic: bool = False
) -> Callable[[Callable[[Subject], Panels]], Callable[[Subject], Panels]]:
    """Adds a figure to a claim; the decorated function computes its panels with the operations of a subject."""

    def register(draw: Callable[[Subject], Panels]) -> Callable[[Subject], Panels]:
        of.figures.append(Figure(title, x, y, logarithmic, draw))
        return draw

    return register


def _short(value: float) -> float | str:
    return finite(float(f"{value:.4g}") if math.isfinite(value) else value)
