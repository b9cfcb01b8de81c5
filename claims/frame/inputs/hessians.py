"""Symmetric Hessians with a point and a direction."""

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

KINDS = ("whole", "normal", "rank one", "definite", "diagonal", "zero")


class AlongDirection(NamedTuple):
    """H (batch, n, n) symmetric, and b, the point x and the direction v, all (batch, n)."""

    H: Tensor
    b: Tensor
    x: Tensor
    v: Tensor


@dataclasses.dataclass(frozen=True)
class Hessian(Regime):
    """H of a kind: whole numbers up to 2 (with all the rest), normal ones, u u^T, G^T G, a diagonal, or 0.

    The direction is 0 in an eighth of the instances.
    """

    n: int = 3
    kind: str = "whole"
    names: ClassVar[tuple[str, ...]] = ("H", "b", "x", "v")
    most: ClassVar[int] = 3

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.n < 1:
            raise ValueError(f"no {self.kind!r} Hessian of order {self.n}")

    def size(self) -> int:
        return self.n**2

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n = self.n
        g, u = rng.standard_normal((batch, n, n)), rng.standard_normal((batch, n, 1))
        whole = np.tril(rng.integers(-2, 3, (batch, n, n))).astype(np.float64)
        h = {
            "whole": whole + np.tril(whole, -1).swapaxes(-1, -2),
            "normal": (g + g.swapaxes(-1, -2)) / 2,
            "rank one": u * u.swapaxes(-1, -2),
            "definite": g.swapaxes(-1, -2) @ g,
            "diagonal": np.eye(n) * u,
            "zero": np.zeros((batch, n, n)),
        }[self.kind]
        h = np.tril(h) + np.tril(h, -1).swapaxes(-1, -2)  # a product of matrices is not symmetric to the last bit
        if self.kind == "whole":
            b, x, v = (rng.integers(-2, 3, (batch, n)).astype(np.float64) for _ in range(3))
        else:
            b, x, v = (rng.standard_normal((batch, n)) for _ in range(3))
        v[rng.random(batch) < 1 / 8] = 0.0
        return [h, b, x, v]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        return np.asarray((arrays[0] == arrays[0].swapaxes(-1, -2)).all((-2, -1)))

    def present(self, tensors: Sequence[Any], seed: int) -> AlongDirection:
        return AlongDirection(*tensors)


def hessians() -> Regimes:
    """Every kind; corners: each of them, one variable, and orders beside the width of vectors and 64."""
    corners = (
        *(Hessian(3, kind) for kind in KINDS),
        *(Hessian(n, "whole") for n in (1, 6, 17, 64)),
        *(Hessian(n, "normal") for n in (1, 2, 7, 17, 65)),
    )
    return Regimes(st.builds(Hessian, st.sampled_from([3, 1, 2, 4, 5, 8, 17]), st.sampled_from(KINDS)), corners)
