"""Shifted Gram matrices are as definite as their names say, and every corner is symmetric and finite."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.definite import ShiftedGram, nearly_singular_matrices
from reference import exact
from reference.formats import FORMATS, float64
from reference.linear_algebra.definiteness import smallest_of_unit_diagonal


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_every_corner_is_symmetric_and_finite(rng: np.random.Generator, fmt) -> None:  # noqa: ANN001
    for corner in nearly_singular_matrices().corners:
        (a,) = corner.make(rng, 3, fmt)
        assert a.shape == (3, corner.n, corner.n)
        assert np.isfinite(a).all()
        assert np.all(corner.admits([a]))


def test_integer_gram_matrices_are_singular_and_semidefinite(rng: np.random.Generator) -> None:
    for a in ShiftedGram(4).make(rng, 20, float64)[0]:
        assert exact.rational_matrix(a).det() == 0
        assert np.linalg.eigvalsh(a)[0] > -1e-12


@pytest.mark.parametrize("shift", [-10, 10])
@pytest.mark.parametrize("graded", [False, True])
def test_the_shift_makes_them_definite_or_not(rng: np.random.Generator, *, shift: int, graded: bool) -> None:
    (a,) = ShiftedGram(4, "normal", shift=shift, graded=graded).make(rng, 20, float64)
    low, high = smallest_of_unit_diagonal(a)
    assert np.all((low > 0) if shift > 0 else (high < 0))
    assert np.all(np.maximum(np.abs(low), np.abs(high)) < 2.0**14 * float64.u)


def test_negative_ones_are_negated(rng: np.random.Generator) -> None:
    (a,) = ShiftedGram(3, "zero", "negative", shift=4).make(rng, 2, float64)
    assert np.array_equal(a, np.broadcast_to(-float64.u * np.eye(3), a.shape))


def test_what_is_no_shifted_gram_matrix_is_refused() -> None:
    for fields in ({"signs": "mixed"}, {"kind": "geometric"}):
        with pytest.raises(ValueError, match="no shifted Gram matrix"):
            ShiftedGram(**fields)


def test_scales_keep_their_promise(rng: np.random.Generator) -> None:
    for scale in ("tiny", "huge", "subnormal"):
        for fmt in (FORMATS["float32"], float64):
            size = np.abs(ShiftedGram(3, "normal", shift=4, scale=scale).make(rng, 5, fmt)[0]).max((-2, -1))
            assert np.all(size < {"tiny": fmt.lam**0.5, "huge": fmt.largest / 8, "subnormal": fmt.lam}[scale])
