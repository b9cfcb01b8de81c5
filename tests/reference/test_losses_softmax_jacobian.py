"""The Jacobian of softmax against balls of python-flint, and evaluations that must stay within the bounds."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic
from reference.losses.softmax import Kernel, Rows
from reference.losses.softmax_jacobian import cotangents, jacobian_truth, product_truth, row_sums, spectrum
from tests.reference.emulation import ARITHMETICS, accumulator, sequential, store
from tests.reference.test_losses_entropy import checked, fraction

KERNEL = Kernel(stores_exponentials=True)


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.mark.parametrize("n", [1, 2, 5, 65])
def test_products_stay_within_the_bound_with_every_step_rounded(arithmetic: Arithmetic, n: int) -> None:
    kind, rng = accumulator(arithmetic), np.random.default_rng(n)

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    x = arithmetic.result.round(rng.standard_normal((4, n)) * np.array([[0.1], [1], [3], [8]]))
    v = cotangents(4, n)
    e = keep(np.exp(x.astype(kind) - x.astype(kind).max(-1, keepdims=True)))
    p = keep(e / sequential(e)[:, None])
    w = keep(sequential(keep(p * v.astype(kind))))[:, None]
    with precision(300):
        exact = []
        for row, cotangent in zip(x.tolist(), v.tolist(), strict=True):
            total = sum((ball(a).exp() for a in row), arb(0))
            exact_p = [ball(a).exp() / total for a in row]
            mean = sum((a * ball(b) for a, b in zip(exact_p, cotangent, strict=True)), arb(0))
            exact += [fraction(a * (ball(b) - mean)) for a, b in zip(exact_p, cotangent, strict=True)]
    truth = product_truth(Rows.of(x, arithmetic), v, KERNEL)
    for computed in (keep(p * keep(v.astype(kind) - w)), keep(keep(p * v.astype(kind)) - keep(p * w))):
        checked(truth, exact, np.asarray(computed, np.float64))


def test_the_jacobian_consists_of_the_products_with_unit_vectors(arithmetic: Arithmetic) -> None:
    x = np.array([[0.5, -1.0, 2.0], [-np.inf, 0.0, 1.0]])
    truth = jacobian_truth(Rows.of(x, arithmetic), KERNEL)
    p = np.exp(x) / np.exp(x).sum(-1, keepdims=True)
    expected = p[:, :, None] * (np.eye(3) - p[:, None])
    assert np.allclose(truth.value, expected, atol=1e-14, rtol=0)
    assert truth.bound.shape == (2, 3, 3)
    assert np.all(truth.value[1, 0] == 0)
    assert np.all(truth.value[1, :, 0] == 0)
    assert np.all(jacobian_truth(Rows.of(x, arithmetic), KERNEL, forward=True).bound >= truth.bound)


def test_cotangents_have_no_equal_neighbours() -> None:
    v = cotangents(3, 40)
    assert (np.diff(v, axis=-1) != 0).all()
    assert set(v.ravel()) == {-2.0, -1.0, 0.0, 1.0, 2.0}


def test_the_spectrum_is_that_of_the_symmetric_part() -> None:
    found = spectrum(np.array([[[0.25, -0.25], [-0.25, 0.25]]]), np.zeros((1, 2, 2)))
    assert np.allclose([found.least[0], found.second[0], found.largest[0]], [0.0, 0.5, 0.5])
    assert 0 < found.room[0] < 1e-12


def test_rows_of_a_jacobian_add_up_to_nothing() -> None:
    p = np.array([[0.25, 0.25, 0.5]])
    j = p[:, :, None] * (np.eye(3) - p[:, None])
    truth = row_sums(j, np.full(j.shape, 2.0**-10))
    assert (np.abs(j.sum(-1)) <= truth.bound).all()
    assert truth.bound == pytest.approx(np.full((1, 3), 3 * 2.0**-10))
