"""Wrong priors: other log densities, steps and choices."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.priors import map_choice, map_step, prior_log_density
from claims.regularization.priors import map_prior_penalty

OTHER = {"normal": "laplace", "laplace": "normal"}


@mutant(map_prior_penalty, operation="prior_log_density", trigger="always: the priors are swapped")
def priors_swapped(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s, OTHER[prior])


@mutant(map_prior_penalty, operation="prior_log_density", trigger="a normal prior of a deviation other than 1")
def variance_for_the_deviation(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s.sqrt() if prior == "normal" else s, prior)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="a Laplace prior given by its deviation")
def laplace_of_that_deviation(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s / 2**0.5 if prior == "laplace" else s, prior)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="a normal prior: log sqrt(2 pi) is left out")
def normal_prior_without_pi(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s, prior) + (0.5 * math.log(2 * math.pi) if prior == "normal" else 0)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="a Laplace prior: 2b becomes b")
def laplace_normalised_on_one_side(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s, prior) + (math.log(2) if prior == "laplace" else 0)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="negative weights under a Laplace prior")
def exponential_for_laplace(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return -w / s[..., None] - (2 * s[..., None]).log() if prior == "laplace" else prior_log_density(w, s, prior)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="more than 16 weights: a tail without the prior")
def prior_of_the_first_sixteen(w: Tensor, s: Tensor, prior: str) -> Tensor:
    inside = torch.arange(w.shape[-1]) < 16
    return prior_log_density(torch.where(inside, w, torch.zeros_like(w)), s, prior)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="a batch: the mean over it")
def scale_of_the_batch(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w, s.mean().expand(s.shape), prior)


@mutant(map_prior_penalty, operation="prior_log_density", trigger="float64 computed in float32", dtypes=("float64",))
def density_in_float32(w: Tensor, s: Tensor, prior: str) -> Tensor:
    return prior_log_density(w.float(), s.float(), prior).double()


@mutant(map_prior_penalty, operation="prior_log_density", trigger="scales next to the root of the smallest number")
def laplace_by_its_square(w: Tensor, s: Tensor, prior: str) -> Tensor:
    if prior == "normal":
        return prior_log_density(w, s, prior)
    return -((w * w) / (s * s)[..., None]).sqrt() - (2 * s).log()[..., None]


@mutant(map_prior_penalty, operation="map_step", trigger="a normal prior: the half is forgotten")
def twice_the_prior(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    return map_step(w, g, s / 2**0.5 if prior == "normal" else s, lr, prior)


@mutant(map_prior_penalty, operation="map_step", trigger="more than one weight: the mean of the log densities")
def prior_averaged_over_the_weights(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    plain = w - lr * g
    return plain + (map_step(w, g, s, lr, prior) - plain) / max(w.shape[-1], 1)


@mutant(map_prior_penalty, operation="map_step", trigger="weights other than 0: the log density is subtracted")
def prior_with_the_wrong_sign(w: Tensor, g: Tensor, s: Tensor, lr: float, prior: str) -> Tensor:
    return 2 * (w - lr * g) - map_step(w, g, s, lr, prior)


@mutant(map_prior_penalty, operation="decayed_steps", trigger="always: half the decay")
def half_the_decay(w: Tensor, gradients: Tensor, lr: float, decay: float, optimiser: str) -> Tensor:
    return w - lr * (gradients[..., 0, :, :] + decay / 2 * w)


@mutant(map_prior_penalty, operation="map_choice", trigger="several candidates: the largest likelihood")
def choice_without_the_prior(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    return losses.argmin(-1)


@mutant(map_prior_penalty, operation="map_choice", trigger="several candidates: the density, not its logarithm")
def choice_by_the_density(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    return (prior_log_density(w, s, prior).exp() - losses).argmax(-1)


@mutant(map_prior_penalty, operation="map_choice", trigger="Laplace prior: the square for the magnitude")
def choice_by_the_other_prior(losses: Tensor, w: Tensor, s: Tensor, prior: str) -> Tensor:
    return map_choice(losses, w, s, "normal")
