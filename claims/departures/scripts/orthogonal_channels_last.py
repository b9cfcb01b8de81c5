"""orthogonal_ raises for a convolution's weight in channels_last, as memory_format=torch.channels_last makes it.

Kind: bug
Seen: 2.11 to 2.15
"""

from __future__ import annotations

import torch


def observed() -> str:
    """What happens."""
    weight = torch.empty(8, 4, 3, 3).to(memory_format=torch.channels_last)
    try:
        torch.nn.init.orthogonal_(weight)
    except RuntimeError as error:
        return f"RuntimeError: {error}"
    return exact()


def exact() -> str:
    """What should."""
    return "an orthogonal weight"


def departs() -> bool:
    """Whether it raises."""
    return observed() != exact()


if __name__ == "__main__":
    print("observed:", observed())
    print("exact:   ", exact())
