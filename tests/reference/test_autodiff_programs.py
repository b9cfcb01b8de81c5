"""The functions of the table: derivatives by differences, identities of matrices, whole numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.differentiated import ALL, point
from reference.autodiff import matrix_programs as matrices
from reference.autodiff import modes as reference
from reference.autodiff.dual import Dual
from reference.autodiff.modes import EVERY_PROGRAM
from reference.formats import float16, float32, float64

STEP = 2.0**-12
Float64 = NDArray[np.float64]


def at(name: str, x: Float64, *directions: Float64) -> Float64:
    """The highest derivative along the directions."""
    return np.asarray(reference.evaluated(name, x, directions, float64, 4.0).mid[-1])


def test_every_row_of_the_table_has_its_program() -> None:
    assert set(EVERY_PROGRAM) == set(ALL)


@pytest.mark.parametrize("name", EVERY_PROGRAM)
def test_derivatives_are_limits_of_differences(name: str) -> None:
    rng = np.random.default_rng(5)
    x = point(rng, (3, ALL[name].n), ALL[name].domain)
    u, v, w = rng.integers(-4, 5, (3, *x.shape)) / 4
    orders = [(), (u,), (u, v), (u, v, w)]
    for lower, higher in itertools.pairwise(orders):
        step = higher[-1] * STEP
        difference = (at(name, x + step, *lower) - at(name, x - step, *lower)) / (2 * STEP)
        size = np.abs(at(name, x, *lower)).max() + 1
        assert at(name, x, *higher) == pytest.approx(difference, rel=1e-4, abs=2e-5 * size)


def matrix(rng: np.random.Generator) -> Dual:
    a, *along = (2 * np.eye(3) + rng.uniform(-0.6, 0.6, (2, 3, 3)), *rng.uniform(-1, 1, (3, 2, 3, 3)))
    return Dual.seeded(a, along, u=2.0**-53, eta=0.0, tiny=0.0, units=4.0)


def test_inverses_and_factors_are_what_their_names_say() -> None:
    a = matrix(np.random.default_rng(7))
    one = matrices.matmul(a, matrices.inverse(a))
    assert one.value == pytest.approx(np.broadcast_to(np.eye(3), (2, 3, 3)), abs=1e-14)
    assert np.abs(one.mid[1:]).max() < 1e-13
    factor = matrices.square(EVERY_PROGRAM["Cholesky factor"](matrices.flat(a)))
    gram = matrices.matmul(a, a.mT) + np.eye(3)
    assert matrices.matmul(factor, factor.mT).mid == pytest.approx(gram.mid, abs=1e-12)
    determinant = matrices.determinant(a)
    assert determinant.value[:, 0] == pytest.approx(np.linalg.det(a.value))
    trace = np.einsum("bij,bji->b", np.linalg.inv(a.value), a.mid[1]) * np.linalg.det(a.value)
    assert determinant.mid[1, :, 0] == pytest.approx(trace)


def test_eigenvalues_and_singular_values_of_order_two() -> None:
    x = np.array([[2.0, 0.25, -0.5, 1.0]])
    assert at("singular values", x)[0] == pytest.approx(np.linalg.svd(x.reshape(2, 2))[1])
    a = x.reshape(2, 2)
    assert at("eigenvalues of a symmetric matrix", x)[0] == pytest.approx(np.linalg.eigvalsh((a + a.T) / 2))


def test_whole_numbers_are_exact_while_the_format_holds_their_sums() -> None:
    x, u, c = np.array([[2.0, 1.0, 2.0, -1.0]]), np.array([[1.0, 0.0, -2.0, 1.0]]), np.array([[1.0, 2.0, 0.0, 0.0]])
    found = reference.derivative("multiply", x, [u], c, float16, 4.0, whole=True)
    assert (found.value.item(), found.bound.item()) == (1.0 * 2 - 2 * 2 + 2 * (0 * -1 + 1 * 1), 0.0)
    assert reference.derivative("multiply", x, [u], c, float16, 4.0, whole=False).bound > 0
    assert reference.derivative("multiply", 1024 * x, [1024 * u], c, float16, 4.0, whole=True).bound > 0
    value = reference.value("multiply", x, float32, 4.0, whole=True)
    assert (value.value.tolist(), value.bound.tolist()) == ([[4.0, -1.0]], [[0.0, 0.0]])


def test_bounds_grow_with_the_roundoff() -> None:
    x, u, c = np.full((1, 5), 0.75), np.ones((1, 5)), np.arange(5.0)[None]
    narrow, wide = (
        reference.derivative("softmax", x, [u], c, fmt, 4.0, whole=False).bound.item() for fmt in (float32, float64)
    )
    assert narrow / wide == pytest.approx(2.0**28, rel=0.01)
