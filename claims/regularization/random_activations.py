"""Random activations: rectifiers whose negative slope is drawn anew for every number."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, consistent, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.rectified import Rectified, RectifiedLayer, rectified_layers
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.probability.consistency import consistent as criteria
from reference.probability.sampling import ALPHA
from reference.regularization import random_activations as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]

SPELLINGS = ("rrelu", "rrelu_module", "rrelu_in_place")
PASSES = 2
LARGE = 1 << 12
"""Slopes of so many numbers are tested; of fewer, values and gradients only."""


def passes(subject: Subject, given: Rectified, spelling: str, count: int = 1) -> Iterator[tuple[Float64, Float64]]:
    """Outputs and slopes, by reverse mode, of passes in training one after the other."""
    ones = subject.tensor(np.ones(given.x.shape))
    with subject.random(given.seed):
        for _ in range(count):
            x = given.x.clone().requires_grad_()
            y: Tensor = getattr(subject, spelling)(x, given.lower, given.upper, training=True)
            yield values(y), values(subject.gradient(y, x, ones))


@claim(
    title="Randomised leaky ReLU draws a slope for every negative number in training and has their mean in evaluation",
    statement=r"y_i=\begin{cases}x_i&x_i>0\\a_ix_i&x_i\le0\end{cases},\quad a_i\text{ i.i.d. uniform on }[l,u],\quad"
    r" \partial y_i/\partial x_i=a_i\ (x_i<0);\quad\text{in evaluation }a_i=\tfrac{l+u}2=\mathbb E\,a_i",
    hypotheses="finite x, l <= u",
    notes="Regularisation: random perturbations in training, as dropout makes them",
    book="Xu, Wang, Chen and Li 2015, section 2.4; 7.5",
    truth=TRUE,
    bound="one rounding of the product, in half types one of the slope, two of the middle slope; uniform law to within "
    "a unit of the format at its upper end; exact tests at 1e-9 (Dvoretzky-Kiefer-Wolfowitz, Bernstein, Hoeffding)",
)
@for_all(given=rectified_layers())
def rrelu_random_slopes(subject: Subject, given: Rectified) -> Iterator[Check]:
    """Slopes are read off the gradients: they lie between the ends, the output is their product with the input, and
    those of two passes pass the tests of independent uniform draws, also a row and a pass apart. Forward mode has the
    slope of its own pass.

    Positive numbers pass unchanged. Evaluation has the middle slope, in value and gradient, and draws nothing.
    """
    x, lower, upper = values(given.x), given.lower, given.upper
    least, most = reference.ends(lower, upper, subject.format)
    negative, positive = x < 0, x > 0
    for spelling in SPELLINGS:
        drawn = []
        for y, slopes in passes(subject, given, spelling, PASSES):
            yield within(
                y[None],
                _one(reference.scaled(x, slopes, subject.arithmetic(spelling))),
                label=f"{spelling}: slope times x",
            )
            known = np.where(positive, least, slopes)
            yield holds([((known >= least) & (known <= most)).all()], label=f"{spelling}: slopes between the ends")
            yield holds([(slopes[positive] == 1).all()], label=f"{spelling}: slope 1")
            drawn.append(slopes[negative])
        sample = np.concatenate(drawn)
        if sample.size >= LARGE and lower < upper:
            law = reference.slope_law(lower, upper, subject.format)
            for name, fit in criteria(sample, law, apart=(x.shape[-1], sample.size // PASSES)):
                yield consistent(*fit, alpha=ALPHA, label=f"{spelling}: {name}")
        yield from evaluation(subject, given, spelling)
    yield from forward_mode(subject, given)


def _one(truth: Truth) -> Truth:
    """The truth of a single instance, with an axis in front."""
    return Truth(truth.value[None], truth.bound[None])


def evaluation(subject: Subject, given: Rectified, spelling: str) -> Iterator[Check]:
    """The middle slope; the random stream stays where it was."""
    arithmetic, x = subject.arithmetic(spelling), given.x.clone().requires_grad_()
    with subject.random(given.seed):
        y = getattr(subject, spelling)(x, given.lower, given.upper, training=False)
        after = values(subject.rrelu(given.x, given.lower, given.upper, training=True))
    truth = reference.evaluated(values(given.x), given.lower, given.upper, arithmetic)
    yield within(values(y)[None], _one(truth), label=f"{spelling}: evaluation")
    slope = subject.gradient(y, x, subject.tensor(np.ones(x.shape)))
    expected = reference.middle_slope(values(given.x), given.lower, given.upper, arithmetic)
    yield within(values(slope)[None], _one(expected), label=f"{spelling}: slope in evaluation")
    with subject.random(given.seed):
        undisturbed = values(subject.rrelu(given.x, given.lower, given.upper, training=True))
    yield equal(after[None], undisturbed[None], label=f"{spelling}: evaluation draws nothing")


def forward_mode(subject: Subject, given: Rectified) -> Iterator[Check]:
    """The derivative along (2, ..., 2) is twice the slope of the same pass."""
    d = subject.tensor(np.full(given.x.shape, 2.0))
    with subject.random(given.seed):
        both = values(subject.rrelu_along(given.x, d, given.lower, given.upper))
    y, along = np.split(both, 2, axis=-1)
    yield within(
        y[None],
        _one(reference.scaled(values(given.x), along / 2, subject.arithmetic("rrelu_along"))),
        label="forward mode",
    )


def large(ends: int = 0) -> RectifiedLayer:
    """Enough slopes to tell their law."""
    return RectifiedLayer(64, 256, "minus one", ends)


@refutation(rrelu_random_slopes, "All numbers of a row share a slope.")
@for_all(given=only(RectifiedLayer(2, 2), RectifiedLayer(1, 3)))
def a_row_shares_its_slope(subject: Subject, given: Rectified) -> Iterator[Check]:
    """Every number has its own, unlike in PReLU."""
    (_, slopes), *_ = passes(subject, given, "rrelu")
    yield equal(slopes[None], np.broadcast_to(slopes[:, :1], slopes.shape)[None])


@refutation(rrelu_random_slopes, "Evaluation draws slopes, too.")
@for_all(given=only(RectifiedLayer(2, 2), RectifiedLayer(1, 3)))
def evaluation_draws_slopes(subject: Subject, given: Rectified) -> Iterator[Check]:
    """It takes the mean slope."""
    with subject.random(given.seed):
        first, second = (values(subject.rrelu(given.x, given.lower, given.upper, training=False)) for _ in range(2))
    yield holds([not np.array_equal(first, second)])


@refutation(rrelu_random_slopes, r"In evaluation a negative number is divided by $\tfrac{l+u}2$.")
@for_all(given=only(RectifiedLayer(1, 1), RectifiedLayer(1, 3)))
def evaluation_divides_by_the_mean(subject: Subject, given: Rectified) -> Iterator[Check]:
    """The paper divides by numbers between 3 and 8, torch multiplies by numbers between 1/8 and 1/3."""
    y = values(subject.rrelu(given.x, given.lower, given.upper, training=False))
    yield within(y[None], Truth(2 * values(given.x)[None] / (given.lower + given.upper), np.full((1, *y.shape), 0.1)))


@refutation(rrelu_random_slopes, r"The slope is 1 over a number uniform on $[1/u,1/l]$, as in the paper.")
@for_all(given=only(large()))
def slopes_are_inverses_of_uniform_numbers(subject: Subject, given: Rectified) -> Iterator[Check]:
    """Their mean would be 0.196, not 0.229."""
    (_, slopes), *_ = passes(subject, given, "rrelu")
    law = reference.slope_law(1 / given.upper, 1 / given.lower, subject.format)
    for name, fit in criteria(1 / slopes.ravel(), law):
        yield consistent(*fit, alpha=ALPHA, label=name)


@refutation(rrelu_random_slopes, "Positive numbers get a random slope, too.")
@for_all(given=only(RectifiedLayer(1, 8, "normal"), RectifiedLayer(2, 8, "normal")))
def positive_numbers_are_scaled(subject: Subject, given: Rectified) -> Iterator[Check]:
    """They pass unchanged."""
    ((y, _),) = passes(subject, given, "rrelu")
    x = values(given.x)
    yield at_most([np.where(x > 0, y, 0.0).max()], [0.9 * np.where(x > 0, x, 0.0).max()])
