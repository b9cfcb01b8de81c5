"""A logistic output: cross-entropy keeps the error as its slope; squared error and rounded probabilities lose it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.labelled_logits import Labelled, LabelledLogits, labelled_logits
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.subject import Subject
from reference.losses import sigmoid_losses as reference
from reference.losses.reduction import reduced
from reference.networks.activations import Sigmoid
from reference.truth import Truth

WEIGHT = 3.0
"""The weight of the positive label."""


def slope(subject: Subject, loss: Tensor, leaf: Tensor) -> Tensor:
    """The gradient of the sum of all losses."""
    return subject.gradient(loss, leaf, torch.ones_like(loss))


@claim(
    title="With cross-entropy from the logit the slope is the error, however far the logit is off",
    statement=r"\ell(z,y)=-y\log\sigma(z)-(1-y)\log(1-\sigma(z)):\quad\ell'(z)=\sigma(z)-y,\quad"
    r"\ell=(1-y)\log(1+e^z)+y\log(1+e^{-z})",
    hypotheses="the loss is computed from the logit; infinite logits have the loss 0 or infinity, by their label",
    notes="Losses: why cross-entropy suits outputs with a sigmoid",
    book="6.2.2.2",
    truth=TRUE,
    bound="loss: gamma_2 ((1-y)|z| + y|z| of soft labels) + 9u log(1 + e^-z) + u L, of weighted labels with gamma_3 "
    "of the weight; slope: 6u sigma + 4u|sigma - y|; roundings counted (ASNA 3.1), functions within 4u (calibrated)",
)
@for_all(given=labelled_logits(infinite=True))
def cross_entropy_sigmoid_gradient(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The loss by function and module, its sum, its mean, and with a weight of the positive label; slopes of each by
    reverse mode.
    """
    z, y = values(given.z), values(given.y)
    how, k = subject.arithmetic("bce_with_logits"), units(subject)
    truth, of_slope = reference.cross_entropy(z, y, how, k), reference.cross_entropy_slope(z, y, how, k)
    for name in ("bce_with_logits", "bce_with_logits_module"):
        leaf = given.z.clone().requires_grad_()
        options = {"reduction": "none"} if name == "bce_with_logits" else {}
        loss = getattr(subject, name)(leaf, given.y, **options)
        yield within(loss, truth, label=name)
        yield within(slope(subject, loss, leaf), of_slope, label=f"slope of {name}")
    leaf, weight = given.z.clone().requires_grad_(), subject.tensor(WEIGHT)
    loss = subject.weighted_bce_with_logits(leaf, given.y, weight)
    yield within(loss, reference.cross_entropy(z, y, how, k, weight=WEIGHT), label="weighted")
    weighted = reference.weighted_slope(z, y, WEIGHT, how, k)
    yield within(slope(subject, loss, leaf), weighted, label="slope of the weighted loss")
    if z.size and np.isfinite(z).all():
        for reduction in ("sum", "mean"):
            total = subject.bce_with_logits_reduced(given.z, given.y, reduction=reduction)
            yield within(total, reduced(truth, how, mean=reduction == "mean"), label=reduction)


@refutation(cross_entropy_sigmoid_gradient, r"\ell'(z)=(\sigma(z)-y)\,\sigma(z)(1-\sigma(z))")
@for_all(given=only(LabelledLogits(1), LabelledLogits(3, "far", "wrong")))
def slope_has_the_factor_of_the_sigmoid(subject: Subject, given: Labelled) -> Iterator[Check]:
    """That is the slope of the squared error."""
    z, y = values(given.z), values(given.y)
    leaf = given.z.clone().requires_grad_()
    loss = subject.bce_with_logits(leaf, given.y, reduction="none")
    how, k = subject.arithmetic("bce_with_logits"), units(subject)
    yield within(slope(subject, loss, leaf), reference.squared_error_slope(z, y, how, k))


