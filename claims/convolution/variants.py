"""Convolution without shared kernels: locally connected layers, and tiles of kernels in turn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from claims import TRUE, claim, equal, for_all, holds, refutation, values
from claims.convolution.accuracy import compared
from claims.frame.checks import Check
from claims.frame.inputs.convolution_variants import Local, Unshared, locally_connected, tiled
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import direct
from reference.convolution import variants as reference
from reference.truth import Truth

SPELLINGS = ("bmm", "windows", "unfold", "groups")
TILED = ("gathered", "interleaved")
BOUND = "BND-DOT for C_i prod k products (ASNA (3.5)), exact for integers"


def local(subject: Subject, given: Unshared, name: str, *, x: Tensor | None = None, w: Tensor | None = None) -> Tensor:
    """The results of a locally connected layer."""
    layer = getattr(subject, given.name("locally_connected"))
    z: Tensor = layer(given.x if x is None else x, given.w if w is None else w, stride=given.how.stride, name=name)
    return z


def in_turn(subject: Subject, given: Unshared, name: str, x: Tensor) -> Tensor:
    """The results of a tiled convolution."""
    z: Tensor = getattr(subject, given.name("tiled_convolution"))(x, given.w, name=name)
    return z


def convolved(subject: Subject, given: Unshared, w: Tensor) -> Tensor:
    """The results of torch's convolution with one kernel (batch, o, c, *kernel)."""
    axes = len(given.how.kernel)
    options = {"stride": given.how.stride, "padding": (0,) * axes, "dilation": (1,) * axes, "groups": 1}
    y: Tensor = getattr(subject, given.name("convolution"))(given.x, w, None, **options, mode="zeros", form="")
    return y


@claim(
    title="A locally connected layer is a convolution with a kernel of its own at each place: with equal kernels it is "
    "one, and it has as many times the parameters as there are places",
    statement=r"Z_{i,j,k}=\sum_{l,m,n}V_{l,js+m,ks+n}\,w_{i,j,k,l,m,n};\qquad w_{i,j,k,\cdot}=K_i\ \forall j,k\ "
    r"\Rightarrow\ Z=\operatorname{conv}(V,K);\qquad\#w=\prod n_{out}\cdot C_oC_i\prod k",
    hypotheses="no padding, stride s; it is not equivariant to translation, unless its kernels are equal",
    notes="Convolutional networks: locally connected layers",
    book="9.5, eq. 9.9, fig. 9.14",
    truth=TRUE,
    bound=f"{BOUND}; gradients as if half types stored products and partial sums, where torch may do so",
)
@for_all(given=locally_connected())
def locally_connected_layer(subject: Subject, given: Unshared) -> Iterator[Check]:
    """Patches of images times kernels, in four spellings, one of them a convolution in groups; gradients by kernels and
    by images; equal kernels against torch's convolution and its truth. Parameters are counted.
    """
    x, w, how = values(given.x), values(given.w), given.how
    arithmetic = subject.arithmetic(given.name("locally_connected"))
    one = reference.one_format(arithmetic)
    truth = reference.locally_connected(x, w, how, arithmetic)
    results = truth.value.shape[3:]
    c = values(given.c)
    by_kernels = {
        False: reference.kernel_gradient(x, c, how, arithmetic),
        True: reference.kernel_gradient(x, c, how, one),
    }
    by_images = reference.image_gradient(w, c, how, x.shape[3:], one)
    for spelling in SPELLINGS:
        leaves = [t.clone().requires_grad_() for t in (given.x, given.w)]
        z = local(subject, given, spelling, x=leaves[0], w=leaves[1])
        yield compared(z.detach(), truth, spelling)
        stores = spelling in {"windows", "groups"}  # an einsum over one index multiplies, and sums what is stored
        yield compared(subject.gradient(z, leaves[1], given.c), by_kernels[stores], f"{spelling}: kernels' gradient")
        yield compared(subject.gradient(z, leaves[0], given.c), by_images, f"{spelling}: images' gradient")
    first = (slice(None), *(0,) * len(results))
    kernel = w[first]
    expected = direct.convolution(x, kernel, None, how, arithmetic)
    equal_kernels = subject.tensor(reference.shared(kernel, results))
    for spelling in SPELLINGS:
        yield compared(local(subject, given, spelling, w=equal_kernels), expected, f"{spelling}, equal kernels")
    yield compared(convolved(subject, given, subject.tensor(kernel)), expected, "convolution")
    count, of_convolution = (subject.parameter_count([t]) for t in (given.w[0], subject.tensor(kernel[0])))
    yield equal(count, math.prod(results) * of_convolution, label="parameters")


ROWS = only(Local(1, 1, 1, (6,), (2,)), Local(1, 2, 1, (5,), (3,)))


@refutation(locally_connected_layer, "It is equivariant to translation.")
@for_all(given=ROWS)
def local_layers_are_equivariant(subject: Subject, given: Unshared) -> Iterator[Check]:
    """A pattern that moves meets another kernel."""
    n = given.x.shape[-1]
    shorter = given._replace(x=given.x[..., : n - 1], w=given.w[:, :-1])
    moved = shorter._replace(x=given.x[..., 1:])
    yield equal(local(subject, moved, "bmm")[..., :-1], local(subject, shorter, "bmm")[..., 1:])


