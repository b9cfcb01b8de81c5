"""Separable kernels: outer products of vectors, what they save, and that other kernels exist."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.convolution.accuracy import compared, convolved
from claims.frame.checks import Check
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.separable_kernels import (
    Kernels,
    Ranked,
    Separable,
    Sized,
    Widths,
    factors,
    ranked,
    widths,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.bounds.svd import svdvals_error
from reference.convolution import separable as reference
from reference.convolution.direct import convolution, magnitude
from reference.convolution.geometry import geometry
from reference.truth import Truth

SPELLINGS = ("long kernels", "conv1d")


def orders(axes: int) -> list[tuple[int, ...]]:
    """The axes in their order and the other way round."""
    return list(dict.fromkeys((tuple(range(axes)), tuple(range(axes))[::-1])))


def at_once(subject: Subject, given: Separable, vectors: list[Tensor] | None = None) -> Tensor:
    """x convolved with the outer product."""
    name = f"outer_product_convolution{len(given.vectors)}d"
    y: Tensor = getattr(subject, name)(given.x, vectors or given.vectors, **given.options)
    return y


def in_passes(subject: Subject, given: Separable, order: tuple[int, ...], spelling: str = SPELLINGS[0]) -> Tensor:
    """x convolved with one vector after the other."""
    name = f"separable_convolution{len(given.vectors)}d"
    y: Tensor = getattr(subject, name)(given.x, given.vectors, **given.options, order=order, spelling=spelling)
    return y


def reached(given: Separable) -> np.ndarray:
    """Which results have the first number of the images, or a zero beside it, in their window."""
    first = np.zeros(given.x.shape)
    first.reshape(*first.shape[:3], math.prod(first.shape[3:]))[..., 0] = 1.0
    kernel = np.ones((len(first), first.shape[2], 1, *given.how.kernel))
    return magnitude(first, kernel, None, given.how) > 0


@claim(
    title="Convolution with an outer-product kernel equals composing d one-dimensional convolutions",
    statement=r"K=v^{(1)}\otimes\cdots\otimes v^{(d)}\Rightarrow K*x=v^{(d)}*_d(\cdots(v^{(1)}*_1x))",
    hypotheses="each channel by itself; padding with zeros, strides and dilations axis by axis",
    notes="Convolutional networks: separable kernels",
    book="9.8",
    truth=TRUE,
    bound="at once: the rounding of the kernel, (1 + u)^(d-1) - 1, and BND-DOT; in passes a running bound, BND-DOT in "
    "each, stored after each in half types; none for integers with exact sums",
)
@for_all(given=factors())
def separable_convolution_equivalence(subject: Subject, given: Separable) -> Iterator[Check]:
    """Both sides against the exact convolution, over one to three axes: passes in either order and in two spellings.

    NaN in one number makes exactly those results NaN that have it in their window, on both sides.
    """
    x, vectors, d = values(given.x), values(given.vectors), len(given.vectors)
    how = subject.arithmetic(f"outer_product_convolution{d}d")
    yield compared(at_once(subject, given), reference.by_outer_product(x, vectors, given.how, how), "at once")
    how = subject.arithmetic(f"separable_convolution{d}d")
    for order in orders(d):
        truth = reference.by_passes(x, vectors, given.how, order, how)
        for spelling in SPELLINGS:
            found = in_passes(subject, given, order, spelling)
            yield compared(found, truth, f"{spelling}, axes {', '.join(str(i + 1) for i in order)}")
    hole = torch.zeros_like(given.x)
    hole.flatten(3)[..., 0] = float("nan")
    spoilt = given._replace(x=given.x + hole)
    for label, found in (
        ("at once", at_once(subject, spoilt)),
        ("in passes", in_passes(subject, spoilt, orders(d)[0])),
    ):
        yield equal(np.isnan(values(found)), reached(given), label=f"{label}: the reach of NaN")


@refutation(separable_convolution_equivalence, "Passes and the outer product agree bit by bit.")
def both_agree_bit_by_bit(subject: Subject, given: Separable) -> Iterator[Check]:
    """Each rounds other numbers."""
    yield equal(in_passes(subject, given, orders(len(given.vectors))[0]), at_once(subject, given))


@refutation(separable_convolution_equivalence, "The order of the passes does not change a bit.")
def the_order_does_not_change_a_bit(subject: Subject, given: Separable) -> Iterator[Check]:
    """It changes the roundings, and no more."""
    first, *others = (in_passes(subject, given, order) for order in orders(len(given.vectors)))
    for other in others:
        yield equal(other, first)


@refutation(separable_convolution_equivalence, "The axes of the vectors may be exchanged.")
def vectors_may_be_exchanged(subject: Subject, given: Separable) -> Iterator[Check]:
    """That is the transposed kernel."""
    sizes = {v.shape[-1] for v in given.vectors}
    if len(given.vectors) == 2 and len(sizes) == 1:
        exchanged = at_once(subject, given, given.vectors[::-1])
        found = values(in_passes(subject, given, orders(2)[0]))
        yield within(exchanged, Truth(found, np.full(found.shape, 0.5)))


CHANNELS = only(Convolved(1, 2, 2, extent=(4,), kernel=(2,)))


@refutation(
    separable_convolution_equivalence,
    r"Every convolution of several channels is one of each channel and then a 1x1 one.",
)
@for_all(given=CHANNELS)
def depthwise_separable_layers_are_all(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Such filters of one channel are multiples of each other: here those of the first filter, where it is not 0."""
    w, safe = values(given.w), np.abs(values(given.w)[:, :1, :, :1]) > 0
    factor = np.where(safe, w[..., :1] / np.where(safe, w[:, :1, :, :1], 1.0), 1.0)
    separable = subject.tensor(subject.format.round(factor * w[:, :1]))
    exact = values(convolved(subject, given, w=separable))
    yield within(convolved(subject, given), Truth(exact, np.full(exact.shape, 0.5)))


