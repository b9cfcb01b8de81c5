"""Early stopping: where it leaves gradient descent."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.early_stopping import Targets, TwoTargets, two_targets
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.regularization import early_stopping as reference

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
    slack = norms(at_step(truth.truth.bound, step)) + 1e-12 * first
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
