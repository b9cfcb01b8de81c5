"""fractional_max_pool3d refuses two windows of two along an axis of three, where fractional_max_pool2d takes them.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> list[str]:
    """The shapes of what is pooled of 3 x 3 and 3 x 3 x 3 places, or what is said instead."""
    found = []
    for axes in (2, 3):
        pool = getattr(torch.nn.functional, f"fractional_max_pool{axes}d")
        try:
            found.append(str(list(pool(torch.zeros(1, 1, *[3] * axes), 2, output_size=2).shape)))
        except RuntimeError as error:
            found.append(str(error))
    return found


def exact() -> list[str]:
    return [str([1, 1, *[2] * axes]) for axes in (2, 3)]


def departs() -> bool:
    """Whether it is refused."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
