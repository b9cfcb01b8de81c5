"""Kinks that cancel."""

from __future__ import annotations

import numpy as np
import pytest

from reference.autodiff import differentiable_points as reference
from reference.formats import float16


@pytest.mark.parametrize("name", reference.PROGRAMS)
def test_kinks_cancel_on_both_sides(name: str) -> None:
    terms = reference.PROGRAMS[name]
    assert sum(t.factor * t.left for t in terms) == 1
    assert sum(t.factor * t.right for t in terms) == 1


@pytest.mark.parametrize("name", reference.PROGRAMS)
def test_the_derivative_is_always_admitted(name: str) -> None:
    x = np.array([-1.0, -0.0, 0.0, 2.0**-1074])
    least, most = reference.slopes(name, x)
    assert (least <= 1).all()
    assert (most >= 1).all()
    assert (least == most)[[0, 3]].all()


def test_slopes_at_the_kink_add_up() -> None:
    zero = np.zeros(1)
    for name, ends in (("relu(x) - relu(-x)", (0, 2)), ("maximum(x, x)", (1, 1)), (reference.COMPOSED, (0.25, 4))):
        assert tuple(float(s[0]) for s in reference.slopes(name, zero)) == ends


def test_the_quotient_of_the_identity_is_one() -> None:
    assert reference.symmetric_quotient(np.array([0.125]), np.array([-0.125]), 0.125).tolist() == [1]


def test_a_subnormal_quarter_rounds() -> None:
    x = float16.round(-np.linspace(0, 8 * float16.lam, 4000))
    truth = reference.value(reference.COMPOSED, x, float16)
    error = np.abs(4 * float16.round(x / 4) - x)
    assert (error <= truth.bound).all()
    assert error.max() == truth.bound.max() == 2 * float16.eta
    assert not reference.value("maximum(x, x)", x, float16).bound.any()
