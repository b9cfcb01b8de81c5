"""Functions of one number against balls, errors in ulps by hand, and bounds that roundings keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
from flint import arb

from reference import exact
from reference.formats import FORMATS, Arithmetic, Format, bfloat16, float16, float32, float64
from reference.networks import univariate as reference
from reference.networks.univariate import OWN, Value, bound, evaluated, truth, ulps
from reference.networks.univariate_bases import BASES, basis
from reference.networks.univariate_functions import FUNCTIONS, LOWEST

INF, NAN = math.inf, math.nan
EVERY = pytest.mark.parametrize("name", FUNCTIONS)
LIMITS = {
    **dict.fromkeys(("exp", "exp2", "softplus", "relu", "gelu", "gelu_tanh", "silu", "mish"), (0.0, INF)),
    **dict.fromkeys(("hardswish", "log", "log2", "log10", "log1p", "sqrt", "acosh", "digamma"), (NAN, INF)),
    **dict.fromkeys(("sinh", "asinh", "i1", "leaky_relu"), (-INF, INF)),
    **dict.fromkeys(("hardshrink", "softshrink", "tanhshrink"), (-INF, INF)),
    **dict.fromkeys(("square", "cosh", "i0", "lgamma"), (INF, INF)),
    **dict.fromkeys(("reciprocal", "i0e", "i1e", "sinc", "j0", "j1"), (0.0, 0.0)),
    **dict.fromkeys(("sin", "cos", "tan", "asin", "acos", "atanh", "erfinv", "logit", "ndtri"), (NAN, NAN)),
    **dict.fromkeys(("tanh", "erf", "hardtanh", "softsign"), (-1.0, 1.0)),
    **dict.fromkeys(("expm1", "elu", "celu"), (-1.0, INF)),
    "hardswish": (0.0, INF),
    "rsqrt": (NAN, 0.0),
    "atan": (-math.pi / 2, math.pi / 2),
    "logsigmoid": (-INF, 0.0),
    "selu": (-1.7580993408473766, INF),
    "erfc": (2.0, 0.0),
    "ndtr": (0.0, 1.0),
    "sigmoid": (0.0, 1.0),
    "entr": (-INF, -INF),
    "relu6": (0.0, 6.0),
    "hardsigmoid": (0.0, 1.0),
    "trigamma": (NAN, 0.0),
    "erfcx": (INF, 0.0),
    "log_ndtr": (-INF, 0.0),
}


def some(fmt: Format, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Numbers of every magnitude, of moderate size, and critical ones, at which f is finite."""
    rng = np.random.default_rng(len(name))
    exponents = np.concatenate((rng.uniform(fmt.emin, fmt.emax, 60), rng.uniform(-8, 5, 100)))
    x = np.concatenate((rng.choice([-1, 1], 160) * 2.0**exponents, FUNCTIONS[name].points))
    return fmt.round(x)


@EVERY
def test_float64_is_near_enough_to_balls(name: str) -> None:
    x = some(float32, name)
    near = evaluated(name, x, float32).near
    exactly = evaluated(name, x, float64)
    np.testing.assert_array_equal(np.isnan(near), np.isnan(exactly.near))
    finite = np.isfinite(near) & np.isfinite(exactly.near) & (np.abs(near) < float32.largest)
    error = np.abs((near[finite] - exactly.near[finite]) - exactly.rest[finite])
    allowed = OWN * np.abs(near[finite]) + 2.0**-1000
    if name in {"lgamma", "digamma", "j0", "j1"}:  # near their roots relative to what is subtracted, as the bound is
        how = Arithmetic.of(float32)
        allowed = 2.0**-16 * truth(name, x, how).bound[finite]
    assert (error <= allowed).all()


@EVERY
def test_a_bound_says_what_it_rests_on(name: str) -> None:
    f = FUNCTIONS[name]
    for cuda in (False, True):
        kind, source = basis(name, cuda=cuda)
        assert source
        assert kind in {"exact", "documented", "derived", "calibrated"}
        k = f.cuda if cuda else f.cpu
        assert (kind == "exact") == (k <= 0.5 and f.error is None), (name, k)


def test_no_other_function_has_a_basis() -> None:
    assert BASES.keys() == FUNCTIONS.keys()


@pytest.mark.parametrize(("order", "name"), [(0, "j0"), (1, "j1")])
def test_bessel_functions_far_out(order: int, name: str) -> None:
    x = np.array([24.9, 25.0, 333.25, 1e6, -1e6, 2.0**40, 2.0**100, NAN])
    found = evaluated(name, x, float32).near
    for point, near in zip(x[:-1].tolist(), found[:-1].tolist(), strict=True):
        with exact.precision(400):
            assert abs(near - float(arb(point).bessel_j(order))) < 1e-15
    assert np.isnan(found[-1])


