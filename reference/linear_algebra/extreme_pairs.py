"""What an iteration for one eigenpair owes when it stops at a given tolerance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reference.bounds.eigh import eigh_orthogonality_error, eigh_residual_error
from reference.formats import Arithmetic
from reference.linear_algebra.residuals import Defect, defect, frobenius, residual
from reference.linear_algebra.symmetric_eigen import certified_eigenvalues
from reference.rounding import silent, upward
from reference.truth import Truth

Float64 = NDArray[np.float64]


class Pair(NamedTuple):
    """For computed l (batch,) and x (batch, n): A x - l x, ||x||, x^T A x / x^T x, nearest and extreme eigenvalue."""

    residual: Defect
    length: Truth
    quotient: Truth
    nearest: Truth
    extreme: Truth


@silent
def pair(a: Float64, value: Float64, x: Float64, tol: float, i: int, arithmetic: Arithmetic) -> Pair:
    """A pair of symmetric A (batch, n, n) that stopped with ||A x - l x|| <= tol (||A|| + |l|) ||x||, i = 0 or -1.

    That is the criterion of torch.lobpcg, with an estimate of ||A|| from below and |l| <= ||A||_2 <= ||A||_F, so
    2 tol ||A||_F, and BND-EIGH for its evaluation. The value is the Rayleigh quotient of x up to BND-EIGH, and ||x|| is
    1 up to 16 n u (calibrated). Some eigenvalue is within the residual (Parlett, The Symmetric Eigenvalue Problem,
    theorem 4.5.1). Which one no theorem says: an iteration may stop at an inner one, where the quotient has a saddle.
    """
    n, norm = a.shape[-1], frobenius(a)
    rounding = eigh_residual_error(norm, n, arithmetic)
    allowed = upward(2 * tol * norm + rounding)
    left = np.concatenate((a, x[..., None]), -1)
    right = np.concatenate((-x[..., None], value[..., None, None]), -2)
    found = residual(np.zeros((*x.shape, 1)), left, right)
    squared = (x**2).sum(-1)
    quotient = np.einsum("bi,bij,bj->b", x, a, x) / np.where(squared > 0, squared, 1.0)
    exact = certified_eigenvalues(a)
    every = Truth(exact.value, exact.bound + allowed[..., None])
    closest = np.abs(exact.value - value[..., None]).argmin(-1)[..., None]
    nearest = Truth(*(np.take_along_axis(part, closest, -1)[..., 0] for part in every))
    extreme = Truth(*(part[..., i] for part in every))
    length = np.full(len(a), eigh_orthogonality_error(n, arithmetic))
    return Pair(defect(found, allowed), Truth(np.ones(len(a)), length), Truth(quotient, rounding), nearest, extreme)
