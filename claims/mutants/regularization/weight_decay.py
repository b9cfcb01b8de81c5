"""Wrong minimisers with a penalty, and wrong steps with weight decay."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import NamedTuple

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.weight_decay import (
    decayed_descent,
    decayed_steps,
    penalised_solution,
    shrunk_coordinates,
)
from claims.regularization.weight_decay import (
    decoupled_weight_decay,
    l2_penalty_shrinks_solution,
    smaller_weights_lower_complexity,
    weight_decay_l2_equivalence,
)


def _solved(h: Tensor, b: Tensor, penalties: Tensor) -> Tensor:
    w: Tensor = torch.linalg.solve(h + penalties.to(h.dtype) * torch.eye(h.shape[-1], dtype=h.dtype), b)
    return w


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="a penalty other than 0 and 1")
def penalty_coefficient_squared(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, decay**2)


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="more than one weight")
def only_the_first_weight_penalised(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return _solved(h, b, decay * (torch.arange(h.shape[-1]) == 0))


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="more than 16 weights")
def weights_beyond_sixteen_not_penalised(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return _solved(h, b, decay * (torch.arange(h.shape[-1]) < 16))


@mutant(
    l2_penalty_shrinks_solution,
    operation="penalised_solution",
    trigger="a sign error: H - lambda I, which may be singular",
    raises=(RuntimeError,),
)
def penalty_with_the_wrong_sign(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, -decay)


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="lambda > 0: divided by, not added")
def divided_by_the_penalty(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, 0.0) / (decay or 1.0)


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="a Hessian that is not diagonal")
def lower_triangle_of_the_hessian(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h.tril(), b, decay)


@mutant(l2_penalty_shrinks_solution, operation="penalised_solution", trigger="lambda = 1/2 becomes 0")
def whole_number_of_the_penalty(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, int(decay))


@mutant(l2_penalty_shrinks_solution, operation="shrunk_coordinates", trigger="coordinates taken along rows of V")
def coordinates_along_the_rows(h: Tensor, w: Tensor, decay: float) -> Tensor:
    s, v = torch.linalg.eigh(h)
    shrunk: Tensor = (v.mT @ ((s / (s + decay))[..., None] * (v @ w[..., None])))[..., 0]
    return shrunk


@mutant(l2_penalty_shrinks_solution, operation="shrunk_coordinates", trigger="lambda > 0: shrinkage of singular values")
def eigenvalues_squared(h: Tensor, w: Tensor, decay: float) -> Tensor:
    s, v = torch.linalg.eigh(h)
    shrunk: Tensor = (v @ ((s**2 / (s**2 + decay))[..., None] * (v.mT @ w[..., None])))[..., 0]
    return shrunk


@mutant(
    l2_penalty_shrinks_solution,
    operation="shrunk_coordinates",
    trigger="float64 computed in float32",
    dtypes=("float64",),
)
def eigenvectors_in_float32(h: Tensor, w: Tensor, decay: float) -> Tensor:
    return shrunk_coordinates(h.float(), w.float(), decay).to(h.dtype)


@mutant(l2_penalty_shrinks_solution, operation="decayed_descent", trigger="always: the gradient of lambda ||w||^2")
def twice_the_decay(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    return decayed_descent(h, w, lr, 2 * decay, steps)


@mutant(l2_penalty_shrinks_solution, operation="decayed_descent", trigger="always: weights decay before the last step")
def last_step_without_decay(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    v = decayed_descent(h, w, lr, decay, steps - 1)
    return v - lr * (h @ (v - w)[..., None])[..., 0]


@mutant(l2_penalty_shrinks_solution, operation="penalised_choice", trigger="two candidates: the penalty is rewarded")
def penalty_subtracted_from_the_loss(losses: Tensor, penalties: Tensor, decay: float) -> Tensor:
    return penalties.gather(-1, (losses - decay * penalties).argmin(-1, keepdim=True))[..., 0]


@mutant(l2_penalty_shrinks_solution, operation="penalised_choice", trigger="more than 64 candidates")
def penalties_of_the_first_block_only(losses: Tensor, penalties: Tensor, decay: float) -> Tensor:
    counted = penalties * (torch.arange(penalties.shape[-1]) < 64)
    return penalties.gather(-1, (losses + decay * counted).argmin(-1, keepdim=True))[..., 0]


class Rule(NamedTuple):
    """How the parameters are stepped: what `decayed_steps` gets beyond parameters and gradients."""

    lr: float
    decay: float
    optimiser: str
    options: Mapping[str, object]

    def apply(self, w: Tensor, gradients: Tensor, decay: float | None = None, **options: object) -> Tensor:
        """torch's own, with another decay or other options."""
        used = self.decay if decay is None else decay
        return decayed_steps(w, gradients, self.lr, used, self.optimiser, **{**self.options, **options})


