"""Rows, weights and factors are what their regime says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from claims.frame.inputs.linear_classes import KINDS, Rows, linear_classes
from reference.formats import FORMATS, float32


@settings(max_examples=60, deadline=None, database=None)
@given(linear_classes().draw)
def test_drawn_classes_are_admitted_in_every_format(regime: Rows) -> None:
    for fmt in FORMATS.values():
        made = regime.make(np.random.default_rng(1), 4, fmt)
        assert regime.admits(made).all()
        assert [a.shape[1:] for a in made] == [
            (regime.n, regime.d),
            (),
            (regime.d,),
            (regime.hidden, regime.d),
            (regime.hidden,),
            (),
        ]


def test_orthogonal_rows_are_orthogonal() -> None:
    x, *_ = Rows(3, 4, kind="orthogonal").make(np.random.default_rng(2), 8, float32)
    gram = x @ x.swapaxes(-1, -2)
    assert np.array_equal(gram, gram * np.eye(3))
    assert np.all(np.diagonal(gram, axis1=-2, axis2=-1) > 0)


def test_shrinking_keeps_powers_of_two_and_positive_numbers() -> None:
    regime = Rows()
    made = regime.make(np.random.default_rng(3), 4, float32)
    made[1][0], made[2][1], made[5][2] = 0.0, 0.0, 3.0
    assert regime.admits(made).tolist() == [False, False, False, True]


def test_corners_reach_every_kind_and_nine_rows() -> None:
    corners = [c for c in linear_classes().corners if isinstance(c, Rows)]
    assert {c.kind for c in corners} == set(KINDS)
    assert {1, 9} <= {c.n for c in corners}
    assert max(c.d for c in corners) > 64
    assert max(c.hidden for c in corners) > 128


@pytest.mark.parametrize("arguments", [(0,), (10,), (2, 0), (2, 2, 0), (2, 2, 1, "odd"), (3, 2, 1, "orthogonal")])
def test_classes_that_cannot_be_are_refused(arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="rows"):
        Rows(*arguments)  # type: ignore[arg-type]
