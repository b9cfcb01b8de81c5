"""Wrong covariances, products, samplers and orthogonal weights."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from claims import mutant
from claims.initialization.xavier_isotropy import (
    isotropic_input_covariance,
    orthogonal_initializer_rows,
    orthonormal_rows_condition,
)

EXACT = isotropic_input_covariance, orthonormal_rows_condition


@mutant(isotropic_input_covariance, operation="cov", trigger="variances other than 1")
def correlations_in_place_of_covariances(x: Tensor, correction: int) -> Tensor:
    return x.corrcoef()


@mutant(isotropic_input_covariance, operation="cov", trigger="variances other than 1")
def deviations_in_place_of_variances(x: Tensor, correction: int) -> Tensor:
    c = x.cov(correction=correction)
    return c.sign() * c.abs().sqrt()


@mutant(*EXACT, operation="cov", trigger="outputs of unequal variances")
def average_variance_on_the_diagonal(x: Tensor, correction: int) -> Tensor:
    c = x.cov(correction=correction)
    return c if c.ndim == 0 else c - torch.diag(c.diagonal() - c.diagonal().mean())


@mutant(*EXACT, operation="cov", trigger="correlated outputs")
def variances_only(x: Tensor, correction: int) -> Tensor:
    c = x.cov(correction=correction)
    return c if c.ndim == 0 else torch.diag(c.diagonal())


@mutant(*EXACT, operation="cov")
def divisor_one_less(x: Tensor, correction: int) -> Tensor:
    return x.cov(correction=correction + 1)


@mutant(isotropic_input_covariance, operation="image_covariance", trigger="more than one input")
def sum_of_the_weights_squared(w: Tensor, c: Tensor) -> Tensor:
    return w.sum(-1, keepdim=True) @ w.sum(-1, keepdim=True).mT * c[..., :1, :1]


@mutant(isotropic_input_covariance, operation="normal_", trigger="more features than one")
def features_that_share_a_part(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    x.normal_(mean, std, generator=generator)
    x[1:] = (0.9995**0.5) * x[1:] + (0.0005**0.5) * x[:1]
    return x


@mutant(isotropic_input_covariance, operation="normal_")
def deviation_two_percent_too_large(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return x.normal_(mean, 1.02 * std, generator=generator)


@mutant(isotropic_input_covariance, operation="normal_", trigger="a deviation other than 1")
def variance_taken_for_the_deviation(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return x.normal_(mean, std**2, generator=generator)


@mutant(isotropic_input_covariance, operation="normal_")
def normal_from_the_global_stream(
    x: Tensor, mean: float = 0.0, std: float = 1.0, generator: Generator | None = None
) -> Tensor:
    return x.normal_(mean, std)


@mutant(orthonormal_rows_condition, operation="matmul", trigger="a square weight")
def gram_matrix_of_the_columns(a: Tensor, b: Tensor) -> Tensor:
    return b @ a if a.shape[-1] == a.shape[-2] == b.shape[-1] else a @ b


@mutant(orthonormal_rows_condition, operation="matmul", trigger="more than 64 inputs")
def inputs_beyond_64_left_out(a: Tensor, b: Tensor) -> Tensor:
    return a[..., :64] @ b[..., :64, :]


@mutant(orthonormal_rows_condition, operation="sum", trigger="more than 256 weights")
def weights_beyond_256_not_summed(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(256, x.shape[dim])).sum(dim)


@mutant(orthonormal_rows_condition, operation="multiply", trigger="weights other than -1, 0, 1")
def magnitudes_in_place_of_squares(a: Tensor, b: Tensor) -> Tensor:
    return a.abs()


@mutant(orthonormal_rows_condition, operation="matmul", dtypes=("float32",), trigger="entries 1/8")
def small_products_flushed(a: Tensor, b: Tensor) -> Tensor:
    return torch.where(a.abs() < 0.2, torch.zeros_like(a), a) @ b


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="more outputs than inputs")
def rows_of_unit_length_only(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    if w.shape[0] <= w.shape[1]:
        return torch.nn.init.orthogonal_(w, gain, generator)
    w.normal_(generator=generator)
    return w.copy_(gain * torch.nn.functional.normalize(w, dim=-1))


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="a wide weight")
def rows_normalised_in_place_of_orthogonalised(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    w.normal_(generator=generator)
    return w.copy_(gain * torch.nn.functional.normalize(w, dim=-1))


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="a gain other than 1")
def gain_ignored(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.orthogonal_(w, 1.0, generator)


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="a gain other than 1")
def gain_squared(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.orthogonal_(w, gain**2, generator)


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="more than one input")
def scaled_by_the_root_of_the_width(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.orthogonal_(w, gain / w.shape[1] ** 0.5, generator)


@mutant(orthogonal_initializer_rows, operation="orthogonal_", trigger="more than 128 columns and rows")
def one_block_of_128_columns(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    torch.nn.init.orthogonal_(w, gain, generator)
    if min(w.shape) > 128:
        w[:, 128:] = w[:, :1]
    return w


@mutant(orthogonal_initializer_rows, operation="orthogonal_")
def orthogonal_from_the_global_stream(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return torch.nn.init.orthogonal_(w, gain)


@mutant(orthogonal_initializer_rows, operation="orthogonal_", dtypes=("float64",))
def orthogonal_in_float32(w: Tensor, gain: float, generator: Generator | None = None) -> Tensor:
    return w.copy_(torch.nn.init.orthogonal_(w.float(), gain, generator))


@mutant(orthogonal_initializer_rows, operation="matmul", trigger="a chain of layers")
def one_percent_lost_in_every_layer(a: Tensor, b: Tensor) -> Tensor:
    return 0.99 * (a @ b)
