"""Laws of summands, and how many sums are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.regime import Regime
from claims.frame.inputs.sums_of_variables import (
    MOST_TERMS,
    CauchyMeans,
    DrawnSums,
    FiniteSum,
    FiniteSums,
    GeometricSigns,
    SumDraw,
    cauchy_means,
    finite_sums,
    geometric_signs,
    standardised_sums,
)
from reference.formats import float32


def test_regimes_say_what_is_summed() -> None:
    assert FiniteSums((1, 3), 7).present([], 5) == FiniteSum((1, 3), 7)
    assert DrawnSums("bernoulli", 3, 9, 0.125).present([], 5) == SumDraw("bernoulli", 3, 9, 5, 0.125)
    assert CauchyMeans().present([], 1).law == "in place"
    assert GeometricSigns(3).present([], 2).n == 3


@pytest.mark.parametrize("regime", [FiniteSums(), DrawnSums(), CauchyMeans(), GeometricSigns(3)])
def test_nothing_is_drawn_by_numpy(regime: Regime) -> None:
    assert regime.make(np.random.default_rng(0), 1, float32) == []
    assert regime.batch(256, 1 << 16) == 1
    assert regime.size() > 1


@pytest.mark.parametrize("odds", [(1,), (0, 3), (-1, 2), (), (1,) * 17])
def test_summands_vary(odds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="no sum"):
        FiniteSums(odds, 3)


@pytest.mark.parametrize("fields", [("triangular", 1, 1), ("rand", 0, 1), ("rand", 1, 0), ("rand", 1, 1, 1.0)])
def test_impossible_sums_are_refused(fields: tuple[str, int, int]) -> None:
    with pytest.raises(ValueError, match="sums of"):
        DrawnSums(*fields)
    with pytest.raises(ValueError, match="signs"):
        GeometricSigns(MOST_TERMS + 1)


def test_small_and_large_sums_are_drawn() -> None:
    drawn = standardised_sums().draw
    for law in ("rand", "bernoulli"):
        assert find(drawn, lambda s, law=law: getattr(s, "law", "") == law)
    assert find(drawn, lambda s: isinstance(s, FiniteSums) and s.n == 100 and 0 in s.odds)
    assert find(cauchy_means().draw, lambda s: s.law == "distribution" and s.n == 100)
    assert finite_sums(FiniteSums()).corners == (FiniteSums(),)


def test_every_number_of_signs_is_a_corner() -> None:
    regimes = geometric_signs()
    assert regimes.exhaustive
    assert len(regimes.corners) == MOST_TERMS
