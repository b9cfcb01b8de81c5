"""Symmetric laws and chains of layers keep what their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.weight_laws import (
    ENUMERABLE,
    MOST,
    TABLES,
    NormalLayers,
    SymmetricLaw,
    chains_of,
    distribution_laws,
    gram_laws,
)
from reference.formats import FORMATS, Format


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_corners_are_admitted_and_fit_the_format(rng: np.random.Generator, fmt: Format) -> None:
    for corner in (*gram_laws().corners, *distribution_laws().corners):
        if isinstance(corner, SymmetricLaw):
            arrays = corner.make(rng, 8, fmt)
            assert all(np.array_equal(fmt.round(a), a) for a in arrays)
            assert np.all(corner.admits(arrays))
            assert (arrays[1] != 0).any(-1).all()


def test_tables_are_symmetric_and_one_has_the_normal_kurtosis() -> None:
    kurtoses = set()
    for table in map(np.array, TABLES.values()):
        assert np.array_equal(table, -table[::-1])
        kurtoses.add(round(float((table**4).mean() / (table**2).mean() ** 2), 12))
    assert kurtoses == {1.0, 1.5, 1.36, 3.0}


def test_other_tables_and_signals_are_not_admitted() -> None:
    corner = SymmetricLaw(1, 2)
    tables = np.array([[-1.0, 1.0], [-1.0, 2.0], [-2.0, 2.0], [-0.5, 0.5]])
    signals = np.array([[1.0, 0.5], [1.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
    assert corner.admits([tables, signals]).tolist() == [True, False, False, False]


def test_every_law_is_a_corner_and_every_enumeration_is_small() -> None:
    assert {c.law for c in gram_laws().corners if isinstance(c, SymmetricLaw)} == set(TABLES)
    assert {law for *_, law in ENUMERABLE} == set(TABLES)
    assert max(len(TABLES[law]) ** (n * m) for n, m, law in ENUMERABLE) <= MOST


def test_what_makes_no_sense_is_refused() -> None:
    for fields in ((0, 1, "signs"), (1, 1, "odd"), (4, 4, "signs")):
        with pytest.raises(ValueError, match="no enumeration"):
            SymmetricLaw(*fields)
    with pytest.raises(ValueError, match="square layers"):
        NormalLayers(2, 3, 2)
    assert all(isinstance(c, NormalLayers) for c in chains_of((2, 3, 4)).corners)
