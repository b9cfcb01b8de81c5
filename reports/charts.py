"""Figures of claims as static SVG: panels of curves, points and areas on axes that they share."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from reports import text
from reports.axes import Axis
from reports.read import Record

LEFT, RIGHT, TOP, BOTTOM = 42, 12, 8, 20
COLOURS = 8
LETTER = 5.7
"""About as wide is a letter of a note."""
ROOM = 0.04
"""What is left free around the figures of plane geometry, as a share of their size."""


@dataclass(frozen=True)
class Chart:
    """A figure of a record: its panels share both axes and the colours of their curves."""

    figure: Record

    @cached_property
    def names(self) -> dict[str, str]:
        """The curves in order of appearance, each with its kind; each has its colour in every panel."""
        return {c["name"]: c.get("kind", "line") for panel in self.figure["panels"] for c in panel["curves"]}

    def colour(self, name: str) -> str:
        """The class of a curve: its colour's number, or that of bounds."""
        if self.names[name] == "bound":
            return "bound"
        return f"c{[n for n, kind in self.names.items() if kind != 'bound'].index(name) % COLOURS}"

    @property
    def shape(self) -> str:
        """How large the panels are: "plane" with equal units, "alone", "few" or "many"."""
        if self.figure.get("equal"):
            return "plane"
        return {1: "alone", 2: "few", 3: "few"}.get(len(self.figure["panels"]), "many")

    @cached_property
    def x(self) -> Axis:
        """The horizontal axis; curves without x start at its low end."""
        numbers = [v for panel in self.figure["panels"] for c in panel["curves"] for v in _across(c)]
        if self.figure.get("equal"):
            return Axis.between(numbers, logarithmic=False, room=ROOM)
        return Axis.between(numbers, logarithmic=self.figure.get("logarithmic_x", False))

    @cached_property
    def y(self) -> Axis:
        """The vertical axis."""
        numbers = [text.number(v) for panel in self.figure["panels"] for c in panel["curves"] for v in c["y"]]
        if self.figure.get("equal"):
            return Axis.between(numbers, logarithmic=False, room=ROOM)
        return Axis.around(numbers, logarithmic=self.figure["logarithmic"])

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of a panel; those of the plane are as high as equal units make them."""
        if self.shape == "plane":
            width = 270
            height = (width - LEFT - RIGHT) * (self.y.high - self.y.low) / (self.x.high - self.x.low)
            return width, TOP + BOTTOM + round(min(max(height, 80), 400))
        return (460, 230) if self.shape == "alone" else (270, 180)

    def drawn(self, panel: dict[str, Any]) -> Markup:
        """The SVG of one panel."""
        width, height = self.size
        bottom = height - BOTTOM
        grid = "".join(f"M{LEFT} {self._up(share):.1f}H{width - RIGHT}" for share, _ in self.y.ticks)
        labels = "".join(f'<text x="{LEFT - 5}" y="{self._up(s) + 3:.1f}">{label}</text>' for s, label in self.y.ticks)
        labels += "".join(
            f'<text class="x" x="{self._over(s):.1f}" y="{height - 6}">{label}</text>' for s, label in self.x.ticks
        )
        if self.shape == "plane" or self.x.logarithmic:
            grid += "".join(f"M{self._over(share):.1f} {TOP}V{bottom}" for share, _ in self.x.ticks)
        # A nested SVG cuts off what leaves it.
        place = LEFT - 3, TOP - 3, width - LEFT - RIGHT + 6, bottom - TOP + 6
        sides = " ".join(f'{key}="{v}"' for key, v in zip(("x", "y", "width", "height"), place, strict=True))
        inner = f'<svg {sides} viewBox="{" ".join(map(str, place))}">{"".join(map(self._curve, panel["curves"]))}</svg>'
        notes = "".join(map(self._note, panel.get("notes", ())))
        frame = f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(self.described(panel))}"'
        return Markup(f'<svg {frame}><path class="grid" d="{grid}"/>{labels}{inner}{notes}</svg>')  # noqa: S704 (numbers, and text escaped)

    def described(self, panel: dict[str, Any]) -> str:
        """The panel in words, for those who do not see it."""
        title = ": ".join(filter(None, (self.figure["title"], panel["title"])))
        told = self.figure.get("told", "")
        notes = "; ".join(note["text"] for note in panel.get("notes", ()))
        parts = [f"{title}.", told, " ".join(map(_described, panel["curves"])), notes and f"Marked: {notes}."]
        return " ".join(filter(None, parts))

    def _curve(self, curve: dict[str, Any]) -> str:
        kind = curve.get("kind", "line")
        path = "".join(self._path(curve, kind))
        name = self.colour(curve["name"]) + ("" if kind in {"line", "bound"} else f" {kind}")
        return f'<path class="{name}" d="{path}"><title>{escape(curve["name"])}</title></path>'

    def _path(self, curve: dict[str, Any], kind: str) -> Iterator[str]:
        """A line from point to point, with a gap where there is no number; far out of the panel is out of it."""
        width, _ = self.size
        heights = [self.y.place(text.number(v)) for v in curve["y"]]
        if _is_level(curve):
            yield f"M{LEFT} {self._up(heights[0]):.4g}H{width - RIGHT}"
            return
        command = "M"
        for across, height in zip(_across(curve), heights, strict=False):
            over = self.x.place(across)
            if math.isnan(height) or math.isnan(over):
                command = "M"
                continue
            yield f"{command}{self._over(over):.4g} {self._up(height):.4g}"
            command = "L"
            if kind == "points":
                yield "h0"
                command = "M"
        if kind == "closed":
            yield "Z"

    def _note(self, note: dict[str, Any]) -> str:
        over, up = self.x.place(text.number(note["x"])), self.y.place(text.number(note["y"]))
        if not (math.isfinite(over) and math.isfinite(up)):
            return ""
        across = self._over(min(max(over, 0), 1))
        fits = across + 5 + LETTER * len(note["text"]) <= self.size[0] - RIGHT
        side, shift = ("note", 5) if fits else ("note end", -5)
        place = f'x="{across + shift:.1f}" y="{self._up(min(max(up, 0), 1)) - 4:.1f}"'
        return f'<text class="{side}" {place}>{escape(note["text"])}</text>'

    def _over(self, share: float) -> float:
        return LEFT + (self.size[0] - LEFT - RIGHT) * share

    def _up(self, share: float) -> float:
        return TOP + (self.size[1] - TOP - BOTTOM) * (1 - share)


def _across(curve: dict[str, Any]) -> list[float]:
    """The x of a curve; a level has none."""
    if "x" in curve:
        return [text.number(v) for v in curve["x"]]
    return [] if _is_level(curve) else [float(k) for k in range(len(curve["y"]))]


def _is_level(curve: dict[str, Any]) -> bool:
    """Whether a curve is a bound from edge to edge."""
    return curve.get("kind") == "bound" and "x" not in curve and len(curve["y"]) == 1


def _described(curve: dict[str, Any]) -> str:
    numbers = [text.number(v) for v in curve["y"]]
    known = [v for v in numbers if math.isfinite(v)]
    if not known:
        return f"{curve['name']}: no number."
    if curve.get("kind") in {"points", "closed"}:
        return f"{curve['name']}: {len(numbers)} points between {min(known):.3g} and {max(known):.3g}."
    if len(numbers) == 1:
        return f"{curve['name']}: {known[0]:.3g}."
    return f"{curve['name']}: from {numbers[0]:.3g} to {numbers[-1]:.3g}."
