"""A linear layer with frozen scales, with or without batch norm, and how its gradient is found and used."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

PASSES = ("fresh", "retain", "inputs", "double")
RETURNING = ("autograd.grad", "func.grad", "func.vjp", "func.jacrev", "functional.jacobian")
EPS = 2.0**-10
"""Above the smallest number of every format: the default 1e-8 is 0 in float16."""

RULES: dict[str, tuple[str, dict[str, float]]] = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.5}),
    "adam": ("Adam", {"eps": EPS}),
    "adamw": ("AdamW", {"eps": EPS, "weight_decay": 0.0}),
    "adagrad": ("Adagrad", {"eps": EPS}),
    "rmsprop": ("RMSprop", {"eps": EPS}),
    "rprop": ("Rprop", {}),
}
"""Optimisers of `torch.optim` with options, none of which moves a parameter that never had a gradient but 0."""


class Learning(NamedTuple):
    """w (batch, h, m), b, frozen f and c (batch, h), x (batch, k, m), t (batch, k, h), g (batch, h, m), and choices.

    g and c are gradients that w and b may have. `options` are those of the optimiser.
    """

    w: Tensor
    b: Tensor
    f: Tensor
    x: Tensor
    t: Tensor
    g: Tensor
    c: Tensor
    norm: bool
    held: bool
    way: str
    times: int
    returning: str
    rule: str
    options: dict[str, Any]
    set_to_none: bool


@dataclasses.dataclass(frozen=True)
class Learner(Regime):
    """`hidden` units of `inputs` inputs at `examples` examples; small whole numbers, two of every example not 0.

    Gradients, three of them added to the one held, are whole numbers of at most 8 bits.
    """

    hidden: int = 3
    inputs: int = 4
    examples: int = 2
    norm: bool = False
    held: bool = False
    way: str = "fresh"
    times: int = 1
    returning: str = "autograd.grad"
    rule: str = "sgd"
    foreach: bool = False
    set_to_none: bool = True
    names: ClassVar[tuple[str, ...]] = ("w", "b", "f", "x", "t", "g", "c")
    most: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if min(self.hidden, self.inputs) < 1 or not (1 + self.norm) <= self.examples <= 5 or not 1 <= self.times <= 3:
            raise ValueError("no such layer, or no such number of examples or passes")
        if self.way not in PASSES or self.returning not in RETURNING or self.rule not in RULES:
            raise ValueError(f"no pass {self.way!r}, no gradient {self.returning!r} or no rule {self.rule!r}")

    def size(self) -> int:
        return self.hidden * self.inputs

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        h, m, k = self.hidden, self.inputs, self.examples
        w = rng.integers(-1, 2, (batch, h, m)).astype(np.float64)
        b = rng.integers(-1, 2, (batch, h)).astype(np.float64)
        f = rng.choice([-2.0, -1.0, 1.0, 2.0], (batch, h))
        x = np.zeros((batch, k, m))
        np.put_along_axis(x, rng.integers(0, m, (batch, k, 2)), rng.choice([-1.0, 1.0], (batch, k, 2)), -1)
        t = rng.integers(-2, 3, (batch, k, h)).astype(np.float64)
        g, c = (rng.integers(-8, 9, (batch, *shape)).astype(np.float64) for shape in ((h, m), (h,)))
        return [w, b, f, x, t, g, c]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        w, b, f, x, t, g, c = arrays
        admitted = np.ones(len(w), bool)
        for a, most in ((w, 1), (b, 1), (f, 2), (x, 1), (t, 2), (g, 8), (c, 8)):
            admitted &= ((np.abs(a) <= most) & (a == np.rint(a))).reshape(len(a), -1).all(-1)
        return np.asarray(admitted & ((x != 0).sum(-1) <= 2).all(-1))

    def present(self, tensors: Sequence[Any], seed: int) -> Learning:
        rule, options = RULES[self.rule]
        chosen = {**options, "foreach": self.foreach}
        w, b, f, x, t, g, c = tensors
        way = self.norm, self.held, self.way, self.times, self.returning
        return Learning(w, b, f, x, t, g, c, *way, rule, chosen, self.set_to_none)


def learners() -> Regimes:
    """Every pass, rule and way to a gradient; corners: each of them, sizes about 16 and 64, one unit, one input."""
    sides = st.sampled_from((3, 1, 2, 8, 17))
    drawn = st.builds(
        lambda norm, examples, *rest: Learner(rest[0], rest[1], examples + norm, norm, *rest[2:]),
        st.booleans(),
        st.integers(1, 4),
        sides,
        sides,
        st.booleans(),
        st.sampled_from(PASSES),
        st.integers(1, 3),
        st.sampled_from(RETURNING),
        st.sampled_from(tuple(RULES)),
        st.booleans(),
        st.booleans(),
    )
    several: list[Learner] = [
        Learner(norm=norm, held=held, way=way, times=times, set_to_none=held)
        for way in PASSES
        for norm, held, times in ((False, False, 2), (True, True, 2), (True, False, 3))
    ]
    several += [Learner(5, 3, held=True, returning=way) for way in RETURNING]
    several += [
        Learner(4, 5, 3, held=True, rule=rule, foreach=foreach, set_to_none=set_to_none)
        for rule in RULES
        for foreach, set_to_none in ((False, True), (True, False))
    ]
    several += [Learner(2, 3, rule=rule, foreach=True) for rule in RULES]
    sizes = [
        Learner(h, m, k, norm, held, "retain", 2, rule=rule, set_to_none=not norm)
        for h, m, k, norm, held, rule in (
            (1, 1, 1, False, True, "sgd"),
            (1, 17, 2, True, True, "adam"),
            (17, 1, 2, True, False, "sgd"),
            (16, 16, 4, False, True, "momentum"),
            (33, 9, 5, True, True, "sgd"),
            (65, 33, 3, False, True, "sgd"),
        )
    ]
    return Regimes(drawn, (Learner(), *several, *sizes))
