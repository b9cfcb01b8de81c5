"""torch.cdist of order infinity takes no notice of NaN: the distance of (NaN, 1) from (1, 3) is 2.

F.pdist and F.pairwise_distance give NaN, and so do other orders.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

X, Y = [[math.nan, 1.0]], [[1.0, 3.0]]


def observed() -> float:
    return float(torch.cdist(torch.tensor(X), torch.tensor(Y), p=math.inf))


def exact() -> float:
    """By another function."""
    return float(torch.nn.functional.pairwise_distance(torch.tensor(X), torch.tensor(Y), p=math.inf))


def departs() -> bool:
    """Whether it is a number."""
    return not math.isnan(observed())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
