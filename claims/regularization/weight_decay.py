"""Weight decay: what an L2 penalty does to the minimiser."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.quadratics import Problem, Quadratic, quadratics
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.regularization import weight_decay as reference
from reference.truth import Truth

DECAYS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 100.0)
STEPS = 24


def penalised(subject: Subject, given: Problem) -> Iterator[tuple[float, Tensor, Truth]]:
    """Every decay, what torch finds by solving the linear system, and the exact minimiser."""
    right = subject.matmul(given.H, given.w[..., None])[..., 0]
    h, w = values(given.H), values(given.w)
    for decay in DECAYS:
        truth = reference.by_solving(reference.shrunk(h, w, decay), subject.arithmetic("penalised_solution"))
        yield decay, subject.penalised_solution(given.H, right, decay), truth


@claim(
    title="The minimiser with an L2 penalty gets shorter as the penalty grows, by h / (h + lambda) along eigenvectors",
    statement=r"\tilde w=(H+\lambda I)^{-1}Hw^*,\ v_i^\top\tilde w=\frac{h_i}{h_i+\lambda}v_i^\top w^*;\quad"
    r"\lambda<\mu,\ w_\lambda\in\arg\min_w L(w)+\lambda R(w)\Rightarrow R(w_\mu)\le R(w_\lambda)",
    hypotheses="the formula is for a quadratic loss with H positive definite; minimisers exist",
    notes="Regularisation: L1 and L2 prefer smaller weights; L2 keeps the parameters from exploding",
    book="7.1.1, eq. 7.7-7.13",
    truth=UNDER_HYPOTHESES,
    correction="The norm shrinks, single weights may grow; that gradients do not explode is only a tendency.",
    bound="LU: ||M^-1|| (gamma_{3n} tr M ||w|| + gamma_n ||H|| ||w*||) (ASNA 9.4; calibrated); BND-EIGH; SGD: "
    "contraction and the rounding of a step; choices among candidates exact",
)
@for_all(given=quadratics())
def l2_penalty_shrinks_solution(subject: Subject, given: Problem) -> Iterator[Check]:
    """The exact rational minimiser against a linear solver, the scaled coordinates along eigenvectors, and SGD with
    weight_decay. Over a range of penalties the computed norms do not grow beyond their errors, nor does the penalty of
    the best among finitely many candidates with any losses and penalties, exactly.
    """
    h, w = values(given.H), values(given.w)
    before = Truth(np.full(len(w), np.inf), np.zeros(len(w)))
    for decay, found, truth in penalised(subject, given):
        yield within_norm(found, truth, label=f"solved, lambda = {decay:g}")
        norm = Truth(np.linalg.norm(values(found), axis=-1), truth.bound)
        yield at_most(norm.value, before.value, norm.bound + before.bound, label="shorter for a larger penalty")
        before = norm
        exact = reference.shrunk(h, w, decay)
        by_eigenvectors = reference.by_eigenvectors(exact, subject.arithmetic("shrunk_coordinates"))
        coordinates = subject.shrunk_coordinates(given.H, given.w, decay)
        yield within_norm(coordinates, by_eigenvectors, label=f"by eigenvectors, lambda = {decay:g}")
        if decay in (1.0, 100.0):
            lr = reference.step_size(exact)
            by_descent = reference.by_descent(exact, lr, STEPS, subject.arithmetic("decayed_descent"))
            descended = subject.decayed_descent(given.H, given.w, lr, decay, STEPS)
            yield within_norm(descended, by_descent, label=f"SGD, lambda = {decay:g}")
    least = np.full(len(w), np.inf)
    for decay in DECAYS:
        penalty = values(subject.penalised_choice(given.losses, given.penalties, decay))
        yield equal(penalty, np.minimum(penalty, least), label="penalty of the best candidate")
        least = penalty


@refutation(l2_penalty_shrinks_solution, r"\lambda\mapsto|\tilde w_i|\text{ is non-increasing for every }i")
@for_all(given=only(Quadratic(3)))
def every_weight_shrinks(subject: Subject, given: Problem) -> Iterator[Check]:
    """A weight may pass through 0, or grow."""
    before = None
    for _, found, truth in penalised(subject, given):
        sizes = Truth(np.abs(values(found)), truth.bound[:, None])
        if before is not None:
            yield at_most(sizes.value, before.value, sizes.bound + before.bound)
        before = sizes


@refutation(l2_penalty_shrinks_solution, r"\lambda>0\Rightarrow\tilde w=0")
@for_all(given=only(Quadratic(2)))
def any_penalty_removes_the_weights(subject: Subject, given: Problem) -> Iterator[Check]:
    """No finite penalty does, unless the minimum is 0."""
    for decay, found, truth in penalised(subject, given):
        if decay:
            yield within_norm(found, Truth(np.zeros_like(truth.value), truth.bound))


@refutation(l2_penalty_shrinks_solution, r"\tilde w_i=\frac{H_{ii}}{H_{ii}+\lambda}w^*_i")
@for_all(given=only(Quadratic(2)))
def weights_are_scaled_by_the_diagonal(subject: Subject, given: Problem) -> Iterator[Check]:
    """Only if H is diagonal."""
    d, w = np.diagonal(values(given.H), axis1=-2, axis2=-1), values(given.w)
    for decay, found, truth in penalised(subject, given):
        if decay:
            yield within_norm(found, Truth(d / (d + decay) * w, truth.bound))


@refutation(l2_penalty_shrinks_solution, r"\|\tilde w\|=\|w^*\|/(1+\lambda)")
@for_all(given=only(Quadratic(2)))
def norm_is_divided_by_one_plus_the_penalty(subject: Subject, given: Problem) -> Iterator[Check]:
    """Only if every eigenvalue of H is 1."""
    w = np.linalg.norm(values(given.w), axis=-1)
    for decay, found, truth in penalised(subject, given):
        norm = np.linalg.norm(values(found), axis=-1)
        yield holds(np.abs(norm - w / (1 + decay)) <= truth.bound)