def test_what_is_subtracted_is_lost_neither_near_zero_nor_near_poles() -> None:
    x = np.array([1e-8, -0.01, 0.9, 1.1])
    for point, near in zip(x.tolist(), evaluated("tanhshrink", x, float32).near.tolist(), strict=True):
        with exact.precision(400):
            assert near == pytest.approx(float(arb(point) - arb(point).tanh()), rel=2**-48)
    poles = np.array([-3.0, -(2.0**60), 0.0, -0.0, -3.0 + 2.0**-20])
    assert evaluated("trigamma", poles, float32).near.tolist()[:4] == [INF] * 4
    assert evaluated("trigamma", poles, float32).near[4] == pytest.approx(2.0**40, rel=1e-5)


@EVERY
def test_limits_at_infinities_and_nan(name: str) -> None:
    for fmt in FORMATS.values():
        value = evaluated(name, np.array([-INF, INF, NAN]), fmt)
        np.testing.assert_allclose(value.near, [*LIMITS[name], NAN], rtol=1e-15)


@EVERY
def test_float64_has_the_nearest_number_and_the_rest(name: str) -> None:
    x = some(float64, name)[100:130]
    value = evaluated(name, x, float64)
    for point, near, rest in zip(x.tolist(), value.near.tolist(), value.rest.tolist(), strict=True):
        if math.isfinite(near) and near != 0:
            with exact.precision(2000):
                left = abs(FUNCTIONS[name].ball(arb(point)) - near - rest)
                assert left.abs_upper() <= abs(near) * 2.0**-78
                assert abs(rest) <= math.ulp(near) / 2


def test_poles_and_points_outside_the_domain() -> None:
    for fmt in (float32, float64):
        assert evaluated("log", np.array([0.0, -1.0, 1.0]), fmt).near.tolist()[0] == -INF
        assert evaluated("rsqrt", np.array([0.0, -0.0]), fmt).near.tolist() == [INF, -INF]
        assert evaluated("atanh", np.array([1.0, -1.0]), fmt).near.tolist() == [INF, -INF]
        assert evaluated("entr", np.array([0.0, 1.0]), fmt).near.tolist() == [0.0, 0.0]
        assert evaluated("digamma", np.array([0.0, -0.0]), fmt).near.tolist() == [-INF, INF]
        assert evaluated("lgamma", np.array([0.0, -3.0, 1.0]), fmt).near.tolist() == [INF, INF, 0.0]
        assert np.isnan(evaluated("digamma", np.array([-3.0]), fmt).near).all()
        assert np.isnan(evaluated("log", np.array([-1.0]), fmt).near).all()
    far = evaluated("exp", np.array([1e300, -1e300]), float64)
    assert far.near.tolist() == [INF, 0.0]
    assert evaluated("sin", np.array([2.0**1000]), float64).near[0] == math.sin(2.0**1000)


def test_a_ball_that_does_not_shrink_is_an_error() -> None:
    with pytest.raises(ArithmeticError, match="not decided"):
        reference._enclosed(lambda x: x + arb(0, 1), 3.0, 3.0)


def value(*numbers: float) -> Value:
    return Value(np.array(numbers), np.zeros(len(numbers)))


def test_ulps_by_hand() -> None:
    up = 2.0**-10  # the ulp of float16 at 1
    y, f = np.array([1 + up, 1.0, 1.0, 3.0]), value(1.0, 1 + up / 4, 1 - up / 4, 3.0)
    assert ulps(y, f, float16).tolist() == [1.0, 0.25, 0.5, 0.0]
    tiny = float16.eta
    assert ulps(np.array([tiny, 0.0]), value(tiny / 2, -tiny / 4), float16).tolist() == [0.5, 0.25]
    assert ulps(np.array([2.0]), value(0.0), float16).tolist() == [2 / tiny]