Wrong = Callable[[Rule, Tensor, Tensor], Tensor]


def of_steps(wrong: Wrong) -> Callable[..., Tensor]:
    """`wrong` with the signature of `decayed_steps`."""

    @functools.wraps(wrong)
    def stepped(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str, **options: object) -> Tensor:
        return wrong(Rule(lr, decay, optimiser, options), w, gradients)

    return stepped


BOTH = (weight_decay_l2_equivalence, decoupled_weight_decay)


@mutant(*BOTH, operation="decayed_steps", trigger="lambda > 0: a half too many")
@of_steps
def half_the_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, rule.decay / 2)


@mutant(*BOTH, operation="decayed_steps", trigger="foreach: the decay is forgotten")
@of_steps
def foreach_without_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, 0.0 if rule.options.get("foreach") else None)


@mutant(*BOTH, operation="decayed_steps", trigger="more than one row: only the first, a bias, decays")
@of_steps
def first_row_decays(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    without = rule.apply(w, gradients, 0.0)
    return torch.cat((rule.apply(w, gradients)[..., :1, :], without[..., 1:, :]), -2)


@mutant(*BOTH, operation="decayed_steps", trigger="more than 64 columns: the tail does not decay")
@of_steps
def columns_beyond_sixty_four_do_not_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return torch.cat((rule.apply(w, gradients)[..., :64], rule.apply(w, gradients, 0.0)[..., 64:]), -1)


@mutant(*BOTH, operation="decayed_steps", trigger="the second step and later: no decay")
@of_steps
def decay_in_the_first_step_only(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    first, rest = gradients[..., :1, :, :], gradients[..., 1:, :, :]
    return rule.apply(rule.apply(w, first), rest, 0.0) if rest.shape[-3] else rule.apply(w, first)


@mutant(
    weight_decay_l2_equivalence, operation="decayed_steps", trigger="Adam, as AdamW", provenance="a common confusion"
)
@of_steps
def adam_is_decoupled(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, **({"decoupled_weight_decay": True} if rule.optimiser == "Adam" else {}))


@mutant(weight_decay_l2_equivalence, operation="decayed_steps", trigger="centred RMSprop forgets the decay")
@of_steps
def centred_rule_without_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, 0.0 if rule.options.get("centered") else None)


@mutant(weight_decay_l2_equivalence, operation="decayed_steps", trigger="Nesterov momentum, which decay bypasses")
@of_steps
def decay_outside_the_momentum(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    if not rule.options.get("nesterov"):
        return rule.apply(w, gradients)
    return rule.apply(w, gradients, 0.0) - rule.lr * rule.decay * w


@mutant(decoupled_weight_decay, operation="decayed_steps", trigger="AdamW, as Adam with L2")
@of_steps
def adamw_is_coupled(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    if rule.optimiser != "AdamW":
        return rule.apply(w, gradients)
    return decayed_steps(w, gradients, rule.lr, rule.decay, "Adam", **rule.options)


@mutant(decoupled_weight_decay, operation="decayed_steps", trigger="a rate other than 1: multiplied by 1 - lambda")
@of_steps
def rate_left_out_of_the_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, rule.decay / rule.lr)


@mutant(decoupled_weight_decay, operation="decayed_steps", trigger="always: the step decays too")
@of_steps
def multiplied_after_the_step(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, 0.0) * (1 - rule.lr * rule.decay)


@mutant(decoupled_weight_decay, operation="decayed_matrix_steps", trigger="Muon: the decay is forgotten")
@of_steps
def muon_without_decay(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    return rule.apply(w, gradients, 0.0 if rule.optimiser == "Muon" else None)


@mutant(decoupled_weight_decay, operation="decayed_matrix_steps", trigger="Adafactor: the decay is a penalty")
@of_steps
def adafactor_is_coupled(rule: Rule, w: Tensor, gradients: Tensor) -> Tensor:
    if rule.optimiser != "Adafactor":
        return rule.apply(w, gradients)
    return rule.apply(w, gradients + rule.decay * w[..., None, :, :], 0.0)


COMPLEXITY = smaller_weights_lower_complexity


def _lengths(x: Tensor, order: float = 2.0) -> Tensor:
    """The norms of all signed sums of the rows, (..., 2^n)."""
    n = x.shape[-2]
    bits = torch.arange(2**n)[:, None] >> torch.arange(n)
    lengths: Tensor = torch.linalg.vector_norm((1 - 2 * (bits & 1)).to(x.dtype) @ x, order, dim=-1)
    return lengths


@mutant(COMPLEXITY, operation="linear_complexity", trigger="d > 1: the dual of another ball")
def lengths_in_the_first_norm(x: Tensor, radius: Tensor) -> Tensor:
    return radius * _lengths(x, 1.0).mean(-1) / x.shape[-2]


@mutant(COMPLEXITY, operation="linear_complexity", trigger="more than one row: not divided by n")
def not_divided_by_the_number_of_rows(x: Tensor, radius: Tensor) -> Tensor:
    return radius * _lengths(x).mean(-1)


@mutant(COMPLEXITY, operation="linear_complexity", trigger="more than one row: the largest length")
def largest_length_instead_of_the_mean(x: Tensor, radius: Tensor) -> Tensor:
    return radius * _lengths(x).amax(-1) / x.shape[-2]


@mutant(COMPLEXITY, operation="linear_complexity", trigger="9 rows: signs beyond 256 left out")
def only_256_signs(x: Tensor, radius: Tensor) -> Tensor:
    n = x.shape[-2]
    return radius * _lengths(x)[..., :256].sum(-1) / (n << n)


@mutant(COMPLEXITY, operation="linear_complexity", trigger="a radius other than 1")
def radius_squared(x: Tensor, radius: Tensor) -> Tensor:
    return radius**2 * _lengths(x).mean(-1) / x.shape[-2]


@mutant(COMPLEXITY, operation="linear_complexity", trigger="always: sqrt(sum ||x||^2), which is a bound only")
def bound_instead_of_the_mean(x: Tensor, radius: Tensor) -> Tensor:
    return radius * torch.linalg.matrix_norm(x) / x.shape[-2] if x.numel() > 1 else radius * x.abs().sum((-2, -1))


@mutant(COMPLEXITY, operation="degrees_of_freedom", trigger="d other than 1: singular values not squared")
def values_not_squared(d: Tensor, decay: float) -> Tensor:
    return (d / (d + decay)).sum(-1)


@mutant(COMPLEXITY, operation="degrees_of_freedom", trigger="more than 64 values: a tail is left out")
def first_sixty_four_values(d: Tensor, decay: float) -> Tensor:
    d = d[..., :64]
    return (d**2 / (d**2 + decay)).sum(-1)


@mutant(COMPLEXITY, operation="rescaled_network", trigger="a factor other than 1: the outer layer keeps its weights")
def outer_layer_not_divided(x: Tensor, inner: Tensor, outer: Tensor, factor: Tensor) -> Tensor:
    hidden = (x @ (inner * factor[..., None, None]).mT).relu()
    return (hidden @ outer[..., None])[..., 0]
