"""Matrices and vectors to be added to their rows."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.row_additions import SPECIALS, MatrixAndVector, row_additions
from reference.formats import FORMATS, Format, float16


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=lambda f: f.name)
def test_shapes_of_corners(rng: np.random.Generator, fmt: Format) -> None:
    for corner in row_additions().corners:
        a, b, x, w = corner.make(rng, 3, fmt)
        assert a.shape == (3, corner.rows, corner.cols)
        assert b.shape == (3, 1 if corner.single else corner.cols)
        assert x.shape == (3, corner.rows, corner.inner)
        assert w.shape == (3, corner.cols, corner.inner)


@pytest.mark.parametrize("special", SPECIALS)
def test_special_numbers_are_among_the_entries(rng: np.random.Generator, special: str) -> None:
    a, b, *_ = MatrixAndVector(9, 9, special=special).make(rng, 20, float16)
    for entries in (a, b):
        found = {
            "infinity": np.isinf(entries) & (entries < 0),
            "nan": np.isnan(entries),
            "negative zero": (entries == 0) & np.signbit(entries),
            "largest": entries == -float16.largest,
        }
        assert {name: bool(v.any()) for name, v in found.items()} == {name: name == special for name in found}


def test_every_special_number_is_a_corner_and_some_matrices_are_square() -> None:
    corners = row_additions().corners
    assert {c.special for c in corners} == {*SPECIALS}
    assert any(c.rows == c.cols > 2 for c in corners)
    with pytest.raises(ValueError, match="no special numbers"):
        MatrixAndVector(special="zero")
