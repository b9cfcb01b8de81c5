"""The second derivatives of logsigmoid and softplus are 0 for arguments of 17 and more in float32, where 4e-8 is left.

That of logsigmoid is -s(x) s(-x) for the logistic function s. torch computes it as s (1 - s) from the rounded s(x), 1
there; at -17 it is right. The first derivative of logsigmoid is right on both sides.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X = 17.0


def observed() -> float:
    """The second derivative of logsigmoid at 17."""
    x = torch.tensor(X, requires_grad=True)
    (slope,) = torch.autograd.grad(torch.nn.functional.logsigmoid(x), x, create_graph=True)
    return float(torch.autograd.grad(slope, x)[0])


def exact() -> float:
    """-e / (1 + e)^2, e = exp(-17)."""
    e = math.exp(-X)
    return -e / (1 + e) ** 2


def departs() -> bool:
    """Whether it is off by more than a hundredth."""
    return abs(observed() - exact()) > 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
