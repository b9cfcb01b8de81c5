"""Exponentials of matrices: known ones, and SciPy's within the bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg

from claims.frame.inputs.exponential import KINDS, Exponent
from claims.frame.inputs.powers import IntegerEigenvectors, JordanBlock
from reference.formats import Arithmetic, Format, float32, float64
from reference.linear_algebra import exponential as reference
from reference.linear_algebra.residuals import frobenius

FORMATS = [float32, float64]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_turns_and_nilpotent_matrices() -> None:
    turn = np.array([[[0.0, -2.0], [2.0, 0.0]]])
    value, bound = reference.exponential(turn, Arithmetic.of(float64))
    assert np.allclose(value[0], [[math.cos(2), -math.sin(2)], [math.sin(2), math.cos(2)]], rtol=0, atol=2.0**-52)
    assert 0 < bound[0] < 100 * float64.u
    nilpotent = np.array([[[0.0, 1.0, 5.0], [0.0, 0.0, 2.0], [0.0, 0.0, 0.0]]])
    assert np.array_equal(
        reference.exponential(nilpotent, Arithmetic.of(float32)).value[0], [[1, 1, 6], [0, 1, 2], [0, 0, 1]]
    )


def test_known_eigenvectors_and_jordan_blocks_give_the_series(rng: np.random.Generator) -> None:
    how = Arithmetic.of(float64)
    w, v, eigenvalues, inverse = IntegerEigenvectors(3).make(rng, 5, float64)
    found = reference.of_diagonalised(v, eigenvalues, inverse)
    assert np.all(frobenius(found - reference.exponential(w, how).value) <= 2.0**-50 * frobenius(found))
    block = JordanBlock(4, eigenvalue=-1, similar=True)
    a, s, inverse = block.make(rng, 3, float64)
    found = reference.of_jordan_block(s, -1, inverse)
    assert np.all(frobenius(found - reference.exponential(a, how).value) <= 2.0**-50 * frobenius(found))
    assert reference.of_diagonalised(np.zeros((2, 0, 0)), np.zeros((2, 0)), np.zeros((2, 0, 0))).shape == (2, 0, 0)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("kind", KINDS)
def test_scipy_is_within_the_bound(rng: np.random.Generator, kind: str, fmt: Format) -> None:
    for n in (1, 3, 8):
        (a,) = Exponent(n, kind).make(rng, 10, fmt)
        truth = reference.exponential(a, Arithmetic.of(fmt))
        found = np.array([scipy.linalg.expm(m) for m in a.astype(fmt.name)], np.float64)
        assert np.all(frobenius(found - truth.value) <= truth.bound)
        assert np.all(truth.bound <= 2e4 * n * fmt.u * np.maximum(1, frobenius(truth.value)) ** 2)


def test_the_bound_is_infinite_where_the_exponential_overflows() -> None:
    bound = reference.exponential(np.array([[[80.0]], [[100.0]]]), Arithmetic.of(float32)).bound
    assert np.isfinite(bound).tolist() == [True, False]
