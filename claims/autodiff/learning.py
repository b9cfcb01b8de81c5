"""Back-propagation finds gradients; it does not learn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values
from claims.frame.checks import Check
from claims.frame.inputs.learners import Learner, Learning, learners
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.autodiff import learning as reference


class Passed(NamedTuple):
    """What `after_backward` returns."""

    gradient_w: Tensor
    gradient_b: Tensor
    w: Tensor
    b: Tensor
    f: Tensor
    grad_w: Tensor
    grad_b: Tensor
    at_first: Tensor
    forward: Tensor
    backward: Tensor
    losses: Tensor


class Stepped(NamedTuple):
    """What `after_steps` returns."""

    w: Tensor
    b: Tensor
    f: Tensor
    grad_w: Tensor
    grad_b: Tensor
    cleared_w: Tensor
    cleared_b: Tensor
    left: Tensor
    last_w: Tensor
    last_b: Tensor
    last_f: Tensor


def passed(subject: Subject, at: Learning) -> Passed:
    """Forward and backward passes."""
    choices = {"norm": at.norm, "held": at.held, "way": at.way, "times": at.times}
    return Passed(*subject.after_backward(at.w, at.b, at.f, at.x, at.t, at.g, **choices))


def stepped(subject: Subject, at: Learning) -> Stepped:
    """A step, zero_grad, a step."""
    choices = {"rule": at.rule, "held": at.held, "set_to_none": at.set_to_none, **at.options}
    return Stepped(*subject.after_steps(at.w, at.b, at.f, at.g, at.c, **choices))


def back_propagation(subject: Subject, at: Learning) -> Iterator[Check]:
    """Passes leave parameters and buffers, and add to gradients."""
    found = passed(subject, at)
    w, b, f, x, t, g = (values(a) for a in (at.w, at.b, at.f, at.x, at.t, at.g))
    for name, after, before in (("w", found.w, w), ("b", found.b, b), ("frozen f", found.f, f)):
        yield equal(after, before, label=f"backward leaves {name}")
    held, of_b = (g if at.held else 0 * g), 0 if at.way == "inputs" else at.times
    sum_w = reference.accumulated(held, values(found.gradient_w), at.times, subject.format)
    sum_b = reference.accumulated(0 * b, values(found.gradient_b), of_b, subject.format)
    yield equal(found.grad_w, sum_w, label="every pass adds the gradient of w")
    yield equal(found.grad_b, sum_b, label="every pass adds the gradient of b")
    if not at.norm and at.way != "double":
        exact_w, exact_b = reference.gradient(w, b, f, x, t)
        yield equal(found.gradient_w, exact_w, label="the gradient of w")
        yield equal(found.gradient_b, exact_b, label="the gradient of b")
    yield equal(found.backward, values(found.forward), label="backward leaves buffers")
    if at.norm:
        forwards = 1 if at.way == "retain" else at.times
        counted = values(found.forward)[:, 2] - values(found.at_first)[:, 2]
        yield equal(counted, np.full_like(counted, forwards), label="every forward pass is counted")
        if x.shape[1] == 2:  # or the mean may have roundings
            yield equal(found.forward[:, 0], reference.running_mean(w, b, x, forwards), label="the running mean")
    losses = values(found.losses)
    yield equal(losses[:, 1], losses[:, 0], label="the loss is what it was")


def functions_of_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """What returns gradients leaves everything else."""
    w, b, f, x, t = (values(a) for a in (at.w, at.b, at.f, at.x, at.t))
    *found, present = subject.gradient_alone(at.w, at.b, at.f, at.x, at.t, at.g, way=at.returning)
    expected = *reference.gradient(w, b, f, x, t), w, b, f, values(at.g)
    names = "gradient of w", "gradient of b", "w is left", "b is left", "f is left", "w.grad is left"
    for name, after, exact in zip(names, found, expected, strict=True):
        yield equal(after, exact, label=f"{at.returning}: {name}")
    yield equal(present, 0 * values(present), label=f"{at.returning}: no .grad appears")


def steps(subject: Subject, at: Learning) -> Iterator[Check]:
    """Steps move what has a gradient, and nothing else."""
    found = stepped(subject, at)
    yield equal(found.f, values(at.f), label="a step leaves frozen f")
    yield equal(found.last_f, values(at.f), label="a second step leaves frozen f")
    of_w = found.w, at.w, found.grad_w, at.g, found.cleared_w, found.last_w, 0.5
    of_b = found.b, at.b, found.grad_b, at.c, found.cleared_b, found.last_b, 0.25
    for name, (p, p0, grad, g0, cleared, last, lr) in (("w", of_w), ("b", of_b)):
        before, g = values(p0), values(g0) * at.held
        yield equal(grad, g, label=f"a step leaves {name}.grad")
        yield holds((values(p) != before) == (g != 0), label=f"a step moves {name} where there is a gradient")
        if at.rule == "SGD":
            yield equal(p, before - lr * g, label=f"SGD: {name} at the rate of its group")
        yield equal(cleared, 0 * g, label=f"zero_grad leaves nothing in {name}.grad")
        if not at.held or at.set_to_none or (at.rule == "SGD" and "momentum" not in at.options):
            yield equal(last, values(p), label=f"a step without gradients leaves {name}")
    left = values(found.left)
    yield equal(left, np.full_like(left, 2.0 * (at.held and not at.set_to_none)), label="how many gradients are left")


@claim(
    title="Back-propagation only computes gradients; the update is a separate algorithm",
    statement=r"\text{after }loss.backward():\ \theta\ \text{unchanged},\ \theta.grad\mathrel{+}=\nabla L;\quad "
    r"\text{only }optimizer.step()\text{ changes }\theta\text{, and buffers change in the forward pass}",
    hypotheses="no hooks that modify parameters, no optimiser within the backward pass",
    notes="Deep feedforward networks: back-propagation is not the whole learning algorithm",
    book="6.5",
    truth=TRUE,
    bound="exact, bit for bit: whole numbers of at most 8 bits, and where they are none (batch norm, second "
    "derivatives) one rounding for each addition to a gradient that autograd.grad returns from the same graph",
)
@for_all(at=learners())
def backward_does_not_learn(subject: Subject, at: Learning) -> Iterator[Check]:
    """One to three backward passes through fresh and retained graphs, to chosen inputs, and twice, with and without
    batch norm and gradients from before; five functions that return gradients; seven optimisers in a loop and foreach,
    two groups and a frozen parameter, zero_grad both ways, steps before and after it.
    """
    yield from back_propagation(subject, at)
    yield from functions_of_gradients(subject, at)
    yield from steps(subject, at)


@refutation(backward_does_not_learn, r"\theta.grad=\nabla L\text{ after every backward pass}")
@for_all(at=only(Learner(way="retain", times=2), Learner(17, 3, times=2)))
def backward_replaces_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """A second pass doubles it."""
    found = passed(subject, at)
    yield equal(found.grad_w, values(found.gradient_w))


@refutation(backward_does_not_learn, "A step without a backward pass before it changes parameters.")
@for_all(at=only(Learner(rule="adam"), Learner(rule="sgd")))
def steps_need_no_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """Parameters whose gradient is None are skipped."""
    yield holds((values(stepped(subject, at).w) != values(at.w)).any((-2, -1)))


@refutation(backward_does_not_learn, "A backward pass by itself lowers the loss.")
@for_all(at=only(Learner(), Learner(norm=True)))
def backward_lowers_the_loss(subject: Subject, at: Learning) -> Iterator[Check]:
    """It leaves it as it is."""
    losses = values(passed(subject, at).losses)
    yield at_most(losses[:, 1], losses[:, 0] * 0.99, where=losses[:, 0] > 0)


@refutation(backward_does_not_learn, "A step at gradients that zero_grad has set to 0 changes nothing.")
@for_all(at=only(Learner(held=True, rule="momentum", set_to_none=False)))
def zeros_are_no_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """Momentum goes on; it rests only where the gradient is None."""
    found = stepped(subject, at)
    yield equal(found.last_w, values(found.w))


@refutation(backward_does_not_learn, "Weight decay needs no gradient.")
@for_all(at=only(Learner(rule="adamw", foreach=True), Learner(rule="adamw")))
def parameters_decay_without_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """A parameter without a gradient does not decay either."""
    decaying = at._replace(options={**at.options, "weight_decay": 0.5})
    yield holds((values(stepped(subject, decaying).w) != values(at.w)) == (values(at.w) != 0))


@refutation(backward_does_not_learn, "Batch norm updates its running statistics in the backward pass.")
@for_all(at=only(Learner(norm=True), Learner(9, norm=True)))
def buffers_change_backward(subject: Subject, at: Learning) -> Iterator[Check]:
    """In the forward pass, also where no gradient is asked for."""
    found = passed(subject, at)
    yield holds((values(found.backward) != values(found.forward)).any((-2, -1)))


@refutation(backward_does_not_learn, "Where the gradient is 0 a step of Adam changes nothing.", dtypes=("float16",))
@for_all(at=only(Learner(17, 33, held=True, rule="adam")))
def adam_rests_at_zero_gradients(subject: Subject, at: Learning) -> Iterator[Check]:
    """The default eps of 1e-8 is 0 in float16, and 0 / 0 is NaN."""
    plain = at._replace(options={**at.options, "eps": 1e-8})
    after = values(stepped(subject, plain).w)
    yield holds((after == values(at.w)) | (values(at.g) != 0))
