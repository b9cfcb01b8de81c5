"""One-sided inverses: brute-force fractions, distances from the identity, bounds that hold and are not loose."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.linear_systems import LeftInvertible
from claims.frame.inputs.systems import ExactRank, LinearSystem
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import linear_systems as reference
from reference.linear_algebra.pseudoinverse import pseudoinverses, solutions
from reference.linear_algebra.residuals import frobenius

Float64 = NDArray[np.float64]

FORMATS = [float32, float64]
SHAPES = [
    ExactRank(2, 2),
    ExactRank(4, 2),
    ExactRank(2, 4),
    ExactRank(4, 3, deficiency=1),
    ExactRank(3, 5, deficiency=2),
    ExactRank(5, 4, condition="ill"),
]


def pinv(a: Float64, fmt: Format) -> Float64:
    x = a.astype(fmt.name)
    cutoff = max(a.shape[-2:]) * np.finfo(fmt.name).eps
    return np.asarray(np.linalg.pinv(x, rcond=cutoff).astype(np.float64))


def consistent(a: Float64, x: Float64) -> reference.Consistent:
    return reference.Consistent(a, a @ x, x, pseudoinverses(a))


def general(rng: np.random.Generator, m: int, n: int, count: int) -> Float64:
    """Small integers; their inverses are no integers, so that rounding shows."""
    return rng.integers(-3, 4, (count, m, n)) + 5 * np.eye(m, n)


def test_what_a_product_misses_of_the_identity_is_that_of_fractions() -> None:
    rng = np.random.default_rng(1)
    a = rng.standard_normal((1, 3, 2))
    x = np.linalg.pinv(a)
    found = reference.from_identity(x, a)
    for i in range(2):
        for j in range(2):
            terms = (Fraction(float(x[0, i, k])) * Fraction(float(a[0, k, j])) for k in range(3))
            assert abs(found.value[0, i, j] - float((i == j) - sum(terms, Fraction(0)))) <= found.error[0]
    assert found.error[0] < 1e-18


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", SHAPES)
def test_pseudoinverses_are_as_far_from_a_two_sided_inverse_as_their_rank_says(regime: ExactRank, fmt: Format) -> None:
    (a,) = regime.make(np.random.default_rng(2), 60, fmt)
    d = reference.distances(a, pinv(a, fmt), pseudoinverses(a), Arithmetic.of(fmt))
    assert np.all(d.left_truth.value == np.sqrt(regime.cols - regime.rank))
    assert np.all(d.right_truth.value == np.sqrt(regime.rows - regime.rank))
    assert np.all(np.abs(d.left - d.left_truth.value) <= d.left_truth.bound)
    assert np.all(np.abs(d.right - d.right_truth.value) <= d.right_truth.bound)
    assert np.isfinite(d.left_truth.bound).all()


@pytest.mark.parametrize("regime", SHAPES)
def test_no_matrix_is_closer_to_an_inverse_than_the_pseudoinverse(regime: ExactRank) -> None:
    rng = np.random.default_rng(3)
    (a,) = regime.make(rng, 20, float64)
    inverses = pseudoinverses(a)
    for size in (1e-3, 0.1, 1.0):
        other = inverses.value + size * rng.standard_normal(inverses.value.shape)
        for product, side in ((other @ a, regime.cols), (a @ other, regime.rows)):
            assert np.all(frobenius(product - np.eye(side)) >= np.sqrt(side - regime.rank) - 1e-12)


@pytest.mark.parametrize("regime", SHAPES[:-1])
def test_products_turn_by_as_much_as_the_bound_says(regime: ExactRank) -> None:
    rng, fmt = np.random.default_rng(4), float32
    (a,) = regime.make(rng, 200, fmt)
    inverses = pseudoinverses(a)
    x = pinv(a, fmt)
    left, right = reference.one_sided(inverses, Arithmetic.of(fmt))
    exact = inverses.value @ a, a @ inverses.value
    ratios = frobenius(x @ a - exact[0]) / left, frobenius(a @ x - exact[1]) / right
    assert max(r.max() for r in ratios) <= 1
    assert max(r.max() for r in ratios) > 1 / 300


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize(("m", "n"), [(1, 1), (3, 3), (5, 2), (6, 4)])
def test_left_inverses_stay_within_the_bound_of_their_method(m: int, n: int, fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(5), Arithmetic.of(fmt)
    a = general(rng, m, n, 200)
    a = a[np.abs(np.linalg.det(a[:, :n])) > 0.5]
    system = consistent(a, rng.integers(-3, 4, (len(a), n, 2)).astype(np.float64))
    stored = a.astype(fmt.name)
    gram = stored.swapaxes(-1, -2) @ stored
    zeros = np.zeros((len(a), n, m - n))
    for x, bound in (
        (np.linalg.pinv(stored), reference.by_svd(system, arithmetic)),
        (np.linalg.solve(gram, stored.swapaxes(-1, -2)), reference.by_normal_equations(system, arithmetic)),
        (np.concatenate((np.linalg.inv(stored[:, :n]), zeros), -1), reference.by_first_rows(system, arithmetic)),
    ):
        found = reference.left_inverse(system, x.astype(np.float64), bound, arithmetic)
        decided = np.isfinite(bound)
        margin = (frobenius(found.defect.observed) / found.defect.truth.bound)[decided]
        assert decided.mean() > 0.8
        assert 1 / 1000 < margin.max() <= 1
        computed = (x.astype(fmt.name) @ system.y.astype(fmt.name)).astype(np.float64)
        missed = np.sqrt(((computed - system.x) ** 2).sum(-2))
        assert np.all(missed <= found.solution)


def test_the_bound_of_a_product_with_an_exact_left_inverse_is_attained() -> None:
    rng = np.random.default_rng(6)
    b = np.array([[[1.0, float32.u]]])
    a, y = np.array([[[1.0], [0.0]]]), np.array([[[1.0], [1.0]]])
    system = reference.Consistent(a, y, b @ y, pseudoinverses(a))
    bound = reference.left_inverse(system, b, np.zeros(1), Arithmetic.of(float32)).solution[0, 0]
    missed = abs(float(np.float32(1.0) + np.float32(float32.u)) - (1.0 + float32.u))
    assert 1 / 5 < missed / bound <= 1
    regime = LeftInvertible(LinearSystem(ExactRank(5, 3)))
    a, y, b = regime.make(rng, 20, float32)
    assert reference.is_left_inverse(b, a).all()
    assert not reference.is_left_inverse(b * (1 + 1e-15), a).any()
    system = consistent(a, solutions(a, y).x)
    missed = np.sqrt(((b @ y - system.x) ** 2).sum(-2))
    assert np.all(missed <= reference.left_inverse(system, b, np.zeros(20), Arithmetic.of(float32)).solution)


def test_gram_matrices_out_of_range_or_nearly_singular_are_undetermined() -> None:
    rng, arithmetic = np.random.default_rng(7), Arithmetic.of(float32)
    for regime in (ExactRank(3, 2, scale="tiny"), ExactRank(3, 2, scale="huge"), ExactRank(5, 4, condition="ill")):
        (a,) = regime.make(rng, 4, float32)
        system = consistent(a, np.ones((4, regime.cols, 1)))
        assert np.isinf(reference.by_normal_equations(system, arithmetic)).any()
        assert np.isfinite(reference.by_svd(system, arithmetic)).all()


def test_singular_first_rows_are_undetermined() -> None:
    a = np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    system = consistent(a, np.ones((1, 2, 1)))
    assert np.isinf(reference.by_first_rows(system, Arithmetic.of(float64))).all()
