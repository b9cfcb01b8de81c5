"""Uniform numbers on a half-open interval: what rounding does to their ends in half types."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from claims import FALSE_AS_STATED, claim, consistent, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.half_open import Draws, HalfOpen, half_open_draws
from claims.frame.inputs.samples import canvas
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.probability import sampling as reference
from reference.probability.consistency import consistent as tests_of
from reference.probability.sampling import ALPHA
from reference.statistics import bernstein_radius, hoeffding_radius

HALF = ("bfloat16", "float16")


def drawn(subject: Subject, x: Draws) -> NDArray[np.float64]:
    """The numbers (n,) that a generator of this seed gives."""
    with subject.random(x.seed) as generator:
        if x.sampler == "rand":
            found = subject.rand(x.n, dtype=subject.torch_dtype, device=subject.device, generator=generator)
        else:
            found = subject.uniform_(canvas(subject, x.n), *x.ends, generator=generator)
    return np.asarray(values(found))


@claim(
    title="In half types a sampler of [a, b) that relabels what rounds up to b has an atom at a and a biased mean",
    statement=r"X=\operatorname{rd}(a+(b-a)U),\ \{X=b\}\text{ relabelled }a:"
    r"\quad P(X=a)=\frac{\operatorname{ulp}^-(b)+\operatorname{ulp}^+(a)}{2(b-a)},"
    r"\quad\mathbb{E}X=\frac{a+b}{2}-\frac{\operatorname{ulp}^-(b)}{2}+\text{terms of second order}",
    hypotheses="a and b are numbers of the format; the number below b is ulp^-(b) away, that above a ulp^+(a)",
    notes="Initialization of weights: uniform initial weights",
    truth=FALSE_AS_STATED,
    correction="Uniform weights of float16 and bfloat16 do not have the mean (a + b)/2: torch's is lower by half an ulp"
    " of b on the CPU, and a has the mass of b's rounding interval besides its own. A sampler that keeps b, or takes"
    " the number below it, has hardly any bias; both are accepted here.",
    bound="The law is that of rounding intervals, exact but for the grid of float32. Ends and the last number below: "
    "exact binomial tests. The rest: DKW, Bernstein for two moments, the law of the range, Hoeffding for agreements. "
    "Each at 1e-9.",
)
@for_all(x=half_open_draws())
def lowprec_uniform_atom(subject: Subject, x: Draws) -> Iterator[Check]:
    """uniform_ and rand against the nearest of the laws: what rounds up to b is relabelled, kept, or becomes the number
    below. All numbers lie between the ends, rounded; in float32 and float64 there is no atom.
    """
    sample, (lower, upper) = drawn(subject, x), subject.format.round(np.array(x.ends))
    yield holds((lower <= sample) & (sample <= upper), label="between the ends")
    yield equal(subject.format.round(sample), sample, label="numbers of the format")
    laws = reference.half_open_laws(*x.ends, subject.format)
    yield consistent(*reference.atom_fit(sample, laws), alpha=ALPHA, label="the ends as often as by the law")
    for name, fit in tests_of(sample, laws):
        yield consistent(*fit, alpha=ALPHA, label=name)


LONG = (HalfOpen("narrow", 1 << 17), HalfOpen("narrow", 1 << 18))
POSITIVE = (HalfOpen("positive", 1 << 17), HalfOpen("positive", 1 << 18))


@refutation(lowprec_uniform_atom, r"\mathbb{E}X=\tfrac{a+b}2\text{ in half types}", dtypes=HALF)
@for_all(x=only(*LONG))
def half_uniform_draws_are_unbiased(subject: Subject, x: Draws) -> Iterator[Check]:
    """On [1, 1.0625) an eighth of bfloat16 numbers is 1, and the mean lower by 1/256."""
    lower, upper = x.ends
    width = upper - lower
    radius = bernstein_radius(x.n, width**2 / 12, width, ALPHA)
    yield consistent(abs(drawn(subject, x).mean() - (lower + upper) / 2), radius, alpha=ALPHA)


@refutation(lowprec_uniform_atom, r"P(X=a)=\frac{\operatorname{ulp}^+(a)}{2(b-a)}\text{ in half types}", dtypes=HALF)
@for_all(x=only(*POSITIVE, *LONG))
def the_lower_end_has_the_mass_of_its_interval(subject: Subject, x: Draws) -> Iterator[Check]:
    """That of the upper one is added."""
    law = reference.half_open_laws(*x.ends, subject.format)[2]  # what rounds up to the upper end is kept
    share = (drawn(subject, x) == x.ends[0]).mean()
    mass = law.above(np.nextafter(x.ends[0], -np.inf)) - law.above(x.ends[0])
    yield consistent(abs(share - mass), bernstein_radius(x.n, mass * (1 - mass), 1.0, ALPHA), alpha=ALPHA)


@refutation(lowprec_uniform_atom, "The upper end may be drawn.", dtypes=HALF)
@for_all(x=only(*LONG))
def the_upper_end_is_drawn(subject: Subject, x: Draws) -> Iterator[Check]:
    """Every draw that rounds up to it is relabelled."""
    yield holds((drawn(subject, x) == x.ends[1]).any())


@refutation(lowprec_uniform_atom, "Uniform numbers on [0, 1) are never 0.", dtypes=("bfloat16",))
@for_all(x=only(HalfOpen(n=1 << 16), HalfOpen(n=1 << 16, sampler="rand")))
def zero_is_never_drawn(subject: Subject, x: Draws) -> Iterator[Check]:
    """In bfloat16 one in 512 is: a logarithm of them is infinite."""
    yield holds((drawn(subject, x) != 0).all())


@refutation(lowprec_uniform_atom, "Every number of the format in [0, 1) is equally likely.")
@for_all(x=only(HalfOpen(), HalfOpen(n=1 << 16)))
def all_numbers_are_equally_likely(subject: Subject, x: Draws) -> Iterator[Check]:
    """Half of them lie below 2^-7 in float16, and below 2^-60 in the other formats."""
    below = (drawn(subject, x) < 2.0**-6).mean()
    yield consistent(max(0.5 - below, 0.0), hoeffding_radius(x.n, 1.0, ALPHA), alpha=ALPHA)
