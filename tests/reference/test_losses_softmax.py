"""Softmax and its logarithm against balls of python-flint, orders of summation, and errors all of the worst sign."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from flint import arb
from numpy.typing import NDArray

from reference.exact import ball, precision
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.losses.softmax import (
    Kernel,
    Rows,
    compounded,
    exponential_truth,
    inverse,
    log_softmax_error,
    log_softmax_truth,
    naive_softmax,
    ratio_truth,
    shift_error,
    shift_is_exact,
    softmax_error,
    softmax_truth,
    spread_classes,
)
from tests.reference.emulation import ARITHMETICS, ORDERS, Order, accumulator, margins, own_margins, store

Float64 = NDArray[np.float64]
KERNELS = {
    "plain": Kernel(),
    "stored exponentials": Kernel(stores_exponentials=True),
    "stored sum": Kernel(stores_sum=True),
}


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def logits(rng: np.random.Generator, n: int, format: Format) -> Float64:
    """Rows of several scales, one with ties, one far from zero, one whose exponentials underflow."""
    scales = np.array([1e-3, 1.0, 10.0, 100.0, 1e3, 1.0, 1.0, 0.0])
    x = rng.standard_normal((8, n)) * scales[:, None]
    x[5] = np.round(x[5])
    x[6] += min(1e5, format.largest / 4)
    x[7, n // 2 :] = np.log(format.eta) + 1
    return format.round(x)


def fractions(values: list[arb]) -> list[Fraction]:
    """The midpoints of narrow balls."""
    pairs = [v.mid().man_exp() for v in values]
    return [Fraction(int(m)) * Fraction(2) ** int(e) for m, e in pairs]


def exact_rows(x: Float64) -> tuple[list[Fraction], list[Fraction]]:
    """(softmax, log softmax), row-major, to 300 bits."""
    p, log_p = [], []
    with precision(300):
        for row in x:
            shifted = [ball(v) - ball(float(row.max())) for v in row.tolist()]
            total = sum((s.exp() for s in shifted), arb(0))
            p += [s.exp() / total for s in shifted]
            log_p += [s - total.log() for s in shifted]
        return fractions(p), fractions(log_p)


def computed_softmax(x: Float64, arithmetic: Arithmetic, order: Order, kernel: Kernel, *, reciprocal: bool) -> Float64:
    shifted = x.astype(accumulator(arithmetic))
    e = np.exp(shifted - shifted.max(-1, keepdims=True))
    if kernel.stores_exponentials:
        e = store(e, arithmetic.result).astype(e.dtype)
    total = order(e)[..., None]
    return store(e * (1 / total) if reciprocal else e / total, arithmetic.result)


def computed_log_softmax(x: Float64, arithmetic: Arithmetic, order: Order, kernel: Kernel) -> Float64:
    shifted = x.astype(accumulator(arithmetic))
    shifted = shifted - shifted.max(-1, keepdims=True)
    total = order(np.exp(shifted))[..., None]
    if kernel.stores_sum:
        total = store(np.log(store(total, arithmetic.result).astype(total.dtype)), arithmetic.result)
        return store(shifted - total.astype(shifted.dtype), arithmetic.result)
    return store(shifted - np.log(total), arithmetic.result)


@pytest.mark.parametrize("n", [1, 2, 3, 17, 130])
@pytest.mark.parametrize("name", KERNELS)
def test_every_order_of_summation_stays_within_the_bounds(arithmetic: Arithmetic, name: str, n: int) -> None:
    kernel = KERNELS[name]
    x = logits(np.random.default_rng(n), n, arithmetic.result)
    rows = Rows.of(x, arithmetic)
    p, log_p = exact_rows(x)
    for order in ORDERS.values():
        for reciprocal in (False, True):
            computed = computed_softmax(x, arithmetic, order, kernel, reciprocal=reciprocal)
            assert margins(computed, p, softmax_error(rows, kernel)).max() <= 1
            ratio = ratio_truth(rows, kernel, computed)
            assert np.all(np.abs(computed - ratio.value) <= ratio.bound)
        logarithm = computed_log_softmax(x, arithmetic, order, kernel)
        assert margins(logarithm, log_p, log_softmax_error(rows, kernel)).max() <= 1


@pytest.mark.parametrize("n", [1, 2, 17, 130])
def test_the_values_lie_within_the_room_left_for_the_reference(arithmetic: Arithmetic, n: int) -> None:
    kernel = Kernel()
    x = logits(np.random.default_rng(n), n, arithmetic.result)
    rows = Rows.of(x, arithmetic)
    p, log_p = exact_rows(x)
    # a room that vanishes beside the bound is lost in their sum: half an ulp of the bound is allowed for
    for truth, error, exact in (
        (softmax_truth(rows, kernel), softmax_error(rows, kernel), p),
        (log_softmax_truth(rows, kernel), log_softmax_error(rows, kernel), log_p),
    ):
        assert own_margins(truth._replace(bound=truth.bound + np.spacing(truth.bound)), exact, error).max() <= 1
        assert (truth.bound <= error * 1.5).all()


def worst_case(x: Float64, arithmetic: Arithmetic, kernel: Kernel, i: int) -> tuple[Float64, Float64]:
    """softmax of entry i raised by every error, and log softmax lowered by every one, each as large as it may be."""
    u, k = arithmetic.accumulator.u, kernel.exp_units
    half = arithmetic.result.u if arithmetic.mixed else 0.0
    s = x - x.max()
    low = np.exp(s * (1 + u)) * (1 - k * u) * (1 - (half if kernel.stores_exponentials else 0.0))
    high = np.exp(s[i] * (1 - u)) * (1 + k * u) * (1 + (half if kernel.stores_exponentials else 0.0))
    low[i] = high
    p = high / (low.sum() * (1 - u) ** len(x)) * (1 + u) ** 2 * (1 + half)
    total = np.exp(s * (1 - u)).sum() * (1 + k * u) * (1 + u) ** len(x)
    stored = half if kernel.stores_sum else 0.0
    logarithm = np.log(total * (1 + stored)) * (1 + kernel.log_units * u) * (1 + stored)
    return p, (s[i] * (1 + u) - logarithm) * (1 + u) * (1 + half)


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("format", [float16, bfloat16, float32])
@pytest.mark.parametrize("n", [2, 16, 100])
def test_the_bounds_are_attained_when_every_error_has_the_worst_sign(format: Format, name: str, n: int) -> None:
    arithmetic, kernel = Arithmetic.of(format), KERNELS[name]
    x = np.zeros(n)
    x[n // 2 :] = -20.0 if format is float32 else -1.0
    rows = Rows.of(x, arithmetic)
    p, log_p = worst_case(x, arithmetic, kernel, n - 1)
    truth, logarithm = softmax_truth(rows, kernel), log_softmax_truth(rows, kernel)
    least = 0.8 if n == 2 else 0.95  # the entry's own exponential is a third of the sum there, and its errors cancel
    assert least <= np.abs(p - truth.value)[n - 1] / truth.bound[n - 1] <= 1
    assert 0.95 <= np.abs(log_p - logarithm.value)[n - 1] / logarithm.bound[n - 1] <= 1


def test_the_ratio_bound_is_attained_and_free_of_the_width() -> None:
    arithmetic, kernel = Arithmetic.of(float32), Kernel()
    u, k = float32.u, kernel.exp_units
    for n in (2, 1000):
        x = np.full(n, -20.0)
        x[0] = 0.0
        p = np.exp(x * (1 - u)) * (1 + k * u) * (1 + u)
        p[0] = (1 - k * u) * (1 - u)
        truth = ratio_truth(Rows.of(x, arithmetic), kernel, p)
        assert 0.99 <= (np.abs(p - truth.value) / truth.bound)[1] <= 1


def test_half_results_below_the_normal_range_have_room_for_their_underflow() -> None:
    x = np.full((1, 4096), -float("inf"))
    x[0, :2] = 0.0, -17.0  # exp(-17) is 0.7 of the smallest float16
    rows = Rows.of(x, ARITHMETICS["float16"])
    for kernel in (Kernel(), Kernel(stores_exponentials=True)):
        truth = softmax_truth(rows, kernel)
        assert abs(float16.eta - truth.value[0, 1]) <= truth.bound[0, 1] <= 2 * float16.eta


def test_masked_entries_are_exact(arithmetic: Arithmetic) -> None:
    x = np.array([[-np.inf, 1.0, -np.inf, 0.0]])
    rows = Rows.of(x, arithmetic)
    for kernel in KERNELS.values():
        p, log_p = softmax_truth(rows, kernel), log_softmax_truth(rows, kernel)
        assert p.value[0, 0] == p.bound[0, 0] == log_p.bound[0, 2] == 0
        assert log_p.value[0, 2] == -np.inf
        assert exponential_truth(rows, kernel, log_p).bound[0, 0] == 0
        assert np.all(p.bound[0, [1, 3]] > 0)


def test_empty_rows_have_no_entries(arithmetic: Arithmetic) -> None:
    rows = Rows.of(np.zeros((3, 0)), arithmetic)
    for kernel in KERNELS.values():
        assert softmax_truth(rows, kernel).value.shape == (3, 0)
        assert log_softmax_truth(rows, kernel).bound.shape == (3, 0)
        assert ratio_truth(rows, kernel, np.zeros((3, 0))).bound.shape == (3, 0)


def test_the_logarithm_is_undetermined_where_the_difference_overflows(arithmetic: Arithmetic) -> None:
    largest = arithmetic.result.largest
    rows = Rows.of(np.array([[largest, -largest], [largest / 4, -largest / 4]]), arithmetic)
    bound = log_softmax_truth(rows, Kernel()).bound
    assert np.isinf(bound[0, 1])
    assert np.isfinite(bound[[0, 1, 1], [0, 0, 1]]).all()
    assert softmax_truth(rows, Kernel()).value.tolist() == [[1.0, 0.0], [1.0, 0.0]]


def test_the_exponential_of_a_computed_logarithm_stays_within_its_bound(arithmetic: Arithmetic) -> None:
    x = logits(np.random.default_rng(5), 17, arithmetic.result)
    rows, kernel = Rows.of(x, arithmetic), Kernel()
    log_p = computed_log_softmax(x, arithmetic, ORDERS["sequential"], kernel)
    p = store(np.exp(log_p.astype(accumulator(arithmetic))), arithmetic.result)
    truth = exponential_truth(rows, kernel, log_softmax_truth(rows, kernel))
    assert np.all(np.abs(p - truth.value) <= truth.bound)


@pytest.mark.parametrize("name", FORMATS)
def test_a_shift_is_exact_where_every_sum_is_a_number_of_the_format(name: str) -> None:
    format = FORMATS[name]
    far = 1 / format.u
    x = np.array([[1.0, 2.0, -3.0], [1.0, 2.0, -3.0], [1.0, 2.0, 0.5], [far, 0.0, 0.0]])
    c = np.array([[far - 2], [2 * far], [far / 2], [1.0]])
    exact = [
        all(Fraction(float(format.round(a + b))) == Fraction(a) + Fraction(b) for a in row)
        for row, (b,) in zip(x.tolist(), c.tolist(), strict=True)
    ]
    assert shift_is_exact(x, c, format).tolist() == exact == [True, False, False, False]


@pytest.mark.parametrize("format", [float16, bfloat16, float32])
def test_a_rounded_shift_moves_the_logarithm_by_no_more_than_its_error(format: Format) -> None:
    rng = np.random.default_rng(3)
    x = format.round(rng.uniform(-2, 2, (64, 5)))
    c = format.round(rng.uniform(-1, 1, (64, 1)) / format.u)
    bound = shift_error(x, c, Arithmetic.of(format))
    wide = Arithmetic.of(float64)
    before, after = (log_softmax_truth(Rows.of(v, wide), Kernel()).value for v in (x, format.round(x + c)))
    ratios = np.abs(after - before).max(-1) / bound[:, 0]
    assert 0.4 <= ratios.max() <= 1


@pytest.mark.parametrize(
    ("name", "c", "wanted"),
    [
        ("float16", 12.0, [np.nan, 0.0]),
        ("float16", -20.0, [np.nan, np.nan]),
        ("bfloat16", 90.0, [np.nan, np.nan]),
        ("bfloat16", -100.0, [np.nan, np.nan]),
        ("float32", 90.0, [np.nan, np.nan]),
        ("float32", -110.0, [np.nan, np.nan]),
        ("float64", 710.0, [np.nan, 0.0]),
        ("float64", -760.0, [np.nan, np.nan]),
    ],
)
def test_the_naive_quotient_fails_beyond_the_thresholds(name: str, c: float, wanted: list[float]) -> None:
    assert np.array_equal(naive_softmax(np.array([c, c - 1]), FORMATS[name]), wanted, equal_nan=True)
    assert np.allclose(naive_softmax(np.array([1.0, 0.0]), FORMATS[name]), [0.731, 0.269], atol=0.01)


def test_relative_errors_compound_without_cancellation() -> None:
    assert compounded(1e-20, 1e-20) == 2e-20
    assert compounded(0.5, 0.5) == 1.25
    assert inverse(0.5) == 1.0


@pytest.mark.parametrize(("rows", "width"), [(1, 100000), (2, 1), (7, 513), (300, 257), (40, 3)])
def test_classes_are_spread_over_the_row(rows: int, width: int) -> None:
    classes = spread_classes(rows, width)
    assert classes.shape == (rows,)
    assert 0 <= classes.min() <= classes.max() == width - 1
    assert set(classes) >= {c for c in (255, 256) if c < width and rows > 2}
    assert len(set(classes)) >= min(rows, width) * 9 // 10
