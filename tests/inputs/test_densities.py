"""Shapes and scales of laws with a density."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find

from claims.frame.inputs.densities import (
    FAMILIES,
    HEAVY,
    SPREADS,
    Densities,
    NormalDeviates,
    densities,
    normal_deviates,
)
from reference.formats import float16, float64


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("fmt", [float16, float64])
def test_laws_have_a_variance_and_are_admitted(family: str, fmt: object) -> None:
    assert fmt in (float16, float64)
    regime = Densities(family, "any")
    arrays = regime.make(np.random.default_rng(0), 100, fmt)  # type: ignore[arg-type]
    assert np.all(regime.admits(arrays))
    assert arrays[0].min() > (2 if family in HEAVY else 0)
    assert regime.present([0, 1], 0).family == family


def test_what_has_no_variance_is_not_admitted() -> None:
    one = np.ones(1)
    assert not Densities("student").admits([2 * one, one])[0]
    assert not Densities("normal").admits([one, 0 * one])[0]
    with pytest.raises(ValueError, match="family"):
        Densities("cauchy")


def test_every_family_is_drawn() -> None:
    for family in FAMILIES:
        assert find(densities().draw, lambda d, family=family: d.family == family).family == family
    assert {c.family for c in densities("pareto").corners} == {"pareto"}


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize("fmt", [float16, float64])
def test_points_are_near_their_mean(spread: str, fmt: object) -> None:
    assert fmt in (float16, float64)
    regime = NormalDeviates(20, spread)
    x, mean, deviation = regime.make(np.random.default_rng(0), 50, fmt)  # type: ignore[arg-type]
    assert np.all(regime.admits([x, mean, deviation]))
    assert (x == mean).any()
    with np.errstate(over="ignore", under="ignore"):
        inside = (deviation**2 > fmt.lam) & (deviation**2 < fmt.largest)  # type: ignore[attr-defined]
    assert inside.all() == (spread not in ("tiny", "huge"))
    assert find(normal_deviates().draw, lambda d: d.spread == spread).spread == spread


def test_impossible_points_are_refused() -> None:
    with pytest.raises(ValueError, match="points"):
        NormalDeviates(3, "endless")
    with pytest.raises(ValueError, match="points"):
        NormalDeviates(-1)
