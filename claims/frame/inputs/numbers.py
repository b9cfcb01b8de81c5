"""Distributions of numbers by name; every regime that fills arrays uses them."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from reference.formats import Format

KINDS = ("integers", "normal", "wide", "positive", "constant", "absorb", "cancel", "ties")
SCALES = ("one", "small", "large", "tiny", "huge", "subnormal")


@dataclasses.dataclass(frozen=True)
class Numbers:
    """How the numbers of an array are distributed, and at which scale.

    `kind`: integers in -4..4, standard normal, wide (log-normal over some ten binary orders, either sign), positive
    (uniform in [0, 1)), constant (one number per row), absorb (1, then numbers below the unit roundoff), cancel
    (pairs of opposite numbers), ties (few distinct values).

    `scale`: one, small and large (an eighth of the exponent range away from 1, so that products stay normal), tiny
    and huge (squares underflow or overflow), subnormal.
    """

    kind: str = "integers"
    scale: str = "one"

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.scale not in SCALES:
            raise ValueError(f"no numbers of kind {self.kind!r} at scale {self.scale!r}")

    def fill(self, rng: np.random.Generator, shape: tuple[int, ...], fmt: Format) -> NDArray[np.float64]:
        """An array of `shape` (batch, ..., n), not yet rounded into `fmt`."""
        raw = self._raw(rng, shape, fmt)
        return raw if self.scale == "one" else raw * self.factor(fmt)

    def factor(self, fmt: Format) -> float:
        """The power of two that the scale stands for in `fmt`."""
        return {
            "one": 1.0,
            "small": 2.0 ** (fmt.emin // 8),
            "large": 2.0 ** (fmt.emax // 8),
            "tiny": 2.0 ** (fmt.emin // 2 - 4),
            "huge": 2.0 ** (fmt.emax // 2 + 4),
            "subnormal": fmt.lam / 4,
        }[self.scale]

    def _raw(self, rng: np.random.Generator, shape: tuple[int, ...], fmt: Format) -> NDArray[np.float64]:
        match self.kind:
            case "integers":
                return rng.integers(-4, 5, shape).astype(np.float64)
            case "normal":
                kind = np.float32 if fmt.precision <= 24 else np.float64  # float32 takes two thirds of the time
                return rng.standard_normal(shape, kind).astype(np.float64, copy=False)
            case "wide":
                return rng.standard_normal(shape) * 2.0 ** rng.uniform(-6, 6, shape)
            case "positive":
                return rng.random(shape)
            case "constant":
                return np.broadcast_to(rng.standard_normal((*shape[:1], *(1 for _ in shape[1:]))), shape).copy()
            case "absorb":
                x = fmt.u * rng.uniform(0.5, 1.0, shape)
                x[..., :1] = 1.0
                return x
            case "cancel":
                x = rng.standard_normal(shape)
                half = shape[-1] // 2
                x[..., half : 2 * half] = -x[..., :half]
                return x
            case _:
                return np.array([-1.0, 0.5, 1.0])[rng.integers(0, 3, shape)]


def numbers(
    kinds: tuple[str, ...] = KINDS, scales: tuple[str, ...] = ("one", "small", "large")
) -> st.SearchStrategy[Numbers]:
    """Numbers of the given kinds and scales, the first of each the simplest."""
    return st.builds(Numbers, st.sampled_from(kinds), st.sampled_from(scales))
