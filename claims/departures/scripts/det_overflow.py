"""torch.linalg.det of diag(1e200, 1e200, 1e-200, 1e-200) is infinite, not 1; in the other order it is 0.

It multiplies the diagonal of the triangular factor from one end. slogdet is right.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

D = [1e200, 1e200, 1e-200, 1e-200]


def observed() -> list[float]:
    return [float(torch.linalg.det(torch.diag(torch.tensor(d, dtype=torch.float64)))) for d in (D, D[::-1])]


def exact() -> list[float]:
    return [1.0, 1.0]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(not abs(v - 1) <= 0.01 for v in observed())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
