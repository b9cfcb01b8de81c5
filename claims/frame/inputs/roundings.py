"""Numbers at which rounding turns: into another format, and of exponentials in their own."""

from __future__ import annotations

import dataclasses
import math
from typing import ClassVar

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from claims.frame.inputs.every_number import PARTS, SHORT, AnyNumbers, EveryNumber
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import FORMATS, Format

KINDS = ("edges", "doubled", "wide", "exponents", "special")
LENGTHS = (67, 1, 3, 7, 8, 9, 15, 16, 17, 33, 129, 300)


def edges(target: Format) -> NDArray[np.float64]:
    """Where rounding into a format turns, all positive, with the numbers of the format next to it.

    Overflow, largest + ulp/2; underflow, eta/2; the ties 3/2 eta, lam - eta/2, 1 + u and 1 + 3u. Of float64 the tie of
    overflow is no number of any format here: the largest number stands for it.
    """
    largest, eta, lam, u = target.largest, target.eta, target.lam, target.u
    top = float(target.ulp(largest)) / 2
    overflow = [largest - top, largest, *([largest + k * top / 2 for k in (1, 2, 3)] if target.emax < 1023 else [])]
    underflow = [eta / 2, eta, 1.5 * eta, 2 * eta, lam - eta, lam - eta / 2, lam] if target.emin > -1022 else [eta, lam]
    return np.array([*overflow, *underflow, 1.0, 1 + u, 1 + 3 * u, 1 - u / 2])


@dataclasses.dataclass(frozen=True)
class Roundings(Regime):
    """Rows of `n` numbers about which the rounding into the `target` turns, in the format that they are given in.

    edges: ties and ends of the range with their neighbours; doubled: ties times 1 +- 2^-k, k from 25 to 52, which
    only float64 holds, and which rounding to float32 takes for ties; wide: every magnitude of the target and beyond;
    exponents: logarithms of the ends of their own format, with eight neighbours on either side; special: zeros of
    either sign, infinities and NaN.
    """

    n: int = 67
    target: str = "float16"
    kind: str = "edges"
    names: ClassVar[tuple[str, ...]] = ("x",)
    most: ClassVar[int] = 16

    def __post_init__(self) -> None:
        if self.n < 1 or self.target not in FORMATS or self.kind not in KINDS:
            raise ValueError(f"no {self.n} numbers of kind {self.kind!r} for {self.target!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape, target = (batch, self.n), FORMATS[self.target]
        if self.kind == "special":
            return [rng.choice(np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0]), shape)]
        if self.kind == "exponents":
            top = math.log(2.0) * (fmt.emax + 1)
            ends = np.array([top, math.log(fmt.lam), math.log(fmt.eta) - math.log(2.0), math.log(fmt.eta)])
            chosen = fmt.round(rng.choice(ends, shape))
            return [chosen + rng.integers(-8, 9, shape) * fmt.ulp(chosen)]
        sign, chosen = rng.choice([-1.0, 1.0], shape), rng.choice(edges(target), shape)
        if self.kind == "wide":
            return [
                sign * rng.uniform(1, 2, shape) * 2.0 ** rng.uniform(target.emin - target.precision - 1, 1022, shape)
            ]
        if self.kind == "doubled":
            with np.errstate(over="ignore"):
                beside = chosen * (1 + rng.choice([-1.0, 1.0], shape) * 2.0 ** -rng.integers(25, 53, shape))
            return [sign * np.minimum(beside, fmt.largest)]
        chosen = np.minimum(fmt.round(chosen), fmt.largest)
        with np.errstate(over="ignore"):
            beside = chosen + rng.integers(-1, 2, shape) * fmt.ulp(chosen)
        return [sign * np.minimum(beside, fmt.largest)]


def roundings() -> Regimes:
    """All numbers of the 16-bit formats; of wider ones every kind for every target, in rows about vector widths."""
    parts = tuple(EveryNumber(part) for part in range(PARTS))
    kinds = tuple(Roundings(67, target, kind) for kind in KINDS[:3] for target in FORMATS)
    rows = tuple(Roundings(n, "bfloat16") for n in LENGTHS[1:])
    drawn = st.one_of(
        st.builds(Roundings, st.sampled_from(LENGTHS), st.sampled_from(tuple(FORMATS)), st.sampled_from(KINDS)),
        st.builds(AnyNumbers, st.sampled_from(LENGTHS)),
    )
    own = (Roundings(300, kind="exponents"), Roundings(kind="special"))
    return Regimes(drawn, (*kinds[:1], *parts, *kinds[1:], *own, *rows), exhaustive_in=SHORT)
