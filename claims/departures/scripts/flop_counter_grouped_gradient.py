"""torch's FLOP counter counts the gradient of grouped kernels as if every filter met every channel.

The forward pass and the gradient of the images are counted group by group: with g groups, the gradient of the kernels
is counted g times as often as it should be.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/pull/183405
"""

from __future__ import annotations

import torch
from torch.utils.flop_counter import FlopCounterMode

X = torch.ones(1, 3, 5)
W = torch.ones(3, 1, 2)


def observed() -> int:
    x, w = (t.clone().requires_grad_() for t in (X, W))
    y = torch.nn.functional.conv1d(x, w, groups=3)
    with FlopCounterMode(display=False) as counter:
        torch.autograd.grad(y, (w,), torch.ones_like(y))
    made: int = counter.get_total_flops()
    return made


def exact() -> int:
    """Two operations for each of 3 channels, 2 taps and 4 results."""
    return 2 * 3 * 2 * 4


def departs() -> bool:
    """Whether the counts differ."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