@refutation(locally_connected_layer, "It has fewer parameters than a dense layer.")
@for_all(given=only(Local(1, 2, 2, (3,), (3,))))
def fewer_parameters_than_dense(subject: Subject, given: Unshared) -> Iterator[Check]:
    """A kernel as large as the image is a dense layer."""
    count = subject.parameter_count([given.w[0]])
    yield holds(count < given.x[0, 0].numel() * given.c[0, 0].numel())


@refutation(locally_connected_layer, "The number of its parameters does not depend on the size of the images.")
@for_all(given=ROWS)
def parameters_do_not_grow_with_images(subject: Subject, given: Unshared) -> Iterator[Check]:
    """There is a kernel for every place."""
    count, of_shorter = (subject.parameter_count([w]) for w in (given.w[0], given.w[0, :-1].clone()))
    yield equal(count, of_shorter)


@refutation(locally_connected_layer, "The mean of its kernels does as well in a convolution.")
@for_all(given=ROWS)
def the_mean_kernel_does_as_well(subject: Subject, given: Unshared) -> Iterator[Check]:
    """It is another function."""
    truth = reference.locally_connected(
        values(given.x), values(given.w), given.how, subject.arithmetic(given.name("convolution"))
    )
    yield compared(convolved(subject, given, given.w.mean(1)), truth)


@claim(
    title="Tiled convolution takes kernels in turn: it has t^D times the parameters of convolution, is convolution for "
    "t = 1, locally connected for as many tiles as places, and equivariant to shifts by t",
    statement=r"Z_{i,j,k}=\sum_{l,m,n}V_{l,j+m,k+n}\,K_{i,l,m,n,\,j\bmod t,\,k\bmod t};\qquad\#K=t^D\cdot C_oC_i"
    r"\prod k;\qquad Z(\tau_tV)=\tau_tZ(V)",
    hypotheses="t kernels along each of D axes, or t_1, ..., t_D, in turn; stride 1, no padding",
    notes="Convolutional networks: tiled convolution",
    book="9.5, eq. 9.10, fig. 9.16",
    truth=TRUE,
    bound=BOUND,
)
@for_all(given=tiled())
def tiled_convolution(subject: Subject, given: Unshared) -> Iterator[Check]:
    """All kernels at once, of which every place picks one; strided convolutions of each kernel, interleaved; and a
    locally connected layer with repeated kernels. Images without their first t places have the same results, without
    their first t. One tile is a convolution. Parameters are counted.
    """
    x, w, how = values(given.x), values(given.w), given.how
    results, axes = how.sizes(x.shape[3:]), len(how.kernel)
    arithmetic = subject.arithmetic(given.name("tiled_convolution"))
    every = reference.repeated_tiles(w, results)
    truth = reference.locally_connected(x, every, how, arithmetic)
    for spelling in TILED:
        yield compared(in_turn(subject, given, spelling, given.x), truth, spelling)
        for axis, (t, n) in enumerate(zip(given.tiles, results, strict=True)):
            if t < n:
                cut: Any = (..., slice(t, None), *(slice(None),) * (axes - 1 - axis))
                later = Truth(truth.value[cut], truth.bound[cut])
                yield compared(in_turn(subject, given, spelling, given.x[cut]), later, f"{spelling}, shifted")
    yield compared(local(subject, given, "bmm", w=subject.tensor(every)), truth, "locally connected, repeated kernels")
    first = subject.tensor(w[(slice(None), *(0,) * axes)])
    if max(given.tiles) == 1:
        yield compared(convolved(subject, given, first), truth, "convolution, one tile")
    count, of_convolution = (subject.parameter_count([t]) for t in (given.w[0], first[0]))
    yield equal(count, math.prod(given.tiles) * of_convolution, label="parameters")


TWO = only(Local(1, 1, 1, (7,), (2,), (1,), (2,)))


@refutation(tiled_convolution, "The number of its parameters grows with the images.")
@for_all(given=TWO)
def parameters_grow_with_images(subject: Subject, given: Unshared) -> Iterator[Check]:
    """There is a kernel for each tile, whatever the image."""
    count, of_places = (subject.parameter_count([t]) for t in (given.w[0], given.c[0]))
    yield equal(count, of_places * given.how.kernel[0])


@refutation(tiled_convolution, "It is equivariant to shifts by one place.")
@for_all(given=TWO)
def equivariant_to_every_shift(subject: Subject, given: Unshared) -> Iterator[Check]:
    """The other kernel's turn comes."""
    z = in_turn(subject, given, "gathered", given.x)
    yield equal(in_turn(subject, given, "gathered", given.x[..., 1:]), z[..., 1:])


@refutation(tiled_convolution, "The number of places must be a multiple of the tiles.")
@for_all(given=TWO)
def tiles_divide_the_places(subject: Subject, given: Unshared) -> Iterator[Check]:
    """The last turn may be cut off."""
    yield holds(in_turn(subject, given, "gathered", given.x[..., :4]).shape[-1] % given.tiles[0] == 0)


@refutation(tiled_convolution, "On images it has t times the parameters.")
@for_all(given=only(Local(1, 1, 1, (4, 4), (2, 2), (1, 1), (2, 2))))
def as_many_kernels_as_tiles_along_an_axis(subject: Subject, given: Unshared) -> Iterator[Check]:
    """It has t for each axis, t^D in all."""
    count = subject.parameter_count([given.w[0]])
    yield equal(count, given.tiles[0] * math.prod(given.how.kernel))
