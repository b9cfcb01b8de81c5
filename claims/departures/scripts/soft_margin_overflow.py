"""The soft margin loss takes exp(-y z), which overflows long before the loss: infinite, with the slope NaN.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> tuple[float, float]:
    """Loss and slope of the logit -100 with the label 1."""
    z = torch.tensor(-100.0, requires_grad=True)
    loss = torch.nn.functional.soft_margin_loss(z, torch.tensor(1.0))
    (slope,) = torch.autograd.grad(loss, z)
    return loss.item(), float(slope)


def exact() -> tuple[float, float]:
    """log(1 + e^100) in float32, and -sigmoid(100)."""
    return 100.0, -1.0


def departs() -> bool:
    """Whether either is wrong."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed: loss and slope of z = -100, y = 1:", *observed())
    print("exact:                                      ", *exact())
