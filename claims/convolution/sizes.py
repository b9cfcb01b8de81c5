"""Widths of kernels and padding: sizes of results, numbers of parameters, and what convolutions cost."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from torch import Tensor

from claims import FALSE_AS_STATED, TRUE, UNDER_HYPOTHESES, at_most, claim, equal, for_all, holds, refutation, values
from claims.convolution.accuracy import compared, convolved, exact
from claims.frame.checks import Check
from claims.frame.inputs.convolution_sizes import (
    Counted,
    Unpadded,
    Widened,
    Widths,
    padded_convolutions,
    unpadded,
    widened,
    widths,
)
from claims.frame.inputs.convolutions import Convolution, Convolved
from claims.frame.inputs.spectra import only
from claims.frame.subject import Subject
from reference.convolution import sizes as reference
from reference.truth import Truth

TABLE = "Practical methodology: hyperparameters and capacity"


def wider(subject: Subject, given: Convolution) -> Convolution:
    """The same images with the wider kernel, zeros around the narrow one."""
    regime = given.given
    assert isinstance(regime, Widened)  # noqa: S101  the regimes of this claim
    ends = [reference.extension(k, w) for k, w in zip(regime.kernel, regime.wide, strict=True)]
    w = subject.widened(given.w, [zeros for pair in reversed(ends) for zeros in pair])
    narrowed = dataclasses.replace(regime, kernel=regime.wide, more=(0,) * len(regime.more))
    return given._replace(w=w, given=narrowed)


def storage(subject: Subject, regime: Convolved, kernel: Sequence[int]) -> tuple[int, int]:
    """Numbers and bytes of torch's layer with that kernel."""
    sizes = regime.channels * regime.groups, regime.filters * regime.groups, tuple(kernel)
    options = {"dtype": subject.torch_dtype, "device": subject.device}
    found = subject.layer_storage(f"Conv{len(kernel)}d", (*sizes, 1, 0, 1, regime.groups, regime.bias), **options)
    return sum(numbers for numbers, _ in found), sum(size for _, size in found)


