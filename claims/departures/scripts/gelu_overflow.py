"""GELU of two numbers or more is infinite beyond half of the largest number, in float32 and bfloat16; of one it is not.

torch has oneDNN compute the former: x (1 + erf(x / sqrt(2))) / 2, with a product that overflows.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/185770
"""

from __future__ import annotations

import torch

X = 2.0**127


def observed() -> list[float]:
    """GELU(2^127) twice, in float32."""
    return list(torch.nn.functional.gelu(torch.full((2,), X)).tolist())


def alone() -> float:
    """GELU(2^127) once."""
    return float(torch.nn.functional.gelu(torch.full((1,), X)))


def exact() -> float:
    """The number itself, which is far above 0."""
    return X


def departs() -> bool:
    """Whether it is infinite."""
    return observed()[0] != exact()


if __name__ == "__main__":
    print("observed:", observed(), "alone", alone())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
