"""torch.matrix_exp of a single small matrix is off by 1e-5 in float32 and by 1e-10 in float64; two together are not.

A coefficient of the polynomial of degree 8 lacks a factor 3/2: (89 - sqrt(177)) / (5040 x3) for x3 squared.

Kind: bug
Seen: 2.11 to 2.14
Mended: 2.15
Upstream: https://github.com/pytorch/pytorch/issues/196592
"""

from __future__ import annotations

import math

import torch

ANGLE = 0.04
A = torch.tensor([[0.0, -ANGLE], [ANGLE, 0.0]], dtype=torch.float64)


def observed() -> float:
    return float(torch.linalg.matrix_exp(A)[1, 0])


def two_together() -> float:
    return float(torch.linalg.matrix_exp(torch.stack((A, A)))[0, 1, 0])


def exact() -> float:
    """A turn by that angle."""
    return math.sin(ANGLE)


def departs() -> bool:
    """Whether the error exceeds a hundred roundings of 1."""
    return abs(observed() - exact()) > 100 * 2**-53


if __name__ == "__main__":
    print("one matrix  ", observed())
    print("two together", two_together())
    print("exact       ", exact())
    print("departs" if departs() else "does not depart")
