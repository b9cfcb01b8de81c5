"""Pooling: the largest number, the mean and the norm of every window of an image."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, UNDER_HYPOTHESES, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.pooling import (
    Axis,
    Fractional,
    Normed,
    Pooling,
    Swept,
    max_windows,
    mean_windows,
    norm_windows,
    volume_windows,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import pooling as reference
from reference.linear_algebra.norm_uses import norms_by_means
from reference.linear_algebra.norms import pow_ulps
from reference.truth import Truth

Float64 = NDArray[np.float64]


def alike(observed: Tensor, expected: Float64, label: str) -> Check:
    """`equal`, or a failing check where the shapes differ."""
    same = tuple(observed.shape) == expected.shape
    return equal(observed, expected, label=label) if same else holds(same, label=f"{label}: as many windows")


def compared(observed: Tensor, truth: Truth, ieee: Float64, label: str) -> Iterator[Check]:
    """`within` where the numbers of a window are finite, elsewhere equal to what IEEE arithmetic makes of it."""
    if tuple(observed.shape) != ieee.shape:
        yield holds(np.zeros(len(ieee), bool), label=f"{label}: as many windows")
        return
    found, finite = values(observed), np.isfinite(ieee)
    yield equal(np.where(finite, 0.0, found), np.where(finite, 0.0, ieee), label=f"{label}: infinity and NaN")
    yield within(np.where(finite, found, truth.value), truth, label=label)


def weights(subject: Subject, shape: tuple[int, ...]) -> Tensor:
    """1, -1, 1, 0, ...: sums of a few are exact in every format."""
    return subject.tensor(np.resize([1.0, -1.0, 1.0, 0.0, 1.0], shape))


@claim(
    title="Max pooling returns the largest number of every window, and a place where it stands",
    statement=r"y_i=\max\{x_{is-p+jd}:0\le j<k,\ 0\le is-p+jd<n\},\quad x_{\text{index}_i}=y_i",
    hypotheses="every window has a number of the image; padding is no number; a NaN in the window is its maximum",
    correction="torch also makes windows without numbers, where k < 2 p + 1 places are so far apart that all miss",
    notes="Convolutional networks: pooling",
    book="9.3",
    truth=UNDER_HYPOTHESES,
    bound="exact: values, indices, and gradients of weights whose sums are exact",
)
@for_all(given=max_windows())
def max_pooling_definition(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Strides, padding, dilation and windows that hang over, adaptive and fractional windows of signals, images and
    volumes, by functions with and without indices and by layers; their gradients; and what unpooling restores.

    The derivative along u is u at the maximum: here u is a function of x, so that ties have one.
    """
    x, windows, about = given
    numbers, options = values(x), about.options("max")
    truth, n = reference.largest(numbers, windows), x.shape[-1]
    leaf = x.clone().requires_grad_()
    y, index = subject.pooled(leaf, return_indices=True, **options)
    yield alike(y, truth, "with indices")
    if tuple(y.shape) != truth.shape or tuple(index.shape) != truth.shape:
        yield holds(tuple(index.shape) == truth.shape, label="an index for every window")
        return
    places = values(index).astype(np.int64)
    yield holds(reference.where_largest(numbers, windows, places), label="indices")
    yield alike(subject.pooled(x, **options), truth, "without indices")
    if not isinstance(about, Fractional):  # layers draw their random samples
        yield alike(subject.pooled(x, layer=True, **options), truth, "layer")
    none = subject.pooled(x[:0], **options)
    yield holds(tuple(none.shape) == (0, *truth.shape[1:]), label="no images")
    v = weights(subject, truth.shape)
    pulled = reference.scattered(values(v), places.clip(0, n - 1), n)
    yield equal(subject.gradient(y, leaf, v), pulled, label="gradient")
    if np.isfinite(numbers).all() and not isinstance(about, Fractional):
        u = subject.tensor(np.rint(numbers).clip(-4, 4))
        back, twice, forward = subject.pool_derivatives(x, u, v, **options)
        along = np.rint(truth).clip(-4, 4)
        yield equal(twice, along, label="along u, by reverse mode twice")
        yield equal(forward, along, label="along u, by forward mode")
        both = [(values(a) * values(b)).sum((1, 2)) for a, b in ((back, u), (v, twice))]
        yield equal(*both, label="adjoint")
    if isinstance(about, Swept) and all(a.dilation == 1 for a in about.axes):
        kept = {k: options[k] for k in ("spatial", "kernel_size", "stride", "padding")}
        restored = np.zeros(x.shape)
        np.put_along_axis(restored, places.clip(0, n - 1), truth, -1)
        yield alike(subject.unpooled(y.detach(), index, shape=windows.shape, **kept), restored, "unpooled")


