"""Bounds of sums hold in any order of additions, and are infinite where a sum may overflow on the way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from reference.autodiff import modes
from reference.formats import FORMATS

TERMS = {  # of each result, as indices of arguments and of those that they are multiplied by
    "scatter add": [[(0,), (3,), (6,)], [(1,), (4,), (7,)], [(2,), (5,)]],
    "cumsum": [[(0,)], [(0,), (1,)], [(0,), (1,), (2,)], [(0,), (1,), (2,), (3,)]],
    "linear": [[(6,), (0, 2), (1, 3)], [(7,), (0, 4), (1, 5)]],
}


@pytest.mark.parametrize("function", TERMS)
def test_any_order_of_additions_keeps_the_bound(function: str) -> None:
    size = 1 + max(i for terms in TERMS[function] for term in terms for i in term)
    x = np.random.default_rng(0).standard_normal((2000, size)).astype(np.float32)
    truth = modes.value(function, x.astype(np.float64), FORMATS["float32"], 0.0, whole=False)
    worst = 0.0
    for j, terms in enumerate(TERMS[function]):
        for order in itertools.permutations(terms):
            total = np.zeros(len(x), np.float32)
            for term in order:
                total = total + np.prod(x[:, list(term)], axis=1, dtype=np.float32)
            bound = np.maximum(truth.bound[:, j], np.finfo(np.float64).tiny)
            worst = max(worst, float((np.abs(total - truth.value[:, j]) / bound).max()))
    assert 0.5 < worst <= 1


@pytest.mark.parametrize(("divisor", "infinite"), [(0.183, True), (0.5, False)])
def test_a_derivative_that_may_overflow_on_the_way_is_undetermined(divisor: float, *, infinite: bool) -> None:
    x = np.array([[2.5, divisor]]).astype(np.float16).astype(np.float64)
    directions = [np.array([[0.0, -4.0]])] * 3
    truth = modes.derivative("divide", x, directions, np.ones((1, 1)), FORMATS["float16"], 1.0, whole=False)
    assert np.isinf(truth.bound[0]) == infinite
