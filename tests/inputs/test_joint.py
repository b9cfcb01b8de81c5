"""Grids with random signs and products of marginals reach the corners that their names promise."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import find

from claims.frame.inputs.joint import (
    MOST_ODDS,
    Grid,
    Marginals,
    ProductLaw,
    SignedGrid,
    independent_pairs,
    random_signs,
    signed_grids,
)
from claims.frame.inputs.numbers import Numbers
from claims.frame.inputs.samples import Sample
from reference.formats import FORMATS, Format, bfloat16


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_every_batched_corner_is_admitted_and_fits_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for regimes in (random_signs(), independent_pairs(), signed_grids("fair", "drawn")):
        for corner in regimes.corners:
            if corner.batched:
                arrays = corner.make(rng, 8, fmt)
                assert np.all(corner.admits(arrays))
                assert all(np.array_equal(fmt.round(a), a) for a in arrays)


def test_grids_are_symmetric_and_odds_fair_or_not(rng: np.random.Generator, fmt: Format) -> None:
    for m in (1, 5, 64):
        x, odds = SignedGrid(m).make(rng, 64, fmt)
        assert x.shape == (64, 2 * m + 1)
        assert np.array_equal(x, -x[:, ::-1])
        assert np.all(odds == 1)
        assert len(np.unique(x[:, -1])) > 2
    drawn = SignedGrid(2, "drawn").make(rng, 64, fmt)[1]
    assert set(np.unique(drawn)) == set(range(1, MOST_ODDS + 1))
    assert np.any(drawn[:, 0] == drawn[:, 1])
    assert np.any(drawn[:, 0] != drawn[:, 1])


def test_asymmetric_grids_and_broken_odds_are_not_admitted() -> None:
    grid, odds = np.array([[-1.0, 0.0, 1.0]] * 4), np.array([[1.0, 1.0], [0.0, 1.0], [1.5, 1.0], [1.0, 1.0]])
    grid[3, 0] = -2
    assert SignedGrid().admits([grid, odds]).tolist() == [True, False, False, False]
    assert not SignedGrid().admits([np.zeros((1, 3)), np.ones((1, 2))]).any()


def test_marginals_are_weights_over_their_total(rng: np.random.Generator) -> None:
    x, c, p, y, d, q = ProductLaw(5, 3).make(rng, 64, FORMATS["float64"])
    assert x.shape == c.shape == p.shape == (64, 5)
    assert y.shape == d.shape == q.shape == (64, 3)
    assert np.allclose(p.sum(-1), 1)
    assert np.array_equal(p, c / c.sum(-1, keepdims=True))
    assert np.any(c == 0)


def test_degenerate_marginals_have_one_atom(rng: np.random.Generator) -> None:
    _, c, p, _, d, _ = ProductLaw(4, 7, degenerate=True).make(rng, 64, bfloat16)
    assert np.all((c > 0).sum(-1) == 1)
    assert np.all(p.max(-1) == 1)
    assert np.any((d > 0).sum(-1) > 1)


def test_means_are_mostly_not_zero(rng: np.random.Generator, fmt: Format) -> None:
    x, _, p, y, _, q = ProductLaw(2, 3, Numbers("positive")).make(rng, 64, fmt)
    assert np.mean(np.abs((p * x).sum(-1) * (q * y).sum(-1)) > 0.01) > 0.8


def test_weights_without_mass_are_not_admitted() -> None:
    law = ProductLaw(2, 1)
    good = [np.ones((1, 2)), np.ones((1, 2)), np.full((1, 2), 0.5), np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1))]
    assert law.admits(good).all()
    for i, bad in ((1, 0.0), (1, -1.0), (4, 0.5), (2, -0.5)):
        assert not law.admits([np.full_like(a, bad) if j == i else a for j, a in enumerate(good)]).any()


def test_properties_get_named_tensors() -> None:
    pair = [torch.zeros(1, 2)] * 6
    assert isinstance(ProductLaw().present(pair, 0), Marginals)
    assert isinstance(SignedGrid().present(pair[:2], 0), Grid)


def test_corners_hold_the_sample_that_tells_small_effects() -> None:
    assert any(c == Sample(1 << 19, "uniform") for c in random_signs().corners)
    assert any(c == Sample(1 << 21, "uniform") for c in independent_pairs().corners)
    assert {c.law for c in independent_pairs().corners if isinstance(c, Sample)} == {
        "uniform",
        "rand",
        "normal",
        "bernoulli",
    }


@pytest.mark.parametrize("kind", [SignedGrid, Sample])
def test_signs_are_drawn_on_grids_and_in_samples(kind: type) -> None:
    assert isinstance(find(random_signs().draw, lambda r: isinstance(r, kind)), kind)


@pytest.mark.parametrize("fields", [(0, "fair"), (3, "loaded")])
def test_impossible_grids_are_refused(fields: tuple[int, str]) -> None:
    with pytest.raises(ValueError, match="no grid"):
        SignedGrid(*fields)
    with pytest.raises(ValueError, match="at least one atom"):
        ProductLaw(0, 3)
