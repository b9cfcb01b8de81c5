"""Logits of rows of classes with their targets: classes or laws, weights of the classes, rows that are ignored."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.rows import NarrowRegime
from reference.formats import Format

FORMS = ("function", "module", "nll", "nll module", "spatial", "images", "class first", "unbatched", "logsumexp")
"""Spellings of the loss of class indices."""
OPTIONS = ("plain", "weights", "smoothing", "both", "law", "law and weights", "law and both")
REDUCTIONS = ("none", "sum", "mean")
KINDS = ("normal", "equal", "ties", "peak", "confident", "wrong", "huge", "masked", "masked target", "nothing")
IGNORED = ("no", "some", "a class", "all")
MODES = tuple("".join(m) for order in (2, 3) for m in itertools.product("rf", repeat=order))
"""From the inside out: "fr" is the gradient of a derivative along a direction."""
NESTED_FORMS = ("classes", "weights", "smoothing", "law", "nll", "logsumexp", "spatial")
SMOOTHING = 0.125
RADIX = 64
"""Classes are stored by two digits, because bfloat16 holds no integers above 256 exactly."""
IGNORE_INDEX = -100
SQUARE_SAFE = 2.0**990
"""Double-double splits no larger numbers."""
WIDTHS = (*range(1, 18), 64, 100, 513, 1000, 1023, 1025, 3000)


class Problem(NamedTuple):
    """Logits (batch, rows, classes), classes (batch, rows) and what belongs to them; see `ClassProblem`."""

    x: Tensor
    target: Tensor
    law: Tensor | None
    weight: Tensor | None
    regime: ClassProblem


@dataclasses.dataclass(frozen=True)
class ClassProblem(NarrowRegime):
    """`rows` of logits of `classes` classes, each row with its class or law.

    `kind`: standard normal times `scale`, plus `offset`; equal; ties (four values); peak (logits 80 higher); confident
    or wrong (the logit of the class 8, 20 or 120 above, or below, the others); huge (a quarter of the largest number,
    either sign, 2^990 at most); masked (-inf with probability 1/3, but not the class); masked target (only that of the
    class); nothing (-inf throughout). `options` say whether the target is a law and the classes have weights (multiples
    of 1/8, one of them 0) or are smoothed; `ignored` which rows do not count: some, those of the last class, or all.
    """

    classes: int = 3
    rows: int = 3
    kind: str = "normal"
    options: str = "plain"
    reduction: str = "none"
    form: str = "function"
    ignored: str = "no"
    scale: float = 1.0
    offset: float = 0.0
    names: ClassVar[tuple[str, ...]] = ("x", "class // 64", "class % 64", "w", "q")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        known = {
            "kind": KINDS, "options": OPTIONS, "reduction": REDUCTIONS, "form": FORMS, "ignored": IGNORED,
        }  # fmt: skip
        if any(getattr(self, name) not in allowed for name, allowed in known.items()):
            raise ValueError(f"no such problem: {self}")
        if self.classes < 1 or self.rows < 0 or (self.form == "unbatched" and self.rows != 1):
            raise ValueError("a problem has a class, and one row if it has no axis of rows")
        alone = self.form in ("nll", "nll module", "logsumexp", "class first")
        if alone and self.options not in ("plain", "weights")[: 1 + (self.form != "logsumexp")]:
            raise ValueError(f"{self.form} has no options {self.options}")
        if self.form == "logsumexp" and (self.reduction != "none" or self.ignored != "no" or self.kind == "huge"):
            raise ValueError("logsumexp minus a logit knows neither reductions nor rows to ignore")
        if (self.law and self.ignored != "no") or (self.law and self.form not in ("function", "module", "spatial")):
            raise ValueError("a law has no class to ignore, and two spellings")
        if self.kind in ("masked", "masked target", "nothing") and (self.smoothed or self.law or self.classes < 2):
            raise ValueError("a law gives every class its share, masked or not")
        if self.kind == "huge" and self.reduction != "none":
            raise ValueError("the sum of huge losses may overflow")

    @property
    def law(self) -> bool:
        """Whether the target is a law."""
        return self.options.startswith("law")

    @property
    def weighted(self) -> bool:
        """Whether classes have weights."""
        return self.options in ("weights", "both", "law and weights", "law and both")

    @property
    def smoothed(self) -> float:
        """The label smoothing."""
        return SMOOTHING if self.options in ("smoothing", "both", "law and both") else 0.0

    @property
    def ignore_index(self) -> int:
        """The class that does not count."""
        return self.classes - 1 if self.ignored == "a class" else IGNORE_INDEX

    def size(self) -> int:
        return max(1, self.rows * self.classes)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.rows, self.classes
        t = rng.integers(0, self.classes, shape[:2])
        if self.rows:
            t[0, -1], t[-1, 0] = self.classes - 1, 0
        x = self._logits(rng, shape, t, fmt)
        high, low = t // RADIX, t % RADIX
        if self.ignored == "some":
            high = np.where(rng.random(shape[:2]) < 1 / 3, -1, high)
        if self.ignored == "all":
            high = np.full(shape[:2], -1)
        w = rng.integers(1, 17, (batch, self.classes)) / 8
        if self.classes > 2:
            w[:, 1] = 0.0
        q = rng.dirichlet(np.ones(self.classes), shape[:2]) if self.law else np.zeros((batch, 0, self.classes))
        return [x, high.astype(np.float64), low.astype(np.float64), w, q]

    def _logits(
        self, rng: np.random.Generator, shape: tuple[int, ...], t: NDArray[np.int64], fmt: Format
    ) -> NDArray[np.float64]:
        own = np.arange(self.classes) == t[..., None]
        x = rng.standard_normal(shape) * self.scale
        match self.kind:
            case "equal":
                x = np.broadcast_to(x[..., :1], shape)
            case "ties":
                x = np.array([-1.0, 0.0, 0.5, 2.0])[rng.integers(0, 4, shape)]
            case "peak":
                x = x + 80.0 * (rng.random(shape) < 1 / self.classes)
            case "confident" | "wrong":
                gap = np.array([8.0, 20.0, 120.0])[rng.integers(0, 3, (*shape[:2], 1))]
                x = x + np.where(own, gap if self.kind == "confident" else -gap, 0.0)
            case "huge":
                x = rng.choice([-1.0, 1.0], shape) * rng.uniform(0.5, 1.0, shape) * min(fmt.largest / 4, SQUARE_SAFE)
            case "masked":
                x = np.where((rng.random(shape) < 1 / 3) & ~own, -np.inf, x)
            case "masked target":
                x = np.where(own, -np.inf, x)
            case "nothing":
                x = np.full(shape, -np.inf)
        return x if self.kind == "huge" else x + self.offset

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, high, low, w, q = arrays
        batch = len(x)
        t = high * RADIX + low
        digits = (low >= 0) & (low < RADIX) & (t < self.classes) & (np.rint(t) == t) & (np.rint(low) == low)
        kept = {"no": high >= 0, "a class": high >= 0, "all": high < 0}.get(self.ignored, high >= -1)
        inside = np.clip(t, 0, self.classes - 1).astype(np.int64)[..., None]
        own = np.take_along_axis(x, inside, -1)[..., 0] if self.classes else high
        finite = {
            "masked": (np.isfinite(own) | (high < 0)) & (x < np.inf).all(-1) & np.isfinite(x).any(-1),
            "masked target": (np.isneginf(own) | (high < 0)) & (np.isneginf(x).sum(-1) == 1),
            "nothing": np.isneginf(x).all(-1),
        }.get(self.kind, np.isfinite(x).all(-1))
        each = [a.reshape(batch, -1).all(-1) for a in (digits, kept, finite)]
        grid = ((w >= 0) & (w <= 2) & (np.rint(8 * w) == 8 * w)).all(-1)
        return np.asarray(np.all(each, 0) & grid & ((q >= 0) & (q <= 1)).reshape(batch, -1).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Problem:
        x, high, low, w, q = tensors
        target = torch.where(high < 0, float(IGNORE_INDEX), high.to(torch.float64) * RADIX + low).to(torch.int64)
        return Problem(x, target, q if self.law else None, w if self.weighted else None, self)


class Nested(NamedTuple):
    """Logits, a direction and weights (batch, classes), a class of each row (batch, 1), a law; see `NestedLoss`."""

    x: Tensor
    d: Tensor
    weight: Tensor
    law: Tensor
    target: Tensor
    form: str
    modes: str


@dataclasses.dataclass(frozen=True)
class NestedLoss(Regime):
    """Normal logits, directions of small whole numbers, weights and laws in eighths."""

    classes: int = 3
    form: str = "classes"
    modes: str = "rr"
    names: ClassVar[tuple[str, ...]] = ("x", "d", "w", "q", "class")
    most: ClassVar[int] = 4

    def __post_init__(self) -> None:
        if self.classes < 2 or self.form not in NESTED_FORMS or self.modes not in MODES:
            raise ValueError(f"no derivatives {self.modes!r} of {self.form!r} with {self.classes} classes")

    def size(self) -> int:
        return self.classes

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.classes
        x, d = 2 * rng.standard_normal(shape), rng.integers(-2, 4, shape).astype(np.float64)
        w, q = rng.integers(1, 17, shape) / 8, rng.integers(0, 9, shape) / 8
        return [x, d, w, q, rng.integers(0, self.classes, (batch, 1)).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, d, w, q, t = arrays
        eighths = [((a >= 0) & (a <= 2) & (np.rint(8 * a) == 8 * a)).all(-1) for a in (w, q)]
        classes = ((t >= 0) & (t < self.classes) & (np.rint(t) == t)).all(-1)
        return np.asarray(np.all([(np.abs(x) <= 16).all(-1), (np.abs(d) <= 8).all(-1), *eighths, classes], 0))

    def present(self, tensors: Sequence[Any], seed: int) -> Nested:
        x, d, w, q, t = tensors
        return Nested(x, d, w, q, t.to(torch.int64), self.form, self.modes)


@st.composite
def _problems(draw: st.DrawFn) -> ClassProblem:
    """A problem that makes sense: options that exclude each other are taken from the later ones."""
    classes, rows = draw(st.sampled_from((*WIDTHS[:18], 100, 513))), draw(st.integers(1, 5))
    kind, options = draw(st.sampled_from(KINDS)), draw(st.sampled_from(OPTIONS))
    reduction, scale = draw(st.sampled_from(REDUCTIONS)), draw(st.sampled_from((0.1, 1.0, 5.0, 20.0)))
    offset = draw(st.sampled_from((0.0, 0.0, 1000.0, -1000.0)))
    form, ignored = draw(st.sampled_from(FORMS)), draw(st.sampled_from(IGNORED))
    for changed in ({}, {"ignored": "no"}, {"options": "plain"}, {"form": "function"}, {"kind": "normal"}):
        made = {
            "classes": classes, "rows": 1 if form == "unbatched" else rows, "kind": kind, "options": options,
            "reduction": reduction, "form": form, "ignored": ignored, "scale": scale, "offset": offset,
        } | changed  # fmt: skip
        try:
            return ClassProblem(**made)
        except ValueError:
            kind, options = made["kind"], made["options"]
            form, ignored = made["form"], made["ignored"]
    return ClassProblem(classes, rows)


def class_problems() -> Regimes:
    """Widths around vectors and blocks, every kind with every reduction, every form, options, rows to ignore."""
    every = itertools.cycle(REDUCTIONS)
    corners = (
        ClassProblem(),
        *(ClassProblem(n, 2, scale=scale) for n, scale in zip(WIDTHS, itertools.cycle((1.0, 5.0, 0.1, 20.0)))),
        *(ClassProblem(n, 2, form="spatial", scale=5.0) for n in (1, 5, 16, 17, 65, 1025)),
        *(ClassProblem(n, 3, form="class first", scale=5.0) for n in (1, 8, 17, 513, 3000)),
        *(ClassProblem(4, 3, kind) for kind in KINDS[1:]),
        *(ClassProblem(5, 4, kind, reduction="mean") for kind in KINDS[1:] if kind != "huge"),
        *(ClassProblem(3, 1, "wrong", form=form) for form in FORMS),
        *(ClassProblem(7, 6, form=form, reduction="mean") for form in FORMS[:-2]),
        *(ClassProblem(6, 4, form=form, ignored="some", reduction="mean", options="weights") for form in FORMS[:7]),
        *(ClassProblem(5, 3, options=o, reduction=r) for o in OPTIONS[1:] for r in REDUCTIONS),
        *(ClassProblem(4, 4, options=o, form="spatial", reduction=next(every)) for o in OPTIONS[1:]),
        *(ClassProblem(3, 5, options=o, ignored=i, reduction=r)
          for o in ("plain", "both") for i in IGNORED[1:] for r in REDUCTIONS),
        *(ClassProblem(5, 2, offset=offset, form=form) for offset in (1e3, -1e3) for form in ("function", "logsumexp")),
        *(ClassProblem(3, 0, reduction=r) for r in REDUCTIONS),
        *(ClassProblem(1, 3, options=o, reduction="mean") for o in OPTIONS[:4]),
        ClassProblem(4, 3, "nothing", ignored="some"), ClassProblem(4, 3, "masked target", "weights"),
        ClassProblem(4, 3, "huge", "both"), ClassProblem(4, 3, "huge", "law and both"),
        ClassProblem(3, 33, "wrong", reduction="mean"), ClassProblem(17, 65, reduction="mean", options="weights"),
        ClassProblem(3, 64, form="images", reduction="mean"), ClassProblem(2, 3, scale=100.0),
        ClassProblem(1000, 3, options="both"), ClassProblem(1025, 2, options="law and both", reduction="sum"),
        ClassProblem(300, 40, scale=0.1), ClassProblem(5000, 1, options="smoothing", scale=5.0),
    )  # fmt: skip
    return Regimes(_problems(), tuple(dict.fromkeys(corners)))


def nested_losses() -> Regimes:
    """Class indices with every nesting, the other forms with some; all of them are drawn."""
    every = (("classes", MODES), *((form, ("rr", "ff", "rfr", "frf")) for form in NESTED_FORMS[1:]))
    corners = tuple(NestedLoss(2 + i % 4, form, m) for form, modes in every for i, m in enumerate(modes))
    drawn = st.builds(NestedLoss, st.integers(2, 6), st.sampled_from(NESTED_FORMS), st.sampled_from(MODES))
    return Regimes(drawn, corners)


def problems_and_nestings() -> Regimes:
    """First and higher derivatives."""
    first, higher = class_problems(), nested_losses()
    return Regimes(first.draw | higher.draw, (*first.corners, *higher.corners))
