"""Conversions, and that flushing is switched off again."""

from __future__ import annotations

import pytest
import torch

from claims.frame.operations.chapters.floating_point import converted, flushed_product, limits

SMALL = 1e-40
"""A subnormal number of float32."""


@pytest.mark.parametrize("spelling", ["to", "named", "copy_", "strided copy_"])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_spelling_converts(spelling: str, dtype: torch.dtype) -> None:
    x = torch.tensor([[1.0, 0.1, -3e38]])
    y = converted(x, dtype=dtype, spelling=spelling)
    assert y.dtype == dtype
    assert torch.equal(y, x.to(dtype))
    assert (y.stride(-1) == 2) == (spelling == "strided copy_")


def test_subnormal_numbers_are_flushed_for_one_product_only() -> None:
    x = torch.full((40,), SMALL)
    y, can = flushed_product(x, 0.25)
    assert ((y == 0) | (can == 0)).all()
    assert (x * 0.25 > 0).all()


def test_flushing_is_switched_off_after_an_error() -> None:
    with pytest.raises(TypeError):
        flushed_product(torch.ones(1), "factor")  # type: ignore[arg-type]
    assert (torch.full((40,), SMALL) * 0.25 > 0).all()


def test_limits_are_in_the_dtype_of_what_is_asked() -> None:
    found = limits(torch.ones(1, dtype=torch.float16))
    assert found.dtype == torch.float16
    assert found.tolist() == [65504.0, -65504.0, 2.0**-10, 2.0**-14]
