"""Squares near the origin against rationals and emulated arithmetic; the judge of axioms against known functions."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, float16, float32, float64
from reference.linear_algebra import norm_growth
from reference.linear_algebra.norm_growth import SCALARS, arguments, violated_axioms

Float64 = NDArray[np.float64]
Function = Callable[[Float64], Float64]

PLANE = np.array([[i / 2, j / 2] for i in range(-2, 4) for j in range(-2, 4)])
"""36 points."""
NORMS: dict[str, Function] = {
    "sum": lambda x: np.abs(x).sum(-1),
    "maximum": lambda x: np.abs(x).max(-1),
    "euclidean": lambda x: np.sqrt((x**2).sum(-1)),
}
IMPOSTORS: dict[str, tuple[Function, set[str]]] = {
    "first": (lambda x: np.abs(x[..., 0]), {"definite"}),
    "one half": (lambda x: np.sqrt(np.abs(x)).sum(-1) ** 2, {"subadditive"}),
    "count": (lambda x: np.count_nonzero(x, axis=-1).astype(np.float64), {"homogeneous"}),
    "gauge": (lambda x: np.maximum(x, -2 * x).sum(-1), {"homogeneous"}),
    "capped": (lambda x: np.minimum(np.abs(x).sum(-1), 1.0), {"homogeneous"}),
    "square": (lambda x: (x**2).sum(-1), {"subadditive", "homogeneous"}),
    "zero": (lambda x: 0 * x[..., 0], {"definite"}),
    "negative": (lambda x: -np.abs(x).sum(-1), {"subadditive"}),
    "exponentials": (lambda x: np.log(np.exp(x).sum(-1)), {"homogeneous"}),
}


def judged(f: Function, points: Float64 = PLANE, scalars: tuple[float, ...] = SCALARS) -> set[str]:
    value = f(arguments(points, scalars))
    return set(violated_axioms(points, value, 1e-14 * np.abs(value), scalars))


@pytest.mark.parametrize("name", NORMS)
def test_norms_violate_nothing(name: str) -> None:
    assert judged(NORMS[name]) == set()


@pytest.mark.parametrize("name", IMPOSTORS)
def test_others_violate_what_they_should(name: str) -> None:
    f, violated = IMPOSTORS[name]
    assert judged(f) == violated


def test_every_part_of_the_judge_is_needed() -> None:
    """Without negative scalars, a second coordinate, or points beside the first axis, an impostor passes for a norm."""
    positive = tuple(a for a in SCALARS if a >= 0)
    assert judged(IMPOSTORS["gauge"][0], scalars=positive) == set()
    line = PLANE[PLANE[:, 1] == 0][:, :1]
    assert judged(IMPOSTORS["one half"][0], line) == set()
    axis = PLANE[PLANE[:, 1] == 0]
    assert judged(IMPOSTORS["first"][0], axis) == set()
    magnitudes = tuple(a for a in SCALARS if abs(a) == 1)
    assert judged(IMPOSTORS["count"][0], scalars=magnitudes) == set()


def test_errors_excuse_what_they_cover() -> None:
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    f = np.abs(arguments(points)).sum(-1)
    wrong = f.copy()
    wrong[len(points) + 1 * 3 + 2] += 0.25  # f(e1 + e2)
    assert violated_axioms(points, wrong, np.zeros(f.shape)) == {"subadditive"}
    assert violated_axioms(points, wrong, np.full(f.shape, 0.1)) == set()


def test_values_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="arguments"):
        violated_axioms(PLANE, np.zeros(36), np.zeros(36))


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_powers_of_two_commute_with_squares_as_long_as_it_is_said(fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(1), Arithmetic.of(fmt)
    x = fmt.round(rng.uniform(0.5, 1, (2000, 4)) * rng.choice([-1.0, 1.0], (2000, 4)))
    t = np.ldexp(1.0, -rng.integers(0, -fmt.emin, 2000))
    tx = x * t[:, None]

    def computed(v: Float64) -> Float64:
        total = np.zeros(len(v))
        for square in fmt.round(v**2).T:
            total = arithmetic.accumulator.round(total + square)
        return fmt.round(total)

    exactly = norm_growth.squares_scale_exactly(x, t, arithmetic)
    assert np.array_equal(computed(tx)[exactly], (t**2 * computed(x))[exactly])
    assert 0.05 < exactly.mean() < 0.95
    assert (computed(tx) != t**2 * computed(x))[~exactly].any()


@pytest.mark.parametrize("fmt", [float16, float32, float64], ids=lambda f: f.name)
def test_half_squares_contain_what_numpy_computes(fmt: Format) -> None:
    rng, kind, arithmetic = np.random.default_rng(2), np.dtype(fmt.name), Arithmetic.of(fmt)
    wide = np.dtype(arithmetic.accumulator.name)
    largest = 0.0
    for scale in (1.0, fmt.lam**0.5, fmt.eta**0.5):
        x = fmt.round(scale * rng.uniform(-1, 1, (500, 5)))
        truth = norm_growth.half_square(x, arithmetic)
        y = np.abs(x.astype(kind))
        for terms in (kind.type(0.5) * y * y, y * y * kind.type(0.5)):
            found = terms.astype(wide).sum(-1, dtype=wide).astype(kind).astype(np.float64)
            margins = np.abs(found - truth.value) / truth.bound
            assert margins.max() <= 1
            largest = max(largest, margins.max())
        for row, value, bound in zip(x[:20], *truth, strict=False):
            true = sum((Fraction(v) ** 2 for v in row.tolist()), Fraction(0)) / 2
            assert abs(Fraction(value) - true) <= Fraction(bound)
    assert largest > 0.3


def test_the_square_is_at_most_the_largest_entry_times_the_sum() -> None:
    rng, arithmetic = np.random.default_rng(3), Arithmetic.of(float32)
    x = float32.round(np.concatenate([rng.standard_normal((200, 6)), np.ones((100, 6)) * rng.random((100, 1))]))
    y = x.astype(np.float32)
    square, total = ((y * y).sum(-1, dtype=np.float32), np.abs(y).sum(-1, dtype=np.float32))
    sum_bound = 5 * float32.u * np.abs(x).sum(-1)
    largest, slack = norm_growth.small_times_sum(x, sum_bound, arithmetic)
    excess = square.astype(np.float64) - largest * total.astype(np.float64)
    assert (excess <= slack).all()
    assert (excess / slack).max() > 0.05  # equal entries attain the inequality


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_errors_of_logsumexp(fmt: Format) -> None:
    rng, arithmetic = np.random.default_rng(4), Arithmetic.of(fmt)
    x = fmt.round(rng.integers(-8, 9, (300, 4)) / 2)
    truth = norm_growth.logsumexp(x, arithmetic)
    r, top = fmt.round, x.max(-1)
    powers = r(np.exp(r(x - top[:, None])))
    total = powers[:, 0]
    for power in powers.T[1:]:
        total = r(total + power)
    found = r(top + r(np.log(total)))
    for row, computed, value, bound in zip(x, found, *truth, strict=True):
        true = exact.correctly_rounded(lambda row=row: sum(exact.ball(v).exp() for v in row.tolist()).log())
        assert abs(computed - true) <= bound
        assert abs(value - true) <= bound
    assert fmt is float64 or np.abs(found - truth.value).max() > 0.02 * truth.bound.max()
