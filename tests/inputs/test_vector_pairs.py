"""Pairs of vectors are in the relation that they claim to be in, and norms are where they should be."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.vector_pairs import (
    EPS,
    LENGTHS,
    RELATIONS,
    SPELLINGS,
    Angle,
    InnerProduct,
    VectorPair,
    angles,
    inner_products,
)
from claims.frame.inputs.vectors import Vector
from reference.formats import FORMATS, Format, bfloat16, float16, float32, float64


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_every_corner_makes_two_finite_vectors(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*inner_products().corners, *angles().corners):
        x, y = corner.make(rng, 3, fmt)
        assert x.shape == y.shape == (3, corner.vector.n)
        assert np.isfinite(x).all()
        assert np.isfinite(y).all()


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize("n", [0, 1, 5, 8])
def test_relations(rng: np.random.Generator, relation: str, n: int) -> None:
    x, y = VectorPair(Vector(n, kind="normal"), relation).make(rng, 7, float64)
    norms = np.linalg.norm(x, axis=-1), np.linalg.norm(y, axis=-1)
    cosine = np.divide((x * y).sum(-1), norms[0] * norms[1], out=np.zeros(7), where=(norms[0] > 0) & (norms[1] > 0))
    match relation:
        case "same":
            assert np.array_equal(x, y)
        case "opposite":
            assert np.array_equal(x, -y)
        case "zero":
            assert not y.any()
        case "scaled" if n:
            assert np.abs(cosine) == pytest.approx(np.ones(7))
            assert set(np.unique(y / x)) <= {-2.0, -0.5, 0.5, 2.0}
        case "orthogonal":
            assert (np.sort(np.abs(x[:, : n // 2 * 2])) == np.sort(np.abs(y[:, : n // 2 * 2]))).all()
            assert not (x * y).sum(-1).any() or n > 5
            assert np.abs(cosine) == pytest.approx(np.zeros(7), abs=1e-15)
        case "near-orthogonal":
            assert np.abs(cosine) == pytest.approx(np.zeros(7), abs=1e-14) or n == 1
        case "near-parallel":
            assert np.abs(y - x) == pytest.approx(np.zeros(x.shape), abs=1e-13)


def test_products_of_nearly_orthogonal_vectors_cancel_to_the_unit_roundoff(rng: np.random.Generator) -> None:
    for fmt in (float16, bfloat16, float32):
        x, y = VectorPair(Vector(33, kind="normal"), "near-orthogonal").make(rng, 50, fmt)
        ratio = np.abs((x * y).sum(-1)) / np.abs(x * y).sum(-1)
        assert 0 < np.median(ratio) < fmt.u


@pytest.mark.parametrize("fmt", [bfloat16, float32, float64], ids=lambda f: f.name)
def test_norms_next_to_eps_and_below(rng: np.random.Generator, fmt: Format) -> None:
    made = [Angle(Vector(3, kind="normal"), length=length).make(rng, 50, fmt) for length in ("at eps", "below eps")]
    at, below = ([np.linalg.norm(v, axis=-1) / EPS for v in pair] for pair in made)
    assert all((v > 0.2).all() and (v < 4.1).all() for v in at)
    assert any((v < 1).any() and (v > 1).any() for v in at)
    assert all(v == pytest.approx(np.full(50, 2.0**-7), rel=4 * fmt.u) for v in below)


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="vectors are"):
        VectorPair(relation="perpendicular")
    with pytest.raises(ValueError, match="spelled"):
        InnerProduct(spelling="sum")
    with pytest.raises(ValueError, match="norms are"):
        Angle(length="long")


def test_everything_is_drawn_or_a_corner() -> None:
    corners = inner_products().corners
    assert {c.relation for c in corners} == {*RELATIONS}
    assert {c.spelling for c in corners} == {*SPELLINGS}
    assert {c.vector.n for c in corners} >= {0, 1, 1025, 4097, 32769, 70001}
    assert {c.length for c in angles().corners} == {*LENGTHS}
    assert {c.relation for c in angles().corners} == {*RELATIONS}
