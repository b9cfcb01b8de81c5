"""Gradients of a convolution of half precision on the CPU store the sum so far, as its results do not.

That by the images after every entry of the kernel, that by the kernel after every image.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch

C, W = torch.tensor([1.0, 256.0, 1.0]), torch.ones(1, 1, 3)


def observed() -> list[float]:
    image = torch.zeros(1, 1, 3, dtype=torch.bfloat16, requires_grad=True)
    y = torch.nn.functional.conv1d(image, W.bfloat16(), padding=1)
    (by_image,) = torch.autograd.grad(y, image, C.bfloat16()[None, None])
    kernel = torch.zeros(1, 1, 1, dtype=torch.bfloat16, requires_grad=True)
    y = torch.nn.functional.conv1d(C.bfloat16()[:, None, None], kernel)
    (by_kernel,) = torch.autograd.grad(y, kernel, torch.ones_like(y))
    return [*by_image.flatten().tolist(), by_kernel.item()]


def exact() -> list[float]:
    return [256.0, 258.0, 256.0, 258.0]


def departs() -> bool:
    """Whether a sum has lost its ones."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
