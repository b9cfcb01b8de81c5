"""Square matrices whose exponentials stay in range, of norms from 0 to about 20, alone and mixed in one batch."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

Float64 = NDArray[np.float64]
Shape = tuple[int, int, int]

SCALES = {"one": 1.0, "small": 2.0**-20, "moderate": 2.0**-3, "large": 4.0}


def _normal(rng: np.random.Generator, shape: Shape) -> Float64:
    return np.asarray(rng.standard_normal(shape) / max(1, shape[-1]) ** 0.5)


def _skew(rng: np.random.Generator, shape: Shape) -> Float64:
    """A = -A^T: the exponential is a rotation."""
    a = _normal(rng, shape)
    return a - a.swapaxes(-1, -2)


def _generator(rng: np.random.Generator, shape: Shape) -> Float64:
    """Rows of sum zero, non-negative beside the diagonal: the exponential is a stochastic matrix."""
    a = rng.integers(0, 3, shape) / 4 * (1 - np.eye(shape[-1]))
    return np.asarray(a - a.sum(-1, keepdims=True) * np.eye(shape[-1]))


def _mixed(rng: np.random.Generator, shape: Shape) -> Float64:
    """Norms from 2^-26 to 8 side by side."""
    return np.asarray(_normal(rng, shape) * 2.0 ** rng.integers(-26, 4, (shape[0], 1, 1)))


def _hump(rng: np.random.Generator, shape: Shape) -> Float64:
    """Negative eigenvalues and large entries above: powers grow before they decay."""
    above = np.triu(rng.integers(-3, 4, shape).astype(np.float64), 1)
    return np.asarray(above - np.eye(shape[-1]) * rng.integers(1, 3, (shape[0], 1, shape[-1])))


KINDS: dict[str, Callable[[np.random.Generator, Shape], Float64]] = {
    "integers": lambda rng, shape: rng.integers(-1, 2, shape).astype(np.float64),
    "normal": _normal,
    "zero": lambda _, shape: np.zeros(shape),
    "diagonal": lambda rng, shape: np.eye(shape[-1]) * rng.integers(-3, 3, (shape[0], 1, shape[-1])),
    "nilpotent": lambda rng, shape: np.triu(rng.integers(-2, 3, shape).astype(np.float64), 1),
    "skew": _skew,
    "generator": _generator,
    "mixed": _mixed,
    "hump": _hump,
}
"""Matrices by name."""


@dataclasses.dataclass(frozen=True)
class Exponent(Regime):
    """A matrix of order `n` by its name in `KINDS`, times the power of two of `scale`."""

    n: int = 2
    kind: str = "integers"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("A",)
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.scale not in SCALES:
            raise ValueError(f"no matrix {self.kind!r} at scale {self.scale!r}")

    def size(self) -> int:
        return max(1, self.n**2)

    def batch(self, limit: int, elements: int) -> int:
        # references cost the cube; one matrix alone takes another path than several
        return max(2, min(super().batch(limit, elements), elements // max(1, self.n) ** 3))

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [KINDS[self.kind](rng, (batch, self.n, self.n)) * SCALES[self.scale]]


def exponents() -> Regimes:
    """Every kind and scale up to order 8; corners up to order 33, with a norm on either side of every threshold."""
    corners = (
        Exponent(2),
        *(Exponent(n, "normal") for n in (0, 1, 3, 5, 9, 17, 33)),
        *(Exponent(n, "mixed") for n in (1, 3, 8)),
        *(Exponent(3, "normal", scale) for scale in ("small", "moderate", "large")),
        *(Exponent(4, kind) for kind in ("zero", "diagonal", "nilpotent", "skew", "generator", "hump")),
        *(Exponent(4, kind, "large") for kind in ("diagonal", "skew", "generator", "nilpotent")),
        Exponent(7, "nilpotent"),
        Exponent(1, "diagonal", "large"),
    )
    order = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0])
    return Regimes(st.builds(Exponent, order, st.sampled_from(list(KINDS)), st.sampled_from(list(SCALES))), corners)
