"""Numbers around a threshold, and diagonal quadratics with their minima there."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import FORMATS, Format

KINDS = ("normal", "integers", "kink", "wide", "special")
ORDINARY = ("half", "seven tenths", "three tenths")
HELD = (*ORDINARY, "zero", "tiny", "subnormal", "large")
"""Thresholds that every format admits."""
THRESHOLDS = (*HELD, "huge", "largest")
HIGH = ("large", "huge", "largest")
"""Thresholds that must not be divided by numbers below 1: they would overflow, at least in float16."""
LENGTHS = (4, 0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 67)


def threshold(name: str, fmt: Format) -> float:
    """The double of that name. No half type holds 0.7 and 0.3, nor those next to the ends of the range."""
    return {
        "half": 0.5,
        "seven tenths": 0.7,
        "three tenths": 0.3,
        "zero": 0.0,
        "tiny": 1.3 * fmt.lam,
        "subnormal": 2.5 * fmt.eta if fmt.precision < 53 else 2 * fmt.eta,
        "large": 40000.0,
        "huge": 0.7 * fmt.largest,
        "largest": fmt.largest,
    }[name]


class Thresholded(NamedTuple):
    """Numbers x, curvatures h from 1/4 to 4, each (batch, n), and a threshold.

    `plain`: x and the threshold are finite and of ordinary size.
    """

    x: Tensor
    h: Tensor
    threshold: float
    plain: bool


@dataclasses.dataclass(frozen=True)
class Thresholds(Regime):
    """`n` numbers around a threshold.

    Normal of deviation twice the threshold, integers times half of it, kink (the threshold and its neighbours in the
    format, and 0), wide (from 2^-12 to 2^12 times it), special (infinities, NaN, zeros of either sign, the largest and
    the smallest number). Normal and wide ones are not 0. Curvatures are 1 and more for thresholds near overflow.
    """

    n: int = 4
    kind: str = "normal"
    threshold: str = "half"
    names: ClassVar[tuple[str, ...]] = ("x", "h")
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.n < 0 or self.kind not in KINDS or self.threshold not in THRESHOLDS:
            raise ValueError(f"no {self.n} numbers of kind {self.kind!r} around {self.threshold!r}")

    def size(self) -> int:
        return max(1, self.n)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape, t = (batch, self.n), threshold(self.threshold, fmt)
        h = 2.0 ** rng.uniform(0 if self.threshold in HIGH else -2, 2, shape)
        return [self._numbers(rng, shape, t, fmt), h]

    def _numbers(self, rng: np.random.Generator, shape: tuple[int, int], t: float, fmt: Format) -> NDArray[np.float64]:
        unit, sign = t or 1.0, rng.choice([-1.0, 1.0], shape)
        match self.kind:
            case "integers":
                size = unit * np.minimum(rng.integers(0, 5, shape) / 2, 0.99 * fmt.largest / unit)
            case "kink":
                most = 0 if self.threshold == "largest" else 2
                near = fmt.round(t) + rng.integers(-2, most + 1, shape) * fmt.ulp(t)
                size = np.where(rng.random(shape) < 1 / 8, 0.0, np.maximum(near, 0.0))
            case "special":
                special = np.array([np.inf, np.nan, 0.0, fmt.largest, fmt.eta, fmt.round(t)])
                size = special[rng.integers(0, len(special), shape)]
            case _:
                power = rng.uniform(-12, 12, shape) if self.kind == "wide" else 1.0
                raw = np.abs(rng.standard_normal(shape)) * 2.0**power
                size = np.maximum(np.minimum(raw, 0.99 * fmt.largest / unit) * unit, fmt.eta)
        return sign * np.where(np.isinf(size), size, np.minimum(size, fmt.largest))

    def admits(self, arrays: Arrays) -> NDArray[np.bool_]:
        x, h = arrays
        sound = ((h >= (1 if self.threshold in HIGH else 0.25)) & (h <= 4)).all(-1)
        if self.kind != "special":
            sound = sound & np.isfinite(x).all(-1)
        return np.asarray(sound & (x != 0).all(-1) if self.kind in ("normal", "wide") else sound)

    def present(self, tensors: Sequence[Any], seed: int) -> Thresholded:
        x, h = tensors
        fmt = FORMATS[str(x.dtype).removeprefix("torch.")]
        plain = self.threshold in ORDINARY and self.kind not in ("wide", "special")
        return Thresholded(x, h, threshold(self.threshold, fmt), plain)


def thresholds() -> Regimes:
    """Every kind of number around every threshold; vectors shorter and longer than those of a kernel.

    What corners call tells which dtypes torch supports: hence only drawn thresholds are beyond float16.
    """
    corners = (
        Thresholds(),
        *(Thresholds(n, "normal", t) for n, t in zip((1, 7, 9, 33, 17, 16), HELD[1:], strict=True)),
        *(Thresholds(n, "kink", t) for n, t in zip((3, 17, 33, 8, 67, 16, 4), HELD, strict=True)),
        *(Thresholds(17, "special", t) for t in HELD),
        Thresholds(0),
        Thresholds(67, "integers"),
        Thresholds(5, "integers", "seven tenths"),
        Thresholds(33, "wide", "seven tenths"),
        Thresholds(1025, "normal", "seven tenths"),
        Thresholds(4099, "kink"),
    )
    choices = (st.sampled_from(c) for c in (LENGTHS, KINDS, (*ORDINARY, *THRESHOLDS)))
    return Regimes(st.builds(Thresholds, *choices), corners)
