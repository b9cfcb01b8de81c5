"""What pooling is invariant to, and what that is worth: translations, groups of filters, features in a regression."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import (
    FALSE_AS_STATED,
    TRUE,
    UNDER_HYPOTHESES,
    at_most,
    claim,
    equal,
    for_all,
    holds,
    refutation,
    values,
    within,
)
from claims.convolution.pooling import alike
from claims.frame.checks import Check
from claims.frame.inputs.pooling_invariance import (
    EveryOrder,
    Features,
    Orderings,
    PooledFeatures,
    Shifted,
    ShiftedImages,
    Turned,
    TurnedFilters,
    circular_shifts,
    pooled_features,
    translations,
    turned_filters,
)
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import pooling
from reference.convolution import pooling_invariance as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]


def pooled_by_one(subject: Subject, x: Tensor, given: Shifted, pool: str = "max_pool") -> Tensor:
    """Images pooled with stride 1, x taking the place of those given."""
    many = len(given.window) > 1
    window, stride = (given.window, (1,) * len(given.window)) if many else (given.window[0], 1)
    pooled: Tensor = subject.pooled(x, pool=pool, spatial=given.sizes, kernel_size=window, stride=stride)
    return pooled


@claim(
    title="Pooling with stride 1 moves with the image; a maximum stays only while the overlap of two windows holds it",
    statement=r"\operatorname{pool}(\tau x)=\tau\operatorname{pool}(x);\quad|y_{i+1}-y_i|\le\max x_{[i,i+w]}-\min "
    r"x_{[i,i+w]};\quad\Pr[y_{i+1}=y_i]=\frac{w-1}{w+1}",
    hypotheses="for the probability: independent numbers without ties, so that all orders are equally likely",
    correction="Pooling is equivariant. A maximum stays under a shift by one place exactly where the largest number "
    "of both windows lies in their overlap: of w = 3 half of the results change. An average changes by "
    "(x_{i+w} - x_i) / w.",
    notes="Convolutional networks: pooling as an infinitely strong prior of invariance to small translations",
    book="9.3, figure 9.8; 9.4",
    truth=FALSE_AS_STATED,
    bound="exact for maxima; averages: both bounds of average pooling",
)
@for_all(given=translations())
def pooling_translation_invariance(subject: Subject, given: Orderings | Shifted) -> Iterator[Check]:
    """All orders of w + 1 numbers are counted, and w zeros with one number beside the border of two windows are pooled
    with stride w. Signals and images are shifted in a circle: what does not wrap around moves with them.
    """
    if isinstance(given, Orderings):
        yield from counted(subject, given)
        return
    x, sizes, window, shift = given
    numbers, axes = values(x), len(sizes)
    y = pooled_by_one(subject, x, given)
    counts = tuple(n - w + 1 for n, w in zip(sizes, window, strict=True))
    here = numbers.shape[:-1]
    if tuple(y.shape) != (*here, int(np.prod(counts))):
        yield holds(np.zeros(len(numbers), bool), label="as many windows")
        return
    moved = pooled_by_one(subject, subject.tensor(reference.shifted(numbers, sizes, shift)), given)
    before, after = (values(t).reshape(*here, *counts) for t in (y, moved))
    kept = tuple(slice(0, max(c - s, 0)) for c, s in zip(counts, shift, strict=True))
    came = tuple(slice(s, None) for s in shift)
    yield equal(after[(..., *came)], before[(..., *kept)], label="equivariance")
    if sizes[-1] > window[-1]:
        union = reference.neighbours(numbers, sizes, window)
        spread, overlap = reference.steps(union, axes)
        first, second = (before[..., a : b or None].reshape(*here, -1) for a, b in ((0, -1), (1, 0)))
        changed = np.where(first == second, 0.0, np.abs(second - first))
        yield at_most(changed, spread, label="changes are at most the oscillation")
        largest = union.max(tuple(range(-axes, 0)))
        yield holds((overlap < largest) | (first == second), label="unchanged while the overlap holds the maximum")
        if np.isfinite(numbers).all():
            yield from averages(subject, given, union)


def counted(subject: Subject, given: Orderings) -> Iterator[Check]:
    """How many orders keep their maximum, and the number that leaves a window of stride w."""
    x, w = given
    y = values(pooled_by_one(subject, x, Shifted(x, (w + 1,), (w,), (1,))))
    yield holds(y.shape == (*x.shape[:2], 2), label="two windows")
    if y.shape == (*x.shape[:2], 2):
        yield equal((y[..., 0] == y[..., 1]).sum(), float(reference.unchanged(w)), label="orders that keep the maximum")
    spike = np.zeros((1, 1, 2 * w))
    spike[..., w - 1] = 5
    for numbers, wanted in ((spike, [5.0, 0.0]), (np.roll(spike, 1, -1), [0.0, 5.0])):
        found = subject.pooled(subject.tensor(numbers), pool="max_pool", spatial=(2 * w,), kernel_size=w, stride=w)
        yield alike(found, np.array([[wanted]]), "a number beside the border of two windows")


def averages(subject: Subject, given: Shifted, union: Float64) -> Iterator[Check]:
    """An average changes by what comes and what leaves, over the size of the window."""
    sweeps = [pooling.Sweep(n, w) for n, w in zip(given.sizes, given.window, strict=True)]
    windows = pooling.windows(sweeps)
    size = float(np.prod(given.window))
    truth = pooling.means(values(given.x), windows, np.full(len(windows.counted), size), subject.arithmetic("pooled"))
    found = pooled_by_one(subject, given.x, given, "avg_pool")
    if tuple(found.shape) != truth.value.shape:
        yield holds(np.zeros(len(found), bool), label="as many averages")
        return
    here = truth.value.shape[:-1]
    y, bound = (t.reshape(*here, *windows.shape) for t in (values(found), truth.bound))
    come, left = union[..., -1], union[..., 0]
    inner = tuple(range(-(come.ndim - len(here) - 1), 0))
    wanted = (come - left).sum(inner) / size
    change = (y[..., 1:] - y[..., :-1]).reshape(*here, -1)
    allowed = (bound[..., 1:] + bound[..., :-1]).reshape(*here, -1)
    own = 2.0**-50 * (np.abs(union).sum(tuple(range(-len(given.sizes), 0))) + np.abs(change))
    yield within(change, Truth(wanted, allowed + own), label="averages change by what comes and leaves")


@refutation(pooling_translation_invariance, "No result changes when the image is shifted by one place.")
@for_all(given=only(EveryOrder(3), EveryOrder(2)))
def nothing_changes(subject: Subject, given: Orderings) -> Iterator[Check]:
    """Of width 3 it does in half of all orders."""
    y = pooled_by_one(subject, given.x, Shifted(given.x, (given.width + 1,), (given.width,), (1,)))
    yield equal(y[..., 0], y[..., 1])


@refutation(pooling_translation_invariance, "Four neighbours are enough for invariance: $3/5$ of the results is all.")
@for_all(given=only(EveryOrder(4)))
def four_are_enough(subject: Subject, given: Orderings) -> Iterator[Check]:
    """2/5 of them change."""
    y = values(pooled_by_one(subject, given.x, Shifted(given.x, (5,), (4,), (1,))))
    yield at_most((y[..., 0] != y[..., 1]).mean(), 0.1)


@refutation(pooling_translation_invariance, "Average pooling is invariant to a shift by one place.")
@for_all(given=only(ShiftedImages((3,), (2,)), ShiftedImages((4,), (2,), (1,), 1, "integers")))
def averages_are_invariant(subject: Subject, given: Shifted) -> Iterator[Check]:
    """It changes by (x_{i+w} - x_i) / w."""
    y = pooled_by_one(subject, given.x, given, "avg_pool")
    yield equal(y[..., 1:], y[..., :-1])


def everywhere(subject: Subject, x: Tensor, given: Shifted, pool: str) -> Iterator[tuple[str, Tensor]]:
    """The maximum or the mean of all places, by every way."""
    ones = (1,) * len(given.sizes)
    yield "adaptive", subject.pooled(x, pool=f"adaptive_{pool}_pool", spatial=given.sizes, output_size=ones)[..., 0]
    whole = given.sizes if len(given.sizes) > 1 else given.sizes[0]
    if len(given.sizes) < 3:  # means of half types over volumes are adaptive only
        yield "one window", subject.pooled(x, pool=f"{pool}_pool", spatial=given.sizes, kernel_size=whole)[..., 0]
    yield "reduction", subject.amax(x, -1) if pool == "max" else subject.mean(x, dim=-1)


@claim(
    title="Global pooling is invariant to circular translations: maxima bit by bit, means up to rounding",
    statement=r"\max_ix_{i+s}=\max_ix_i,\qquad\frac1n\sum_ix_{i+s}=\frac1n\sum_ix_i",
    hypotheses="nothing leaves the frame",
    notes="Convolutional networks: pooling and invariance",
    book="9.3",
    formal="Equiv.sum_comp",
    truth=TRUE,
    bound="exact for maxima; 2 gamma_{n+1} sum|x| / n and, for half types, 2 u |mean|",
)
@for_all(given=circular_shifts())
def global_pooling_translation_invariance(subject: Subject, given: Shifted) -> Iterator[Check]:
    """Adaptive pooling to one place, one window, and reductions, of images before and after a shift of every axis."""
    x, sizes, _, shift = given
    numbers = values(x)
    y = subject.tensor(reference.shifted(numbers, sizes, shift))
    whole = pooling.adaptive_windows(sizes, (1,) * len(sizes))
    top = pooling.largest(numbers, whole)[..., 0]
    for (way, before), (_, after) in zip(
        everywhere(subject, x, given, "max"), everywhere(subject, y, given, "max"), strict=True
    ):
        yield equal(before, top, label=f"{way}: the maximum")
        yield equal(after, top, label=f"{way}: the maximum of what is shifted")
    if np.isfinite(numbers).all():
        truth = pooling.means(numbers, whole, whole.counted.astype(np.float64), subject.arithmetic("pooled"))
        mean, both = (
            Truth(truth.value[..., 0], truth.bound[..., 0]),
            Truth(truth.value[..., 0] * 0, 2 * truth.bound[..., 0]),
        )
        for (way, before), (_, after) in zip(
            everywhere(subject, x, given, "avg"), everywhere(subject, y, given, "avg"), strict=True
        ):
            yield within(before, mean, label=f"{way}: the mean")
            yield within(values(after) - values(before), both, label=f"{way}: the mean of what is shifted")


@refutation(global_pooling_translation_invariance, "The mean is invariant bit by bit.", dtypes=("float32", "float64"))
@for_all(given=only(ShiftedImages((13, 17), (1, 1), (6, 9), 4), ShiftedImages((17,), (1,), (5,), 4)))
def means_are_invariant_bit_by_bit(subject: Subject, given: Shifted) -> Iterator[Check]:
    """The numbers are added in another order."""
    y = subject.tensor(reference.shifted(values(given.x), given.sizes, given.shift))
    for (_, before), (_, after) in zip(
        everywhere(subject, given.x, given, "avg"), everywhere(subject, y, given, "avg"), strict=True
    ):
        yield equal(before, after)


@refutation(global_pooling_translation_invariance, "It is invariant to shifts that fill up with zeros.")
@for_all(given=only(ShiftedImages((4,), (1,), (1,), 1, "integers"), ShiftedImages((2, 3), (1, 1), (0, 1))))
def zeros_may_come_in(subject: Subject, given: Shifted) -> Iterator[Check]:
    """The largest number may leave."""
    images = values(given.x).reshape(*given.x.shape[:2], *given.sizes).copy()
    images[..., 1:] = images[..., :-1]
    images[..., 0] = 0
    y = subject.tensor(images.reshape(given.x.shape))
    for (_, before), (_, after) in zip(
        everywhere(subject, given.x, given, "max"), everywhere(subject, y, given, "max"), strict=True
    ):
        yield equal(before, after)


@claim(
    title="The maximum over filters that a group permutes is invariant to the group",
    statement=r"f(x)=\max_{g\in G}\langle gw,x\rangle\ \Rightarrow\ f(hx)=f(x)\text{ for all }h\in G",
    hypotheses="G permutes the places of a patch: quarter turns, also with reflections, or circular shifts",
    correction="Filters of any other set are invariant only where the set is closed; that training finds them is a "
    "tendency.",
    notes="Convolutional networks: pooling over separately parametrised convolutions",
    book="9.3, figure 9.9",
    truth=UNDER_HYPOTHESES,
    bound="exact for integers; BND-DOT for every response, the largest of the group",
)
@for_all(given=turned_filters())
def cross_channel_pooling_learned_invariance(subject: Subject, given: Turned) -> Iterator[Check]:
    """Patches turned by every element of the group against the exact maximum, over the channels of one convolution."""
    x, w, group = given
    patches, filters = values(x), values(w)
    truth = reference.orbit_maximum(patches, filters, group, subject.arithmetic("orbit_pooled"))
    whole = (patches == np.rint(patches)).all() and (filters == np.rint(filters)).all()
    for k, turn in enumerate(reference.GROUPS[group](patches.shape[-1])):
        turned = subject.tensor(turn(patches))
        for by in ("amax", "max_pool"):
            found = subject.orbit_pooled(turned, w, group=group, by=by)
            exact = Truth(truth.value, np.zeros(truth.bound.shape)) if whole else truth
            yield within(found, exact, label=f"{by}, turned by element {k}")


TURNED = only(TurnedFilters(3), TurnedFilters(2))


@refutation(cross_channel_pooling_learned_invariance, "Three of four quarter turns are enough.")
@for_all(given=TURNED)
def three_turns_are_enough(subject: Subject, given: Turned) -> Iterator[Check]:
    """The set of filters must be closed."""
    x, w = values(given.x), values(given.w)
    turns = reference.GROUPS["rotations"](x.shape[-1])
    responses = [[response(subject, h(x), g(w)) for g in turns[:3]] for h in turns[:2]]
    yield equal(*[np.max(r, 0) for r in responses])


def response(subject: Subject, x: Float64, w: Float64) -> Float64:
    """That of patches to filters, both (batch, side, side)."""
    whole = x.shape[1:]
    patches, filters = x.reshape(len(x), 1, 1, -1), w.reshape(len(w), -1)
    made: Float64 = values(
        subject.weighted_average(
            subject.tensor(patches), subject.tensor(filters), spatial=whole, window=whole, stride=1
        )
    )
    return made


@refutation(cross_channel_pooling_learned_invariance, "Pooling one filter over space is invariant to quarter turns.")
@for_all(given=TURNED)
def space_is_enough(subject: Subject, given: Turned) -> Iterator[Check]:
    """It is invariant to translations only: the response to a turned patch is another one."""
    x, w = values(given.x), values(given.w)
    turned = np.rot90(x, 1, (-2, -1)).copy()
    yield equal(response(subject, x, w), response(subject, turned, w))


@refutation(
    cross_channel_pooling_learned_invariance,
    "It is invariant bit by bit for all numbers.",
    dtypes=("float32", "float64"),
)
@for_all(given=only(TurnedFilters(5, "symmetries", "normal"), TurnedFilters(9, "rotations", "normal")))
def any_numbers_are_invariant(subject: Subject, given: Turned) -> Iterator[Check]:
    """The products are added in another order."""
    turned = subject.tensor(np.rot90(values(given.x), 1, (-2, -1)).copy())
    yield equal(*[subject.orbit_pooled(x, given.w, group=given.group, by="amax") for x in (given.x, turned)])


@claim(
    title="Pooled features lower the excess risk by the ratio of dimensions if the target is invariant; else they bias",
    statement=r"\frac1n\mathbb{E}\|Z\hat b-Xw\|^2=\frac{\sigma^2d_{inv}}n+\frac1n\|P_\perp Xw\|^2,\quad Z=\text{means "
    r"features over blocks}",
    hypotheses="a fixed design with orthogonal columns, independent noise of variance sigma^2, least squares",
    correction="If the assumption is wrong, pooling adds the bias of what it leaves out.",
    notes="Convolutional networks: pooling can improve the statistical efficiency",
    book="9.3, 9.4",
    truth=UNDER_HYPOTHESES,
    bound="the fit within 16 gamma_{n d} |y| (ASNA theorem 20.3, condition 1; constant calibrated)",
)
@for_all(given=pooled_features())
def invariance_prior_statistical_efficiency(subject: Subject, given: Features) -> Iterator[Check]:
    """The mean over every vector of n signs as noise, of fits with pooled features and with all of them."""
    design, w, sigma, block = values(given.X), values(given.w), given.sigma, given.block
    yield from [
        within(
            risk(subject, given, size),
            reference.excess_risk(design, w, sigma, size, subject.arithmetic("fitted")),
            label=label,
        )
        for size, label in ((block, "pooled"), (1, "all features"))
    ]


def risk(subject: Subject, given: Features, block: int) -> Float64:
    """The mean squared distance of the fits from the signal."""
    signal = values(given.X) @ values(given.w)
    observed = signal[:, None] + given.sigma * reference.signs(len(signal))
    fits = values(subject.fitted(given.X, subject.tensor(observed), block=block))
    mean: Float64 = ((fits - signal[:, None]) ** 2).mean()
    return np.asarray(mean)


@refutation(invariance_prior_statistical_efficiency, "Pooling always lowers the risk.")
@for_all(given=only(PooledFeatures(4, 2, 2, "strong"), PooledFeatures(8, 4, 4, "strong")))
def pooling_always_helps(subject: Subject, given: Features) -> Iterator[Check]:
    """A target that is not invariant is left with its bias: 64 beside a risk of 1/2."""
    yield at_most(risk(subject, given, given.block), risk(subject, given, 1))


@refutation(invariance_prior_statistical_efficiency, "It gains the same for every group.")
@for_all(given=only(PooledFeatures(8, 4, 2), PooledFeatures(4, 4, 2)))
def every_group_gains_the_same(subject: Subject, given: Features) -> Iterator[Check]:
    """The larger the group, the fewer dimensions are left."""
    flat = given._replace(w=subject.tensor(np.ones(given.w.shape)))
    one, more = risk(subject, flat, 2), risk(subject, flat, 4)
    yield within(one, Truth(more, np.asarray(0.01)))
