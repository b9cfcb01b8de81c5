"""Laws with finitely many atoms, and two functions on them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.numbers import Numbers, numbers
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

MOST_ODDS = 6
RELATIONS = ("independent", "same", "opposite", "nearly opposite")


class Functions(NamedTuple):
    """Odds w (batch, n), probabilities p about w / sum(w), functions f and g (batch, n), factors a and b (batch, 1)."""

    w: Tensor
    p: Tensor
    f: Tensor
    g: Tensor
    a: Tensor
    b: Tensor


@dataclasses.dataclass(frozen=True)
class FiniteLaw(Regime):
    """`n` atoms with whole-number odds up to 6, some of them 0, functions f and g on them, and factors a and b.

    `relation` of g to f: independent; same; opposite; nearly opposite (moved by a few roundings: sums cancel). The
    factors are 0, 1 or -1 in a quarter of the instances.
    """

    n: int = 2
    numbers: Numbers = Numbers()
    relation: str = "independent"
    names: ClassVar[tuple[str, ...]] = ("odds", "p", "f", "g", "a", "b")

    def __post_init__(self) -> None:
        if self.n < 1 or self.relation not in RELATIONS:
            raise ValueError(f"no law of {self.n} atoms with functions that are {self.relation!r}")

    def size(self) -> int:
        return 4 * self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.n
        odds = rng.integers(0, MOST_ODDS + 1, shape).astype(np.float64)
        odds[np.arange(batch), rng.integers(0, self.n, batch)] += 1.0
        f = fmt.round(self.numbers.fill(rng, shape, fmt))
        g = {"same": f, "opposite": -f}.get(self.relation)
        if g is None and self.relation == "independent":
            g = self.numbers.fill(rng, shape, fmt)
        elif g is None:
            g = -f * (1 + 2 * fmt.u * rng.integers(-3, 4, shape))
        factors = rng.standard_normal((2, batch, 1))
        plain = rng.random((2, batch, 1)) < 1 / 4
        a, b = np.where(plain, rng.choice([-1.0, 0.0, 1.0], (2, batch, 1)), factors)
        if "opposite" in self.relation:
            b = a
        return [odds, odds / odds.sum(-1, keepdims=True), f, g, a, b]

    def admits(self, arrays: Arrays) -> Any:
        odds, p, *_ = arrays
        whole = ((odds >= 0) & (odds == np.rint(odds))).all(-1) & (odds.sum(-1) >= 1)
        return whole & (p >= 0).all(-1)

    def present(self, tensors: Sequence[Any], seed: int) -> Functions:
        return Functions(*tensors)


def functions_on_laws() -> Regimes:
    """Laws of 1 to 1025 atoms; corners: sizes around vectors, functions that cancel, every scale of products."""
    normal = Numbers("normal")
    corners = (
        FiniteLaw(),
        FiniteLaw(1, normal),
        FiniteLaw(3, Numbers("wide")),
        *(FiniteLaw(n, normal) for n in (7, 8, 17, 33, 65, 129, 1025)),
        *(FiniteLaw(n, normal, kind) for n, kind in ((5, "same"), (16, "opposite"), (100, "nearly opposite"))),
        FiniteLaw(64, Numbers("wide"), "nearly opposite"),
        FiniteLaw(9, Numbers("constant")),
        FiniteLaw(100, Numbers("cancel"), "same"),
        *(FiniteLaw(4, Numbers("normal", scale)) for scale in ("small", "large")),
    )
    drawn = st.builds(
        FiniteLaw,
        st.sampled_from([2, 1, 3, 4, 5, 7, 8, 15, 16, 17, 31, 33, 64, 65, 100]),
        numbers(("integers", "normal", "wide", "positive", "constant", "cancel", "ties")),
        st.sampled_from(RELATIONS),
    )
    return Regimes(drawn, corners)
