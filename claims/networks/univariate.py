"""Functions of one number, in units in the last place."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.spectra import only
from claims.frame.inputs.univariate import Arguments, Numbers, arguments
from claims.frame.plan import CallPlan
from claims.frame.subject import Subject
from reference.networks import univariate as reference
from reference.networks.univariate_functions import FUNCTIONS
from reference.truth import Truth


@claim(
    title="Functions of one number are computed within a few units in the last place",
    statement=r"|\hat f(x)-f(x)|\le k_f\operatorname{ulp}(f(x))+e_f(x),\quad "
    r"f\in\{\exp,\log,\sin,\tanh,\sigma,\operatorname{erf},\operatorname{gelu},\ldots\}",
    hypotheses="e_f is what the condition of f makes of a few roundings of its argument; 0 for elementary functions",
    notes="Activation functions: numerical evaluation",
    book="4.1; 6.3",
    truth=UNDER_HYPOTHESES,
    bound="elementary, Bessel and gamma functions: documented (SLEEF, VML, GNU, Cephes; CUDA); composite ones: their "
    "formula, step by step; digamma, erfinv and gelu calibrated; half types: one rounding more. ulp after Muller, On "
    "the definition of ulp(x)",
)
@for_all(given=arguments())
def univariate_functions_in_ulps(subject: Subject, given: Arguments) -> Iterator[Check]:
    """Fifty-seven functions, side by side and with gaps in memory: vector loops, their tails and scalar code. Every
    number of the 16-bit formats; of wider ones a sample by rank, one number a stratum, so that all exponents of both
    signs occur, with the neighbours of roots, poles, thresholds and ends of the format. NaN stays NaN, infinities give
    the limits, odd functions keep the sign of zero.
    """
    yield from held_in_ulps(subject, given)


def held_in_ulps(subject: Subject, given: Arguments) -> Iterator[Check]:
    """Errors in three memory layouts, and signs of zero."""
    name, x = given.name, values(given.x)
    f, how = FUNCTIONS[name], subject.arithmetic(name)
    value = reference.evaluated(name, x, subject.format)
    cuda = torch.device(subject.device).type == "cuda"
    allowed = Truth(np.zeros(x.shape), reference.bound(name, x, value, how, cuda=cuda))
    for plan in dict.fromkeys((subject.plan, CallPlan(), CallPlan("batched", "strided"))):
        y = values(getattr(dataclasses.replace(subject, plan=plan), name)(given.x))
        yield within(reference.ulps(y, value, subject.format), allowed, label=f"{name} in ulps, {plan.layout}")
        if f.odd:
            kept = np.signbit(y) == np.signbit(x)
            yield holds(kept | (x != 0), label=f"{name}: sign of zero, {plan.layout}")


@claim(
    title="Special functions without half types are computed within a few units in the last place",
    statement=r"|\hat f(x)-f(x)|\le k_f\operatorname{ulp}(f(x))+e_f(x),\quad "
    r"f\in\{\operatorname{erfcx},\log\Phi,\Phi^{-1},J_0,J_1\}",
    hypotheses="e_f is what the condition of f makes of a few roundings of its argument, or of its phase",
    notes="Activation functions: numerical evaluation",
    book="3.9.3; 4.1",
    truth=UNDER_HYPOTHESES,
    bound="erfcx and log ndtr: their formula, step by step; ndtri documented (Cephes); Bessel functions up to 5 "
    "calibrated, beyond step by step",
)
@for_all(given=arguments(wide=True))
def special_functions_in_ulps(subject: Subject, given: Arguments) -> Iterator[Check]:
    """The scaled complementary error function, the logarithm of the normal distribution function, its inverse, and
    Bessel functions of order 0 and 1, as the functions that half types have: samples by rank with the neighbours of
    roots and thresholds, side by side and with gaps in memory.
    """
    yield from held_in_ulps(subject, given)


def in_ulps(subject: Subject, given: Arguments) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The errors of a function."""
    value = reference.evaluated(given.name, values(given.x), subject.format)
    found = values(getattr(subject, given.name)(given.x))
    return reference.ulps(found, value, subject.format)


@refutation(univariate_functions_in_ulps, "Every function is correctly rounded.")
@for_all(given=only(Numbers("sigmoid", 2), Numbers("i1e", 2)))
def every_function_is_correctly_rounded(subject: Subject, given: Arguments) -> Iterator[Check]:
    """Those of IEEE 754 are; others are off by an ulp, and modified Bessel functions by several."""
    yield within(in_ulps(subject, given), Truth(np.zeros(given.x.shape), np.full(given.x.shape, 0.5)))


@refutation(univariate_functions_in_ulps, r"|\hat f(x)-f(x)|\le u\,|f(x)|\text{ for subnormal values, too}")
@for_all(given=only(Numbers("exp"), Numbers("square")))
def underflow_is_relatively_accurate(subject: Subject, given: Arguments) -> Iterator[Check]:
    """Below the normal numbers an ulp does not become smaller."""
    value = reference.evaluated(given.name, values(given.x), subject.format)
    found = values(getattr(subject, given.name)(given.x))
    yield within(found, Truth(value.near, 4 * subject.format.u * np.abs(value.near)))


@refutation(univariate_functions_in_ulps, "A condition number does not matter to a logit: it is within 4 ulps.")
@for_all(given=only(Numbers("logit")))
def logit_is_accurate_near_its_root(subject: Subject, given: Arguments) -> Iterator[Check]:
    """At 1/2 the quotient x / (1 - x) is rounded near 1, the root of the logarithm."""
    yield within(in_ulps(subject, given), Truth(np.zeros(given.x.shape), np.full(given.x.shape, 4.0)))


@refutation(
    univariate_functions_in_ulps, "An increasing function never falls when it is computed: it is below its limit."
)
@for_all(given=only(Numbers("tanh"), Numbers("erf", 2)))
def saturation_is_never_reached(subject: Subject, given: Arguments) -> Iterator[Check]:
    """tanh rounds to 1."""
    found = values(getattr(subject, given.name)(given.x))
    inside = np.isfinite(values(given.x))
    yield at_most(np.where(inside, np.abs(found), 0.0), np.where(inside, 1 - subject.format.u, 1.0))


@refutation(univariate_functions_in_ulps, "The rectifier rounds.")
@for_all(given=only(Numbers("relu")))
def the_rectifier_is_half_an_ulp_off(subject: Subject, given: Arguments) -> Iterator[Check]:
    """It is exact."""
    yield equal(np.isfinite(in_ulps(subject, given)) & (in_ulps(subject, given) > 0), np.ones(given.x.shape))


@refutation(special_functions_in_ulps, "A root does not matter to a Bessel function: it is within 16 ulps.")
@for_all(given=only(Numbers("j0", 4), Numbers("j1", 4)))
def bessel_functions_are_accurate_near_their_roots(subject: Subject, given: Arguments) -> Iterator[Check]:
    """Next to a root the error is one of the phase."""
    yield within(in_ulps(subject, given), Truth(np.zeros(given.x.shape), np.full(given.x.shape, 16.0)))


@refutation(special_functions_in_ulps, r"\log\Phi(x)=\log(\Phi(x))\text{ as it is computed}")
@for_all(given=only(Numbers("log_ndtr")))
def the_logarithm_of_ndtr_is_log_ndtr(subject: Subject, given: Arguments) -> Iterator[Check]:
    """The distribution function underflows."""
    naive = values(subject.log(subject.ndtr(given.x)))
    yield within(naive, reference.truth("log_ndtr", values(given.x), subject.arithmetic("log_ndtr")))
