"""What batch, instance, group, layer and RMS norm make of the numbers that they normalise together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import FALSE_AS_STATED, claim, for_all, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.normalised_sets import Sets, StandardisedSets, standardised_sets
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.normalization import batch_norm as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


def normalised(subject: Subject, given: Sets) -> Tensor:
    """The output (batch, m) of the layer."""
    y: Tensor = getattr(subject, given.operation)(given.x, given.w, given.b, **given.options)
    return y


def each(p: Tensor | None, m: int) -> Float64 | None:
    """Parameters for m numbers: those of a set (batch, 1), or shared ones, a channel's for all of its places."""
    numbers = None if p is None else values(p)
    return numbers if numbers is None or numbers.ndim > 1 else np.repeat(numbers, m // numbers.shape[-1])


def standardised(subject: Subject, given: Sets) -> reference.Standardised:
    """The sets in standard units."""
    centred = given.operation != "rms_norm"
    return reference.standardised(values(given.x), given.eps, subject.arithmetic(given.operation), centred=centred)


def output(subject: Subject, given: Sets) -> Truth:
    """What the layer should return."""
    m = given.x.shape[-1]
    b = None if given.operation == "rms_norm" else each(given.b, m)
    return reference.affine(standardised(subject, given), each(given.w, m), b, subject.arithmetic(given.operation))


@claim(
    title="Batch normalisation standardises activations per feature, not weights, and does not make them Gaussian",
    statement=r"\hat x_i=\frac{x_i-\bar x}{\sqrt{v+\epsilon}},\quad v=\frac1m\sum_i(x_i-\bar x)^2:\quad"
    r"\frac1m\sum_i\hat x_i=0,\ \frac1m\sum_i\hat x_i^2=\frac v{v+\epsilon}<1;\qquad y=w\hat x+b",
    hypotheses="training mode, m >= 2 numbers in a set: those of a channel in the batch (batch norm), of one example's "
    "channel (instance norm), of its group of channels (group norm), of the example (layer norm); RMS norm does not "
    "centre. Half precision: float32 parameters; v does not overflow",
    notes="Initialisation: batch normalisation rescales the weights to mean 0 and variance 1. Batch normalisation",
    book="8.7.1, eq. 8.35-8.37",
    truth=FALSE_AS_STATED,
    correction="It acts on activations, settles two moments of each feature only, and its parameters may set any mean "
    "and variance.",
    bound="d = gamma_{m+4+4H} mean|x| for the mean (H the harmonic number), BND-VAR e for v, share t = e/(v+eps)+2u "
    "of v + eps: |xhat| (1/sqrt(1-t) - 1 + 4u) + (d + gamma_3 (|x|+|mean|+d))/sqrt(v+eps); gamma_4 (|w xhat|+|b|); one "
    "rounding in half types",
)
@for_all(given=standardised_sets())
def batch_norm_normalises_activations(subject: Subject, given: Sets) -> Iterator[Check]:
    """Every layer on the same data, in two to five axes and every memory format, against the formula; without
    parameters also the mean and the mean square of what it returns.
    """
    found, truth = normalised(subject, given), output(subject, given)
    yield within(found, truth, label=given.layer)
    if given.w is None and given.operation != "rms_norm":
        mean, square = reference.moments(standardised(subject, given), truth)
        y = values(found)
        yield within(y.mean(-1), mean, label="mean 0")
        yield within((y**2).mean(-1), square, label="variance v / (v + eps)")


@refutation(batch_norm_normalises_activations, "Batch normalisation gives the weights mean 0 and variance 1.")
@for_all(given=only(StandardisedSets(2), StandardisedSets(8, "batch norm", "normal")))
def the_weights_are_normalised(subject: Subject, given: Sets) -> Iterator[Check]:
    """The weights of the layer before are what they were."""
    weights = given.x
    activations = subject.add(weights, weights)
    normalised(subject, given._replace(x=activations))
    mean = values(weights).mean(-1)
    yield within(mean, Truth(np.zeros_like(mean), np.full_like(mean, 0.01)))


@refutation(batch_norm_normalises_activations, "The output of batch normalisation is normal.")
@for_all(given=only(StandardisedSets(16, kind="two values"), StandardisedSets(64, kind="two values")))
def two_values_become_normal(subject: Subject, given: Sets) -> Iterator[Check]:
    """Two values stay two values: the fourth moment of the output is not 3."""
    y = values(normalised(subject, given))
    fourth = (y**4).mean(-1)
    known = (values(given.x) != values(given.x)[:, :1]).any(-1)
    yield within(fourth, Truth(np.full_like(fourth, 3.0), np.full_like(fourth, 0.05)), where=known)


@refutation(batch_norm_normalises_activations, "The variance of the output is exactly 1.")
@for_all(given=only(StandardisedSets(4, eps=1e-3), StandardisedSets(8, "layer norm", "tiny")))
def the_variance_is_one(subject: Subject, given: Sets) -> Iterator[Check]:
    """It is v / (v + eps), and 0 for equal numbers."""
    y = values(normalised(subject, given))
    square = (y**2).mean(-1)
    known = standardised(subject, given).variance[:, 0] > 0
    slack = 4 * (output(subject, given).bound * (np.abs(y) + 1)).mean(-1)
    yield within(square, Truth(np.ones_like(square), slack), where=known)


@refutation(batch_norm_normalises_activations, "The mean of the output is 0 to within u.")
@for_all(given=only(StandardisedSets(17, "batch norm", "normal", 1e4, "none"), StandardisedSets(3, mean=1e4)))
def the_mean_is_zero_to_a_rounding(subject: Subject, given: Sets) -> Iterator[Check]:
    """The mean of numbers far from 0 is rounded, and so is every difference from it."""
    mean = values(normalised(subject, given)).mean(-1)
    yield within(mean, Truth(np.zeros_like(mean), np.full_like(mean, subject.format.u)))


@refutation(
    batch_norm_normalises_activations,
    "The memory format changes the result by roundings only.",
    dtypes=("float32", "float64"),
)
@for_all(given=only(StandardisedSets(8, "group norm, channels_last", "integers", 1e4)))
def memory_formats_agree(subject: Subject, given: Sets) -> Iterator[Check]:
    """On the CPU group norm computes E[x^2] - E[x]^2 in channels_last."""
    other = given._replace(layer="group norm of volumes", shape=(*given.shape, 1))
    bound = 2 * output(subject, given).bound
    yield within(normalised(subject, given), Truth(values(normalised(subject, other)), bound))


@refutation(batch_norm_normalises_activations, "Layer norm standardises each feature over the batch.")
@for_all(given=only(StandardisedSets(4), StandardisedSets(3, "batch norm", "normal")))
def layer_norm_is_batch_norm(subject: Subject, given: Sets) -> Iterator[Check]:
    """It standardises each example over its features."""
    transposed = given.x.mT
    options = {**given.options, "shape": (transposed.shape[-1],)}
    rows = subject.layer_norm(transposed, None, None, **options)
    yield within(values(rows).T, output(subject, given))
