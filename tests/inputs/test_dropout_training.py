"""The regressions have the data that their names promise."""

from __future__ import annotations

import numpy as np
import pytest

from claims.frame.inputs.dropout_training import (
    KINDS,
    LinearRegression,
    Solvable,
    fair_regressions,
    regressions,
    solvable_regressions,
)
from reference.formats import FORMATS, Format


@pytest.fixture(params=list(FORMATS))
def fmt(request: pytest.FixtureRequest) -> Format:
    return FORMATS[request.param]


def test_corners_have_every_rate_and_kind() -> None:
    assert {c.p for c in regressions().corners} >= {k / 8 for k in range(8)}
    assert {c.data for c in regressions().corners} == set(KINDS)
    assert {c.units for c in fair_regressions().corners} >= {1, 7, 8, 15, 16, 31, 63}


def test_data_are_what_their_names_say(fmt: Format) -> None:
    rng = np.random.default_rng(0)
    assert not LinearRegression(3, 4, data="zero column").make(rng, 2, fmt)[0][..., 0].any()
    assert not LinearRegression(3, 4, data="zero targets").make(rng, 2, fmt)[2].any()
    x, _, y = LinearRegression(3, 5, data="orthogonal").make(rng, 2, fmt)
    assert not (x.swapaxes(-1, -2) @ y[..., None]).any()


def test_solvable_data_have_independent_columns(fmt: Format) -> None:
    rng = np.random.default_rng(0)
    for corner in solvable_regressions().corners:
        x, _, y = corner.make(rng, 3, fmt)
        assert all(np.linalg.matrix_rank(a) == x.shape[-1] for a in x)
        if corner.data == "orthogonal":
            assert not (x.swapaxes(-1, -2) @ y[..., None]).any()


def test_too_few_examples_are_refused() -> None:
    with pytest.raises(ValueError, match="examples"):
        Solvable(4, 3)
    with pytest.raises(ValueError, match="regression"):
        LinearRegression(1, 0)