def test_the_rest_decides_the_binade_of_an_ulp() -> None:
    below = Value(np.array([1.0]), np.array([-(2.0**-60)]))
    assert ulps(np.array([1.0]), below, float64)[0] == 2.0**-60 / 2.0**-53
    assert ulps(np.array([1 + 2.0**-52]), Value(np.ones(1), np.full(1, 2.0**-60)), float64)[0] == 1 - 2.0**-8


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_infinity_follows_the_largest_number(fmt: Format) -> None:
    most = fmt.largest
    assert ulps(np.array([INF, -INF]), value(most, -most), fmt).tolist() == [1.0, 1.0]
    assert ulps(np.array([INF]), value(most / 2), fmt)[0] > 2.0 ** (fmt.precision - 2)
    assert ulps(np.array([INF, -INF, 1.0, -1.0]), value(INF, INF, INF, -INF), fmt).tolist() == [0, INF, INF, INF]
    if fmt.precision < 53:
        assert ulps(np.array([INF, most]), value(2 * most + fmt.ulp(most), 1e300), fmt).tolist() == [0.0, 1.0]


def test_what_is_no_number_must_be_none() -> None:
    assert ulps(np.array([NAN, NAN, 1.0, INF]), value(NAN, 1.0, NAN, NAN), float32).tolist() == [0, INF, INF, INF]


@pytest.mark.parametrize("fmt", [float16, bfloat16], ids=lambda f: f.name)
@EVERY
def test_one_rounding_of_a_float32_stays_within_the_bound(name: str, fmt: Format) -> None:
    x = some(fmt, name)
    found = evaluated(name, x, fmt)
    k = FUNCTIONS[name].cpu
    allowed = bound(name, x, found, Arithmetic.of(fmt), cuda=False)
    for sign in (-1, 1):
        with np.errstate(all="ignore"):
            near = float32.round(found.near + sign * max(k - 0.5, 0) * float32.ulp(found.near))
            error = ulps(fmt.round(near), found, fmt)
        decided = np.isfinite(found.near) & (np.abs(found.near) < fmt.largest)
        assert (error[decided] <= allowed[decided]).all()


@pytest.mark.parametrize("cuda", [False, True])
@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
def test_bounds_are_numbers_and_not_vacuous(fmt: Format, cuda: bool) -> None:  # noqa: FBT001
    for name in FUNCTIONS:
        x = np.concatenate((some(fmt, name), [0.0, INF, -INF, NAN, fmt.largest, -fmt.largest]))
        allowed = bound(name, x, evaluated(name, x, fmt), Arithmetic.of(fmt), cuda=cuda)
        assert (allowed >= 0).all()
        assert np.isfinite(allowed).all()
    one = np.array([1.5])
    for name, most in {"exp": 2.1, "sin": 2.1, "sqrt": 1.1, "gelu": 24.0, "relu": 0.0, "erf": 2.1}.items():
        assert bound(name, one, evaluated(name, one, fmt), Arithmetic.of(fmt), cuda=cuda)[0] <= most + cuda / 2


def test_the_tail_of_gelu_is_judged_by_its_condition() -> None:
    x = np.array([-1.5, -5.0, -12.0])
    allowed = bound("gelu", x, evaluated("gelu", x, float32), Arithmetic.of(float32), cuda=False)
    assert (allowed < 5 + 3 * (x**2 + 12)).all()
    assert (allowed > x**2).all()


def test_a_logit_may_be_off_near_its_root() -> None:
    x = np.array([0.5 + 2.0**-20, 0.9])
    near, far = bound("logit", x, evaluated("logit", x, float32), Arithmetic.of(float32), cuda=False)
    assert near > 1e4
    assert far < 4


def test_the_bound_as_an_absolute_error() -> None:
    x = np.array([0.3, 4.0])
    found = truth("exp", x, Arithmetic.of(float64))
    assert found.value.tolist() == [math.exp(0.3), math.exp(4.0)]
    assert (found.bound >= 1.5 * float64.ulp(found.value)).all()
    assert (found.bound <= 2.1 * float64.ulp(found.value)).all()


@EVERY
def test_pieces_divide_the_line(name: str) -> None:
    f = FUNCTIONS[name]
    x = np.concatenate((some(float64, name), f.cuts, [INF, -INF, 0.0, -0.0, LOWEST]))
    parts = np.array([f.within(x, part) for part in range(len(f.cuts) + 1)])
    assert (parts.sum(0) == 1).all()
    assert not f.within(np.array([NAN]), 0).any()
    with pytest.raises(IndexError):
        f.piece(len(f.cuts) + 1)


@pytest.mark.parametrize("name", [n for n, f in FUNCTIONS.items() if f.odd])
def test_odd_functions_are_odd_in_sign(name: str) -> None:
    found = evaluated(name, np.array([-0.0, 0.0, 0.5]), float32).near
    assert found[0] == found[1] == 0 or name == "reciprocal"
    assert found[2] > 0
