"""Inner products of vectors, the squared norm, and the angle between two vectors."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from claims.frame.operations.operation import Operation


def _dot_by_matmul(x: Tensor, y: Tensor) -> Tensor:
    product: Tensor = x @ y
    return product


def _dot_by_mv(x: Tensor, y: Tensor) -> Tensor:
    return torch.mv(x[None], y)[0]


def _dot_by_einsum(x: Tensor, y: Tensor) -> Tensor:
    return torch.einsum("i,i->", x, y)


def _tensordot(x: Tensor, y: Tensor) -> Tensor:
    contracted: Tensor = torch.tensordot(x, y, 1)
    return contracted


def _dot_by_bmm(x: Tensor, y: Tensor) -> Tensor:
    return torch.bmm(x[:, None], y[..., None])[:, 0, 0]


def _squared_vector_norm(x: Tensor, dim: int) -> Tensor:
    square: Tensor = torch.linalg.vector_norm(x, dim=dim) ** 2
    return square


# half types have no complex inner products, hence at least complex64
def _complex_vdot(x: Tensor, y: Tensor) -> Tensor:
    z = torch.view_as_complex(torch.stack((x, y), -1).to(torch.promote_types(x.dtype, torch.float32)))
    return torch.view_as_real(torch.vdot(z, z)).to(x.dtype)


def _complex_vecdot(x: Tensor, y: Tensor) -> Tensor:
    z = torch.view_as_complex(torch.stack((x, y), -1).to(torch.promote_types(x.dtype, torch.float32)))
    return torch.view_as_real(torch.linalg.vecdot(z, z)).to(x.dtype)


def _complex_dot(x: Tensor, y: Tensor) -> Tensor:
    z = torch.view_as_complex(torch.stack((x, y), -1).to(torch.promote_types(x.dtype, torch.float32)))
    return torch.view_as_real(torch.dot(z, z)).to(x.dtype)


def _cosine_similarity_layer(x: Tensor, y: Tensor, dim: int, eps: float) -> Tensor:
    cosine: Tensor = nn.CosineSimilarity(dim, eps)(x, y)
    return cosine


def _cosine_by_norms(x: Tensor, y: Tensor) -> Tensor:
    cosine: Tensor = torch.dot(x, y) / (torch.linalg.vector_norm(x) * torch.linalg.vector_norm(y))
    return cosine


def _cosine_of_normalized(x: Tensor, y: Tensor) -> Tensor:
    return torch.dot(F.normalize(x, dim=-1), F.normalize(y, dim=-1))


def _cosine_embedding_loss(x: Tensor, y: Tensor, target: float) -> Tensor:
    return F.cosine_embedding_loss(x, y, x.new_full(x.shape[:-1], target), reduction="none")


def _angle(x: Tensor, y: Tensor, dim: int) -> Tensor:
    return torch.acos(F.cosine_similarity(x, y, dim=dim))


def _planar_angle(x: Tensor, y: Tensor) -> Tensor:
    turned = x[..., 0] * y[..., 1] - x[..., 1] * y[..., 0]
    return torch.atan2(turned, x[..., 0] * y[..., 0] + x[..., 1] * y[..., 1]).abs()


_PAIR = (1, 1)

ROWS = {
    "vdot": Operation(torch.vdot, "torch.vdot", axes=_PAIR, batches=False, product=True),
    "inner": Operation(torch.inner, "torch.inner", axes=_PAIR, batches=False, product=True),
    "vecdot": Operation(torch.linalg.vecdot, "torch.linalg.vecdot", axes=_PAIR, dim="reduced", product=True),
    **{
        f.__name__[1:]: Operation(f, f.__name__, axes=_PAIR, batches=False, product=True)
        for f in (_tensordot, _dot_by_einsum, _dot_by_matmul, _dot_by_mv, _cosine_by_norms, _cosine_of_normalized)
    },
    "dot_by_bmm": Operation(_dot_by_bmm, "_dot_by_bmm", product=True),
    "squared_vector_norm": Operation(_squared_vector_norm, "_squared_vector_norm", axes=(1,), dim="reduced"),
    "complex_vdot": Operation(_complex_vdot, "_complex_vdot", axes=_PAIR, batches=False),
    "complex_vecdot": Operation(_complex_vecdot, "_complex_vecdot", axes=_PAIR),
    "complex_dot": Operation(_complex_dot, "_complex_dot", axes=_PAIR, batches=False),
    "cosine_similarity": Operation(
        F.cosine_similarity, "torch.nn.functional.cosine_similarity", axes=_PAIR, dim="reduced"
    ),
    "cosine_similarity_layer": Operation(
        _cosine_similarity_layer, "_cosine_similarity_layer", axes=_PAIR, dim="reduced"
    ),
    "cosine_embedding_loss": Operation(_cosine_embedding_loss, "_cosine_embedding_loss", axes=_PAIR),
    "angle": Operation(_angle, "_angle", axes=_PAIR, dim="reduced"),
    "planar_angle": Operation(_planar_angle, "_planar_angle", axes=_PAIR),
}
