"""Matrices whose Gram matrices lose much: Laeuchli's, very tall and very wide ones, squares near overflow."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import strategies as st

from claims.frame.inputs.regime import Arrays, Regimes
from claims.frame.inputs.spectra import (
    CONDITIONS,
    GALLERY,
    MATRICES,
    SPECTRA,
    Float64,
    Gallery,
    MatrixRegime,
    PrescribedSpectrum,
    Shape,
)
from reference.formats import Format


@dataclasses.dataclass(frozen=True)
class Laeuchli(MatrixRegime):
    """A row of ones over eps I, or its transpose: singular values sqrt(n + eps^2) and eps (n - 1 times).

    eps = 2^shift sqrt(u): for a negative shift 1 + eps^2 rounds to 1.
    """

    rows: int = 3
    cols: int = 2
    shift: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if abs(self.rows - self.cols) != 1:
            raise ValueError(f"Laeuchli's matrix has one row more than columns or one less, not {self.rows, self.cols}")

    def unscaled(self, rng: np.random.Generator, shape: Shape, fmt: Format) -> Float64:
        n = min(shape[1:])
        a = np.concatenate((np.ones((1, n)), 2.0**self.shift * fmt.u**0.5 * np.eye(n)))
        return np.broadcast_to(a if self.rows > self.cols else a.T, shape)


@dataclasses.dataclass(frozen=True)
class OneSign(MatrixRegime):
    """Entries between 1 and 2: the rounding errors of long sums do not cancel."""

    most = 4

    def unscaled(self, rng: np.random.Generator, shape: Shape, fmt: Format) -> Float64:
        return 1 + rng.random(shape)


@dataclasses.dataclass(frozen=True)
class LargeSquares(Gallery):
    """A gallery matrix times 2^(emax / 2 - 6): squares of its norm are near overflow."""

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return [a * 2.0 ** (fmt.emax // 2 - 6) for a in super().arrays(rng, batch, fmt)]


CORNERS: tuple[MatrixRegime, ...] = (
    *(m for m in MATRICES if isinstance(m, MatrixRegime) and m.scale != "huge"),
    Laeuchli(),
    Laeuchli(shift=-3),
    Laeuchli(2, 3, shift=3),
    Laeuchli(9, 8, shift=2),
    Gallery(2, 3),
    # the inner dimension, not the order, rules the error of the Gram matrix
    OneSign(1030, 2),
    OneSign(2, 4099),
    OneSign(4099, 3),
    Gallery(1030, 2, name="nearly-ones"),
    Gallery(65, 70, name="normal"),
    LargeSquares(4, 3),
    LargeSquares(3, 5, name="normal"),
)


def matrices_of_any_shape() -> Regimes:
    """Every spectrum and gallery matrix where squares do not overflow; corners with an inner dimension up to 4099."""
    side = st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 0, 16, 17, 33])
    scale, repeated = st.sampled_from(["one", "one", "tiny", "subnormal"]), st.sampled_from([False, False, False, True])
    spectra = st.builds(
        PrescribedSpectrum, side, side, scale, repeated, st.sampled_from(SPECTRA), st.sampled_from(CONDITIONS)
    )
    gallery = st.builds(Gallery, side, side, scale, repeated, st.sampled_from(list(GALLERY)))
    laeuchli = st.builds(lambda n, shift: Laeuchli(n + 1, n, shift=shift), side, st.integers(-6, 6))
    return Regimes(st.one_of(spectra, gallery, laeuchli), CORNERS)
