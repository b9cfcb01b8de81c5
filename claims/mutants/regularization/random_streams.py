"""Dropout that draws from the wrong random stream."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.mutants.regularization.dropout import kept, scaled
from claims.regularization.random_streams import dropout_random_stream


@mutant(dropout_random_stream, operation="dropout", trigger="training")
def the_seed_is_ignored(x: Tensor, p: float, *, training: bool) -> Tensor:
    generator = torch.Generator()
    generator.seed()
    uniform = torch.rand(x.shape, generator=generator).to(x.device)
    return scaled(x, (uniform >= p).to(x.dtype), p, training=training)


@mutant(dropout_random_stream, operation="dropout", trigger="evaluation")
def evaluation_draws_a_mask(x: Tensor, p: float, *, training: bool) -> Tensor:
    return scaled(x, kept(x, p), p, training=training)


@mutant(dropout_random_stream, operation="mask_of_generator")
def the_generator_is_ignored(x: Tensor, p: float, *, generator: torch.Generator | None = None) -> Tensor:
    return kept(x, p)


@mutant(dropout_random_stream, operation="mask_of_generator", trigger="the second draw")
def the_generator_does_not_move_on(x: Tensor, p: float, *, generator: torch.Generator | None = None) -> Tensor:
    return torch.empty_like(x).bernoulli_(1 - p, generator=generator and generator.clone_state())


@mutant(dropout_random_stream, operation="mask_of_generator", trigger="p other than 1/2")
def the_generator_keeps_with_probability_p(x: Tensor, p: float, *, generator: torch.Generator | None = None) -> Tensor:
    return torch.empty_like(x).bernoulli_(p, generator=generator)


@mutant(dropout_random_stream, operation="forked_dropout")
def the_fork_is_not_joined(x: Tensor, p: float, *, training: bool) -> Tensor:
    torch.manual_seed(torch.initial_seed() ^ 1)
    F.dropout(x, p, training)
    return F.dropout(x, p, training)


@mutant(dropout_random_stream, operation="forked_dropout", trigger="the seed after the fork")
def a_fork_starts_the_stream_again(x: Tensor, p: float, *, training: bool) -> Tensor:
    torch.manual_seed(torch.initial_seed() + 1)
    return F.dropout(x, p, training)
