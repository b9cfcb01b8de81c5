"""Translation: convolutions commute with shifts of images, and linear maps that do are convolutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from claims import UNDER_HYPOTHESES, claim, equal, for_all, refutation, values, within
from claims.convolution.accuracy import compared, convolved, exact
from claims.frame.checks import Check
from claims.frame.inputs.convolutions import Convolution
from claims.frame.inputs.equivariance import Map, Shifted, shifted, square_maps
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import direct
from reference.convolution import equivariance as reference
from reference.convolution.geometry import geometry
from reference.truth import Truth


def rolled(subject: Subject, x: Tensor, shifts: Sequence[int]) -> Tensor:
    """The last axes rolled, one shift for each."""
    moved: Tensor = subject.rolled(x, list(shifts), list(range(-len(shifts), 0)))
    return moved


def on_a_circle(subject: Subject, a: Tensor, x: Tensor) -> tuple[Tensor, Truth]:
    """The circular convolution of vectors by the kernel of a circulant, with its truth."""
    kernel, vector = reference.kernel_of(values(a))[:, None, None], values(x)[:, None, None]
    options = {"stride": (1,), "padding": "same", "dilation": (1,), "groups": 1, "mode": "circular", "form": ""}
    y = subject.convolution1d(subject.tensor(vector), subject.tensor(kernel), None, **options)
    how = geometry(kernel.shape[-1:], padding="same", mode="circular")
    truth = direct.convolution(vector, kernel, None, how, subject.arithmetic("convolution1d"))
    return y[:, 0, 0], Truth(truth.value[:, 0, 0], truth.bound[:, 0, 0])


@claim(
    title="Convolution commutes with translation, and a linear map that does is a convolution",
    statement=r"\tau_s(k\star x)=k\star\tau_sx\ \text{(circular)};\qquad A\tau=\tau A\iff A\text{ is circulant};\qquad"
    r"\text{stride }r:\ \tau_s(k\star_rx)=k\star_r\tau_{rs}x",
    hypotheses="circular padding; with zeros results whose windows meet neither padding nor the seam; strides that "
    "divide the size, and shifts by multiples of the stride",
    notes="Convolutional networks: an infinitely strong prior, equivariance to translation",
    book="9.2; 9.4",
    truth=UNDER_HYPOTHESES,
    correction="Not at the border with zero padding, not to shifts by less than a stride, not to rotations.",
    bound="of conv-forward-rounding-bound, shifted; exact for integers and for matrices",
)
@for_all(given=shifted(), map=square_maps())
def convolution_translation_equivariance(subject: Subject, given: Convolution, map: Map) -> Iterator[Check]:  # noqa: A002
    """Images and results rolled along one to three axes, forth and back and more than once around, for functions and
    layers, against the shifted truth. Matrices times a shift and a shift times matrices, which are equal just for
    circulants, whose products are circular convolutions; summed over all shifts every matrix is one.
    """
    regime, truth = given.given, exact(subject, given)
    assert isinstance(regime, Shifted)  # noqa: S101  the regimes of this claim
    for operation in ("convolution", "convolution_layer"):
        y = convolved(subject, given, operation)
        yield compared(y, truth, operation)
        for shift in regime.shifts if operation == "convolution" else regime.shifts[-1:]:
            by = [s * r for s, r in zip(shift, given.how.stride, strict=True)]
            expected = reference.shifted(truth, shift)
            moved = convolved(subject, given, operation, x=rolled(subject, given.x, by))
            name = f"{operation} of images shifted by {tuple(by)}"
            if regime.mode == "zeros":
                inside = reference.inside(given.how, regime.extent, by)
                moved = subject.tensor(np.where(inside, values(moved), 0.0))
                expected = Truth(*(np.where(inside, t, 0.0) for t in expected))
            yield compared(moved, expected, name)
            axes = tuple(range(-len(shift), 0))
            yield equal(rolled(subject, y, shift), np.roll(values(y), shift, axes), label="results shifted")
    yield from linear_maps(subject, map)


def linear_maps(subject: Subject, map: Map) -> Iterator[Check]:  # noqa: A002
    """Matrices that commute with shifts, and those that do not."""
    n = map.a.shape[-1]
    shift = subject.tensor(np.broadcast_to(np.roll(np.eye(n), 1, 0), map.a.shape))
    summed = subject.shift_sum(map.a)
    yield equal(summed, reference.averaged(values(map.a)), label="summed over shifts")
    for a, name in ((map.a, "matrix"), (summed, "matrix summed over shifts")):
        circulant = reference.is_circulant(values(a))
        left, right = values(subject.matmul(a, shift)), values(subject.matmul(shift, a))
        yield equal((left == right).all((-2, -1)), circulant, label=f"{name} commutes if circulant only")
        y, truth = on_a_circle(subject, a, map.x)
        product = subject.matmul(a, map.x[..., None])[..., 0]
        yield within(y, truth, where=circulant, label=f"{name}: convolution")
        yield within(product, truth, where=circulant, label=f"{name}: product")


BORDER = only(Shifted(1, 1, 1, 1, (6,), (3,), kind="positive"))


@refutation(convolution_translation_equivariance, "With zero padding it holds at the border, too.")
@for_all(given=BORDER)
def zero_padding_is_equivariant(subject: Subject, given: Convolution) -> Iterator[Check]:
    """What was at the border is inside, where it has two neighbours."""
    moved = convolved(subject, given, x=rolled(subject, given.x, (1,)))
    yield compared(moved, reference.shifted(exact(subject, given), (1,)))


@refutation(convolution_translation_equivariance, "With stride 2 a shift by one shifts the results.")
@for_all(given=only(Shifted(1, 1, 1, 1, (6,), (3,), (2,), (1,), mode="circular", kind="positive")))
def strides_keep_every_shift(subject: Subject, given: Convolution) -> Iterator[Check]:
    """By one, two or none: there are three results."""
    y, moved = (convolved(subject, given, x=x) for x in (given.x, rolled(subject, given.x, (1,))))
    yield equal(np.min([np.abs(values(moved) - np.roll(values(y), s, -1)).max() for s in range(3)]), 0.0)


@refutation(convolution_translation_equivariance, "It commutes with rotations.")
@for_all(given=only(Shifted(1, 1, 1, 1, (4, 4), (3, 3), mode="circular", shifts=((1, 0),), kind="normal")))
def convolution_commutes_with_rotations(subject: Subject, given: Convolution) -> Iterator[Check]:
    """If the kernel is rotated, too."""
    turned = convolved(subject, given, x=subject.rotated(given.x, 1, [-2, -1]))
    yield compared(turned, Truth(*(np.rot90(t, 1, (-2, -1)) for t in exact(subject, given))))


@refutation(convolution_translation_equivariance, r"A\tau=\tau A\text{ for every Toeplitz matrix}")
@for_all(map=square_maps())
def toeplitz_matrices_commute_with_shifts(subject: Subject, map: Map) -> Iterator[Check]:  # noqa: A002
    """Only if its diagonals meet around the corner."""
    n = map.a.shape[-1]
    toeplitz = subject.tensor(np.tril(np.ones(map.a.shape)))
    shift = subject.tensor(np.broadcast_to(np.roll(np.eye(n), 1, 0), map.a.shape))
    yield equal(subject.matmul(toeplitz, shift), subject.matmul(shift, toeplitz))


@refutation(
    convolution_translation_equivariance, "A shift changes no bit of float64 results.", dtypes=("float64", "float32")
)
@for_all(given=only(Shifted(17, 33, 5, 1, (31,), (5,), mode="circular", kind="scales", shifts=((3,),))))
def shifts_change_no_bit(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Sums are added in another order."""
    y = values(convolved(subject, given))
    moved = values(convolved(subject, given, "convolution_layer", x=rolled(subject, given.x, (3,))))
    yield equal(np.roll(moved, -3, -1), y)
