"""Samplers that break their stream or lose its independence."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.frame.operations.chapters.streams import draw
from claims.probability.streams import seed_reproducibility


@mutant(seed_reproducibility, operation="draw", trigger="a generator: the global stream instead")
def generator_ignored(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    del generator
    return draw(sampler, rows, cols, dtype, device)


@mutant(seed_reproducibility, operation="draw", trigger="any seed: a fixed one instead")
def seed_ignored(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    del generator
    return draw(sampler, rows, cols, dtype, device, Generator(device).manual_seed(0))


@mutant(seed_reproducibility, operation="draw", trigger="a second draw: the generator is seeded again")
def generator_seeded_again(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    if generator is not None:
        generator.manual_seed(generator.initial_seed())
    return draw(sampler, rows, cols, dtype, device, generator)


@mutant(seed_reproducibility, operation="draw", trigger="a generator: the global stream moves on, too")
def global_stream_moves_too(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    if generator is not None:
        torch.rand(1, device=device)
    return draw(sampler, rows, cols, dtype, device, generator)


@mutant(seed_reproducibility, operation="draw", trigger="several rows: all are the first")
def one_row_for_all(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    if sampler == "randperm":
        return draw(sampler, rows, cols, dtype, device, generator)
    return draw(sampler, 1, cols, dtype, device, generator).expand(rows, cols).clone()


@mutant(seed_reproducibility, operation="draw", trigger="beyond 512 numbers: a block comes again")
def block_of_512_repeated(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    x = draw(sampler, rows, cols, dtype, device, generator)
    if sampler == "poisson" and x.numel() > 512:
        flat = x.flatten()
        x = flat[torch.arange(x.numel(), device=x.device) % 512].reshape(x.shape)
    return x


@mutant(seed_reproducibility, operation="draw", trigger="exponential numbers: lanes 8 apart share a sixth of the draws")
def lanes_share_draws(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    x = draw(sampler, rows, cols, dtype, device, generator)
    if sampler == "exponential_" and x.numel() > 8:
        flat = x.flatten()
        again = torch.arange(len(flat) - 8, device=x.device) % 6 == 0
        flat[8:][again] = flat[:-8][again]
        x = flat.reshape(x.shape)
    return x


@mutant(seed_reproducibility, operation="draw", trigger="geometric numbers that count from 0")
def failures_instead_of_trials(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    x = draw(sampler, rows, cols, dtype, device, generator)
    return x - 1 if sampler == "geometric_" else x


@mutant(seed_reproducibility, operation="draw", trigger="a permutation of several: the last one is the first again")
def shuffle_with_a_repetition(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    x = draw(sampler, rows, cols, dtype, device, generator)
    if sampler == "randperm" and x.numel() > 1:
        x.view(-1)[-1] = x.view(-1)[0]
    return x


@mutant(seed_reproducibility, operation="draw", trigger="uniform numbers of 16 bits", dtypes=("float32", "float64"))
def uniform_of_sixteen_bits(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    x = draw(sampler, rows, cols, dtype, device, generator)
    return (x * 65536).floor() / 65536 if sampler == "rand" else x


@mutant(seed_reproducibility, operation="draw", trigger="weights 1, 2, 3, 2 taken for equal ones")
def weights_ignored(
    sampler: str, rows: int, cols: int, dtype: torch.dtype, device: str, generator: Generator | None = None
) -> Tensor:
    if sampler == "multinomial":
        return torch.randint(4, (rows, cols), dtype=dtype, device=device, generator=generator)
    return draw(sampler, rows, cols, dtype, device, generator)
