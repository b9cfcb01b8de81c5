"""Conversions between formats and products of flushed numbers."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from reference.formats import Arithmetic, float16
from reference.losses import floating_point as reference
from reference.truth import Truth
from tests.benchmarks.row import Inputs, Row, Size

Float64 = NDArray[np.float64]

SIZES, AXES = ((256, 16), (256, 4096)), "rows x numbers"


def numbers(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal numbers, into float16."""
    x = rng.standard_normal(size)
    return Inputs((x,), {"dtype": torch.float16, "spelling": "to"}, (x,))


def into_float16(x: Float64, _how: Arithmetic) -> Truth:
    """Rounded once."""
    return Truth(float16.round(x), np.zeros(x.shape))


def one_number(_rng: np.random.Generator, _size: Size) -> Inputs:
    """Of the dtype that is asked for its limits."""
    return Inputs((np.ones(1),))


def ends(_x: Float64, how: Arithmetic) -> Truth:
    """Limits of the format."""
    return Truth(reference.limits(how.result), np.zeros(4))


def quarters(rng: np.random.Generator, size: Size) -> Inputs:
    """Normal numbers, times 1/4."""
    x = rng.standard_normal(size)
    return Inputs((x, 0.25), {}, (x,))


def quartered(x: Float64, how: Arithmetic) -> Truth:
    """The products, and whether the processor can flush: 0 or 1."""
    product = reference.scaled(x, -2, how.result)
    return Truth(np.stack([product, np.zeros(x.shape)]), np.stack([np.zeros(x.shape), np.ones(x.shape)]))


ROWS = (
    Row("converted", SIZES, AXES, numbers, into_float16),
    Row("limits", ((1,),), "numbers", one_number, ends),
    Row("flushed_product", SIZES, AXES, quarters, quartered),
)
