"""Departures in functions of one number: each spoils some pieces of the line, for some functions."""

from __future__ import annotations

import math

from claims import departure
from claims.frame.inputs.univariate import Numbers
from claims.frame.plan import CallPlan
from claims.networks.univariate import special_functions_in_ulps, univariate_functions_in_ulps

EVERY = ("float16", "bfloat16", "float32", "float64")
VECTORISED = "CPUs with AVX2 or AVX-512, for which torch has vectorised code"


def _beyond(given: Numbers, least: float, most: float) -> bool:
    """Whether the piece is of numbers from `least` to `most`, or from -most to -least."""
    return least <= given.low < given.high <= most or -most <= given.low < given.high <= -least


@departure(
    univariate_functions_in_ulps,
    summary="Limits at infinities are NaN: of silu, gelu, mish and hardswish at minus infinity, of softsign, sinc, "
    "i0 and i1 at both",
    operations=("silu", "gelu", "gelu_tanh", "mish", "hardswish", "softsign", "sinc", "i0", "i1"),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="silu_minus_infinity",
)
def limits_at_infinity_are_nan(plan: CallPlan, given: Numbers) -> bool:
    """Where the piece is one of these infinities."""
    left = ("silu", "gelu", "gelu_tanh", "mish", "hardswish")
    both = ("softsign", "sinc", "i0", "i1")
    below = given.high < -1e308
    return (below and given.name in left) or ((below or given.low == math.inf) and given.name in both)


@departure(
    univariate_functions_in_ulps,
    summary="sigmoid and silu are 0 where exp(-x) overflows, below -88.73 in float32 and bfloat16, though they are not",
    operations=("sigmoid", "silu"),
    devices=("cpu", "cuda"),
    dtypes=("float32", "bfloat16"),
    script="sigmoid_exponential_overflow",
)
def the_sigmoid_vanishes_where_an_exponential_overflows(plan: CallPlan, given: Numbers) -> bool:
    """From -709 to -88."""
    return given.name in ("sigmoid", "silu") and given.high == -88


@departure(
    univariate_functions_in_ulps,
    summary="sigmoid and silu are 0 where exp(-x) overflows, below -709.78 in float64, though they are not",
    operations=("sigmoid", "silu"),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="sigmoid_exponential_overflow",
)
def the_sigmoid_in_float64_vanishes_where_an_exponential_overflows(plan: CallPlan, given: Numbers) -> bool:
    """Below -709."""
    return given.name in ("sigmoid", "silu") and given.high == -709


@departure(
    univariate_functions_in_ulps,
    summary="gelu, exact and by tanh, and ndtr cancel in 1 + erf or 1 + tanh of negative numbers; from about -6 on "
    "they vanish in float32",
    operations=("gelu", "gelu_tanh", "ndtr"),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="gelu_tail_cancels",
)
def the_tail_of_gelu_cancels(plan: CallPlan, given: Numbers) -> bool:
    """Below -1."""
    return given.name in ("gelu", "gelu_tanh", "ndtr") and given.high == -1


@departure(
    univariate_functions_in_ulps,
    summary="softplus is the identity from 20 on, in float64, too, where exp(-20) counts",
    operations=("softplus",),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="softplus_threshold",
)
def softplus_is_linear_too_early(plan: CallPlan, given: Numbers) -> bool:
    """From 20 to 37."""
    return given.name == "softplus" and given.low == 20


@departure(
    univariate_functions_in_ulps,
    summary="sinh and cosh overflow where exp does, in vector loops: above 88.73 in float32 and bfloat16",
    operations=("sinh", "cosh"),
    devices=("cpu",),
    dtypes=("float32", "bfloat16"),
    script="sinh_vector_overflow",
    hardware=VECTORISED,
)
def hyperbolic_functions_overflow_in_vectors(plan: CallPlan, given: Numbers) -> bool:
    """From 88 to 709, and of either sign."""
    return given.name in ("sinh", "cosh") and _beyond(given, 88, 709)


