"""Parameters, gradients and a rule of `torch.optim` with weight decay."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format
from reference.regularization.decayed_steps import COUPLED, DECOUPLED, MATRICES, RULES

FUSED = ("sgd", "momentum", "adam", "amsgrad", "adagrad", "adamw")
DECAYS = (0.5, 0.0, 0.25, 1.0, 2.0)
RATES = (0.125, 0.5, 2.0**-10)


def modes(rule: str) -> tuple[str, ...]:
    """The ways in which torch runs a rule: in a loop over tensors, `foreach`, or `fused`."""
    return ("loop",) if rule == "muon" else ("loop", "foreach", "fused")[: 3 if rule in FUSED else 2]


class Steps(NamedTuple):
    """Parameters (batch, rows, cols), gradients (batch, steps, rows, cols), and how they are used.

    `options` are those of the optimiser; `whole` says that gradients are integers and parameters halves of them.
    """

    w: Tensor
    gradients: Tensor
    rule: str
    lr: float
    decay: float
    options: dict[str, Any]
    whole: bool


@dataclasses.dataclass(frozen=True)
class DecayedSteps(Regime):
    """A rule by name, how torch runs it, and the numbers it starts from.

    Decays are powers of two or 0, so that decay times a parameter is exact.
    """

    rule: str = "sgd"
    mode: str = "loop"
    rows: int = 2
    cols: int = 2
    steps: int = 1
    decay: float = 0.5
    lr: float = 0.125
    kind: str = "integers"
    names: ClassVar[tuple[str, ...]] = ("w", "gradients")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.rule not in RULES or self.mode not in modes(self.rule):
            raise ValueError(f"no {self.mode} rule {self.rule!r}")
        if min(self.rows, self.cols) < (1 if self.rule in MATRICES else 0) or self.steps < 1:
            raise ValueError(f"no {self.steps} steps of a {self.rows} x {self.cols} matrix by {self.rule}")
        if self.decay not in DECAYS or self.lr not in RATES:
            raise ValueError(f"no decay {self.decay} at rate {self.lr}")

    def size(self) -> int:
        return max(1, self.rows * self.cols * self.steps)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        numbers, shape = Numbers(self.kind), (self.rows, self.cols)
        w = numbers.fill(rng, (batch, *shape), fmt)
        return [w / 2, numbers.fill(rng, (batch, self.steps, *shape), fmt)]

    def admits(self, arrays: Arrays) -> bool:
        return self.kind != "integers" or all(np.array_equal(2 * a, np.rint(2 * a)) for a in arrays)

    def present(self, tensors: Sequence[Any], seed: int) -> Steps:
        chosen = {mode: mode == self.mode for mode in modes(self.rule) if mode != "loop"}
        options = {**RULES[self.rule].options, **chosen}
        w, gradients = tensors
        return Steps(w, gradients, self.rule, self.lr, self.decay, options, self.kind == "integers")


def _corners(rules: tuple[str, ...]) -> tuple[DecayedSteps, ...]:
    each = [DecayedSteps(rule, mode) for rule in rules for mode in modes(rule)]
    later = [DecayedSteps(r, m, 3, 2, 4, 0.25, kind="normal") for r in rules for m in modes(r)[:2]]
    first = rules[0]
    sizes = [DecayedSteps(first, "foreach", *size, decay=1.0) for size in ((1, 1), (1, 65), (129, 3))]
    return (*each, *later, *sizes, DecayedSteps(first, decay=0.0, lr=0.5), DecayedSteps(first, decay=2.0, lr=2.0**-10))


def _drawn(rules: tuple[str, ...]) -> st.SearchStrategy[DecayedSteps]:
    side, steps = st.sampled_from([2, 1, 3, 5, 8, 17]), st.sampled_from([1, 2, 5])
    kinds = st.sampled_from(("integers", "normal", "wide"))
    ways = st.sampled_from([(rule, mode) for rule in rules for mode in modes(rule)])
    decay, lr = st.sampled_from(DECAYS), st.sampled_from(RATES)
    return st.builds(lambda way, *numbers: DecayedSteps(*way, *numbers), ways, side, side, steps, decay, lr, kinds)


def coupled_steps() -> Regimes:
    """Every rule whose weight_decay is a penalty."""
    return Regimes(_drawn(COUPLED), (*_corners(COUPLED), DecayedSteps("adam", rows=0)))


def decoupled_steps() -> Regimes:
    """Every rule that multiplies the parameters."""
    return Regimes(_drawn(DECOUPLED), _corners(DECOUPLED))
