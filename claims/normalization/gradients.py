"""The backward pass of normalising layers, and their higher derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.nested_derivatives import EPS, Nested, NestedDerivatives, nested_derivatives
from claims.frame.inputs.normalised_sets import DifferentiatedSets, Sets, WithCotangent, differentiated_sets
from claims.frame.inputs.regime import Regimes
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.normalization.batch_norm import each, normalised, standardised
from reference.normalization import gradients as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


def sets_and_nestings() -> Regimes:
    """Gradients of all layers, and nested derivatives."""
    first, higher = differentiated_sets(), nested_derivatives()
    return Regimes(first.draw | higher.draw, (*first.corners, *higher.corners))


class Backward(NamedTuple):
    """The gradient found, and g = w times the cotangent, for the output of a layer."""

    found: Tensor
    g: Float64


def backward(subject: Subject, given: Sets, cotangent: Tensor) -> Backward:
    """One backward pass."""
    leaf = given.x.clone().requires_grad_()
    y = normalised(subject, given._replace(x=leaf))
    w = each(given.w, leaf.shape[-1])
    return Backward(subject.gradient(y, leaf, cotangent), values(cotangent) * (1.0 if w is None else w))


def gradient(subject: Subject, given: Sets, g: Float64) -> Truth:
    """The exact gradient."""
    how, centred = subject.arithmetic(given.operation), given.operation != "rms_norm"
    return reference.gradient(standardised(subject, given), g, how, centred=centred)


def higher(subject: Subject, given: Nested) -> Iterator[Check]:
    """One nesting of modes against the closed form."""
    order, centred = len(given.modes), given.layer != "RMS norm"
    how = subject.arithmetic("nested_derivative")
    x, d, c = (values(t) for t in given[:3])
    truth = reference.along(x, d, c, EPS, order, how, centred=centred)
    found = subject.nested_derivative(*given[:3], modes=given.modes, layer=given.layer, eps=EPS)
    yield within(found, truth, label=f"{given.layer}: derivative of order {order}")


@claim(
    title="The backward pass of batch norm removes the mean and the component along the normalised activations",
    statement=r"\nabla_xL=\frac1{\sqrt{v+\epsilon}}\Big(g-\bar g-\hat x\,\overline{g\hat x}\Big),\ g=w\nabla_yL;\quad"
    r"\sum_i(\nabla_xL)_i=0,\ \langle\nabla_xL,\hat x\rangle=\frac{m\,\overline{g\hat x}}{\sqrt{v+\epsilon}}"
    r"\frac\epsilon{v+\epsilon}",
    hypotheses="training mode, m >= 2; RMS norm does not remove the mean. Half precision: float32 parameters",
    notes="Batch normalisation: against vanishing and exploding gradients",
    book="8.7.1",
    truth=TRUE,
    bound="running errors: core of batch-norm-normalises-activations for xhat, gamma_{m+6} for the two means, with "
    "(|x|+|mean|)/sqrt(v+eps) where x and mean are multiplied before they are subtracted; half types store all. "
    "Higher derivatives: gamma_K of their terms in magnitude, K = 4(m+10), times the condition of v + eps",
)
@for_all(given=sets_and_nestings())
def batch_norm_backward_projection(subject: Subject, given: WithCotangent | Nested) -> Iterator[Check]:
    """Gradients of every layer against the formula, their sum against 0, and their component along the normalised
    activations. Second and third derivatives along a direction in every nesting of reverse and forward mode.
    """
    if isinstance(given, Nested):
        yield from higher(subject, given)
        return
    sets = given.sets
    found, g = backward(subject, sets, given.cotangent)
    truth = gradient(subject, sets, g)
    yield within(found, truth, label=sets.layer)
    if sets.operation == "rms_norm":
        return
    dx, kept = values(found), standardised(subject, sets)
    yield within(dx.sum(-1), reference.sum_truth(dx, truth.bound), label="sum 0")
    along = reference.component(kept, g, dx, truth.bound)
    yield within((dx * kept.standard).sum(-1), along, label="component along xhat")


@refutation(batch_norm_backward_projection, r"\nabla_xL=g/\sqrt{v+\epsilon}\text{: mean and variance are constants}")
@for_all(given=only(DifferentiatedSets(4, parameters="float32"), DifferentiatedSets(9, "layer norm", "normal")))
def statistics_are_constants(subject: Subject, given: WithCotangent) -> Iterator[Check]:
    """They depend on x."""
    found, g = backward(subject, given.sets, given.cotangent)
    truth = gradient(subject, given.sets, g)
    yield within(found, Truth(g / standardised(subject, given.sets).root, truth.bound))


@refutation(
    batch_norm_backward_projection, r"\nabla_xL=(g-\bar g)/\sqrt{v+\epsilon}\text{: the variance is a constant}"
)
@for_all(given=only(DifferentiatedSets(4, parameters="float32"), DifferentiatedSets(9, "group norm", "normal")))
def the_variance_is_constant(subject: Subject, given: WithCotangent) -> Iterator[Check]:
    """The component along xhat goes, too."""
    found, g = backward(subject, given.sets, given.cotangent)
    centred = (g - g.mean(-1, keepdims=True)) / standardised(subject, given.sets).root
    yield within(found, Truth(centred, gradient(subject, given.sets, g).bound))


@refutation(batch_norm_backward_projection, "The components of the gradient do not sum to 0.")
@for_all(given=only(DifferentiatedSets(8, parameters="float32")))
def the_gradient_has_a_mean(subject: Subject, given: WithCotangent) -> Iterator[Check]:
    """They do."""
    found, _ = backward(subject, given.sets, given.cotangent)
    size = np.abs(values(found)).sum(-1)
    yield holds(np.abs(values(found).sum(-1)) > 0.01 * size, where=size > 0)


@refutation(batch_norm_backward_projection, "RMS norm removes the mean of the gradient.", dtypes=("float32", "float64"))
@for_all(given=only(DifferentiatedSets(4, "RMS norm", "normal")))
def rms_norm_removes_the_mean(subject: Subject, given: WithCotangent) -> Iterator[Check]:
    """It does not centre."""
    found, g = backward(subject, given.sets, given.cotangent)
    yield within(values(found).sum(-1), Truth(np.zeros(len(g)), 0.01 * np.abs(values(found)).sum(-1)))


@refutation(
    batch_norm_backward_projection,
    "All nestings of forward and reverse mode return the same second derivative.",
    dtypes=("float64", "float32"),
)
@for_all(given=only(NestedDerivatives(3, "layer norm", "ff"), NestedDerivatives(4, "batch norm", "fr")))
def nestings_agree(subject: Subject, given: Nested) -> Iterator[Check]:
    """In torch 2.13 forward mode within another mode loses terms."""
    yield from higher(subject, given)
