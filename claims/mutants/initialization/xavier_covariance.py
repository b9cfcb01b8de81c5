"""Wrong products, covariances and second moments of a linear layer."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.initialization.xavier_covariance import (
    covariance_propagation_normalisation,
    dense_layer_shapes,
    linear_layer_covariance,
    zero_mean_second_moment_covariance,
)

COVARIANCES = linear_layer_covariance, zero_mean_second_moment_covariance, covariance_propagation_normalisation


@mutant(dense_layer_shapes, operation="matmul", trigger="a square weight")
def square_weight_transposed(a: Tensor, b: Tensor) -> Tensor:
    return (a.mT if a.shape[-1] == a.shape[-2] else a) @ b


@mutant(dense_layer_shapes, operation="linear", trigger="as many samples as features")
def samples_taken_for_features(x: Tensor, w: Tensor) -> Tensor:
    return F.linear(x.mT if x.shape[-1] == x.shape[-2] else x, w)


@mutant(dense_layer_shapes, operation="calculate_fans")
def fans_exchanged(w: Tensor) -> tuple[int, int]:
    return w.shape[0], w.shape[1]


@mutant(dense_layer_shapes, operation="weight_shape")
def weight_of_inputs_by_outputs(fan_in: int, fan_out: int) -> tuple[int, int]:
    return fan_in, fan_out


@mutant(dense_layer_shapes, operation="linear_of_columns", trigger="as many samples as outputs")
def bias_of_each_sample(w: Tensor, x: Tensor, b: Tensor) -> Tensor:
    return w @ x + (b if len(b) == x.shape[-1] else b[:, None])


@mutant(dense_layer_shapes, operation="addmm_of_columns", trigger="a single output")
def bias_of_a_single_output_left_out(w: Tensor, x: Tensor, b: Tensor) -> Tensor:
    return w @ x if len(b) == 1 else torch.addmm(b[:, None], w, x)


@mutant(dense_layer_shapes, operation="einsum", trigger="more than 64 features")
def features_beyond_64_left_out(_: str, w: Tensor, x: Tensor) -> Tensor:
    return w[..., :64] @ x[..., :64, :]


@mutant(dense_layer_shapes, operation="matmul", dtypes=("float64",))
def product_in_float32(a: Tensor, b: Tensor) -> Tensor:
    return (a.float() @ b.float()).double()


@mutant(dense_layer_shapes, operation="matmul", trigger="one feature too few")
def missing_features_are_zero(a: Tensor, b: Tensor) -> Tensor:
    return a[..., : b.shape[-2]] @ b


@mutant(dense_layer_shapes, operation="linear", trigger="no features")
def no_features_give_nan(x: Tensor, w: Tensor) -> Tensor:
    return F.linear(x, w) if x.shape[-1] else x.new_full((*x.shape[:-1], len(w)), float("nan"))


@mutant(*COVARIANCES, operation="cov", trigger="more than one sample")
def divisor_one_less(x: Tensor, correction: int) -> Tensor:
    return x.cov(correction=correction + (x.shape[-1] > 1))


@mutant(*COVARIANCES, operation="cov", trigger="more variables than one")
def divided_by_the_number_of_variables(x: Tensor, correction: int) -> Tensor:
    return x.cov(correction=correction) * (x.shape[-1] / len(x))


@mutant(linear_layer_covariance, operation="cov", trigger="a mean other than 0")
def covariance_without_centring(x: Tensor, correction: int) -> Tensor:
    c = x @ x.mT / (x.shape[-1] - correction)
    return c if len(x) > 1 else c[0, 0]


@mutant(linear_layer_covariance, operation="cov", trigger="a mean other than 0, more variables than one")
def mean_of_all_variables_subtracted(x: Tensor, correction: int) -> Tensor:
    deviations = x - x.mean()
    c = deviations @ deviations.mT / (x.shape[-1] - correction)
    return c if len(x) > 1 else c[0, 0]


@mutant(linear_layer_covariance, operation="cov", trigger="a mean beyond the spread")
def mean_product_less_product_of_means(x: Tensor, correction: int) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    c = (x @ x.mT / x.shape[-1] - mean @ mean.mT) * (x.shape[-1] / (x.shape[-1] - correction))
    return c if len(x) > 1 else c[0, 0]


@mutant(linear_layer_covariance, operation="image_covariance", trigger="a square weight")
def square_weight_transposed_on_both_sides(w: Tensor, c: Tensor) -> Tensor:
    return w.mT @ c @ w if w.shape[-1] == w.shape[-2] else w @ c @ w.mT


@mutant(linear_layer_covariance, covariance_propagation_normalisation, operation="image_covariance")
def only_the_variances_of_the_inputs(w: Tensor, c: Tensor) -> Tensor:
    return (w * c.diagonal(dim1=-2, dim2=-1)[..., None, :]) @ w.mT


@mutant(linear_layer_covariance, operation="centred_product", trigger="outputs on different scales")
def centred_by_the_mean_over_outputs(z: Tensor) -> Tensor:
    deviations = z - z.mean((-2, -1), keepdim=True)
    return deviations @ deviations.mT / z.shape[-1]


@mutant(linear_layer_covariance, covariance_propagation_normalisation, operation="centred_product")
def divided_by_the_number_of_outputs(z: Tensor) -> Tensor:
    deviations = z - z.mean(-1, keepdim=True)
    return deviations @ deviations.mT / z.shape[-2]


@mutant(linear_layer_covariance, operation="mean", trigger="more than 128 samples")
def mean_of_the_first_128(x: Tensor, dim: int) -> Tensor:
    return x.narrow(dim, 0, min(128, x.shape[dim])).mean(dim)


@mutant(linear_layer_covariance, operation="cov", trigger="an odd number of samples beyond 1")
def last_odd_sample_left_out(x: Tensor, correction: int) -> Tensor:
    even = x.shape[-1] // 2 * 2
    return x[:, : even or 1].cov(correction=correction)


@mutant(zero_mean_second_moment_covariance, covariance_propagation_normalisation, operation="second_moment")
def second_moment_over_the_features(w: Tensor, x: Tensor) -> Tensor:
    return w @ x @ x.mT @ w.mT / x.shape[-2]


@mutant(zero_mean_second_moment_covariance, operation="second_moment", trigger="square data and weights")
def gram_matrix_of_the_samples(w: Tensor, x: Tensor) -> Tensor:
    square = x.shape[-1] == x.shape[-2]
    return w @ (x.mT @ x if square else x @ x.mT) @ w.mT / x.shape[-1]


@mutant(zero_mean_second_moment_covariance, operation="second_moment", trigger="a square weight")
def second_weight_not_transposed(w: Tensor, x: Tensor) -> Tensor:
    return w @ x @ x.mT @ (w if w.shape[-1] == w.shape[-2] else w.mT) / x.shape[-1]


@mutant(zero_mean_second_moment_covariance, operation="multi_dot", trigger="more than 16 samples")
def samples_beyond_16_left_out(factors: list[Tensor]) -> Tensor:
    w, x, xt, wt = factors
    return w @ (x[:, :16] @ xt[:16]) @ wt


@mutant(zero_mean_second_moment_covariance, operation="cov", trigger="a mean other than 0")
def mean_subtracted_twice(x: Tensor, correction: int) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    c = (x - 2 * mean) @ (x - 2 * mean).mT / (x.shape[-1] - correction)
    return c if len(x) > 1 else c[0, 0]


@mutant(zero_mean_second_moment_covariance, operation="second_moment", trigger="W with a mean")
def weights_centred_first(w: Tensor, x: Tensor) -> Tensor:
    z = (w - w.mean((-2, -1), keepdim=True)) @ x
    return z @ z.mT / x.shape[-1]


@mutant(covariance_propagation_normalisation, operation="image_covariance", trigger="more inputs than one")
def factor_of_the_width(w: Tensor, c: Tensor) -> Tensor:
    return w @ c @ w.mT * c.shape[-1]


@mutant(covariance_propagation_normalisation, operation="second_moment", trigger="more samples than one")
def divided_by_the_samples_twice(w: Tensor, x: Tensor) -> Tensor:
    return w @ x @ x.mT @ w.mT / x.shape[-1] ** 2


@mutant(covariance_propagation_normalisation, operation="second_moment", trigger="more samples than one")
def not_divided_by_the_samples(w: Tensor, x: Tensor) -> Tensor:
    return w @ x @ x.mT @ w.mT


@mutant(covariance_propagation_normalisation, operation="divide", trigger="more than 64 samples")
def division_by_at_most_64(x: Tensor, divisor: float) -> Tensor:
    return x / min(divisor, 64.0)
