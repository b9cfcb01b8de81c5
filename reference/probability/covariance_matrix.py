"""Correlations, and eigenvalues of computed covariance matrices."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.bounds import variance_error
from reference.formats import Arithmetic
from reference.probability.covariance import Observed, lost_by_underflow
from reference.probability.expectation import unbounded
from reference.rounding import U64, silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Correlated(Observed):
    """Variables (..., d, n) and their correlations."""

    @classmethod
    def of(cls, x: Float64, arithmetic: Arithmetic) -> Correlated:
        """Variables (..., d, n), n >= 1."""
        observed = Observed.of(x, arithmetic)
        return cls(observed.y, observed.exponent, arithmetic)

    def correlation(self, *, lenient: bool = True) -> Truth:
        """C_ij / sqrt(C_ii C_jj), clipped to [-1, 1]; shape (..., d, d). Infinite where a variance may vanish.

        A quotient of BND-COV over the roots of two variances, each within e_i of its exact value relatively, with two
        divisions and two roots, rounded at most to u, 2u where torch does not round roots correctly:
        |r^ - r| <= E_ij A / sqrt(S_i S_j) + |r| (A - 1), A = (1 + u)^8 / sqrt((1 - e_i)(1 - e_j)), e_i = E_ii / S_i.
        Clipping only brings it nearer. If `lenient`, underflow may spoil it, otherwise it must not.
        """
        error = self._error(lenient=lenient)
        return self._quotient(error, np.diagonal(error, axis1=-2, axis2=-1), lenient=lenient)

    def correlation_by_deviations(self, *, lenient: bool = True) -> Truth:
        """The same with standard deviations by BND-VAR, which are stored and multiplied."""
        wide = unbounded(self.arithmetic).accumulator
        n, scale = self.y.shape[-1], 2 * self.exponent
        of_variance = variance_error(self.y, self.arithmetic.within(wide), correction=0) * n
        return self._quotient(self._error(lenient=lenient), of_variance + lenient * self._lost(scale), lenient=lenient)

    def _lost(self, together: NDArray[np.int64]) -> Float64:
        """What underflow takes from a sum of products, in terms of y."""
        n = self.y.shape[-1]
        return np.asarray(np.ldexp(n * lost_by_underflow(n, self.arithmetic), -together))

    def _error(self, *, lenient: bool) -> Float64:
        return np.asarray(self.error * self.y.shape[-1] + lenient * self._lost(self.together))

    @silent
    def _quotient(self, error: Float64, of_squares: Float64, *, lenient: bool) -> Truth:
        """sum of products within `error`, over the roots of two sums of squares, each within its own."""
        s, u = self.products, self.arithmetic.result.u
        squares = np.diagonal(s.hi, axis1=-2, axis2=-1)
        relative = of_squares / np.where(squares > 0, squares, 1.0)
        clear = (relative < 1) & (squares > 0)
        if lenient:  # deviations are stored as normal numbers
            deviation = np.ldexp(np.sqrt(squares / self.y.shape[-1]), self.exponent)
            clear &= (deviation > 2 * np.sqrt(self.arithmetic.result.lam)) & (
                self.y.shape[-1] * 2 * np.ldexp(np.sqrt(squares), self.exponent) ** 2 < self.arithmetic.result.largest
            )
        both = clear[..., :, None] & clear[..., None, :]
        room = np.where(both, (1 - relative[..., :, None]) * (1 - relative[..., None, :]), 1.0)
        size = np.where(both, np.sqrt(squares[..., :, None] * squares[..., None, :]), 1.0)
        value = np.where(both, np.clip(s.hi / size, -1.0, 1.0), 0.0)
        grow = (1 + u) ** 8 / np.sqrt(room)
        bound = error * grow / size + np.abs(value) * (grow - 1) + 8 * 2.0**-53
        return Truth(value, np.where(both, upward(bound), np.inf))


@silent
def least_eigenvalue(c: Float64, bound: Float64) -> tuple[Float64, Float64]:
    """The least eigenvalue of the symmetric part of computed matrices c (..., d, d), and how far below 0 it may be.

    The exact covariance is positive semidefinite: by Weyl's inequality ||bound||_F, and (8d + 8) u64 ||c||_F for what
    LAPACK adds in float64 (BND-EIGH).
    """
    d = c.shape[-1]
    known = np.isfinite(c).all((-2, -1))
    plain = np.where(np.asarray(known)[..., None, None], c, 0.0)
    least = np.linalg.eigvalsh((plain + plain.swapaxes(-1, -2)) / 2).min(-1, initial=np.inf)
    slack = np.sqrt((bound**2).sum((-2, -1))) + (8 * d + 8) * U64 * np.sqrt((plain**2).sum((-2, -1)))
    return least, np.where(known, slack, np.inf)
