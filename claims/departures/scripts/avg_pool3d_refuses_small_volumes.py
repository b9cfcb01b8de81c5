"""avg_pool3d refuses a kernel of 3 for a volume of 2 x 2 x 2 with padding 1, though two windows fit along each axis.

avg_pool1d, avg_pool2d and max_pool3d take it.

Kind: bug
Seen: 2.13
"""

from __future__ import annotations

import torch


def observed() -> str:
    try:
        return str(list(torch.nn.functional.avg_pool3d(torch.ones(1, 1, 2, 2, 2), 3, 1, 1).shape))
    except RuntimeError as error:
        return str(error)


def exact() -> str:
    return str([1, 1, 2, 2, 2])


def departs() -> bool:
    """Whether it is refused."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed", observed())
    print("exact   ", exact())
    print("departs" if departs() else "does not depart")
