"""Wrong minimisers with a penalty."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.weight_decay import decayed_descent, penalised_solution, shrunk_coordinates
from claims.regularization.weight_decay import l2_penalty_shrinks_solution


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
