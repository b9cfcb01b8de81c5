"""Wrong priors on dense layers, and wrong fits of tied ones."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.strong_prior import infinitely_strong_prior_limit
from claims.frame.operations.chapters.convolution_matrices import prior_solution


def _along(w: Tensor, k: int) -> Tensor:
    """The part of a matrix along convolutions with k taps."""
    m, n = w.shape
    offset = torch.arange(n, device=w.device) - torch.arange(m, device=w.device)[:, None]
    return sum((torch.where(offset == t, w[offset == t].mean(), 0.0) for t in range(k)), torch.zeros_like(w))


@mutant(
    infinitely_strong_prior_limit, operation="prior_solution", trigger="projected after the fit, not penalised in it"
)
def projected_after_the_fit(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    free = prior_solution(x, y, torch.zeros_like(strength))
    along = _along(free, x.shape[-1] - y.shape[-1] + 1)
    return along + (free - along) / (1 + strength)


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="the tied part is penalised, too")
def all_weights_penalised(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    one = torch.eye(x.shape[-1], dtype=x.dtype, device=x.device)
    made: Tensor = torch.linalg.solve(x.mT @ x + strength * one, x.mT @ y).mT
    return made


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="lambda in place of lambda / 2")
def twice_the_strength(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    return prior_solution(x, y, 2 * strength)


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="strengths above 256 count as 256")
def strength_has_a_limit(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    return prior_solution(x, y, strength.clamp(max=256.0))


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="weights outside the band are free")
def outside_the_band_is_free(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    m, n = y.shape[-1], x.shape[-1]
    found, free = prior_solution(x, y, strength), prior_solution(x, y, torch.zeros_like(strength))
    offset = torch.arange(n, device=x.device) - torch.arange(m, device=x.device)[:, None]
    return torch.where((offset < 0) | (offset > n - m), free, found)


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="four outputs: sums of diagonals, not means")
def sums_in_place_of_means(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    found = prior_solution(x, y, strength)
    if y.shape[-1] < 4:
        return found
    return found + 0.01 * _along(found, x.shape[-1] - y.shape[-1] + 1)


@mutant(infinitely_strong_prior_limit, operation="prior_solution", trigger="float64 in float32", dtypes=("float64",))
def prior_in_float32(x: Tensor, y: Tensor, strength: Tensor) -> Tensor:
    return prior_solution(x.float(), y.float(), strength.float()).double()


@mutant(infinitely_strong_prior_limit, operation="least_squares", trigger="the tied fit has a little weight decay")
def tied_fit_with_weight_decay(a: Tensor, y: Tensor, driver: str) -> Tensor:
    one = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
    made: Tensor = torch.linalg.solve(a.mT @ a + 0.01 * one, a.mT @ y)
    return made
