"""Convolution by Fourier transforms: what it computes, and when it takes fewer multiplications."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from claims import TRUE, at_most, claim, equal, for_all, holds, refutation, values, within, within_norm
from claims.frame.checks import Check
from claims.frame.inputs.fourier_convolution import Counted, Counts, Pair, Pairs, counts, pairs
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import fft as reference
from reference.truth import Truth

SPELLINGS = ("real", "complex", "axis by axis")
NAMES = ("fft_convolution", "fft_convolution_2d", "fft_convolution_3d")
FEW = 256
"""Up to so many numbers the convolution itself is compared, not only the count."""


def convolved(subject: Subject, pair: Pair, lengths: Sequence[int], spelling: str = "real") -> Tensor:
    """x and k convolved around these lengths, by transforms."""
    y: Tensor = getattr(subject, NAMES[len(lengths) - 1])(pair.x, pair.k, tuple(lengths), spelling)
    return y


@claim(
    title="Convolution equals the inverse transform of a product of transforms when zero-padded enough",
    statement=r"x*k=\mathcal F_N^{-1}(\mathcal F_N(x)\cdot\mathcal F_N(k))\text{ for }N\ge n+m-1",
    hypotheses="N >= n + m - 1 on every axis (for smaller N it wraps around); computed: the error is small against the "
    "norms of x and k, not in every entry",
    notes="Convolutional networks: convolution by Fourier transforms",
    book="9.8",
    truth=TRUE,
    bound=r"|fl(y) - y|_2 from transforms that err by e |X|_2: dx |k|_1 + |x|_1 dk + dx dk, dx = e sqrt(N) |x|_2, then "
    "the product and the inverse (ASNA Theorem 24.2, Lemma 3.5; butterflies or Bluestein's algorithm for odd factors)",
)
@for_all(pair=pairs())
def fft_convolution_theorem(subject: Subject, pair: Pair) -> Iterator[Check]:
    """All N numbers that come back, in one to three axes, for lengths that are least, a power of 2, odd, or longer.

    By real, complex and one-axis transforms, against the exact convolution followed by zeros. Integers are recovered
    by rounding where the bound is below 1/2.
    """
    x, k, lengths = pair
    truth = reference.by_transforms(values(x), values(k), lengths, subject.arithmetic("fft_convolution"))
    whole = np.all([(a == np.rint(a)).reshape(len(a), -1).all(-1) for a in (values(x), values(k))], axis=0)
    for spelling in SPELLINGS:
        found = convolved(subject, pair, lengths, spelling)
        yield holds(tuple(found.shape) == (len(x), *lengths), label=f"{spelling}: shape")
        yield within_norm(found, truth, axes=len(lengths), label=spelling)
        recovered = whole & (truth.bound < 0.5)
        yield equal(np.rint(values(found)), truth.value, where=recovered, label=f"{spelling}: integers by rounding")


INTEGERS = only(Pairs((4,), (3,), "integers"))


@refutation(fft_convolution_theorem, "The error is small in every entry, as that of sums of products is.")
@for_all(pair=only(Pairs((16,), (4,), "range"), Pairs((16,), (4,), "impulses")))
def the_error_is_small_in_every_entry(subject: Subject, pair: Pair) -> Iterator[Check]:
    """It is spread evenly, over entries that are 0 too."""
    truth = reference.full_convolution(values(pair.x), values(pair.k), subject.arithmetic("fft_convolution"))
    yield within(convolved(subject, pair, pair.lengths), truth)


@refutation(fft_convolution_theorem, "No padding is needed: the first n numbers are right for N = n.")
@for_all(pair=INTEGERS)
def no_padding_is_needed(subject: Subject, pair: Pair) -> Iterator[Check]:
    """The last m - 1 numbers wrap around to the first."""
    n = pair.x.shape[-1]
    exact = reference.full_convolution(values(pair.x), values(pair.k), subject.arithmetic("fft_convolution")).value
    yield within(convolved(subject, pair, (n,)), Truth(exact[:, :n], np.full((len(exact), n), 0.5)))


@refutation(fft_convolution_theorem, r"N=n+m-2\text{ is enough}")
@for_all(pair=INTEGERS)
def one_less_is_enough(subject: Subject, pair: Pair) -> Iterator[Check]:
    """The last number is added to the first."""
    exact = reference.full_convolution(values(pair.x), values(pair.k), subject.arithmetic("fft_convolution")).value
    found = convolved(subject, pair, (exact.shape[-1] - 1,))
    yield within(found, Truth(exact[:, :-1], np.full((len(exact), exact.shape[-1] - 1), 0.5)))


@refutation(fft_convolution_theorem, "The product of transforms is that of the cross-correlation.")
@for_all(pair=INTEGERS)
def the_product_is_that_of_the_correlation(subject: Subject, pair: Pair) -> Iterator[Check]:
    """That one takes the conjugate of one factor."""
    k = values(pair.k)[:, ::-1]
    exact = reference.full_convolution(values(pair.x), k, subject.arithmetic("fft_convolution")).value
    yield within(convolved(subject, pair, pair.lengths), Truth(exact, np.full(exact.shape, 0.5)))


@refutation(fft_convolution_theorem, "Convolutions of integers are integers, bit by bit.")
@for_all(pair=only(Pairs((17,), (5,), "integers")))
def integers_come_back(subject: Subject, pair: Pair) -> Iterator[Check]:
    """They are after rounding."""
    found = convolved(subject, pair, pair.lengths)
    yield equal(found, np.rint(values(found)))


@refutation(fft_convolution_theorem, "`torch.fft.irfft` gives back numbers of any length from their transform alone.")
@for_all(pair=only(Pairs((5,), (1,))))
def any_length_comes_back(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Of 5 numbers it makes 4: the length has to be told where it is odd."""
    yield holds(subject.there_and_back(pair.x).shape == pair.x.shape)


