"""Without oneDNN a convolution of 16 images or more in float32 errs where its kernel meets no large number.

torch then leaves it to NNPACK, whose Winograd and Fourier transforms mix all numbers of a tile.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch

X = torch.ones(16, 1, 6, 6)
X[:, 0, 0, 0], X[:, 0, 1, 2] = 1e8, 3e7
W = torch.arange(1.0, 10.0).reshape(1, 1, 3, 3)


def observed() -> list[float]:
    enabled = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False  # type: ignore[assignment]
    try:
        return torch.nn.functional.conv2d(X, W)[0, 0, 3].tolist()
    finally:
        torch.backends.mkldnn.enabled = enabled


def exact() -> list[float]:
    return torch.nn.functional.conv2d(X.double(), W.double())[0, 0, 3].tolist()


def departs() -> bool:
    """Whether one of the sums, which are all 45, is off by a hundredth."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
