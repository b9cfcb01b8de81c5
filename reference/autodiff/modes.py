"""Derivatives of the functions of the table along directions, however they are computed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reference.autodiff.complex_numbers import COMPLEX_PROGRAMS
from reference.autodiff.decompositions import DECOMPOSITION_PROGRAMS
from reference.autodiff.dual import Dual
from reference.autodiff.layers import LAYER_PROGRAMS
from reference.autodiff.matrix_programs import MATRIX_PROGRAMS
from reference.autodiff.programs import PROGRAMS
from reference.autodiff.summaries import SUMMARY_PROGRAMS
from reference.autodiff.univariate import UNIVARIATE_PROGRAMS
from reference.formats import Format
from reference.rounding import U64, silent
from reference.truth import Truth

Float64 = NDArray[np.float64]

EVERY_PROGRAM = {**PROGRAMS, **MATRIX_PROGRAMS, **DECOMPOSITION_PROGRAMS, **LAYER_PROGRAMS, **COMPLEX_PROGRAMS}
EVERY_PROGRAM |= {**UNIVARIATE_PROGRAMS, **SUMMARY_PROGRAMS}


def model(fmt: Format, units: float) -> dict[str, float]:
    """The arithmetic of hyper-dual numbers.

    Elementary functions in float32 and float64 may lose numbers below the smallest normal one, those of half types are
    computed in float32.
    """
    half = fmt.precision < 24
    return {"u": fmt.u + U64, "eta": fmt.eta, "tiny": fmt.eta if half else fmt.lam, "units": units}


def evaluated(function: str, x: Float64, directions: Sequence[Float64], fmt: Format, units: float) -> Dual:
    """The function at x (batch, n), with all its derivatives along subsets of the directions; results (batch, m)."""
    return EVERY_PROGRAM[function](Dual.seeded(x, directions, **model(fmt, units)))


@silent
def value(function: str, x: Float64, fmt: Format, units: float, *, whole: bool) -> Truth:
    """f(x), (batch, m)."""
    return _exactly(evaluated(function, x, [], fmt, units), 0, fmt, whole=whole)


@silent
def derivative(
    function: str, x: Float64, directions: Sequence[Float64], c: Float64, fmt: Format, units: float, *, whole: bool
) -> Truth:
    """D^k <c, f>(x)[directions], (batch,), for c of (batch, at least m).

    The contraction with c is one product for every path and a sum of m terms; contractions with the directions may
    come last, as sums of n terms of the same magnitude (n roundings each). The result is rounded once more.
    """
    y = evaluated(function, x, directions, fmt, units)
    s = (y * c[:, : y.shape[-1]]).sum()
    last = (1 << len(directions)) - 1
    n = x.shape[-1]
    s.rad[last] += (n * len(directions) + 1) * (s.u * (s.size[last] + s.rad[last]) + s.eta)
    truth = _exactly(s, last, fmt, whole=whole)
    return truth._replace(bound=np.where(_overflows(y, last, fmt).any(-1), np.inf, truth.bound))


def _overflows(y: Dual, subset: int, fmt: Format) -> NDArray[np.bool_]:
    """Where magnitudes along paths, of this derivative or of lower ones, add up to more than the largest number."""
    return np.asarray(((y.size + y.rad)[: subset + 1] > fmt.largest).any(0))


def _exactly(y: Dual, subset: int, fmt: Format, *, whole: bool) -> Truth:
    """Whole numbers whose sums of magnitudes the format holds are computed exactly.

    Where a sum may overflow on the way the bound is infinite.
    """
    found = y.coefficient(subset)
    exact = whole & (y.size[subset] <= 2.0**fmt.precision)
    bound = np.where(exact, 0.0, found.bound)
    return Truth(found.value, np.where(_overflows(y, subset, fmt), np.inf, bound))
