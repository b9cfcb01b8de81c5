"""Cross entropy, its gradient and its higher derivatives against balls, and emulations that must stay in the bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, double_double_of_ball, precision
from reference.formats import Arithmetic
from reference.losses import cross_entropy_gradient as ce
from reference.losses.softmax import Kernel, Rows
from tests.reference.emulation import ARITHMETICS, accumulator, store

KERNEL = Kernel(stores_sum=True)
Float64 = NDArray[np.float64]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def probabilities(x: Float64) -> list[arb]:
    """softmax of one row, in balls."""
    e = [ball(v).exp() for v in x.tolist()]
    total = sum(e, arb(0))
    return [v / total for v in e]


def problem(how: Arithmetic, n: int) -> tuple[Float64, NDArray[np.int64], Float64]:
    rng = np.random.default_rng(n)
    x = how.result.round(rng.standard_normal((3, 2, n)) * np.array([0.1, 3.0, 20.0])[:, None, None])
    return x, rng.integers(0, n, (3, 2)), rng.integers(1, 17, (3, n)) / 8


def coefficients(t: NDArray[np.int64], w: Float64, eps: float) -> ce.Coefficients:
    return ce.of_classes(t, t >= 0, w.shape[-1], w, eps)


@pytest.mark.parametrize(("n", "eps"), [(1, 0.0), (2, 0.0), (5, 0.125), (17, 0.0), (130, 0.125)])
def test_values_and_gradients_against_balls(arithmetic: Arithmetic, n: int, eps: float) -> None:
    x, t, w = problem(arithmetic, n)
    c = coefficients(t, w, eps)
    rows = Rows.of(x, arithmetic)
    each = ce.losses(rows, c, KERNEL)
    slope = ce.gradient(rows, c, KERNEL, np.ones((3, 2, 1)), mean=True)
    total = ce.reduced(each, c, arithmetic, mean=True)
    one, two = ce.by_logsumexp(rows, t, KERNEL), ce.gradient_by_logsumexp(rows, c, KERNEL, np.ones((3, 2, 1)))
    with precision(400):
        for i in range(3):
            losses = []
            divisor = sum((ball(w[i, k]) for k in t[i].tolist()), arb(0))
            for j in range(2):
                p = probabilities(x[i, j])
                a = [ball(eps) * ball(w[i, k]) / n + ball((1 - eps) * w[i, k] * (k == t[i, j])) for k in range(n)]
                loss = sum((-q * v.log() for q, v in zip(a, p, strict=True) if q != 0), arb(0))
                losses.append(loss)
                close(each.value[i, j], loss, each.bound[i, j])
                for k in range(n):
                    exact = p[k] * sum(a, arb(0)) - a[k]
                    close(slope.value[i, j, k], exact / divisor, slope.bound[i, j, k])
                    if eps == 0:
                        close(two.value[i, j, k], exact, two.bound[i, j, k])
                close(one.value[i, j], -p[int(t[i, j])].log(), one.bound[i, j])
            close(total.value[i], sum(losses, arb(0)) / divisor, total.bound[i])


def close(value: float, exact: arb, bound: float) -> None:
    """Within the bound."""
    hi, lo = double_double_of_ball(exact)
    assert abs((value - hi) - lo) <= bound, (value, hi, bound)


def test_a_density_may_be_computed_either_way(arithmetic: Arithmetic) -> None:
    """x_t - logsumexp(x) and (x_t - max) - log S, rounded at every step.

    Where the half types store log-sum-exp, its rounding exceeds what the shift takes.
    """
    x, t, _ = problem(arithmetic, 5)
    rows = Rows.of(x, arithmetic)
    either, bound = ce.negative_log_density(rows, t, KERNEL), ce.by_logsumexp(rows, t, KERNEL).bound
    kind, at = accumulator(arithmetic), t[..., None]
    shifted = (x - x.max(-1, keepdims=True)).astype(kind)
    log_total = np.log(np.exp(shifted).sum(-1))
    by_shift = store(np.take_along_axis(shifted, at, -1)[..., 0] - log_total, arithmetic.result)
    total = store(x.max(-1).astype(kind) + log_total, arithmetic.result)
    by_sum = store(np.take_along_axis(x, at, -1)[..., 0] - total, arithmetic.result)
    for found in (by_shift, by_sum):
        assert (np.abs(-found - either.value) <= either.bound).all()
    assert (either.bound >= bound).all()
    assert (either.bound > bound).any() == (arithmetic.result.precision >= 24)


@pytest.mark.parametrize("n", [2, 3, 17])
def test_the_gradient_stays_within_the_bound_with_every_step_rounded(arithmetic: Arithmetic, n: int) -> None:
    x, t, w = problem(arithmetic, n)
    kind = accumulator(arithmetic)

    def keep(z: Float64) -> NDArray[np.floating]:
        return store(z, arithmetic.result).astype(kind)

    wide = x.astype(kind)
    y = wide - wide.max(-1, keepdims=True)
    y = keep(y - keep(np.log(keep(np.exp(y).sum(-1, keepdims=True)))))
    own = np.take_along_axis(w, t, -1)
    a = np.where(np.arange(n) == t[..., None], own[..., None], 0.0).astype(kind)
    found = store(np.exp(y) * a.sum(-1, keepdims=True) - a, arithmetic.result)
    rows, c = Rows.of(x, arithmetic), coefficients(t, w, 0.0)
    truth = ce.gradient(rows, c, KERNEL, np.ones((3, 2, 1)), mean=False)
    assert (np.abs(found - truth.value) <= truth.bound).all()
    loss = store(-np.take_along_axis(y, t[..., None], -1)[..., 0] * own.astype(kind), arithmetic.result)
    each = ce.losses(rows, c, KERNEL)
    assert (np.abs(loss - each.value) <= each.bound).all()


def test_nothing_counts_nothing(arithmetic: Arithmetic) -> None:
    x, t, w = problem(arithmetic, 3)
    c = ce.of_classes(t, np.zeros(t.shape, np.bool_), 3, w, 0.125)
    rows = Rows.of(x, arithmetic)
    each = ce.losses(rows, c, KERNEL)
    assert not each.value.any()
    assert not each.bound.any()
    assert np.isnan(ce.reduced(each, c, arithmetic, mean=True).value).all()
    assert not ce.reduced(each, c, arithmetic, mean=False).bound.any()
    assert not ce.gradient(rows, c, KERNEL, np.ones((3, 2, 1)), mean=True).bound.any()


def test_a_masked_class_has_no_gradient_and_as_a_target_an_infinite_loss(arithmetic: Arithmetic) -> None:
    x, t = np.array([[[0.0, -np.inf, 1.0]] * 2]), np.array([[0, 1]])
    c = ce.of_classes(t, t >= 0, 3, None, 0.0)
    each = ce.losses(Rows.of(x, arithmetic), c, KERNEL)
    assert each.value[0, 1] == np.inf
    assert np.isfinite(each.value[0, 0])
    slope = ce.gradient(Rows.of(x, arithmetic), c, KERNEL, np.ones((1, 2, 1)), mean=False).value
    assert slope[0, 0, 1] == 0
    assert slope[0, 1, 1] == -1


@pytest.mark.parametrize("order", [2, 3])
def test_higher_derivatives_are_cumulants(arithmetic: Arithmetic, order: int) -> None:
    rng = np.random.default_rng(order)
    x = arithmetic.result.round(2 * rng.standard_normal((4, 1, 3)))
    d, q = rng.integers(-2, 4, (4, 1, 3)).astype(np.float64), rng.integers(0, 9, (4, 1, 3)) / 8
    c = ce.of_laws(q, None, 0.0)
    found = ce.along(Rows.of(x, arithmetic), c, d, order, KERNEL)
    with precision(400):
        for i in range(4):
            p = probabilities(x[i, 0])
            mean = sum((v * ball(s) for v, s in zip(p, d[i, 0].tolist(), strict=True)), arb(0))
            moment = sum((v * (ball(s) - mean) ** order for v, s in zip(p, d[i, 0].tolist(), strict=True)), arb(0))
            close(found.value[i, 0], moment * ball(q[i].sum()), found.bound[i, 0] / 2)


def test_the_cumulants_are_those_of_finite_differences() -> None:
    x, d = np.array([[[0.3, -0.7, 1.1]]]), np.array([[[1.0, -2.0, 3.0]]])
    c = ce.of_laws(np.array([[[0.25, 0.5, 0.25]]]), None, 0.0)
    how, h = ARITHMETICS["float64"], 2.0**-10

    def loss(s: float) -> float:
        return float(ce.losses(Rows.of(x + s * d, how), c, KERNEL).value[0, 0])

    second = (loss(h) - 2 * loss(0) + loss(-h)) / h**2
    third = (loss(2 * h) - 2 * loss(h) + 2 * loss(-h) - loss(-2 * h)) / (2 * h**3)
    for order, estimate in ((2, second), (3, third)):
        found = ce.along(Rows.of(x, how), c, d, order, KERNEL)
        assert found.value[0, 0] == pytest.approx(estimate, rel=1e-4)
        assert 0 < found.bound[0, 0] < 1e-11


def test_laws_have_the_rows_for_their_divisor() -> None:
    for weight, eps in itertools.product((None, np.array([[0.5, 2.0]])), (0.0, 0.125)):
        c = ce.of_laws(np.array([[[0.25, 0.75], [1.0, 0.0]]]), weight, eps)
        assert c.divisor.tolist() == [2.0]
        total, count = c.sizes
        assert total.shape == (1, 2, 1)
        assert (count == (2 if eps else np.array([[[2], [1]]]))).all()
