"""Multivariate normal laws, by their covariance, their precision or a factor, and points about their means."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.inputs.spectra import SPECTRA
from claims.frame.inputs.symmetric import Symmetric
from reference.formats import Format

KINDS = (*SPECTRA, "identity", "second-difference")
CONDITIONS = ("moderate", "large")
SCALES = ("one", "graded", "small", "large")


class GaussianPoints(NamedTuple):
    """Points x (batch, k, d), means (batch, d), covariances, precisions and lower triangular factors (batch, d, d).

    The three matrices stand for one law up to their rounding into the format.
    """

    x: Tensor
    mean: Tensor
    covariance: Tensor
    precision: Tensor
    factor: Tensor


@dataclasses.dataclass(frozen=True)
class GaussianLaw(Regime):
    """`k` points of a law on R^d: the first at most a deviation from the mean, the others at 1/100 to 10, or at it.

    Eigenvalues of the covariance as in `Symmetric`, from 1 down to u^(1/4) or u^(1/2). Then the law is stretched: every
    variable by a power of two of its own (graded), or all by 2^-20 or 2^20. Means are up to 8 deviations from 0.
    """

    d: int = 2
    k: int = 3
    kind: str = "geo"
    condition: str = "moderate"
    scale: str = "one"
    names: ClassVar[tuple[str, ...]] = ("x", "mean", "covariance", "precision", "factor")
    most: ClassVar[int] = 8

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.condition not in CONDITIONS or self.scale not in SCALES:
            raise ValueError(f"no normal law {self.kind!r}, {self.condition!r}, {self.scale!r}")
        if min(self.d, self.k) < 1:
            raise ValueError(f"no {self.k} points of a law on R^{self.d}")

    def size(self) -> int:
        return self.d * self.d * (2 + self.k)

    def batch(self, limit: int, elements: int) -> int:
        return max(1, min(super().batch(limit, elements), 64 // self.d))  # exact inverses cost more than the cube

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        (a,) = Symmetric(self.d, self.kind, "positive", self.condition).arrays(rng, batch, fmt)
        stretch = np.full((batch, self.d), {"small": 2.0**-20, "large": 2.0**20}.get(self.scale, 1.0))
        if self.scale == "graded":
            stretch = 2.0 ** rng.integers(-8, 9, (batch, self.d))
        stretched = stretch[:, :, None] * stretch[:, None, :]
        plain = fmt.round(a)  # the stretch is one by powers of two
        root = np.asarray(np.linalg.cholesky(plain))
        inverse = np.asarray(np.linalg.inv(root))  # that of the matrix itself would miss more
        factor, precision = root * stretch[:, :, None], inverse.swapaxes(-1, -2) @ inverse / stretched
        covariance = plain * stretched
        deviation = np.sqrt(np.diagonal(covariance, axis1=-2, axis2=-1))
        mean = fmt.round(deviation * rng.uniform(-8, 8, (batch, self.d)) * rng.integers(0, 2, (batch, 1)))
        z = rng.standard_normal((batch, self.k, self.d)) / self.d**0.5
        z *= np.where(rng.random((batch, self.k, 1)) < 1 / 8, 0.0, 10.0 ** rng.uniform(-2, 1, (batch, self.k, 1)))
        z[:, 0] *= np.minimum(1.0, 1 / np.maximum(np.linalg.norm(z[:, 0], axis=-1, keepdims=True), 1e-9))
        return [mean[:, None] + z @ factor.swapaxes(-1, -2), mean, covariance, np.tril(precision), factor]

    def make(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        *rest, lower, factor = super().make(rng, batch, fmt)
        return [*rest, lower + np.tril(lower, -1).swapaxes(-1, -2), factor]

    def admits(self, arrays: Arrays) -> Any:
        _, _, covariance, precision, factor = arrays
        diagonals = (np.diagonal(m, axis1=-2, axis2=-1) for m in (covariance, precision, factor))
        admitted = np.logical_and.reduce([(v > 0).all(-1) for v in diagonals]) & (np.triu(factor, 1) == 0).all((-2, -1))
        for m in (covariance, precision):
            size = np.sqrt(np.abs(np.diagonal(m, axis1=-2, axis2=-1)))
            unit = m / np.where(size > 0, size, 1.0)[:, :, None] / np.where(size > 0, size, 1.0)[:, None, :]
            admitted &= (m == m.swapaxes(-1, -2)).all((-2, -1)) & (np.linalg.eigvalsh(unit)[:, 0] > 1e-10)
        return admitted

    def present(self, tensors: Sequence[Any], seed: int) -> GaussianPoints:
        return GaussianPoints(*tensors)


def gaussian_laws() -> Regimes:
    """Every spectrum, condition and scale; one dimension to 33, one point to 17."""
    corners = (
        GaussianLaw(),
        GaussianLaw(1, 3),
        GaussianLaw(3, 1, "identity"),
        GaussianLaw(3, 2, "cluster1", "large"),
        GaussianLaw(4, 9, "logrand", "large", "graded"),
        GaussianLaw(5, 1, "arith", scale="small"),
        GaussianLaw(5, 3, "clustered", scale="large"),
        GaussianLaw(8, 2, "cluster0", "large"),
        GaussianLaw(8, 17, "second-difference", scale="graded"),
        GaussianLaw(17, 2),
        GaussianLaw(33, 1, "arith"),
    )
    drawn = st.builds(
        GaussianLaw,
        st.sampled_from([2, 1, 3, 4, 5, 6, 7, 8, 9]),
        st.sampled_from([3, 1, 2, 5, 8]),
        st.sampled_from(KINDS),
        st.sampled_from(CONDITIONS),
        st.sampled_from(SCALES),
    )
    return Regimes(drawn, corners)
