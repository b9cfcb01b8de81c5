"""batch_norm of bfloat16 without float32 parameters rounds mean and 1 / sqrt(v + eps) to bfloat16.

With parameters in float32, and in layer_norm with or without, both stay in float32.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

X = torch.tensor([[256.0], [258.0], [260.0], [264.0]], dtype=torch.bfloat16)


def observed() -> list[float]:
    return torch.nn.functional.batch_norm(X, None, None, training=True).flatten().tolist()


def exact() -> list[float]:
    deviations = X.double() - X.double().mean()
    return (deviations / (deviations.square().mean() + 1e-5).sqrt()).flatten().bfloat16().tolist()


def departs() -> bool:
    """Whether one of the numbers is off by more than 0.05, several times the rounding of the result."""
    return any(abs(a - b) > 0.05 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
