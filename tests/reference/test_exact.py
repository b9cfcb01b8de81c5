"""Exact helpers against Python's fractions, Penrose's identities and each other."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq, fmpq_mat
from hypothesis import given
from hypothesis import strategies as st

from reference import exact

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def fraction(q: fmpq) -> Fraction:
    return Fraction(int(q.p), int(q.q))


@given(FINITE)
def test_floats_become_fractions_exactly(x: float) -> None:
    assert fraction(exact.rational(x)) == Fraction(x)
    assert exact.nearest(exact.rational(x)) == x


def test_numpy_scalars_are_floats_too() -> None:
    assert exact.rational(np.float32(0.1)) == exact.rational(float(np.float32(0.1)))
    assert exact.rational_matrix(np.array([[1, 2]], np.float16))[0, 1] == 2


EDGES = [
    (Fraction(float.fromhex("0x1p-1074")) / 2, 0.0),  # a tie with zero
    (Fraction(float.fromhex("0x1p-1074")) * Fraction(3, 2), 2.0**-1073),
    (Fraction(float.fromhex("0x1p-1074")) * Fraction(1001, 2000), 2.0**-1074),
    (Fraction(2**1024 - 2**970), math.inf),  # halfway between the largest number and 2^1024
    (Fraction(2**1024 - 2**970 - 1), math.ldexp(2 - 2.0**-52, 1023)),
    (Fraction(2**5000), math.inf),
    (Fraction(1, 2**5000), 0.0),
    (Fraction(2**53 + 1), 2.0**53),
    (Fraction(2**53 + 3), 2.0**53 + 4),
    (Fraction(1, 3), 1 / 3),
]


@pytest.mark.parametrize(("q", "expected"), EDGES)
@pytest.mark.parametrize("sign", [1, -1])
def test_fractions_round_to_the_nearest_float_with_ties_to_even(q: Fraction, expected: float, sign: int) -> None:
    assert exact.nearest(fmpq(sign * q.numerator, q.denominator)) == sign * expected


@given(st.fractions())
def test_directed_rounding_encloses(q: Fraction) -> None:
    low, high = exact.below(fmpq(q.numerator, q.denominator)), exact.above(fmpq(q.numerator, q.denominator))
    assert Fraction(low) <= q <= Fraction(high)
    assert high in (low, math.nextafter(low, math.inf))


def test_directed_rounding_at_the_ends() -> None:
    largest = math.ldexp(2 - 2.0**-52, 1023)
    assert exact.below(fmpq(2) ** 2000) == largest
    assert exact.above(fmpq(2) ** 2000) == math.inf
    assert exact.above(-(fmpq(2) ** 2000)) == -largest
    assert exact.above(fmpq(1) / fmpq(2) ** 2000) == 2.0**-1074
    assert math.copysign(1, exact.above(fmpq(0))) == 1


@pytest.mark.parametrize("x", [math.inf, -math.inf, math.nan])
def test_only_finite_floats_are_rational(x: float) -> None:
    with pytest.raises((OverflowError, ValueError)):
        exact.rational(x)


def test_only_matrices_and_vectors_are_rational_matrices() -> None:
    assert exact.rational_matrix(np.ones(3)).nrows() == 3
    with pytest.raises(ValueError, match="a matrix or a vector"):
        exact.rational_matrix(np.ones((2, 2, 2)))


def test_functions_are_correctly_rounded() -> None:
    x = np.random.default_rng(30).normal(size=60)
    assert np.array_equal(exact.elementwise(arb.exp, x), [float(Fraction(str(v))) for v in high_precision_exp(x)])
    assert exact.elementwise(lambda a, b: a**b, [4.0, 2.0], 0.5).tolist() == [2.0, math.sqrt(2)]
    assert exact.elementwise(arb.log, np.zeros((0, 3))).shape == (0, 3)


def high_precision_exp(x: np.ndarray) -> list[str]:
    """Decimal digits of the exponentials by an independent implementation."""
    with localcontext() as context:
        context.prec = 60
        return [str(Decimal(v).exp()) for v in x.tolist()]


def test_a_value_halfway_between_two_floats_is_not_decided_by_inexact_balls() -> None:
    half = exact.rational(1.0) + exact.rational(2.0**-53)
    assert exact.correctly_rounded(lambda: arb(half)) == 1.0  # an exact ball rounds to even
    with pytest.raises(ArithmeticError, match="not decided"):
        exact.correctly_rounded(lambda: arb(half) + arb("+/- 1e-1000"))


def test_the_working_precision_is_restored() -> None:
    before = ctx.prec
    with exact.precision(before + 1000):
        assert ctx.prec == before + 1000
    with pytest.raises(OverflowError), exact.precision(before + 1000):
        exact.rational(math.inf)
    assert ctx.prec == before


def test_balls_are_enclosed_outward() -> None:
    with exact.precision(300):
        low, high = exact.enclosure(exact.ball(2.0).sqrt())
    assert Fraction(low) ** 2 < 2 < Fraction(high) ** 2
    assert high == math.nextafter(low, math.inf)
    assert exact.enclosure(arb(0.5)) == (0.5, 0.5)
    with pytest.raises(ValueError, match="finite"):
        exact.enclosure(arb("nan"))


@given(st.lists(FINITE, max_size=5), st.data())
def test_sums_and_inner_products_are_exact(x: list[float], data: st.DataObject) -> None:
    y = data.draw(st.lists(FINITE, min_size=len(x), max_size=len(x)))
    assert fraction(exact.exact_sum(x)) == sum(map(Fraction, x))
    assert fraction(exact.exact_dot(x, y)) == sum(Fraction(a) * Fraction(b) for a, b in zip(x, y, strict=True))


@pytest.mark.parametrize(
    ("x", "p", "expected"),
    [
        ([3, -4], 2, 5),
        ([1, -2, 3], 1, 6),
        ([1, -7, 3], math.inf, 7),
        ([1, 1], 0.5, 4),
        ([], 2, 0),
        ([0, 0], 3, 0),
        ([0, -2], 3, 2),
        ([4, -4], -1, 2),
        ([0, -2], -1, 0),
    ],
)
def test_norms_in_balls(x: list[float], p: float, expected: float) -> None:
    with exact.precision(300):
        ball = exact.ball_norm(x, p)
    assert ball.overlaps(arb(expected))
    assert float(ball.rad()) < 1e-80


def integers(rng: np.random.Generator, m: int, n: int, r: int) -> np.ndarray:
    """An integer matrix of rank at most r."""
    return rng.integers(-3, 4, (m, r)).astype(float) @ rng.integers(-3, 4, (r, n)).astype(float)


SHAPES = [(1, 1, 1), (3, 5, 2), (5, 3, 3), (4, 4, 4), (4, 4, 1), (2, 3, 0), (0, 3, 0), (3, 0, 0)]


@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_the_pseudoinverse_satisfies_penrose_exactly(m: int, n: int, r: int) -> None:
    rng = np.random.default_rng(31)
    for _ in range(5):
        a = exact.rational_matrix(integers(rng, m, n, r))
        x = exact.pseudoinverse(a)
        assert (x.nrows(), x.ncols()) == (n, m)
        assert a * x * a == a
        assert x * a * x == x
        assert (a * x).transpose() == a * x
        assert (x * a).transpose() == x * a


@pytest.mark.parametrize(("m", "n", "r"), SHAPES)
def test_the_null_space_is_a_basis(m: int, n: int, r: int) -> None:
    a = exact.rational_matrix(integers(np.random.default_rng(32), m, n, r))
    basis = exact.null_space(a)
    assert basis.ncols() == n - exact.rank(a)
    assert exact.rank(basis) == basis.ncols()
    assert a * basis == fmpq_mat(m, basis.ncols())


def test_least_squares_solutions_are_optimal_and_shortest() -> None:
    rng = np.random.default_rng(33)
    for m, n, r in SHAPES[:5]:
        a, b = exact.rational_matrix(integers(rng, m, n, r)), exact.rational_matrix(rng.normal(size=(m, 2)))
        x = exact.least_squares(a, b)
        assert a.transpose() * (a * x - b) == fmpq_mat(n, 2)  # the normal equations
        assert exact.null_space(a).transpose() * x == fmpq_mat(n - exact.rank(a), 2)  # orthogonal to the kernel


def test_the_minimum_norm_solution_needs_a_consistent_system() -> None:
    a = exact.rational_matrix(np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]))
    x = exact.minimum_norm_solution(a, exact.rational_matrix(np.array([14.0, 28.0])))
    assert exact.nearest_array(x).ravel().tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="inconsistent"):
        exact.minimum_norm_solution(a, exact.rational_matrix(np.array([1.0, 0.0])))


def test_singular_values_of_known_matrices() -> None:
    golden = (1 + math.sqrt(5)) / 2
    for a, expected in [
        (np.diag([3.0, -5.0, 0.0]), [5, 3, 0]),
        (np.ones((3, 4)), [math.sqrt(12), 0, 0]),
        (np.array([[1.0, 1.0], [0.0, 1.0]]), [golden, golden - 1]),
        (np.eye(4)[:, :2], [1, 1]),
        (np.zeros((2, 3)), [0, 0]),
        (np.array([[-7.0]]), [7]),
    ]:
        lower, upper = exact.singular_values(a)
        assert np.all(upper - lower <= 2 * np.spacing(upper))
        assert np.all(lower <= np.array(expected) * (1 + 1e-15))
        assert np.all(np.array(expected) * (1 - 1e-15) <= upper)
        assert np.array_equal(exact.singular_values(a.T).lower, lower)


@pytest.mark.parametrize("scale", [2.0**-1060, 1.0, 2.0**1000])
def test_singular_values_agree_with_lapack_and_are_relatively_accurate_at_every_scale(scale: float) -> None:
    a = np.round(np.random.default_rng(34).normal(size=(5, 7)) * 64) * scale
    lower, upper = exact.singular_values(a)
    assert np.all(upper - lower <= np.maximum(4e-16 * upper, 2.0**-1074))
    assert np.all(np.diff(lower) <= 0)
    computed = np.linalg.svd(a / scale, compute_uv=False)
    assert np.all(np.abs(computed * scale - lower) <= 1e-13 * lower + 2.0**-1074)
    with exact.precision(300):  # sum of squares = squared Frobenius norm, product = determinant of the Gram matrix
        assert sum(Fraction(v) ** 2 for v in lower.tolist()) <= fraction(exact.squared_norm(exact.rational_matrix(a)))


def test_tiny_singular_values_are_resolved() -> None:
    hilbert = np.array([[1 / (i + j + 1) for i in range(10)] for j in range(10)])
    lower, upper = exact.singular_values(hilbert)
    assert upper[-1] < 1e-12
    assert (upper[-1] - lower[-1]) / lower[-1] < 1e-15
    determinant = abs(fraction(exact.rational_matrix(hilbert).det()))
    product = Fraction(1)
    for value in lower.tolist():
        product *= Fraction(value)
    assert abs(product / determinant - 1) < Fraction(1, 10**13)


def test_singular_values_of_nothing_and_of_no_matrix() -> None:
    assert exact.singular_values(np.zeros((0, 3))).lower.shape == (0,)
    with pytest.raises(ValueError, match="expected a matrix"):
        exact.singular_values(np.zeros(3))


def test_the_residual_norm_is_exact() -> None:
    a = np.array([[3.0, 1e-30], [0.0, 4.0]])
    low, high = exact.residual_norm(a, np.eye(2), np.array([3.0, 4.0]), np.eye(2))
    assert (low, high) == (1e-30, 1e-30)
    low, high = exact.residual_norm(np.ones((1, 3)), np.zeros((1, 1)), np.zeros((1, 3)))
    assert Fraction(low) ** 2 < 3 < Fraction(high) ** 2
    assert high == math.nextafter(low, math.inf)


def test_double_doubles_of_balls_are_nearest() -> None:
    with exact.precision(300):
        hi, lo = exact.double_double_of_ball(exact.ball(2.0).log())
    assert hi == math.log(2)
    assert abs(lo) <= math.ulp(hi) / 2
    assert abs(Fraction(hi) + Fraction(lo) - Fraction("0.693147180559945309417232121458176568")) < Fraction(1, 10**32)
