"""Wrong convolutions by Fourier transforms, and wrong counts of what they take."""

from __future__ import annotations

import torch
from torch import Tensor

from claims import mutant
from claims.convolution.fft import fft_convolution_cost_crossover, fft_convolution_theorem
from claims.frame.operations.chapters.fourier_convolution import (
    direct_convolution,
    fft_convolution,
    radix2_convolution,
)

Lengths = tuple[int, ...]


@mutant(fft_convolution_theorem, operation="fft_convolution")
def one_factor_conjugated(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    product = torch.fft.rfft(x, lengths[0]) * torch.fft.rfft(k, lengths[0]).conj()
    made: Tensor = torch.fft.irfft(product, lengths[0])
    return made


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="the least length: one number too short")
def least_length_too_short(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    least = x.shape[-1] + k.shape[-1] - 1
    if lengths[0] > least or least < 2:
        return fft_convolution(x, k, lengths, spelling)
    found = fft_convolution(x, k, (least - 1,), spelling)
    return torch.nn.functional.pad(found, (0, 1))


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="complex transforms: not divided by N")
def not_divided_by_the_length(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    found = fft_convolution(x, k, lengths, spelling)
    return found * lengths[0] if spelling == "complex" else found


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="products of real parts only")
def products_of_real_parts(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    product = torch.fft.rfft(x, lengths[0]).real * torch.fft.rfft(k, lengths[0]).real
    made: Tensor = torch.fft.irfft(product.to(torch.complex128), lengths[0]).to(x.dtype)
    return made


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="odd lengths: the inverse takes an even one")
def inverse_of_an_even_length(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    n = lengths[0]
    if n % 2 == 0 or n == 1:
        return fft_convolution(x, k, lengths, spelling)
    found = torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(k, n), n - 1)
    return torch.nn.functional.pad(found, (0, 1))


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="even lengths: the highest frequency is dropped")
def highest_frequency_dropped(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    n = lengths[0]
    if n % 2:
        return fft_convolution(x, k, lengths, spelling)
    product = torch.fft.rfft(x, n) * torch.fft.rfft(k, n)
    made: Tensor = torch.fft.irfft(product[..., :-1], n)
    return made


@mutant(
    fft_convolution_theorem,
    operation="fft_convolution",
    trigger="prime lengths above 50: half of the numbers in half the precision",
)
def long_primes_in_low_precision(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    n = lengths[0]
    if n < 50 or any(n % p == 0 for p in range(2, n)):
        return fft_convolution(x, k, lengths, spelling)
    low = torch.bfloat16 if x.dtype == torch.float32 else torch.float16
    return fft_convolution(x.to(low).to(x.dtype), k, lengths, spelling)


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="kernels longer than the input are cropped to it")
def kernel_cropped_to_the_input(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    return fft_convolution(x, k[..., : x.shape[-1]], lengths, spelling)


@mutant(
    fft_convolution_theorem, operation="fft_convolution", trigger="float64 transforms in float32", dtypes=("float64",)
)
def transforms_in_float32(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    return fft_convolution(x.float(), k.float(), lengths, spelling).double()


@mutant(
    fft_convolution_theorem,
    operation="fft_convolution",
    trigger="numbers with gaps between them: every second gap is read",
)
def gaps_are_read(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    wrong = x.shape[-1] > 1 and x.stride(-1) == 2
    return fft_convolution(x.roll(1, -1) if wrong else x, k, lengths, spelling)


@mutant(fft_convolution_theorem, operation="fft_convolution", trigger="zeros beyond n + m - 1 are not cleared")
def tail_repeats_the_last_number(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    least = x.shape[-1] + k.shape[-1] - 1
    found = fft_convolution(x, k, lengths, spelling)
    return torch.cat((found[..., :least], found[..., least - 1 : least].expand(found[..., least:].shape)), -1)


@mutant(
    fft_convolution_theorem,
    operation="fft_convolution",
    trigger="more than 16 instances: the kernel of the one before in the last",
)
def kernels_of_neighbours(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    if x.ndim > 1 and len(x) > 16:
        k = torch.cat((k[:-1], k[-2:-1]))
    return fft_convolution(x, k, lengths, spelling)


@mutant(fft_convolution_theorem, operation="fft_convolution_2d", trigger="two axes: the kernel is transposed")
def kernel_transposed(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    return fft_convolution(x, k.mT, lengths, spelling)


@mutant(fft_convolution_theorem, operation="fft_convolution_2d", trigger="two axes: lengths in the wrong order")
def lengths_exchanged(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    return fft_convolution(x, k, lengths[::-1], spelling).reshape(*x.shape[:-2], *lengths)


@mutant(fft_convolution_theorem, operation="fft_convolution_2d", trigger="two axes: the first one is not padded")
def first_axis_not_padded(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    short = max(x.shape[-2], k.shape[-2])
    found = fft_convolution(x, k, (short, lengths[1]), spelling)
    return torch.nn.functional.pad(found, (0, 0, 0, lengths[0] - short))


@mutant(fft_convolution_theorem, operation="fft_convolution_3d", trigger="three axes: the kernel's first is reversed")
def first_axis_reversed(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    return fft_convolution(x, k.flip(-3), lengths, spelling)


@mutant(fft_convolution_theorem, operation="fft_convolution_3d", trigger="three axes: divided by the last length only")
def divided_by_the_last_length(x: Tensor, k: Tensor, lengths: Lengths, spelling: str) -> Tensor:
    found = fft_convolution(x, k, lengths, spelling)
    return found if spelling != "axis by axis" else found * lengths[0] * lengths[1]


Counted = tuple[Tensor, int]


@mutant(fft_convolution_cost_crossover, operation="radix2_convolution", trigger="one transform is counted, not three")
def one_transform_counted(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(x, k)
    length = 1 << (len(y) - 1).bit_length()
    return y, (count - 4 * length) // 3 + 4 * length


@mutant(fft_convolution_cost_crossover, operation="radix2_convolution", trigger="logarithms to base e")
def natural_logarithms(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(x, k)
    length = 1 << (len(y) - 1).bit_length()
    return y, round((count - 4 * length) * 0.6931471805599453) + 4 * length


@mutant(
    fft_convolution_cost_crossover, operation="radix2_convolution", trigger="N = n + k - 1 where that is no power of 2"
)
def length_not_rounded_up(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(x, k)
    return y, count * len(y) // (1 << (len(y) - 1).bit_length())


@mutant(fft_convolution_cost_crossover, operation="radix2_convolution", trigger="two stages or more: the last is free")
def last_stage_is_free(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(x, k)
    length = 1 << (len(y) - 1).bit_length()
    return y, count - 6 * length if length > 2 else count


@mutant(
    fft_convolution_cost_crossover, operation="radix2_convolution", trigger="counts of more than 16 bits wrap around"
)
def counts_wrap_around(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(x, k)
    return y, count & 0xFFFF


@mutant(fft_convolution_cost_crossover, operation="radix2_convolution", trigger="a length twice as long as needed")
def length_twice_as_long(x: Tensor, k: Tensor) -> Counted:
    y, count = radix2_convolution(torch.nn.functional.pad(x, (0, len(x) + len(k))), k)
    return y[: len(x) + len(k) - 1], count


@mutant(
    fft_convolution_cost_crossover,
    operation="radix2_convolution",
    trigger="the right count for the correlation, from two taps on",
)
def count_of_a_correlation(x: Tensor, k: Tensor) -> Counted:
    return radix2_convolution(x, k.flip(0))


@mutant(fft_convolution_cost_crossover, operation="direct_convolution", trigger="operations in place of products")
def operations_in_place_of_products(x: Tensor, k: Tensor) -> Counted:
    y, count = direct_convolution(x, k)
    return y, 2 * count


@mutant(fft_convolution_cost_crossover, operation="direct_convolution", trigger="products with padding are counted")
def padding_is_counted(x: Tensor, k: Tensor) -> Counted:
    y, _ = direct_convolution(x, k)
    return y, len(y) * len(k)


@mutant(fft_convolution_cost_crossover, operation="direct_convolution", trigger="as many as where the kernel fits")
def only_where_the_kernel_fits(x: Tensor, k: Tensor) -> Counted:
    y, _ = direct_convolution(x, k)
    return y, (len(x) - len(k) + 1) * len(k)
