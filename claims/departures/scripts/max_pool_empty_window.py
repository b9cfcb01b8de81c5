"""max_pool1d: a dilated window that misses the signal has the maximum -inf and an index beyond the signal.

Of one number, a kernel of 2, padding 1 and dilation 2 make one window of the places -1 and 1, with the index 1. The
backward pass writes its gradient there: into the next channel, and for the last one beyond the end of the tensor.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> list[int]:
    _, index = torch.nn.functional.max_pool1d(torch.zeros(1, 3, 1), 2, 1, 1, 2, return_indices=True)
    return index.flatten().tolist()


def exact() -> str:
    return "there is no number in the window, and 0 is the only place"


def departs() -> bool:
    """Whether there is an index beyond the signal."""
    return max(observed()) > 0


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
