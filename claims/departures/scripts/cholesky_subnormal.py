"""float32 on the CPU: Cholesky and LDL^T factors of a subnormal multiple of the identity are NaN.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

SCALE = 2.0**-127


def observed() -> torch.Tensor:
    """The Cholesky factor; `info` says that the leading minor of order 2 is not positive."""
    factor: torch.Tensor = torch.linalg.cholesky_ex(torch.eye(2) * SCALE).L
    return factor


def observed_ldl() -> tuple[torch.Tensor, int]:
    """L and D in one matrix, and `info`, which is 0 for success."""
    found = torch.linalg.ldl_factor_ex(torch.eye(3) * SCALE / 2)
    return found.LD, int(found.info)


def exact() -> torch.Tensor:
    root: float = SCALE**0.5
    return torch.eye(2) * root


def departs() -> bool:
    """Whether the factor of a positive definite matrix is not a number somewhere."""
    return bool(observed().isnan().any())


if __name__ == "__main__":
    print("Cholesky", observed().tolist())
    print("LDL^T   ", *observed_ldl())
    print("exact   ", exact().tolist())
    print("departs" if departs() else "does not depart")
