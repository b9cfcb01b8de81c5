"""Surrogate losses: the 0-1 loss has no gradient; the likelihood goes on improving when it is 0."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within
from claims.frame.checks import Check
from claims.frame.inputs.margins import Scored, ScoredRows, scored_rows, separated_rows
from claims.frame.inputs.spectra import only
from claims.frame.operations.elementary import units
from claims.frame.operations.softmax import kernel
from claims.frame.subject import Subject
from reference.losses import sigmoid_losses
from reference.losses import surrogate as reference
from reference.truth import Truth

Float64 = NDArray[np.float64]
FACTORS = (1.0, 2.0, 4.0, 8.0, 16.0, 64.0)
POINTS, RATE, STEPS = (1.0, -1.0, 2.0, -2.0), 2.0, 60
"""A training set that the vertical line separates, and a descent long enough for w_1 to pass w_2."""
FEW = 4


def classes(given: Scored) -> NDArray[np.int64]:
    """The classes of the rows."""
    return values(given.target).astype(np.int64)  # type: ignore[no-any-return]


def slope(subject: Subject, operation: str, x: Tensor) -> tuple[Tensor, Tensor]:
    """A function of single numbers and its derivative."""
    leaf = x.clone().requires_grad_()
    found = getattr(subject, operation)(leaf)
    return found, subject.gradient(found, leaf, subject.tensor(np.ones(x.shape)))


def refuses_a_derivative(subject: Subject, x: Tensor) -> bool:
    """Whether the backward pass of the unit step is an error."""
    leaf = x.clone().requires_grad_()
    try:
        subject.gradient(subject.heaviside(leaf, subject.tensor(1.0)), leaf, subject.tensor(np.ones(x.shape)))
    except RuntimeError:
        return True
    return False


@claim(
    title="The 0-1 loss is constant around almost every point and has no gradient",
    statement=r"\ell(z)=1[\arg\max_iz_i\ne y]:\quad z_{(1)}-z_{(2)}>2\|d\|_\infty\ \Rightarrow\ \ell(z+d)=\ell(z),\quad"
    r"\nabla\ell=0;\qquad\operatorname{sign}'=\lfloor\cdot\rfloor'=0",
    hypotheses="no tie between the two largest logits; torch takes the derivative 0 at the jumps too, and has none for "
    "comparisons, argmax and heaviside",
    notes="How learning differs from pure optimisation: the 0-1 loss cannot be optimised efficiently",
    book="8.1.2",
    truth=TRUE,
    bound="exact",
)
@for_all(given=scored_rows())
def zero_one_loss_no_gradient(subject: Subject, given: Scored) -> Iterator[Check]:
    """The loss, by argmax and a comparison, is that of the definition, does not change when every logit moves by less
    than half of the lead, and knows no gradient. Derivatives of sign, floor, ceil, round and trunc are 0, at their
    jumps too, heaviside refuses one.
    """
    x, t, fmt = values(given.x), classes(given), subject.format
    leaf = given.x.clone().requires_grad_()
    chosen = subject.argmax(leaf, dim=-1)
    wrong, loss = subject.not_equal(chosen, given.target), subject.zero_one_loss(leaf, given.target)
    yield equal(chosen, np.argmax(x, -1), label="argmax is the first of the largest")
    yield equal(wrong.to(given.x.dtype), reference.errors(x, t), label="comparison")
    yield equal(loss, reference.errors(x, t), label="0-1 loss")
    known = any(found.requires_grad for found in (chosen, wrong, loss))
    yield holds(not known, label="no gradient")
    clear = reference.is_clear(x, fmt)
    for turn in (1, -1):
        moved = subject.add(given.x, subject.tensor(reference.nearby(x, fmt, turn)))
        after, before = (np.where(clear, values(v), 0.0) for v in (subject.zero_one_loss(moved, given.target), loss))
        yield equal(after, before, label="constant nearby")
    for name, step in reference.STEPS.items():
        found, derivative = slope(subject, name, given.x)
        yield equal(found, step(x), label=name)
        yield equal(derivative, np.zeros(x.shape), label=f"slope of {name}")
    yield equal(subject.heaviside(given.x, subject.tensor(1.0)), np.heaviside(x, 1.0), label="heaviside")
    if given.x.numel():
        yield holds(refuses_a_derivative(subject, given.x), label="heaviside has no derivative")


JUMPS = only(ScoredRows(1, 2, "zeros"), ScoredRows(3, 3, "integers"))


@refutation(zero_one_loss_no_gradient, r"\operatorname{sign}'(0)=2")
@for_all(given=JUMPS)
def sign_has_a_slope_at_zero(subject: Subject, given: Scored) -> Iterator[Check]:
    """Its jump is 2; torch's derivative is 0."""
    derivative = slope(subject, "sign", given.x)[1]
    yield equal(derivative, 2.0 * (values(given.x) == 0))