NEGATIVE = only(Swept(1, "negative", (Axis(4, 2, 2, 1),)), Swept(2, "negative", (Axis(3, 3, 1, 1), Axis(4, 2, 2, 1))))


@refutation(max_pooling_definition, "Padding counts as zeros.")
@for_all(given=NEGATIVE)
def padding_is_zero(subject: Subject, given: Pooling) -> Iterator[Check]:
    """It is no number, -inf: windows of negative numbers have a negative maximum."""
    found = subject.pooled(given.x, **given.given.options("max"))
    yield equal(found, reference.gathered(values(given.x), given.windows).max(-1))


@refutation(max_pooling_definition, "What is pooled and unpooled is what it was.")
@for_all(given=only(Swept(1, "integers", (Axis(4),)), Swept(1, "negative", (Axis(6, 3, 3),))))
def unpooling_is_the_inverse(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Only the largest number of each window comes back; zeros stand for the others."""
    options = given.given.options("max")
    y, index = subject.pooled(given.x, return_indices=True, **options)
    kept = {k: options[k] for k in ("spatial", "kernel_size", "stride", "padding")}
    yield equal(subject.unpooled(y, index, shape=given.windows.shape, **kept), given.x)


@refutation(max_pooling_definition, "A NaN is no number, and does not count.")
@for_all(given=only(Swept(1, "NaN", (Axis(8),)), Swept(3, "NaN", (Axis(5, 3, 1), Axis(4)))))
def nan_does_not_count(subject: Subject, given: Pooling) -> Iterator[Check]:
    """A window with a NaN is NaN."""
    numbers = values(given.x)
    without = reference.largest(np.where(np.isnan(numbers), -np.inf, numbers), given.windows)
    yield equal(subject.pooled(given.x, **given.given.options("max")), without)


@refutation(max_pooling_definition, r"y_i=\max_j|x_{is+j}|")
@for_all(given=NEGATIVE)
def largest_magnitude(subject: Subject, given: Pooling) -> Iterator[Check]:
    """The largest number, not the largest magnitude."""
    found = subject.pooled(given.x, **given.given.options("max"))
    yield equal(found, reference.largest(np.abs(values(given.x)), given.windows))


@claim(
    title="Average pooling returns the mean of every window, with or without the padding",
    statement=r"y_i=\frac1{D_i}\sum_jx_{is-p+j},\quad D_i=\#\{j:is-p+j<n+p\},\ \#\{j:0\le is-p+j<n\}\text{ or given}",
    hypotheses="the sum of the magnitudes stays below overflow",
    notes="Convolutional networks: pooling",
    book="9.3",
    truth=TRUE,
    bound="gamma_{K+1} sum|x| / |D| + eta for K places (ASNA (4.4)), half types + u |y|; of the adjoint "
    "gamma_{r+1} sum|v/D| + r eta for r windows, in the stored type",
)
@for_all(given=mean_windows())
def average_pooling_definition(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Both counts, divisors and windows that hang over, and adaptive windows, of signals and images (and of volumes,
    where they are adaptive), by functions and layers, and the derivatives by three ways.
    """
    yield from averaged(subject, given)


def averaged(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Means of every window against exact ones, and their adjoint."""
    x, windows, about = given
    numbers, options, divisor = values(x), about.options("avg"), about.divisors()
    how, finite = subject.arithmetic("pooled"), np.isfinite(numbers)
    truth = reference.means(np.where(finite, numbers, 0.0), windows, divisor, how)
    ieee = truth.value
    if not finite.all():
        inside = reference.gathered(finite.astype(np.float64), windows, 1.0).all(-1)
        ieee = np.where(inside, truth.value, reference.gathered(numbers, windows).sum(-1) / divisor)
    yield from compared(subject.pooled(x, **options), truth, ieee, "function")
    yield from compared(subject.pooled(x, layer=True, **options), truth, ieee, "layer")
    none = subject.pooled(x[:0], **options)
    yield holds(tuple(none.shape) == (0, *ieee.shape[1:]), label="no images")
    u, v = weights(subject, tuple(x.shape)), weights(subject, ieee.shape)
    pulled = subject.pool_derivatives(x, u, v, **options)
    along = reference.means(values(u), windows, divisor, how)
    stored = dataclasses.replace(how, accumulator=how.result)
    adjoint = reference.spread(values(v), windows, divisor, x.shape[-1], stored)
    for found, wanted, label in zip(
        pulled,
        (adjoint, along, along),
        ("adjoint", "along u, by reverse mode twice", "along u, by forward mode"),
        strict=True,
    ):
        if tuple(found.shape) != wanted.value.shape:
            yield holds(np.zeros(len(x), bool), label=f"{label}: as many numbers")
        else:
            yield within(found, wanted, label=label)


BORDERS = only(
    Swept(1, "negative", (Axis(4, 3, 2, 1),), counted=False),
    Swept(2, "negative", (Axis(3, 2, 2, 1),) * 2, counted=False),
)


@refutation(average_pooling_definition, "Without the padding, too, the sum is divided by the size of the window.")
@for_all(given=BORDERS)
def borders_are_divided_by_the_size(subject: Subject, given: Pooling) -> Iterator[Check]:
    """By the number of places inside."""
    divisor = np.full(given.windows.places.shape[:1], float(given.windows.places.shape[-1]))
    yield from off(subject, given, divisor)


@refutation(average_pooling_definition, "A window that hangs over is divided by its size where the padding counts.")
@for_all(
    given=only(Swept(1, "negative", (Axis(5, 2, 2),), ceil=True), Swept(1, "negative", (Axis(4, 3, 2),), ceil=True))
)
def hanging_windows_are_divided_by_their_size(subject: Subject, given: Pooling) -> Iterator[Check]:
    """What lies beyond the padding does not count."""
    divisor = np.full(given.windows.places.shape[:1], float(given.windows.places.shape[-1]))
    yield from off(subject, given, divisor)


def off(subject: Subject, given: Pooling, divisor: Float64) -> Iterator[Check]:
    """Means with this divisor, to a hundredth."""
    wrong = reference.means(values(given.x), given.windows, divisor, subject.arithmetic("pooled"))
    found = subject.pooled(given.x, **given.given.options("avg"))
    yield within(found, Truth(wrong.value, 0.01 * np.abs(wrong.value)))


@refutation(
    average_pooling_definition, "It is the convolution with weights 1/k, bit by bit.", dtypes=("float32", "float64")
)
@for_all(given=only(Swept(1, "normal", (Axis(17, 3, 1),)), Swept(1, "normal", (Axis(33, 7, 2),))))
def it_is_a_convolution_bit_by_bit(subject: Subject, given: Pooling) -> Iterator[Check]:
    """1/3 rounds, and so does every product with it."""
    x, (axis,) = given.x, given.given.axes  # type: ignore[attr-defined]
    share = subject.tensor(np.full((1, 1, axis.kernel), 1 / axis.kernel))
    yield equal(subject.pooled(x, **given.given.options("avg")), subject.conv1d(x, share, None, axis.stride))


@claim(
    title="Average and norm pooling of volumes return the mean and the norm of every window",
    statement=r"y_i=\frac1{D_i}\sum_{j\in W_i}x_j,\qquad z_i=\Big(\sum_{j\in W_i}x_j^2\Big)^{1/2}",
    hypotheses="torch has them in float32 and float64 on the CPU; sums stay below overflow",
    notes="Convolutional networks: pooling",
    book="9.3",
    truth=UNDER_HYPOTHESES,
    bound="as for images",
)
@for_all(given=volume_windows())
def pooling_of_volumes(subject: Subject, given: Pooling) -> Iterator[Check]:
    """As for signals and images; norms where windows lie inside, and so does the padding."""
    yield from averaged(subject, given)
    about = given.given
    if isinstance(about, Swept) and given.windows.inside.all() and not about.ceil and about.divisor == 0:
        axes = tuple(dataclasses.replace(a, padding=0) for a in about.axes)
        yield from normed(subject, given._replace(given=Normed(about.channels, about.kind, axes)))


@refutation(pooling_of_volumes, "Volumes are pooled image by image.")
@for_all(given=only(Swept(1, "negative", (Axis(4, 2, 2), Axis(2, 2, 2), Axis(2, 2, 2)))))
def volumes_are_rows_of_images(subject: Subject, given: Pooling) -> Iterator[Check]:
    """A window reaches over several of them."""
    x = values(given.x).reshape(len(given.x), 1, 4, 2, 2)
    yield within(
        subject.pooled(given.x, **given.given.options("avg")), Truth(x[:, :, ::2, 0, 0], np.full((1, 1, 2), 1e-3))
    )


@claim(
    title="L2-norm pooling returns the Euclidean norm of every window",
    statement=r"y_i=\Big(\sum_j|x_{is+j}|^p\Big)^{1/p},\quad p=2",
    hypotheses="no window hangs over the end; powers and their sums neither overflow nor underflow; p even, or numbers "
    "that are not negative",
    correction="torch takes powers of signed numbers: for odd p they cancel, for fractional p they are NaN",
    notes="Convolutional networks: pooling",
    book="9.3",
    truth=UNDER_HYPOTHESES,
    bound="BND-LP with stored powers, mean and product; exact for p = inf",
)
@for_all(given=norm_windows())
def l2_norm_pooling(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Signals and images with strides of their own, by functions and layers, in orders 1/2 to 4 and infinity; a window
    of zeros has the gradient 0 from order 1 on.
    """
    yield from normed(subject, given)


def normed(subject: Subject, given: Pooling) -> Iterator[Check]:
    """Norms of every window against exact ones; infinite and NaN where a number of the window is."""
    x, windows, about = given
    numbers, options = values(x), about.options("lp")
    p = options["norm_type"]
    inside, how = reference.gathered(numbers, windows), subject.arithmetic("pooled")
    finite = np.isfinite(inside)
    truth = norms_by_means(np.where(finite, inside, 0.0), p, how, pow_error=pow_ulps(subject.device))
    ieee = np.where(finite.all(-1), truth.value, np.abs(inside).max(-1))
    yield from compared(subject.pooled(x, **options), truth, ieee, f"order {p:g}")
    yield from compared(subject.pooled(x, layer=True, **options), truth, ieee, f"order {p:g}, layer")
    if 1 <= p < np.inf:
        zeros = torch.zeros_like(x).requires_grad_()
        y = subject.pooled(zeros, **options)
        yield equal(subject.gradient(y, zeros, torch.ones_like(y)), np.zeros(x.shape), label="gradient of zeros")


PAIRS = only(Normed(1, "normal", (Axis(4),)), Normed(2, "integers", (Axis(4), Axis(2))))


@refutation(l2_norm_pooling, r"y_i=\Big(\frac1k\sum_jx_{is+j}^2\Big)^{1/2}")
@for_all(given=PAIRS)
def norms_are_root_mean_squares(subject: Subject, given: Pooling) -> Iterator[Check]:
    """The sum of the squares, not their mean."""
    mean = np.sqrt((reference.gathered(values(given.x), given.windows) ** 2).mean(-1))
    yield within(subject.pooled(given.x, **given.given.options("lp")), Truth(mean, 0.01 * mean))


@refutation(l2_norm_pooling, "With p = 1 it is the sum of magnitudes, whatever their signs.")
@for_all(given=PAIRS)
def order_one_sums_magnitudes(subject: Subject, given: Pooling) -> Iterator[Check]:
    """torch sums the numbers: of -3 and 4 it makes 1, of -3 and -4 it makes -7."""
    size = np.abs(reference.gathered(values(given.x), given.windows)).sum(-1)
    options = given.given.options("lp") | {"norm_type": 1.0}
    yield within(subject.pooled(given.x, **options), Truth(size, 0.05 * size))


@refutation(l2_norm_pooling, "With p = 3 it is finite for all finite numbers.")
@for_all(given=PAIRS)
def order_three_is_finite(subject: Subject, given: Pooling) -> Iterator[Check]:
    """torch takes the cube root of a negative sum, which is NaN."""
    found = subject.pooled(given.x, **given.given.options("lp") | {"norm_type": 3.0})
    yield holds(np.isfinite(values(found)))


@refutation(l2_norm_pooling, "It is scaled: no norm that the format holds overflows.")
@for_all(given=PAIRS)
def norms_do_not_overflow(subject: Subject, given: Pooling) -> Iterator[Check]:
    """The squares do: of 300 and 400 in float16."""
    huge = subject.tensor(np.full(given.x.shape, subject.format.largest / 8))
    yield holds(np.isfinite(values(subject.pooled(huge, **given.given.options("lp")))))
