"""Random samples: how many draws from which law. The draws are made by the operations under test, from a seed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Generator, Tensor

from claims.frame.checks import Check, equal, holds
from claims.frame.inputs.regime import Arrays, Regime, Regimes
from claims.frame.subject import Subject, values
from reference.formats import Format

LAWS = ("uniform", "rand", "normal", "bernoulli", "cauchy")


class Draw(NamedTuple):
    """What a property draws: `n` numbers of a law from a seed, so many times in a row."""

    n: int
    law: str
    seed: int
    times: int = 1


@dataclasses.dataclass(frozen=True)
class Sample(Regime):
    """A sample of `n` draws, made so many times in a row: a few wrong draws at the end of each are many in all.

    `law`: uniform on [-1, 1] filled in place; rand, the same as twice a draw from [0, 1) less one; normal; bernoulli
    (0 or 1 with probability 1/2); cauchy (no mean).
    """

    n: int = 1000
    law: str = "uniform"
    times: int = 1
    names: ClassVar[tuple[str, ...]] = ()
    batched: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if min(self.n, self.times) < 1 or self.law not in LAWS:
            raise ValueError(f"no sample of {self.times} times {self.n} numbers of the law {self.law!r}")

    def size(self) -> int:
        return self.n * self.times

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        return []

    def present(self, tensors: Sequence[Any], seed: int) -> Draw:
        return Draw(self.n, self.law, seed, self.times)


def samples(*laws: str, most: int = 1 << 15) -> Regimes:
    """Samples of these laws, from a single draw to 2^15; the corners have a thousand draws and `most`."""
    draw = st.builds(Sample, st.sampled_from([1000, 100, 16, 15, 2, 1, 4097, 1 << 15]), st.sampled_from(laws))
    return Regimes(draw, tuple(Sample(n, law) for n in (1000, most) for law in laws))


def canvas(subject: Subject, *shape: int) -> Tensor:
    """A tensor to be filled in place.

    It holds NaN: what an operation forgets to fill shows, and no layout takes its entries for repeated ones.
    """
    return torch.full(shape, float("nan"), dtype=subject.torch_dtype, device=subject.device)


SORTED = 1 << 18
"""About how many draws are sorted at most: these tell every wrong law from the right one."""


def spread(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ascending draws of (n,), every one or every k-th from first to last.

    k is odd, so that all places within blocks and rows of a power of two come up.
    """
    return np.sort(x[:: -(-len(x) // SORTED) | 1])


TELLING = 64
"""So many draws of 1/4 bit or more are equal for unequal seeds with probability 1e-13 at most."""


def draws_of_generator(
    subject: Subject, draw: Callable[[Generator], Tensor], seed: int, label: str, *, constant: bool = False
) -> Iterator[Check]:
    """What is drawn depends on the state of the generator that it is drawn with, and on nothing else.

    Each draw with torch's global stream in another state: two from equal seeds must be equal; one from another seed,
    and the next one of that generator, must differ unless the law is `constant`.
    """
    drawn = []
    for state, own in enumerate((seed, seed, seed ^ 1), start=2):
        with subject.random(seed ^ state) as other:
            generator = Generator(other.device).manual_seed(own)
            drawn += [values(draw(generator)).reshape(1, -1) for _ in range(1 + (own != seed))]
    first, again, unequal, following = drawn
    yield equal(again, first, label=f"{label}: equal seeds of the generator, equal draws")
    if first.size >= TELLING and not constant:
        yield holds(bool((first != unequal).any()), label=f"{label}: other seeds, other draws")
        yield holds(bool((unequal != following).any()), label=f"{label}: the generator moves on")
