"""Sparsity: an L1 penalty sets weights, or the entries of a code, to exactly 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.spectra import only
from claims.frame.inputs.thresholds import Thresholded, Thresholds, thresholds
from claims.frame.subject import Subject
from reference.regularization import sparsity as reference
from reference.rounding import U64
from reference.truth import Truth

RATE, STEPS = 0.25, 8
"""The curvature is at most 4, so that a step never leads past the minimum of the quadratic."""
FEW = 4
"""Iterates of so many instances are compared."""


def known(x: Tensor) -> NDArray[np.float64]:
    """The numbers of x, 0 for NaN."""
    numbers = values(x)
    return np.where(np.isnan(numbers), 0.0, numbers)


def shrunk(subject: Subject, given: Thresholded) -> Truth:
    """S_lambda(x)."""
    return reference.shrunk(known(given.x), given.threshold, subject.arithmetic("softshrink"))


@claim(
    title="An L1 penalty moves the minimum of a diagonal quadratic to its soft threshold: weights become exactly 0",
    statement=r"\arg\min_v\tfrac12\sum_iH_{ii}(v_i-w_i)^2+\lambda\|v\|_1=\Big(\operatorname{sign}(w_i)"
    r"\max\big(|w_i|-\tfrac\lambda{H_{ii}},0\big)\Big)_i,\quad "
    r"S_\lambda(x)=\arg\min_h\tfrac12(h-x)^2+\lambda|h|",
    hypotheses="H diagonal and positive, lambda >= 0",
    notes="Regularisation: L1 prefers smaller weights. Representation learning: sparsity of the representation",
    book="7.1.2, eq. 7.22-7.23; 14.2.1",
    truth=UNDER_HYPOTHESES,
    correction="For other H only the optimality conditions hold. Subgradient descent comes within 2 lr lambda of the "
    "minimum and rarely hits 0: it is the proximal step that does.",
    bound="the rounding of lambda in the accumulator, |fl(lambda) - lambda|, and u |h| for the difference; zeros "
    "exact; steps: gamma_4 lr (|h (v - w)| + lambda) + u |v|",
)
@for_all(given=thresholds())
def l1_soft_threshold(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """softshrink, its module and the kernel that overwrites its argument against the formula, with exact zeros;
    infinities stay, NaN stays NaN.

    The formula of the diagonal quadratic, and on its way there each step of iterative soft thresholding and of SGD
    through the magnitudes, with the contraction that theory promises of each.
    """
    x, t = given.x, given.threshold
    truth, nan = shrunk(subject, given), np.isnan(values(x))
    spellings = ["softshrink", "softshrink_module", *(["softshrink_"] if subject.plan.layout != "expanded" else [])]
    for spelling in spellings:
        found = getattr(subject, spelling)(x.clone(), t)
        yield within(known(found), truth, label=spelling)
        yield equal(np.isnan(values(found)), nan, label=f"{spelling}: NaN stays")
        yield equal(getattr(subject, spelling)(-x, t), -values(found), label=f"{spelling} is odd")
    if np.isfinite(values(x)).all():
        h = np.where(values(given.h) > 0, values(given.h), 1.0)
        minimiser = reference.diagonal_minimiser(values(x), h, t, subject.arithmetic("soft_threshold"))
        yield within(subject.soft_threshold(x, given.h, t), minimiser, label="the diagonal quadratic")
    if given.plain:
        yield from descents(subject, given)


def descents(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """Every step of both methods from the iterate before, and how much nearer to the minimiser it is."""
    x, h, t = given.x[:FEW], given.h[:FEW], given.threshold
    w, curvature = values(x), np.where(values(h) > 0, values(h), 1.0)
    minimiser = np.sign(w) * np.maximum(np.abs(w) - t / curvature, 0.0)
    for name, step in (("proximal_path", reference.proximal_step), ("subgradient_path", reference.subgradient_step)):
        path = values(getattr(subject, name)(x, h, t, RATE, STEPS))
        arithmetic, before = subject.arithmetic(name), path[:, :-1]
        truth = step(before, w[:, None], curvature[:, None], t, RATE, arithmetic)
        yield within(path[:, 1:], truth, label=f"{name}: every step")
        distance = np.abs(path - minimiser[:, None])
        proximal = name == "proximal_path"
        nearer = reference.contracted(distance[:, :-1], curvature[:, None], t, RATE, proximal=proximal)
        slack = truth.bound + 8 * U64 * (np.abs(path[:, 1:]) + np.abs(w)[:, None])  # of distances in float64
        yield at_most(distance[:, 1:], nearer, slack, label=f"{name}: nearer to the minimiser")
        if proximal:
            zero = reference.removed(w, curvature, t, RATE, STEPS, arithmetic)
            yield holds((path[:, -1] == 0) | ~zero, label="weights below the threshold become 0")


@refutation(l1_soft_threshold, "An L2 penalty sets the same weights to 0.")
@for_all(given=only(Thresholds(3), Thresholds(2, "integers")))
def l2_penalties_give_exact_zeros(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """It scales every weight by h / (h + lambda)."""
    scaled = subject.multiply(given.x, subject.divide(given.h, subject.add(given.h, given.threshold)))
    yield equal(values(scaled) == 0, values(subject.soft_threshold(given.x, given.h, given.threshold)) == 0)


@refutation(l1_soft_threshold, "Gradient descent on a loss with an L1 penalty gives exact zeros.")
@for_all(given=only(Thresholds(3), Thresholds(2, "normal", "seven tenths")))
def subgradient_descent_gives_exact_zeros(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """It oscillates around 0, at a distance of up to lr lambda."""
    last = values(subject.subgradient_path(given.x, given.h, given.threshold, RATE, 3 * STEPS))[:, -1]
    yield holds((last == 0) | (values(subject.soft_threshold(given.x, given.h, given.threshold)) != 0))


@refutation(l1_soft_threshold, r"\arg\min_h\tfrac12(h-x)^2+\lambda|h|=x\,[|x|>\lambda]")
@for_all(given=only(Thresholds(1), Thresholds(3)))
def hard_thresholding_is_the_minimiser(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """That is hardshrink, for a penalty on the number of entries."""
    yield within(subject.activate(given.x, "hardshrink"), shrunk(subject, given))


@refutation(
    l1_soft_threshold, r"$S_\lambda(x)=0$ for x the number of the format nearest to $\lambda$.", dtypes=("float16",)
)
@for_all(given=only(Thresholds(1, "kink", "seven tenths")))
def the_rounded_threshold_is_removed(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """0.7 lies below its nearest float16 number, and torch compares with 0.7 itself: what is left is 1.95e-4."""
    at = np.abs(values(given.x)) == subject.format.round(given.threshold)
    yield holds((values(subject.softshrink(given.x, given.threshold)) == 0) | ~at)


@refutation(l1_soft_threshold, r"v_i=\operatorname{sign}(w_i)\max(|w_i|-\lambda,0)\text{ whatever }H_{ii}\text{ is}")
@for_all(given=only(Thresholds(1), Thresholds(3)))
def the_threshold_does_not_depend_on_the_curvature(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """It is lambda / H_ii."""
    yield within(subject.soft_threshold(given.x, given.h, given.threshold), shrunk(subject, given))


@refutation(
    l1_soft_threshold, "Thresholding every weight by lambda over its H_ii minimises for any positive definite H."
)
@for_all(given=only(Thresholds(2), Thresholds(3)))
def coupled_weights_are_thresholded_one_by_one(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """Weights other than 0 must have the gradient -lambda sign(v) of the quadratic; H = D + 1 couples them."""
    d, w, t = values(given.h), values(given.x), given.threshold
    v = values(subject.soft_threshold(given.x, subject.add(given.h, 1.0), t))
    gradient = d * (v - w) + (v - w).sum(-1, keepdims=True)
    yield holds(((v == 0) & (np.abs(gradient) <= t + 0.05)) | (np.abs(gradient + t * np.sign(v)) <= 0.05))


@claim(
    title="Soft thresholding has the slope 0 below its threshold and 1 beyond",
    statement=r"S_\lambda'(x)=[|x|>\lambda]\ (|x|\ne\lambda),\quad S_0'=1",
    hypotheses="lambda >= 0; |x| is not lambda, or lambda is 0",
    notes="Regularisation: L1 prefers smaller weights. Representation learning: sparsity of the representation",
    book="7.1.2",
    truth=UNDER_HYPOTHESES,
    correction="At the kinks there is no derivative; torch returns 0 there.",
    bound="exact; at a kink, and where x lies between lambda and its rounding in the accumulator, anything from 0 to 1",
)
@for_all(given=thresholds())
def soft_threshold_slope(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """Reverse and forward mode, with powers of two of either sign, other ones for neighbouring numbers, as cotangent
    and direction; beside NaN too.
    """
    n = np.arange(given.x.numel()).reshape(given.x.shape)
    direction = np.where(n % 2, -1.0, 1.0) * 2.0 ** (n % 3)
    slope = reference.slope(known(given.x), given.threshold, subject.arithmetic("softshrink"))
    truth = Truth(direction * slope.value, np.abs(direction) * slope.bound)
    leaf, d, nan = given.x.clone().requires_grad_(), subject.tensor(direction), np.isnan(values(given.x))
    for spelling in ("softshrink", "softshrink_module"):
        found = subject.gradient(getattr(subject, spelling)(leaf, given.threshold), leaf, d)
        yield within(np.where(nan, truth.value, values(found)), truth, label=f"{spelling}: reverse mode")
    found = subject.softshrink_along(given.x, d, given.threshold)
    yield within(np.where(nan, truth.value, values(found)), truth, label="forward mode")


def gradient(subject: Subject, given: Thresholded) -> NDArray[np.float64]:
    """The slope of every entry by reverse mode."""
    leaf = given.x.clone().requires_grad_()
    ones = subject.tensor(np.ones(leaf.shape))
    return np.asarray(values(subject.gradient(subject.softshrink(leaf, given.threshold), leaf, ones)))


@refutation(soft_threshold_slope, r"S_\lambda'(x)=1\text{ for every }x\ne0")
@for_all(given=only(Thresholds(1), Thresholds(3)))
def thresholding_passes_every_gradient(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """Below the threshold it passes none."""
    yield equal(gradient(subject, given), np.ones(given.x.shape))


@refutation(soft_threshold_slope, r"S_\lambda'(x)=S_\lambda(x)/x\text{ for }x\ne0")
@for_all(given=only(Thresholds(1), Thresholds(3)))
def the_slope_is_the_share_that_is_left(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """What is taken off is lambda, whatever x is: no slope is taken off."""
    share = shrunk(subject, given).value / values(given.x)
    yield within(gradient(subject, given), Truth(share, np.full(share.shape, 0.01)))


@refutation(soft_threshold_slope, r"Soft thresholding is differentiable at $\lambda$: both difference quotients agree.")
@for_all(given=only(Thresholds(1, "kink"), Thresholds(3, "kink")))
def soft_thresholding_is_differentiable_at_its_threshold(subject: Subject, given: Thresholded) -> Iterator[Check]:
    """They are 0 on the left and 1 on the right."""
    t = given.threshold
    at = subject.tensor(np.full(given.x.shape, t))
    right, left = (values(subject.softshrink(subject.add(at, step), t)) for step in (t, -t))
    yield equal(right, left)
