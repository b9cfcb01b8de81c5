"""The ranges of softmax: bounds at the maximum, from float64 alone."""

from __future__ import annotations

import numpy as np
import pytest

from reference.losses.softmax import Kernel, Rows, log_softmax_error, softmax_error
from reference.losses.softmax_range import coarse, errors_at_the_maximum
from tests.reference.emulation import ARITHMETICS


@pytest.mark.parametrize("name", ARITHMETICS)
def test_the_bounds_are_those_of_the_exact_rows_at_a_maximal_entry(name: str) -> None:
    arithmetic, kernel = ARITHMETICS[name], Kernel()
    x = arithmetic.result.round(np.random.default_rng(1).standard_normal((5, 9)) * 20)
    x[0], x[1, 3:] = 1.0, -np.inf
    of_p, of_log_p = errors_at_the_maximum(coarse(x, arithmetic), kernel)
    rows, at = Rows.of(x, arithmetic), (np.arange(5), x.argmax(-1))
    assert np.allclose(of_p, softmax_error(rows, kernel)[at], rtol=1e-12, atol=0)
    assert np.allclose(of_log_p, log_softmax_error(rows, kernel)[at], rtol=1e-12, atol=0)


def test_numbers_whose_difference_overflows_have_bounds_at_the_maximum() -> None:
    arithmetic = ARITHMETICS["float32"]
    x = np.array([[arithmetic.result.largest, -arithmetic.result.largest]])
    of_p, of_log_p = errors_at_the_maximum(coarse(x, arithmetic), Kernel())
    assert 0 < of_p[0] < 1e-5
    assert 0 < of_log_p[0] < 1e-5
