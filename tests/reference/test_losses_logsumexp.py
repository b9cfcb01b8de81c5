"""The logarithm of a sum of exponentials against balls of python-flint, and errors all of the worst sign."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import Arithmetic, Format, float16, float32, float64
from reference.losses.logsumexp import (
    absorbs,
    fold_error,
    folded_truth,
    logsumexp_error,
    logsumexp_truth,
    pair_truth,
    prefixes,
)
from reference.losses.softmax import Kernel, Rows
from reference.truth import Truth
from tests.reference.emulation import ARITHMETICS, ORDERS, Order, accumulator, margins, own_margins, store

Float64 = NDArray[np.float64]
KERNEL = Kernel()


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def logits(rng: np.random.Generator, n: int, arithmetic: Arithmetic) -> Float64:
    """Rows of several scales, one of them masked in part, one balanced."""
    x = rng.standard_normal((6, n)) * np.array([1e-3, 1.0, 10.0, 100.0, 1.0, 1.0])[:, None]
    x[4, n // 2 + 1 :] = -np.inf
    x[5] -= np.log(np.exp(x[5]).sum())
    return arithmetic.result.round(x)


def exact(x: Float64) -> list[Fraction]:
    """The logarithms to 300 bits."""
    found = []
    with precision(300):
        for row in x:
            total = sum((ball(v).exp() for v in row.tolist() if v != -np.inf), arb(0))
            mantissa, exponent = total.log().mid().man_exp()
            found.append(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
    return found


def computed(x: Float64, arithmetic: Arithmetic, order: Order, *, every_step: bool) -> Float64:
    """In the accumulator, or in a half type with every step rounded."""
    kind = accumulator(arithmetic)

    def keep(v: NDArray[np.floating]) -> NDArray[np.floating]:
        return store(v, arithmetic.result).astype(kind) if every_step else v

    m = x.astype(kind).max(-1)
    e = keep(np.exp(keep(x.astype(kind) - m[:, None])))
    return store(keep(np.log(keep(order(e)))) + m, arithmetic.result)


@pytest.mark.parametrize("n", [1, 2, 3, 17, 130])
@pytest.mark.parametrize("every_step", [False, True])
def test_every_order_of_summation_stays_within_the_bound(arithmetic: Arithmetic, n: int, *, every_step: bool) -> None:
    x = logits(np.random.default_rng(n), n, arithmetic)
    rows = Rows.of(x, arithmetic)
    bound = logsumexp_error(rows, logsumexp_truth(rows, KERNEL).value, KERNEL)
    for order in ORDERS.values():
        assert margins(computed(x, arithmetic, order, every_step=every_step), exact(x), bound).max() <= 1


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_the_values_lie_within_the_room_left_for_the_reference(arithmetic: Arithmetic, n: int) -> None:
    x = logits(np.random.default_rng(n), n, arithmetic)
    rows = Rows.of(x, arithmetic)
    truth = logsumexp_truth(rows, KERNEL)
    error = logsumexp_error(rows, truth.value, KERNEL)
    assert own_margins(truth._replace(bound=truth.bound + np.spacing(truth.bound)), exact(x), error).max() <= 1
    assert (truth.bound <= error * 2).all()  # float64 holds y within u |y|


@pytest.mark.parametrize("format", [float16, float32])
def test_the_bound_is_attained_when_every_error_has_the_worst_sign(format: Format) -> None:
    arithmetic = Arithmetic.of(format)
    u, k, half = arithmetic.accumulator.u, KERNEL.exp_units, arithmetic.result.u if arithmetic.mixed else 0.0
    x = np.append(np.zeros(50), np.full(50, -5.0))
    truth = logsumexp_truth(Rows.of(x[None], arithmetic), KERNEL)
    e = np.exp(x * (1 - half) * (1 - u)) * (1 + k * u) * (1 + half)
    total = e.sum() * (1 + u) ** 100 * (1 + half)
    y = np.log(total) * (1 + KERNEL.log_units * u) * (1 + half) * (1 + u) * (1 + half)
    assert 0.95 <= abs(y - truth.value[0]) / truth.bound[0] <= 1


def test_sums_one_by_one_and_in_pairs_stay_within_their_bounds(arithmetic: Arithmetic) -> None:
    kind, n = accumulator(arithmetic), 40
    x = logits(np.random.default_rng(7), n, arithmetic)
    running = np.logaddexp.accumulate(x.astype(kind), axis=-1, dtype=kind)
    folds = np.array([0, 1, 2, 9, 20, 39])
    begun = prefixes(x, folds + 1)
    truth = folded_truth(Rows.of(begun, arithmetic), folds, KERNEL)
    found = store(running[np.arange(6), folds], arithmetic.result)
    assert margins(found, exact(begun), truth.bound).max() <= 1
    pairs = pair_truth(x[:, 1:], x[:, :-1], arithmetic, KERNEL)
    found = store(np.logaddexp(x[:, 1:].astype(kind), x[:, :-1].astype(kind)), arithmetic.result)
    assert np.isneginf(pairs.value[4]).any()
    finite = np.isfinite(pairs.value)
    both = np.stack((x[:, 1:][finite], x[:, :-1][finite]), -1)
    assert margins(found[finite], exact(both), pairs.bound[finite]).max() <= 1
    assert own_margins(Truth(pairs.value[finite], pairs.bound[finite]), exact(both), pairs.bound[finite] * 0).max() <= 1
    assert np.array_equal(found[~finite], pairs.value[~finite])
    assert not pairs.bound[~finite].any()


def test_the_bound_of_an_addition_is_attained_by_equal_numbers() -> None:
    u = float32.u
    y = np.log1p(1 + KERNEL.exp_units * u) * (1 + KERNEL.log_units * u) * (1 + u)
    value = np.array(np.log(2))
    bound = fold_error(value, value, np.array(1), Arithmetic.of(float32), KERNEL)
    assert 0.9 <= abs(y - value) / bound <= 1


def test_a_row_without_entries_or_with_masked_ones_only_has_the_logarithm_of_zero(arithmetic: Arithmetic) -> None:
    truth = logsumexp_truth(Rows.of(np.zeros((2, 0)), arithmetic), KERNEL)
    assert truth.value.tolist() == [-np.inf, -np.inf]
    assert truth.bound.tolist() == [0.0, 0.0]


def test_the_largest_numbers_absorb_the_logarithm() -> None:
    assert absorbs(np.array([[np.inf, 0.0], [np.nan, 1.0], [-np.inf, -np.inf], [float16.largest, 0.0]]), float16)
    assert not absorbs(np.array([[np.inf, 0.0], [1.0, 1.0]]), float64)


def test_it_is_undetermined_where_the_result_may_overflow(arithmetic: Arithmetic) -> None:
    largest = arithmetic.result.largest
    truth = logsumexp_truth(Rows.of(np.array([[largest, largest], [largest / 4, 0.0]]), arithmetic), KERNEL)
    assert np.isfinite(truth.bound[1])
    assert truth.bound[0] == np.inf or truth.value[0] + truth.bound[0] <= largest * (1 + float64.u)
