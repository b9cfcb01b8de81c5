"""Decompositions, pseudoinverses and least squares."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.operations.operation import Operation


def least_squares_drivers(device: str) -> tuple[str, ...]:
    """The LAPACK drivers that torch.linalg.lstsq has on a device: off the CPU there is only gels."""
    return ("gels", "gelsd", "gelss", "gelsy") if torch.device(device).type == "cpu" else ("gels",)


def _least_squares(a: Tensor, y: Tensor, driver: str) -> Tensor:
    x: Tensor = torch.linalg.lstsq(a, y, driver=driver if a.device.type == "cpu" else "gels").solution
    return x


def _least_squares_by_qr(a: Tensor, y: Tensor) -> Tensor:
    tall = a.shape[-2] >= a.shape[-1]
    q, r = torch.linalg.qr(a if tall else a.mT)
    x: Tensor = torch.linalg.solve_triangular(r if tall else r.mT, q.mT @ y if tall else y, upper=tall)
    return x if tall else q @ x


def _least_squares_by_normal_equations(a: Tensor, y: Tensor) -> Tensor:
    tall = a.shape[-2] >= a.shape[-1]
    x: Tensor = torch.linalg.solve(a.mT @ a, a.mT @ y) if tall else a.mT @ torch.linalg.solve(a @ a.mT, y)
    return x


_SYSTEM = (2, 2)

ROWS = {
    "svd": Operation(torch.linalg.svd, "torch.linalg.svd", axes=(2,)),
    "svdvals": Operation(torch.linalg.svdvals, "torch.linalg.svdvals", axes=(2,)),
    "svd_with_v": Operation(torch.svd, "torch.svd", axes=(2,)),
    "qr": Operation(torch.linalg.qr, "torch.linalg.qr", axes=(2,)),
    "geqrf": Operation(torch.geqrf, "torch.geqrf", axes=(2,)),
    "householder_product": Operation(torch.linalg.householder_product, "torch.linalg.householder_product", axes=(2, 1)),
    "orthogonal_": Operation(torch.nn.init.orthogonal_, "torch.nn.init.orthogonal_", in_place=True),
    "pinv": Operation(torch.linalg.pinv, "torch.linalg.pinv", axes=(2,)),
    "pinverse": Operation(torch.pinverse, "torch.pinverse", axes=(2,)),
    "inv": Operation(torch.linalg.inv, "torch.linalg.inv", axes=(2,)),
    # other devices than the CPU have no driver but gels
    "least_squares": Operation(
        _least_squares, "(lambda a, y, driver: torch.linalg.lstsq(a, y, driver=driver).solution)", axes=_SYSTEM
    ),
    "least_squares_by_qr": Operation(
        _least_squares_by_qr,
        "(lambda a, y: (lambda q, r: torch.linalg.solve_triangular(r, q.mT @ y, upper=True))(*torch.linalg.qr(a))"
        " if a.shape[-2] >= a.shape[-1] else"
        " (lambda q, r: q @ torch.linalg.solve_triangular(r.mT, y, upper=False))(*torch.linalg.qr(a.mT)))",
        axes=_SYSTEM,
    ),
    "least_squares_by_normal_equations": Operation(
        _least_squares_by_normal_equations,
        "(lambda a, y: torch.linalg.solve(a.mT @ a, a.mT @ y) if a.shape[-2] >= a.shape[-1] else"
        " a.mT @ torch.linalg.solve(a @ a.mT, y))",
        axes=_SYSTEM,
    ),
}
