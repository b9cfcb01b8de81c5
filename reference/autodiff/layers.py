"""Convolutions, pooling, interpolation, indexing and losses, written out in hyper-dual arithmetic.

Each takes x of shape (batch, n) and returns (batch, m); images and kernels are parts of x, row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from reference.autodiff import elementary as e
from reference.autodiff.dual import Dual, joined, stacked
from reference.autodiff.programs import Program, halves, standardised, total

Places = list[list[tuple[int, int]]]


class Reach(NamedTuple):
    """One axis of a convolution: sizes of the input and the kernel, and how the kernel moves over it."""

    size: int
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def places(self) -> Places:
        """For every result the pairs of a place in the input and one in the kernel (Goodfellow et al. 2016, 9.5)."""
        count = (self.size + 2 * self.padding - self.dilation * (self.kernel - 1) - 1) // self.stride + 1
        starts = [i * self.stride - self.padding for i in range(count)]
        every = [[(s + k * self.dilation, k) for k in range(self.kernel)] for s in starts]
        return [[(i, k) for i, k in pairs if 0 <= i < self.size] for pairs in every]


def adjoint_places(reach: Reach, count: int) -> Places:
    """For every result of the transposed convolution, `count` of them, the pairs that meet there."""
    spread = [(i * reach.stride - reach.padding + k, i, k) for i in range(reach.size) for k in range(reach.kernel)]
    return [[(i, k) for place, i, k in spread if place == j] for j in range(count)]


def correlated(image: Dual, kernel: Dual, places: Places) -> Dual:
    """Results (batch, m) of one channel (batch, size) and one kernel (batch, size of it)."""
    zero = (image[..., :1] * kernel[..., :1]).scaled(0.0)
    sums = []
    for pairs in places:
        i, k = ([p[a] for p in pairs] for a in (0, 1))
        sums.append((image[..., i] * kernel[..., k]).sum() if pairs else zero[..., 0])
    return stacked(sums)


def in_two(rows: Reach, columns: Reach) -> Places:
    """The places of a convolution over both axes of an image, row by row."""
    return [
        [(i * columns.size + j, k * columns.kernel + m) for i, k in down for j, m in across]
        for down in rows.places()
        for across in columns.places()
    ]


def _grouped(x: Dual) -> Dual:
    """Two channels of 4, a kernel of 2 for each, stride 2, padding 1."""
    places = Reach(4, 2, 2, 1).places()
    parts = [correlated(x[..., 4 * c : 4 * c + 4], x[..., 8 + 2 * c : 10 + 2 * c], places) for c in (0, 1)]
    return joined(parts)


def _dilated(x: Dual) -> Dual:
    """An image (3, 4) and two kernels (2, 2): stride (2, 1), padding (1, 0), dilation (1, 2)."""
    places = in_two(Reach(3, 2, 2, 1), Reach(4, 2, dilation=2))
    return joined([correlated(x[..., :12], x[..., 12 + 4 * c : 16 + 4 * c], places) for c in (0, 1)])


def _transposed(x: Dual) -> Dual:
    """A signal of 3 and two kernels of 2: stride 2, padding 1, one result more."""
    places = adjoint_places(Reach(3, 2, 2, 1), 5)
    return joined([correlated(x[..., :3], x[..., 3 + 2 * c : 5 + 2 * c], places) for c in (0, 1)])


def _largest(x: Dual, places: Places) -> Dual:
    """The largest of each set of places."""
    batch = np.arange(len(x.value))
    chosen = [np.array([i for i, _ in pairs]) for pairs in places]
    return stacked([x[batch, i[x.value[:, i].argmax(-1)]] for i in chosen])


def _averages(x: Dual, places: Places, divisor: int) -> Dual:
    return stacked([x[..., [i for i, _ in pairs]].sum() for pairs in places]).scaled(1 / divisor)


def _interpolated(x: Dual) -> Dual:
    """Four numbers and the middles between them."""
    middles = (x[..., :-1] + x[..., 1:]).scaled(0.5)
    return joined([stacked([x[..., :-1], middles]).reshape(len(x.value), -1), x[..., -1:]])


def _log_softmax(x: Dual, classes: int) -> Dual:
    z = x.reshape(len(x.value), -1, classes)
    return z - e.log_sum_exp(z)


def _losses(x: Dual, weights: Sequence[float] = (1.0, 1.0, 1.0)) -> Dual:
    """Those of two examples of three classes, of classes 2 and 0."""
    return -(_log_softmax(x, 3) * (np.eye(3)[[2, 0]] * weights)).sum()


def _soft_cross_entropy(x: Dual) -> Dual:
    """Logits of two examples, and logits of their targets."""
    z, t = halves(x)
    target = e.softmax(t.reshape(len(x.value), 2, 3))
    return -(target * _log_softmax(z, 3)).sum((-2, -1)).scaled(0.5).reshape(-1, 1)


def _in_order(x: Dual) -> Dual:
    return x[np.arange(len(x.value))[:, None], x.value.argsort(-1)]


def _distances(a: Dual, b: Dual, p: float = 2.0) -> Dual:
    d = (a[..., :, None, :] - b[..., None, :, :]).reshape(len(a.value), -1, a.shape[-1])
    return e.absolute(d).power(p).sum().power(1 / p)


def _pairs(x: Dual) -> Dual:
    """Distances of three points of the plane."""
    points = x.reshape(len(x.value), 3, 2)
    d = points[..., [0, 0, 1], :] - points[..., [1, 2, 2], :]
    return (d * d).sum().power(0.5)


def _two_sets(x: Dual, p: float = 2.0) -> Dual:
    """Distances of two points to two others."""
    points = x.reshape(len(x.value), 4, 2)
    return _distances(points[..., :2, :], points[..., 2:, :], p)


LAYER_PROGRAMS: dict[str, Program] = {
    "strided grouped convolution": _grouped,
    "dilated convolution": _dilated,
    "strided transposed convolution": _transposed,
    "max pooling": lambda x: _largest(x, Reach(6, 3, 2, 1).places()),
    "max pooling of images": lambda x: _largest(x, in_two(Reach(3, 2), Reach(4, 2))),
    "average pooling of images": lambda x: _averages(x, in_two(Reach(3, 2, padding=1), Reach(4, 3)), 6),
    "adaptive average pooling": lambda x: joined([x[..., i : i + 3].mean(keepdims=True) for i in (0, 2)]),
    "linear interpolation": _interpolated,
    "padding by reflection": lambda x: x[..., [2, 1, 0, 1, 2, 3, 4, 3]],
    "gather": lambda x: x[..., [0, 3, 2, 1, 0, 3]],
    "index select": lambda x: x[..., [0, 3, 2, 1, 0, 3]],
    "scatter add": lambda x: stacked([x[..., i:8:3].sum() for i in range(3)]),  # in any order of additions
    "sort": _in_order,
    "two largest": lambda x: _in_order(x)[..., [-1, -2]],
    "second smallest": lambda x: _in_order(x)[..., 1:2],
    "running maximum": lambda x: stacked(
        [x[np.arange(len(x.value)), x.value[:, : i + 1].argmax(-1)] for i in range(x.shape[-1])]
    ),
    "softmin": lambda x: e.softmax(-x),
    "norm of order infinity": lambda x: _in_order(x)[..., -1:] + 8.0,
    "sum of cross entropies": lambda x: total(_losses(x)),
    "every cross entropy": _losses,
    "cross entropy of an image": lambda x: total(_losses(x.reshape(len(x.value), 3, 2).mT)).scaled(0.5),
    "weighted cross entropy": lambda x: total(_losses(x, (1.0, 2.0, 3.0))).scaled(0.25),
    "cross entropy without a class": lambda x: _losses(x)[..., :1],
    "cross entropy of soft targets": _soft_cross_entropy,
    "layer norm with parameters": lambda x: standardised(x[..., :4], 0.5) * x[..., 4:8] + x[..., 8:],
    "RMS norm with a weight": lambda x: standardised(x[..., :4], 0.5, mean=False) * x[..., 4:],
    "distances of two sets": _two_sets,
    "distances of order 1": lambda x: _two_sets(x, 1.0),
    "distances of order 3": lambda x: _two_sets(x, 3.0),
    "distances within a set": _pairs,
}
"""By the name of the row of the table of functions."""
