"""The named rounding-error bounds: functions of exact inputs and an `Arithmetic`, each with its derivation and source.

Inputs are float64 arrays whose entries are numbers of the stored format. An infinite bound says that a partial
result may overflow: whatever is computed there is legitimate.
"""

from reference.bounds.chain import Chain
from reference.bounds.eig import Balanced, balance, eig_error
from reference.bounds.eigh import eigh_orthogonality_error, eigh_residual_error, eigh_values_error
from reference.bounds.elementary import UNITS_CPU, UNITS_CUDA
from reference.bounds.moments import covariance_error, variance_error
from reference.bounds.norms import l2_interval, norm_error, norm_truth
from reference.bounds.sums import dot_error, dot_truth, sum_error, sum_truth
from reference.bounds.svd import (
    convergence_factor,
    svd_orthogonality_error,
    svd_residual_error,
    svd_values_error,
    svdvals_error,
)

__all__ = [
    "UNITS_CPU",
    "UNITS_CUDA",
    "Balanced",
    "Chain",
    "balance",
    "convergence_factor",
    "covariance_error",
    "dot_error",
    "dot_truth",
    "eig_error",
    "eigh_orthogonality_error",
    "eigh_residual_error",
    "eigh_values_error",
    "l2_interval",
    "norm_error",
    "norm_truth",
    "sum_error",
    "sum_truth",
    "svd_orthogonality_error",
    "svd_residual_error",
    "svd_values_error",
    "svdvals_error",
    "variance_error",
]
