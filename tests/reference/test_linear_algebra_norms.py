"""What the claims need of norms: conventions, where a norm may vanish, axioms under rounding, distances, matrices."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference import exact
from reference.bounds.norms import p_norm
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.linear_algebra import norms
from tests.reference.emulation import ARITHMETICS, margins, sequential
from tests.reference.norm_emulation import NEGATIVE, POSITIVE, computed_norm, exact_norms, vectors


@pytest.fixture(params=list(ARITHMETICS))
def arithmetic(request: pytest.FixtureRequest) -> Arithmetic:
    return ARITHMETICS[request.param]


@pytest.mark.parametrize("p", [*POSITIVE, *NEGATIVE, 1.0, 2.0])
def test_norms_stay_within_the_bound(arithmetic: Arithmetic, p: float) -> None:
    """Of every order, as the named bounds that they come from; a single number is not taken for its own norm here."""
    rng = np.random.default_rng(2)
    for n in (1, 7):
        for name, x in vectors(rng, n, arithmetic.result, p).items():
            wanted = exact_norms(x, p)
            for steps in (False, True):
                bound = norms.norm(x, p, arithmetic, stored_steps=steps, exact_alone=n > 1).bound
                for direction in (1, -1):
                    computed = computed_norm(x, p, arithmetic, sequential, direction, steps=steps)
                    assert margins(computed, wanted, bound).max() <= 1, (name, n, steps, direction)


def test_simple_norms_are_exact(arithmetic: Arithmetic) -> None:
    x = np.array([[3.0, -4.0, 0.0], [-0.0, 0.0, 0.0]])
    for p, wanted in ((math.inf, [4, 0]), (-math.inf, [0, 0]), (0, [2, 0]), (-1.0, [0, 0])):
        value, bound = norms.norm(x, p, arithmetic)
        assert value.tolist() == wanted
        assert bound.tolist() == [0, 0]
    assert norms.norm(x[:, :1], 3.0, arithmetic).value.tolist() == [3, 0]
    assert not norms.norm(x[:, :1], 3.0, arithmetic).bound.any()
    assert norms.norm(x[:1, :1], 3.0, arithmetic, exact_alone=False).bound.all()
    assert norms.norm(x[:, :0], 3.0, arithmetic).value.tolist() == [0, 0]
    infinite = norms.norm(np.array([[1.0, -np.inf]]), 2.0, arithmetic)
    assert infinite.value == np.inf
    assert infinite.bound == 0


@pytest.mark.parametrize("p", [-1.0, math.inf, -math.inf])
def test_an_empty_vector_has_no_norm_of_such_an_order(p: float) -> None:
    with pytest.raises(ValueError, match="empty vector"):
        norms.norm(np.zeros((2, 0)), p, ARITHMETICS["float32"])


def test_a_count_is_rounded_where_the_format_cannot_hold_it() -> None:
    x = np.ones((1, 257))
    assert norms.norm(x, 0, Arithmetic.of(float32)).bound == 0
    assert norms.norm(x, 0, Arithmetic.of(bfloat16)).bound >= 1


@pytest.mark.parametrize("p", [2.0, 3.0, 1.5])
def test_scaling_replaces_an_infinite_bound(arithmetic: Arithmetic, p: float) -> None:
    size = arithmetic.result.round(min(2.0 ** ((arithmetic.accumulator.emax + 1) / p), arithmetic.result.largest / 4))
    x = size * np.ones((1, 3))
    plain, scaled = norms.norm(x, p, arithmetic), norms.scaled(x, p, arithmetic)
    assert np.isinf(plain.bound) == (arithmetic.result is not float16)
    y = norms.norm(x / 4, p, arithmetic)
    assert np.isfinite(y.bound)
    assert abs(scaled.value - 4 * y.value) <= 2.0**-50 * scaled.value
    assert 0 < scaled.bound <= 40 * arithmetic.result.u * scaled.value * (1 + math.log(scaled.value[0]) / 8)


# Where a norm may vanish


@pytest.mark.parametrize(("format", "threshold"), [(float32, 2.0**-75), (bfloat16, 2.0**-75)], ids=str)
def test_squares_vanish_up_to_half_the_smallest_number(format: Format, threshold: float) -> None:
    how = Arithmetic.of(format)
    above = threshold * (1 + 2 * format.u)
    x = np.array([[threshold, 0.0], [threshold, threshold], [above, 0.0], [0.0, 0.0]])
    assert norms.may_vanish(x, 2, how).tolist() == [True, True, False, True]
    squares = (x.astype(np.float32) ** 2).sum(-1)
    assert (norms.may_vanish(x, 2, how) == (squares == 0)).all()


def test_squares_vanish_in_float64_below_an_irrational_threshold() -> None:
    last = float.fromhex("0x1.6a09e667f3bccp-538")
    x = np.array([[last, -last], [math.nextafter(last, 1), 0.0]])
    assert norms.may_vanish(x, 2, Arithmetic.of(float64)).tolist() == [True, False]
    assert (x**2).sum(-1).tolist() == [0.0, 2.0**-1074]


def test_float16_never_vanishes_up_to_order_six() -> None:
    x = np.array([[float16.eta, 0.0]])
    for p in (0.5, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0):
        assert not norms.may_vanish(x, p, Arithmetic.of(float16))
    assert norms.may_vanish(x, 7.0, Arithmetic.of(float16))


@pytest.mark.parametrize("p", [1.0, math.inf, 2.0, 3.0])
def test_what_is_exact_vanishes_at_zero_only(arithmetic: Arithmetic, p: float) -> None:
    alone = np.array([[arithmetic.result.eta], [0.0]])
    assert norms.may_vanish(alone, p, arithmetic).tolist() == [False, True]
    if p in (1, math.inf):
        assert norms.may_vanish(np.c_[alone, alone], p, arithmetic).tolist() == [False, True]


@pytest.mark.parametrize("p", [1.25, 3.0, 10.0])
def test_powers_vanish_where_the_emulated_ones_do(p: float) -> None:
    how = ARITHMETICS["float32"]
    exponents = (float32.emin - float32.precision) / p + np.linspace(-1, 1, 400)
    x = float32.round(2.0**exponents)[:, None] * np.ones(2)
    computed = computed_norm(x, p, how, sequential, 0)
    assert not (~norms.may_vanish(x, p, how) & (computed == 0)).any()
    assert (norms.may_vanish(x, p, how) & (computed == 0)).sum() > 150


def test_flushing_makes_the_smallest_normal_number_the_threshold() -> None:
    how = ARITHMETICS["float32"]
    x = np.array([[float32.lam, 0.0], [float32.lam * (1 - float32.u), 0.0], [2.0**-62.9, 0.0], [2.0**-62.9, 2.0**-70]])
    assert norms.may_vanish(x, 1, how, flushed=True).tolist() == [False, True, False, False]
    assert norms.may_vanish(x, 2, how, flushed=True).tolist() == [True, True, False, False]


# The axioms


@pytest.mark.parametrize("p", [1.0, 1.5, 2.0, 3.0])
def test_computed_norms_break_the_triangle_inequality_by_less_than_the_slack(arithmetic: Arithmetic, p: float) -> None:
    """Collinear vectors, the left side rounded up and the right side down; some of the slack is needed."""
    rng, worst = np.random.default_rng(5), 0.0
    for n in (1, 2, 5):
        x = arithmetic.result.round(rng.uniform(0.5, 1, (200, n)))
        y = arithmetic.result.round(x * rng.uniform(0.5, 2, (200, 1)))
        total = arithmetic.result.round(x + y)
        truths = [norms.norm(v, p, arithmetic, exact_alone=False) for v in (total, x, y)]
        slack = norms.triangle_slack(truths, truths[:1], arithmetic)
        left = computed_norm(total, p, arithmetic, sequential, 1)
        right = [computed_norm(v, p, arithmetic, sequential, -1) for v in (x, y)]
        excess = left - arithmetic.result.round(right[0] + right[1])
        worst = max(worst, float((excess / slack).max()))
    assert 0.25 < worst <= 1


def test_exact_norms_satisfy_minkowski_with_a_certified_sign() -> None:
    rng = np.random.default_rng(6)
    for p, sign in ((1.5, 1), (3.0, 1), (0.5, -1), (0.75, -1)):
        for _ in range(20):
            x, y = rng.integers(1, 50, (2, 4)).astype(np.float64)
            with exact.precision(300):
                of_x, of_y, of_sum = (exact.ball_norm(v.tolist(), p) for v in (x, y, x + y))
                gap = (of_x + of_y - of_sum) * sign
            assert gap.abs_lower() >= 0
            assert gap > 0 or (x[0] * y == y[0] * x).all()


@pytest.mark.parametrize("p", [1.5, 2.0, 3.0])
def test_both_sides_of_homogeneity_differ_by_less_than_the_error(arithmetic: Arithmetic, p: float) -> None:
    rng = np.random.default_rng(7)
    for scale in (1.0, arithmetic.result.eta, arithmetic.result.lam):
        x = arithmetic.result.round(rng.uniform(-1, 1, (100, 3)))
        a = arithmetic.result.round(rng.uniform(-8, 8, 100) * scale)
        ax = arithmetic.result.round(a[:, None] * x)
        truths = [norms.norm(v, p, arithmetic) for v in (x, ax)]
        error = norms.homogeneity_error(*truths, a, 3, p, arithmetic)
        left = computed_norm(ax, p, arithmetic, sequential, 1)
        right = arithmetic.result.round(np.abs(a) * computed_norm(x, p, arithmetic, sequential, -1))
        assert (np.abs(left - right) <= error).all()
        assert (
            error
            <= 40 * arithmetic.result.u * np.abs(a) * truths[0].value
            + 50 * arithmetic.accumulator.lam ** (1 / p)
            + 4 * arithmetic.result.eta
        ).all()


def test_powers_of_two_commute_where_they_are_said_to() -> None:
    rng = np.random.default_rng(8)
    x = float32.round(rng.standard_normal((400, 5)) * 2.0 ** rng.integers(-80, 60, (400, 1)))
    a = 2.0 ** rng.integers(-20, 20, 400)
    how = ARITHMETICS["float32"]
    commutes = norms.scales_exactly(x, a, 2, how)
    assert 0.3 < commutes.mean() < 0.95
    with np.errstate(over="ignore", under="ignore"):
        plain, scaled = (np.sqrt((v.astype(np.float32) ** 2).sum(-1)).astype(np.float64) for v in (x, a[:, None] * x))
    assert (scaled == a * plain)[commutes].all()
    assert not (scaled == a * plain)[~commutes].all()


@pytest.mark.parametrize("format", FORMATS.values(), ids=FORMATS)
def test_a_distance_covers_rounded_and_unrounded_differences(format: Format) -> None:
    rng = np.random.default_rng(9)
    x, y = (format.round(rng.standard_normal((50, 4))) for _ in range(2))
    how = Arithmetic.of(format)
    for p in (1.5, 3.0, math.inf):
        truth = norms.distance(x, y, p, how)
        for difference in (format.round(x - y), x - y):
            value = p_norm(difference, p, double=False)[0] if p < math.inf else np.abs(difference).max(-1)
            assert (np.abs(value - truth.value) <= truth.bound + 2.0**-50).all()


@pytest.mark.parametrize("order", ["fro", "nuc", 2, 1, math.inf])
def test_norms_of_matrices_against_certified_singular_values(order: str | float) -> None:
    a = float32.round(np.random.default_rng(10).standard_normal((5, 3, 4)))
    truth = norms.matrix_norm_truths(a, ARITHMETICS["float32"])[order]
    for i, matrix in enumerate(a):
        s = exact.singular_values(matrix).upper
        sums = {1: np.abs(matrix).sum(0).max(), math.inf: np.abs(matrix).sum(1).max()}
        wanted = {"fro": np.sqrt((s**2).sum()), "nuc": s.sum(), 2: s[0], **sums}[order]
        assert abs(truth.value[i] - wanted) <= 2.0**-48 * wanted
        assert 0 < truth.bound[i] <= 3000 * float32.u * wanted
        computed = np.linalg.norm(matrix.astype(np.float32), order)
        assert abs(float(computed) - wanted) <= truth.bound[i]
