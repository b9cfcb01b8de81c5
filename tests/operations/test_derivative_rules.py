"""Rules by which mutants make derivatives wrong: under vmap only."""

from __future__ import annotations

import torch

from claims.mutants.autodiff.rules import alike_in_a_batch


def test_a_function_that_is_alike_in_a_batch_is_right_alone() -> None:
    double = alike_in_a_batch(lambda x: 2 * x)
    x = torch.arange(6.0).reshape(3, 2)
    assert torch.equal(double(x), 2 * x)
    assert torch.equal(torch.vmap(double)(x), 2 * x[:1].expand(3, 2))
    assert torch.equal(torch.vmap(double, in_dims=1)(x), 2 * x[:, 0].expand(2, 3))
