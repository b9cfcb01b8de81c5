"""BND-CHAIN against exact rationals: products of matrices, traces, inner products, in several orders of summation."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import pairwise

import numpy as np
import pytest

from reference.bounds import Chain
from reference.exact import rational_matrix
from reference.formats import Arithmetic, Format, bfloat16, float16, float32, float64, tf32
from tests.reference.emulation import (
    ARITHMETICS,
    FAMILIES,
    ORDERS,
    Float64,
    attained,
    computed_dot,
    computed_matmul,
    computed_sum,
    margins,
    sequential,
)

SHAPES = [(3, 4, 5, 3), (1, 40, 1, 1), (2, 1, 6, 2)]


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


def factors(rng: np.random.Generator, shape: tuple[int, ...], family: str, format: Format) -> list[Float64]:
    """A chain of three matrices."""
    return [FAMILIES[family](rng, size, format) for size in pairwise(shape)]


def tiny_times_huge(rng: np.random.Generator, shape: tuple[int, ...], format: Format) -> list[Float64]:
    """The product of the first two underflows, the third makes it large again."""
    exponents = (format.emin // 2 - 2, format.emin // 2 - 2, -format.emin // 2)
    sizes = zip(pairwise(shape), exponents, strict=True)
    return [format.round(np.ldexp(rng.uniform(-1, 1, size), e)) for size, e in sizes]


def exact_product(matrices: list[Float64]) -> list[Fraction]:
    """The entries of a product of matrices, row-major."""
    product = reduce(lambda a, b: a * b, map(rational_matrix, matrices))
    return [Fraction(int(q.p), int(q.q)) for q in product.entries()]


def check(matrices: list[Float64], arithmetic: Arithmetic) -> float:
    """The largest margin of product and trace over the orders of summation; the value is held to its own share."""
    chain = reduce(Chain.matmul, matrices[1:], Chain.of(matrices[0], arithmetic))
    exact, truth = exact_product(matrices), chain.truth()
    room = np.where(np.isfinite(truth.bound), truth.bound - np.where(np.isfinite(chain.error), chain.error, 0), np.inf)
    assert margins(truth.value, exact, room).max() <= 1
    worst = 0.0
    for order in ORDERS.values():
        product = reduce(lambda a, b: computed_matmul(a, b, arithmetic, order), matrices)
        worst = max(worst, margins(product, exact, truth.bound).max())
        if product.shape[0] == product.shape[1]:
            trace = computed_sum(np.diagonal(product), arithmetic, order)
            worst = max(worst, margins(trace, [sum(exact[:: len(product) + 1])], chain.trace().bound)[0])
            assert margins(chain.trace().value, [sum(exact[:: len(product) + 1])], chain.trace().bound)[0] <= 1
    return worst


@pytest.mark.parametrize("family", FAMILIES)
def test_products_and_traces_stay_within_the_bound(arithmetic: Arithmetic, family: str) -> None:
    rng = np.random.default_rng(5)
    for shape in SHAPES:
        assert check(factors(rng, shape, family, arithmetic.result), arithmetic) <= 1, shape


def test_products_that_underflow_halfway_stay_within_the_bound_and_come_close(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(6)
    worst = max(check(tiny_times_huge(rng, shape, arithmetic.result), arithmetic) for shape in SHAPES * 3)
    assert attained(np.array(worst), 0.2)


def test_a_product_of_two_vectors_attains_the_bound_as_an_inner_product_does() -> None:
    for name in ("float32", "float64"):
        arithmetic = ARITHMETICS[name]
        x = FAMILIES["absorbing"](np.random.default_rng(0), (1, 100), arithmetic.result)
        assert attained(np.array(check([x, np.ones((100, 1))], arithmetic)), 0.97)


@pytest.mark.parametrize("format", [float16, bfloat16])
def test_half_types_attain_the_bound_at_every_stored_product(format: Format) -> None:
    # 1 + u, a tie, is stored as 1; then again: two roundings of u each, and a bound of two.
    step = np.array([[1.0, 1.0]]), np.array([[1.0], [format.u]]), np.array([[1.0, format.u]]), np.ones((2, 1))
    matrices = [step[0] @ np.eye(2), step[1], step[2], step[3]]
    assert attained(np.array(check(matrices, Arithmetic.of(format))), 0.6)


def test_the_closed_form_fails_where_the_running_bound_holds() -> None:
    format = float16
    x, y, z = (np.full((4, 4), format.round(v)) for v in (0.9 * 2.0**-13, 0.9 * 2.0**-13, 1024.0))
    arithmetic = ARITHMETICS["float16"]
    assert check([x, y, z], arithmetic) <= 1
    product = reduce(lambda a, b: computed_matmul(a, b, arithmetic, sequential), [x, y, z])
    closed = ((1 + 8 * 2.0**-24) * (1 + format.u) ** 2 - 1) * (np.abs(x) @ np.abs(y) @ np.abs(z))
    assert margins(product, exact_product([x, y, z]), closed).max() > 100


def test_float64_values_are_exact_where_float64_products_overflow_or_vanish() -> None:
    arithmetic = ARITHMETICS["float64"]
    graded = np.diag([1e300, 1e-300, 1.0])
    truth = Chain.of(graded, arithmetic).matmul(np.linalg.inv(graded)).truth()
    exact = exact_product([graded, np.linalg.inv(graded)])
    assert margins(truth.value, exact, 2 * float64.u * np.abs(truth.value) + float64.eta).max() <= 1
    tiny = np.full((2, 2), 2.0**-600)
    again = Chain.of(tiny, arithmetic).matmul(tiny).matmul(np.full((2, 2), 2.0**1000))
    assert np.all(again.truth().value == 4 * 2.0**-200)  # though the product of the first two is zero in float64
    assert np.all(again.truth().bound >= 2.0**-200)


def test_an_entry_that_may_overflow_is_undetermined_and_the_others_are_not(arithmetic: Arithmetic) -> None:
    large = arithmetic.result.largest
    x = np.array([[large, large], [1.0, 0.0]])
    chain = Chain.of(x, arithmetic).matmul(np.ones((2, 2)))
    assert np.isinf(chain.error[0]).all()
    assert np.isfinite(chain.error[1]).all()
    assert np.isinf(chain.trace().bound)
    assert np.isinf(chain.matmul(np.zeros((2, 2))).error[0]).all()  # infinity times zero


def test_the_transpose_of_a_chain_is_the_chain_of_the_transpose(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(7)
    a, b = (arithmetic.result.round(rng.normal(size=(3, 3))) for _ in range(2))
    turned = Chain.of(a, arithmetic).matmul(b).transpose().truth()
    other = Chain.of(b.T, arithmetic).matmul(a.T).truth()
    np.testing.assert_allclose(turned.value, other.value, rtol=1e-12)
    np.testing.assert_allclose(turned.bound, other.bound, rtol=1e-6)


def test_the_inner_product_of_two_chains_stays_within_its_bound(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(8)
    for family in FAMILIES:
        a, b, c = factors(rng, (3, 4, 5, 3), family, arithmetic.result)
        exact = [sum(exact_product([a, b, c])[::4])]
        truth = Chain.of(a, arithmetic).matmul(b).inner(c.T)
        stored = Chain.of(a, arithmetic).matmul(b).inner(c.T, rounded_products=True)
        assert margins(truth.value, exact, truth.bound)[0] <= 1
        for order in ORDERS.values():
            product = computed_matmul(a, b, arithmetic, order)
            computed = computed_dot(product.ravel(), c.T.ravel(), arithmetic, order)
            assert margins(computed, exact, truth.bound)[0] <= 1
            products = computed_dot(product.reshape(-1, 1), c.T.reshape(-1, 1), arithmetic, order)
            assert margins(computed_sum(products, arithmetic, order), exact, stored.bound)[0] <= 1


def test_a_trace_accumulated_in_float64_has_the_sharper_bound() -> None:
    single = ARITHMETICS["float32"]
    double = Arithmetic.of(float32, accumulator=float64)
    x = np.diag(float32.round(np.random.default_rng(9).uniform(1, 2, 200)))
    sharp, plain = Chain.of(x, single).trace(double), Chain.of(x, single).trace()
    exact = [sum(Fraction(v) for v in np.diagonal(x).tolist())]
    assert sharp.bound < plain.bound / 100
    computed = float32.round(np.diagonal(x).sum())
    assert margins(computed, exact, sharp.bound)[0] <= 1


def test_tf32_rounds_the_stored_intermediates_too() -> None:
    rng = np.random.default_rng(10)
    how = Arithmetic.of(float32, operand=tf32)
    matrices = [float32.round(rng.normal(size=(4, 4))) for _ in range(3)]
    product = matrices[0]
    for m in matrices[1:]:
        product = computed_matmul(tf32.round(product), tf32.round(m), how, sequential)
    chain = Chain.of(matrices[0], how).matmul(matrices[1]).matmul(matrices[2])
    assert attained(margins(product, exact_product(matrices), chain.truth().bound), 0.05)


def test_without_gradual_underflow_subnormal_products_may_vanish() -> None:
    flushing = Arithmetic.of(bfloat16, gradual=False)
    x, y = np.full((1, 1), 2.0**-63), np.full((1, 1), 2.0**-64)
    z = np.full((1, 1), 2.0**100)
    bound = Chain.of(x, flushing).matmul(y).matmul(z).truth().bound
    assert margins(np.zeros((1, 1)), exact_product([x, y, z]), bound)[0] <= 1


def test_a_trace_needs_a_square_product(arithmetic: Arithmetic) -> None:
    with pytest.raises(ValueError, match="square"):
        Chain.of(np.zeros((2, 3)), arithmetic).trace()


def test_batches_agree_with_their_instances(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(11)
    a, b = (arithmetic.result.round(rng.normal(size=(5, 3, 3))) for _ in range(2))
    batch = Chain.of(a, arithmetic).matmul(b).trace()
    for i in range(5):
        one = Chain.of(a[i], arithmetic).matmul(b[i]).trace()
        assert one.value == pytest.approx(batch.value[i], rel=1e-12)
        assert one.bound == pytest.approx(batch.bound[i], rel=1e-6)


def test_empty_products_are_exactly_zero(arithmetic: Arithmetic) -> None:
    truth = Chain.of(np.zeros((2, 0)), arithmetic).matmul(np.zeros((0, 2))).trace()
    assert truth.value == 0
    assert truth.bound == 0


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_products_with_zero_are_exactly_zero(name: str) -> None:
    x = np.array([[1.0, 0.0], [0.0, 0.0]])
    truth = Chain.of(x, ARITHMETICS[name]).matmul(x).matmul(np.ones((2, 2))).truth()
    assert np.all(truth.bound[1] == 0)
    assert np.all(truth.bound[0] > 0)


def test_further_ways_to_a_product_give_the_largest_of_their_errors(arithmetic: Arithmetic) -> None:
    rng = np.random.default_rng(11)
    sizes = (2, 4, 2, 4, 3)
    given = [arithmetic.result.round(rng.standard_normal((5, m, n))) for m, n in pairwise(sizes)]
    a, b, c, d = (Chain.of(f, arithmetic) for f in given)
    right = [b.matmul(c.matmul(d)), b.matmul(c).matmul(d)]
    ways = [(a.matmul(b), c.matmul(d)), *((a, x) for x in right), (a.matmul(b).matmul(c), d)]
    (first, *others) = ways
    every = [x.matmul(y).error for x, y in ways]
    found = first[0].matmul(first[1], *others)
    np.testing.assert_allclose(found.error, np.max(every, axis=0), rtol=1e-12)  # M is that of the first way
