"""Cross-entropy and squared error are negative log likelihoods of Bernoulli, categorical and normal outputs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.class_problems import ClassProblem, Problem
from claims.frame.inputs.gaussian_losses import EPS
from claims.frame.inputs.labelled_logits import Labelled, LabelledLogits
from claims.frame.inputs.residuals import Residual, Residuals, predictions
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from claims.losses.cross_entropy_gradient import Judged, loss
from reference.losses import cross_entropy_gradient, sigmoid_losses
from reference.losses import likelihood as reference
from reference.losses.gaussian_nll import HALF_LOG_TWO_PI
from reference.losses.reduction import reduced
from reference.truth import Truth

Float64 = NDArray[np.float64]
WEIGHTS, POSITIVE = (1.0, 2.0, 0.25, 0.0, 1.5), (3.0, 0.5, 1.0)
"""Weights of the predictions, and of their positive labels, in turn."""
FEW, SOME = 4, 16
"""Instances that are reduced, each by calls of its own, and instances with labels."""


def each(numbers: tuple[float, ...], like: Tensor) -> Float64:
    """The numbers in turn, of the shape (batch, n) of a tensor."""
    return np.broadcast_to(np.resize(numbers, like.shape[-1]), like.shape)


def categorical(subject: Subject, given: Problem) -> Iterator[Check]:
    """The loss of classes or laws in every form; of a class without options the logarithm of its probability."""
    judged, regime = Judged.of(subject, given), given.regime
    found, truth = loss(subject, given, given.x), judged.value(given)
    empty = (judged.coefficients.divisor == 0) & (regime.reduction == "mean")
    yield within(found, truth, where=~empty, label=f"{regime.form}: -log Cat")
    if regime.options != "plain" or regime.ignored != "no" or not given.x.numel():
        return
    likelihood = subject.categorical_log_density(given.x, given.target)
    target = values(given.target).astype(np.int64)
    of_density = cross_entropy_gradient.negative_log_density(judged.rows, target, judged.kernel)
    yield within(likelihood, of_density._replace(value=-of_density.value), label="log Cat")
    if regime.reduction == "none":
        opposite = reference.opposite(of_density, values(found), truth.bound)
        yield within(likelihood, opposite, label="cross_entropy = -log Cat")


def bernoulli(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The loss of labels, with weights of predictions and of positive labels; the logarithm of their probability."""
    given = Labelled(*(t[:SOME] for t in given))
    (z, y), how, k = (values(t) for t in given), subject.arithmetic("bce_with_logits"), units(subject)
    truth = sigmoid_losses.cross_entropy(z, y, how, k)
    found = subject.bce_with_logits(*given, reduction="none")
    likelihood = subject.bernoulli_log_density(*given)
    yield within(likelihood, truth._replace(value=-truth.value), label="log Bern")
    yield within(likelihood, reference.opposite(truth, values(found), truth.bound), label="BCE = -log Bern")
    given = Labelled(*(t[:FEW] for t in given))
    z, y, w, q = z[:FEW], y[:FEW], each(WEIGHTS, given.z), each(POSITIVE, given.z)
    weighted = reference.weighted(sigmoid_losses.cross_entropy(z, y, how, k, weight=q), w, how)
    for operation in (subject.bce_of_weights, subject.bce_of_weights_module):
        for reduction in ("none", "sum", "mean")[: 3 if z.size else 1]:
            total = operation(*given, subject.tensor(w), subject.tensor(q), reduction=reduction)
            wanted = weighted if reduction == "none" else reduced(weighted, how, mean=reduction == "mean")
            yield within(total, wanted, label=f"weighted BCE, {reduction}")


def normal(subject: Subject, given: Residual) -> Iterator[Check]:
    """Squared error in all its forms; half of it, and its constant, are minus the logarithm of a normal density."""
    (m, y), how = (values(t) for t in given), subject.arithmetic("squared_error")
    truth, density = reference.squared(m, y, how), reference.unit_normal(m, y, how, full=True)
    ones, w = subject.tensor(np.ones(m.shape)), each(WEIGHTS, given.mean)
    found = subject.squared_error(*given, reduction="none")
    yield within(found, truth, label="F.mse_loss")
    weighted = reference.weighted(truth, w, how)
    for reduction in ("none", "sum", "mean")[: 3 if m.size else 1]:
        wanted = truth if reduction == "none" else reduced(truth, how, mean=reduction == "mean")
        yield within(subject.squared_error(*given, reduction=reduction), wanted, label=f"F.mse_loss, {reduction}")
        yield within(
            subject.squared_error_module(*given, reduction=reduction), wanted, label=f"nn.MSELoss, {reduction}"
        )
        total = subject.weighted_squared_error(*given, subject.tensor(w), reduction=reduction)
        of_weights = {
            "none": lambda: weighted,
            "sum": lambda: reduced(weighted, how, mean=False),
            "mean": lambda: reference.weighted_mean(truth, w, how),
        }[reduction]()
        yield within(total, of_weights, label=f"weighted F.mse_loss, {reduction}")
    for full in (False, True):
        nll = subject.gaussian_nll(*given, ones, full=full, eps=EPS, reduction="none")
        yield within(nll, reference.unit_normal(m, y, how, full=full), label=f"gaussian_nll_loss, full={full}")
    likelihood = subject.normal_log_density(given.target, given.mean, ones)
    yield within(likelihood, density._replace(value=-density.value), label="log N")
    half = values(found) / 2 + HALF_LOG_TWO_PI
    yield within(likelihood, reference.opposite(density, half, truth.bound), label="MSE / 2 + log(2 pi) / 2 = -log N")


