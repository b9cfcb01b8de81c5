"""The Gaussian negative log likelihood with a variance that is learned, too."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.gaussian_losses import EPS, GaussianLoss, GaussianLosses, gaussian_losses
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.losses import gaussian_nll as reference
from reference.losses.reduction import reduced
from reference.truth import Truth

Float64 = NDArray[np.float64]


def of(subject: Subject, given: GaussianLoss, *, full: bool = False, eps: float = EPS) -> Tensor:
    """The loss of every prediction."""
    loss: Tensor = subject.gaussian_nll(*given, full=full, eps=eps, reduction="none")
    return loss


def residuals(given: GaussianLoss) -> tuple[Float64, Float64]:
    """r = mean - target, and the variances."""
    return values(given.mean) - values(given.target), values(given.variance)


@claim(
    title="The Gaussian loss with a learned variance is least at the squared residual, and has no lower bound",
    statement=r"\ell(\mu,v)=\tfrac12\Big(\log v+\frac{(x-\mu)^2}v\Big)\ge\tfrac12\big(\log(x-\mu)^2+1\big),\quad"
    r"\partial_\mu\ell=\frac{\mu-x}v,\ \partial_v\ell=\tfrac12\Big(\frac1v-\frac{(x-\mu)^2}{v^2}\Big),\quad"
    r"\inf_v\ell(x,v)=-\infty",
    hypotheses="v >= eps: torch replaces smaller variances by eps, so that its loss is bounded by log(eps)/2",
    notes="How learning differs from pure optimisation: losses that do not attain their infimum",
    book="8.1.2, 5.5, 6.2.1.1",
    truth=UNDER_HYPOTHESES,
    correction="As computed by torch it is bounded below; its derivatives leave the bound eps out of account.",
    bound="gamma_5 q + 2u |log v| + 0.92u + 2u of their sum, q = r^2 / (2v), eta / v for squares that underflow; "
    "slopes: gamma_5 |r|/v, gamma_2 / (2v) + gamma_6 q/v + u of their sum; BND-SUM",
)
@for_all(given=gaussian_losses())
def gaussian_nll_with_learned_variance(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """The loss with and without its constant, by function and module, its sum and mean, and with one variance for all
    predictions, against the formula; it is at least that of v = r^2. Slopes by reverse mode.

    Without a residual the loss is log(eps)/2 for all smaller variances, and falls with eps.
    """
    (r, v), fmt = residuals(given), subject.format
    for full in (False, True):
        truth = reference.loss(r, v, EPS, fmt, full=full)
        yield within(of(subject, given, full=full), truth, label=f"full={full}")
        yield within(subject.gaussian_nll_module(*given, full=full, eps=EPS), truth, label=f"module, full={full}")
    truth = reference.loss(r, v, EPS, fmt)
    yield at_most(reference.least(r), of(subject, given), truth.bound, label="least at v = r^2")
    mean, variance = (t.clone().requires_grad_() for t in (given.mean, given.variance))
    found, ones = of(subject, GaussianLoss(mean, given.target, variance)), subject.tensor(np.ones(r.shape))
    for leaf, slope in ((mean, reference.slope_of_mean), (variance, reference.slope_of_variance)):
        yield within(subject.gradient(found, leaf, ones), slope(r, v, EPS, fmt), label=slope.__name__.replace("_", " "))
    if not r.size:
        return
    arithmetic = subject.arithmetic("gaussian_nll_reduced")
    for reduction in ("sum", "mean"):
        total = subject.gaussian_nll_reduced(*given, eps=EPS, reduction=reduction)
        yield within(total, reduced(truth, arithmetic, mean=reduction == "mean"), label=reduction)
    largest = given.variance.amax(-1)
    shared = subject.gaussian_nll_shared(given.mean, given.target, largest, eps=EPS, reduction="none")
    yield within(shared, reference.loss(r, v.max(-1, keepdims=True), EPS, fmt), label="one variance for all")
    before = np.full(len(r), np.inf)
    for eps in (2.0**-4, 2.0**-8, 2.0**-12):
        nothing = GaussianLoss(given.target, given.target, given.variance * 0)
        loss = of(subject, nothing, eps=eps)
        yield within(loss, reference.loss(0 * r, 0 * v, eps, fmt), label=f"no residual, eps = {eps:g}")
        lowest = values(loss).max(-1)
        yield holds(lowest < before - 1, label="it falls with eps")
        before = lowest


@refutation(gaussian_nll_with_learned_variance, "gaussian_nll_loss is the formula for every positive variance.")
@for_all(given=only(GaussianLosses(1, "clamped"), GaussianLosses(3, "clamped")))
def the_formula_holds_for_every_variance(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """Below eps it is that of eps."""
    r, v = residuals(given)
    positive = (v > 0).all(-1)
    truth = reference.loss(r, np.where(v > 0, v, 1.0), 0.0, subject.format)
    yield within(of(subject, given), truth, where=positive)


@refutation(gaussian_nll_with_learned_variance, r"\ell(\mu,v)\ge0")
@for_all(given=only(GaussianLosses(1), GaussianLosses(3, "narrow")))
def the_loss_is_never_negative(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """A density may exceed 1."""
    yield holds(values(of(subject, given)) >= 0)


@refutation(gaussian_nll_with_learned_variance, r"\ell(\mu,v)\text{ is least for }v=|x-\mu|")
@for_all(given=only(GaussianLosses(1, "fitted"), GaussianLosses(3, "fitted")))
def the_deviation_is_the_best_variance(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """It is least for its square."""
    other = given._replace(variance=(given.mean - given.target).abs())
    yield at_most(of(subject, other), of(subject, given), 0.01)


@refutation(gaussian_nll_with_learned_variance, r"full=True adds $\log2\pi$.")
@for_all(given=only(GaussianLosses(1), GaussianLosses(3)))
def the_constant_is_twice_as_large(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """It adds half of that."""
    found = values(of(subject, given, full=True)) - values(of(subject, given))
    yield within(found, Truth(np.full(found.shape, 2 * reference.HALF_LOG_TWO_PI), np.full(found.shape, 0.2)))


@refutation(gaussian_nll_with_learned_variance, "With the variance 1 it is the squared error.")
@for_all(given=only(GaussianLosses(1), GaussianLosses(3)))
def with_unit_variance_it_is_the_squared_error(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """It is half of it."""
    unit = given._replace(variance=subject.tensor(np.ones(given.mean.shape)))
    square = residuals(given)[0] ** 2
    yield within(of(subject, unit), Truth(square, 0.01 + 0.05 * square))


@refutation(gaussian_nll_with_learned_variance, "Below eps the loss does not depend on the variance: its slope is 0.")
@for_all(given=only(GaussianLosses(1, "clamped"), GaussianLosses(3, "clamped")))
def clamped_variances_have_no_slope(subject: Subject, given: GaussianLoss) -> Iterator[Check]:
    """torch computes the slope as if the variance were eps."""
    leaf = given.variance.clone().requires_grad_()
    ones = subject.tensor(np.ones(leaf.shape))
    slope = values(subject.gradient(of(subject, given._replace(variance=leaf)), leaf, ones))
    yield equal(slope, np.zeros(slope.shape), where=(values(leaf) < EPS).all(-1))
