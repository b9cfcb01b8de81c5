"""Data sets and finite laws reach the corners that their names promise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.data_sets import SPELLINGS, Data, data_sets
from claims.frame.inputs.finite_laws import FiniteLaw, functions_on_laws
from claims.frame.inputs.numbers import Numbers
from reference.formats import FORMATS, Format

NORMAL = Numbers("normal")


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*data_sets().corners, *functions_on_laws().corners):
        arrays = corner.make(rng, 4, fmt)
        assert np.all(corner.admits(arrays))
        assert all(np.array_equal(fmt.round(a), a, equal_nan=True) for a in arrays)


def test_an_offset_is_far_from_zero_and_leaves_a_spread(rng: np.random.Generator, fmt: Format) -> None:
    for offset, ratio in (("near", fmt.u**-0.5 / 8), ("far", 1 / (64 * fmt.u))):
        (x,) = Data(100, NORMAL, offset).make(rng, 8, fmt)
        assert np.all(np.abs(x.mean(-1)) > ratio * x.std(-1))
        assert np.all(x.std(-1) > 0)


def test_edges_leave_the_range_by_sums_or_squares(rng: np.random.Generator, fmt: Format) -> None:
    (x,) = Data(100, NORMAL, edge="sums").make(rng, 8, fmt)
    assert np.all(np.abs(x / fmt.largest).sum(-1) > 1)
    (x,) = Data(100, NORMAL, edge="squares").make(rng, 8, fmt)
    assert np.all(((x / np.sqrt(fmt.largest)) ** 2).sum(-1) > 1)
    assert np.all((x / np.sqrt(fmt.largest)).var(-1) < 1 / 4)


def test_orders_specials_and_blocks(rng: np.random.Generator, fmt: Format) -> None:
    (x,) = Data(9, NORMAL, order="descending").make(rng, 8, fmt)
    assert np.all(np.diff(x) <= 0)
    (x,) = Data(9, NORMAL, special="nan").make(rng, 8, fmt)
    assert np.all(np.isnan(x).sum(-1) == 1)
    (x,) = Data(9, NORMAL, special="infinities").make(rng, 8, fmt)
    assert np.all((x[:, 0] == np.inf) & (x[:, -1] == -np.inf))
    assert Data(3, rows=100).batch(16, 1) == 100


def test_every_spelling_is_drawn_and_some_corner_has_it() -> None:
    for spelling in SPELLINGS:
        assert find(data_sets().draw, lambda d, s=spelling: d.spelling == s).spelling == spelling
        assert any(c.spelling == spelling for c in data_sets().corners)


def test_no_such_data() -> None:
    for broken in ({"offset": "x"}, {"order": "x"}, {"edge": "x"}, {"special": "x"}, {"n": -1}, {"spelling": "x"}):
        with pytest.raises(ValueError, match="no "):
            Data(**broken)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no law"):
        FiniteLaw(0)


def test_laws_have_atoms_without_mass_and_functions_that_cancel(rng: np.random.Generator, fmt: Format) -> None:
    odds, p, f, g, a, b = FiniteLaw(17, NORMAL, "opposite").make(rng, 64, fmt)
    assert np.any(odds == 0)
    assert np.all(odds.sum(-1) > 0)
    assert np.array_equal(f, -g)
    assert np.array_equal(a, b)
    assert np.any(a == -1)
    assert np.any(~np.isin(a, (-1, 0, 1)))
    np.testing.assert_allclose(p.sum(-1), 1, atol=17 * fmt.u)
    assert not FiniteLaw(2).admits([np.array([[0.0, 0.0]]), p[:1, :2]])[0]