@refutation(fft_convolution_theorem, "NaN stays within the reach of the kernel.")
@for_all(pair=only(Pairs((8,), (2,))))
def nan_stays_within_reach(subject: Subject, pair: Pair) -> Iterator[Check]:
    """Every number of a transform depends on every number."""
    x = torch.cat((torch.full_like(pair.x[:, :1], float("nan")), pair.x[:, 1:]), -1)
    found = convolved(subject, pair._replace(x=x), pair.lengths)
    yield holds(np.isfinite(values(found)[:, pair.k.shape[-1] :]))


@claim(
    title="For some sizes convolution by transforms takes fewer multiplications than direct, for small kernels more",
    statement=r"3\cdot2N\log_2N+4N<nk\iff k\ge12\log_2n+21,\quad N=2^{\lceil\log_2(n+k-1)\rceil}",
    hypotheses="real multiplications of radix-2 transforms; n a power of 2 and k <= n (so k exists from n = 128 on); a "
    "count of operations, not a time",
    notes="Convolutional networks: convolution by Fourier transforms can be faster for some sizes",
    book="9.8",
    truth=TRUE,
    bound="exact: multiplications are counted by torch's FLOP counter; the convolutions themselves by BND-DOT, and in "
    "the 2-norm by ASNA Theorem 24.2",
)
@for_all(counted=counts())
def fft_convolution_cost_crossover(subject: Subject, counted: Counted) -> Iterator[Check]:
    """A radix-2 transform in real arithmetic and a transposed convolution are run under torch's FLOP counter.

    Both must be the convolution, and take as many products as the formulas say; which takes fewer is compared with
    the crossover. The counter is told to count elementwise products, of which it knows none by itself.
    """
    n, k = (t.shape[-1] for t in counted)
    (y, products), (z, direct) = subject.radix2_convolution(*counted), subject.direct_convolution(*counted)
    yield equal(np.array([float(products)]), float(reference.radix2_multiplications(n, k)), label="by transforms")
    yield equal(np.array([float(direct)]), float(reference.direct_multiplications(n, k)), label="direct")
    if n & n - 1 == 0:
        yield holds(np.array([(products < direct) == (k >= reference.crossover(n))]), label="the crossover")
    if n <= FEW:
        x, kernel = values(counted.x)[None], values(counted.k)[None]
        length, how = reference.radix2_length(n, k), subject.arithmetic("radix2_convolution")
        truth = reference.by_transforms(x, kernel, (length,), how)
        near = truth._replace(value=truth.value[:, : n + k - 1])
        yield within_norm(y[None], near, where=np.isfinite(truth.bound), label="radix-2 transforms")
        exact = reference.full_convolution(x, kernel, subject.arithmetic("direct_convolution"))
        yield within(z[None], exact, label="transposed convolution")


def multiplications(subject: Subject, counted: Counted) -> tuple[np.ndarray, np.ndarray]:
    """How many products are counted by transforms, and directly: (1,) each."""
    found = subject.radix2_convolution(*counted)[1], subject.direct_convolution(*counted)[1]
    return np.array([float(found[0])]), np.array([float(found[1])])


@refutation(fft_convolution_cost_crossover, "Transforms always take fewer multiplications.")
def transforms_always_take_fewer(subject: Subject, counted: Counted) -> Iterator[Check]:
    yield at_most(*multiplications(subject, counted))


@refutation(fft_convolution_cost_crossover, "Transforms never take fewer multiplications.")
@for_all(counted=only(Counts(7, 105), Counts(8, 256)))
def transforms_never_take_fewer(subject: Subject, counted: Counted) -> Iterator[Check]:
    """Of 128 numbers and a kernel of 105 they take 13 312, and 13 440 are taken directly."""
    by_transforms, direct = multiplications(subject, counted)
    yield at_most(direct, by_transforms)


@refutation(fft_convolution_cost_crossover, "For every n, transforms take fewer from some k up to n.")
@for_all(counted=only(Counts(7, 129, 1)))
def every_n_has_one_crossover(subject: Subject, counted: Counted) -> Iterator[Check]:
    """Of 129 numbers a kernel of 104 is better convolved by transforms, one of 129 directly: N doubles there."""
    x, k = counted
    (fewer, direct), (more, direct_too) = (multiplications(subject, Counted(x, kernel)) for kernel in (k[:104], k))
    yield holds((direct <= fewer) | (more < direct_too))


@refutation(fft_convolution_cost_crossover, r"6N\ln N+4N\text{ multiplications}")
def logarithms_are_natural(subject: Subject, counted: Counted) -> Iterator[Check]:
    """Of each of log2 N stages all N numbers take part."""
    n, k = (t.shape[-1] for t in counted)
    length = reference.radix2_length(n, k)
    by_transforms, _ = multiplications(subject, counted)
    yield within(by_transforms, Truth(np.array([6 * length * math.log(length) + 4 * length]), np.array([0.5])))


@refutation(fft_convolution_cost_crossover, "A longer kernel takes more multiplications by transforms.")
def longer_kernels_take_more(subject: Subject, counted: Counted) -> Iterator[Check]:
    """As many, up to the next power of 2."""
    x, k = counted
    if k.shape[-1] > 1:
        longer, shorter = (multiplications(subject, Counted(x, kernel))[0] for kernel in (k, k[1:]))
        yield holds(shorter < longer)


@refutation(fft_convolution_cost_crossover, "torch's FLOP counter counts what `torch.fft` computes.")
def the_counter_knows_transforms(subject: Subject, counted: Counted) -> Iterator[Check]:
    """It counts nothing for functions that it has no formula for."""
    yield holds(np.array([subject.counted_fft(*counted) > 0]))
