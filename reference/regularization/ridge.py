"""The norm of the ridge estimator (A^T A + alpha I)^-1 A^T, by which noise in the targets is amplified."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds import svdvals_error
from reference.formats import Arithmetic
from reference.linear_algebra.pseudoinverse import OWN, spectral_norm
from reference.linear_algebra.pseudoinverse_limit import Regularised, primal
from reference.rounding import silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Amplification(NamedTuple):
    """||A_alpha||_2 = max s / (s^2 + alpha) (batch,) with its error bound, and 1 / (2 sqrt alpha)."""

    truth: Truth
    largest: Float64


@silent
def amplification(r: Regularised, solving: Arithmetic, norms: Arithmetic) -> Amplification:
    """For the spectral norm of the estimator computed by solving with its Gram matrix.

    Weyl: the norm moves by no more than the matrix, whose error is `primal`; BND-SVD for singular values comes on top.
    Infinite where alpha may be rounded away.
    """
    norm, missed = spectral_norm(r.value), primal(r, solving)
    n, m = r.value.shape[-2:]
    bound = missed + svdvals_error(norm + missed, m, n, norms) + OWN * norm
    largest = 0.5 / np.sqrt(np.where(r.alpha > 0, r.alpha, np.inf))
    return Amplification(Truth(norm, upward(bound)), np.where(r.alpha > 0, largest, np.inf))
