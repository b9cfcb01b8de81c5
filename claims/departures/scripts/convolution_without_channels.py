"""A convolution of images without channels returns results without channels: the biases and the filters are lost.

Three filters and their biases make three channels of results, of whatever channels the images have. Compiled, it does.

Kind: bug
Seen: 2.13
Upstream: https://github.com/pytorch/pytorch/issues/101356
"""

from __future__ import annotations

import torch

X, W, B = torch.ones(1, 0, 4), torch.ones(3, 0, 2), torch.tensor([1.0, 2.0, 3.0])


def observed() -> list[list[float]]:
    return torch.nn.functional.conv1d(X, W, B)[0].tolist()


def exact() -> list[list[float]]:
    return [[b] * 3 for b in (1.0, 2.0, 3.0)]


def departs() -> bool:
    """Whether there are no results."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
