"""Weight decay: what an L2 penalty does to the minimiser."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from claims import (
    FALSE_AS_STATED,
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
from claims.frame.inputs.decayed_steps import DecayedSteps, Steps, coupled_steps, decoupled_steps
from claims.frame.inputs.linear_classes import LinearClass, Rows, linear_classes
from claims.frame.inputs.quadratics import Problem, Quadratic, quadratics
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.regularization import decayed_steps as reference_steps
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


@claim(
    title="weight_decay adds the gradient of (lambda/2)||w||^2 in every torch optimiser that is not decoupled",
    statement=r"g+\lambda w=\nabla\left(L+\tfrac\lambda2\|w\|^2\right):\ "
    r"\mathrm{step}_\lambda(w,g)=\mathrm{step}_0(w,g+\lambda w)",
    hypotheses="SGD, Adam, Adamax, NAdam, RAdam, RMSprop, Adagrad, Adadelta, ASGD, without decoupled_weight_decay",
    notes="Regularisation: weight decay is L2",
    book="7.1.1",
    truth=UNDER_HYPOTHESES,
    correction="AdamW, Adafactor, Muon and decoupled_weight_decay=True multiply the weights by 1 - lr lambda instead.",
    bound="bitwise for lambda a power of two, where both spellings round g + lambda w once; first step: "
    "gamma_{17} lr |d| + u |w|, and for NAdam, whose step has two parts, u |w| once more",
)
@for_all(given=coupled_steps())
def weight_decay_l2_equivalence(subject: Subject, given: Steps) -> Iterator[Check]:
    """Some steps with weight_decay against steps without it on the loss with the penalty, differentiated by reverse
    mode: the same bits, for-loop and foreach; fused kernels, which keep more digits of g + lambda w in half types, in
    float32 and float64. The first step also against its closed form.
    """
    if not has_numbers(given) or (given.options.get("fused") and subject.format.precision < 24):
        return
    found = steps(subject, "decayed_steps", given)
    yield equal(found, steps(subject, "penalised_steps", given), label=f"{given.rule}: by hand")
    if given.whole and given.gradients.shape[-3] == 1 and reference_steps.RULES[given.rule].direction:
        yield within(found, first_step(subject, given), label=f"{given.rule}: first step")


def has_numbers(given: Steps) -> bool:
    """Whether a rule that reads numbers from its tensors on the way can run: on the meta device there are none."""
    return not (given.w.is_meta and given.rule in ("asgd", "adafactor"))


def steps(subject: Subject, operation: str, given: Steps) -> Tensor:
    """What the steps of a rule make of the parameters."""
    w, gradients, rule, lr, decay, options, _ = given
    absent = ("foreach", "fused") if w.is_meta else ("fused",) if w.is_cuda and rule == "adagrad" else ()
    options = {k: False if k in absent else v for k, v in options.items()}  # torch has no such kernels
    optimiser = reference_steps.RULES[rule].optimiser
    found: Tensor = getattr(subject, operation)(w, gradients, lr, decay, optimiser=optimiser, **options)
    return found


def first_step(subject: Subject, given: Steps) -> Truth:
    """The exact first step of a rule."""
    w, g = values(given.w), values(given.gradients)[..., 0, :, :]
    how = subject.arithmetic("decayed_steps")
    return reference_steps.first_step(w, g, given.lr, given.decay, given.rule, how)


@refutation(weight_decay_l2_equivalence, "Adam with an L2 penalty is AdamW.")
@for_all(given=only(DecayedSteps("adam")))
def adam_with_a_penalty_is_adamw(subject: Subject, given: Steps) -> Iterator[Check]:
    """The penalty is divided by the size of the gradient, decoupled decay is not."""
    truth = first_step(subject, given._replace(rule="adamw"))
    yield within(steps(subject, "decayed_steps", given), truth)


@refutation(weight_decay_l2_equivalence, "weight_decay adds the gradient of lambda ||w||^2.")
@for_all(given=only(DecayedSteps("sgd")))
def the_penalty_has_no_half(subject: Subject, given: Steps) -> Iterator[Check]:
    """It adds lambda w, not 2 lambda w."""
    truth = first_step(subject, given._replace(decay=2 * given.decay))
    yield within(steps(subject, "decayed_steps", given), truth)


@refutation(weight_decay_l2_equivalence, "SGD multiplies the weights by 1 - lambda.")
@for_all(given=only(DecayedSteps("sgd")))
def decay_does_not_depend_on_the_rate(subject: Subject, given: Steps) -> Iterator[Check]:
    """By 1 - lr lambda."""
    truth = first_step(subject, given._replace(decay=given.decay / given.lr))
    yield within(steps(subject, "decayed_steps", given), truth)


@claim(
    title="Decoupled weight decay multiplies the weights by 1 - lr lambda and leaves the gradient alone",
    statement=r"w\leftarrow(1-\epsilon\lambda)w-\mathrm{step}(g)",
    hypotheses="AdamW, Adafactor, Muon; Adam, NAdam and RAdam with decoupled_weight_decay=True",
    notes="Regularisation: weight decay is L2",
    book="7.1.1",
    truth=UNDER_HYPOTHESES,
    correction="For plain SGD this is an L2 penalty; the steps of adaptive rules are other ones.",
    bound="bitwise, for-loop and foreach; first step: gamma_{17} lr |d| + gamma_4 |w|",
)
@for_all(given=decoupled_steps())
def decoupled_weight_decay(subject: Subject, given: Steps) -> Iterator[Check]:
    """Some steps with weight_decay against steps without it, each after the weights were multiplied: the same bits, but
    for fused kernels, which round elsewhere, and for Adafactor, whose steps are as large as the weights were before.
    The first step also against its closed form.
    """
    if not has_numbers(given):
        return
    if given.rule in reference_steps.MATRICES:
        found = steps(subject, "decayed_matrix_steps", given)
        if given.rule == "muon":
            yield equal(found, steps(subject, "decoupled_matrix_steps", given), label="muon: by hand")
        elif given.gradients.shape[-3] == 1:
            without = values(steps(subject, "decayed_matrix_steps", given._replace(decay=0.0)))
            how = subject.arithmetic("decayed_matrix_steps")
            truth = reference_steps.shifted(without, values(given.w), given.lr, given.decay, how)
            yield within(found, truth, label="adafactor: first step")
        return
    found = steps(subject, "decayed_steps", given)
    if not given.options.get("fused"):
        yield equal(found, steps(subject, "decoupled_steps", given), label=f"{given.rule}: by hand")
    if given.whole and given.gradients.shape[-3] == 1:
        yield within(found, first_step(subject, given), label=f"{given.rule}: first step")


@refutation(decoupled_weight_decay, "AdamW is Adam on the loss with an L2 penalty.")
@for_all(given=only(DecayedSteps("adamw")))
def adamw_minimises_a_penalised_loss(subject: Subject, given: Steps) -> Iterator[Check]:
    """The penalty would be divided by the size of the gradient."""
    yield within(steps(subject, "decayed_steps", given), first_step(subject, given._replace(rule="adam")))


@refutation(decoupled_weight_decay, r"w\leftarrow(1-\lambda)w-\mathrm{step}(g)")
@for_all(given=only(DecayedSteps("adamw")))
def decoupled_decay_does_not_depend_on_the_rate(subject: Subject, given: Steps) -> Iterator[Check]:
    """torch multiplies by 1 - lr lambda, where the paper has a schedule of its own."""
    yield within(
        steps(subject, "decayed_steps", given), first_step(subject, given._replace(decay=given.decay / given.lr))
    )


@claim(
    title="The norm of the weights bounds the complexity of linear functions, but not that of ReLU networks",
    statement=r"\hat R_n\{x\mapsto w^\top x:\|w\|\le B\}=\frac Bn\,\mathbb{E}\Big\|\sum_i\epsilon_ix_i\Big\|"
    r"\le\frac Bn\sqrt{\sum_i\|x_i\|^2},\quad\mathrm{df}(\lambda)=\sum_j\frac{d_j^2}{d_j^2+\lambda}\downarrow",
    hypotheses="linear functions; fair independent signs",
    notes="Regularisation: smaller weights mean lower model complexity, which is why L1 and L2 prevent over-fitting",
    book="7.1",
    truth=FALSE_AS_STATED,
    correction="True of linear functions. A ReLU network computes the same function with weights of any norm: multiply "
    "one layer and divide the next.",
    bound="gamma_n sum |x_i| for sums, gamma_{d+3}, gamma_{2^n} and stored roundings; networks bitwise",
)
@for_all(given=linear_classes())
def smaller_weights_lower_complexity(subject: Subject, given: LinearClass) -> Iterator[Check]:
    """The complexity as a mean over all signs against the same in float64, and against its bound; it is proportional to
    the radius. Degrees of freedom against their sum, and decreasing. Rescaled networks agree to the bit.
    """
    how = subject.arithmetic("linear_complexity")
    exact = reference.linear_complexity(values(given.x), values(given.radius), how)
    found = subject.linear_complexity(given.x, given.radius)
    yield within(found, exact.truth, label="complexity")
    yield at_most(found, exact.largest, exact.truth.bound, label="bound by the squared lengths")
    yield equal(subject.linear_complexity(given.x, 2 * given.radius), 2 * values(found), label="twice the radius")
    before = Truth(np.full(len(given.x), np.inf), np.zeros(len(given.x)))
    for decay in DECAYS:
        truth = reference.degrees_of_freedom(values(given.values), decay, subject.arithmetic("degrees_of_freedom"))
        df = subject.degrees_of_freedom(given.values, decay)
        yield within(df, truth, label=f"degrees of freedom, lambda = {decay:g}")
        yield at_most(df, before.value, truth.bound + before.bound, label="fewer for a larger penalty")
        before = Truth(values(df), truth.bound)
    one = torch.ones_like(given.factor)
    network = subject.rescaled_network(given.x, given.inner, given.outer, one)
    rescaled = subject.rescaled_network(given.x, given.inner, given.outer, given.factor)
    normal = np.abs(values(given.x)).min(initial=1.0, where=values(given.x) != 0) > 64 * subject.format.lam
    if normal:
        yield equal(rescaled, values(network), label="rescaled network")


@refutation(smaller_weights_lower_complexity, "ReLU networks with weights of different norms are different functions.")
@for_all(given=only(Rows()))
def norms_of_weights_tell_networks_apart(subject: Subject, given: LinearClass) -> Iterator[Check]:
    """A factor of 2 in one layer and 1/2 in the next changes the norm and no output."""
    one = torch.ones_like(given.factor)
    outputs = [values(subject.rescaled_network(given.x, given.inner, given.outer, f)) for f in (one, 2 * one)]
    yield holds((outputs[0] != outputs[1]).any(-1))


@refutation(smaller_weights_lower_complexity, r"\hat R_n\text{ is proportional to }B^2")
@for_all(given=only(Rows()))
def complexity_grows_with_the_squared_radius(subject: Subject, given: LinearClass) -> Iterator[Check]:
    """To B."""
    found = values(subject.linear_complexity(given.x, given.radius))
    yield equal(subject.linear_complexity(given.x, 2 * given.radius), 4 * found)


@refutation(smaller_weights_lower_complexity, r"\hat R_n=\frac Bn\sqrt{\sum_i\|x_i\|^2}")
@for_all(given=only(Rows(3, 2)))
def complexity_attains_its_bound(subject: Subject, given: LinearClass) -> Iterator[Check]:
    """Only if the rows are orthogonal, one row for example."""
    how = subject.arithmetic("linear_complexity")
    exact = reference.linear_complexity(values(given.x), values(given.radius), how)
    yield within(subject.linear_complexity(given.x, given.radius), Truth(exact.largest, exact.truth.bound))
