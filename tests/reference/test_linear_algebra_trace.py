"""Traces of products: exact values, and bounds that hold in every order of evaluation and are nearly attained."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.bounds import Chain
from reference.formats import FORMATS, Arithmetic, Format, float16, float32
from reference.linear_algebra.trace import (
    Ring,
    characteristic_polynomials,
    root_of_squares,
    root_of_trace,
    trace,
    trace_of_diagonal,
)
from reference.rounding import U64

Float64 = NDArray[np.float64]

RNG = np.random.default_rng(7)
DIMS = (3, 4, 2)
WAYS = (Ring.from_the_left, Ring.in_any_order, Ring.by_one_sum)


def exact_trace(factors: Sequence[Float64]) -> Fraction:
    """By brute force: the sum over all closed index paths."""
    dims = [f.shape[0] for f in factors]
    total = Fraction(0)
    for path in itertools.product(*map(range, dims)):
        term = Fraction(1)
        for f, i, j in zip(factors, path, (*path[1:], path[0]), strict=True):
            term *= Fraction(float(f[i, j]))
        total += term
    return total


def factors_in(fmt: Format, count: int = 8) -> list[Float64]:
    return [fmt.round(RNG.standard_normal((count, m, n))) for m, n in zip(DIMS, (*DIMS[1:], DIMS[0]), strict=True)]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_the_value_is_the_sum_over_closed_paths(fmt: Format) -> None:
    factors = factors_in(fmt)
    for of in WAYS:
        truth = of(Ring(factors), Arithmetic.of(fmt))
        for i in range(8):
            exact = exact_trace([f[i] for f in factors])
            error = abs(Fraction(float(truth.value[i])) - exact)
            assert error <= max(Fraction(float(truth.bound[i])) / 2**10, abs(exact) / 2**53)


def test_a_value_at_hand_leaves_the_bound_as_it_is() -> None:
    for fmt in FORMATS.values():
        factors, arithmetic = factors_in(fmt), Arithmetic.of(fmt)
        for of in WAYS:
            full = of(Ring(factors), arithmetic)
            given = of(Ring(factors, full.value), arithmetic)
            assert (given.value == full.value).all()
            rounding = 2.0**-53 * np.abs(full.value)
            assert (np.abs(given.bound - full.bound) <= rounding + 1e-9 * full.bound).all()


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_a_turned_ring_is_the_ring_of_the_turned_factors(fmt: Format) -> None:
    factors, arithmetic = factors_in(fmt), Arithmetic.of(fmt)
    ring = Ring(factors, Ring(factors).from_the_left(arithmetic).value)
    for k in range(3):
        turned = Ring([*factors[k:], *factors[:k]])
        for of in WAYS:
            seen, wanted = of(ring, arithmetic, k), of(turned, arithmetic)
            assert (np.abs(seen.value - wanted.value) <= wanted.bound / 2**10 + 2.0**-52 * np.abs(seen.value)).all()
            assert (np.abs(seen.bound - wanted.bound) <= 2.0**-52 * np.abs(seen.value) + 1e-6 * wanted.bound).all()


def test_any_order_is_the_largest_bound_of_all_bracketings() -> None:
    shapes = [(2, 3), (3, 5), (5, 4), (4, 2)]
    a, b, c, d = [float16.round(RNG.standard_normal((8, *shape))) for shape in shapes]
    arithmetic = Arithmetic.of(float16)
    first, *others = (Chain.of(f, arithmetic) for f in (a, b, c, d))
    b_, c_, d_ = others
    bracketings = [
        first.matmul(b_).matmul(c_).matmul(d_),
        first.matmul(b_.matmul(c_)).matmul(d_),
        first.matmul(b_).matmul(c_.matmul(d_)),
        first.matmul(b_.matmul(c_).matmul(d_)),
        first.matmul(b_.matmul(c_.matmul(d_))),
    ]
    bound = Ring([a, b, c, d]).in_any_order(arithmetic).bound
    largest = np.max([chain.trace().bound for chain in bracketings], axis=0)
    assert (bound >= largest * (1 - 2.0**-40)).all()
    assert (bound <= 1.5 * largest).all()


def test_a_power_is_the_ring_of_equal_factors() -> None:
    arithmetic = Arithmetic.of(float32)
    a = float32.round(RNG.standard_normal((8, 3, 3)))
    power, copies = (Ring(fs).in_any_order(arithmetic) for fs in ([a] * 5, [a, a.copy(), a.copy(), a.copy(), a.copy()]))
    assert np.array_equal(power.value, copies.value)
    assert np.allclose(power.bound, copies.bound, rtol=1e-9)


@pytest.mark.parametrize("dtype", ["float16", "float32"])
def test_every_order_of_evaluation_stays_within_the_bound(dtype: str) -> None:
    fmt = FORMATS[dtype]
    accumulate = np.float32
    for _ in range(50):
        a, b, c = [f[0] for f in factors_in(fmt, count=1)]
        orders = [(a, b, c), (b, c, a), (c, a, b)]
        for x, y, z in orders:
            truth = Ring([f[None] for f in (x, y, z)]).from_the_left(Arithmetic.of(fmt))
            for step in (1, -1):
                product = x
                for f in (y, z):
                    total = np.zeros((product.shape[0], f.shape[1]), accumulate)
                    for k in range(f.shape[0])[::step]:
                        outer = np.multiply.outer(product[:, k].astype(accumulate), f[k].astype(accumulate))
                        total = total + outer
                    product = fmt.round(total)
                total = accumulate(0)
                for entry in np.diagonal(product)[::step]:
                    total = total + accumulate(entry)
                assert abs(float(fmt.round(total)) - truth.value[0]) <= truth.bound[0]


def test_the_bound_of_the_diagonal_is_nearly_attained() -> None:
    """1, then numbers just below the unit roundoff, which sequential summation loses one by one."""
    n = 100
    d = np.full((1, n), float32.u * (1 - 2.0**-20))
    d[0, 0] = 1.0
    d = float32.round(d)
    computed = np.float32(0)
    for entry in d[0]:
        computed = computed + np.float32(entry)
    truth = trace_of_diagonal(d, Arithmetic.of(float32))
    assert 0.9 <= abs(computed - truth.value[0]) / truth.bound[0] <= 1


def test_a_trace_of_products_is_nearly_attained() -> None:
    """Inner products 1 * 1 + u * 1 + ... lose every small term; the trace of a 1 x 1 product adds nothing."""
    n = 64
    a = np.full((1, 1, n), float32.u * (1 - 2.0**-20))
    a[..., 0] = 1.0
    a, b = float32.round(a), np.ones((1, n, 1))
    computed = np.float32(0)
    for k in range(n):
        computed = computed + np.float32(a[0, 0, k]) * np.float32(b[0, k, 0])
    truth = Ring([a, b]).from_the_left(Arithmetic.of(float32))
    assert 0.9 <= abs(computed - truth.value[0]) / truth.bound[0] <= 1


def test_rectangular_and_empty_traces() -> None:
    a = np.arange(6.0).reshape(1, 2, 3)
    assert trace(a, Arithmetic.of(float32)).value == 4
    empty = trace(np.zeros((2, 0, 0)), Arithmetic.of(float32))
    assert (empty.value == 0).all()
    assert (empty.bound <= float32.eta).all()


def test_overflow_of_a_stored_product_is_undetermined() -> None:
    a = np.full((1, 1, 1), 300.0)
    assert Ring([a, a]).from_the_left(Arithmetic.of(float16)).bound == np.inf
    assert Ring([a, a]).by_one_sum(Arithmetic.of(float16), rounded_products=True).bound == np.inf
    assert np.isfinite(Ring([a, a]).from_the_left(Arithmetic.of(float32)).bound)


def test_characteristic_polynomials_of_products_differ_by_a_power_of_x() -> None:
    a, b = np.array([[[1.0, 2.0]]]), np.array([[[3.0], [4.0]]])
    assert characteristic_polynomials(a @ b) == [(-11, 1)]
    assert characteristic_polynomials(b @ a) == [(0, -11, 1)]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_roots_of_traces_and_sums_of_squares(fmt: Format) -> None:
    a = fmt.round(np.random.default_rng(0).standard_normal((3, 4, 5)))
    how = Arithmetic.of(fmt)
    expected = [exact.frobenius_norm(exact.rational_matrix(m)) for m in a]
    for truth in (root_of_trace(a, how), root_of_squares(a, how)):
        for value, bound, (low, high) in zip(*truth, expected, strict=True):
            assert low - 4 * U64 * high <= value <= high + 4 * U64 * high
            assert fmt.u * high < bound < 14 * fmt.u * high


def test_squares_that_vanish_leave_the_root_undecided_down_to_zero() -> None:
    a = np.full((1, 5, 5), 2.0**-75)
    truth = root_of_trace(a, Arithmetic.of(float32))
    assert truth.value[0] == 5 * 2.0**-75
    assert truth.bound[0] >= truth.value[0]


def test_a_root_of_an_overflowing_trace_is_undetermined() -> None:
    a = np.full((1, 1, 1), 300.0)
    assert np.isinf(root_of_trace(a, Arithmetic.of(float16)).bound).all()
    assert np.isfinite(root_of_trace(a, Arithmetic.of(float32)).bound).all()
