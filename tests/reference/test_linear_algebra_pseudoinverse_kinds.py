"""Special pseudoinverses: exact values, bounds that hold for NumPy's algorithms and are not loose."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.pseudoinverse_kinds import DiagonalMatrix, SingularFamily
from claims.frame.inputs.systems import ExactRank, NearThreshold
from reference import exact
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import pseudoinverse_kinds as reference
from reference.linear_algebra.pseudoinverse import pseudoinverse_truth, pseudoinverses
from reference.linear_algebra.residuals import frobenius

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
MATRICES = [
    ExactRank(1, 1),
    ExactRank(3, 3),
    ExactRank(4, 2),
    ExactRank(2, 4),
    ExactRank(4, 4, deficiency=2),
    ExactRank(3, 5, deficiency=1),
    ExactRank(2, 3, deficiency=2),
]


def made(regime: ExactRank, fmt: Format, count: int = 40) -> Float64:
    (a,) = regime.make(np.random.default_rng(1), count, fmt)
    return a


@pytest.mark.parametrize("regime", MATRICES)
@pytest.mark.parametrize("c", [-4.0, 0.5])
def test_what_is_known_of_a_multiple_is_what_is_computed_of_it(regime: ExactRank, c: float) -> None:
    a = made(regime, float32)
    scaled, direct = reference.scaled(pseudoinverses(a), c), pseudoinverses(c * a)
    assert np.array_equal(scaled.value, direct.value)
    assert np.array_equal(scaled.rank, direct.rank)
    for left, right in zip(scaled.norms, direct.norms, strict=True):
        assert np.allclose(left, right, rtol=1e-12)


@pytest.mark.parametrize("regime", MATRICES)
def test_what_is_known_of_the_doubled_matrix_is_what_is_computed_of_it(regime: ExactRank) -> None:
    a = made(regime, float32)
    symmetric, found = reference.doubled(a, pseudoinverses(a))
    direct = pseudoinverses(symmetric)
    assert np.array_equal(symmetric, symmetric.swapaxes(-1, -2))
    assert np.array_equal(found.value, direct.value)
    assert np.array_equal(found.rank, direct.rank)
    for left, right in zip(found.norms, direct.norms, strict=True):
        assert np.allclose(left, right, rtol=1e-12)


def by_formula(side: str, a: Float64, fmt: Format) -> Float64:
    x = a.astype(fmt.name)
    xt = x.swapaxes(-1, -2)
    found = np.linalg.solve(xt @ x, xt) if side == "left" else xt @ np.linalg.inv(x @ xt)
    return np.asarray(found, np.float64)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    ("side", "regime"), [("left", ExactRank(4, 2)), ("right", ExactRank(2, 4)), ("left", ExactRank(1, 1))]
)
def test_formulas_for_full_rank_stay_within_their_bounds(side: str, regime: ExactRank, fmt: Format) -> None:
    a = fmt.round(np.random.default_rng(2).standard_normal((300, regime.rows, regime.cols)))
    inverses, arithmetic = pseudoinverses(a), Arithmetic.of(fmt)
    truth = (reference.by_left_formula if side == "left" else reference.by_right_formula)(inverses, arithmetic)
    ratio = frobenius(by_formula(side, a, fmt) - truth.value) / truth.bound
    assert np.isfinite(truth.bound).mean() > 0.9
    assert 1 / 200 < ratio.max() <= 1


@pytest.mark.parametrize("fmt", FORMATS)
def test_formulas_that_lose_all_digits_are_undetermined(fmt: Format) -> None:
    arithmetic = Arithmetic.of(fmt)
    deficient = pseudoinverses(made(ExactRank(3, 3, deficiency=1), fmt))
    tiny = pseudoinverses(made(ExactRank(2, 2, scale="tiny"), fmt))
    for inverses in (deficient, tiny):
        for formula in (reference.by_left_formula, reference.by_right_formula):
            assert np.isinf(formula(inverses, arithmetic).bound).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", MATRICES)
def test_inverting_twice_leads_back_within_the_bound(regime: ExactRank, fmt: Format) -> None:
    a, arithmetic = made(regime, fmt, 200), Arithmetic.of(fmt)
    inverses = pseudoinverses(a)
    truth = reference.twice(a, inverses, arithmetic)
    rcond = max(a.shape[-2:]) * 2 * fmt.u
    x = np.linalg.pinv(a.astype(fmt.name), rcond=rcond)
    y = np.linalg.pinv(x, rcond=rcond if inverses.full_rank else reference.cutoff(arithmetic)).astype(np.float64)
    assert np.array_equal(truth.value, a)
    assert np.isfinite(truth.bound).mean() > 0.5
    error = frobenius(y - a)
    assert np.all(error <= truth.bound)
    assert regime.rank < 2 or (error / truth.bound).max() > 1 / 2000
    assert not regime.rank or np.all(truth.bound > 0)


def test_inverting_twice_is_undetermined_near_the_threshold() -> None:
    a = made(ExactRank(4, 4, condition="ill"), float32)
    assert np.isinf(reference.twice(a, pseudoinverses(a), Arithmetic.of(float32)).bound).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(
    "regime", [DiagonalMatrix(3, 4, "powers", "some"), DiagonalMatrix(4, 2, "numbers"), DiagonalMatrix(3, 3, "graded")]
)
def test_reciprocals_are_those_of_rationals(regime: DiagonalMatrix, fmt: Format) -> None:
    (d,) = regime.make(np.random.default_rng(3), 20, fmt)
    for truth in (reference.diagonal(d, fmt, rtol=0.0), reference.reciprocals(d, Arithmetic.of(fmt))):
        for matrix, value, bound in zip(d, truth.value, truth.bound, strict=True):
            assert np.array_equal(exact.nearest_array(exact.pseudoinverse(exact.rational_matrix(matrix))), value)
            assert np.all((bound > 0) == (value != 0))
            assert np.all(bound < 1e-5 * np.abs(value) + 1e-30)


@pytest.mark.parametrize("fmt", FORMATS)
def test_numpy_inverts_diagonals_within_the_bound(fmt: Format) -> None:
    worst = 0.0
    scales = ("one", "small", "large", "tiny", "huge")
    for regime in (*(DiagonalMatrix(4, 3, "numbers", "some", s) for s in scales), DiagonalMatrix(33, 33, "numbers")):
        (d,) = regime.make(np.random.default_rng(4), 50, fmt)
        truth = reference.diagonal(d, fmt)
        found = np.linalg.pinv(d.astype(fmt.name), rcond=max(d.shape[-2:]) * 2 * fmt.u).astype(np.float64)
        error = np.abs(found - truth.value)
        assert np.all(error <= truth.bound)
        worst = max(worst, float((error[error > 0] / truth.bound[error > 0]).max(initial=0.0)))
    assert worst > 1 / 20


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(("side", "inverted"), [("below", 1), ("at", 1), ("above", 2), ("far-above", 2)])
def test_entries_up_to_the_threshold_are_dropped(side: str, inverted: int, fmt: Format) -> None:
    (d,) = NearThreshold(2, 2, side).make(np.random.default_rng(5), 10, fmt)
    truth = reference.diagonal(d, fmt)
    assert np.all((truth.value != 0).sum((-2, -1)) == inverted)
    assert np.isfinite(truth.bound).all()
    assert np.all((reference.diagonal(d, fmt, rtol=0.0).value != 0).sum((-2, -1)) == 2)


def test_an_entry_at_a_rounded_threshold_may_go_either_way() -> None:
    d = np.diag([1 + 2.0**-23, 4 * 2.0**-24])[None]
    assert np.isfinite(reference.diagonal(d, float32).bound).all()
    d = np.diag([1 + 2.0**-22 + 2.0**-23, 6 * 2.0**-24 * (1 + 2.0**-23), 1.0])[None]
    assert np.isinf(reference.diagonal(d, float32).bound).sum() == 1
    rescaled = np.diag([2.0**-80, 2.0**-80 * 2 * 2 * 2.0**-24])[None]
    assert reference.rescaled(rescaled, float32).all()


@pytest.mark.parametrize("fmt", FORMATS)
def test_reciprocals_that_overflow_spoil_their_matrix_but_not_the_formula(fmt: Format) -> None:
    d = np.array([np.diag([-fmt.lam / 8, fmt.lam]), np.diag([1.0, 2.0])])
    assert np.isinf(reference.diagonal(d, fmt).bound).all((-2, -1)).tolist() == [True, False]
    found = reference.reciprocals(d, Arithmetic.of(fmt))
    assert np.isfinite(found.bound).all()
    assert (found.value[0, 0, 0], found.bound[0, 0, 0]) == (-np.inf, 0.0)


def test_reciprocals_next_to_the_largest_number_are_undetermined() -> None:
    d = np.eye(2)[None] / float32.largest
    assert np.isinf(reference.reciprocals(d, Arithmetic.of(float32)).bound).sum() == 2


def by_limit(a: Float64, alpha: Float64, fmt: Format) -> Float64:
    x = a.astype(fmt.name)
    xt = x.swapaxes(-1, -2)
    ridge = alpha.astype(fmt.name)[:, None, None] * np.eye(x.shape[-1], dtype=fmt.name)
    return np.asarray(np.linalg.solve(xt @ x + ridge, xt), np.float64)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", [SingularFamily(), SingularFamily(3, 5), SingularFamily(5, 4, 3, "large")])
def test_half_of_the_digits_are_lost_by_the_limit_and_none_by_the_svd(regime: SingularFamily, fmt: Format) -> None:
    (a,) = regime.make(np.random.default_rng(6), 3, fmt)
    a = a.reshape(-1, *a.shape[-2:])
    inverses, arithmetic = pseudoinverses(a), Arithmetic.of(fmt)
    alphas = reference.penalties(a, arithmetic)
    squared = frobenius(a) ** 2
    assert np.all((alphas[0] > squared / 8) & (alphas[0] < squared))
    assert np.all((alphas[-1] > 2**9 * fmt.u * squared) & (alphas[-1] < 2**14 * fmt.u * squared))
    best = np.min([frobenius(by_limit(a, alpha, fmt) - inverses.value) for alpha in alphas], axis=0)
    expected = reference.best_of_penalties(inverses, arithmetic)
    assert 1 / 1000 < (best / expected).max() <= 1
    x = np.linalg.pinv(a.astype(fmt.name), rcond=max(a.shape[-2:]) * 2 * fmt.u).astype(np.float64)
    error = frobenius(x - inverses.value)
    assert np.all(error <= pseudoinverse_truth(inverses, a.shape[-2], a.shape[-1], arithmetic).bound)
    assert 30 * np.median(error) < np.median(best)
