"""Where numbers become infinite or vanish: conversions between formats, exponentials, flushed subnormal numbers."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.roundings import Roundings, roundings
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.formats import FORMATS, float16
from reference.losses import floating_point as reference

SPELLINGS = ("to", "named", "copy_", "strided copy_")
POWER = -2


def converted(subject: Subject, x: Tensor, target: str, spelling: str = "to") -> NDArray[np.float64]:
    """x in the target format."""
    y: NDArray[np.float64] = values(subject.converted(x, dtype=getattr(torch, target), spelling=spelling))
    return y


@claim(
    title="Numbers overflow to infinity from half an ulp above the largest, and vanish from half the smallest down",
    statement=r"|x|\ge x_{\max}+\tfrac12\mathrm{ulp}\Rightarrow\operatorname{fl}(x)=\pm\infty,\quad|x|\le\tfrac12\eta"
    r"\Rightarrow\operatorname{fl}(x)=\pm0;\qquad e^x=\infty\iff x>\log(x_{\max}+\tfrac12\mathrm{ulp}),\quad "
    r"\eta\text{ the smallest number}",
    hypotheses="round to nearest, ties to even (IEEE 754); gradual underflow, unless subnormal numbers are flushed; "
    "float64 may become a half type by way of float32; exp up to the error of its kernel, and to 0 below the normal "
    "range of its accumulator",
    notes="Numerical computation: overflow and underflow",
    book="4.1",
    truth=UNDER_HYPOTHESES,
    correction="A very small number becomes 0 only below the subnormal range, from half of its smallest number down.",
    bound="conversions and products exact, with the sign of zero, NaN stays NaN; exp: between the rounded ends of "
    "e^x (1 -+ 4u), u of the accumulator (calibrated: 1.13u seen)",
)
@for_all(x=roundings())
def floating_point_overflow_underflow(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Conversion into each of the four formats, in four spellings, against exact rounding; limits of the format;
    exponentials; products with a power of two, and the same while subnormal numbers are flushed, before and after.
    """
    numbers = values(x)
    for name, target in FORMATS.items():
        for spelling in SPELLINGS:
            found = converted(subject, x, name, spelling)
            yield holds(reference.nearest(found, numbers, subject.format, target), label=f"{spelling} {name}")
    yield equal(subject.limits(x), reference.limits(subject.format), label="limits")
    least, largest = reference.exponentials(numbers, units(subject), subject.arithmetic("exp"))
    e = values(subject.exp(x))
    yield holds(((least <= e) & (e <= largest)) | (np.isnan(numbers) & np.isnan(e)), label="exp")
    product = reference.scaled(numbers, POWER, subject.format)
    flushes = reference.flushable(numbers, POWER, subject.arithmetic("multiply"))
    flushed, can = values(subject.flushed_product(x, 2.0**POWER))
    yield holds(reference.same(flushed, product) | (flushes & (flushed == 0)), label="product while flushing")
    if not subject.arithmetic("multiply").mixed:
        yield holds((flushed == 0) | ~flushes | (can == 0), label="subnormal numbers are flushed")
    yield holds(reference.same(values(subject.multiply(x, 2.0**POWER)), product), label="gradual underflow again")


@refutation(floating_point_overflow_underflow, "Every number above the largest overflows: 65504 + 1 in float16.")
@for_all(x=only(Roundings(67), Roundings(67, "bfloat16")))
def every_number_above_the_largest_overflows(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It rounds back until half an ulp above: the first to overflow is 65520."""
    above = np.abs(values(x)) > float16.largest
    yield holds(np.isinf(converted(subject, x, "float16")) | ~above)


@refutation(floating_point_overflow_underflow, "Tensor.to rounds once from float64 to float16.", dtypes=("float64",))
@for_all(x=only(Roundings(67, kind="doubled"), Roundings(300)))
def float64_is_rounded_once(subject: Subject, x: Tensor) -> Iterator[Check]:
    """It rounds to float32 first: 1 + 2^-11 + 2^-40 becomes 1."""
    yield equal(converted(subject, x, "float16"), float16.round(values(x)))


@refutation(floating_point_overflow_underflow, "Every number below the smallest normal one becomes 0.")
@for_all(x=only(Roundings(67)))
def below_the_normal_range_all_is_zero(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Underflow is gradual."""
    yield holds((converted(subject, x, "float16") == 0) | (np.abs(values(x)) >= float16.lam))


@refutation(floating_point_overflow_underflow, "Half of the smallest number is rounded up: ties go away from 0.")
@for_all(x=only(Roundings(67)))
def ties_go_away_from_zero(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Ties go to even numbers: eta/2 becomes 0, 3/2 eta becomes 2 eta."""
    yield holds((converted(subject, x, "float16") != 0) | (np.abs(values(x)) < float16.eta / 2))


@refutation(floating_point_overflow_underflow, r"e^x=\infty\iff e^{-x}=0")
@for_all(x=only(Roundings(300, kind="exponents")))
def exponentials_overflow_and_vanish_together(subject: Subject, x: Tensor) -> Iterator[Check]:
    """Between them lies the range of subnormal numbers."""
    yield equal(np.isinf(values(subject.exp(x))), values(subject.exp(-x)) == 0)
