"""Starts lie where their names say, and quadratics have the spectrum that they promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.initial_values import (
    PLACES,
    RATES,
    SPECTRA,
    Convex,
    StronglyConvex,
    Wells,
    WellStarts,
    strongly_convex,
    well_starts,
)
from reference.formats import FORMATS


@pytest.mark.parametrize("name", list(FORMATS))
def test_corners_are_admitted(name: str) -> None:
    for corner in (*well_starts().corners, *strongly_convex().corners):
        arrays = corner.make(np.random.default_rng(0), 3, FORMATS[name])
        assert np.all(corner.admits(arrays))
        assert isinstance(corner.present(arrays, 0), (Wells, Convex))


def test_corners_have_every_place_rate_and_spectrum() -> None:
    wells = [c for c in well_starts().corners if isinstance(c, WellStarts)]
    assert {c.place for c in wells} == set(PLACES)
    assert {c.lr for c in wells} == set(RATES)
    assert {c.spectrum for c in strongly_convex().corners if isinstance(c, StronglyConvex)} == set(SPECTRA)


def test_spectra_reach_both_ends() -> None:
    h, *_ = StronglyConvex(8, "two", 8, rotated=True).make(np.random.default_rng(0), 2, FORMATS["bfloat16"])
    np.testing.assert_allclose(np.linalg.eigvalsh(h), [[1] * 4 + [8] * 4] * 2, atol=1e-12)
    assert not StronglyConvex(8, "two", 4, rotated=True).admits([h, *(np.zeros((2, 8)) for _ in range(3))]).any()


def test_starts_outside_are_not_admitted() -> None:
    assert not WellStarts().admits([np.array([[1.5]])]).any()
    assert WellStarts(place="beyond").admits([np.array([[1.5]])]).all()


def test_what_makes_no_sense_is_refused() -> None:
    for make in (
        lambda: WellStarts(0),
        lambda: WellStarts(place="beyond", lr=0.5),
        lambda: StronglyConvex(3, rotated=True),
        lambda: StronglyConvex(largest=3),
        lambda: StronglyConvex(spectrum="other"),
    ):
        with pytest.raises(ValueError, match=r"no descent|no quadratic|no spectrum"):
            make()
