"""torch.linalg.eigvalsh gives finite eigenvalues for a matrix with a NaN.

Kind: documented
Why: https://docs.pytorch.org/docs/stable/notes/numerical_accuracy.html: "The external libraries (backends) that
torch.linalg uses provide no guarantees on their behaviour when the inputs have non-finite values like inf or NaN. As
such, neither does PyTorch."
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import math

import torch

A = torch.tensor([[math.nan, 1.0], [1.0, 1.0]])


def observed() -> torch.Tensor:
    values: torch.Tensor = torch.linalg.eigvalsh(A)
    return values


def exact() -> torch.Tensor:
    """Their sum is the trace, NaN."""
    return torch.full((2,), math.nan)


def departs() -> bool:
    """Whether no eigenvalue shows that an entry is not a number; an error would do as well."""
    try:
        return bool(observed().isfinite().all())
    except RuntimeError:
        return False


if __name__ == "__main__":
    print("observed", observed().tolist())
    print("exact   ", exact().tolist())
    print("departs" if departs() else "does not depart")
