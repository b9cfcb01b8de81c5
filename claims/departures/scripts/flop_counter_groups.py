"""The operation counter counts a grouped convolution's weight gradient as if it had one group.

Forward and the gradient by the input are counted right; in g groups that by the weight is counted g times.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/pull/183405
"""

from __future__ import annotations

import torch
from torch.utils.flop_counter import FlopCounterMode


def observed() -> int:
    """Operations of backward, as counted."""
    x, w = torch.ones(1, 4, 8, requires_grad=True), torch.ones(4, 2, 3, requires_grad=True)
    y = torch.nn.functional.conv1d(x, w, groups=2)
    with FlopCounterMode(display=False) as counter:
        y.sum().backward()
    return int(counter.get_total_flops())


def exact() -> int:
    """4 filters of 2 channels and 3 taps at 6 places, two operations each, for either gradient."""
    return 2 * (2 * 4 * 2 * 3 * 6)


def departs() -> bool:
    """Whether the count is wrong."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