def cost(subject: Subject, given: Sized, *, passes: bool) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """The result, the products that are counted, and the parameters: (1,) each."""
    q, d = given.given.padding, given.given.axes
    kernels = given.vectors if passes else [given.kernel]
    padding = [[q if i == j or not passes else 0 for j in range(d)] for i in range(len(kernels))]
    y, products, parameters = subject.convolution_cost(given.x, kernels, padding, trained=given.given.trained)
    return y, np.array([float(products)]), np.array([float(parameters)])


@claim(
    title="Separable convolution takes w d instead of w^d parameters, and of products in the limit of large images",
    statement=r"\text{parameters } wd\text{ and }w^d;\quad\text{products }\sum_{i=1}^dw\,m^in^{d-i}\text{ and }w^dm^d,"
    r"\ m=n+2p-w+1;\quad wd<w^d\iff d\ge2,\ w\ge2,\ (w,d)\ne(2,2)",
    hypotheses="n numbers and a width of w on each of d axes, padding p on both sides, stride 1, channel by channel",
    notes="Convolutional networks: separable kernels are significantly faster and have fewer parameters",
    book="9.8",
    truth=FALSE_AS_STATED,
    correction="Per result it is w d to w^d products for n much larger than w, and always with padding that keeps the "
    "size. Where little is left of the image passes take more (n = w = 3: 12 instead of 9), and as many parameters for "
    "w = d = 2.",
    bound="exact: products by torch's FLOP counter, parameters by their number",
)
@for_all(given=widths())
def separable_convolution_cost(subject: Subject, given: Sized) -> Iterator[Check]:
    """Both ways are run under torch's FLOP counter, without gradients or with both, which take as much each.

    The numbers convolved are small integers, of which both ways give the same. Per result, passes take w d products or
    more, and (n/m)^(d-1) times as many at most; w d exactly where padding keeps the size.
    """
    d, w, n, q = given.given.axes, given.given.width, given.given.extent, given.given.padding
    sizes, steps = (n, w, d, q, given.given.channels), 3 if given.given.trained else 1
    (full, products, parameters), (y, fewer, vectors) = (cost(subject, given, passes=p) for p in (False, True))
    whole, parts = reference.cost_at_once(*sizes), reference.cost_of_passes(*sizes)
    yield equal(y, values(full), label="the same numbers")
    yield equal(products, float(steps * whole.multiplications), label="products at once")
    yield equal(fewer, float(steps * parts.multiplications), label="products in passes")
    yield equal(parameters, float(whole.parameters), label="parameters at once")
    yield equal(vectors, float(parts.parameters), label="parameters in passes")
    yield holds((vectors < parameters) == (d >= 2 and w >= 2 and (w, d) != (2, 2)), label="fewer parameters")
    m = n + 2 * q - w + 1
    per_result = fewer / (steps * given.given.channels * m**d)
    low, high = min(1.0, n / m), max(1.0, n / m)
    yield at_most(np.array([w * d * low ** (d - 1)]), per_result, 1e-12 * w * d, label="w d products per result")
    yield at_most(per_result, np.array([w * d * high ** (d - 1)]), 1e-12 * w * d, label="no more than n/m says")


