"""float16: F.smooth_l1_loss of an error of 900 with beta = 1000 is infinite, not 405.

The loss is d^2 / (2 beta) below beta; torch takes the square first. So it is with large errors in every dtype.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

ERROR, BETA = 900.0, 1000.0


def observed() -> float:
    x = torch.tensor([ERROR], dtype=torch.float16)
    return float(torch.nn.functional.smooth_l1_loss(x, torch.zeros_like(x), beta=BETA))


def exact() -> float:
    return ERROR / BETA * ERROR / 2


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
