"""F.kl_div of an outcome that both laws exclude, target 0 and input log 0 = -inf, is NaN.

The term is p log p - p l with 0 log 0 = 0 taken care of, 0 times -inf not. With input -1 it is 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    return float(torch.nn.functional.kl_div(torch.tensor([-math.inf]), torch.tensor([0.0]), reduction="sum"))


def exact() -> float:
    return 0.0


def departs() -> bool:
    """Whether the term is not 0."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
