"""Condition numbers, norms of windows and vectors scaled into a ball, against NumPy and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from claims.frame.inputs.decomposition_spellings import Weighted
from reference.bounds.norms import POW_CPU
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import norm_uses as reference
from reference.linear_algebra.pseudoinverse import pseudoinverses

FORMATS = [float32, float64]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("p", ["fro", "nuc", 1, -1, math.inf, -math.inf, 2, -2])
def test_numpy_is_within_the_bounds(rng: np.random.Generator, p: reference.Order, fmt: Format) -> None:
    for n in (1, 3, 5):
        (a,) = Weighted(n, n).make(rng, 20, fmt)
        how = Arithmetic.of(fmt)
        by_values = not isinstance(p, str) and abs(p) == 2
        truth = (
            reference.condition_by_values(a, float(p), how)
            if by_values
            else reference.condition(a, pseudoinverses(a), p, how)
        )
        found = np.linalg.cond(a.astype(fmt.name), p).astype(np.float64)  # type: ignore[arg-type]
        assert np.isfinite(truth.bound).all()
        assert np.all(np.abs(found - truth.value) <= truth.bound)


def test_condition_of_a_diagonal_matrix() -> None:
    a, how = np.array([np.diag([1.0, 2.0, 4.0])]), Arithmetic.of(float64)
    assert reference.condition(a, pseudoinverses(a), 1, how).value.tolist() == [4.0]
    assert reference.condition(a, pseudoinverses(a), -1, how).value.tolist() == [0.25]
    assert reference.condition(a, pseudoinverses(a), "nuc", how).value.tolist() == [7 * 1.75]
    assert reference.condition_by_values(a, -2, how).value.tolist() == [0.25]
    assert np.isinf(reference.condition_by_values(np.ones((1, 2, 2)), 2, how).bound).all()


@pytest.mark.parametrize("p", [1.0, 2.0, 3.0, math.inf])
def test_windows(rng: np.random.Generator, p: float) -> None:
    x = float32.round(np.abs(rng.standard_normal((10, 7))))
    truth = reference.window_norms(x, p, 3, Arithmetic.of(float32), pow_error=POW_CPU)
    windows = x[:, :6].reshape(10, 2, 3)
    assert np.allclose(truth.value, np.linalg.norm(windows, p, -1), rtol=1e-14)
    assert np.all(truth.bound <= 200 * float32.u * truth.value)
    nothing = reference.window_norms(np.zeros((1, 4)), p, 2, Arithmetic.of(float32), pow_error=POW_CPU)
    assert not nothing.bound.any()


def test_vectors_in_a_ball() -> None:
    x = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    truth = reference.renormed(x, 2.0, 1.0, Arithmetic.of(float64), pow_error=POW_CPU)
    assert np.allclose(truth.value, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]], atol=1e-7)
    assert not truth.bound[1:].any()
    assert 1e-9 < truth.bound[0, 0] < 1e-7
    edge = reference.renormed(np.array([[0.6, 0.8]]), 2.0, 1.0, Arithmetic.of(float64), pow_error=POW_CPU)
    assert edge.bound.all()
