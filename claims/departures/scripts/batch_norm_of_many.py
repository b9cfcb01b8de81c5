"""float32 on the CPU: batch_norm of 2^25 examples, half 0 and half 1, makes -1.41 and 1.41, not -1 and 1.

The sum of squared deviations, 1/4 each, stops at 2^22, that of each thread by itself. layer_norm and group_norm
are right.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch

N = 1 << 25


def observed() -> list[float]:
    """By one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    x = torch.tensor([0.0, 1.0]).repeat(N // 2)[:, None]
    found: list[float] = torch.nn.functional.batch_norm(x, None, None, training=True)[:2, 0].tolist()
    torch.set_num_threads(threads)
    return found


def exact() -> list[float]:
    """But for eps, 2e-5 of it."""
    return [-1.0, 1.0]


def departs() -> bool:
    """Whether one of them is off by more than 0.01."""
    return any(abs(a - b) > 0.01 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
