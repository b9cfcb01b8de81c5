"""Half types: GELU with tanh is 0 in the vector loop where scalar code, at the end of it, gives -1.8e-7.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "an operation applied to a tensor slice is not
guaranteed to produce results that are identical to the slice of the result of the same operation applied to the full
tensor."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = -5.0625


def observed() -> list[float]:
    """The different values of 65 copies of X in float16."""
    return sorted(set(torch.nn.functional.gelu(torch.full((65,), X).half(), approximate="tanh").tolist()))


def exact() -> list[float]:
    """x / (1 + exp(-2 z)), z = sqrt(2/pi) (x + 0.044715 x^3): two and a half units of the smallest."""
    z = math.sqrt(2 / math.pi) * (X + 0.044715 * X**3)
    return [X / (1 + math.exp(-2 * z))]


def departs() -> bool:
    """Whether there are two."""
    return len(observed()) > 1


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
