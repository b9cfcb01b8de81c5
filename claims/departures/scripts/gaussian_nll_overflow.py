"""F.gaussian_nll_loss squares the error before it divides by the variance: infinite at 1e20 in float32.

With the variance 1e38 the loss is (log 1e38 + 1e40 / 1e38) / 2, about 94.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

ERROR, VARIANCE = 1e20, 1e38


def observed() -> float:
    x, v = torch.tensor([ERROR]), torch.tensor([VARIANCE])
    return float(torch.nn.functional.gaussian_nll_loss(x, torch.zeros(1), v))


def exact() -> float:
    return (math.log(VARIANCE) + ERROR / VARIANCE * ERROR) / 2


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
