"""max_pool3d in channels_last_3d: a window of -inf has the index of another window, and its gradient goes there.

Of 4 x 4 x 4 places, all -inf, the eight windows of two have the indices 0, 2, 8, 10, 0, 2, 8, 10 in each of three
channels. Channels that do not fill a vector have no place in depth before they meet a number above -inf.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch

X = torch.full((1, 3, 4, 4, 4), -torch.inf)


def observed() -> list[int]:
    x = X.contiguous(memory_format=torch.channels_last_3d)
    _, index = torch.nn.functional.max_pool3d(x, 2, return_indices=True)
    return index[0, 0].flatten().tolist()


def exact() -> list[int]:
    """The first place of each window; any other place of it would do."""
    return [16 * i + 4 * j + k for i in (0, 2) for j in (0, 2) for k in (0, 2)]


def departs() -> bool:
    """Whether an index is in the wrong half of the volume."""
    return any(a // 32 != b // 32 for a, b in zip(observed(), exact(), strict=True))


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
