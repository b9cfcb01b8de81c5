"""Wrong iterates of gradient descent, and wrong steps to stop at."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.early_stopping import descent_iterates, stopping_step
from claims.frame.operations.chapters.weight_decay import decayed_descent, penalised_solution
from claims.regularization.early_stopping import early_stopping_l2_filter
from claims.regularization.early_stopping import early_stopping_large_gradient as claim


@mutant(claim, operation="descent_iterates")
def the_gradient_has_the_factor_2_of_a_square(target: Tensor, lr: float, steps: int) -> Tensor:
    return descent_iterates(target, 2 * lr, steps)


@mutant(claim, operation="descent_iterates", trigger="two steps or more")
def the_rate_decays(target: Tensor, lr: float, steps: int) -> Tensor:
    w = [torch.zeros_like(target)]
    for t in range(steps):
        w.append(w[-1] - lr / (1 + 0.01 * t) * (w[-1] - target))
    return torch.stack(w, -2)


@mutant(claim, operation="descent_iterates")
def the_start_is_left_out(target: Tensor, lr: float, steps: int) -> Tensor:
    return descent_iterates(target, lr, steps + 1)[..., 1:, :]


@mutant(claim, operation="descent_iterates", trigger="more than 32 steps")
def iterates_beyond_32_repeat_the_first(target: Tensor, lr: float, steps: int) -> Tensor:
    w = descent_iterates(target, lr, steps)
    return torch.cat((w[..., :33, :], torch.zeros_like(w[..., 33:, :])), -2)


@mutant(claim, operation="descent_iterates", trigger="more than 64 weights")
def weights_beyond_64_stay_at_0(target: Tensor, lr: float, steps: int) -> Tensor:
    w = descent_iterates(target, lr, steps)
    return torch.cat((w[..., :64], torch.zeros_like(w[..., 64:])), -1)


@mutant(claim, operation="stopping_step", trigger="enough steps")
def training_stops_at_convergence(iterates: Tensor, validation: Tensor) -> Tensor:
    return torch.full_like(validation[..., 0], iterates.shape[-2] - 1)


@mutant(claim, operation="stopping_step")
def the_step_after_the_best_is_taken(iterates: Tensor, validation: Tensor) -> Tensor:
    return (stopping_step(iterates, validation) + 1).clamp(max=iterates.shape[-2] - 1)


@mutant(claim, operation="stopping_step")
def the_start_is_no_candidate(iterates: Tensor, validation: Tensor) -> Tensor:
    return stopping_step(iterates[..., 1:, :], validation)


@mutant(claim, operation="stopping_step")
def the_validation_target_is_halved(iterates: Tensor, validation: Tensor) -> Tensor:
    return stopping_step(iterates, validation / 2)


@mutant(claim, operation="stopping_step", trigger="validation minimum beyond 7 steps")
def only_8_iterates_are_candidates(iterates: Tensor, validation: Tensor) -> Tensor:
    return stopping_step(iterates[..., :8, :], validation)


@mutant(early_stopping_l2_filter, operation="decayed_descent")
def one_step_too_many_is_made(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    return decayed_descent(h, w, lr, decay, steps + 1)


@mutant(early_stopping_l2_filter, operation="decayed_descent")
def the_step_goes_uphill(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    return decayed_descent(-h, w, lr, decay, steps)


@mutant(early_stopping_l2_filter, operation="decayed_descent", trigger="more than 4 steps")
def descent_ends_after_4_steps(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    return decayed_descent(h, w, lr, decay, min(steps, 4))


@mutant(early_stopping_l2_filter, operation="decayed_descent", trigger="two weights or more")
def the_hessian_is_taken_to_be_diagonal(h: Tensor, w: Tensor, lr: float, decay: float, steps: int) -> Tensor:
    return decayed_descent(torch.diag_embed(h.diagonal(dim1=-2, dim2=-1)), w, lr, decay, steps)


@mutant(early_stopping_l2_filter, operation="penalised_solution")
def the_penalty_is_inverted(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, 1 / decay)


@mutant(early_stopping_l2_filter, operation="penalised_solution")
def the_penalty_is_doubled(h: Tensor, b: Tensor, decay: float) -> Tensor:
    return penalised_solution(h, b, 2 * decay)
