"""Cross entropy against balls of python-flint, and evaluations in every format that must stay within the bounds."""

from __future__ import annotations

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic
from reference.losses.cross_entropy import least, parts, terms
from reference.losses.entropy import summed
from reference.losses.softmax import Kernel, Rows
from tests.reference.emulation import ARITHMETICS, accumulator, sequential, store
from tests.reference.test_losses_entropy import checked, fraction, weights

KERNEL = Kernel(stores_sum=True)


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_the_loss_stays_within_the_bound_with_every_step_rounded(arithmetic: Arithmetic, n: int) -> None:
    kind, rng = accumulator(arithmetic), np.random.default_rng(n)

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    p = weights(rng, n, arithmetic)
    x = arithmetic.result.round(rng.standard_normal(p.shape) * np.array([[0.1], [1], [3], [8], [30], [1]]))
    y = x.astype(kind) - x.astype(kind).max(-1, keepdims=True)
    y = keep(y - keep(np.log(keep(sequential(np.exp(y)))))[:, None])
    computed = -sequential(keep(p.astype(kind) * y))
    with precision(400):
        exact = []
        for a, b in zip(p.tolist(), x.tolist(), strict=True):
            log_total = sum((ball(v).exp() for v in b), arb(0)).log()
            exact.append(fraction(sum((ball(w) * (log_total - ball(v)) for w, v in zip(a, b, strict=True)), arb(0))))
    truth = summed(terms(p, Rows.of(x, arithmetic), KERNEL), arithmetic)
    checked(truth, exact, store(computed, arithmetic.result))


def test_excluded_classes_count_nothing_or_infinitely(arithmetic: Arithmetic) -> None:
    rows = Rows.of(np.array([[-np.inf, 0.0, -np.inf]]), arithmetic)
    each = terms(np.array([[0.0, 0.5, 0.5]]), rows, KERNEL)
    assert each.value.tolist() == [[0.0, 0.0, np.inf]]
    assert each.bound[0, [0, 2]].tolist() == [0.0, 0.0]


def test_the_parts_of_a_loss_and_the_least_one() -> None:
    p, x = np.array([[0.25, 1.75]]), np.array([[1.0, 2.0]])
    whole = parts(p, x, np.array([0.5]), np.array([0.25]), np.array([2.0**-10]))
    assert whole.value == pytest.approx(0.75 + 2 * np.log(np.e + np.e**2))
    assert 2.0**-10 < whole.bound[0] < 2.0**-10 + 1e-13
    found = least(p)
    assert found.value == pytest.approx(2 * (np.log(8) / 8 + 7 / 8 * np.log(8 / 7)))
    assert 0 < found.bound[0] < 1e-13
    assert least(np.array([[1.0, 0.0]])).value == 0
