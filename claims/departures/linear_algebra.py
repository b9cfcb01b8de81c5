"""Where torch breaks linear algebra."""

from __future__ import annotations

from typing import Any

from claims import departure
from claims.frame.inputs.linear_systems import LeftInvertible
from claims.frame.inputs.pseudoinverse_limit import Penalty
from claims.frame.inputs.systems import LinearSystem
from claims.frame.plan import CallPlan
from claims.linear_algebra.linear_systems import left_inverse_solution
from claims.linear_algebra.pseudoinverse import pseudoinverse_least_squares, pseudoinverse_minimum_norm
from claims.linear_algebra.pseudoinverse_limit import pseudoinverse_tikhonov_limit

GELSY: dict[str, Any] = {
    "summary": "torch.linalg.lstsq with its default driver gelsy passes LAPACK an uninitialised pivot array and reuses"
    " it for every matrix of a batch: columns are frozen in place at random, ranks come out too low, solutions wrong",
    "operations": ("least_squares",),
    "devices": ("cpu",),
    "dtypes": ("float32", "float64"),
    "script": "lstsq_gelsy_pivots",
}


@departure(pseudoinverse_minimum_norm, pseudoinverse_least_squares, **GELSY)
def gelsy_reads_an_uninitialised_pivot_array(plan: CallPlan, system: LinearSystem) -> bool:
    """Every call with this driver: what the array holds depends on the allocator and on the matrices before.

    The strict item of this departure stands for the refutation of "torch.linalg.lstsq solves every consistent wide
    system of full rank", which the suite could not refute any more once torch is mended.
    """
    return system.driver == "gelsy"


@departure(left_inverse_solution, **GELSY)
def gelsy_solves_another_system(plan: CallPlan, system: LeftInvertible) -> bool:
    """The same driver, for systems with a left inverse."""
    return system.system.driver == "gelsy"


@departure(pseudoinverse_tikhonov_limit, **GELSY)
def gelsy_solves_another_stacked_system(plan: CallPlan, given: Penalty) -> bool:
    """The same driver, for the stacked system of Tikhonov's regularisation."""
    return given.driver == "gelsy"
