"""The decomposition of an ensemble's error against exact fractions, and its bounds against NumPy's arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from reference.formats import FORMATS, Arithmetic, float32, float64
from reference.regularization.ambiguity import ambiguity


def exactly(f: list[float], y: float) -> tuple[Fraction, Fraction, Fraction]:
    """The three parts in fractions."""
    members, target = [Fraction(x) for x in f], Fraction(y)
    mean = sum(members, Fraction(0)) / len(members)
    errors = sum(((x - target) ** 2 for x in members), Fraction(0)) / len(members)
    return (mean - target) ** 2, errors, sum(((x - mean) ** 2 for x in members), Fraction(0)) / len(members)


@pytest.mark.parametrize("name", list(FORMATS))
@pytest.mark.parametrize("offset", [0.0, 1000.0])
@pytest.mark.parametrize("k", [1, 2, 5, 64])
def test_the_parts_are_those_of_fractions(k: int, offset: float, name: str) -> None:
    rng, fmt = np.random.default_rng(k), FORMATS[name]
    f, y = fmt.round(rng.standard_normal((4, k)) + offset), fmt.round(rng.standard_normal(4) + offset)
    truth = ambiguity(f, y, Arithmetic.of(fmt))
    for i in range(4):
        exact = exactly(f[i].tolist(), float(y[i]))
        assert exact[0] + exact[2] == exact[1]
        for part, value in zip(truth[:3], exact, strict=True):
            assert abs(Fraction(float(part.value[i])) - value) <= Fraction(float(part.bound[i])) + value * 2**-53


def test_integers_of_four_members_have_no_error() -> None:
    f, y = np.array([[1.0, 2.0, -3.0, 2.0]]), np.array([2.0])
    truth = ambiguity(f, y, Arithmetic.of(float32))
    assert truth.ensemble.bound == truth.members.bound == 0
    assert truth.ensemble.value == 2.25
    assert truth.members.value == (1 + 0 + 25 + 0) / 4
    assert ambiguity(f[:, :3], y, Arithmetic.of(float32)).ensemble.bound > 0


def test_float64_without_help_keeps_the_bounds() -> None:
    rng = np.random.default_rng(0)
    f, y = rng.standard_normal((1000, 7)) + 1000, rng.standard_normal(1000) + 1000
    truth = ambiguity(f, y, Arithmetic.of(float64))
    computed = (f.mean(-1) - y) ** 2, ((f - y[:, None]) ** 2).mean(-1), f.var(-1)
    for part, value in zip(truth[:3], computed, strict=True):
        assert np.all(np.abs(value - part.value) <= part.bound)
    assert np.all(np.abs(computed[0] + computed[2] - computed[1]) <= truth.defect.bound)
