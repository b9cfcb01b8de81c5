"""Divergences against balls of python-flint, and evaluations in every format that must stay within the bounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic
from reference.losses.divergence import divergence_of_weights, least, log_terms, reduced, terms
from reference.losses.entropy import summed
from reference.losses.softmax import Kernel
from tests.reference.emulation import ARITHMETICS, accumulator, margins, sequential, store
from tests.reference.test_losses_entropy import checked, fraction, weights

Float64 = NDArray[np.float64]
KERNEL = Kernel()


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def pair(n: int, arithmetic: Arithmetic) -> tuple[Float64, Float64]:
    """p with zeros, and a positive q; the last rows are equal."""
    rng = np.random.default_rng(n)
    p = weights(rng, n, arithmetic)
    q = arithmetic.result.round(rng.uniform(0.5, 1, p.shape) / n)
    q[5] = np.where(p[5] > 0, p[5], q[5])
    return p, q


def exactly(p: Float64, log_q: Float64) -> list[list[arb]]:
    """p log p - p l, in the precision in force."""
    return [
        [ball(a) * (ball(a).log() - ball(b)) if a > 0 else arb(0) for a, b in zip(x, y, strict=True)]
        for x, y in zip(p.tolist(), log_q.tolist(), strict=True)
    ]


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_terms_and_their_sums_stay_within_the_bounds_with_every_step_rounded(arithmetic: Arithmetic, n: int) -> None:
    kind = accumulator(arithmetic)

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    p, q = pair(n, arithmetic)
    log_q = store(np.log(q.astype(kind)), arithmetic.result)
    a, b = p.astype(kind), log_q.astype(kind)
    computed = keep(keep(a * keep(np.log(np.where(a > 0, a, 1)))) - keep(a * b))
    with precision(400):
        exact = exactly(p, log_q)
        each = [fraction(v) for row in exact for v in row]
        rows = [fraction(sum(row, arb(0))) for row in exact]
    found = terms(p, log_q, arithmetic, KERNEL)
    checked(found.truth, each, np.asarray(computed, np.float64))
    checked(summed(found, arithmetic), rows, store(sequential(computed), arithmetic.result))
    mean = reduced(found, arithmetic, p.size)
    total = store(sequential(computed.ravel()), arithmetic.result).astype(kind) / kind.type(p.size)
    assert (
        margins(np.array([store(total, arithmetic.result)]), [sum(each, Fraction(0)) / p.size], mean.bound).max() <= 1
    )


@pytest.mark.parametrize("n", [1, 17, 130])
def test_terms_of_logarithms_stay_within_the_bounds(arithmetic: Arithmetic, n: int) -> None:
    kind = accumulator(arithmetic)
    rng = np.random.default_rng(n)
    t, log_q = (
        arithmetic.result.round(-rng.exponential(size=(4, n)) * np.array([[0.1], [1], [8], [60]])) for _ in "pq"
    )

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    computed = keep(keep(np.exp(t.astype(kind))) * keep(t.astype(kind) - log_q.astype(kind)))
    with precision(400):
        pairs = zip(t.ravel().tolist(), log_q.ravel().tolist(), strict=True)
        exact = [fraction(ball(a).exp() * (ball(a) - ball(b))) for a, b in pairs]
    checked(log_terms(t, log_q, arithmetic, KERNEL).truth, exact, np.asarray(computed, np.float64))


@pytest.mark.parametrize("n", [2, 17, 130])
def test_divergences_of_weights_stay_within_the_bound_clipped_or_not(arithmetic: Arithmetic, n: int) -> None:
    kind, rng = accumulator(arithmetic), np.random.default_rng(n)
    p, q = (arithmetic.result.round(rng.uniform(0.5, 1, (4, n)) / n * s) for s in (1, 3))
    p[1, 0] = 0.0

    def keep(x: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(x, arithmetic.result).astype(kind)

    with precision(400):
        exact = []
        for x, y in zip(p.tolist(), q.tolist(), strict=True):
            first, second = (sum(map(ball, row), arb(0)) for row in (x, y))
            parts = [
                ball(a) / first * (ball(a) / first / (ball(b) / second)).log() for a, b in zip(x, y, strict=True) if a
            ]
            exact.append(fraction(sum(parts, arb(0))))
    clip = 2 * arithmetic.result.u
    for low, high in ((clip, 1 - clip), (1e-300, 1.0)):
        pi, rho = (keep(w.astype(kind) / keep(sequential(w.astype(kind)))[:, None]) for w in (p, q))
        logs = [keep(np.log(np.clip(w, low, high).astype(kind))) for w in (np.where(pi > 0, pi, 1.0), rho)]
        computed = store(sequential(keep(pi * keep(logs[0] - logs[1]))), arithmetic.result)
        checked(divergence_of_weights(p, q, arithmetic, KERNEL), exact, computed)


def test_excluded_outcomes(arithmetic: Arithmetic) -> None:
    inf = np.inf
    p, log_q = np.array([[0.0, 0.0, 0.5]]), np.array([[-inf, -1.0, -inf]])
    each = terms(p, log_q, arithmetic, KERNEL)
    assert each.value.tolist() == [[0.0, 0.0, inf]]
    assert not each.bound.any()
    assert summed(each, arithmetic).value == inf
    assert tuple(map(float, reduced(each, arithmetic, 3))) == (inf, 0.0)
    logs = log_terms(np.array([-inf, -inf, -1.0]), np.array([-inf, -1.0, -inf]), arithmetic, KERNEL)
    assert logs.value.tolist() == [0.0, 0.0, inf]
    assert not logs.bound.any()
    w = divergence_of_weights(
        np.array([[0.5, 0.5], [1.0, 0.0]]), np.array([[1.0, 0.0], [0.5, 0.0]]), arithmetic, KERNEL
    )
    assert w.value[0] == inf
    assert abs(w.value[1]) <= w.bound[1]


def test_the_least_divergence_is_that_of_proportional_weights() -> None:
    p = np.array([[0.25, 0.75], [0.5, 0.25]])
    assert np.allclose(least(p, np.log(p) + 0.5), -0.5 * p.sum(-1), atol=1e-12)
    assert (least(p, np.log(p)) <= 0).all()