@refutation(zero_one_loss_no_gradient, "The rounded number has the slope of the number.")
@for_all(given=JUMPS)
def rounding_passes_the_gradient(subject: Subject, given: Scored) -> Iterator[Check]:
    """So does the straight-through estimator, which is no gradient."""
    yield equal(slope(subject, "round", given.x)[1], np.ones(given.x.shape))


@refutation(zero_one_loss_no_gradient, "The loss is constant around every point.")
@for_all(given=only(ScoredRows(1, 2, "tied"), ScoredRows(3, 3, "tied")))
def the_loss_is_constant_everywhere(subject: Subject, given: Scored) -> Iterator[Check]:
    """At a tie it jumps."""
    own = np.arange(given.x.shape[-1]) == classes(given)[..., None]
    room = np.abs(values(given.x)).max() * subject.format.u * 4
    for sign in (1.0, -1.0):
        moved = subject.add(given.x, subject.tensor(np.where(own, sign * room, 0.0)))
        after = values(subject.zero_one_loss(moved, given.target))
        yield equal(after, values(subject.zero_one_loss(given.x, given.target)), label=f"{sign:+.0f}")


@refutation(zero_one_loss_no_gradient, "A tie is no error.")
@for_all(given=only(ScoredRows(5, 3, "tied"), ScoredRows(5, 4, "equal")))
def a_tie_is_no_error(subject: Subject, given: Scored) -> Iterator[Check]:
    """It is, where another class of the same logit comes first."""
    yield equal(subject.zero_one_loss(given.x, given.target), np.zeros(given.target.shape))


def scaled(subject: Subject, given: Scored) -> Iterator[Check]:
    """Losses of c z for growing c: their values, that they fall, and their limit; errors stay 0."""
    t, how, k = classes(given), subject.arithmetic("class_loss"), units(subject)
    gaps = reference.margins(values(given.x), t)
    before: tuple[Float64, Float64] | None = None
    for c in FACTORS:
        z = given.x * c
        found = values(subject.class_loss(z, given.target, None, reduction="none"))
        truth = reference.scaled_loss(values(z), t, how, kernel(subject, last_axis=True))
        yield within(found, truth, label="loss of c z")
        yield equal(subject.zero_one_loss(z, given.target), np.zeros(t.shape), label="errors of c z")
        limit = reference.least_loss(values(z), t)
        yield at_most(found, limit, truth.bound, label="the loss goes to 0")
        if before is not None:
            yield at_most(found, before[0], before[1] + truth.bound, label="it falls with c")
        before = found, truth.bound
    few = gaps.reshape(-1, gaps.shape[-1])[:FEW]
    yield holds(np.array([all(reference.strictly_falls(g, FACTORS) for g in few)]), label="strictly, in balls")
    margin = subject.format.round(np.minimum(gaps.min(-1, initial=np.inf), 200.0))
    for c in FACTORS[::2]:
        z, ones = subject.tensor(margin * c), subject.tensor(np.ones(margin.shape))
        wanted = sigmoid_losses.cross_entropy(values(z), values(ones), subject.arithmetic("softplus_loss"), k)
        yield within(subject.softplus_loss(z, ones), wanted, label="softplus of -c m")


