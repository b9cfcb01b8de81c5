"""float16: mish of numbers with gaps between them in memory has other roundings than of the same numbers side by side.

Side by side they go through the vector loop, with gaps through scalar code.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "an operation applied to a tensor slice is not
guaranteed to produce results that are identical to the slice of the result of the same operation applied to the full
tensor."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 0.744140625


def observed() -> tuple[float, float]:
    """mish(X) among 64 numbers side by side, and with gaps."""
    x = torch.full((128,), X, dtype=torch.float16)
    mish = torch.nn.functional.mish
    return float(mish(x[:64])[0]), float(mish(x[::2])[0])


def exact() -> float:
    """x tanh(log(1 + exp(x))), halfway between two numbers but for 1e-6."""
    return X * math.tanh(math.log1p(math.exp(X)))


def departs() -> bool:
    """Whether they differ."""
    side_by_side, apart = observed()
    return side_by_side != apart


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
