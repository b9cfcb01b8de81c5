"""float64: softplus is the identity from 20 on, off by exp(-20) = 2e-9, half a million units in the last place.

The default threshold is made for float32, in which exp(-20) does not count; in float64 it counts up to 36.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html: "For numerical stability the implementation
reverts to the linear function when input x beta > threshold", 20 by default in every dtype.
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 20.5


def observed() -> float:
    """softplus(20.5) in float64."""
    return float(torch.nn.functional.softplus(torch.tensor([X], dtype=torch.float64)))


def exact() -> float:
    """x + log(1 + exp(-x))."""
    return X + math.log1p(math.exp(-X))


def departs() -> bool:
    """Whether it errs by more than a thousand units in the last place."""
    return abs(observed() - exact()) > 1000 * math.ulp(X)


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
