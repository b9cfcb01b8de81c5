"""Iterates of gradient descent against fractions, and where validation stops it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic
from reference.regularization import early_stopping as reference


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
