"""Forward mode of renorm in half types returns a derivative in float32.

Reverse mode returns the type of the argument, and so does forward mode of other functions.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> torch.dtype:
    """The type of the derivative of the renormalised row (3, 4) along (1, 0)."""
    x = torch.tensor([[3.0, 4.0]], dtype=torch.float16)
    u = torch.tensor([[1.0, 0.0]], dtype=torch.float16)
    derivative: torch.Tensor = torch.func.jvp(lambda t: torch.renorm(t, 2, 0, 1.0), (x,), (u,))[1]
    return derivative.dtype


def exact() -> torch.dtype:
    """That of the row itself."""
    return torch.float16


def departs() -> bool:
    """Whether the types differ."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
