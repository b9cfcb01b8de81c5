"""Normalising layers return 0 where the squares of deviations overflow: 1e20 and -1e20 should become 1 and -1.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/162489
"""

from __future__ import annotations

import torch

X = torch.tensor([1e20, -1e20, 1e20, -1e20])


def observed() -> list[float]:
    return torch.nn.functional.layer_norm(X, (4,)).tolist()


def exact() -> list[float]:
    return [1.0, -1.0, 1.0, -1.0]


def departs() -> bool:
    """Whether the numbers are others."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
