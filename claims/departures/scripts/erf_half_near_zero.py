"""bfloat16 and float16 on the CPU: erf of small numbers has an absolute error only; below 2^-25 it is 0 in bfloat16.

erf(h) = 1.128 h for small h. In bfloat16 torch returns 0 for h = 2^-26 and all smaller numbers, in float16 20 in place
of 18 units of the smallest number for h = 2^-20, as if a polynomial in float32 were subtracted from 1.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

H = 2.0**-26


def observed() -> float:
    """erf(2^-26) in bfloat16."""
    return float(torch.erf(torch.tensor([H], dtype=torch.bfloat16)))


def exact() -> float:
    """2 / sqrt(pi) 2^-26, to 16 digits."""
    return math.erf(H)


def departs() -> bool:
    """Whether it errs by more than four units roundoff."""
    return abs(observed() - exact()) > 4 * 2.0**-8 * exact()


if __name__ == "__main__":
    print("observed: erf(2^-26) in bfloat16", observed())
    print("exact:                          ", exact())
    small = float(torch.erf(torch.tensor([2.0**-20], dtype=torch.float16)))
    print("erf(2^-20) in float16", small, "exact", math.erf(2.0**-20))
    print("departs" if departs() else "does not depart")
