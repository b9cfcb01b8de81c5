"""Wrong convolutions with separable kernels, wrong counts of what they cost, and wrong tests of separability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.convolution.separable import (
    non_separable_kernels_exist,
    separable_convolution_cost,
    separable_convolution_equivalence,
)
from claims.frame.operations.chapters.separable_convolution import (
    best_separable_kernel,
    convolution_cost,
    outer_product_convolution,
    plain_convolution,
    separable_convolution,
    sum_of_separable_convolutions,
)

Vectors = Sequence[Tensor]


@mutant(
    separable_convolution_equivalence,
    operation="outer_product_convolution2d",
    trigger="kernels that are no squares: axes exchanged, and cropped to fit",
)
def outer_product_of_exchanged_axes(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    u, v = vectors
    k = (v[..., None] * u[:, None]).reshape(len(u), 1, u.shape[-1], v.shape[-1])
    return F.conv2d(x, k, groups=len(u), **options)


@mutant(separable_convolution_equivalence, operation="outer_product_convolution2d", trigger="sums, not products")
def outer_sum(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    u, v = vectors
    return F.conv2d(x, (u[..., None] + v[:, None])[:, None], groups=len(u), **options)


@mutant(
    separable_convolution_equivalence,
    operation="outer_product_convolution3d",
    trigger="three axes: the vector of the second is reversed",
)
def second_vector_reversed(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    return outer_product_convolution(x, (vectors[0], vectors[1].flip(-1), vectors[2]), **options)


@mutant(
    separable_convolution_equivalence,
    operation="outer_product_convolution2d",
    trigger="more than one channel: all have the vectors of the first",
)
def vectors_of_the_first_channel(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    return outer_product_convolution(x, [v[:1].expand_as(v) for v in vectors], **options)


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="the last pass of the order is missing",
)
def last_pass_missing(x: Tensor, vectors: Vectors, *, order: Sequence[int], **options: Any) -> Tensor:
    full = separable_convolution(x, vectors, order=order, **options)
    i = order[-1]
    one = [
        torch.nn.functional.one_hot(torch.zeros((), dtype=torch.int64, device=x.device), v.shape[-1]) for v in vectors
    ]
    ones = [one[j].to(v.dtype).expand_as(v) if j == i else v for j, v in enumerate(vectors)]
    return separable_convolution(x, ones, order=order, **options) if vectors[i].shape[-1] > 1 else full


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="conv1d, first axis: the kernel is flipped",
)
def flipped_along_the_first_axis(x: Tensor, vectors: Vectors, *, spelling: str, **options: Any) -> Tensor:
    used = [vectors[0].flip(-1), vectors[1]] if spelling == "conv1d" else vectors
    return separable_convolution(x, used, spelling=spelling, **options)


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="strides that differ: both axes have that of the first",
)
def stride_of_the_first_axis(x: Tensor, vectors: Vectors, *, stride: Sequence[int], **options: Any) -> Tensor:
    return separable_convolution(x, vectors, stride=(stride[0], stride[0]), **options)


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="padding: the ends repeat the numbers of the border",
)
def padded_with_the_border(x: Tensor, vectors: Vectors, *, padding: Sequence[int], **options: Any) -> Tensor:
    q, r = padding
    if x.numel():
        x = F.pad(x, (r, r, q, q), mode="replicate")
    return separable_convolution(x, vectors, padding=(0, 0) if x.numel() else padding, **options)


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="dilation is ignored by passes along the second axis, where the size is cropped to fit",
)
def dilation_of_the_second_axis_ignored(
    x: Tensor, vectors: Vectors, *, dilation: Sequence[int], **options: Any
) -> Tensor:
    sizes = separable_convolution(x, vectors, dilation=dilation, **options).shape
    found = separable_convolution(x, vectors, dilation=(dilation[0], 1), **options)
    return found[..., : sizes[-1]]


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution3d",
    trigger="three axes: the result between passes is stored with eight bits",
    dtypes=("float32", "float64", "float16"),
)
def passes_stored_with_eight_bits(x: Tensor, vectors: Vectors, *, order: Sequence[int], **options: Any) -> Tensor:
    ones = [torch.ones_like(v[..., :1]) for v in vectors]
    i = order[0]
    used = [v if j == i else ones[j] for j, v in enumerate(vectors)]
    shared = {
        key: tuple(o if j == i else d for j, o in enumerate(options[key]))
        for key, d in (("stride", 1), ("padding", 0), ("dilation", 1))
    }
    first = separable_convolution(x, used, order=order[:1], spelling=options["spelling"], **shared)
    rest = {
        key: tuple(d if j == i else o for j, o in enumerate(options[key]))
        for key, d in (("stride", 1), ("padding", 0), ("dilation", 1))
    }
    return separable_convolution(
        first.bfloat16().to(x.dtype), vectors, order=order[1:], spelling=options["spelling"], **rest
    )


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="17 images or more: the last is that before",
)
def last_of_many_images(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    y = separable_convolution(x, vectors, **options)
    return torch.cat((y[:-1], y[-2:-1])) if len(y) > 16 else y


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution1d",
    trigger="float64 images in float32",
    dtypes=("float64",),
)
def passes_in_float32(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    return separable_convolution(x.float(), [v.float() for v in vectors], **options).double()


@mutant(
    separable_convolution_equivalence,
    operation="separable_convolution2d",
    trigger="NaN is taken for zero in passes",
)
def nan_is_taken_for_zero(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    return separable_convolution(x.nan_to_num(nan=0.0), vectors, **options)


@mutant(
    separable_convolution_equivalence,
    operation="outer_product_convolution2d",
    trigger="numbers with gaps between them: the kernel is read from the gaps",
)
def vectors_read_with_gaps(x: Tensor, vectors: Vectors, **options: Any) -> Tensor:
    u, v = vectors
    wrong = v.shape[-1] > 1 and v.stride(-1) == 2
    return outer_product_convolution(x, (u, v.roll(1, -1) if wrong else v), **options)


Cost = tuple[Tensor, int, int]
Paddings = Sequence[Sequence[int]]


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="passes: only the last is counted")
def only_the_last_pass(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, _, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, y.numel() * kernels[-1][0].numel() * (3 if trained else 1), parameters


@mutant(
    separable_convolution_cost,
    operation="convolution_cost",
    trigger="at once, without padding: every number is a result",
)
def every_number_is_a_result(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    if len(kernels) > 1 or any(padding[0]):
        return y, products, parameters
    return y, products * x.numel() // y.numel(), parameters


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="passes: the parameters of the outer product")
def parameters_of_the_outer_product(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, _ = convolution_cost(x, kernels, padding, trained=trained)
    width = 1
    for k in kernels:
        width *= k[0].numel()
    return y, products, len(kernels[0]) * width


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="operations, two for each product")
def operations_counted(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, 2 * products, parameters


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="channels: every filter meets every channel")
def channels_are_not_separate(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, products * x.shape[1], parameters


@mutant(
    separable_convolution_cost, operation="convolution_cost", trigger="padding: products with zeros are not counted"
)
def products_with_zeros_not_counted(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, products - (y.numel() if any(map(any, padding)) else 0), parameters


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="gradients: that of the images is free")
def gradient_of_the_images_is_free(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, products * 2 // 3 if trained else products, parameters


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="three axes: the passes of two are counted")
def two_of_three_passes(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    y, products, parameters = convolution_cost(x, kernels, padding, trained=trained)
    return y, products - y.numel() * kernels[-1][0].numel() if len(kernels) == 3 else products, parameters


@mutant(separable_convolution_cost, operation="convolution_cost", trigger="two passes: the second along the first axis")
def both_passes_along_one_axis(x: Tensor, kernels: Vectors, padding: Paddings, *, trained: bool) -> Cost:
    if len(kernels) == 2 and kernels[0].shape[-1] == 1:
        kernels = (kernels[0], kernels[1].flip(-1))
    return convolution_cost(x, kernels, padding, trained=trained)


@mutant(non_separable_kernels_exist, operation="matrix_rank", trigger="a tolerance above the second singular value")
def coarse_tolerance(k: Tensor, *, rtol: float) -> Tensor:
    made: Tensor = torch.linalg.matrix_rank(k, rtol=0.5)
    return made


@mutant(non_separable_kernels_exist, operation="matrix_rank", trigger="traceless kernels have rank 1 at most")
def rank_by_the_trace(k: Tensor, *, rtol: float) -> Tensor:
    rank = torch.linalg.matrix_rank(k, rtol=rtol)
    traceless = k.diagonal(dim1=-2, dim2=-1).sum(-1) == 0
    return torch.where(traceless, rank.clamp(max=1), rank)


@mutant(non_separable_kernels_exist, operation="matrix_rank", trigger="rank 2 counts as separable")
def rank_two_is_separable(k: Tensor, *, rtol: float) -> Tensor:
    rank = torch.linalg.matrix_rank(k, rtol=rtol)
    return torch.where(rank == 2, 1, rank)


@mutant(non_separable_kernels_exist, operation="matrix_rank", trigger="zero kernels have rank 1")
def zero_has_rank_one(k: Tensor, *, rtol: float) -> Tensor:
    made: Tensor = torch.linalg.matrix_rank(k, rtol=rtol).clamp(min=1)
    return made


@mutant(
    non_separable_kernels_exist, operation="matrix_rank", trigger="more columns than rows: those of the square part"
)
def rank_of_the_square_part(k: Tensor, *, rtol: float) -> Tensor:
    made: Tensor = torch.linalg.matrix_rank(k[..., : k.shape[-2]], rtol=rtol)
    return made


@mutant(non_separable_kernels_exist, operation="svdvals", trigger="three values or more: the last is dropped")
def last_value_dropped(k: Tensor) -> Tensor:
    s = torch.linalg.svdvals(k)
    return torch.cat((s[..., :-1], torch.zeros_like(s[..., -1:])), -1) if s.shape[-1] > 2 else s


@mutant(non_separable_kernels_exist, operation="best_separable_kernel", trigger="a singular value in place of its root")
def value_taken_twice(k: Tensor) -> Tensor:
    made: Tensor = best_separable_kernel(k) * torch.linalg.svdvals(k)[..., :1, None]
    return made


@mutant(
    non_separable_kernels_exist,
    operation="best_separable_kernel",
    trigger="two values or more: the second, not the first",
)
def second_term(k: Tensor) -> Tensor:
    u, s, vh = torch.linalg.svd(k, full_matrices=False)
    i = min(1, s.shape[-1] - 1)
    made: Tensor = u[..., i, None] * s[..., i, None, None] * vh[..., i, None, :]
    return made


@mutant(
    non_separable_kernels_exist,
    operation="best_separable_kernel",
    trigger="the product of row and column sums over the sum of all",
)
def products_of_sums(k: Tensor) -> Tensor:
    total = k.sum((-2, -1), keepdim=True)
    found = k.sum(-1, keepdim=True) * k.sum(-2, keepdim=True) / total
    return torch.where(total == 0, torch.zeros_like(k), found)


@mutant(
    non_separable_kernels_exist,
    operation="sum_of_separable_convolutions",
    trigger="three terms or more: the last is missing",
)
def last_term_missing(x: Tensor, k: Tensor, terms: int) -> Tensor:
    return sum_of_separable_convolutions(x, k, terms - 1 if terms > 2 else terms)


@mutant(non_separable_kernels_exist, operation="sum_of_separable_convolutions", trigger="square kernels are transposed")
def square_kernels_transposed(x: Tensor, k: Tensor, terms: int) -> Tensor:
    return sum_of_separable_convolutions(x, k.mT if k.shape[0] == k.shape[1] else k, terms)


@mutant(
    non_separable_kernels_exist,
    operation="sum_of_separable_convolutions",
    trigger="float64 in float32",
    dtypes=("float64",),
)
def terms_in_float32(x: Tensor, k: Tensor, terms: int) -> Tensor:
    return sum_of_separable_convolutions(x.float(), k.float(), terms).double()


@mutant(non_separable_kernels_exist, operation="plain_convolution", trigger="a single row: the kernel is flipped")
def single_rows_flipped(x: Tensor, k: Tensor) -> Tensor:
    return plain_convolution(x, k.flip(-1) if len(k) == 1 else k)
