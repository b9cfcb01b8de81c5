"""Convolution as multiplication by a matrix, and convolutional layers as dense ones with tied weights."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values, within
from claims.convolution.accuracy import compared, convolved
from claims.frame.checks import Check
from claims.frame.inputs.convolution_matrices import matrix_convolutions, tied_convolutions, unfolded_convolutions
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import direct
from reference.convolution import matrix_form as reference
from reference.convolution.geometry import joined_places
from reference.truth import Truth

Float64 = NDArray[np.float64]
RULES = ("reverse", "forward")


def options_of(given: Convolution, *names: str) -> dict[str, object]:
    """These options of the call."""
    return {name: given.given.options[name] for name in names}


def jacobian(subject: Subject, given: Convolution, rule: str) -> Tensor:
    """The derivative by a rule, or the results of unit images: (batch, o P, c S)."""
    (_, c, *sizes), _, _, (_, o, *results) = given.given.shapes()
    rows, columns = o * math.prod(results), c * math.prod(sizes)
    if rule == "unit images":
        one = subject.tensor(np.broadcast_to(np.eye(columns), (len(given.x), columns, columns)))
        found = convolved(subject, given, x=one.reshape(len(one), columns, c, *sizes))
        return found.reshape(len(found), columns, rows).mT
    name = given.name("convolution_jacobian")
    options = options_of(given, "stride", "padding", "dilation", "groups", "mode")
    made: Tensor = getattr(subject, name)(given.x[:, :1], given.w, **options, rule=rule)
    return made.reshape(len(made), rows, columns)


def transposed(subject: Subject, given: Convolution, c: Tensor) -> Tensor:
    """The transposed convolution of c, with as much output padding as gives the sizes of the images."""
    how, extent = given.how, given.given.extent
    more = [n - m for n, m in zip(extent, how.transposed_sizes(given.given.results), strict=True)]
    options = options_of(given, "stride", "padding", "dilation", "groups", "form")
    made: Tensor = getattr(subject, given.name("transposed_convolution"))(
        c, given.w, None, **options, output_padding=tuple(more)
    )
    return made


@claim(
    title="Discrete convolution is multiplication by a banded Toeplitz matrix, its adjoint the transposed convolution",
    statement=r"\text{conv}(x,w)=T_wx,\ (T_w)_{ij}=w_{j-i};\quad\frac{\partial y}{\partial x}=T_w,\quad"
    r"\text{conv\_transpose}(y,w)=T_w^\top y",
    hypotheses="stride 1 for the Toeplitz form (in 2-d block by block, circulant with circular padding); any stride, "
    "dilation and groups for the matrix with repeated numbers",
    notes="Convolutional networks: convolution in place of general matrix multiplication",
    book="9.1; 9.5, eq. 9.11-9.13",
    formal="Matrix.circulant_mul_comm (circulant matrices)",
    truth=TRUE,
    bound="entries of the matrix exact; products with it by BND-DOT; inner products by the errors of what they have in "
    "them, and for transposed convolutions of half types tier 1",
)
@for_all(given=matrix_convolutions())
def convolution_toeplitz_matrix(subject: Subject, given: Convolution) -> Iterator[Check]:
    """The matrix from derivatives in both modes and from unit images is the exact one, bit for bit.

    So are its diagonals constant on each axis where the stride is 1, around the ends with circular padding. Products
    with it and with its transpose are the convolution and the transposed one; both sides of <Tx, c> = <x, T'c>.
    """
    x, w, c = values(given.x), values(given.w), values(given.c)
    how, sizes = given.how, given.given.extent
    t = reference.matrix(w, how, sizes)
    for rule in (*RULES, "unit images"):
        yield equal(jacobian(subject, given, rule), t, label=f"the matrix: {rule}")
    if set(how.stride) == {1}:
        yield from constant_diagonals(subject, given)
    matrix = subject.tensor(t)
    truth = direct.convolution(x, w, None, how, subject.arithmetic("matmul"))
    product = subject.matmul(matrix, given.x.flatten(2).mT).mT.reshape(given.c.shape)
    yield compared(product, truth, "T x")
    exact = direct.convolution(x, w, None, how, subject.arithmetic(given.name("convolution")))
    y = convolved(subject, given)
    yield compared(y, exact, "the convolution")
    adjoint = direct.transposed_convolution(c, w, None, how, sizes, subject.arithmetic("matmul"))
    product = subject.matmul(matrix.mT, given.c.flatten(2).mT).mT.reshape(given.x.shape)
    yield compared(product, adjoint, "T' c")
    if how.mode == "zeros":
        arithmetic = reference.tier_one(subject.arithmetic(given.name("transposed_convolution")))
        adjoint = direct.transposed_convolution(c, w, None, how, sizes, arithmetic)
        z = transposed(subject, given, given.c)
        yield compared(z, adjoint, "the transposed convolution")
        if z.shape == given.x.shape and y.shape == given.c.shape:
            left, right = ((values(a) * b).reshape(len(b), -1).sum(-1) for a, b in ((y, c), (z, x)))
            parts = (
                (np.abs(b) * (e.bound + 1e-15 * np.abs(e.value))).reshape(len(b), -1)
                for e, b in ((exact, c), (adjoint, x))
            )
            yield within(left, Truth(right, 2 * sum(p.sum(-1) for p in parts)), label="<Tx, c> = <x, T'c>")


def constant_diagonals(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Of the derivative, block by block: moving along an axis in the image and in the result changes nothing."""
    d, (_, c, *sizes), (_, o, *results) = len(given.how.kernel), given.given.shapes()[0], given.given.shapes()[3]
    t = values(jacobian(subject, given, "reverse")).reshape(-1, o, *results, c, *sizes)
    for axis in range(d):
        row, column = axis + 2, axis + 3 + d
        if given.how.mode == "circular" and sizes == results:
            yield equal(np.roll(t, (1, 1), (row, column)), t, label=f"axis {axis + 1}: circulant")
        elif given.how.mode == "zeros":
            before, after = (slice(None, -1), slice(1, None))
            moved = np.moveaxis(t, (row, column), (-2, -1))
            yield equal(moved[..., after, after], moved[..., before, before], label=f"axis {axis + 1}: Toeplitz")


