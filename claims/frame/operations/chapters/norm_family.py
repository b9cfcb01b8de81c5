"""L1, maximum and Frobenius norm as the notes spell them, squares, and their derivatives."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims.frame.operations.operation import Operation


def _l1_loss(x: Tensor) -> Tensor:
    return F.l1_loss(x, torch.zeros_like(x), reduction="sum")


def _mse_loss(x: Tensor) -> Tensor:
    return F.mse_loss(x, torch.zeros_like(x), reduction="sum")


def _frobenius_by_einsum(a: Tensor) -> Tensor:
    return torch.einsum("ij,ij->", a, a).sqrt()


# forward mode writes into its argument, which no expanded tensor allows: hence the copies
def _derivative_along(x: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(lambda v: (v * v).sum(), (x.clone(),), (t.clone(),))[1]
    return derivative


def _norm_along(x: Tensor, t: Tensor) -> Tensor:
    derivative: Tensor = torch.func.jvp(torch.linalg.vector_norm, (x.clone(),), (t.clone(),))[1]
    return derivative


def _hessian_of_square(x: Tensor) -> Tensor:
    hessian: Tensor = torch.func.hessian(lambda v: (v * v).sum())(x.clone())
    return hessian


def _hessian_of_norm(x: Tensor) -> Tensor:
    hessian: Tensor = torch.func.hessian(torch.linalg.vector_norm)(x.clone())
    return hessian


ROWS = {
    "sum_of_magnitudes": Operation(
        lambda x, dim: x.abs().sum(dim), "(lambda x, dim: x.abs().sum(dim))", axes=(1,), dim="reduced"
    ),
    "l1_loss": Operation(
        _l1_loss,
        "(lambda x: torch.nn.functional.l1_loss(x, torch.zeros_like(x), reduction='sum'))",
        axes=(1,),
        batches=False,
    ),
    "mse_loss": Operation(
        _mse_loss,
        "(lambda x: torch.nn.functional.mse_loss(x, torch.zeros_like(x), reduction='sum'))",
        axes=(1,),
        batches=False,
    ),
    "largest_magnitude": Operation(
        lambda x, dim: x.abs().amax(dim), "(lambda x, dim: x.abs().amax(dim))", axes=(1,), dim="reduced"
    ),
    "maximum_of_magnitudes": Operation(
        lambda x, dim: x.abs().max(dim).values, "(lambda x, dim: x.abs().max(dim).values)", axes=(1,), dim="reduced"
    ),
    "smallest_and_largest": Operation(
        lambda x, dim: torch.aminmax(x, dim=dim), "(lambda x, dim: torch.aminmax(x, dim=dim))", axes=(1,), dim="reduced"
    ),
    "smallest_and_largest_apart": Operation(
        lambda x, dim: (torch.amin(x, dim), torch.amax(x, dim)),
        "(lambda x, dim: (torch.amin(x, dim), torch.amax(x, dim)))",
        axes=(1,),
        dim="reduced",
    ),
    "frobenius_by_einsum": Operation(
        _frobenius_by_einsum, "(lambda a: torch.einsum('ij,ij->', a, a).sqrt())", axes=(2,), batches=False, product=True
    ),
    "linalg_norm_of_matrix": Operation(torch.linalg.norm, "torch.linalg.norm", axes=(2,), batches=False),
    "sum_of_squares": Operation(
        lambda x, dim: x.square().sum(dim), "(lambda x, dim: x.square().sum(dim))", axes=(1,), dim="reduced"
    ),
    "sum_of_second_powers": Operation(
        lambda x, dim: x.pow(2).sum(dim), "(lambda x, dim: x.pow(2).sum(dim))", axes=(1,), dim="reduced"
    ),
    "product_with_itself": Operation(
        lambda x, dim: (x * x).sum(dim), "(lambda x, dim: (x * x).sum(dim))", axes=(1,), dim="reduced"
    ),
    "derivative_of_square": Operation(
        _derivative_along,
        "(lambda x, t: torch.func.jvp(lambda v: (v * v).sum(), (x.clone(),), (t.clone(),))[1])",
        axes=(1, 1),
        batches=False,
    ),
    "hessian_of_square": Operation(
        _hessian_of_square,
        "(lambda x: torch.func.hessian(lambda v: (v * v).sum())(x.clone()))",
        axes=(1,),
        batches=False,
    ),
    "norm_along": Operation(
        _norm_along,
        "(lambda x, t: torch.func.jvp(torch.linalg.vector_norm, (x.clone(),), (t.clone(),))[1])",
        axes=(1, 1),
        batches=False,
    ),
    "hessian_of_norm": Operation(
        _hessian_of_norm,
        "(lambda x: torch.func.hessian(torch.linalg.vector_norm)(x.clone()))",
        axes=(1,),
        batches=False,
    ),
}
