"""torch.matrix_exp of half types returns numbers unrelated to the matrix; its documentation names bfloat16.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

A = torch.eye(2)


def observed(dtype: torch.dtype = torch.bfloat16) -> float:
    return float(torch.linalg.matrix_exp(A.to(dtype))[0, 0])


def exact() -> float:
    return math.e


def departs() -> bool:
    """Whether the error exceeds a tenth of the result, or it is NaN."""
    return not abs(observed() - exact()) <= exact() / 10


if __name__ == "__main__":
    print("bfloat16", observed())
    print("float16 ", observed(torch.float16))
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
