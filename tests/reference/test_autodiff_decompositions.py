"""Decompositions, convolutions and complex numbers in hyper-dual arithmetic: the identities that define them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.differentiated import SEPARATED
from reference.autodiff import complex_numbers as c
from reference.autodiff import decompositions as d
from reference.autodiff import layers
from reference.autodiff.dual import Dual
from reference.autodiff.matrix_programs import flat, matmul

Float64 = NDArray[np.float64]


def seeded(x: Float64, order: int = 3) -> Dual:
    """Numbers with random directions."""
    along = np.random.default_rng(1).uniform(-1, 1, (order, *x.shape))
    return Dual.seeded(x, list(along), u=2.0**-53, eta=0.0, tiny=0.0, units=4.0)


def near(size: int) -> Float64:
    """Two matrices with a spectrum that is well apart."""
    return np.asarray(SEPARATED[size] + np.random.default_rng(2).uniform(-0.25, 0.25, (2, size)))


def test_projectors_are_those_of_the_matrix_in_every_order() -> None:
    a = seeded(near(9)).reshape(2, 3, 3)
    values, projectors = d.spectrum(a)
    assert (np.diff(values.value) > 1).all()
    total = projectors.sum(-3)
    assert total.value == pytest.approx(np.broadcast_to(np.eye(3), (2, 3, 3)), abs=1e-13)
    assert np.abs(total.mid[1:]).max() < 1e-11
    for i in range(3):
        p = projectors[:, i]
        assert matmul(p, p).mid == pytest.approx(p.mid, abs=1e-11)
        assert matmul(a, p).mid == pytest.approx((p * values[:, i][..., None, None]).mid, abs=1e-11)


def test_orthogonal_and_triangular_factors_multiply_to_the_matrix_in_every_order() -> None:
    a = seeded(near(6)).reshape(2, 3, 2)
    q, r = d.orthogonalised(a)
    assert matmul(q, r).mid == pytest.approx(a.mid, abs=1e-12)
    one = matmul(q.mT, q)
    assert one.value == pytest.approx(np.broadcast_to(np.eye(2), (2, 2, 2)), abs=1e-14)
    assert np.abs(one.mid[1:]).max() < 1e-12
    assert (r.mid[..., 1, 0] == 0).all()


def test_the_error_of_the_matrix_reaches_what_is_made_of_it() -> None:
    x = seeded(near(9), 1)
    exact = d.stably(flat)(x)
    assert (exact.rad[0] == d.BACKWARD * x.u * np.sqrt(3 * (x.value**2).sum(-1, keepdims=True))).all()
    assert (exact.rad[1] == 0).all()


def test_places_of_a_convolution() -> None:
    places = layers.Reach(4, 2, 2, 1).places()
    assert places == [[(0, 1)], [(1, 0), (2, 1)], [(3, 0)]]
    assert layers.Reach(4, 2, dilation=2).places() == [[(0, 0), (2, 1)], [(1, 0), (3, 1)]]
    assert layers.adjoint_places(layers.Reach(2, 2, 2), 4) == [[(0, 0)], [(0, 1)], [(1, 0)], [(1, 1)]]
    assert layers.in_two(layers.Reach(2, 1), layers.Reach(2, 2)) == [[(0, 0), (1, 1)], [(2, 0), (3, 1)]]


def test_a_convolution_and_its_adjoint() -> None:
    reach = layers.Reach(5, 3, 2, 1)
    matrix, adjoint = np.zeros((3, 5)), np.zeros((5, 3))
    w = np.array([2.0, -1.0, 0.5])
    for j, pairs in enumerate(reach.places()):
        for i, k in pairs:
            matrix[j, i] += w[k]
    for j, pairs in enumerate(layers.adjoint_places(layers.Reach(3, 3, 2, 1), 5)):
        for i, k in pairs:
            adjoint[j, i] += w[k]
    assert (adjoint == matrix.T).all()


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("complex exp", np.exp),
        ("complex log", np.log),
        ("complex sqrt", np.sqrt),
        ("complex sin", np.sin),
        ("complex cos", np.cos),
        ("complex tanh", np.tanh),
        ("complex reciprocal", np.reciprocal),
    ],
)
def test_functions_of_complex_numbers_and_their_derivatives(name: str, function: np.ufunc) -> None:
    x = np.random.default_rng(4).uniform(0.5, 2.5, (2, 4))
    z, step = x[:, ::2] + 1j * x[:, 1::2], 1e-6
    found = c.COMPLEX_PROGRAMS[name](seeded(x, 1))
    assert found.value[:, ::2] + 1j * found.value[:, 1::2] == pytest.approx(function(z))
    u = seeded(x, 1).mid[1]
    along = u[:, ::2] + 1j * u[:, 1::2]
    quotient = (function(z + step * along) - function(z - step * along)) / (2 * step)
    assert found.mid[1, :, ::2] + 1j * found.mid[1, :, 1::2] == pytest.approx(quotient, rel=1e-6)


def test_matrices_of_complex_numbers() -> None:
    x = near(8)
    a = (x[:, ::2] + 1j * x[:, 1::2]).reshape(2, 2, 2)
    z = c.square(c.paired(seeded(x, 1)))
    inverse = c.inverse(z)
    assert inverse.re.value + 1j * inverse.im.value == pytest.approx(np.linalg.inv(a))
    values = c.COMPLEX_PROGRAMS["eigenvalues of a Hermitian matrix"](seeded(x, 1)).value
    assert values == pytest.approx(np.linalg.eigvalsh((a + np.conj(a.mT)) / 2))
    assert c.COMPLEX_PROGRAMS["singular values of a complex matrix"](seeded(x, 1)).value == pytest.approx(
        np.linalg.svd(a, compute_uv=False)
    )


def test_complex_numbers_pair_as_their_parts() -> None:
    g, u = np.array([[1 + 2j, 3.0]]), np.array([[2 - 1j, 1j]])
    assert c.pairing(g, u).tolist() == [1 * 2 + 2 * -1 + 3 * 0]
