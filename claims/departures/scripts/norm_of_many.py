"""float32 on the CPU: the norm of order 1 of 2^25 ones is 2^24, and that of order 3 is 256, not 322.5.

Its sum stops at 2^24, to which adding 1 changes nothing, that of each thread by itself. torch.sum and the norm
of order 2 sum in parts and are right; torch.dist, torch.cdist and F.pairwise_distance stop as well, cdist in the order
2, too: 4096, not 5793.

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
    x = torch.ones(N)
    found = [float(torch.linalg.vector_norm(x, p)) for p in (1, 3)]
    torch.set_num_threads(threads)
    return found


def exact() -> list[float]:
    return [float(N), N ** (1 / 3)]


def departs() -> bool:
    """Whether one of them is off by more than a hundredth."""
    return any(abs(a - b) > 0.01 * b for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
