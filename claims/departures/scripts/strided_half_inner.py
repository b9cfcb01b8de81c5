"""Half types on the CPU: torch.inner and torch.tensordot of vectors with gaps in memory round every product.

torch.dot, @, mv, einsum and both of these on contiguous vectors add the products in float32.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/pull/145936
"""

from __future__ import annotations

import torch

V = torch.tensor([1 + 2**-7, 1.0], dtype=torch.bfloat16)
W = torch.tensor([1 + 2**-7, -(1 + 2**-6)], dtype=torch.bfloat16)


def with_gaps(v: torch.Tensor) -> torch.Tensor:
    return torch.stack((v, v), -1)[:, 0]


def observed() -> float:
    return float(torch.inner(with_gaps(V), with_gaps(W)))


def observed_tensordot() -> float:
    return float(torch.tensordot(with_gaps(V), with_gaps(W), 1))


def contiguous() -> float:
    return float(torch.inner(V, W))


def exact() -> float:
    return 2.0**-14


def departs() -> bool:
    """Whether the value misses the exact one, a bfloat16 number that float32 accumulation reaches."""
    return observed() != exact()


if __name__ == "__main__":
    print("inner, with gaps    ", observed())
    print("tensordot, with gaps", observed_tensordot())
    print("inner, contiguous   ", contiguous())
    print("exact               ", exact())
    print("departs" if departs() else "does not depart")
