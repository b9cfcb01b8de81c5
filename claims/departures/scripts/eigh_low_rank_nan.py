"""torch.linalg.eigvalsh in float32 on CPU gives NaN, or does not converge, for small matrices of rank one.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/145801
"""

from __future__ import annotations

import torch

V = torch.tensor([-3.0, -2.0, -2.0, 0.0, 1.0, 0.0, -1.0, 1.0, -2.0, -2.0])
A = torch.outer(V, V)


def observed() -> torch.Tensor:
    """The eigenvalues of A; all NaN where LAPACK gives up."""
    return _eigenvalues(A)


def exact() -> torch.Tensor:
    """Nine zeros and V^T V = 28."""
    return torch.tensor([0.0] * 9 + [28.0])


def departs() -> bool:
    """Whether there is a NaN among the eigenvalues of A, or of one of 300 matrices of rank one and powers of two.

    Which matrix it is may depend on the instructions of the processor.
    """
    generator = torch.Generator().manual_seed(0)
    exponents = torch.randint(-20, 1, (300, 16), generator=generator).float()
    others = [torch.outer(d, d) for d in torch.exp2(exponents)]
    return any(bool(_eigenvalues(a).isnan().any()) for a in [A, *others])


def _eigenvalues(a: torch.Tensor) -> torch.Tensor:
    try:
        values: torch.Tensor = torch.linalg.eigvalsh(a)
    except RuntimeError:  # it did not converge
        values = torch.full(a.shape[:-1], float("nan"))
    return values


if __name__ == "__main__":
    print("observed", observed().tolist())
    print("exact   ", exact().tolist())
