"""Losses under masks, the ridge objective and exact minimisers against fractions."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, float32, float64
from reference.regularization import dropout_training as reference
from reference.regularization import submodels


def loss(x: np.ndarray, w: np.ndarray, y: np.ndarray, mask: np.ndarray, p: Fraction) -> Fraction:
    """||(X * mask / (1 - p)) w - y||^2 in fractions, for X (m, n)."""
    total = Fraction(0)
    for row, kept, target in zip(x, np.broadcast_to(mask, x.shape), y, strict=True):
        terms = (Fraction(a) * int(k) * Fraction(b) / (1 - p) for a, k, b in zip(row, kept, w, strict=True))
        total += (sum(terms, Fraction(0)) - Fraction(target)) ** 2
    return total


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("p", [0.0, 0.125, 0.5, 0.75])
def test_losses_and_their_mean_are_those_of_fractions(p: float, name: str) -> None:
    rng, fmt = np.random.default_rng(0), FORMATS[name]
    x, w, y = (fmt.round(rng.standard_normal((2, *shape))) for shape in ((2, 3), (3,), (2,)))
    for masks in (reference.shared_masks(3), reference.own_masks(2, 3)):
        flat = masks.reshape(len(masks), -1)
        arithmetic = Arithmetic.of(fmt)
        each = reference.losses(x, w, y, masks, p, arithmetic).truth
        weights = submodels.mask_probabilities(flat.shape[-1], p, arithmetic)
        truth = reference.expected_losses(x, w, y, masks, p, weights, arithmetic)
        for b in range(2):
            exact = [loss(x[b], w[b], y[b], mask, Fraction(p)) for mask in masks]
            for k, value in enumerate(exact):
                assert abs(Fraction(float(each.value[b, k])) - value) <= Fraction(float(each.bound[b, k]))
            mean = sum((Fraction(float(q)) * v for q, v in zip(weights.value, exact, strict=True)), Fraction(0))
            for part in truth:
                assert abs(Fraction(float(part.value[b])) - mean) <= Fraction(float(part.bound[b])) + mean / 2**52


def test_integers_have_no_error_at_one_half() -> None:
    x, w, y = np.array([[[1.0, 2.0], [0.0, -1.0]]]), np.array([[1.0, 1.0]]), np.array([[2.0, 0.0]])
    masks, arithmetic = reference.shared_masks(2), Arithmetic.of(float32)
    truth = reference.expected_losses(x, w, y, masks, 0.5, None, arithmetic)
    assert truth.ridge.bound == truth.over_masks.bound == 0
    assert truth.ridge.value == 2 + 1 + 5
    assert reference.expected_losses(x, w, y, masks, 0.25, None, arithmetic).ridge.bound > 0
    assert reference.expected_losses(x / 3, w, y, masks, 0.5, None, arithmetic).ridge.bound > 0


def test_the_gradient_is_that_of_the_objective() -> None:
    rng, step = np.random.default_rng(0), 2.0**-10
    x, w, y = (rng.integers(-4, 5, (1, *shape)).astype(np.float64) for shape in ((3, 4), (4,), (3,)))
    found = reference.gradient(x, w, y)
    how = Arithmetic.of(float64)
    for j in range(4):
        up, down = w.copy(), w.copy()
        up[0, j] += step
        down[0, j] -= step
        slope = (
            (reference.ridge(x, up, y, 0.5, how).exact.hi - reference.ridge(x, down, y, 0.5, how).exact.hi) / 2 / step
        )
        assert slope[0] == found[0, j]  # central differences of a quadratic


@pytest.mark.parametrize("n", [1, 2, 3])
def test_all_masks_have_strength_two_and_fewer_have_not(n: int) -> None:
    masks = submodels.all_masks(n)
    assert reference.has_strength_two(masks)
    assert not reference.has_strength_two(masks[1:])
    assert not reference.has_strength_two(masks * 0.5)
    if n > 1:
        assert not reference.has_strength_two(np.array([[0.0], [1.0]]) * np.ones(n))


def test_minimisers_are_exact_and_their_errors_grow_with_the_rate() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.integers(-4, 5, (3, 6, 3)).astype(np.float64), rng.integers(-4, 5, (3, 6)).astype(np.float64)
    rates = (0.0, 0.25, 0.5, 0.99)
    found = reference.solutions(x, y, rates, Arithmetic.of(float64))
    for i in range(3):
        errors, norms = [], []
        for p in rates:
            solved = reference.minimiser(x[i], y[i], p)
            assert solved is not None
            w = [Fraction(int(q.p), int(q.q)) for q in (solved[0][j, 0] for j in range(3))]
            errors.append(loss(x[i], np.array(w), y[i], np.ones(3), Fraction(0)))
            columns = (x[i] ** 2).sum(0)
            norms.append(sum(Fraction(c) * v * v for c, v in zip(columns, w, strict=True)))
        assert all(a < b for a, b in itertools.pairwise(errors))
        assert all(a > b for a, b in itertools.pairwise(norms))
        assert np.allclose(found.training_error.value[i], [float(e) for e in errors], rtol=1e-14)
        assert np.allclose(found.weighted_norm.value[i], [float(v) for v in norms], rtol=1e-14)


def test_a_singular_problem_is_undetermined() -> None:
    x, y = np.zeros((1, 2, 1)), np.ones((1, 2))
    assert reference.minimiser(x[0], y[0], 0.5) is None
    assert np.isinf(reference.solutions(x, y, (0.5,), Arithmetic.of(float64)).weights.bound).all()
