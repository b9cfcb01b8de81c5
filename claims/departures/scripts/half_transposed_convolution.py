"""conv_transpose of half precision on the CPU stores the sum so far after every entry of the kernel.

conv1d and products of matrices add in float32 and round once.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch

X, W = torch.tensor([[[1.0, 256.0, 1.0]]]), torch.ones(1, 1, 3)


def observed() -> list[float]:
    y = torch.nn.functional.conv_transpose1d(X.bfloat16(), W.bfloat16(), padding=1)
    return y.flatten().tolist()


def exact() -> list[float]:
    """256 + 1 = 257 is halfway between numbers of bfloat16, of which 256 is the even one."""
    return [256.0, 258.0, 256.0]


def departs() -> bool:
    """Whether the sum in the middle has lost both ones."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
