"""Tensor.to converts float64 to float16 by way of float32: next to a tie it rounds the wrong way.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = [1 + 2**-11 + 2**-40, 65520 - 2**-37]


def observed() -> list[float]:
    return torch.tensor(X, dtype=torch.float64).to(torch.float16).tolist()


def exact() -> list[float]:
    return [1 + 2**-10, 65504.0]


def departs() -> bool:
    """Whether one of them is rounded the wrong way."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
