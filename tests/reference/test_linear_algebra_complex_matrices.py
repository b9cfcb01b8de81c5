"""Complex matrices as real ones of twice the size: NumPy's decompositions are within the bounds, wrong ones are not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.complex_matrices import ComplexMatrix
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import complex_matrices as reference
from reference.linear_algebra.residuals import Defect, frobenius

FORMATS = [float32, float64]
COMPLEX = {"float32": np.complex64, "float64": np.complex128}


def made(regime: ComplexMatrix, fmt: Format, count: int = 10) -> NDArray[np.complex128]:
    x, y = regime.make(np.random.default_rng(1), count, fmt)
    return np.asarray(x + 1j * y)


def ratio(defect: Defect) -> float:
    return float((frobenius(defect.observed) / defect.truth.bound).max())


def test_the_embedding_takes_products_to_products() -> None:
    z, w = made(ComplexMatrix(3, 2), float64), made(ComplexMatrix(2, 4), float64)
    assert np.array_equal(reference.embedded(z) @ reference.embedded(w), reference.embedded(z @ w))
    adjoint = reference.conjugate_transpose(z)
    assert np.array_equal(reference.embedded(adjoint), reference.embedded(z).swapaxes(-1, -2))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 3), (5, 2), (2, 5), (9, 9)])
def test_singular_values_and_factors(m: int, n: int, fmt: Format) -> None:
    z, how = made(ComplexMatrix(m, n, "normal"), fmt), Arithmetic.of(fmt)
    u, s, vh = np.linalg.svd(z.astype(COMPLEX[fmt.name]), full_matrices=False)
    s = s.astype(np.float64)
    assert ratio(reference.reconstruction(z, u, s, vh, how)) <= 1
    assert ratio(reference.orthonormality(u, max(m, n), how)) <= 1
    for truth in reference.singular_values(z, how):
        assert np.all(np.abs(s - truth.value) <= truth.bound)
    assert min(m, n) == 1 or ratio(reference.reconstruction(z, u, s, vh.conj(), how)) > 1000
    q, r = np.linalg.qr(z.astype(COMPLEX[fmt.name]))
    assert ratio(reference.product_defect(z, q, r, how)) <= 1


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 3, 8])
def test_eigenvalues(n: int, fmt: Format) -> None:
    z, how = made(ComplexMatrix(n, n, "normal"), fmt), Arithmetic.of(fmt)
    w, v = (np.asarray(t, np.complex128) for t in np.linalg.eig(z.astype(COMPLEX[fmt.name])))
    defect = reference.pair_defects(z, w, v, "cpu", how)
    assert np.all(np.linalg.norm(defect.observed, axis=-1) <= defect.truth.bound)
    wrong = reference.pair_defects(z, w.conj(), v, "cpu", how)
    assert np.any(np.linalg.norm(wrong.observed, axis=-1) > 100 * wrong.truth.bound)
    found, allowed = reference.distance_to_singularity(z, w, "cpu", how)
    assert np.all(found <= allowed)
    h = fmt.round(z.real) + fmt.round(z.real).swapaxes(-1, -2) + 1j * (z.imag - z.imag.swapaxes(-1, -2))
    h = fmt.round(h.real) + 1j * fmt.round(h.imag)
    real, q = np.linalg.eigh(h.astype(COMPLEX[fmt.name]))
    real = real.astype(np.float64)
    assert ratio(reference.spectral_reconstruction(h, real, q, how)) <= 1
    truth = reference.eigenvalues(h, how)
    assert np.all(np.abs(real - truth.value) <= truth.bound)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_determinants_and_solutions(n: int, fmt: Format) -> None:
    z, how = made(ComplexMatrix(n, n), fmt), Arithmetic.of(fmt)
    d = np.linalg.det(z.astype(COMPLEX[fmt.name]))
    value, bound = reference.determinant(z, how)
    assert np.all(np.abs(d - (value[:, 0] + 1j * value[:, 1])) <= bound)
    z = z[reference.regular(z, how)]
    b = np.broadcast_to(np.eye(n) + 0j, z.shape)
    x = np.linalg.inv(z.astype(COMPLEX[fmt.name])).astype(np.complex128)
    defect = reference.solution_defect(z, x, b, how)
    assert np.all(frobenius(defect.observed) <= defect.truth.bound)


def test_determinants_are_exact_for_gaussian_integers() -> None:
    z = np.array([[[1 + 2j, 3], [1j, 2 - 1j]]])
    assert reference.determinant(z, Arithmetic.of(float64)).value.tolist() == [[4.0, 0.0]]


def test_singular_matrices_are_not_regular() -> None:
    z = np.array([[[1j, 1], [1j, 1]], [[1j, 0], [0, 1]]])
    assert reference.regular(z, Arithmetic.of(float64)).tolist() == [False, True]
