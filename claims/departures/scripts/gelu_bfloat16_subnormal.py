"""bfloat16 on the CPU: GELU of 16 numbers or more returns 0 where the result is subnormal.

GELU(2^-126) = 2^-127, a subnormal number of bfloat16 and of float32; a single number gives it.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

H = 2.0**-126


def values(n: int) -> torch.Tensor:
    return torch.nn.functional.gelu(torch.full((n,), H, dtype=torch.bfloat16))


def observed() -> float:
    """GELU(2^-126) among 17 numbers."""
    return float(values(17)[0])


def alone() -> float:
    """GELU(2^-126) of a single number."""
    return float(values(1)[0])


def exact() -> float:
    """Half of it."""
    return H / 2


def departs() -> bool:
    """Whether it is wrong by half of it or more."""
    return abs(observed() - exact()) >= exact() / 2


if __name__ == "__main__":
    print("observed: GELU(2^-126) among 17 numbers", observed())
    print("          alone                        ", alone())
    print("exact:                                 ", exact())
    print("departs" if departs() else "does not depart")
