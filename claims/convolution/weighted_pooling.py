"""Averages with weights that depend on the distance from the centre."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.pooling_invariance import WeightedWindows, Weighting, weighted_windows
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import direct as reference
from reference.convolution.geometry import geometry
from reference.truth import Truth

Float64 = NDArray[np.float64]


def average(subject: Subject, x: Tensor, w: Tensor, given: WeightedWindows) -> Tensor:
    """The weighted averages (batch, images, channels, m)."""
    found: Tensor = subject.weighted_average(x, w, spatial=given.sizes, window=given.window, stride=given.stride)
    return found


def exact(x: Float64, w: Float64, given: WeightedWindows, subject: Subject) -> Truth:
    """A depthwise convolution: every channel with one and the same kernel."""
    how = geometry(given.window, stride=given.stride, groups=given.channels)
    images = x.reshape(*x.shape[:-1], *given.sizes)
    kernels = np.broadcast_to(w.reshape(len(w), 1, 1, *given.window), (len(w), given.channels, 1, *given.window))
    truth = reference.convolution(images, kernels, None, how, subject.arithmetic("weighted_average"))
    return Truth(*(t.reshape(*x.shape[:-1], -1) for t in truth))


def flipped(x: Float64, given: WeightedWindows) -> Float64:
    """Images with every axis reversed."""
    axes = tuple(range(-len(given.sizes), 0))
    return np.flip(x.reshape(*x.shape[:-1], *given.sizes), axes).reshape(x.shape).copy()


@claim(
    title="Pooling with weights by the distance from the centre is a depthwise convolution that keeps constants",
    statement=r"y_i=\sum_jw_{|j|}x_{i+j},\ w\ge0,\ \sum_jw_{|j|}=1\ \Rightarrow\ \min x\le y_i\le\max x,\quad "
    r"x\equiv c\Rightarrow y\equiv c",
    hypotheses="no padding; exact where the weights and their sums are, as for binomial weights of integers",
    notes="Convolutional networks: pooling",
    book="9.3",
    formal="Finset.centerMass_mem_convexHull",
    truth=TRUE,
    bound="exact for dyadic weights of integers, else BND-DOT in the accumulator, one more rounding in half types, "
    "and |sum w - 1| max|x| for what rounding makes of the weights",
)
@for_all(given=weighted_windows())
def distance_weighted_average_pooling(subject: Subject, given: Weighting) -> Iterator[Check]:
    """Signals, images and volumes with binomial, radial and equal weights: averages against exact ones, their range for
    each channel, constants, and the average of a reflected image, which is that of the image reflected.
    """
    x, w, about = given
    numbers, weights = values(x), values(w)
    truth = exact(numbers, weights, about, subject)
    y = average(subject, x, w, about)
    if tuple(y.shape) != truth.value.shape:
        yield holds(np.zeros(len(numbers), bool), label="as many windows")
        return
    yield within(y, truth, label="averages")
    found = values(y)
    off = np.abs(weights.sum(-1) - 1)[:, None, None, None] * np.abs(numbers).max(-1, keepdims=True)
    slack = truth.bound + off
    yield at_most(np.broadcast_to(numbers.min(-1, keepdims=True), found.shape), found, slack, label="not below")
    yield at_most(found, np.broadcast_to(numbers.max(-1, keepdims=True), found.shape), slack, label="not above")
    if about.numbers == "constant" and about.weights == "binomial":
        yield equal(found, np.broadcast_to(numbers[..., :1], found.shape), label="constants")
    back = flipped(numbers, about)
    yield within(
        average(subject, subject.tensor(back), w, about), exact(back, weights, about, subject), label="reflected"
    )


@refutation(distance_weighted_average_pooling, "It equals average pooling.")
@for_all(given=only(WeightedWindows(), WeightedWindows((4,), (3,), numbers="ramp")))
def weights_are_equal(subject: Subject, given: Weighting) -> Iterator[Check]:
    """The weights differ, and so do the averages but of ramps and constants."""
    equal_weights = np.full(given.w.shape, 1 / given.w.shape[-1])
    mean = exact(values(given.x), equal_weights, given.given, subject).value
    yield within(average(subject, given.x, given.w, given.given), Truth(mean, np.full(mean.shape, 0.05)))


@refutation(distance_weighted_average_pooling, "Constants are kept with zero padding.")
@for_all(given=only(WeightedWindows(numbers="constant"), WeightedWindows((3,), numbers="constant")))
def padding_keeps_constants(subject: Subject, given: Weighting) -> Iterator[Check]:
    """At the border a quarter of the weight falls on zeros."""
    about = given.given
    wider = np.pad(values(given.x), [(0, 0)] * 3 + [(1, 1)])
    more = WeightedWindows((about.sizes[0] + 2,), about.window)
    y = average(subject, subject.tensor(wider), given.w, more)
    yield equal(y, np.broadcast_to(values(given.x)[..., :1], y.shape))


@refutation(distance_weighted_average_pooling, "The average is the largest number of the window.")
@for_all(given=only(WeightedWindows(numbers="normal"), WeightedWindows((3,), numbers="normal")))
def averages_are_maxima(subject: Subject, given: Weighting) -> Iterator[Check]:
    """An average is not a maximum: it lies between the least and the largest number."""
    x = values(given.x)
    top = np.stack([x[..., i : i + 3].max(-1) for i in range(x.shape[-1] - 2)], -1)
    yield within(average(subject, given.x, given.w, given.given), Truth(top, np.full(top.shape, 0.01)))
