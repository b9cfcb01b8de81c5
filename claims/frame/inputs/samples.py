"""Random samples: how many draws from which law. The draws are made by the operations under test, from a seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from torch import Generator, Tensor

from claims.frame.checks import Check, equal, holds
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.subject import Subject, values
from reference.formats import Format

LAWS = ("uniform", "rand", "normal", "bernoulli", "cauchy")


class Draw(NamedTuple):
    """What a property draws: `n` numbers of a law, from a seed."""

    n: int
    law: str
    seed: int


@dataclasses.dataclass(frozen=True)
class Sample(Regime):
    """A sample of `n` draws.

    `law`: uniform on [-1, 1] filled in place; rand, the same as twice a draw from [0, 1) less one; normal; bernoulli
    (0 or 1 with probability 1/2); cauchy (no mean).
    """

    n: int = 1000
    law: str = "uniform"
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if self.n < 1 or self.law not in LAWS:
            raise ValueError(f"no sample of {self.n} numbers of the law {self.law!r}")

    def size(self) -> int:
        return self.n

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Draw:
        return Draw(self.n, self.law, seed)


def samples(*laws: str, most: int = 1 << 15) -> Regimes:
    """Samples of these laws, from a single draw to 2^15; the corners have a thousand draws and `most`."""
    draw = st.builds(Sample, st.sampled_from([1000, 100, 16, 15, 2, 1, 4097, 1 << 15]), st.sampled_from(laws))
    return Regimes(draw, tuple(Sample(n, law) for n in (1000, most) for law in laws))


def canvas(subject: Subject, *shape: int) -> Tensor:
    """A tensor to be filled in place.

    It holds NaN: what an operation forgets to fill shows, and no layout takes its entries for repeated ones.
    """
    return torch.full(shape, float("nan"), dtype=subject.torch_dtype, device=subject.device)


TELLING = 64
"""So many draws of 1/4 bit or more are equal for unequal seeds with probability 1e-13 at most."""


def draws_of_generator(
    subject: Subject, draw: Callable[[Generator], Tensor], seed: int, label: str, *, constant: bool = False
) -> Iterator[Check]:
    """What is drawn depends on the seed of the generator that it is drawn with, and on nothing else.

    Three draws, each with torch's global stream in another state: two from equal seeds must be equal, the third, from
    another seed, must differ unless the law is `constant`.
    """
    drawn = []
    for state, own in enumerate((seed, seed, seed ^ 1), start=2):
        with subject.random(seed ^ state) as other:
            drawn.append(values(draw(Generator(other.device).manual_seed(own))).reshape(1, -1))
    first, again, unequal = drawn
    yield equal(again, first, label=f"{label}: equal seeds of the generator, equal draws")
    if first.size >= TELLING and not constant:
        yield holds(bool((first != unequal).any()), label=f"{label}: other seeds, other draws")
