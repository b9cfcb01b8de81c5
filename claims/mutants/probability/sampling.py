"""Wrong uniform numbers on half-open intervals."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.probability.sampling import lowprec_uniform_atom

HALF = ("bfloat16", "float16")


def _unit(x: Tensor, generator: Generator | None) -> Tensor:
    """Uniform numbers in float64."""
    return torch.rand(x.shape, dtype=torch.float64, device=x.device, generator=generator)


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="half types: rounded towards 0", dtypes=HALF)
def truncated_draws(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    exact = lower + (upper - lower) * _unit(x, generator)
    nearest = exact.to(x.dtype)
    return x.copy_(
        torch.where(nearest.double() > exact, torch.nextafter(nearest, torch.full_like(nearest, -9)), nearest)
    )


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="256 numbers, whatever the format")
def eight_random_bits(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    bits = torch.randint(0, 256, x.shape, device=x.device, generator=generator)
    return x.copy_(lower + (upper - lower) * bits.double() / 256)


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="half types: the middle for the upper end", dtypes=HALF)
def upper_end_becomes_the_middle(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    x.copy_(lower + (upper - lower) * _unit(x, generator))
    return x.copy_(torch.where(x >= torch.full_like(x, upper), torch.full_like(x, (lower + upper) / 2), x))


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="half types: two numbers are relabelled", dtypes=HALF)
def last_number_is_relabelled_as_well(
    x: Tensor, lower: float, upper: float, generator: Generator | None = None
) -> Tensor:
    x.copy_(lower + (upper - lower) * _unit(x, generator))
    last = torch.nextafter(torch.full_like(x, upper), torch.full_like(x, lower))
    return x.copy_(torch.where(x >= last, torch.full_like(x, lower), x))


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="half types: the lower end is never drawn", dtypes=HALF)
def lower_end_is_left_out(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    x.copy_(lower + (upper - lower) * _unit(x, generator))
    above = torch.nextafter(torch.full_like(x, lower), torch.full_like(x, upper))
    return x.copy_(torch.where(x <= torch.full_like(x, lower), above, x))


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="draws below 1/2000 of the interval become its lower end")
def small_draws_flushed(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    u = _unit(x, generator)
    return x.copy_(lower + (upper - lower) * torch.where(u < 1 / 2000, torch.zeros_like(u), u))


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="a lower end other than 0")
def lower_end_ignored(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    return x.uniform_(min(0.0, lower), upper, generator=generator)


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="the last 64th of the interval is left out")
def interval_cut_short(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    return x.copy_(lower + (upper - lower) * _unit(x, generator) * 63 / 64)


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="many draws: the second half repeats the first")
def half_of_the_draws_repeated(x: Tensor, lower: float, upper: float, generator: Generator | None = None) -> Tensor:
    x.uniform_(lower, upper, generator=generator)
    half = len(x) // 2
    return x.copy_(torch.cat((x[:half], x[: len(x) - half])))


@mutant(lowprec_uniform_atom, operation="uniform_", trigger="more than 2^18 draws: the rest is left at the lower end")
def draws_beyond_a_quarter_million_left_out(
    x: Tensor, lower: float, upper: float, generator: Generator | None = None
) -> Tensor:
    x.uniform_(lower, upper, generator=generator)
    return x.copy_(torch.cat((x[: 1 << 18], torch.full_like(x[1 << 18 :], lower - 1))))


@mutant(lowprec_uniform_atom, operation="rand", trigger="half types: the atom is at 1", dtypes=HALF)
def distances_from_one(n: int, dtype: torch.dtype, device: torch.device, generator: Generator | None = None) -> Tensor:
    return 1 - torch.rand(n, dtype=dtype, device=device, generator=generator)


@mutant(lowprec_uniform_atom, operation="rand", trigger="two draws or more: the mean of two")
def two_draws_averaged(n: int, dtype: torch.dtype, device: torch.device, generator: Generator | None = None) -> Tensor:
    return (torch.rand(2, n, device=device, generator=generator).sum(0) / 2).to(dtype)
