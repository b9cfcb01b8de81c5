"""SiLU of minus infinity is NaN, not its limit 0: minus infinity is divided by infinity.

So are GELU and mish there; hardswish multiplies it by 0; softsign, sinc and modified Bessel functions divide
infinities, or multiply one by 0, on both sides.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/160876
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    """SiLU of minus infinity."""
    return float(torch.nn.functional.silu(torch.tensor([-math.inf])))


def exact() -> float:
    """The limit of x sigma(x)."""
    return 0.0


def departs() -> bool:
    """Whether it is another number, or none."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