@departure(
    univariate_functions_in_ulps,
    summary="sinh and cosh overflow where exp does, in vector loops: above 709.78 in float64",
    operations=("sinh", "cosh"),
    devices=("cpu",),
    dtypes=("float64",),
    script="sinh_vector_overflow",
    hardware=VECTORISED,
)
def hyperbolic_functions_in_float64_overflow_in_vectors(plan: CallPlan, given: Numbers) -> bool:
    """Above 709, and of either sign."""
    return given.name in ("sinh", "cosh") and _beyond(given, 709, math.inf)


@departure(
    univariate_functions_in_ulps,
    summary="i0 and i1 overflow where exp does: above 88.73 in float32 and bfloat16, 3.2 too early",
    operations=("i0", "i1"),
    devices=("cpu", "cuda"),
    dtypes=("float32", "bfloat16"),
    script="bessel_overflow",
)
def bessel_functions_overflow_early(plan: CallPlan, given: Numbers) -> bool:
    """From 88 to 709, and of either sign."""
    return given.name in ("i0", "i1") and _beyond(given, 88, 709)


@departure(
    univariate_functions_in_ulps,
    summary="i0 and i1 overflow where exp does: above 709.78 in float64, 4.2 too early",
    operations=("i0", "i1"),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="bessel_overflow",
)
def bessel_functions_in_float64_overflow_early(plan: CallPlan, given: Numbers) -> bool:
    """Above 709, and of either sign."""
    return given.name in ("i0", "i1") and _beyond(given, 709, math.inf)


@departure(
    univariate_functions_in_ulps,
    summary="i1 and i1e of -0 are +0",
    operations=("i1", "i1e"),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="bessel_sign_of_zero",
)
def odd_bessel_functions_lose_the_sign_of_zero(plan: CallPlan, given: Numbers) -> bool:
    """At zeros."""
    return given.name in ("i1", "i1e") and given.low == 0 and given.high < 1


@departure(
    univariate_functions_in_ulps,
    summary="hardswish multiplies by 6 and then divides: infinite above a sixth of the largest number of float32",
    operations=("hardswish",),
    devices=("cpu", "cuda"),
    dtypes=("float32", "bfloat16"),
    script="hardswish_overflow",
)
def hardswish_overflows(plan: CallPlan, given: Numbers) -> bool:
    """Above 5.6e37."""
    return given.name == "hardswish" and given.low == 5.6e37


@departure(
    univariate_functions_in_ulps,
    summary="hardswish multiplies by 6 and then divides: infinite above a sixth of the largest number of float64",
    operations=("hardswish",),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="hardswish_overflow",
)
def hardswish_in_float64_overflows(plan: CallPlan, given: Numbers) -> bool:
    """Above 2.9e307."""
    return given.name == "hardswish" and given.low == 2.9e307


@departure(
    univariate_functions_in_ulps,
    summary="sinc of numbers beyond the largest divided by pi is NaN, in float32 and bfloat16: pi x overflows",
    operations=("sinc",),
    devices=("cpu", "cuda"),
    dtypes=("float32", "bfloat16"),
    script="sinc_overflow",
)
def sinc_overflows(plan: CallPlan, given: Numbers) -> bool:
    """Beyond 1.08e38."""
    return given.name == "sinc" and _beyond(given, 1.08e38, 5.7e307)


@departure(
    univariate_functions_in_ulps,
    summary="sinc of numbers beyond the largest divided by pi is NaN, in float64: pi x overflows",
    operations=("sinc",),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="sinc_overflow",
)
def sinc_in_float64_overflows(plan: CallPlan, given: Numbers) -> bool:
    """Beyond 5.7e307."""
    return given.name == "sinc" and _beyond(given, 5.7e307, math.inf)


@departure(
    univariate_functions_in_ulps,
    summary="lgamma overflows at 4.05e36 in float32 and bfloat16, before its value does",
    operations=("lgamma",),
    devices=("cpu",),
    dtypes=("float32", "bfloat16"),
    script="lgamma_overflow",
    hardware=VECTORISED,
)
def lgamma_overflows_early(plan: CallPlan, given: Numbers) -> bool:
    """Above 4e36."""
    return given.name == "lgamma" and given.low == 4e36