def descends(subject: Subject, start: Tensor) -> Iterator[Check]:
    """A descent without an error of training: each step, and the error of the test points before and after."""
    path = subject.separated_descent(start, subject.tensor(POINTS), rate=RATE, steps=STEPS)
    w, points, how = values(path), np.array(POINTS), subject.arithmetic("separated_descent")
    yield equal(w[:, 0], values(start), label="start")
    yield equal(w[..., 1], np.repeat(values(start)[:, 1:], STEPS + 1, 1), label="w_2 stays")
    yield within(w[:, 1:, 0], reference.descended(w[:, :-1, 0], points, RATE, how, units(subject)), label="steps")
    yield holds((w[..., 0] > 0).all(-1), label="no error of training")
    error = reference.error_on_test_points(w)
    yield equal(error[:, 0], np.full(len(w), 1 / 3), label="error of the test before")
    yield equal(error[:, -1], np.zeros(len(w)), label="and after")


@claim(
    title="With no training error left the likelihood still improves as the margins grow, and the test error may fall",
    statement=r"z_y>\max_{j\ne y}z_j\ \Rightarrow\ c\mapsto-\log\operatorname{softmax}(cz)_y\text{ falls strictly to }"
    r"0,\quad1[\arg\max cz\ne y]=0;\qquad\exists\text{ data: the test error falls after the training error is }0",
    hypotheses="c > 0, a strict maximum",
    notes="How learning differs from pure optimisation: surrogate losses",
    book="8.1.2",
    truth=TRUE,
    bound="losses: E of log-softmax-accuracy at the stored c z, comparisons the sum of two; softplus as in "
    "cross-entropy-sigmoid-gradient; a step of descent: 6u sigma + 4u|e| of each slope, gamma_7, and 3 roundings",
)
@for_all(given=separated_rows())
def surrogate_margin_growth(subject: Subject, given: Scored | Tensor) -> Iterator[Check]:
    """Losses of z, 2z, ..., 64z against exact values, against each other and against their limit, the strict fall in
    balls; softplus of the least margin. A descent on four separated points, each step against the formula: the error of
    three test points falls from 1/3 to 0.
    """
    yield from scaled(subject, given) if isinstance(given, Scored) else descends(subject, given)


@refutation(surrogate_margin_growth, "Without an error of training the loss stays as it is.")
@for_all(given=only(ScoredRows(1, 2, "ahead"), ScoredRows(3, 3, "ahead")))
def the_loss_stays_constant(subject: Subject, given: Scored) -> Iterator[Check]:
    """It falls as the margins grow."""
    found, after = (values(subject.class_loss(given.x * c, given.target, None, reduction="none")) for c in (1.0, 4.0))
    yield within(after, Truth(found, found / 8))


@refutation(surrogate_margin_growth, "The computed loss is positive.")
@for_all(given=only(ScoredRows(1, 2, "far ahead"), ScoredRows(3, 3, "far ahead")))
def the_computed_loss_is_positive(subject: Subject, given: Scored) -> Iterator[Check]:
    """It is 0 when the sum of exponentials rounds to 1, from a margin of log(1 / u) on."""
    yield holds(values(subject.class_loss(given.x, given.target, None, reduction="none")) > 0)


@refutation(surrogate_margin_growth, "Larger margins lower the loss of every row.")
@for_all(given=only(ScoredRows(1, 2, "behind"), ScoredRows(3, 3, "behind")))
def scaling_lowers_every_loss(subject: Subject, given: Scored) -> Iterator[Check]:
    """That of an error grows."""
    found, after = (values(subject.class_loss(given.x * c, given.target, None, reduction="none")) for c in (1.0, 4.0))
    yield at_most(after, found, found / 64)


@refutation(surrogate_margin_growth, "The test error always falls.")
@for_all(given=separated_rows())
def the_test_error_always_falls(subject: Subject, given: Scored | Tensor) -> Iterator[Check]:
    """Of a test point (1, -1) of the other class it rises: the descent passes it."""
    if isinstance(given, Tensor):
        w = values(subject.separated_descent(given, subject.tensor(POINTS), rate=RATE, steps=STEPS))
        wrong = (w[..., 0] - w[..., 1] > 0).astype(np.float64)
        yield at_most(wrong[:, -1], wrong[:, 0])