@claim(
    title="Cross-entropy and squared error are negative log likelihoods of categorical, Bernoulli and normal outputs",
    statement=r"\operatorname{BCE}(z,y)=-\log\operatorname{Bern}(y;\sigma(z)),\quad\operatorname{CE}(z,t)=-\log"
    r"\operatorname{Cat}(t;\operatorname{softmax}z),\quad\tfrac12(m-y)^2+\tfrac12\log2\pi=-\log N(y;m,1)",
    hypotheses="labels from 0 to 1; finite logits, or -inf for masked classes; variance 1 for the squared error",
    notes="Losses: maximum likelihood, spread between statistics and machine learning",
    book="5.5, 6.2.1, 6.2.2",
    truth=TRUE,
    bound="classes: E of log-softmax-accuracy, for Categorical also logsumexp-accuracy, the larger one, as it may be "
    "computed either way; labels: loss of cross-entropy-sigmoid-gradient; gamma_5 (m-y)^2/2 + 3v of the constant; a "
    "rounding of each weight, BND-SUM, and gamma_N of the divisor of weighted means",
)
@for_all(given=predictions())
def cross_entropy_is_negative_log_likelihood(subject: Subject, given: Problem | Labelled | Residual) -> Iterator[Check]:
    """Each loss in its forms, reductions and weights, and torch.distributions' log_prob, both against exact values and
    against each other. Weighted means divide by the number of labels, but by the weights of classes and of squares.
    """
    if isinstance(given, Problem):
        if given.regime.kind == "nothing":
            yield holds(np.isnan(values(subject.categorical_log_density(given.x, given.target.clamp(min=0)))))
        else:
            yield from categorical(subject, given)
    elif isinstance(given, Labelled):
        yield from bernoulli(subject, given)
    else:
        yield from normal(subject, given)


SQUARES = only(Residuals(1), Residuals(4))


@refutation(cross_entropy_is_negative_log_likelihood, r"(m-y)^2=-\log N(y;m,1)")
@for_all(given=SQUARES)
def squared_error_is_the_likelihood(subject: Subject, given: Residual) -> Iterator[Check]:
    """Half of it is, up to a constant."""
    mean, target = (values(t) for t in given)
    density = reference.unit_normal(mean, target, subject.arithmetic("squared_error"), full=True)
    yield within(subject.squared_error(*given, reduction="none"), density)


@refutation(cross_entropy_is_negative_log_likelihood, r"\tfrac12(m-y)^2=-\log N(y;m,1)")
@for_all(given=SQUARES)
def the_likelihood_has_no_constant(subject: Subject, given: Residual) -> Iterator[Check]:
    """The logarithm of 2 pi makes up the difference."""
    half = values(subject.squared_error(*given, reduction="none")) / 2
    mean, target = (values(t) for t in given)
    density = reference.unit_normal(mean, target, subject.arithmetic("squared_error"), full=True)
    yield within(half, density)


@refutation(cross_entropy_is_negative_log_likelihood, "The mean is the sum.")
@for_all(given=only(ClassProblem(3, 2, reduction="sum"), ClassProblem(4, 5, reduction="sum")))
def the_mean_is_the_sum(subject: Subject, given: Problem) -> Iterator[Check]:
    """It is a share of it."""
    judged = Judged.of(subject, given)
    total = judged.value(given)
    yield within(values(loss(subject, given, given.x)) / given.regime.rows, total)


@refutation(cross_entropy_is_negative_log_likelihood, "F.cross_entropy with weights averages over the rows.")
@for_all(given=only(ClassProblem(2, 2, options="weights", reduction="mean")))
def weighted_classes_are_averaged_over_the_rows(subject: Subject, given: Problem) -> Iterator[Check]:
    """Over their weights."""
    judged = Judged.of(subject, given)
    mean = judged.value(given)
    factor = judged.coefficients.divisor / given.regime.rows
    yield within(loss(subject, given, given.x), mean._replace(value=mean.value * factor))


@refutation(cross_entropy_is_negative_log_likelihood, "Weighted labels are averaged over their weights, too.")
@for_all(given=only(LabelledLogits(2), LabelledLogits(5)))
def weighted_labels_are_averaged_over_their_weights(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Over their number."""
    w, ones = each(WEIGHTS, given.z), subject.tensor(np.ones(given.z.shape))
    found = subject.bce_of_weights(*given, subject.tensor(w), ones, reduction="mean")
    total = subject.bce_of_weights(*given, subject.tensor(w), ones, reduction="sum")
    wanted = values(total) / w.sum(-1)
    yield within(found, Truth(wanted, wanted / 16))


@refutation(cross_entropy_is_negative_log_likelihood, "The loss is in bits.")
@for_all(given=only(LabelledLogits(1), LabelledLogits(4)))
def likelihood_is_in_bits(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Logarithms are natural."""
    found = values(subject.bernoulli_log_density(*given))
    yield within(subject.bce_with_logits(*given, reduction="none"), Truth(-found / np.log(2), -found / 8))
