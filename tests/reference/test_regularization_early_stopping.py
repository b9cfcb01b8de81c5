"""Iterates of gradient descent against fractions, and where validation stops it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic
from reference.regularization import early_stopping as reference
from reference.regularization import weight_decay


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("lr", [0.5, 0.25, 0.0625])
def test_iterates_are_those_of_fractions_and_steps_of_the_format_keep_the_bound(lr: float, name: str) -> None:
    fmt, c = FORMATS[name], np.array([[3.0, -1.0, 4.0]])
    found = reference.iterates(c, lr, 40, Arithmetic.of(fmt)).truth
    w, exact = np.zeros_like(c), [Fraction(0)] * 3
    for t in range(41):
        for j in range(3):
            assert abs(Fraction(float(found.value[0, t, j])) - exact[j]) <= Fraction(2) ** -100 + abs(exact[j]) / 2**52
        assert np.all(np.abs(w - found.value[:, t]) <= found.bound[:, t])
        w = fmt.round(w - fmt.round(lr * fmt.round(w - c)))
        exact = [e - Fraction(lr) * (e - Fraction(float(m))) for e, m in zip(exact, c[0], strict=True)]


def test_first_iterates_are_exact() -> None:
    exact = reference.exactly_reached(np.array([1.0, 4.0, 1.5]), 0.25, 5, 11)
    assert exact.tolist() == [True, False, False]


@pytest.mark.parametrize("lr", [0.5, 0.25, 0.0625])
@pytest.mark.parametrize("share", [0.25, 0.5, 0.75])
def test_the_gradient_left_is_as_large_as_the_theorem_says(lr: float, share: float) -> None:
    left = np.array([float(q) for q in reference.remaining(lr, 200)])
    best = np.abs(1 - left - share).argmin()
    assert left[best] >= reference.least_remaining(lr, share) - 1e-12
    assert left[-1] < 1e-5


def test_the_example_of_the_book_stops_at_half_way() -> None:
    left = np.array([float(q) for q in reference.remaining(0.1, 100)])
    best = np.abs(left - 0.5).argmin()
    assert (best, round(left[best], 3)) == (7, 0.478)


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_descent_is_filtered_along_eigenvectors(name: str) -> None:
    h, w = np.array([[[2.0, 1.0], [1.0, 2.0]]]), np.array([[3.0, -1.0]])  # eigenvalues 3 and 1
    plain = weight_decay.shrunk(h, w, 0.0)
    found = reference.filtered(h, plain, 0.25, 3, Arithmetic.of(FORMATS[name]))
    along = (1 - 0.25**3) * np.array([1.0, 1.0]), 2 * (1 - 0.75**3) * np.array([1.0, -1.0])
    assert np.array_equal(found.value[0], along[0] + along[1])
    assert 0 < found.bound[0] < 3 * 107 * FORMATS[name].u  # of each step 100 u by the gradient, 5 u by the weights


def test_one_step_of_the_largest_size_is_half_way_from_ridge() -> None:
    h, w = np.array([[[4.0]]]), np.array([[1.0]])
    plain = weight_decay.shrunk(h, w, 0.0)
    assert reference.filtered(h, plain, 0.25, 1, Arithmetic.of(FORMATS["float64"])).value == 1
    assert weight_decay.shrunk(h, w, 4.0).value == 0.5
