"""Early stopping: where it leaves gradient descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import (
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
    within_norm,
)
from claims.frame.checks import Check
from claims.frame.inputs.early_stopping import Targets, TwoTargets, two_targets
from claims.frame.inputs.quadratics import Problem, Quadratic, quadratics
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.regularization import early_stopping as reference
from reference.regularization import weight_decay
from reference.rounding import U64
from reference.truth import Truth

Float64 = NDArray[np.float64]


def stopped(subject: Subject, of: Targets) -> tuple[Tensor, Tensor]:
    """All iterates of gradient descent (batch, steps + 1, n), and the step that validation chooses, (batch,)."""
    w = subject.descent_iterates(of.training, of.lr, of.steps)
    return w, subject.stopping_step(w, of.validation)


def at_step(x: Float64, step: Float64) -> Float64:
    """The entry of that number of axis 1."""
    numbers = step.astype(np.int64).reshape(-1, *(1 for _ in x.shape[1:]))
    return np.asarray(np.take_along_axis(x, numbers, 1)[:, 0])


def norms(x: Float64) -> Float64:
    """Euclidean norms along the last axis."""
    return np.asarray(np.linalg.norm(x, axis=-1))


@claim(
    title="Early stopping can halt while the training gradient is still large",
    statement=r"J(w)=\tfrac12\|w-c\|^2,\ J_{\mathrm{val}}(w)=\tfrac12\|w-sc\|^2,\ w_t=(1-(1-\epsilon)^t)c,\ "
    r"t^*\in\arg\min_t J_{\mathrm{val}}(w_t)\ \Rightarrow\ "
    r"\|\nabla J(w_{t^*})\|\ge\frac{2(1-s)(1-\epsilon)}{2-\epsilon}\|\nabla J(0)\|",
    hypotheses="gradient descent from 0, 0 < s < 1, 0 < epsilon < 1; existence: for s = 1/2 and epsilon <= 1/2 a third "
    "of the first gradient is left, while it vanishes as t grows",
    notes="How learning differs from pure optimisation: early stopping",
    book="8.1.2, 7.8",
    truth=TRUE,
    bound="bitwise while iterates are multiples of 2^-kt that the format holds; then the roundings of each step, "
    "contracted by 1 - epsilon (ASNA section 3.3)",
)
@for_all(of=two_targets())
def early_stopping_large_gradient(subject: Subject, of: Targets) -> Iterator[Check]:
    """Iterates of SGD against their closed form, and the step of the least validation error against all others.

    Where no other step comes near, it is the exact one, and the gradient left there as large as the theorem says.
    """
    c, v, arithmetic = values(of.training), values(of.validation), subject.arithmetic("descent_iterates")
    w, chosen = stopped(subject, of)
    truth = reference.iterates(c, of.lr, of.steps, arithmetic)
    yield within(w, truth.truth, label="the iterates")
    step = values(chosen)
    possible = (step >= 0) & (step <= of.steps) & (step == np.rint(step))
    yield holds(possible, label="the step is one of those made")
    step = np.where(possible, step, 0.0)
    errors = reference.validation_errors(truth, v, subject.arithmetic("stopping_step")).truth
    low, high = errors.value - errors.bound, errors.value + errors.bound
    yield at_most(at_step(low, step), high.min(-1), label="no step has a smaller validation error")
    best = errors.value.argmin(-1)
    others = np.where(np.arange(of.steps + 1) == best[:, None], np.inf, low)
    decisive = at_step(high, best) < others.min(-1)
    yield equal(step, best, where=decisive, label="the best step")
    gradient, first = norms(at_step(values(w), step) - c), norms(c)
    # the difference, its square, n - 1 sums and the root, in float64 on either side
    own = (c.shape[-1] + 4) * U64 * (gradient + first)
    slack = norms(at_step(truth.truth.bound, step)) + own
    least = reference.least_remaining(of.lr, of.share) * first
    yield at_most(least, gradient, slack, where=decisive, label="the gradient left is large")


@refutation(early_stopping_large_gradient, "At the validation optimum the training gradient is below 5 % of the first.")
@for_all(of=only(TwoTargets(), TwoTargets(2, lr=0.5)))
def the_gradient_is_small_at_the_validation_optimum(subject: Subject, of: Targets) -> Iterator[Check]:
    """About half of it is left where the validation minimum is half way."""
    w, step = stopped(subject, of)
    c = values(of.training)
    yield at_most(norms(at_step(values(w), values(step)) - c), 0.05 * norms(c))


@refutation(early_stopping_large_gradient, "The validation error falls as long as the training error does.")
@for_all(of=only(TwoTargets(), TwoTargets(2, lr=0.5)))
def validation_follows_training(subject: Subject, of: Targets) -> Iterator[Check]:
    """It rises again once the validation minimum is passed."""
    _, step = stopped(subject, of)
    yield equal(values(step), np.full(len(values(step)), float(of.steps)))


@refutation(early_stopping_large_gradient, r"\|\nabla J(w_{t^*})\|\ge(1-s)\|\nabla J(0)\|")
@for_all(of=only(TwoTargets(1, 0.75)))
def validation_stops_before_its_minimum(subject: Subject, of: Targets) -> Iterator[Check]:
    """The nearest iterate may lie beyond it: (3/4)^5 is nearer to 1/4 than (3/4)^4."""
    w, step = stopped(subject, of)
    c = values(of.training)
    yield at_most((1 - of.share) * norms(c), norms(at_step(values(w), values(step)) - c))


STOPS = ((1.0, 1), (1.0, 2), (1.0, 8), (0.0625, 1), (0.0625, 4))
"""Step sizes, relative to the largest admitted, and numbers of steps."""


def both_ways(subject: Subject, given: Problem) -> Iterator[tuple[float, Truth, Truth, Tensor, Tensor]]:
    """For every stop epsilon t, exact and found: gradient descent after t steps, and ridge with 1 / (epsilon t)."""
    h, w = values(given.H), values(given.w)
    right = subject.matmul(given.H, given.w[..., None])[..., 0]
    plain = weight_decay.shrunk(h, w, 0.0)
    for part, steps in STOPS:
        lr = part * weight_decay.step_size(plain)
        decay = 1 / (lr * steps)
        descended = reference.filtered(h, plain, lr, steps, subject.arithmetic("decayed_descent"))
        solved = weight_decay.by_solving(weight_decay.shrunk(h, w, decay), subject.arithmetic("penalised_solution"))
        found = subject.decayed_descent(given.H, given.w, lr, 0.0, steps)
        yield lr * steps, descended, solved, found, subject.penalised_solution(given.H, right, decay)


@claim(
    title="Early stopping acts like L2 only approximately: the filters 1-(1-eps h)^t and h/(h+1/(eps t)) differ",
    statement=r"\left|1-(1-\epsilon h)^t-\frac h{h+1/(\epsilon t)}\right|\le\min\left(\tfrac12,(\epsilon th)^2\right)"
    r"\ (0\le\epsilon h\le1)",
    hypotheses="quadratic loss with H positive definite, gradient descent from 0, epsilon ||H|| <= 1",
    notes="Regularisation: early stopping is equivalent to L2",
    book="7.8, eq. 7.33-7.45",
    truth=UNDER_HYPOTHESES,
    correction="They agree to first order in epsilon t h; no single penalty gives the same weights in general.",
    bound="descent: what a step rounds, times steps; ridge: LU as in l2-penalty-shrinks-solution",
)
@for_all(given=quadratics())
def early_stopping_l2_filter(subject: Subject, given: Problem) -> Iterator[Check]:
    """SGD after t steps and the ridge solution against exact rational ones, and their distance against the theorem."""
    h, w = values(given.H), values(given.w)
    largest = np.trace(h, axis1=-2, axis2=-1)
    for time, descended, solved, found, ridge in both_ways(subject, given):
        yield within_norm(found, descended, label=f"gradient descent, epsilon t = {time:g}")
        yield within_norm(ridge, solved, label=f"ridge, epsilon t = {time:g}")
        gap = norms(values(found) - values(ridge))
        most = np.minimum(0.5, (time * largest) ** 2) * norms(w)
        yield at_most(gap, most, descended.bound + solved.bound, label=f"the gap, epsilon t = {time:g}")


@refutation(early_stopping_l2_filter, r"w_t=(H+\alpha I)^{-1}Hw^*\text{ for }\alpha=1/(\epsilon t)")
@for_all(given=only(Quadratic(2)))
def early_stopping_is_ridge(subject: Subject, given: Problem) -> Iterator[Check]:
    """Only to first order."""
    for _, descended, solved, found, _ in both_ways(subject, given):
        yield within_norm(found, Truth(solved.value, solved.bound + descended.bound))


@refutation(early_stopping_l2_filter, "The two filters differ by less than 0.1.")
@for_all(given=only(Quadratic(2, "diagonal")))
def the_filters_are_close(subject: Subject, given: Problem) -> Iterator[Check]:
    """By up to 1/2 for one step."""
    for _, _, _, found, ridge in both_ways(subject, given):
        yield at_most(norms(values(found) - values(ridge)), 0.1 * norms(values(given.w)))