@refutation(cross_entropy_sigmoid_gradient, r"\ell\le100")
@for_all(given=only(LabelledLogits(1, "far", "wrong"), LabelledLogits(3, "far", "wrong")))
def loss_is_at_most_100(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Of probabilities torch clamps it there, of logits it does not."""
    yield at_most(subject.bce_with_logits(*given, reduction="none"), np.full(given.z.shape, 100.0))


@refutation(cross_entropy_sigmoid_gradient, r"\ell(z,1)=\ell(-z,0)\text{ bit by bit}")
@for_all(given=only(LabelledLogits(1, "rounded to one"), LabelledLogits(33, "wide", "right")))
def both_labels_are_treated_alike(subject: Subject, given: Labelled) -> Iterator[Check]:
    """For the label 0 the loss is a difference, which cancels."""
    turned = subject.bce_with_logits(-given.z, 1 - given.y, reduction="none")
    yield equal(turned, subject.bce_with_logits(*given, reduction="none"))


@refutation(cross_entropy_sigmoid_gradient, "The positive weight multiplies the loss of both labels.")
@for_all(given=only(LabelledLogits(1), LabelledLogits(3)))
def positive_weight_multiplies_everything(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Of the label 1 only."""
    loss = subject.weighted_bce_with_logits(*given, subject.tensor(WEIGHT))
    plain = values(subject.bce_with_logits(*given, reduction="none"))
    yield within(loss, Truth(WEIGHT * plain, 0.1 * plain))


def agrees(subject: Subject, name: str, given: Labelled) -> Iterator[Check]:
    """Another spelling of the loss of hard labels, and its slope."""
    z, y = values(given.z), values(given.y)
    how, k = subject.arithmetic(name), units(subject)
    leaf = given.z.clone().requires_grad_()
    loss = getattr(subject, name)(leaf, given.y)
    yield within(loss, reference.cross_entropy(z, y, how, k), label=name)
    yield within(slope(subject, loss, leaf), reference.cross_entropy_slope(z, y, how, k), label=f"slope of {name}")


@claim(
    title="Softplus of the signed logit, and log-sigmoid, are the cross-entropy of hard labels",
    statement=r"y\in\{0,1\},\ s=2y-1:\quad\ell(z,y)=\log(1+e^{-sz})=-\log\sigma(sz),\quad\ell'(z)=\sigma(z)-y",
    hypotheses="labels 0 and 1; softplus must not become linear (torch's threshold) before exp(-x) rounds away",
    notes="Losses: why cross-entropy suits outputs with a sigmoid",
    book="6.2.2.2, eq. 6.26",
    truth=TRUE,
    bound="that of cross-entropy-sigmoid-gradient, in which the term in |z| vanishes on the right side",
)
@for_all(given=labelled_logits(infinite=True, soft=False))
def softplus_is_the_loss_of_hard_labels(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Losses and slopes, of infinite logits too: 0 or infinite, with the slope 0 or of modulus 1."""
    for name in ("softplus_loss", "logsigmoid_loss"):
        yield from agrees(subject, name, given)


@refutation(softplus_is_the_loss_of_hard_labels, "The same for soft labels.")
@for_all(given=only(LabelledLogits(1, "normal", "soft"), LabelledLogits(3, "normal", "soft")))
def softplus_serves_soft_labels(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The loss is linear in the label, softplus is not."""
    yield from agrees(subject, "softplus_loss", given)


@refutation(softplus_is_the_loss_of_hard_labels, r"\log(1+e^{x})=x\text{ from }x=10\text{ on}")
@for_all(given=only(LabelledLogits(1, "rounded to one", "wrong"), LabelledLogits(33, "wide", "wrong")))
def softplus_is_linear_from_10(subject: Subject, given: Labelled) -> Iterator[Check]:
    """That is right from log(1 / u) on."""
    x = values(given.z) * (1 - 2 * values(given.y))
    edge = np.where(subject.format.u < 2.0**-20, 10.0, 2.0)
    yield equal(subject.softplus_loss(*given), np.where(x > edge, x, values(subject.softplus_loss(*given))))


@claim(
    title="The soft margin loss is the cross-entropy of hard labels",
    statement=r"s\in\{-1,1\}:\quad\log(1+e^{-sz})=\ell(z,\tfrac{1+s}2)",
    hypotheses="labels -1 and 1",
    notes="Losses: why cross-entropy suits outputs with a sigmoid",
    book="6.2.2.2",
    truth=TRUE,
    bound="that of cross-entropy-sigmoid-gradient",
)
@for_all(given=labelled_logits(infinite=True, soft=False))
def soft_margin_loss_is_cross_entropy(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Loss and slope; torch takes the exponential of -s z, which overflows where the logit is far off."""
    yield from agrees(subject, "soft_margin_loss", given)


@refutation(soft_margin_loss_is_cross_entropy, "It is the hinge, max(0, 1 - s z).")
@for_all(given=only(LabelledLogits(1), LabelledLogits(3)))
def soft_margin_is_the_hinge(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The hinge is 1 at 0 where this loss is log 2."""
    hinge = np.maximum(0.0, 1 - (2 * values(given.y) - 1) * values(given.z))
    yield within(subject.soft_margin_loss(*given), Truth(hinge, 0.2 + 0 * hinge))


@claim(
    title="Cross-entropy of a rounded probability is clamped at 100 and loses its slope",
    statement=r"\operatorname{fl}(\sigma(z))=1,\ y=0:\quad\ell=100,\ \ell'(z)=0;\qquad "
    r"p=\operatorname{fl}(\sigma(z)):\ \ell'(z)=(p-y)\,\frac{p(1-p)}{\max(p(1-p),10^{-12})}",
    hypotheses="the probability is rounded into the format before the loss is taken",
    notes="Losses: cross-entropy overcomes the saturation of the sigmoid",
    book="6.2.2.2",
    truth=FALSE_AS_STATED,
    correction="Only the loss that is computed from the logit keeps the slope: on the same inputs it is sigma(z) - y.",
    bound="exact at p = 0 and 1; elsewhere the loss of the stored p within gamma_7, the slope within gamma_8, and "
    "2 eta / (p (1 - p)) where that product is subnormal; the loss from logits as in cross-entropy-sigmoid-gradient",
)
@for_all(given=labelled_logits())
def cross_entropy_on_probabilities_saturates(subject: Subject, given: Labelled) -> Iterator[Check]:
    """Losses of fl(sigma(z)) by function and module, their slopes in z, and the logit form on the same inputs."""
    z, y = values(given.z), values(given.y)
    how, k = subject.arithmetic("binary_cross_entropy"), units(subject)
    yield within(subject.sigmoid(given.z), Sigmoid.of(z, k, how).truth, label="sigma(z)")
    for name in ("binary_cross_entropy", "bce_module"):
        leaf = given.z.clone().requires_grad_()
        probability = subject.sigmoid(leaf)
        options = {"reduction": "none"} if name == "binary_cross_entropy" else {}
        loss = getattr(subject, name)(probability, given.y, **options)
        p, found = values(probability), slope(subject, loss, leaf)
        saturated = ((p == 1) & (y == 0)) | ((p == 0) & (y == 1))
        yield within(loss, reference.cross_entropy_of_probability(p, y, how, k), label=name)
        yield holds((values(loss) == 100) | ~saturated, label=f"{name}: 100")
        yield holds((values(found) == 0) | ~saturated, label=f"{name}: no slope")
        yield within(found, reference.slope_of_probability(p, y, how), label=f"slope of {name}")
    leaf = given.z.clone().requires_grad_()
    loss = subject.bce_with_logits(leaf, given.y, reduction="none")
    yield within(loss, reference.cross_entropy(z, y, how, k), label="from the logit")
    yield within(slope(subject, loss, leaf), reference.cross_entropy_slope(z, y, how, k), label="slope from the logit")


@refutation(cross_entropy_on_probabilities_saturates, "BCELoss of sigmoid(z) is BCEWithLogitsLoss of z.")
@for_all(given=only(LabelledLogits(1, "rounded to one", "wrong"), LabelledLogits(3, "far", "wrong")))
def both_losses_are_equal(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The rounding of the probability is magnified by exp(|z|), until the loss is clamped."""
    loss = subject.binary_cross_entropy(subject.sigmoid(given.z), given.y, reduction="none")
    truth = reference.cross_entropy(values(given.z), values(given.y), subject.arithmetic("sigmoid"), units(subject))
    yield within(loss, truth)


@refutation(cross_entropy_on_probabilities_saturates, r"\ell'(z)=\sigma(z)-y\text{ through the probability, too}")
@for_all(given=only(LabelledLogits(1, "far", "wrong"), LabelledLogits(3, "far", "wrong")))
def slope_survives_the_probability(subject: Subject, given: Labelled) -> Iterator[Check]:
    """It is 0 where the probability is rounded to 1."""
    leaf = given.z.clone().requires_grad_()
    loss = subject.binary_cross_entropy(subject.sigmoid(leaf), given.y, reduction="none")
    how, k = subject.arithmetic("sigmoid"), units(subject)
    yield within(slope(subject, loss, leaf), reference.cross_entropy_slope(values(leaf), values(given.y), how, k))


@refutation(
    cross_entropy_on_probabilities_saturates, r"\sigma(z)\text{ saturates at the same }|z|\text{ on both sides}"
)
@for_all(given=only(LabelledLogits(1, "rounded to one"), LabelledLogits(7, "vanishing")))
def both_sides_saturate_alike(subject: Subject, given: Labelled) -> Iterator[Check]:
    """It rounds to 1 long before it underflows."""
    p, turned = (values(subject.sigmoid(t)) for t in (given.z, -given.z))
    yield equal(p == 1, turned == 0)


@claim(
    title="With squared error the slope carries the derivative of the sigmoid, and vanishes where the error is largest",
    statement=r"\frac{d}{dz}\tfrac12(\sigma-y)^2=(\sigma-y)\,\sigma(1-\sigma);\quad y\in\{0,1\},\ e=|\sigma-y|:\quad"
    r"|\cdot|=e^2(1-e)\le\tfrac4{27},\quad|\cdot|\le\tfrac14e,\quad|\cdot|\le e^{-|z|}",
    hypotheses="a sigmoid output; the first bound for labels 0 and 1; without the factor 1/2 it is 8/27",
    notes="Losses: squared error makes the gradient small in most situations",
    book="6.2.2.2, 6.6",
    truth=TRUE,
    bound="|e| D + (4u sigma + u|e| + lam)(sigma' + D) + 3u|g| + 2 eta, D = 4u sigma + 3u sigma' + lam the error of "
    "sigma (1 - sigma) formed from a computed sigma",
)
@for_all(given=labelled_logits())
def mse_sigmoid_gradient_vanishes(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The slope by reverse mode against its formula and the three inequalities."""
    z, y = values(given.z), values(given.y)
    leaf = given.z.clone().requires_grad_()
    loss = subject.half_squared_error(subject.sigmoid(leaf), given.y)
    truth = reference.squared_error_slope(z, y, subject.arithmetic("half_squared_error"), units(subject))
    found = slope(subject, loss, leaf)
    size = np.abs(values(found))
    yield within(found, truth, label="slope")
    hard = ((y == 0) | (y == 1)).reshape(len(y), -1).all(-1)
    error = np.abs(values(subject.sigmoid(given.z)) - y)
    of_sigma = Sigmoid.of(z, units(subject), subject.arithmetic("sigmoid")).error
    yield at_most(size, np.full(z.shape, 4 / 27), truth.bound, where=hard, label="at most 4/27")
    yield at_most(size, error / 4, truth.bound + of_sigma, label="at most e/4")
    yield at_most(size, np.exp(-np.abs(z)) * (1 + reference.OWN), truth.bound, label="at most exp(-|z|)")


@refutation(mse_sigmoid_gradient_vanishes, "The larger the error, the larger the slope.")
@for_all(given=only(LabelledLogits(1, "rounded to one", "wrong"), LabelledLogits(3, "wide", "wrong")))
def slope_grows_with_the_error(subject: Subject, given: Labelled) -> Iterator[Check]:
    """It falls beyond e = 2/3."""
    slopes = []
    for z in (given.z, given.z * 2):
        leaf = z.clone().requires_grad_()
        slopes.append(values(slope(subject, subject.half_squared_error(subject.sigmoid(leaf), given.y), leaf)))
    yield at_most(np.abs(slopes[0]), np.abs(slopes[1]))


@refutation(mse_sigmoid_gradient_vanishes, r"|\cdot|\le\tfrac18,\text{ its value at }e=\tfrac12")
@for_all(given=only(LabelledLogits(33, "normal", "wrong")))
def slope_is_largest_at_one_half(subject: Subject, given: Labelled) -> Iterator[Check]:
    """It is largest at e = 2/3."""
    leaf = given.z.clone().requires_grad_()
    size = np.abs(values(slope(subject, subject.half_squared_error(subject.sigmoid(leaf), given.y), leaf)))
    yield at_most(size, np.full(size.shape, 0.125), 0.005)


@refutation(mse_sigmoid_gradient_vanishes, "It is half of the slope of the cross-entropy.")
@for_all(given=only(LabelledLogits(1), LabelledLogits(33, "wide", "wrong")))
def slope_is_half_of_that_of_cross_entropy(subject: Subject, given: Labelled) -> Iterator[Check]:
    """It is at most a quarter of it."""
    leaf = given.z.clone().requires_grad_()
    of_square = values(slope(subject, subject.half_squared_error(subject.sigmoid(leaf), given.y), leaf))
    of_entropy = values(slope(subject, subject.bce_with_logits(leaf, given.y, reduction="none"), leaf))
    yield within(of_square, Truth(of_entropy / 2, np.abs(of_entropy) / 8))


@refutation(mse_sigmoid_gradient_vanishes, "The computed slope is never 0 where the error is not.")
@for_all(given=only(LabelledLogits(1, "far", "wrong"), LabelledLogits(3, "far", "wrong")))
def slope_of_an_error_is_not_zero(subject: Subject, given: Labelled) -> Iterator[Check]:
    """The derivative of the sigmoid is formed from its value, which is 1."""
    leaf = given.z.clone().requires_grad_()
    yield holds(values(slope(subject, subject.half_squared_error(subject.sigmoid(leaf), given.y), leaf)) != 0)
