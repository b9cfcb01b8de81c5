"""group_norm on the CPU subtracts E[x]^2 from E[x^2] for inputs in channels_last.

Other memory formats, and batch, instance and layer norm, sum squares of deviations.

Kind: bug
Seen: 2.11 to 2.15
Upstream: https://github.com/pytorch/pytorch/issues/54293
"""

from __future__ import annotations

import torch

X = torch.tensor([[[1e4, 1e4 + 1], [1e4 + 2, 1e4 + 3]]] * 2)[None]


def observed() -> list[float]:
    y = torch.nn.functional.group_norm(X.contiguous(memory_format=torch.channels_last), 1)
    return y[0, 0].flatten().tolist()


def exact() -> list[float]:
    deviations = X.double() - X.double().mean()
    return (deviations / (deviations.square().mean() + 1e-5).sqrt())[0, 0].flatten().tolist()


def departs() -> bool:
    """Whether one of the numbers is off by more than 1."""
    return any(abs(a - b) > 1 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
