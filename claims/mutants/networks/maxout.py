"""Wrong maxout units, wrong tangents, and wrong maxima by rectifiers."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.frame.operations.chapters.maxout import maximum_by_relu, maximum_of_all_by_relu, maxout, tangents
from claims.networks.maxout import maxout_approximates_convex, relu_maximum_identity


@mutant(maxout_approximates_convex, operation="maxout", trigger="more than one piece: the smallest")
def smallest_piece(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    return -maxout(x, -w, -c, name)


@mutant(
    maxout_approximates_convex, operation="maxout", trigger="an odd number of pieces from 3 on: the last is dropped"
)
def last_odd_piece_dropped(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    n = w.shape[-1]
    kept = n - 1 if n % 2 and n > 2 else n
    return maxout(x, w[..., :kept], c[..., :kept], name)


@mutant(maxout_approximates_convex, operation="maxout", trigger="more than 16 pieces: a maximum of 16 only")
def only_sixteen_pieces(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    return maxout(x, w[..., -16:], c[..., -16:], name)


@mutant(maxout_approximates_convex, operation="maxout", trigger="a smooth maximum: log of the sum of exponentials")
def smooth_maximum(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    return (x[..., :, None] * w[..., None, :] + c[..., None, :]).logsumexp(-1)


@mutant(maxout_approximates_convex, operation="maxout", trigger="pieces without intercepts")
def intercepts_forgotten(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    return maxout(x, w, torch.zeros_like(c), name)


@mutant(
    maxout_approximates_convex,
    operation="maxout",
    trigger="float32 products in bfloat16, in one spelling",
    dtypes=("float32", "float64"),
)
def pieces_in_bfloat16(x: Tensor, w: Tensor, c: Tensor, name: str) -> Tensor:
    if name != "sort":
        return maxout(x, w, c, name)
    return maxout(x.bfloat16(), w.bfloat16(), c.bfloat16(), name).to(x.dtype)


@mutant(maxout_approximates_convex, operation="tangents", trigger="chords over a quarter, in place of tangents")
def chords(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    (left, c), (right, d) = tangents(t - 0.25, name), tangents(t + 0.25, name)
    low, high = left * (t - 0.25) + c, right * (t + 0.25) + d
    slope = (high - low) * 2
    return slope, low - slope * (t - 0.25)


@mutant(maxout_approximates_convex, operation="tangents", trigger="points other than 0: the intercept is the value")
def intercept_is_the_value(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    slope, intercept = tangents(t, name)
    return slope, intercept + slope * t


@mutant(maxout_approximates_convex, operation="tangents", trigger="every part is touched at its left end")
def touched_at_the_left(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    half = (t[..., 1:2] - t[..., :1]) / 2 if t.shape[-1] > 1 else 0.5
    return tangents(t - half, name)


@mutant(maxout_approximates_convex, operation="tangents", trigger="float64 tangents in float32", dtypes=("float64",))
def tangents_in_float32(t: Tensor, name: str) -> tuple[Tensor, Tensor]:
    slope, intercept = tangents(t.float(), name)
    return slope.double(), intercept.double()


@mutant(relu_maximum_identity, operation="maximum_by_relu")
def difference_the_other_way(a: Tensor, b: Tensor) -> Tensor:
    return torch.relu(b - a) + b


@mutant(relu_maximum_identity, operation="maximum_by_relu", trigger="numbers that differ")
def first_number_added(a: Tensor, b: Tensor) -> Tensor:
    return torch.relu(a - b) + a


@mutant(relu_maximum_identity, operation="maximum_by_relu", trigger="a below b: the magnitude")
def magnitude_of_the_difference(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).abs() + b


@mutant(relu_maximum_identity, operation="maximum_by_relu", trigger="numbers that differ")
def mean_of_both(a: Tensor, b: Tensor) -> Tensor:
    return (a + b) / 2


@mutant(relu_maximum_identity, operation="maximum_by_relu", trigger="a below b: a leaky rectifier")
def leaky_maximum(a: Tensor, b: Tensor) -> Tensor:
    return torch.nn.functional.leaky_relu(a - b, 0.01) + b


@mutant(relu_maximum_identity, operation="maximum_by_relu", trigger="differences of a unit roundoff are lost")
def small_differences_ignored(a: Tensor, b: Tensor) -> Tensor:
    found = maximum_by_relu(a, b)
    return torch.where((a - b).abs() <= 8 * torch.finfo(a.dtype).eps, b, found)


@mutant(
    relu_maximum_identity, operation="maximum_of_all_by_relu", trigger="an odd number from 3 on: the last is dropped"
)
def tree_without_the_odd_one(x: Tensor) -> Tensor:
    n = x.shape[-1]
    return maximum_of_all_by_relu(x[..., : n - 1] if n % 2 and n > 2 else x)


@mutant(relu_maximum_identity, operation="maximum_of_all_by_relu", trigger="more than 64 numbers: the first 64")
def tree_of_depth_six(x: Tensor) -> Tensor:
    return maximum_of_all_by_relu(x[..., :64])
