"""Left eigenvectors and paired eigenvalues."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg

from reference.bounds import balance
from reference.formats import Arithmetic, float32, float64
from reference.linear_algebra import eigen
from reference.linear_algebra import eigen_kinds as reference


@pytest.mark.parametrize("fmt", [float32, float64], ids=lambda f: f.name)
def test_rows_of_the_inverse_are_left_eigenvectors_within_the_bound(fmt) -> None:  # noqa: ANN001
    a, how = float32.round(np.random.default_rng(0).standard_normal((40, 4, 4))), Arithmetic.of(fmt)
    pairs = [scipy.linalg.eig(m.astype(fmt.name)) for m in a]
    w, v = (np.stack(part).astype(np.complex128) for part in zip(*pairs, strict=True))
    basis = eigen.basis(a, v, balance(a), how)
    kind = "complex64" if fmt is float32 else "complex128"
    x = np.linalg.inv(v.astype(kind)).astype(np.complex128)
    left = np.linalg.norm(reference.left_residuals(a, w, x), axis=(-2, -1))
    identity = np.linalg.norm(x @ v - np.eye(4), axis=(-2, -1))
    for found, allowed in (
        (left, reference.rows_of_inverse_error(a, w, basis, how)),
        (identity, reference.inverse_error(v, basis, how)),
    ):
        assert np.all(found <= allowed)
        assert np.all(allowed < 1e6 * fmt.u)
    transposed = np.linalg.norm(reference.left_residuals(a, w, v.swapaxes(-1, -2)), axis=(-2, -1))
    assert transposed.min() > 1e-2


def test_eigenvalues_are_paired_as_closely_as_possible() -> None:
    known = np.array([[1 + 1j, 1 - 1j, 3.0]])
    found = np.array([[3.25, 1 - 1j, 1 + 1j]])
    assert reference.matched(found, known).tolist() == [0.25]
    assert reference.matched(np.array([[1 + 1j, 1 + 1j, 3.0]]), known).tolist() == [2.0]
    assert np.isnan(reference.matched(np.array([[np.nan, 1, 1]]), known)).all()
    assert reference.matched(np.zeros((2, 0), complex), np.zeros((2, 0), complex)).tolist() == [0.0, 0.0]


def test_eigenvalues_of_normal_matrices_are_within_the_bound() -> None:
    rng, how = np.random.default_rng(0), Arithmetic.of(float32)
    x, y = rng.integers(-4, 5, (2, 50)).astype(float)
    a = np.stack([np.stack([x, -y], -1), np.stack([y, x], -1)], -2)
    w = np.stack([scipy.linalg.eigvals(m.astype(np.float32)) for m in a]).astype(np.complex128)
    bound = reference.normal_eigenvalue_error(balance(a), how)
    assert np.all(reference.matched(w, np.stack([x + 1j * y, x - 1j * y], -1)) <= bound)
    assert np.all(bound < 2e-4)
