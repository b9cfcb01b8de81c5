"""On which other numbers the output of a normalising layer depends: those of its set, and no others."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.batch_dependence import neighbouring_sets
from claims.frame.inputs.normalised_sets import LAYERS, OF_BATCHES, Sets, StandardisedSets, split
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from claims.normalization.batch_norm import normalised, output
from claims.normalization.gradients import backward, gradient
from reference.normalization import batch_dependence as reference
from reference.truth import Truth

BUFFERS = (0.5, 2.0)
"""Running mean and variance of every channel."""


def in_one_layout(subject: Subject) -> Subject:
    """The subject with a layout that does not follow the numbers, as the expanded one does: layouts select kernels."""
    if subject.plan.layout != "expanded":
        return subject
    return dataclasses.replace(subject, plan=subject.plan._replace(layout="contiguous"))


def with_neighbours(subject: Subject, given: Sets, *, undefined: bool) -> Sets:
    """Every other set replaced."""
    return given._replace(
        x=subject.tensor(subject.format.round(reference.replaced(values(given.x), 0, undefined=undefined)))
    )


def padded(subject: Subject, given: Sets) -> Sets:
    """Sets of batch norm with as many zeros: examples that only pad the batch."""
    x = reference.padded(values(given.x))
    return given._replace(x=subject.tensor(x), shape=split(x.shape[-1], LAYERS[given.layer].axes))


def in_evaluation(subject: Subject, given: Sets, x: NDArray[np.float64]) -> Tensor:
    """Batch norm of x in evaluation."""
    buffers = subject.tensor(np.tile(BUFFERS, (len(x), 1)))
    options = {"shape": given.shape, "memory": given.options["memory"], "eps": given.eps}
    y: Tensor = subject.evaluated(subject.tensor(subject.format.round(x)), buffers, **options)
    return y


@claim(
    title="In training batch norm's output of an example depends on its batch, and on padding; that of others does not",
    statement=r"\frac{\partial\hat x_i}{\partial x_j}=\frac{\delta_{ij}-\frac1m-\frac1m\hat x_i\hat x_j}{\sqrt{v+"
    r"\epsilon}}\text{ for examples }i,j\text{ of a batch;}\qquad=0\text{ for layer, group, instance and RMS norm, "
    r"}i\ne j",
    hypotheses="batch norm in training; in evaluation it does not depend on the batch either. Half precision: float32 "
    "parameters",
    notes="Batch normalisation: sequences of different lengths in a batch need statistics for every step",
    book="8.7.1",
    truth=TRUE,
    bound="bit by bit for the same call, in the same layout, with other neighbours, NaN among them; twice the bound of "
    "batch-norm-normalises-activations for a set alone; derivatives that of batch-norm-backward-projection",
)
@for_all(given=neighbouring_sets())
def normalisation_batch_dependence(subject: Subject, given: Sets) -> Iterator[Check]:
    """Layer, group, instance and RMS norm: every other set replaced, by numbers and by NaN, must leave outputs and
    gradients of the rest, and a set alone, as they were, and has a gradient of 0. Batch norm: derivatives of one
    example's output in all examples, the output of a batch padded with zeros, and evaluation with others replaced.
    """
    if given.operation in OF_BATCHES:
        yield from of_a_batch(subject, given)
        return
    alone = normalised(subject, given._replace(x=given.x[:1]))
    together = Truth(values(normalised(subject, given))[:1], 2 * output(subject, given).bound[:1])
    yield within(alone, together, label=f"{given.layer} alone")
    subject = in_one_layout(subject)
    x, y = values(given.x), values(normalised(subject, given))
    apart = (np.arange(len(x)) % 2 == 0)[:, None] & np.ones(x.shape, bool)
    dx = values(backward(subject, given, subject.tensor(apart)).found)
    yield equal(np.where(apart, 0.0, dx), np.zeros(x.shape), label=f"{given.layer}: no gradient in other sets")
    for undefined in (False, True):
        others = with_neighbours(subject, given, undefined=undefined)
        name = f"{given.layer}, others {'NaN' if undefined else 'replaced'}"
        yield equal(values(normalised(subject, others))[::2], y[::2], label=name)
        found = values(backward(subject, others, subject.tensor(apart)).found)
        yield equal(found[::2], dx[::2], label=f"{name}: gradient")


def of_a_batch(subject: Subject, given: Sets) -> Iterator[Check]:
    """Batch norm, whose sets go through all examples."""
    x = values(given.x)
    for place in (0, x.shape[-1] - 1):
        found, g = backward(subject, given, subject.tensor(reference.one_example(x, place)))
        yield within(found, gradient(subject, given, g), label=f"{given.layer}: derivatives of an example")
    longer = padded(subject, given)
    yield within(normalised(subject, longer), output(subject, longer), label=f"{given.layer}, padded with zeros")
    subject = in_one_layout(subject)
    y = values(in_evaluation(subject, given, x))
    for undefined in (False, True):
        other = in_evaluation(subject, given, reference.replaced(x, -1, undefined=undefined))
        yield equal(values(other)[:, ::2], y[:, ::2], label=f"{given.layer} in evaluation")


BATCHES = only(
    StandardisedSets(8, "batch norm", "normal", 1.0, "float32"),
    StandardisedSets(12, "BatchNorm2d", "normal", 1.0, "float32"),
)


@refutation(normalisation_batch_dependence, "Padding a batch with zeros does not change batch norm.")
@for_all(given=BATCHES)
def padding_does_not_matter(subject: Subject, given: Sets) -> Iterator[Check]:
    """It halves the mean, and changes the variance."""
    truth = output(subject, given)
    longer = values(normalised(subject, padded(subject, given)))
    yield within(longer[:, : given.x.shape[-1]], truth)


@refutation(normalisation_batch_dependence, r"\frac{\partial\hat x_i}{\partial x_j}=0,\ i\ne j,\text{ in batch norm}")
@for_all(given=BATCHES)
def examples_of_a_batch_are_independent(subject: Subject, given: Sets) -> Iterator[Check]:
    """They share their mean and variance."""
    one = reference.one_example(values(given.x), 0)
    dx = values(backward(subject, given, subject.tensor(one)).found)
    yield equal(np.where(one == 0, dx, 0.0), np.zeros(one.shape))


@refutation(normalisation_batch_dependence, "Batch norm depends on the batch in evaluation, too.")
@for_all(given=BATCHES)
def evaluation_depends_on_the_batch(subject: Subject, given: Sets) -> Iterator[Check]:
    """It uses the buffers: an example has the same output in every batch."""
    x = values(given.x)
    y, other = (values(in_evaluation(subject, given, v)) for v in (x, reference.replaced(x, -1, undefined=False)))
    yield holds((y[:, ::2] != other[:, ::2]).any(-1))


@refutation(normalisation_batch_dependence, "Layer norm does not depend on other numbers of its example.")
@for_all(given=only(StandardisedSets(8, "layer norm", "normal"), StandardisedSets(9, "RMS norm", "normal")))
def numbers_of_an_example_are_independent(subject: Subject, given: Sets) -> Iterator[Check]:
    """They are its set."""
    other = subject.tensor(subject.format.round(reference.replaced(values(given.x), -1, undefined=False)))
    y, changed = (values(normalised(subject, given._replace(x=x))) for x in (given.x, other))
    yield equal(changed[:, ::2], y[:, ::2])
