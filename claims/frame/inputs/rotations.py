"""Real normal matrices whose complex eigenvalues are known: scaled rotations on a diagonal, cyclic permutations."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

KINDS = ("narrow", "integer", "pythagorean", "cyclic")
TRIPLES = np.array([(3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25)])


class Known(NamedTuple):
    """A (batch, n, n) and its eigenvalues as real and imaginary parts (batch, n) each."""

    A: Tensor
    real: Tensor
    imaginary: Tensor


@dataclasses.dataclass(frozen=True)
class PlaneRotations(Regime):
    """Blocks ((a, -b), (b, a)) with integers a and b, with legs of a Pythagorean triangle, or a cyclic permutation.

    An odd order has one real eigenvalue more. `mixed` exchanges basis vectors at random, so that blocks are spread.
    """

    n: int = 2
    kind: str = "integer"
    mixed: bool = False
    names: ClassVar[tuple[str, ...]] = ("A", "Re", "Im")
    most: ClassVar[int] = 128

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no rotations of kind {self.kind!r}")

    def size(self) -> int:
        return max(1, self.n**2)

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        n = self.n
        if self.kind == "cyclic":
            roots = np.exp(2j * np.pi * np.arange(n) / max(1, n))
            a = np.broadcast_to(np.roll(np.eye(n), 1, 0), (batch, n, n))
            return [a.copy(), *(np.broadcast_to(part, (batch, n)).copy() for part in (roots.real, roots.imag))]
        if self.kind == "pythagorean":
            legs = TRIPLES[rng.integers(0, len(TRIPLES), (batch, n // 2)), :2]
            x, y = np.moveaxis(rng.permuted(legs, axis=-1), -1, 0).astype(np.float64)
        else:
            x, y = rng.integers(-4, 5, (2, batch, n // 2)).astype(np.float64)
            if self.kind == "narrow":
                x, y = np.ones_like(x), (2 * y + 1) * 2.0 ** -rng.integers(6, 12, y.shape)
        a = np.zeros((batch, n, n))
        i = np.arange(0, n - 1, 2)
        a[:, i, i] = a[:, i + 1, i + 1] = x
        a[:, i + 1, i], a[:, i, i + 1] = y, -y
        last = rng.integers(-4, 5, (batch, n % 2)).astype(np.float64)
        a[:, n - n % 2 :, n - n % 2 :] = last[:, :, None]
        if self.mixed:
            order = rng.permutation(n)
            a = a[:, order][:, :, order]
        zero = np.zeros(last.shape)
        return [a, np.concatenate((x, x, last), -1), np.concatenate((y, -y, zero), -1)]

    def admits(self, arrays: Arrays) -> Any:
        """Where power sums of eigenvalues are traces of powers, up to rounding: they belong together."""
        a, real, imaginary = arrays
        w, power, held = real + 1j * imaginary, np.broadcast_to(np.eye(self.n), arrays[0].shape), np.ones(len(a), bool)
        for k in range(1, self.n + 1):
            power = power @ a
            sums = (w**k).sum(-1)
            held &= np.abs(sums - np.trace(power, axis1=-2, axis2=-1)) <= 2.0**-6 * (1 + np.abs(w) ** k).sum(-1)
        return held

    def present(self, tensors: Sequence[Any], seed: int) -> Known:
        return Known(*tensors)


def plane_rotations() -> Regimes:
    """Orders up to 16, even and odd, blocks side by side and spread."""
    corners = (
        PlaneRotations(2),
        *(PlaneRotations(n, "integer", mixed=n > 3) for n in (1, 3, 4, 5, 8, 16)),
        *(PlaneRotations(n, "pythagorean") for n in (2, 3, 6)),
        *(PlaneRotations(n, "cyclic") for n in (2, 3, 4, 5, 8)),
        PlaneRotations(0),
        PlaneRotations(2, "narrow"),
        PlaneRotations(5, "narrow", mixed=True),
    )
    order, kind = st.sampled_from([2, 3, 4, 5, 6, 7, 8]), st.sampled_from(KINDS)
    return Regimes(st.builds(PlaneRotations, order, kind, st.booleans()), corners)
