"""Sample covariances, chi-square laws and Gram matrices against fractions, exact cases and repeated draws."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, float32, float64
from reference.initialization import xavier_isotropy as reference
from tests.reference.emulation import exactly

SHAPES = [(1, 2), (2, 7), (3, 300)]


@pytest.mark.parametrize("shape", SHAPES)
def test_sample_covariances_are_those_of_fractions(shape: tuple[int, int]) -> None:
    m, e = shape
    x = np.random.default_rng(e).standard_normal(shape) + 100
    truth = reference.sample_covariance(x, Arithmetic.of(float64))
    rows = [exactly(row) for row in x]
    means = [sum(row, Fraction(0)) / e for row in rows]
    for i in range(m):
        for j in range(m):
            pairs = zip(rows[i], rows[j], strict=True)
            exact = sum(((a - means[i]) * (b - means[j]) for a, b in pairs), Fraction(0)) / e
            assert abs(Fraction(float(truth.value[i, j])) - exact) <= Fraction(float(truth.bound[i, j])) / 2


def test_variances_are_refused_as_rarely_as_promised() -> None:
    rng = np.random.default_rng(0)
    fits = [reference.variance_fit(2 * rng.standard_normal(9), 2.0, float64, 0.2) for _ in range(2000)]
    assert 0.15 < np.mean([f.distance > f.radius for f in fits]) < 0.25
    wrong = reference.variance_fit(1.02 * rng.standard_normal(100_000), 1.0, float32)
    assert wrong.distance > wrong.radius


def test_the_gram_defect_of_a_rotation() -> None:
    w = np.array([[0.6, -0.8], [0.8, 0.6]])
    defect = reference.gram_defect(w, 1.0)
    c, s = Fraction(0.6), Fraction(0.8)
    assert defect[0, 0] == float(c * c + s * s - 1)
    assert defect[0, 1] == 0
    tall = reference.gram_defect(np.array([[3.0], [4.0]]), 5.0)
    assert tall.tolist() == [[0.0]]
    assert reference.gram_defect(np.array([[3.0, 4.0]]), 1.0).tolist() == [[24.0]]


def test_the_smaller_bound_counts() -> None:
    assert reference.gram_bound((1, 1), 1.0, float32) < 16 * float32.u
    assert reference.gram_bound((3, 1025), 1.0, float32) == 48 * float32.u
    assert reference.gram_bound((3, 1025), 2.0, float32) == 192 * float32.u


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_a_chain_of_rotations_keeps_the_norm(name: str) -> None:
    how = Arithmetic.of(FORMATS[name])
    rng = np.random.default_rng(1)
    z = start = rng.standard_normal(9).astype(name)
    for _ in range(30):
        z = np.linalg.qr(rng.standard_normal((9, 9)))[0].astype(name) @ z
    grown = reference.growth(start.astype(np.float64), z.astype(np.float64))
    assert abs(grown[0] - 1) <= reference.chain_bound(9, 30, how) < 1e4 * FORMATS[name].u
    assert reference.growth(np.array([[3.0], [4.0]]), np.array([[0.0], [10.0]])).tolist() == [2.0]
