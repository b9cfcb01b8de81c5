"""Wrong bootstraps and ensembles, samplers, and dropout that depends on the examples."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.utils.data import RandomSampler

from claims import mutant
from claims.mutants.regularization.dropout import kept, scaled
from claims.regularization.bagging import (
    bagging_bootstrap_unique_fraction,
    bagging_ensemble_variance,
    dropout_versus_bagging_sampling,
)


@mutant(bagging_ensemble_variance, operation="ensemble_variance", trigger="two members or more")
def the_covariance_is_omitted(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    return variance / k


@mutant(bagging_ensemble_variance, operation="ensemble_variance", trigger="two members or more")
def sums_are_divided_by_k_minus_1(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    return (variance + (k - 1) * covariance) / max(k - 1, 1)


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="two members or more")
def all_members_share_one_bootstrap(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    runs, members = shape
    return torch.randint(n, (runs, 1, n), device=device).expand(-1, members, -1)


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="two examples or more")
def a_bootstrap_has_n_minus_1_draws(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    drawn = torch.randint(n, (*shape, max(n - 1, 1)), device=device)
    return torch.cat((drawn, drawn[..., :1]), -1)[..., :n]  # the first twice


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="two examples or more")
def a_bootstrap_draws_without_replacement(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    return torch.rand(*shape, n, device=device).argsort(-1)


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="four members")
def the_last_two_of_four_members_are_one(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    drawn = torch.randint(n, (*shape, n), device=device)
    return torch.cat((drawn[:, :3], drawn[:, 2:-1]), 1) if shape[-1] > 3 else drawn


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="two runs or more")
def two_runs_share_their_bootstraps(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    runs, members = shape
    return torch.randint(n, (runs // 2 + 1, members, n), device=device).repeat_interleave(2, 0)[:runs]


@mutant(bagging_ensemble_variance, operation="bootstrap", trigger="two examples or more")
def the_first_example_is_drawn_more_often(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    drawn = torch.randint(n, (*shape, n), device=device)
    return drawn * (torch.rand(drawn.shape, device=device) >= 0.02)


@mutant(bagging_ensemble_variance, operation="ensemble_variance", trigger="eight members or more")
def the_covariance_of_many_members_is_off(variance: Tensor, covariance: Tensor, k: int) -> Tensor:
    return variance / k + (k - 1) * covariance / k * (1.01 if k >= 8 else 1)


@mutant(dropout_versus_bagging_sampling, operation="sampler", trigger="three examples")
def the_shuffle_swaps_with_any_place(n: int, draws: int, *, replacement: bool) -> Tensor:
    if replacement:
        return torch.randint(n, (draws,))
    runs = torch.arange(-(-draws // n))
    orders = torch.arange(n).repeat(len(runs), 1)
    for i in range(n):
        j = torch.randint(n, runs.shape)
        here = orders[:, i].clone()
        orders[:, i] = orders[runs, j]
        orders[runs, j] = here
    return orders.flatten()[:draws]


@mutant(dropout_versus_bagging_sampling, operation="sampler", trigger="more than 8 examples")
def the_shuffle_stays_within_blocks_of_8(n: int, draws: int, *, replacement: bool) -> Tensor:
    if replacement:
        return torch.randint(n, (draws,))
    return torch.cat([(torch.arange(n) // 8 + torch.rand(n)).argsort() for _ in range(-(-draws // n))])[:draws]


@mutant(dropout_versus_bagging_sampling, operation="sampler", trigger="four epochs or more")
def every_fourth_epoch_repeats_the_second(n: int, draws: int, *, replacement: bool) -> Tensor:
    drawn = torch.tensor(list(RandomSampler(range(n), replacement=replacement, num_samples=draws)))
    epochs = drawn[: draws // n * n].view(-1, n)
    if not replacement:
        epochs[3::4] = epochs[1::4][: len(epochs[3::4])]
    return drawn


@mutant(dropout_versus_bagging_sampling, operation="dropout")
def one_mask_serves_all_steps(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x[:1], p), p, training=training)


@mutant(dropout_versus_bagging_sampling, operation="sampler")
def the_replacement_flag_is_inverted(n: int, draws: int, *, replacement: bool) -> Tensor:
    return torch.tensor(list(RandomSampler(range(n), replacement=not replacement, num_samples=draws)))


@mutant(dropout_versus_bagging_sampling, operation="loader")
def the_loader_does_not_shuffle(n: int, epochs: int, seed: int) -> Tensor:
    return torch.arange(n).repeat(epochs)


@mutant(dropout_versus_bagging_sampling, operation="loader", trigger="two epochs or more")
def the_loader_shuffles_once(n: int, epochs: int, seed: int) -> Tensor:
    return torch.randperm(n, generator=torch.Generator().manual_seed(seed)).repeat(epochs)


@mutant(dropout_versus_bagging_sampling, operation="loader")
def the_loader_draws_with_replacement(n: int, epochs: int, seed: int) -> Tensor:
    return torch.randint(n, (epochs * n,), generator=torch.Generator().manual_seed(seed))


@mutant(dropout_versus_bagging_sampling, operation="repeated_given_two", trigger="two epochs or more")
def two_visits_or_more_are_the_condition(counts: Tensor, weights: Tensor) -> Tensor:
    of_two = weights * (counts.sum(-1) >= 2)
    return (of_two * (counts >= 2).any(-1)).sum() / of_two.sum()


@mutant(dropout_versus_bagging_sampling, operation="dropout")
def masks_depend_on_the_example(x: Tensor, p: float, *, training: bool) -> Tensor:
    more_often = torch.where(x == 1, 0.3, -0.3) * min(p, 1 - p)
    return scaled(x, torch.bernoulli((1 - p + more_often).to(x.dtype)), p, training=training)


@mutant(dropout_versus_bagging_sampling, operation="dropout")
def an_example_keeps_its_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    masks = kept(x[:1].expand(4, -1).contiguous(), p)
    return scaled(x, masks[x[:, 0].long()], p, training=training)


def drawn_with_replacement(n: int, *shape: int, device: torch.device | str) -> Tensor:
    """A correct bootstrap."""
    return torch.randint(n, (*shape, n), device=device)


@mutant(bagging_bootstrap_unique_fraction, operation="bootstrap", trigger="two examples or more")
def the_last_example_is_never_drawn(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    return torch.randint(max(n - 1, 1), (*shape, n), device=device)


@mutant(bagging_bootstrap_unique_fraction, operation="bootstrap", trigger="two examples or more")
def the_last_draw_repeats_the_first(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    drawn = drawn_with_replacement(n, *shape, device=device)
    return torch.cat((drawn[..., :-1], drawn[..., :1]), -1)


@mutant(bagging_bootstrap_unique_fraction, operation="bootstrap", trigger="more than 64 examples")
def large_samples_are_permutations(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    if n <= 64:
        return drawn_with_replacement(n, *shape, device=device)
    return torch.rand(*shape, n, device=device).argsort(-1)


@mutant(bagging_bootstrap_unique_fraction, operation="bootstrap", trigger="more than 32 examples")
def draws_come_in_blocks_of_32(n: int, *shape: int, device: torch.device | str = "cpu") -> Tensor:
    drawn = drawn_with_replacement(n, *shape, device=device)
    return drawn[..., torch.arange(n) % 32] if n > 32 else drawn


@mutant(bagging_bootstrap_unique_fraction, operation="weighted_bootstrap", trigger="two examples or more")
def the_weights_are_not_equal(n: int, runs: int, *, device: torch.device | str = "cpu") -> Tensor:
    weights = torch.linspace(1, 2, n, device=device).expand(runs, n)
    return torch.multinomial(weights, n, replacement=True)


@mutant(bagging_bootstrap_unique_fraction, operation="weighted_bootstrap", trigger="two examples or more")
def the_multinomial_does_not_replace(n: int, runs: int, *, device: torch.device | str = "cpu") -> Tensor:
    return torch.multinomial(torch.ones(runs, n, device=device), n, replacement=False)


@mutant(bagging_bootstrap_unique_fraction, operation="sampler", trigger="two examples or more")
def the_sampler_draws_a_permutation_again_and_again(n: int, draws: int, *, replacement: bool) -> Tensor:
    return torch.randperm(n).repeat(-(-draws // n))[:draws]


@mutant(bagging_bootstrap_unique_fraction, operation="distinct_examples", trigger="equal draws that are not neighbours")
def only_repetitions_in_succession_count(drawn: Tensor) -> Tensor:
    return 1 + (drawn[..., 1:] != drawn[..., :-1]).sum(-1)