@refutation(separable_convolution_cost, "Passes always take fewer products for d >= 2 and w >= 2.")
def passes_always_take_fewer(subject: Subject, given: Sized) -> Iterator[Check]:
    """n = w = 3: 12 instead of 9."""
    if given.given.axes >= 2 and given.given.width >= 2:
        yield holds(cost(subject, given, passes=True)[1] < cost(subject, given, passes=False)[1])


@refutation(separable_convolution_cost, "Passes save products at width 1, too.")
@for_all(given=only(Widths(2, 1, 4)))
def width_one_gains(subject: Subject, given: Sized) -> Iterator[Check]:
    """They take one product for each axis, where one is enough."""
    yield at_most(cost(subject, given, passes=True)[1], cost(subject, given, passes=False)[1])


@refutation(separable_convolution_cost, "Vectors are always fewer parameters from w = 2 and d = 2 on.")
@for_all(given=only(Widths(2, 2, 4)))
def vectors_are_always_fewer(subject: Subject, given: Sized) -> Iterator[Check]:
    """Two of two are as many as the kernel has."""
    if given.given.axes >= 2 and given.given.width >= 2:
        yield holds(cost(subject, given, passes=True)[2] < cost(subject, given, passes=False)[2])


@refutation(separable_convolution_cost, "Products with the zeros of the padding are not counted.")
@for_all(given=only(Widths(1, 3, 4, 1)))
def padding_costs_nothing(subject: Subject, given: Sized) -> Iterator[Check]:
    """torch's counter takes every result for a full window."""
    n, w = given.given.extent, given.given.width
    inside = magnitude(np.ones((1, 1, 1, n)), np.ones((1, 1, 1, w)), None, geometry((w,), padding=1)).sum()
    yield equal(cost(subject, given, passes=False)[1], inside)


@refutation(
    separable_convolution_cost, "On images with sides of different lengths the order of the passes costs nothing."
)
@for_all(given=only(Widths(2, 3, 6)))
def the_order_costs_nothing(subject: Subject, given: Sized) -> Iterator[Check]:
    """The axis that loses more of its numbers comes first."""
    tall = given.x[..., :3]
    counts = [
        float(subject.convolution_cost(tall, kernels, [[0, 0]] * 2, trained=False)[1])
        for kernels in (given.vectors, given.vectors[::-1])
    ]
    yield equal(np.array(counts[:1]), np.array(counts[1:]))


def tolerance(subject: Subject, k: Tensor) -> float:
    """Relative to the largest: what singular values that are 0 stay below, and others of small integers above."""
    m, n = k.shape[-2:]
    return 4 * float(svdvals_error(np.ones(1), m, n, subject.arithmetic("matrix_rank"))[0])


def exactly(subject: Subject, given: Kernels) -> Truth:
    """The images convolved with their kernels: (batch, results, results)."""
    x, k = values(given.x)[:, None, None], values(given.k)[:, None, None]
    truth = convolution(x, k, None, given.how, subject.arithmetic("plain_convolution"))
    return Truth(truth.value[:, 0, 0], truth.bound[:, 0, 0])