@departure(
    univariate_functions_in_ulps,
    summary="lgamma overflows at 2.559e305 in float64, before its value does",
    operations=("lgamma",),
    devices=("cpu",),
    dtypes=("float64",),
    script="lgamma_overflow",
    hardware=VECTORISED,
)
def lgamma_in_float64_overflows_early(plan: CallPlan, given: Numbers) -> bool:
    """Above 2.5e305."""
    return given.name == "lgamma" and given.low == 2.5e305


@departure(
    univariate_functions_in_ulps,
    summary="gelu of two numbers or more is oneDNN's: infinite beyond half of the largest number, NaN at infinity",
    operations=("gelu",),
    devices=("cpu",),
    dtypes=("float32", "bfloat16"),
    script="gelu_overflow",
    hardware="x86 CPUs, for which torch calls oneDNN",
)
def gelu_of_large_numbers_overflows(plan: CallPlan, given: Numbers) -> bool:
    """From 2^127 on, infinity included."""
    return given.name == "gelu" and given.low >= 2.0**127


@departure(
    univariate_functions_in_ulps,
    summary="bfloat16: gelu of 16 numbers or more is 0 where its values are subnormal",
    operations=("gelu",),
    devices=("cpu",),
    dtypes=("bfloat16",),
    script="gelu_bfloat16_subnormal",
    hardware="x86 CPUs, for which torch calls oneDNN",
)
def gelu_flushes_subnormal_values(plan: CallPlan, given: Numbers) -> bool:
    """Around 0."""
    return given.name == "gelu" and given.high == 2.0**-125


@departure(
    univariate_functions_in_ulps,
    summary="Half types: erf of small numbers is accurate to an absolute error only, below 2^-25 it is 0 in bfloat16",
    operations=("erf",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="erf_half_near_zero",
    hardware=VECTORISED,
)
def erf_of_small_half_numbers_is_absolutely_accurate(plan: CallPlan, given: Numbers) -> bool:
    """Between -1/8 and 1/8."""
    return given.name == "erf" and given.low == -0.125


@departure(
    univariate_functions_in_ulps,
    summary="polygamma(1, x) of negative numbers squares the sine of pi x, which is rounded: wrong next to poles, and "
    "for large numbers everywhere",
    operations=("trigamma",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="trigamma_negative",
)
def trigamma_rounds_its_angle(plan: CallPlan, given: Numbers) -> bool:
    """Below -1/2."""
    return given.name == "trigamma" and given.high == -0.5


@departure(
    univariate_functions_in_ulps,
    summary="polygamma(1, x) in float64 is accurate to 1e-9: of Stirling's series three terms are taken, at 6 or more",
    operations=("trigamma",),
    devices=("cpu",),
    dtypes=("float64",),
    script="trigamma_truncated",
)
def trigamma_leaves_terms_out(plan: CallPlan, given: Numbers) -> bool:
    """From -1/2 to 64 but around 0."""
    return given.name == "trigamma" and given.low in (-0.5, 1e-4)


@departure(
    special_functions_in_ulps,
    summary="Bessel functions J of infinities are NaN, not their limit 0",
    operations=("j0", "j1"),
    devices=("cpu", "cuda"),
    dtypes=("float32", "float64"),
    script="bessel_at_infinity",
)
def bessel_functions_have_no_limits(plan: CallPlan, given: Numbers) -> bool:
    """At infinities."""
    return given.name in ("j0", "j1") and (given.high < -1e308 or given.low == math.inf)


@departure(
    special_functions_in_ulps,
    summary="bessel_j0 and bessel_j1 in float64 are accurate to 1e-8 up to 5 and to 4e-7 just above: their "
    "denominators lack the leading term, whose coefficient is 1",
    operations=("j0", "j1"),
    devices=("cpu", "cuda"),
    dtypes=("float64",),
    script="bessel_leading_term",
)
def bessel_functions_lack_a_term(plan: CallPlan, given: Numbers) -> bool:
    """From 1.25 to 64, and of either sign."""
    return given.name in ("j0", "j1") and _beyond(given, 1.25, 64)
