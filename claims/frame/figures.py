"""Figures of a claim: what a reader should see, computed by the subject under test and drawn by the report."""

from __future__ import annotations

import dataclasses
import inspect
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from claims.frame.inputs.regime import finite

if TYPE_CHECKING:
    from claims.frame.claim import Claim
    from claims.frame.subject import Subject

DTYPE = "float32"
"""The dtype whose item computes the figures: the one that networks are mostly trained in."""
MOST_BYTES = 15_000
"""Of a figure: a page shows many."""

LINE, POINTS, CLOSED, BOUND = "line", "points", "closed", "bound"


@dataclasses.dataclass(frozen=True)
class Curve:
    """`y` over `x`, or over 0, 1, 2, ... without one.

    `kind` says how it is drawn: a "line", "points", a "closed" curve around an area, or the line of a "bound". A bound
    of one number without an x is a level from edge to edge.
    """

    y: Sequence[float]
    x: Sequence[float] | None = None
    kind: str = LINE

    def record(self, name: str) -> dict[str, Any]:
        """The curve as plain data, to four digits. Raises ValueError where x and y differ in length."""
        told: dict[str, Any] = {"name": name, "y": [_short(v) for v in self.y]}
        if self.x is not None:
            if len(self.x) != len(self.y):
                raise ValueError(f"the curve {name!r} has {len(self.x)} x and {len(self.y)} y")
            told["x"] = [_short(v) for v in self.x]
        return told if self.kind == LINE else {**told, "kind": self.kind}


class Note(NamedTuple):
    """A few words at a point of a panel."""

    x: float
    y: float
    text: str


@dataclasses.dataclass(frozen=True)
class Panel:
    """Curves by name, and notes among them."""

    curves: Mapping[str, Curve | Sequence[float]]
    notes: Sequence[Note] = ()

    def record(self, title: str) -> dict[str, Any]:
        """The panel as plain data."""
        curves = {n: c if isinstance(c, Curve) else Curve(c) for n, c in self.curves.items()}
        notes = [{"x": _short(n.x), "y": _short(n.y), "text": n.text} for n in self.notes]
        told = {"title": title, "curves": [c.record(n) for n, c in curves.items()]}
        return {**told, "notes": notes} if notes else told


Panels: TypeAlias = Mapping[str, Panel | Mapping[str, Sequence[float]]]
Draw: TypeAlias = Callable[["Subject"], Panels]


@dataclasses.dataclass(frozen=True)
class Figure:
    """Panels side by side, by title, on common axes.

    `x` and `y` say what the axes show, `logarithmic` which of them are ("", "x", "y" or "xy"); with `equal` a unit is
    as long across as it is up. The docstring of `draw` says what is seen, for those who do not see it too.
    """

    title: str
    x: str
    y: str
    logarithmic: str
    equal: bool
    draw: Draw

    @property
    def told(self) -> str:
        """What is seen, on one line."""
        return " ".join((inspect.getdoc(self.draw) or "").split())

    def record(self, subject: Subject) -> dict[str, Any]:
        """The figure as plain data. Raises ValueError for a panel without curves, and for more than `MOST_BYTES`."""
        drawn = {t: p if isinstance(p, Panel) else Panel(p) for t, p in self.draw(subject).items()}
        if not drawn or not all(p.curves for p in drawn.values()):
            raise ValueError(f"the figure {self.title!r} shows nothing")
        made = {
            "title": self.title,
            "told": self.told,
            "x": self.x,
            "y": self.y,
            "logarithmic": "y" in self.logarithmic,
            "logarithmic_x": "x" in self.logarithmic,
            "equal": self.equal,
            "panels": [p.record(title) for title, p in drawn.items()],
        }
        if (size := len(json.dumps(made))) > MOST_BYTES:
            raise ValueError(f"the figure {self.title!r} has {size} bytes; at most {MOST_BYTES} may be recorded")
        return made


def figure(
    of: Claim, *, title: str, x: str, y: str, logarithmic: str = "", equal: bool = False
) -> Callable[[Draw], Draw]:
    """Adds a figure to a claim; the decorated function computes its panels with the operations of a subject.

    Its docstring says what is seen. Raises ValueError without one, for axes other than "x", "y" or "xy", and for equal
    units on a logarithmic axis.
    """
    if logarithmic not in {"", "x", "y", "xy"}:
        raise ValueError(f"{title!r}: logarithmic axes are 'x', 'y' or 'xy', not {logarithmic!r}")
    if equal and logarithmic:
        raise ValueError(f"{title!r}: units of a logarithmic axis are not equal")

    def register(draw: Draw) -> Draw:
        made = Figure(title, x, y, logarithmic, equal, draw)
        if not made.told:
            raise ValueError(f"{title!r} needs a docstring that says what is seen")
        of.figures.append(made)
        return draw

    return register


def _short(value: float) -> float | str:
    return finite(float(f"{value:.4g}") if math.isfinite(value) else value)
