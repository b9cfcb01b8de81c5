"""Shifted Gram matrices are as definite as their names say, and every corner is symmetric and finite."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.definite import (
    DefiniteAndVector,
    FactorAndVector,
    ShiftedGram,
    definite_matrices_and_vectors,
    nearly_singular_matrices,
    semidefinite_factors,
)
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
    for fields in ({"signs": "mixed"}, {"kind": "geo"}):
        with pytest.raises(ValueError, match="no shifted Gram matrix"):
            ShiftedGram(**fields)


def test_scales_keep_their_promise(rng: np.random.Generator) -> None:
    for scale in ("tiny", "huge", "subnormal"):
        for fmt in (FORMATS["float32"], float64):
            size = np.abs(ShiftedGram(3, "normal", shift=4, scale=scale).make(rng, 5, fmt)[0]).max((-2, -1))
            assert np.all(size < {"tiny": fmt.lam**0.5, "huge": fmt.largest / 8, "subnormal": fmt.lam}[scale])


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_gram_matrices_of_factors_are_exact_and_nothing_overflows(rng: np.random.Generator, fmt) -> None:  # noqa: ANN001
    for corner in semidefinite_factors().corners:
        b, x = corner.make(rng, 3, fmt)
        a = b @ b.swapaxes(-1, -2)
        assert np.array_equal(fmt.round(a), a)
        assert x.shape == b.shape[:2]
        assert np.all(np.einsum("bi,bij,bj->b", x, a, x) < fmt.largest)


def test_directions_of_vectors(rng: np.random.Generator) -> None:
    def product(**fields: object) -> tuple[np.ndarray, np.ndarray]:
        b, x = FactorAndVector(**{"n": 3, "rank": 2, **fields}).make(rng, 5, float64)
        return x, np.linalg.norm(np.einsum("bij,bi->bj", b, x), axis=-1)

    assert product(direction="null")[1] == pytest.approx(0, abs=1e-14)
    x, norms = product(direction="cross")
    assert not norms.any()
    assert x.any()
    assert not product(direction="zero")[0].any()
    assert np.median(product(direction="image")[1]) > 1
    assert np.median(product(direction="normal")[1]) > 0.1


def test_lengths_of_vectors(rng: np.random.Generator) -> None:
    for fmt in FORMATS.values():
        sizes = [
            np.abs(FactorAndVector(n, 2, "normal", name).make(rng, 20, fmt)[1]).max()
            for n, name in ((3, "tiny"), (3, "small"), (3, "large"))
        ]
        assert sizes[0] ** 2 < fmt.eta
        assert fmt.lam / 16 < sizes[1] ** 2 < fmt.lam * 64
        assert fmt.largest / 2**16 < sizes[2] ** 2 < fmt.largest


def test_definite_matrices_are_definite(rng: np.random.Generator) -> None:
    for corner in definite_matrices_and_vectors().corners:
        a, x = corner.make(rng, 2, float64)
        assert np.all(np.linalg.eigvalsh(a) > -8 * float64.u)
        assert np.isfinite(x).all()


def test_what_is_no_factor_or_vector_is_refused() -> None:
    for fields in ({"direction": "up"}, {"length": "long"}, {"rank": 33}):
        with pytest.raises(ValueError, match="no vector"):
            FactorAndVector(**fields)
    with pytest.raises(ValueError, match="cross"):
        FactorAndVector(4, direction="cross")
    with pytest.raises(ValueError, match="no vector of length"):
        DefiniteAndVector(length="long")
