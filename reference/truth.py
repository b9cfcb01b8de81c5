"""A reference value together with how far a correctly computed one may lie from it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Truth(NamedTuple):
    """`|computed - value| <= bound`, elementwise; `value` and `bound` broadcast to the shape of what is computed.

    The bound contains the reference's own error. An infinite bound says that overflow (or any other value) is
    legitimate there: such an instance is undetermined, it counts neither for nor against the claim.
    """

    value: NDArray[np.float64]
    bound: NDArray[np.float64]
