"""Random straight-line programs with points in [-2, 2]^n."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
from hypothesis import strategies as st
from torch import Tensor

from claims.frame.inputs.regime import Arrays, Regime, Regimes
from reference.formats import Format

Step = tuple[str, int, int]
"""What is computed, and how many numbers back each of its operands is."""
Instructions = tuple[tuple[Any, ...], ...]

MOST = 12
"""Steps of a program at most: its gradient is then at most 2^12, and no number on the way to it overflows."""

STEPS: Mapping[str, Callable[[int, int, int], Instructions]] = {
    "mean": lambda a, b, n: (("add", a, b), ("times", n, 0.5)),
    "difference": lambda a, b, n: (("sub", a, b), ("times", n, 0.5)),
    "product": lambda a, b, n: (("mul", a, b), ("times", n, 0.5)),
    "quotient": lambda a, b, n: (("sin", b), ("plus", n, 2.0), ("div", a, n + 1)),
    "affine": lambda a, _b, n: (("times", a, -0.75), ("plus", n, 0.5)),
    "neg": lambda a, _b, _n: (("neg", a),),
    "exp": lambda a, _b, n: (("exp", a), ("times", n, 0.25)),
    "sin": lambda a, _b, _n: (("sin", a),),
    "cos": lambda a, _b, _n: (("cos", a),),
    "tanh": lambda a, _b, _n: (("tanh", a),),
    "sigmoid": lambda a, _b, _n: (("sigmoid", a),),
    "sqrt": lambda a, _b, n: (("mul", a, a), ("plus", n, 1.0), ("sqrt", n + 1), ("times", n + 2, 0.5)),
    "log1p": lambda a, _b, n: (("mul", a, a), ("log1p", n)),
    "power": lambda a, _b, n: (("mul", a, a), ("plus", n, 1.0), ("power", n + 1, 1.5), ("times", n + 2, 0.125)),
    "pow": lambda a, b, n: (
        *(("mul", a, a), ("plus", n, 1.0), ("times", b, 0.5)),
        *(("pow", n + 1, n + 2), ("times", n + 3, 0.125)),
    ),
    "halved": lambda a, _b, _n: (("halved", a),),
    "branch": lambda a, b, n: (("sin", b), ("branch", a, b, n)),
}
"""Instructions of a step with operands at a and b that begins at n. They take numbers up to 2 to numbers up to 2, and
the sum of the magnitudes of their derivatives by a and b is at most 2."""


class Programmed(NamedTuple):
    """x (batch, n), and the instructions."""

    x: Tensor
    program: Instructions


@dataclasses.dataclass(frozen=True)
class Steps(Regime):
    """A program of `inputs` inputs and at most 12 steps; operands further back than there are numbers wrap around.

    Its result is that of the last step, or the last input. An input need not be used, and a number may be used often.
    A quarter of the inputs are -2, 0 or 2.
    """

    inputs: int = 1
    steps: tuple[Step, ...] = ()
    most: ClassVar[int] = 2

    def __post_init__(self) -> None:
        if self.inputs < 1 or len(self.steps) > MOST or any(name not in STEPS for name, _, _ in self.steps):
            raise ValueError(f"no program of {self.inputs} inputs with the steps {self.steps}")

    def size(self) -> int:
        return self.inputs

    def arrays(self, rng: np.random.Generator, batch: int, fmt: Format) -> Arrays:
        shape = batch, self.inputs
        return [np.where(rng.random(shape) < 1 / 4, rng.choice([-2.0, 0.0, 2.0], shape), rng.uniform(-2, 2, shape))]

    def admits(self, arrays: Arrays) -> Any:
        return (np.abs(arrays[0]) <= 2).all(-1)

    def program(self) -> Instructions:
        """The instructions, whose operands are places in the list of inputs and results."""
        made: list[tuple[Any, ...]] = []
        places = list(range(self.inputs))  # of the numbers that steps refer to
        for name, *back in self.steps:
            a, b = (places[-1 - i % len(places)] for i in back)
            made += STEPS[name](a, b, self.inputs + len(made))
            places.append(self.inputs + len(made) - 1)
        return tuple(made)

    def present(self, tensors: Sequence[Any], seed: int) -> Programmed:
        return Programmed(tensors[0], self.program())

    def simpler(self) -> Iterator[Regime]:
        """Programs without one of the steps come first."""
        for i in range(len(self.steps)):
            yield dataclasses.replace(self, steps=self.steps[:i] + self.steps[i + 1 :])
        yield from super().simpler()


def programs() -> Regimes:
    """Up to three inputs; corners: each step on one number, on two and with unused inputs, chains, and much fan-out."""
    back = st.integers(0, 4)
    step = st.tuples(st.sampled_from(sorted(STEPS)), back, back)
    drawn = st.builds(Steps, st.integers(1, 3), st.lists(step, min_size=1, max_size=MOST).map(tuple))
    names = tuple(STEPS)
    corners = (
        Steps(),
        *(Steps(1, ((name, 0, 0), ("product", 0, 1))) for name in names),
        *(Steps(3, ((name, 0, 2),)) for name in ("mean", "product", "quotient", "pow", "branch")),
        Steps(2, tuple((name, 0, 1) for name in names[:MOST])),
        Steps(2, tuple((name, 1, 0) for name in names[-MOST:])),
        Steps(1, (("product", 0, 0),) * 5),
        Steps(1, (("sin", 0, 0), *(("product", 0, i) for i in range(6)))),
        Steps(
            2, (("tanh", 0, 0), ("exp", 0, 0), ("mean", 0, 1), ("product", 0, 2), ("mean", 0, 3), ("quotient", 0, 4))
        ),
    )
    return Regimes(drawn, corners)
