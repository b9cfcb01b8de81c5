"""Half types on CUDA: softshrink rounds its threshold to the stored type.

x = 0.7 rounded to float16 exceeds 0.7, so that softshrink(x, 0.7) is about 1.95e-4, as the CPU returns. With lambda
rounded to float16 it is 0.

From 2.14 on the CPU does the same.

Kind: bug
Seen: 2.13 to 2.15
"""

from __future__ import annotations

import torch

LAMBDA = 0.7


def observed() -> float:
    """softshrink(x, 0.7) in float16 for x = 0.7 rounded, on CUDA if there is such a device."""
    x = torch.tensor([LAMBDA], dtype=torch.float16, device="cuda" if torch.cuda.is_available() else "cpu")
    return float(torch.nn.functional.softshrink(x, LAMBDA))


def exact() -> float:
    """x - 0.7."""
    return float(torch.tensor(LAMBDA, dtype=torch.float16)) - LAMBDA


def departs() -> bool:
    """Whether nothing is left of a number beyond the threshold."""
    return observed() == 0


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
