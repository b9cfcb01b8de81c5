"""The condition number of the zero matrix is NaN in the 2-norm; in all other norms it is infinite.

It is 0/0 of singular values. Other singular matrices have an infinite, or a very large, condition number.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    return float(torch.linalg.cond(torch.zeros(2, 2)))


def exact() -> float:
    """As in the Frobenius norm."""
    return float(torch.linalg.cond(torch.zeros(2, 2), "fro"))


def departs() -> bool:
    """Whether it is another number, or none."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
