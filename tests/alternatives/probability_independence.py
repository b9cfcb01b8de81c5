"""Correct samplers, joint laws and covariances that differ from torch's: no claim may fail on them."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Generator, Tensor

from reference.formats import FORMATS

SIGNS = ("uniform-random-sign-example",)
INDEPENDENCE = ("independence-implies-zero-covariance",)
BOTH = SIGNS + INDEPENDENCE


def rounded(numbers: NDArray[np.float64], dtype: torch.dtype) -> Tensor:
    """Numbers in float64 rounded once (torch itself goes through float32)."""
    return torch.from_numpy(FORMATS[str(dtype).removeprefix("torch.")].round(numbers)).to(dtype)


def numpy_generator(generator: Generator, kind: type[np.random.BitGenerator]) -> np.random.Generator:
    """A NumPy stream seeded from a torch one."""
    return np.random.Generator(kind(int(torch.randint(2**62, (), generator=generator))))


def uniform_by_pcg64(x: Tensor, lower: float, upper: float, *, generator: Generator) -> Tensor:
    """Another stream, of 53 bits, rounded: no relabelling of the upper end."""
    return x.copy_(rounded(numpy_generator(generator, np.random.PCG64).uniform(lower, upper, x.shape), x.dtype))


def uniform_by_philox(x: Tensor, lower: float, upper: float, *, generator: Generator) -> Tensor:
    """The counter-based generator that GPUs use."""
    return x.copy_(rounded(numpy_generator(generator, np.random.Philox).uniform(lower, upper, x.shape), x.dtype))


def uniform_from_another_seed(x: Tensor, lower: float, upper: float, *, generator: Generator) -> Tensor:
    """The same sampler on an unrelated seed."""
    seed = int(torch.randint(2**62, (), generator=generator))
    return x.uniform_(lower, upper, generator=Generator().manual_seed(seed ^ 0x5DEECE66D))


def uniform_as_on_a_gpu(x: Tensor, lower: float, upper: float, *, generator: Generator) -> Tensor:
    """Draws from (0, 1], both ends rounded into the dtype first, the upper end relabelled as the lower one."""
    wide = torch.float64 if x.dtype == torch.float64 else torch.float32
    low, high = (torch.tensor(v, dtype=x.dtype).to(wide) for v in (lower, upper))
    draws = 1 - torch.rand(x.shape, dtype=wide, generator=generator)
    value = (draws * (high - low) + low).to(x.dtype)
    return x.copy_(torch.where(value == high, low.to(x.dtype), value))


def uniform_mirrored(x: Tensor, lower: float, upper: float, *, generator: Generator) -> Tensor:
    """lower + upper - U, drawn in the wide format and rounded."""
    wide = torch.empty(x.shape, dtype=torch.float64).uniform_(lower, upper, generator=generator)
    return x.copy_(rounded((lower + upper - wide).numpy(), x.dtype))


def rand_by_pcg64(n: int, *, dtype: torch.dtype, device: str, generator: Generator) -> Tensor:
    """Another stream, rounded: 1 may occur in half types."""
    return rounded(numpy_generator(generator, np.random.PCG64).random(n), dtype).to(device)


def normal_by_inversion(x: Tensor, *, generator: Generator) -> Tensor:
    """The quantile function of uniform draws."""
    u = torch.rand(x.shape, dtype=torch.float64, generator=generator).clamp(min=2.0**-54)
    return x.copy_(rounded(torch.special.ndtri(u).numpy(), x.dtype))


def bernoulli_by_comparison(x: Tensor, p: float, *, generator: Generator) -> Tensor:
    """Uniform draws below p."""
    return x.copy_(torch.rand(x.shape, dtype=torch.float64, generator=generator) < p)


def signs_from_integers(x: Tensor, probability: float, *, generator: Generator) -> Tensor:
    """Integers below 1000 against the probability in thousandths."""
    heads = torch.randint(1000, x.shape, generator=generator) < round(1000 * probability)
    return torch.where(heads, x, -x)


def sign_of_a_fair_copy(x: Tensor, probability: float, *, generator: Generator) -> Tensor:
    """|x| with a random sign: as good as x with one, for a symmetric law."""
    heads = torch.rand(x.shape, dtype=torch.float64, generator=generator) < probability
    return torch.copysign(x, torch.where(heads, 1.0, -1.0).to(x.dtype))


def signs_from_bits(x: Tensor, *, generator: Generator) -> Tensor:
    """Every bit of random bytes a sign, and minus where it is 1."""
    draws = torch.randint(256, (-(-x.numel() // 8), 1), dtype=torch.uint8, generator=generator)
    bits = (draws >> torch.arange(8, dtype=torch.uint8)) & 1
    return torch.where(bits.flatten()[: x.numel()].reshape(x.shape) == 1, -x, x)


def outer_by_matmul(p: Tensor, q: Tensor) -> Tensor:
    """A product of a column and a row."""
    return p[:, None] @ q[None, :]


def covariance_in_float64(x: Tensor, weights: Tensor) -> Tensor:
    """Two passes in float64, one rounding."""
    w, wide = weights.double(), x.double()
    centred = wide - (wide * w).sum(-1, keepdim=True) / w.sum()
    return rounded(((centred * w) @ centred.mT / w.sum()).numpy(), x.dtype)


def covariance_of_repeated_observations(x: Tensor, weights: Tensor) -> Tensor:
    """Each observation as often as its weight says, in float64."""
    return rounded(torch.cov(x.double().repeat_interleave(weights, -1), correction=0).numpy(), x.dtype)


def covariance_by_hand(x: Tensor, *, correction: int) -> Tensor:
    """Mean, deviations, product, in the wide format."""
    wide = x if x.dtype in (torch.float32, torch.float64) else x.float()
    centred = wide - wide.mean(-1, keepdim=True)
    return (centred @ centred.mT / (x.shape[-1] - correction)).to(x.dtype)


ALTERNATIVES = [
    (BOTH, {"uniform_": uniform_by_pcg64}, "PCG64"),
    (BOTH, {"uniform_": uniform_by_philox}, "Philox"),
    (BOTH, {"uniform_": uniform_from_another_seed}, "another seed"),
    (BOTH, {"uniform_": uniform_as_on_a_gpu}, "the sampler of a GPU"),
    (BOTH, {"uniform_": uniform_mirrored}, "mirrored draws"),
    (SIGNS, {"rand": rand_by_pcg64}, "rand by PCG64"),
    (SIGNS, {"flip_signs": signs_from_integers}, "signs from integers"),
    (SIGNS, {"flip_signs": sign_of_a_fair_copy}, "copysign"),
    (SIGNS, {"flip_signs_by_integers": signs_from_bits}, "signs from the bits of bytes"),
    (SIGNS, {"cov": covariance_by_hand}, "covariance by hand"),
    (BOTH, {"weighted_covariance": covariance_in_float64}, "covariance in float64"),
    (BOTH, {"weighted_covariance": covariance_of_repeated_observations}, "repeated observations"),
    (INDEPENDENCE, {"normal_": normal_by_inversion}, "normal by inversion"),
    (INDEPENDENCE, {"bernoulli_": bernoulli_by_comparison}, "bernoulli by comparison"),
    (INDEPENDENCE, {"outer": outer_by_matmul}, "outer product by matmul"),
]
