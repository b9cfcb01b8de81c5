"""Sums and means of losses."""

from __future__ import annotations

import numpy as np

from reference.formats import FORMATS, Arithmetic
from reference.losses.reduction import reduced
from reference.truth import Truth


def test_errors_add_up_and_are_divided_with_the_sum() -> None:
    each, how = Truth(np.ones((1, 8)), np.full((1, 8), 2.0**-10)), Arithmetic.of(FORMATS["float64"])
    total, mean = (reduced(each, how, mean=mean) for mean in (False, True))
    assert (total.value[0], mean.value[0]) == (8.0, 1.0)
    assert 8 * 2.0**-10 < total.bound[0] < 8.001 * 2.0**-10
    assert 2.0**-10 < mean.bound[0] < 1.001 * 2.0**-10


def test_there_is_no_bound_where_the_sum_may_overflow() -> None:
    each, how = Truth(np.full((1, 4), 3e4), np.zeros((1, 4))), Arithmetic.of(FORMATS["float16"])
    assert np.isinf(reduced(each, how, mean=False).bound).all()
