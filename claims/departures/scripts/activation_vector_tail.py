"""Equal numbers have different sigmoids: the vector loop ends in scalar code that rounds otherwise.

So it is with SiLU, softplus, mish, ELU, CELU, SELU and both GELU, in float32 and float64, and with their gradients.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "an operation applied to a tensor slice is not
guaranteed to produce results that are identical to the slice of the result of the same operation applied to the full
tensor."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = -1.8385841846466064


def observed() -> list[float]:
    """The different sigmoids of 33 copies of X in float32."""
    return sorted(set(torch.sigmoid(torch.full((33,), X)).tolist()))


def exact() -> list[float]:
    """The one that is nearest."""
    return [float(torch.sigmoid(torch.tensor(X, dtype=torch.float64)).float())]


def departs() -> bool:
    """Whether there are two."""
    return len(observed()) > 1


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
    print("departs" if departs() else "does not depart")