@claim(
    title="Not every kernel is separable: it is if and only if its rank is at most one",
    statement=r"K\text{ separable}\iff\operatorname{rank}K\le1;\quad\min_{u,v}\|K-uv^\top\|_F^2=\sum_{i\ge2}\sigma_i^2;"
    r"\quad K*x=\sum_{i\le r}\sigma_i\,u_i*_1(v_i*_2x)",
    hypotheses="two axes (for more it is the rank of a tensor)",
    notes="Convolutional networks: not every convolution can be represented as separable ones",
    book="9.8",
    formal="Matrix.rank_vecMulVec_le",
    truth=TRUE,
    bound="minors and ranks exact in integers; singular values by BND-SVD; results by |K - K_1|_F times the 2-norm of "
    "their window (Cauchy-Schwarz) and BND-DOT in each pass",
)
@for_all(given=ranked())
def non_separable_kernels_exist(subject: Subject, given: Kernels) -> Iterator[Check]:
    """Kernels of integers, whose 2 x 2 minors say exactly whether they are outer products.

    torch's rank and singular values must say the same; the nearest outer product is as far as the other singular values
    say, which bounds each result; and min(m, n) separable convolutions add up to the convolution, one does for rank 1.
    """
    x, k = values(given.x), values(given.k)
    separable, exact = reference.is_separable(k), exactly(subject, given)
    rank = subject.matrix_rank(given.k, rtol=tolerance(subject, given.k))
    yield equal(rank, reference.ranks(k), label="rank")
    yield holds((values(rank) <= 1) == separable, label="rank at most 1 and no minor")
    s = reference.spectrum(k, subject.arithmetic("svdvals"))
    yield within(subject.svdvals(given.k), Truth(s.values, s.error), label="singular values")
    how, most = subject.arithmetic("best_separable_kernel"), min(k.shape[-2:])
    nearest = values(subject.best_separable_kernel(given.k))
    missed = np.sqrt(((k - nearest) ** 2).sum((-2, -1)))
    off = reference.nearest_error(k, 1, how)
    yield within(missed, Truth(s.distance, off), label="the distance of the nearest outer product")
    yield within(subject.plain_convolution(given.x, given.k), exact, label="the convolution")
    window = reference.window_norms(x, given.how)
    for terms in (1, most):
        found = subject.sum_of_separable_convolutions(given.x, given.k, terms)
        bound = reference.terms_error(x, k, terms, s, given.how, subject.arithmetic("sum_of_separable_convolutions"))
        label = f"{terms} separable convolution" + "s" * (terms > 1)
        yield within(found, Truth(exact.value, bound), label=label)
    yield at_most(
        np.abs(values(subject.plain_convolution(given.x, subject.best_separable_kernel(given.k))) - exact.value),
        s.distance[:, None, None] * window,
        off[:, None, None] * window + 2 * exact.bound,
        label="every result by the distance",
    )


@refutation(non_separable_kernels_exist, "Every kernel is separable.")
def every_kernel_is_separable(subject: Subject, given: Kernels) -> Iterator[Check]:
    yield holds(values(subject.matrix_rank(given.k, rtol=tolerance(subject, given.k))) <= 1)


@refutation(non_separable_kernels_exist, "The identity is separable.")
@for_all(given=only(Ranked(2, 2, "identity")))
def the_identity_is_separable(subject: Subject, given: Kernels) -> Iterator[Check]:
    """The nearest outer product is at a distance of 1."""
    off = values(given.k) - values(subject.best_separable_kernel(given.k))
    yield at_most((off**2).sum((-2, -1)), np.full(len(off), 0.5))


@refutation(non_separable_kernels_exist, "The Laplacian is separable.")
@for_all(given=only(Ranked(3, 3, "laplacian")))
def the_laplacian_is_separable(subject: Subject, given: Kernels) -> Iterator[Check]:
    """It is a sum of two that are."""
    yield holds(values(subject.matrix_rank(given.k, rtol=tolerance(subject, given.k))) <= 1)


@refutation(non_separable_kernels_exist, "The sum of two separable kernels is separable.")
@for_all(given=only(Ranked(2, 2, "two")))
def sums_are_separable(subject: Subject, given: Kernels) -> Iterator[Check]:
    yield holds(values(subject.matrix_rank(given.k, rtol=tolerance(subject, given.k))) <= 1)


@refutation(non_separable_kernels_exist, r"\min_{u,v}\|K-uv^\top\|_F=\sigma_2")
@for_all(given=only(Ranked(3, 3, "diagonal")))
def only_the_second_value_is_missed(subject: Subject, given: Kernels) -> Iterator[Check]:
    """All others are, too; sigma_2 is the distance in the spectral norm."""
    k = values(given.k)
    s = reference.spectrum(k, subject.arithmetic("svdvals"))
    missed = np.sqrt(((k - values(subject.best_separable_kernel(given.k))) ** 2).sum((-2, -1)))
    yield within(missed, Truth(s.values[:, 1], reference.nearest_error(k, 1, subject.arithmetic("svdvals"))))


@refutation(non_separable_kernels_exist, "A kernel without a trace is separable.")
@for_all(given=only(Ranked(2, 2)))
def traces_decide(subject: Subject, given: Kernels) -> Iterator[Check]:
    """The minors do."""
    traceless = np.trace(values(given.k), axis1=-2, axis2=-1) == 0
    rank = values(subject.matrix_rank(given.k, rtol=tolerance(subject, given.k)))
    yield holds(rank <= 1, where=traceless)