PLAIN = only(Convolved(extent=(4,), kernel=(2,)))


@refutation(convolution_toeplitz_matrix, "The matrix has no zeros.")
@for_all(given=only(Convolved(1, extent=(4,), kernel=(2,), kind="positive")))
def matrices_have_no_zeros(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Only the band of the kernel is filled."""
    yield holds(values(jacobian(subject, given, "reverse")) != 0)


@refutation(convolution_toeplitz_matrix, "The transposed convolution is the inverse.")
@for_all(given=PLAIN)
def transposing_inverts(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It is the transpose: it goes back to the sizes, not to the numbers."""
    x = values(given.x)
    yield within(transposed(subject, given, convolved(subject, given)), Truth(x, np.full(x.shape, 0.5)))


def along_the_diagonals(t: Tensor) -> tuple[Float64, Float64]:
    """Entries of matrices and those after them on their diagonals."""
    return values(t)[:, :-1, :-1], values(t)[:, 1:, 1:]


@refutation(convolution_toeplitz_matrix, "The matrix is Toeplitz for stride 2.")
@for_all(given=only(Convolved(1, extent=(4,), kernel=(2,), stride=2)))
def stride_two_is_toeplitz(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Rows move on by two."""
    yield equal(*along_the_diagonals(jacobian(subject, given, "reverse")))


@refutation(convolution_toeplitz_matrix, "In 2-d the whole matrix is Toeplitz.")
@for_all(given=only(Convolved(1, extent=(3, 3), kernel=(2, 2))))
def images_have_toeplitz_matrices(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Its blocks are: from the end of a row of the image to the next one the kernel moves on by two."""
    yield equal(*along_the_diagonals(jacobian(subject, given, "reverse")))


@refutation(convolution_toeplitz_matrix, "The transposed convolution is the convolution with full padding.")
@for_all(given=only(Convolved(1, extent=(4,), kernel=(2,))))
def transposing_flips_nothing(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It is that with the flipped kernel."""
    padded = convolved(subject, given, x=given.c, padding=(1,))
    yield equal(padded, transposed(subject, given, given.c))


@claim(
    title="A convolutional layer is a product of matrices on unfolded patches",
    statement=r"\text{conv}(x,w)=\text{reshape}\big(w_{(o,CK)}\,\text{unfold}(x)\big);\quad"
    r"\text{fold}(\text{unfold}(x))_i=m_ix_i,\ m_i=\#\{\text{windows with }i\}",
    hypotheses="with groups the matrix of the kernels is block diagonal",
    notes="Convolutional networks: convolution in place of general matrix multiplication",
    book="9; 9.5",
    truth=TRUE,
    bound="patches are copies; products by BND-DOT, tier 2 in half types; folding by gamma_{m-1} m |x|, tier 1; none "
    "for integers with exact sums",
)
@for_all(given=unfolded_convolutions())
def convolution_as_matrix_multiplication_im2col(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Patches by F.unfold and by Tensor.unfold, over one to three axes, times the kernels as a matrix.

    All must be the exact convolution, as F.conv is. In 2-d the patches themselves are copies, as many of each number as
    windows have it, which F.fold adds up.
    """
    x, w, d = values(given.x), values(given.w), len(given.how.kernel)
    options = options_of(given, "stride", "padding", "dilation", "groups")
    name = given.name("unfolded_convolution")
    truth = direct.convolution(x, w, None, given.how, subject.arithmetic(name))
    for spelling in ("F.unfold", "Tensor.unfold")[d > 2 :]:
        found = getattr(subject, name)(given.x, given.w, **options, spelling=spelling)
        yield compared(found, truth, f"{spelling} and a product")
    exact = direct.convolution(x, w, None, given.how, subject.arithmetic(given.name("convolution")))
    yield compared(convolved(subject, given), exact, "convolution")
    first = np.zeros(x.shape)
    first.reshape(*first.shape[:3], math.prod(first.shape[3:]))[..., 0] = 1
    met = direct.magnitude(first, np.ones(w.shape), None, given.how) > 0
    hole = given.x + subject.tensor(np.where(first > 0, np.nan, 0.0))
    spoilt = getattr(subject, name)(hole, given.w, **options, spelling="Tensor.unfold")
    yield equal(np.isnan(values(spoilt)), met, label="the reach of NaN")
    if d == 2:
        unfolding = {"kernel": given.how.kernel, **options_of(given, "stride", "padding", "dilation")}
        patches = direct.patches(x, given.how)  # (batch, n, c, results, taps)
        copies = patches.swapaxes(-1, -2).reshape(*x.shape[:2], -1, patches.shape[-2])
        yield equal(subject.patches_of(given.x, **unfolding), copies, label="patches")
        folded = reference.folded(x, given.how, subject.arithmetic("folded_patches"))
        yield compared(subject.folded_patches(given.x, **unfolding), folded, "folded patches")


SQUARE = only(Convolved(1, extent=(3, 3), kernel=(2, 2)))


@refutation(convolution_as_matrix_multiplication_im2col, r"\text{fold}(\text{unfold}(x))=x")
@for_all(given=SQUARE)
def folding_undoes_unfolding(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Numbers come back as often as windows have them."""
    options = options_of(given, "stride", "padding", "dilation")
    yield equal(subject.folded_patches(given.x, kernel=given.how.kernel, **options), given.x)


@refutation(convolution_as_matrix_multiplication_im2col, "`F.unfold` takes signals of one axis, (n, c, l).")
@for_all(given=only(Convolved(2, 2, extent=(4,), kernel=(2,))))
def unfold_takes_signals(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It takes their examples for channels of one image."""
    one = {"kernel": (1, 2), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    found = subject.patches_of(given.x[:, None], **one)
    yield holds(tuple(found.shape[1:]) == (2, 4, 3))


@refutation(convolution_as_matrix_multiplication_im2col, "Products of matrices give the same bits as `F.conv2d`.")
@for_all(given=only(Convolved(2, 8, 3, 1, (5, 6), (3, 3), kind="normal")))
def both_give_the_same_bits(subject: Subject, given: Convolution) -> Iterator[Check]:
    """They add in another order."""
    options = options_of(given, "stride", "padding", "dilation", "groups")
    found = subject.unfolded_convolution2d(given.x, given.w, **options, spelling="F.unfold")
    yield equal(found, convolved(subject, given))


@refutation(convolution_as_matrix_multiplication_im2col, "Every number is in as many windows.")
@for_all(given=SQUARE)
def every_number_counts_as_much(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Those at the border are in fewer."""
    options = options_of(given, "stride", "padding", "dilation")
    found = subject.folded_patches(torch.ones_like(given.x), kernel=given.how.kernel, **options)
    yield equal(found, np.full(given.x.shape, 4.0))


def places_of(given: Convolution) -> Tensor:
    """Which place each tap of each result meets, -1 for none: (results, taps)."""
    return torch.from_numpy(joined_places(given.how, given.given.extent).copy()).to(given.x.device)


def expanded(subject: Subject, given: Convolution, w: Tensor) -> Tensor:
    """The dense matrix (batch, o P, c S) with the kernels w at all their places."""
    size, groups = math.prod(given.given.extent), given.given.groups
    made: Tensor = getattr(subject, given.name("tied_matrix"))(w, places_of(given), size, groups)
    return made


@claim(
    title="A convolutional layer is a dense layer with tied and zero weights, its gradient the sum over tied positions",
    statement=r"\text{conv}_w(x)=A(w)x,\ A(w)_{ij}=w_{j-i}\mathbf 1[0\le j-i<k];\quad"
    r"\nabla_wL=\mathcal A^*(\nabla_AL)=\Big(\sum_i(\nabla_AL)_{i,i+m}\Big)_m",
    hypotheses="stride and padding fixed",
    notes="Convolutional networks: an infinitely strong prior, weights shared and zero outside the receptive field",
    book="9.4",
    truth=TRUE,
    bound="the matrix exact; results by BND-DOT; gradients by gamma_{NM} sum |c||x| over N examples and M positions, "
    "tier 1 in half types; none for integers with exact sums",
)
@for_all(given=tied_convolutions())
def conv_is_constrained_dense_layer(subject: Subject, given: Convolution) -> Iterator[Check]:
    """The dense matrix made of the kernels, what it computes, and its gradients, against the exact ones.

    By reverse mode through the convolution, and through the dense layer to the kernels; through the dense layer to its
    matrix, and from there by adding up what belongs to one number of a kernel.
    """
    x, w, c = values(given.x), values(given.w), values(given.c)
    how = given.how
    t = reference.matrix(w, how, given.given.extent)
    yield equal(expanded(subject, given, given.w), t, label="the dense matrix")
    leaf = given.w.clone().requires_grad_()
    rows, cotangents = given.x.flatten(2), given.c.flatten(2)
    y = getattr(subject, given.name("tied_layer"))(given.x, leaf, places_of(given), how.groups)
    truth = direct.convolution(x, w, None, how, subject.arithmetic("linear"))
    yield compared(y.reshape(given.c.shape), truth, "the dense layer")
    stored = reference.tier_one(subject.arithmetic("linear"))
    gradient = direct.weight_gradient(x, c, how, stored)
    yield compared(subject.gradient(y, leaf, cotangents), gradient, "gradient through the dense layer")
    y = convolved(subject, given, w=leaf)
    yield compared(subject.gradient(y, leaf, given.c), gradient, "gradient of the convolution")
    matrix = subject.tensor(t).requires_grad_()
    whole = subject.gradient(subject.linear(rows, matrix), matrix, cotangents)
    yield compared(
        whole, reference.outer_sums(values(rows), values(cotangents), stored), "gradient of the dense matrix"
    )
    shape = given.w.shape[1], given.w.shape[2], given.given.groups
    summed = subject.summed_over_ties(whole, places_of(given), *shape).reshape(given.w.shape)
    more = 2 * subject.format.u * direct.weight_gradient(np.abs(x), np.abs(c), how, stored).value
    sums = Truth(gradient.value, np.where(gradient.bound == 0, 0.0, gradient.bound + more))
    yield compared(summed, sums, "the sum over tied positions")


@refutation(conv_is_constrained_dense_layer, "It has as many parameters as the dense layer.")
@for_all(given=PLAIN)
def parameters_are_as_many(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Two numbers are repeated along diagonals of a matrix of twelve."""
    yield holds(given.w[0].numel() == expanded(subject, given, given.w)[0].numel())


@refutation(conv_is_constrained_dense_layer, "Its gradient is the mean over tied positions.")
@for_all(given=PLAIN)
def gradients_are_means(subject: Subject, given: Convolution) -> Iterator[Check]:
    """It is their sum: each position adds its own."""
    leaf = given.w.clone().requires_grad_()
    gradient = values(subject.gradient(convolved(subject, given, w=leaf), leaf, given.c))
    exact = direct.weight_gradient(values(given.x), values(given.c), given.how, subject.arithmetic("matmul")).value
    positions = math.prod(given.given.results)
    yield within(gradient, Truth(exact / positions, np.full(exact.shape, 0.25)))


@refutation(conv_is_constrained_dense_layer, "Its gradient is that of the first position.")
@for_all(given=PLAIN)
def the_first_position_is_enough(subject: Subject, given: Convolution) -> Iterator[Check]:
    """All positions with the same number move it."""
    leaf = given.w.clone().requires_grad_()
    gradient = subject.gradient(convolved(subject, given, w=leaf), leaf, given.c)
    alone = torch.cat((given.c[..., :1], torch.zeros_like(given.c[..., 1:])), -1)
    yield equal(subject.gradient(convolved(subject, given, w=leaf), leaf, alone), gradient)


@refutation(conv_is_constrained_dense_layer, "A step along the gradient of the dense layer keeps it a convolution.")
@for_all(given=PLAIN)
def steps_of_the_dense_layer_stay_tied(subject: Subject, given: Convolution) -> Iterator[Check]:
    """That gradient differs from position to position, and fills the zeros."""
    matrix = expanded(subject, given, given.w).clone().requires_grad_()
    y = subject.linear(given.x.flatten(2), matrix)
    yield equal(*along_the_diagonals(subject.gradient(y, matrix, given.c.flatten(2))))


@refutation(conv_is_constrained_dense_layer, "They agree for infinite numbers, too.")
@for_all(given=PLAIN)
def infinite_numbers_stay_local(subject: Subject, given: Convolution) -> Iterator[Check]:
    """The zeros of the dense matrix make NaN of them, everywhere."""
    infinite = torch.cat((torch.full_like(given.x[..., :1], math.inf), given.x[..., 1:]), -1)
    y = subject.matmul(infinite.flatten(2), expanded(subject, given, given.w).mT).reshape(given.c.shape)
    yield equal(y, convolved(subject, given, x=infinite))
