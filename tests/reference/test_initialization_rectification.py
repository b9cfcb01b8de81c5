"""The second moment that a rectifier keeps, against rational arithmetic and a quadrature."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from scipy import integrate, stats

from reference.formats import FORMATS, Arithmetic
from reference.initialization.rectification import HE_GAIN, half_of_all_squares


@pytest.mark.parametrize("name", FORMATS)
def test_half_of_the_squares_of_both_signs_is_their_sum_over_one(name: str) -> None:
    fmt = FORMATS[name]
    z = fmt.round(np.random.default_rng(2).standard_normal((5, 9)))
    squares = fmt.round(z**2)
    truth = half_of_all_squares(squares, Arithmetic.of(fmt))
    for row, value, bound in zip(squares, *truth, strict=True):
        both = [Fraction(s) for s in (*row, *row)]
        assert abs(sum(both) / 2 - Fraction(value)) <= Fraction(bound)
    assert (truth.bound > 0).all()


def test_he_gain_restores_the_second_moment_of_a_normal_signal() -> None:
    kept, _ = integrate.quad(lambda z: z * z * stats.norm.pdf(z), 0, np.inf)
    assert HE_GAIN**2 * kept == pytest.approx(1, rel=1e-9)
