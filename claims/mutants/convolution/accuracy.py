"""Wrong convolutions."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from claims import mutant
from claims.convolution.accuracy import conv_forward_rounding_bound
from claims.frame.operations.chapters.convolution import convolution


@mutant(conv_forward_rounding_bound, operation="convolution2d", trigger="kernels that are not their mirror image")
def flipped_kernel(x: Tensor, w: Tensor, b: Tensor | None, **options: Any) -> Tensor:
    return convolution(x, w.flip(-1, -2), b, **options)
