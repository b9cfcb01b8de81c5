"""Without oneDNN a convolution of 16 images or more in float32 spreads NaN and infinities over whole tiles of results.

It is left to NNPACK then, which transforms tiles of images: what is not a number in one place is none in all results
of its tile, four times as many here as its windows are.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/issues/157237
"""

from __future__ import annotations

import torch


def observed() -> int:
    """Results of an image that are NaN."""
    x = torch.ones(16, 1, 12, 12)
    x[0, 0, 5, 5] = float("nan")
    before = bool(torch.backends.mkldnn.enabled)
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]
    y = torch.nn.functional.conv2d(x, torch.ones(1, 1, 3, 3))
    torch.backends.mkldnn.enabled = before  # type: ignore[assignment]
    return int(y[0].isnan().sum())


def exact() -> int:
    """A place is in nine windows of 3 x 3."""
    return 9


def departs() -> bool:
    """Whether more results are NaN."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
