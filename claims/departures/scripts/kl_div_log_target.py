"""F.kl_div with log_target=True of an outcome that the target excludes, log 0 = -inf, is NaN.

The term is e^t (t - l), 0 times -inf. With the target 0 itself, log_target=False, it is 0.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    given, target = torch.tensor([-1.0]), torch.tensor([-math.inf])
    return float(torch.nn.functional.kl_div(given, target, reduction="sum", log_target=True))


def exact() -> float:
    return 0.0


def departs() -> bool:
    """Whether the term is not 0."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
