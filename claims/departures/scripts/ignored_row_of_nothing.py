"""The gradient of F.cross_entropy at a row that ignore_index excludes is NaN, not 0, where all of its logits are -inf.

Its loss is 0, but the backward pass of log_softmax multiplies the gradient 0 by exp(NaN).

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/11551
"""

from __future__ import annotations

import math

import torch


def observed() -> float:
    logits = torch.tensor([[0.0, 0.0], [-math.inf, -math.inf]], requires_grad=True)
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, -100])).backward()
    assert logits.grad is not None
    return float(logits.grad[1].abs().max())


def exact() -> float:
    return 0.0


def departs() -> bool:
    """Whether the gradient is not 0."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
