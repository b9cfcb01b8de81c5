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
    NormalGrid,
    densities,
    normal_deviates,
    normal_grids,
)
from reference.formats import FORMATS, Format, float16, float64


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


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_points_of_a_grid_and_their_distances_are_not_rounded(fmt: Format) -> None:
    for corner in (*normal_grids().corners, NormalGrid(4, "far", "narrow"), NormalGrid(3, "far", "wide")):
        plain = corner.arrays(np.random.default_rng(0), 50, fmt)
        x, mean, deviation = corner.make(np.random.default_rng(0), 50, fmt)
        assert all(np.array_equal(a, b) for a, b in zip(plain, (x, mean, deviation), strict=True))
        assert np.array_equal(fmt.round(x - mean), x - mean)
        assert np.all(corner.admits([x, mean, deviation]))
        assert x.shape[1] == corner.size()
        with np.errstate(over="ignore"):
            assert np.all((x - mean) ** 2 < fmt.largest)
            assert np.all(deviation**2 > fmt.lam)


def test_other_grids_are_not_admitted() -> None:
    x, mean, deviation = NormalGrid().make(np.random.default_rng(0), 5, float64)
    assert not NormalGrid().admits([x, mean, 2 * deviation]).any()
    assert not NormalGrid().admits([x, mean + deviation, deviation]).any()
    assert not NormalGrid().admits([x, mean + 0.01 * deviation, deviation]).any()
    with pytest.raises(ValueError, match="grid"):
        NormalGrid(1)