@claim(
    title="A wider kernel has more parameters and a narrower output, unless zero padding keeps the size; then what a "
    "narrower kernel computes is among what it computes",
    statement=r"\#w=\tfrac{C_oC_i}g\prod k;\quad n_{out}=n-k+1\text{ (valid)},\ n\text{ (same)};\qquad k\le k':\ "
    r"w\star x=w'\star x,\ w'=(0_{a},w,0_{b}),\ a=\lfloor\tfrac{k'-1}2\rfloor-\lfloor\tfrac{k-1}2\rfloor,\ a+b=k'-k",
    hypotheses="stride 1, no dilation; the second with padding that keeps the sizes",
    notes=f"{TABLE}: convolution kernel width",
    book="11.4, table 11.1",
    truth=UNDER_HYPOTHESES,
    correction="Without padding the results of kernels of different widths have different sizes, so that neither class "
    "of functions contains the other.",
    bound="exact counts; results by BND-DOT for the products of the narrow kernel (zeros round nothing), exact for "
    "integers",
)
@for_all(given=widened())
def kernel_width_parameters_and_output_size(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Parameters as torch's layers make them, in numbers and bytes; sizes of what functions and layers return, without
    padding and with `same`; and a kernel with zeros around it, which must do what it does without them.
    """
    regime, wide = given.given, wider(subject, given)
    counts = []
    for kernel, name in ((regime.kernel, "narrow"), (wide.given.kernel, "wide")):
        numbers, size = storage(subject, regime, kernel)
        sizes = regime.channels * regime.groups, regime.filters * regime.groups, kernel, regime.groups
        count = reference.parameters(*sizes, bias=regime.bias)
        counts.append(numbers)
        yield equal(numbers, count, label=f"parameters of the {name} kernel")
        yield equal(size, count * given.x.element_size(), label=f"bytes of the {name} kernel")
        one = given if name == "narrow" else wide
        for padding, less in (("valid", 1), ("same", 0)):
            expected = [n - less * (k - 1) for n, k in zip(regime.extent, kernel, strict=True)]
            for operation in ("convolution", "convolution_layer"):
                y = convolved(subject, one, operation, padding=padding)
                yield equal(np.array([y.shape[3:]]), np.array([expected]), label=f"{padding}, {name}: {operation}")
    yield holds((counts[1] > counts[0]) == (wide.given.kernel != regime.kernel), label="more parameters if wider")
    truth = Truth(exact(subject, given).value, exact(subject, wide).bound)
    for operation in ("convolution", "convolution_layer"):
        yield compared(convolved(subject, wide, operation), truth, f"zeros around the kernel: {operation}")


ODD = only(Widened(1, 1, 1, 1, (6,), (3,), more=(2,)), Widened(2, 2, 1, 1, (5, 4), (1, 3), more=(2, 0)))


@refutation(kernel_width_parameters_and_output_size, r"n_{out}=n\text{ for padding }\lfloor k/2\rfloor")
@for_all(given=only(Widened(1, 1, 1, 1, (6,), (2,), more=(2,))))
def half_of_a_kernel_keeps_the_size(subject: Subject, given: Convolution) -> Iterator[Check]:
    """For even kernels it is n + 1."""
    y = convolved(subject, given, padding=[k // 2 for k in given.how.kernel])
    yield equal(np.array([y.shape[3:]]), np.array([given.given.extent]))


@refutation(kernel_width_parameters_and_output_size, "Without padding the narrow kernel is contained in the wide one.")
@for_all(given=ODD)
def kernels_nest_without_padding(subject: Subject, given: Convolution) -> Iterator[Check]:
    """The results have other sizes."""
    narrow, wide = (convolved(subject, g, padding="valid") for g in (given, wider(subject, given)))
    yield equal(np.array([wide.shape]), np.array([narrow.shape]))


@refutation(kernel_width_parameters_and_output_size, "A wider kernel needs more memory for its results.")
@for_all(given=ODD)
def results_grow_with_the_kernel(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Without padding less, with padding the same."""
    narrow, wide = (convolved(subject, g, padding="valid") for g in (given, wider(subject, given)))
    yield at_most(*(subject.parameter_count([y]) for y in (narrow, wide)))


@refutation(kernel_width_parameters_and_output_size, "The zero that widens a kernel by one goes behind it.")
@for_all(given=only(Widened(1, 1, 1, 1, (6,), (2,), more=(1,), kind="normal")))
def zeros_go_behind(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Of an even kernel it goes before: what `same` pads more is behind."""
    odd = wider(subject, given).given
    behind = given._replace(w=subject.widened(given.w, [0, 1]), given=odd)
    yield compared(convolved(subject, behind), exact(subject, given))


def counted(subject: Subject, given: Counted, padding: str) -> tuple[list[int], list[int]]:
    """Operations as torch counts them for kernels of every width, and the sums of what ones give with ones."""
    c, o = given.channels * given.groups, given.filters * given.groups
    x = subject.tensor(np.ones((given.images, c, *given.extent)))
    kernels = [
        subject.tensor(np.ones((o, given.channels, *(k,) * len(given.extent)))) for k in range(1, given.extent[0] + 1)
    ]
    options = {"stride": (1,) * len(given.extent), "dilation": (1,) * len(given.extent), "groups": given.groups}
    convolve = getattr(subject, f"convolution{len(given.extent)}d")
    ones = [values(convolve(x, w, None, padding=padding, mode="zeros", form="", **options)).sum() for w in kernels]
    return subject.convolution_operations(x, kernels, padding, given.groups, backward=given.backward), ones


@claim(
    title="A wider kernel takes more operations as long as it is at most half as wide as its input, and longer with "
    "padding only",
    statement=r"\text{valid: }M(k)=\big(k(n-k+1)\big)^D,\ M(k)\ge M(k-1)\iff k\le\tfrac n2+1;\qquad\text{same: }M(k)="
    r"(kn)^D",
    hypotheses="stride 1; multiplications of a direct kernel, for each image, filter and channel of a group, those "
    "with zeros of the padding included; n places along each of D axes",
    notes=f"{TABLE}: convolution kernel width (caveats)",
    book="11.4, table 11.1",
    truth=FALSE_AS_STATED,
    correction="Without padding the operations fall again beyond half of the input, to those of a kernel of width 1. "
    "Backward takes twice as many.",
    bound="exact: integers",
)
@for_all(given=widths())
def wider_kernel_increases_runtime(subject: Subject, given: Counted) -> Iterator[Check]:
    """Kernels of every width, counted by torch's counter, forward or backward, and by the results of ones: a sum of
    ones is the number of products, without those with padding. Both rise and fall as stated.
    """
    n, axes = given.extent[0], len(given.extent)
    ks = np.arange(1, n + 1)
    channels = given.channels * given.groups, given.filters * given.groups, given.groups
    for padding, results in (("valid", n - ks + 1), ("same", np.full(n, n))):
        found, ones = counted(subject, given, padding)
        shapes = zip(ks, results, strict=True)
        products = [
            reference.multiplications(given.images, *channels, (int(k),) * axes, (int(p),) * axes) for k, p in shapes
        ]
        factor = 4 if given.backward else 2
        yield equal(np.array(found), factor * np.array(products), label=f"{padding}: torch's count")
        met = [
            given.images * channels[1] * given.channels * reference.met((int(k),) * axes, padding, given.extent)
            for k in ks
        ]
        yield equal(np.array(ones), np.array(met), label=f"{padding}: results of ones")
        grows = np.diff(np.array(found)) >= 0
        expected = ks[1:] <= n / 2 + 1 if padding == "valid" else np.ones(n - 1, bool)
        yield equal(grows, expected, label=f"{padding}: more operations for a wider kernel")


EIGHT = only(Widths(8))


@refutation(wider_kernel_increases_runtime, "Without padding, too, wider kernels take more operations.")
@for_all(given=EIGHT)
def operations_always_grow(subject: Subject, given: Counted) -> Iterator[Check]:
    """Of 8 places they take 8, 14, 18, 20, 20, 18, 14 and 8 multiplications."""
    found, _ = counted(subject, given, "valid")
    yield at_most(found[:-1], found[1:])


@refutation(wider_kernel_increases_runtime, r"M(k)=kn\text{ without padding}")
@for_all(given=EIGHT)
def every_input_is_a_result(subject: Subject, given: Counted) -> Iterator[Check]:
    """There are n - k + 1 results."""
    found, _ = counted(subject, given, "valid")
    yield equal(found, [2 * k * 8 for k in range(1, 9)])


@refutation(wider_kernel_increases_runtime, "Operations of images grow with the width, not with its square.")
@for_all(given=only(Widths(6, 2)))
def operations_of_images_grow_linearly(subject: Subject, given: Counted) -> Iterator[Check]:
    """A kernel has a width squared numbers."""
    found, _ = counted(subject, given, "same")
    yield equal(found, [found[0] * k for k in range(1, 7)])


@claim(
    title="Implicit zero padding keeps results large, at a higher cost, and is what explicit zeros do; without it the "
    "depth is bounded",
    statement=r"n_{out}=\Big\lfloor\frac{n+2p-d(k-1)-1}s\Big\rfloor+1;\quad w\star_px=w\star_0\operatorname{pad}_p(x);"
    r"\quad\text{without padding depth}\le\Big\lfloor\frac{n-1}{k-1}\Big\rfloor",
    hypotheses="finite kernels; k > 1 for the depth",
    notes=f"{TABLE}: implicit zero padding",
    book="9.5, fig. 9.13; 11.4, table 11.1",
    truth=TRUE,
    bound="exact sizes and counts; results by BND-DOT for the products that meet no padding, exact for integers",
)
@for_all(given=padded_convolutions(), bare=unpadded())
def implicit_zero_padding_keeps_size(
    subject: Subject, given: Convolution, bare: tuple[Tensor, Tensor]
) -> Iterator[Check]:
    """Functions and layers that pad, and the same on images that F.pad and layers have padded; images with an infinite
    number, too, which padding must leave alone. Sizes, torch's count of operations with and without padding, and how
    many layers without padding images go through.
    """
    how, regime = given.how, given.given
    ends = [q for pair in reversed(how.padding) for q in pair]
    asked = regime.options["padding"]
    sides = [reference.sides(q) for q in how.padding]
    expected = [
        reference.result_size(n + extra, k, s, q, d)
        for n, k, s, (q, extra), d in zip(regime.extent, how.kernel, how.stride, sides, how.dilation, strict=True)
    ]
    longer = dataclasses.replace(
        regime, padding="valid", extent=tuple(n + sum(q) for n, q in zip(regime.extent, how.padding, strict=True))
    )
    truth = exact(subject, given)
    for operation in ("convolution", "convolution_layer"):
        y = convolved(subject, given, operation)
        yield equal(np.array([y.shape[3:]]), np.array([expected]), label=f"sizes: {operation}")
        yield compared(y, truth, f"implicit: {operation}")
    for spelling in ("pad", "layer", "constant layer"):
        explicit = given._replace(x=subject.with_zeros(given.x, ends, spelling), given=longer)
        wide = Truth(truth.value, exact(subject, explicit).bound)
        yield compared(convolved(subject, explicit, padding="valid"), wide, f"explicit: {spelling}")
    if asked == "same":
        yield equal(np.array([expected]), np.array([regime.extent]), label="same keeps the sizes")
    yield from with_an_infinity(subject, given, ends)
    x, w = bare
    depth = reference.unpadded_depth(x.shape[-1], w.shape[-1])
    yield equal(subject.unpadded_layers(x, w), depth, label="depth without padding")


def with_an_infinity(subject: Subject, given: Convolution, ends: list[int]) -> Iterator[Check]:
    """Images of ones with one infinity, kernels of ones: padding, implicit and explicit, must not touch it."""
    x = np.ones(given.x.shape)
    if not x.size:
        return
    x.reshape(len(x), -1)[:, x[0].size // 2] = np.inf
    ones = given._replace(x=subject.tensor(x), w=subject.tensor(np.ones(given.w.shape)), b=None)
    expected = reference.ones_with_an_infinity(x, given.w.shape[1:], given.how)
    yield equal(convolved(subject, ones), expected, label="implicit, an infinity")
    explicit = ones._replace(x=subject.with_zeros(ones.x, ends, "pad"))
    yield equal(convolved(subject, explicit, padding="valid"), expected, label="explicit, an infinity")


PADDED = only(
    Convolved(1, 1, 1, 1, (5,), (3,), padding=(1,), kind="positive"),
    Convolved(1, 1, 1, 1, (4,), (2,), padding=(1,), kind="positive"),
)


@refutation(implicit_zero_padding_keeps_size, "Padding with zeros is reflection at the border.")
@for_all(given=PADDED)
def zeros_are_reflections(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Beyond the border nothing is seen."""
    yield compared(convolved(subject, given, mode="reflect"), exact(subject, given))


@refutation(implicit_zero_padding_keeps_size, "Padding costs no operations.")
@for_all(given=PADDED)
def padding_is_free(subject: Subject, given: Convolution) -> Iterator[Check]:
    """There are more results."""
    x, w = given.x[0], given.w[0]
    same, valid = (subject.convolution_operations(x, [w], p, 1, backward=False) for p in ("same", "valid"))
    yield equal(same, valid)


@refutation(implicit_zero_padding_keeps_size, "Implicit and explicit zeros agree for infinite kernels.")
@for_all(given=only(Convolved(1, 1, 1, 1, (5,), (3,), padding=(1,), kind="positive")))
def infinite_kernels_see_no_padding(subject: Subject, given: Convolution) -> Iterator[Check]:
    """Zero times infinity is NaN, where the zero is multiplied."""
    w = subject.tensor(np.full(given.w.shape, np.inf))
    explicit = subject.with_zeros(given.x, [1, 1], "pad")
    yield equal(convolved(subject, given, x=explicit, w=w, padding="valid"), np.full((*given.c.shape,), np.inf))


@refutation(implicit_zero_padding_keeps_size, r"\text{without padding depth}\le\lfloor n/k\rfloor")
@for_all(bare=only(Unpadded(9, 3)))
def layers_use_up_their_kernel(subject: Subject, bare: tuple[Tensor, Tensor]) -> Iterator[Check]:
    """Each layer takes k - 1 places."""
    x, w = bare
    yield at_most(subject.unpadded_layers(x, w), x.shape[-1] // w.shape[-1])
