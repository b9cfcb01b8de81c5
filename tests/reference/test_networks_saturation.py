"""Slopes of saturated units against balls; bounds that roundings keep; where nothing is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, float16, float32
from reference.networks import saturation as reference

if TYPE_CHECKING:
    from flint import arb

EVERY = pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)


def square_of_sech(z: arb) -> arb:
    return 1 / z.cosh() ** 2


def mirrored(z: arb) -> arb:
    return 1 / (1 + z.exp())


@EVERY
def test_slopes_are_those_of_balls(fmt: Format) -> None:
    rng = np.random.default_rng(5)
    z = fmt.round(np.concatenate((rng.uniform(-1, 1, 60) * 2.0 ** rng.integers(-12, 8, 60), [0.0, -300.0, 300.0])))
    tanh = reference.tanh_slope(z, 4.0, Arithmetic.of(fmt))
    np.testing.assert_allclose(tanh.value, exact.elementwise(square_of_sech, z), rtol=1e-15, atol=0)
    log = reference.log_sigmoid_slope(z, 4.0, Arithmetic.of(fmt))
    np.testing.assert_allclose(log.value, exact.elementwise(mirrored, z), rtol=1e-15, atol=0)


@pytest.mark.parametrize("fmt", [float16, float32], ids=lambda f: f.name)
def test_rounding_stays_within_the_bounds(fmt: Format) -> None:
    z, r = fmt.round(np.random.default_rng(0).uniform(-12, 12, 20000)), fmt.round
    y = r(np.tanh(z))
    e = r(np.exp(-np.abs(z)))
    share = r(e / r(1 + e))
    cases = (
        (r(1 - r(y * y)), reference.tanh_slope(z, 4.0, Arithmetic.of(fmt))),
        (np.where(z > 0, share, r(1 - share)), reference.log_sigmoid_slope(z, 4.0, Arithmetic.of(fmt))),
    )
    for computed, truth in cases:
        margin = np.abs(computed - truth.value) / truth.bound
        assert margin.max() <= 1
        assert margin.max() > 0.1


def test_what_is_subnormal_may_be_flushed() -> None:
    z = np.array([80.0, 90.0])
    truth = reference.log_sigmoid_slope(z, 4.0, Arithmetic.of(float32))
    assert truth.bound[0] < 0.01 * truth.value[0]
    assert truth.bound[1] >= truth.value[1]


@EVERY
def test_nothing_is_left_below_a_quarter_of_the_smallest_number(fmt: Format) -> None:
    end = -np.log(2.0) * (np.log2(fmt.eta) - 2)
    z = np.array([-1.001 * end, 0.999 * end, 1.001 * end])
    assert reference.gone(z, 1.0, 1.0, fmt).tolist() == [True, False, True]
    assert reference.gone(z / 2, 2.0, 1.0, fmt).tolist() == [True, False, True]


def test_piecewise_linear_units_are_lost_beyond_their_ends() -> None:
    z = np.array([-4.0, -3.0, 0.0, 3.0, 7.0, np.inf, np.nan])
    lost, known = reference.lost("hardsigmoid", z)
    assert lost.tolist() == [True, False, False, False, True, True, False]
    assert known.tolist() == [True, False, True, False, True, True, False]
    lost, known = reference.lost("relu", z)
    assert lost.tolist() == [True, True, False, False, False, False, False]
    assert known.tolist() == [True, True, False, True, True, False, False]
