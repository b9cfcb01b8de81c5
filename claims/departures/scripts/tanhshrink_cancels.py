"""tanhshrink of small numbers, x - tanh x, loses its digits: at 1e-3 in float32 it is off by a twentieth.

It is x^3 / 3 for small x; at 1e-4 nothing is left in float32.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = 1e-3


def observed() -> float:
    return float(torch.nn.functional.tanhshrink(torch.tensor(X)))


def exact() -> float:
    """The power series."""
    return X**3 / 3 - 2 * X**5 / 15


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
