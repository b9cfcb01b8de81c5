"""Quadratic losses with integer Hessians, and finite sets of candidates with losses and penalties."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference import exact
from reference.formats import Format

HESSIANS = ("dense", "diagonal", "ill")
ENTRY = 4
"""Drawn minima and candidates are integers of at most this size."""


class Problem(NamedTuple):
    """H (batch, n, n) symmetric positive definite, its minimum w (batch, n), losses and penalties (batch, k)."""

    H: Tensor
    w: Tensor
    losses: Tensor
    penalties: Tensor


@dataclasses.dataclass(frozen=True)
class Quadratic(Regime):
    """An integer Hessian: G^T G + I with entries of G up to 2, diagonal from 1 to 8, or L D L^T ("ill").

    L is unit triangular, D = diag(1, 4, 16, ...). Candidates have whole losses and penalties, none of these negative.
    """

    n: int = 2
    hessian: str = "dense"
    candidates: int = 4
    names: ClassVar[tuple[str, ...]] = ("H", "w", "losses", "penalties")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.hessian not in HESSIANS or self.n < 0 or self.candidates < 1 or (self.hessian == "ill" and self.n > 6):
            raise ValueError(f"no {self.hessian!r} Hessian of order {self.n} with {self.candidates} candidates")

    def size(self) -> int:
        return max(self.n**2, self.candidates)

    def batch(self, limit: int, elements: int) -> int:
        return max(1, min(super().batch(limit, elements), 4096 // max(1, self.n) ** 2))  # exact solutions take long

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n = self.n
        match self.hessian:
            case "dense":
                g = rng.integers(-2, 3, (batch, n, n)).astype(np.float64)
                h = g.swapaxes(-1, -2) @ g + np.eye(n)
            case "diagonal":
                h = rng.integers(1, 9, (batch, 1, n)) * np.eye(n)
            case _:
                lower = np.tril(rng.integers(-1, 2, (batch, n, n)).astype(np.float64), -1) + np.eye(n)
                h = (lower * 4.0 ** np.arange(n)) @ lower.swapaxes(-1, -2)
        w = rng.integers(-ENTRY, ENTRY + 1, (batch, n)).astype(np.float64)
        losses = rng.integers(-100, 101, (batch, self.candidates)).astype(np.float64)
        return [h, w, losses, rng.integers(0, 9, (batch, self.candidates)).astype(np.float64)]

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        h, w, losses, penalties = arrays
        whole = np.all([(a == np.rint(a)).reshape(len(h), -1).all(-1) for a in (h, w, losses, penalties)], axis=0)
        sound = (h == h.swapaxes(-1, -2)).all((-2, -1)) & (penalties >= 0).all(-1) & whole
        return np.asarray(sound & [_positive_definite(a) for a in h], bool)

    def present(self, tensors: Sequence[Any], seed: int) -> Problem:
        return Problem(*tensors)


def _positive_definite(h: NDArray[np.float64]) -> bool:
    """Whether all leading minors of an integer matrix (n, n) are positive."""
    return all(exact.rational_matrix(h[:k, :k]).det() > 0 for k in range(1, len(h) + 1))


def quadratics() -> Regimes:
    """Every Hessian; corners: empty, one weight, sides beyond 16, 32 and 64, one candidate and many."""
    corners = (
        Quadratic(),
        Quadratic(1),
        Quadratic(0),
        Quadratic(3),
        Quadratic(4, "ill"),
        Quadratic(6, "ill", 1),
        Quadratic(5, "diagonal", 65),
        Quadratic(9),
        Quadratic(17, candidates=129),
        Quadratic(33, "diagonal"),
        Quadratic(65, "diagonal"),
    )
    sizes, candidates = st.sampled_from([2, 1, 3, 4, 5, 6]), st.sampled_from([4, 1, 2, 7, 17, 64])
    return Regimes(st.builds(Quadratic, sizes, st.sampled_from(HESSIANS), candidates), corners)
