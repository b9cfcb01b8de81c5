"""float16 on the CPU: torch.prod of (300, 300, 1e-4) is infinite, not 9, the last entry of torch.cumprod.

prod multiplies in float16, cumprod in float32. In wider dtypes both overflow with their first products.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "When inputs contain large values such that
intermediate results may overflow the range of the used datatype, the end result may overflow too, even though it is
representable in the original datatype."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = torch.tensor([300.0, 300.0, 1e-4], dtype=torch.float16)


def observed() -> float:
    return float(torch.prod(X))


def exact() -> float:
    return float(torch.prod(X.double()))


def departs() -> bool:
    """Whether it is off by more than a hundredth, or no number."""
    return not abs(observed() - exact()) <= 0.01 * abs(exact())


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
