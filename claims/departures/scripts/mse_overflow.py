"""float16: F.mse_loss of one error of 300 among 1000 is infinite, where the mean of the squares is 90.

Squares are stored in the dtype before they are averaged. So it is with 1e20 in float32.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> float:
    x = torch.zeros(1000, dtype=torch.float16)
    x[0] = 300
    return float(torch.nn.functional.mse_loss(x, torch.zeros_like(x)))


def exact() -> float:
    return 300**2 / 1000


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
