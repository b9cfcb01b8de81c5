"""Pseudoinverses and least squares: brute-force fractions, perturbation bounds that hold and are not loose."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from claims.frame.inputs.systems import ExactRank, LinearSystem
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import pseudoinverse as reference
from reference.linear_algebra.residuals import frobenius

Float64 = NDArray[np.float64]
Fractions = list[list[Fraction]]

FORMATS = [float32, float64]
RANKS = [
    ExactRank(2, 2),
    ExactRank(4, 2),
    ExactRank(2, 4),
    ExactRank(3, 3, deficiency=1),
    ExactRank(4, 3, deficiency=2, columns="zero-first"),
    ExactRank(3, 4, deficiency=1, columns="twin-first"),
    ExactRank(4, 4, condition="ill"),
]


def fractions(a: Float64) -> Fractions:
    return [[Fraction(float(v)) for v in row] for row in a]


def times(a: Fractions, b: Fractions) -> Fractions:
    return [
        [sum((x * y for x, y in zip(row, column, strict=True)), Fraction(0)) for column in zip(*b, strict=True)]
        for row in a
    ]


def minimiser_by_enumeration(a: Float64, y: Float64) -> list[Fraction]:
    """A^+ y = (sum over nonsingular r x r minors of det^2 times the solution of that subsystem) / (sum of det^2).

    Berg's formula (Ben-Israel and Greville, Generalized Inverses, theorem 3.8): nothing in it is shared with the
    full-rank factorisation of the reference.
    """
    full = fractions(a)
    m, n = a.shape
    r = np.linalg.matrix_rank(a)
    total, weight = [Fraction(0)] * n, Fraction(0)
    for rows, columns in itertools.product(itertools.combinations(range(m), r), itertools.combinations(range(n), r)):
        block = [[full[i][j] for j in columns] for i in rows]
        d = determinant(block)
        if d:
            weight += d * d
            for k, j in enumerate(columns):
                replaced = [
                    [*row[:k], Fraction(float(y[i])), *row[k + 1 :]] for row, i in zip(block, rows, strict=True)
                ]
                total[j] += d * determinant(replaced)
    return [t / weight if weight else Fraction(0) for t in total]


def determinant(a: Fractions) -> Fraction:
    if not a:
        return Fraction(1)
    return sum(
        ((-1) ** j * a[0][j] * determinant([[*row[:j], *row[j + 1 :]] for row in a[1:]]) for j in range(len(a))),
        Fraction(0),
    )


@pytest.mark.parametrize("regime", RANKS)
def test_solutions_agree_with_sums_over_minors(regime: ExactRank) -> None:
    rng = np.random.default_rng(1)
    (a,) = regime.make(rng, 4, float32)
    y = rng.integers(-4, 5, (4, regime.rows, 1)).astype(np.float64)
    found = reference.solutions(a, y)
    for i in range(4):
        truth = [float(v) for v in minimiser_by_enumeration(a[i], y[i, :, 0])]
        assert found.x[i, :, 0].tolist() == truth
        assert found.inverses.rank[i] == regime.rank


@pytest.mark.parametrize("regime", RANKS)
def test_what_characterises_a_solution(regime: ExactRank) -> None:
    rng = np.random.default_rng(2)
    (a,) = regime.make(rng, 4, float32)
    y = rng.integers(-4, 5, (4, regime.rows, 2)).astype(np.float64)
    found = reference.solutions(a, y)
    small = 1e-12 * found.inverses.norms.kappa.max()
    assert np.allclose(found.residual, y - a @ found.x, atol=small)
    assert np.allclose(a.swapaxes(-1, -2) @ found.residual, 0, atol=small)
    assert np.allclose(a @ found.kernel, 0, atol=1e-12)
    assert found.kernel.shape[-1] == regime.cols - regime.rank
    assert np.allclose(a @ found.basic, a @ found.x, atol=small)
    assert np.all((found.basic != 0).sum(-2) <= regime.rank)
    assert np.all(np.linalg.norm(found.x, axis=-2) <= np.linalg.norm(found.basic, axis=-2) * (1 + 1e-12) + 1e-12)
    assert np.allclose(found.norm_x, np.linalg.norm(found.x, axis=-2))
    assert np.allclose(found.inverses.norms.inverse, np.linalg.norm(found.inverses.value, 2, (-2, -1)))


def perturbed(rng: np.random.Generator, a: Float64, rank: int, size: float) -> Float64:
    """A matrix of the same rank within about `size` of `a` in relative terms."""
    moved = a + rng.standard_normal(a.shape) * size * np.linalg.norm(a)
    u, s, vh = np.linalg.svd(moved, full_matrices=False)
    return (u[:, :rank] * s[:rank]) @ vh[:rank]


@pytest.mark.parametrize("regime", RANKS[:-1])
def test_wedins_theorem_with_the_stated_constants(regime: ExactRank) -> None:
    rng = np.random.default_rng(3)
    worst = 0.0
    for a in regime.make(rng, 50, float64)[0]:
        b = perturbed(rng, a, regime.rank, 1e-3)
        inverses = np.linalg.pinv(a, rcond=1e-10), np.linalg.pinv(b, rcond=1e-10)
        mu = 1.0 if regime.deficiency == 0 else 2**0.5
        bound = mu * np.linalg.norm(inverses[0], 2) * np.linalg.norm(inverses[1], 2) * np.linalg.norm(b - a)
        worst = max(worst, float(np.linalg.norm(inverses[1] - inverses[0]) / bound))
    assert 0.2 < worst <= 1


def by_decomposition(a: Float64, fmt: Format) -> Float64:
    x = a.astype(fmt.name)
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    kept = s > max(a.shape[-2:]) * np.finfo(fmt.name).eps * s[..., :1]
    inverted = np.where(kept, 1, 0).astype(x.dtype) / np.where(kept, s, 1).astype(x.dtype)
    inverse = (vh.swapaxes(-1, -2) * inverted[..., None, :]) @ u.swapaxes(-1, -2)
    return np.asarray(inverse.astype(np.float64))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("regime", RANKS)
def test_pseudoinverses_by_decomposition_stay_within_the_bounds(regime: ExactRank, fmt: Format) -> None:
    arithmetic = Arithmetic.of(fmt)
    (a,) = regime.make(np.random.default_rng(4), 50, fmt)
    exactly = reference.pseudoinverses(a)
    computed = by_decomposition(a, fmt)
    truth = reference.pseudoinverse_truth(exactly, regime.rows, regime.cols, arithmetic)
    ratio = frobenius(computed - truth.value) / truth.bound
    assert ratio.max() <= 1
    for observed, zero in reference.penrose(a, computed, exactly, arithmetic):
        assert np.all(frobenius(observed) <= zero.bound)


def test_the_bound_of_the_pseudoinverse_is_within_a_factor_of_thirty() -> None:
    rng = np.random.default_rng(5)
    (a,) = ExactRank(5, 3).make(rng, 2000, float64)
    exactly = reference.pseudoinverses(a)
    truth = reference.pseudoinverse_truth(exactly, 5, 3, Arithmetic.of(float64))
    assert (frobenius(by_decomposition(a, float64) - truth.value) / truth.bound).max() > 1 / 30


def test_penrose_residuals_show_a_wrong_inverse() -> None:
    (a,) = ExactRank(4, 3, deficiency=1).make(np.random.default_rng(6), 5, float64)
    exactly, arithmetic = reference.pseudoinverses(a), Arithmetic.of(float64)
    for wrong in (exactly.value * (1 + 1e-12), exactly.value + 1e-12):
        defects = reference.penrose(a, wrong, exactly, arithmetic)
        assert max(float((frobenius(o) / t.bound).max()) for o, t in defects) > 1


def test_a_singular_value_lost_in_rounding_leaves_the_pseudoinverse_undetermined() -> None:
    a = np.diag([1.0, 2.0**-23])[None]
    truth = reference.pseudoinverse_truth(reference.pseudoinverses(a), 2, 2, Arithmetic.of(float32))
    assert np.isinf(truth.bound).all()


def test_diagonals_drop_what_is_at_most_the_threshold() -> None:
    eps = 2 * float32.u
    d = np.zeros((3, 3, 2))
    d[:, 0, 0] = [2.0, -2.0, 2.0]
    d[:, 1, 1] = [2 * 3 * eps, 2 * 3 * eps * (1 + eps), -2 * 4 * eps]
    value = reference.diagonal_pseudoinverse(d, float32).value
    assert value.shape == (3, 2, 3)
    assert value[:, 0, 0].tolist() == [0.5, -0.5, 0.5]
    assert (value[:, 1, 1] != 0).tolist() == [False, True, True]
    assert value[2, 1, 1] == -1 / (8 * eps)


def test_tolerances_follow_torchs_convention() -> None:
    d = np.diag([2.0, 0.5, 2.0**-30])[None]
    for kept, tolerances in (
        ([2.0, 0.5], {}),
        ([2.0, 0.5, 2.0**-30], {"rtol": 0.0}),
        ([2.0], {"rtol": 0.25}),
        ([2.0, 0.5], {"rtol": 0.24}),
        ([], {"rtol": 1.0}),
        ([2.0], {"atol": 0.5}),
        ([2.0, 0.5, 2.0**-30], {"atol": 2.0**-31}),
        ([2.0, 0.5], {"rtol": 2.0**-31, "atol": 0.25}),
    ):
        value = reference.diagonal_pseudoinverse(d, float32, **tolerances).value
        assert value[0].diagonal().tolist() == [1 / x for x in kept] + [0.0] * (3 - len(kept))


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("condition", ["well", "ill"])
def test_inverses_by_lu_stay_within_their_bound(fmt: Format, condition: str) -> None:
    (a,) = ExactRank(4, 4, condition=condition).make(np.random.default_rng(11), 400, fmt)
    if condition == "well":  # theirs are integers of determinant 1 or -1, whose inverses come out exact
        a = a + 9 * np.eye(4)
    truth = reference.inverse_truth(reference.pseudoinverses(a), Arithmetic.of(fmt))
    margin = frobenius(np.linalg.inv(a.astype(fmt.name)).astype(np.float64) - truth.value) / truth.bound
    assert margin.max() <= 1
    assert condition == "ill" or margin.max() > 1 / 100
    assert np.isfinite(truth.bound).all()


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("n", [1, 2, 4, 6])
def test_eigenvectors_give_the_pseudoinverse_of_a_symmetric_matrix(fmt: Format, n: int) -> None:
    (a,) = ExactRank(n, n).make(np.random.default_rng(12), 200, fmt)
    a = a + a.swapaxes(-1, -2)
    truth = reference.pseudoinverse_truth(reference.pseudoinverses(a), n, n, Arithmetic.of(fmt), symmetric=True)
    cutoff = n * 2 * fmt.u
    x = np.linalg.pinv(a.astype(fmt.name), rcond=cutoff, hermitian=True).astype(np.float64)
    assert np.all(frobenius(x - truth.value) <= truth.bound)
    assert np.isfinite(truth.bound).all()


def solve(method: str, a: NDArray[np.floating], y: NDArray[np.floating], *, deficient: bool) -> NDArray[np.floating]:
    if method == "pinv":
        return np.stack(
            [np.linalg.pinv(x, rcond=max(x.shape) * np.finfo(x.dtype).eps) @ b for x, b in zip(a, y, strict=True)]
        )
    if method == "gelsd" or deficient:
        return np.stack([np.linalg.lstsq(x, b, rcond=None)[0] for x, b in zip(a, y, strict=True)])
    tall = a.shape[-2] >= a.shape[-1]
    if method == "qr":
        q, r = np.linalg.qr(a if tall else a.swapaxes(-1, -2))
        return np.linalg.solve(r, q.swapaxes(-1, -2) @ y) if tall else q @ np.linalg.solve(r.swapaxes(-1, -2), y)
    at = a.swapaxes(-1, -2)
    return np.linalg.solve(at @ a, at @ y) if tall else at @ np.linalg.solve(a @ at, y)


SYSTEMS = [
    LinearSystem(ExactRank(4, 2), "inconsistent"),
    LinearSystem(ExactRank(5, 3), "orthogonal"),
    LinearSystem(ExactRank(6, 4, condition="ill"), "inconsistent"),
    LinearSystem(ExactRank(3, 5), "consistent", columns=2),
    LinearSystem(ExactRank(4, 4, deficiency=1), "inconsistent", driver="gelsd"),
]


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_solutions_stay_within_the_bounds_of_their_method(system: LinearSystem, fmt: Format) -> None:
    arithmetic = Arithmetic.of(fmt)
    a, y, _ = system.make(np.random.default_rng(7), 40, fmt)
    s = reference.solutions(a, y)
    methods = ["pinv", "gelsd"] if system.matrix.deficiency else ["pinv", "gelsd", "qr"]
    if not system.matrix.deficiency and reference.normal_equations_apply(s, arithmetic):
        methods.append("normal equations")
    for method in methods:
        deficient = system.matrix.deficiency > 0
        x = solve(method, a.astype(fmt.name), y.astype(fmt.name), deficient=deficient).astype(np.float64)
        bound = reference.accuracy(s, x, method, arithmetic)
        rest = reference.unreached(a, x, y)
        assert np.all(np.linalg.norm(x - s.x, axis=-2) <= bound.solution)
        assert np.all(np.linalg.norm(rest, axis=-1) - s.norm_r <= bound.excess)
        assert np.all(np.linalg.norm(reference.gradients(a, rest), axis=-1) <= bound.gradient)
        observed, truth = reference.along_kernel(s, x, bound.kernel)
        assert np.all(np.abs(observed) <= truth.bound)


def test_the_bound_of_least_squares_is_within_a_factor_of_thirty() -> None:
    a, y, _ = LinearSystem(ExactRank(1, 4)).make(np.random.default_rng(8), 2000, float64)
    s = reference.solutions(a, y)
    x = solve("qr", a, y, deficient=False)
    bound = reference.accuracy(s, x, "qr", Arithmetic.of(float64)).solution
    assert (np.linalg.norm(x - s.x, axis=-2)[bound > 0] / bound[bound > 0]).max() > 1 / 30


def test_columns_of_very_different_size_do_not_disturb_each_other() -> None:
    tiny = 2.0**-36
    a, y = np.array([[[1.0, 0.0], [-1.0, tiny], [-1.0, 2 * tiny]]]), np.eye(3)[None]
    x = np.array([[[0.1, -0.3, 0.2], [3e10, -5.4e-6, 3e10]]])
    together = reference.unreached(a, x, y)
    for j in range(3):
        alone = reference.unreached(a, x[..., j : j + 1], y[..., j : j + 1])
        assert np.array_equal(alone[:, 0], together[:, j])
        assert np.array_equal(reference.gradients(a, alone)[:, 0], reference.gradients(a, together)[:, j])


def test_normal_equations_apply_only_to_well_conditioned_matrices() -> None:
    rng = np.random.default_rng(9)
    for condition, apply in (("well", True), ("ill", False)):
        a, y, _ = LinearSystem(ExactRank(4, 4, condition=condition)).make(rng, 4, float32)
        assert reference.normal_equations_apply(reference.solutions(a, y), Arithmetic.of(float32)) is apply


def test_residuals_and_gradients_are_those_of_fractions() -> None:
    rng = np.random.default_rng(10)
    a, x, y = rng.standard_normal((1, 3, 2)), rng.standard_normal((1, 2, 1)), rng.standard_normal((1, 3, 1))
    rest = reference.unreached(a, x, y)
    truth = [b - p[0] for (b,), p in zip(fractions(y[0]), times(fractions(a[0]), fractions(x[0])), strict=True)]
    assert np.allclose(rest[0, 0], [float(v) for v in truth], rtol=1e-15)
    steepest = times([list(row) for row in zip(*fractions(a[0]), strict=True)], [[v] for v in truth])
    assert np.allclose(reference.gradients(a, rest)[0, 0], [float(v[0]) for v in steepest], rtol=1e-13)
