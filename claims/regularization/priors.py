"""Priors: a penalty on the weights is minus the logarithm of a density."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.priors import Prior, Priors, priors
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.regularization import priors as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]

RATE = 0.125
FEW = 2
"""Scales of so many instances are tried as weight_decay, which is one number a call."""


def numbers(given: Prior) -> tuple[Float64, Float64, Float64, Float64]:
    """w, g, the losses, and s; 1 for the scales of tensors without numbers."""
    w, g, losses, s = values([given.w, given.g, given.losses, given.s])
    return w, g, losses, np.where(s > 0, s, 1.0)


def slope(subject: Subject, given: Prior) -> Tensor:
    """d log p / d w by reverse mode."""
    leaf = given.w.clone().requires_grad_()
    density = subject.prior_log_density(leaf, given.s, given.prior)
    return subject.gradient(density, leaf, subject.tensor(np.ones(given.w.shape)))


@claim(
    title="An L2 penalty is a normal prior, an L1 penalty is Laplace's",
    statement=r"-\log N(w;0,\sigma^2)=\lambda w^2+c,\ \lambda=\frac1{2\sigma^2};\quad"
    r"-\log\operatorname{Lap}(w;0,b)=\lambda|w|+c,\ \lambda=\frac1b;\quad"
    r"\arg\max_w\,[\log p(D\mid w)+\log p(w)]=\arg\min_w\,[L(w)+\lambda R(w)],\ L=-\log p(D\mid w)",
    hypotheses="weights independent under the prior, with mean 0 and one scale; c does not depend on them",
    notes="Regularisation: a penalty amounts to a prior on the parameters",
    book="5.6.1, eq. 5.79; 7.1",
    formal="ProbabilityTheory.gaussianPDFReal",
    truth=TRUE,
    bound="Log densities: gamma_2 |w|/b + 4u |log 2b| and 2u of their sum; for the normal law as in "
    "normal-log-density. Slopes: gamma_8 |w|/s^2, gamma_2 / b; a step: gamma_2 of the gradient and u |w|",
)
@for_all(given=priors())
def map_prior_penalty(subject: Subject, given: Prior) -> Iterator[Check]:
    """Log densities against closed forms, and less that of the weight 0, which leaves the penalty. Their slopes by
    reverse mode: w / s^2, sign(w) / b, at 0 any number between.

    A step of SGD with the prior, and with weight_decay = 1 / s^2 in its place, against the step with the penalty. Among
    candidates the one of the largest posterior density has the least loss with penalty.
    """
    w, g, losses, s = numbers(given)
    prior, fmt = given.prior, subject.format
    found = subject.prior_log_density(given.w, given.s, prior)
    density = reference.log_density(w, s, prior, fmt)
    yield within(found, density, label=f"log density, {prior}")
    at_zero = values(subject.prior_log_density(given.w * 0, given.s, prior))
    slack = density.bound + reference.log_density(np.zeros_like(w), s, prior, fmt).bound
    cost = reference.penalty(w, s, prior)
    yield within(at_zero - values(found), Truth(cost, slack), label=f"the penalty is left, {prior}")
    pull = reference.pull(w, s, prior, fmt)
    yield within(slope(subject, given), Truth(-pull.value, pull.bound), label=f"slope, {prior}")
    truth = reference.step(w, g, s, RATE, prior, subject.arithmetic("map_step"))
    yield within(subject.map_step(given.w, given.g, given.s, RATE, prior), truth, label=f"step with the prior, {prior}")
    if prior == "normal":
        for i, decay in enumerate(1 / s[:FEW] ** 2):
            one = slice(i, i + 1)
            yield within(
                decayed(subject, given, one, float(decay)), Truth(*(t[one] for t in truth)), label="weight_decay"
            )
    if w.shape[-1]:
        chosen = values(subject.map_choice(given.losses, given.w, given.s, prior)).astype(np.int64)
        total = losses + cost
        at = np.take_along_axis(total, np.clip(chosen, 0, w.shape[-1] - 1)[:, None], -1)[:, 0]
        yield at_most(
            at, total.min(-1), reference.choice_slack(losses, density, fmt), label=f"the best candidate, {prior}"
        )


def decayed(subject: Subject, given: Prior, rows: slice, decay: float) -> Float64:
    """A step of SGD with weight_decay, from the weights of these instances."""
    w, g = given.w[rows, None], given.g[rows, None, None]
    return np.asarray(values(subject.decayed_steps(w, g, RATE, decay, optimiser="SGD"))[:, 0])


@refutation(map_prior_penalty, r"\lambda=\sigma^2")
@for_all(given=only(Priors(1), Priors(3)))
def the_penalty_is_the_variance(subject: Subject, given: Prior) -> Iterator[Check]:
    """It is half the inverse of the variance."""
    w, _, _, s = numbers(given)
    cost = s[:, None] ** 2 * w**2
    found = values(subject.prior_log_density(given.w * 0, given.s, given.prior))
    found = found - values(subject.prior_log_density(given.w, given.s, given.prior))
    yield within(found, Truth(cost, 0.05 + 0.05 * cost))


@refutation(map_prior_penalty, "The larger the penalty, the larger the variance of the prior.")
@for_all(given=only(Priors(1), Priors(3, "laplace")))
def wide_priors_penalise_more(subject: Subject, given: Prior) -> Iterator[Check]:
    """A wide prior hardly penalises."""
    narrow, wide = (np.abs(values(slope(subject, given._replace(s=s)))) for s in (given.s, 2 * given.s))
    yield at_most(narrow, wide, where=(values(given.w) != 0).all(-1))


@refutation(map_prior_penalty, r"-\log N(w;0,\sigma^2)=\lambda w^2,\text{ without a constant}")
@for_all(given=only(Priors(1), Priors(3)))
def the_constant_is_zero(subject: Subject, given: Prior) -> Iterator[Check]:
    """It is log(sigma sqrt(2 pi))."""
    w, _, _, s = numbers(given)
    cost = reference.penalty(w, s, given.prior)
    yield within(-values(subject.prior_log_density(given.w, given.s, given.prior)), Truth(cost, 0.05 + 0.05 * cost))


@refutation(map_prior_penalty, r"$\text{weight\_decay}=1/(2\sigma^2)$ in torch.")
@for_all(given=only(Priors(1), Priors(3)))
def torch_decays_by_half_the_inverse_variance(subject: Subject, given: Prior) -> Iterator[Check]:
    """weight_decay multiplies w, not 2w: it is 1/sigma^2."""
    w, g, _, s = numbers(given)
    truth = reference.step(w, g, s, RATE, "normal", subject.arithmetic("decayed_steps"))
    one = slice(0, 1)
    yield within(decayed(subject, given, one, float(1 / (2 * s[0] ** 2))), Truth(*(t[one] for t in truth)))


@refutation(map_prior_penalty, r"A Laplace prior of variance $\sigma^2$ has $\lambda=1/\sigma$.")
@for_all(given=only(Priors(1, "laplace"), Priors(3, "laplace")))
def laplace_scale_is_the_deviation(subject: Subject, given: Prior) -> Iterator[Check]:
    """Its variance is 2 b^2: lambda is sqrt(2)/sigma."""
    deviation = numbers(given)[3][:, None] * 2**0.5
    known = (values(given.w) != 0).all(-1)
    expected = 1 / deviation
    found = np.abs(values(slope(subject, given)))
    yield within(found, Truth(np.broadcast_to(expected, found.shape), 0.05 * expected), where=known)


@refutation(
    map_prior_penalty, "The largest likelihood and the largest posterior density are those of the same weights."
)
@for_all(given=only(Priors(4), Priors(8, "laplace")))
def the_prior_changes_nothing(subject: Subject, given: Prior) -> Iterator[Check]:
    """The prior prefers small weights."""
    chosen = values(subject.map_choice(given.losses, given.w, given.s, given.prior))
    yield equal(chosen, values(given.losses).argmin(-1))


@refutation(map_prior_penalty, "A weight under a Laplace prior is pulled the harder, the larger it is.")
@for_all(given=only(Priors(2, "laplace"), Priors(3, "laplace")))
def laplace_pulls_large_weights_harder(subject: Subject, given: Prior) -> Iterator[Check]:
    """The pull 1/b does not depend on its size: small ones become 0, large ones stay."""
    size, found = np.abs(values(given.w)), np.abs(values(slope(subject, given)))
    first, second = size[:, 0], size[:, 1]
    known = (first > 0) & (second > 0) & (first != second)
    yield holds((found[:, 0] > found[:, 1]) == (first > second), where=known)
