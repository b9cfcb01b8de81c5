"""Derivatives of linear algebra along a direction; well-conditioned matrices of small integers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.formats import Arithmetic
from reference.linear_algebra import derivatives as reference
from reference.linear_algebra import spectral_derivatives as spectral
from reference.linear_algebra.pseudoinverse import pseudoinverses
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

ORDERS = ((16, 3, 3), (4, 8, 8))
AXES = "matrices x rows x columns"
EXACT = "value by exact rationals, and error bound"


def regular(rng: np.random.Generator, size: Size) -> Float64:
    """Integers with a dominant diagonal, symmetric, with simple eigenvalues."""
    beside = rng.integers(-1, 2, size).astype(np.float64)
    lower = np.tril(beside, -1)
    return lower + lower.swapaxes(-1, -2) + np.diag(4.0 * np.arange(1, size[-1] + 1))


def symmetric(rng: np.random.Generator, size: Size) -> Float64:
    """Integers from -1 to 1, mirrored."""
    lower = np.tril(rng.integers(-1, 2, size).astype(np.float64))
    return np.asarray(lower + np.tril(lower, -1).swapaxes(-1, -2))


def point(rng: np.random.Generator, size: Size) -> Inputs:
    """A."""
    return Inputs((regular(rng, size),))


def directed(rng: np.random.Generator, size: Size) -> Inputs:
    """A and T."""
    return Inputs((regular(rng, size), symmetric(rng, size)))


def product(rng: np.random.Generator, size: Size) -> Inputs:
    """A, B, T and S."""
    return Inputs(tuple(regular(rng, size) for _ in range(4)))


def by_inverse(function: Any) -> Any:  # noqa: ANN401  functions of the exact inverse
    """A derivative along T that needs the exact inverse of A."""
    return lambda a, t, how: function(pseudoinverses(a), t, how)


def of_pseudoinverse(a: Float64, t: Float64, how: Arithmetic) -> Truth:
    """The derivative of the pseudoinverse."""
    return reference.pushforward_of_pseudoinverse(a, pseudoinverses(a), t, how)


def of_determinant(a: Float64, t: Float64, how: Arithmetic) -> Truth:
    """The derivative of the determinant."""
    return reference.along(reference.gradient_of_determinant(a, pseudoinverses(a), how), t, how)


def of_logarithm(a: Float64, t: Float64, how: Arithmetic) -> Truth:
    """The derivative of its logarithm."""
    return reference.along(reference.gradient_of_logarithm(pseudoinverses(a), how), t, how)


def logarithm(a: Float64, how: Arithmetic) -> Float64:
    """What the gradient of log|det A| is compared with."""
    return reference.gradient_of_logarithm(pseudoinverses(a), how).value


def of_trace(_: Float64, t: Float64, how: Arithmetic) -> Truth:
    """The trace of T, of which the derivative is one sum."""
    ones = Truth(np.broadcast_to(np.eye(t.shape[-1]), t.shape), np.zeros(len(t)))
    return reference.along(ones, t, how)


def first_eigenvalue(a: Float64, t: Float64, how: Arithmetic) -> Float64:
    """The derivative of the smallest eigenvalue along T."""
    return spectral.along(spectral.eigenvalue_gradient(a, 0, how), t, how).value


def first_singular_value(a: Float64, t: Float64, how: Arithmetic) -> Float64:
    """The derivative of the largest singular value along T."""
    return spectral.along(spectral.singular_value_gradient(a, 0, how), t, how).value


def polar(a: Float64, how: Arithmetic) -> Float64:
    """The gradient of the nuclear norm."""
    return spectral.polar_factor(a, how).value


def of_solution(a: Float64, b: Float64, t: Float64, s: Float64, how: Arithmetic) -> Truth:
    """The derivative of a solution."""
    return reference.of_solution(pseudoinverses(a), b, t, s, t, how).along


ROWS = (
    Row("solution_along", ORDERS, AXES, product, of_solution, EXACT),
    Row("matmul_along", ORDERS, AXES, product, reference.pushforward_of_product),
    Row("trace_along", ORDERS, AXES, directed, of_trace),
    Row("inverse_along", ORDERS, AXES, directed, by_inverse(reference.pushforward_of_inverse), EXACT),
    Row("determinant_along", ORDERS, AXES, directed, of_determinant, EXACT),
    Row("log_abs_det_along", ORDERS, AXES, directed, of_logarithm, EXACT),
    Row("pseudoinverse_along", ORDERS, AXES, directed, of_pseudoinverse, EXACT),
    Row("log_abs_det", ORDERS, AXES, point, logarithm, "gradient of the value, by exact rationals"),
    Row("eigenvalues_along", ORDERS, AXES, directed, first_eigenvalue, "derivative of the first value"),
    Row("singular_values_along", ORDERS, AXES, directed, first_singular_value, "derivative of the first value"),
    Row("norm_nuclear norm_spectral", ORDERS, AXES, point, polar, "gradient of the nuclear norm"),
)
