"""Convolution as an infinitely strong prior on a dense layer."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from claims import TRUE, at_most, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.convolution_matrices import Fits, Fitted, fits
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import matrix_form as reference
from reference.linear_algebra.pseudoinverse import accuracy, solutions
from reference.truth import Truth


@claim(
    title="The constrained layer is the limit of Gaussian priors of vanishing variance, at rate 1/lambda",
    statement=r"w_\lambda=\arg\min f(w)+\tfrac\lambda2\|P_\perp w\|^2:\quad\|P_\perp w_\lambda\|\le"
    r"\frac{\|P_\perp\nabla f(w_{con})\|}{\lambda},\quad\lim_{\lambda\to\infty}w_\lambda=w_{con}",
    hypotheses="f convex, here the squared error of a linear layer, with one minimiser among tied matrices; P projects "
    "onto the complement of the convolution matrices",
    notes="Convolutional networks: convolution as an infinitely strong prior",
    book="9.4",
    truth=TRUE,
    bound="1.05 |H^-1| (gamma_{3p} |L||U| |w| + |dH| |w| + |dr|) for the solution of H w = r (ASNA Theorem 9.4; first "
    "order in the rounding of the system); the theorem from the monotonicity of gradients",
)
@for_all(fitted=fits())
def infinitely_strong_prior_limit(subject: Subject, fitted: Fitted) -> Iterator[Check]:
    """Minimisers with priors of several strengths, against the exact ones of the same numbers in fractions.

    What is left of them across the tied matrices is bounded by the gradient over the strength, and so is their distance
    from the tied fit, which torch finds by least squares on the windows of the inputs.
    """
    x, y, strength = (values(t) for t in fitted)
    exact = reference.with_prior(x, y, strength, subject.arithmetic("prior_solution"))
    found = subject.prior_solution(*fitted)
    yield within(found, Truth(exact.minimiser, exact.computed), label="the minimiser")
    with np.errstate(divide="ignore"):
        rate = np.where(strength > 0, exact.across / strength, np.inf)
    error = np.sqrt((exact.computed**2).sum((-2, -1)))
    strong = strength > 0
    across = np.sqrt((reference.projected(values(found), fitted_taps(fitted)) ** 2).sum((-2, -1)))
    yield at_most(
        across, np.where(strong, rate, 0.0), error * (1 + 1e-9), where=strong, label="across: |P grad f| / lambda"
    )
    distance = np.sqrt(((values(found) - exact.constrained) ** 2).sum((-2, -1)))
    far = np.where(strong, (1 + exact.turned) * rate, 0.0) * (1 + 1e-9)
    yield at_most(distance, far, error * (1 + 1e-9), where=strong, label="the distance from the tied fit")
    windows = fitted.x.unfold(-1, fitted_taps(fitted), 1).flatten(1, 2)
    targets = fitted.y.flatten(1)[..., None]
    least = solutions(values(windows), values(targets))
    kernel = subject.least_squares(windows, targets, driver="gels")
    bound = accuracy(least, values(kernel), "gels", subject.arithmetic("least_squares"))
    yield within(
        np.sqrt(((values(kernel)[..., 0] - exact.kernel) ** 2).sum(-1)),
        Truth(np.zeros(len(x)), bound.solution[..., 0] * (1 + 1e-9)),
        label="the tied fit",
    )


def fitted_taps(fitted: Fitted) -> int:
    """How many taps the kernel has: n - m + 1."""
    return fitted.x.shape[-1] - fitted.y.shape[-1] + 1


@refutation(infinitely_strong_prior_limit, r"w_\lambda=w_{con}\text{ for some finite }\lambda")
@for_all(fitted=only(Fits(2, 2, 4, "weak")))
def a_finite_strength_is_enough(subject: Subject, fitted: Fitted) -> Iterator[Check]:
    """Something is left across the tied matrices for every strength."""
    x, y, strength = (values(t) for t in fitted)
    exact = reference.with_prior(x, y, strength, subject.arithmetic("prior_solution"))
    truth = Truth(exact.constrained, exact.computed)
    yield within(subject.prior_solution(*fitted), truth, where=strength > 0)


@refutation(infinitely_strong_prior_limit, r"\|P_\perp w_\lambda\|\le\|P_\perp\nabla f(w_{con})\|/\lambda^2")
@for_all(fitted=only(Fits(2, 2, 4, "strong")))
def the_rate_is_that_of_the_square(subject: Subject, fitted: Fitted) -> Iterator[Check]:
    x, y, strength = (values(t) for t in fitted)
    exact = reference.with_prior(x, y, strength, subject.arithmetic("prior_solution"))
    across = np.sqrt(
        (reference.projected(values(subject.prior_solution(*fitted)), fitted_taps(fitted)) ** 2).sum((-2, -1))
    )
    yield at_most(across, exact.across / strength**2, np.sqrt((exact.computed**2).sum((-2, -1))))


@refutation(infinitely_strong_prior_limit, "The limit is the projection of the fit without a prior.")
@for_all(fitted=only(Fits(2, 2, 4, "strongest")))
def the_limit_is_the_projected_fit(subject: Subject, fitted: Fitted) -> Iterator[Check]:
    """Tied weights make up for the weights that they hold back."""
    free = values(subject.prior_solution(fitted.x, fitted.y, torch.zeros_like(fitted.strength)))
    along = free - reference.projected(free, fitted_taps(fitted))
    truth = Truth(along, np.full(along.shape, 0.05))
    yield within(subject.prior_solution(*fitted), truth, where=values(fitted.strength) >= 64)


@refutation(infinitely_strong_prior_limit, r"\|P_\perp w_\lambda\|\le\frac{\|P_\perp\nabla f(w_{con})\|}{2\lambda}")
@for_all(fitted=only(Fits(2, 2, 4, "strong")))
def half_of_the_rate_is_enough(subject: Subject, fitted: Fitted) -> Iterator[Check]:
    """The bound is attained in the limit."""
    x, y, strength = (values(t) for t in fitted)
    exact = reference.with_prior(x, y, strength, subject.arithmetic("prior_solution"))
    across = np.sqrt(
        (reference.projected(values(subject.prior_solution(*fitted)), fitted_taps(fitted)) ** 2).sum((-2, -1))
    )
    yield at_most(across, exact.across / (2 * strength), np.sqrt((exact.computed**2).sum((-2, -1))))
