"""Wrong evaluations of functions of one number."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from claims import mutant
from claims.networks.univariate import special_functions_in_ulps as special
from claims.networks.univariate import univariate_functions_in_ulps as claim

OPEN_CODED = "the formula of a textbook"


@mutant(claim, operation="exp", trigger="subnormal results, which become 0", provenance="flushing to zero")
def exp_flushes_subnormal_results(x: Tensor) -> Tensor:
    y = torch.exp(x)
    return torch.where(y < torch.finfo(x.dtype).tiny, 0.0, y)


@mutant(claim, operation="log1p", trigger="small numbers: log(1 + x)", provenance=OPEN_CODED)
def log1p_by_the_logarithm(x: Tensor) -> Tensor:
    return torch.log(1 + x)


@mutant(claim, operation="expm1", trigger="small numbers: exp(x) - 1", provenance=OPEN_CODED)
def expm1_by_the_exponential(x: Tensor) -> Tensor:
    return torch.exp(x) - 1


@mutant(
    claim,
    operation="sin",
    trigger="large numbers: the period is rounded",
    provenance="fast-math kernels",
    dtypes=("float32", "float64"),
)
def sin_reduced_by_a_rounded_period(x: Tensor) -> Tensor:
    period = torch.tensor(2 * math.pi, dtype=x.dtype, device=x.device)
    return torch.sin(x - period * torch.round(x / period))


@mutant(claim, operation="cos", trigger="float64 computed in float32", provenance="a literal 1.0f", dtypes=("float64",))
def cos_in_float32(x: Tensor) -> Tensor:
    return torch.cos(x.float()).double()


@mutant(claim, operation="tanh", trigger="numbers whose exponential overflows", provenance=OPEN_CODED)
def tanh_by_exponentials(x: Tensor) -> Tensor:
    e = torch.exp(2 * x)
    return (e - 1) / (e + 1)


@mutant(claim, operation="softplus", trigger="numbers from 5 to 20: the identity", provenance="a smaller threshold")
def softplus_with_threshold_five(x: Tensor) -> Tensor:
    return F.softplus(x, threshold=5.0)


@mutant(
    claim,
    operation="logsigmoid",
    trigger="numbers below -88 in float32: the logarithm of 0",
    provenance="https://github.com/pytorch/pytorch/issues/1835",
)
def logsigmoid_by_its_name(x: Tensor) -> Tensor:
    return torch.log(torch.sigmoid(x))


@mutant(claim, operation="erfc", trigger="positive numbers: 1 - erf(x)", provenance=OPEN_CODED)
def erfc_by_erf(x: Tensor) -> Tensor:
    return 1 - torch.erf(x)


@mutant(claim, operation="atanh", trigger="numbers with gaps in memory: half of a logarithm", provenance=OPEN_CODED)
def atanh_by_a_logarithm_in_scalar_code(x: Tensor) -> Tensor:
    return torch.atanh(x) if x.is_contiguous() else torch.log((1 + x) / (1 - x)) / 2


@mutant(claim, operation="sqrt", trigger="0: NaN", provenance="x rsqrt(x), as on GPUs")
def sqrt_by_its_reciprocal(x: Tensor) -> Tensor:
    return x * torch.rsqrt(x)


@mutant(claim, operation="relu", trigger="NaN, which becomes 0", provenance="the maximum of C's fmax")
def relu_drops_nan(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, 0.0)


@mutant(claim, operation="acosh", trigger="the last of an odd number of entries", provenance="a vector loop's tail")
def acosh_leaves_the_tail(x: Tensor) -> Tensor:
    y = torch.acosh(x).flatten()
    return (torch.cat((y[:-1], x.flatten()[-2:-1])) if y.numel() % 2 and y.numel() > 1 else y).view(x.shape)


@mutant(claim, operation="asinh", trigger="large numbers, whose square overflows, and -0", provenance=OPEN_CODED)
def asinh_by_a_logarithm(x: Tensor) -> Tensor:
    return torch.sign(x) * torch.log(x.abs() + torch.sqrt(x * x + 1))


@mutant(claim, operation="gelu", trigger="numbers about 2: the approximation by tanh", provenance="a wrong default")
def gelu_by_tanh(x: Tensor) -> Tensor:
    return F.gelu(x, approximate="tanh")


@mutant(claim, operation="rsqrt", trigger="everywhere: one step of Newton's method", provenance="GPU approximations")
def rsqrt_approximate(x: Tensor) -> Tensor:
    y = torch.rsqrt(x.to(torch.bfloat16)).to(x.dtype)
    return y * (1.5 - 0.5 * x * y * y)


@mutant(claim, operation="silu", trigger="everywhere: sigma(1.702 x)", provenance="quick GELU")
def silu_with_the_slope_of_gelu(x: Tensor) -> Tensor:
    return x * torch.sigmoid(1.702 * x)


@mutant(claim, operation="sinc", trigger="everywhere: sin(x) / x", provenance="the other convention")
def sinc_without_pi(x: Tensor) -> Tensor:
    return torch.where(x == 0, 1.0, torch.sin(x) / x)


@mutant(
    claim,
    operation="log2",
    trigger="bfloat16: truncated, not rounded",
    provenance="shifting the bits of a float32 away",
    dtypes=("bfloat16",),
)
def log2_truncated(x: Tensor) -> Tensor:
    y = torch.log2(x.float())
    return (y.view(torch.int32) & -65536).view(torch.float32).to(x.dtype)


@mutant(claim, operation="hardtanh", trigger="infinities, which stay", provenance="a clamp of finite numbers")
def hardtanh_of_finite_numbers(x: Tensor) -> Tensor:
    return torch.where(x.isinf(), x, F.hardtanh(x))


@mutant(claim, operation="digamma", trigger="negative numbers: without reflection", provenance=OPEN_CODED)
def digamma_of_the_magnitude(x: Tensor) -> Tensor:
    return torch.digamma(x.abs())


@mutant(special, operation="erfcx", trigger="large numbers: infinity times 0", provenance=OPEN_CODED)
def erfcx_by_its_definition(x: Tensor) -> Tensor:
    return torch.exp(x * x) * torch.erfc(x)


@mutant(special, operation="log_ndtr", trigger="below -14 in float32: the logarithm of 0", provenance=OPEN_CODED)
def log_ndtr_by_its_name(x: Tensor) -> Tensor:
    return torch.log(torch.special.ndtr(x))


@mutant(special, operation="ndtri", trigger="small numbers: 2 p - 1 is -1", provenance=OPEN_CODED)
def ndtri_by_erfinv(x: Tensor) -> Tensor:
    return torch.erfinv(2 * x - 1) * math.sqrt(2)


@mutant(special, operation="j1", trigger="negative numbers", provenance="the magnitude's sign")
def j1_is_even(x: Tensor) -> Tensor:
    y: Tensor = torch.special.bessel_j1(x.abs())
    return y


@mutant(
    special, operation="j0", trigger="numbers above 5: the second term of the phase", provenance="Hankel's leading term"
)
def j0_by_its_leading_term(x: Tensor) -> Tensor:
    far = torch.sqrt(2 / (math.pi * x.abs())) * torch.cos(x.abs() - math.pi / 4)
    return torch.where(x.abs() <= 5, torch.special.bessel_j0(x), far)


@mutant(
    claim,
    operation="exp2",
    trigger="the last numbers of a vector loop's row of 16: computed in bfloat16",
    provenance="a tail of another kernel",
    dtypes=("float32", "float64"),
)
def exp2_coarse_in_the_tail(x: Tensor) -> Tensor:
    y = torch.exp2(x).flatten()
    tail = y.numel() - y.numel() % 16
    return torch.cat((y[:tail], torch.exp2(x.flatten()[tail:].to(torch.bfloat16)).to(x.dtype))).view(x.shape)


@mutant(claim, operation="sin", trigger="subnormal arguments, which become 0", provenance="denormals are zero")
def sin_takes_subnormal_numbers_for_zero(x: Tensor) -> Tensor:
    return torch.sin(torch.where(x.abs() < torch.finfo(x.dtype).tiny, x * 0, x))


@mutant(claim, operation="log", trigger="one binade, from 2 to 4: four ulps more", provenance="one entry of a table")
def log_wrong_in_one_binade(x: Tensor) -> Tensor:
    y = torch.log(x)
    return torch.where((x >= 2) & (x < 4), y * (1 + 4 * torch.finfo(x.dtype).eps), y)


@mutant(
    claim,
    operation="sqrt",
    trigger="ties of float16 after a rounding in between",
    provenance="arithmetic in 13 bits",
    dtypes=("float16",),
)
def sqrt_rounded_through_thirteen_bits(x: Tensor) -> Tensor:
    fraction, exponent = torch.frexp(torch.sqrt(x.float()))
    return torch.ldexp(torch.round(fraction * 2**13) / 2**13, exponent).to(x.dtype)


@mutant(claim, operation="square", trigger="subnormal results, which become 0", provenance="flushing to zero")
def square_flushes_subnormal_results(x: Tensor) -> Tensor:
    y = torch.square(x)
    return torch.where(y < torch.finfo(x.dtype).tiny, 0 * x, y)


@mutant(claim, operation="tan", trigger="-0, which becomes 0", provenance="adding 0")
def tan_loses_the_sign_of_zero(x: Tensor) -> Tensor:
    return torch.tan(x + 0.0)


@mutant(
    claim,
    operation="cos",
    trigger="numbers above 2^16 times pi: two words of pi",
    provenance="Cody and Waite's reduction beyond its range",
    dtypes=("float32", "float64"),
)
def cos_reduced_by_two_words_of_pi(x: Tensor) -> Tensor:
    n = torch.round(x.double() / math.pi)
    high = 3.1415863037109375
    reduced = (x.double() - n * high) - n * 6.349878855733551e-06
    return torch.where(
        (x.abs() > 2**16 * math.pi) & (x.abs() < 2**30),
        torch.cos(reduced) * (1 - 2 * (n.abs() % 2)),
        torch.cos(x).double(),
    ).to(x.dtype)


@mutant(claim, operation="sigmoid", trigger="NaN, which becomes 0", provenance="a clamp before the exponential")
def sigmoid_swallows_nan(x: Tensor) -> Tensor:
    return torch.sigmoid(torch.fmax(x, torch.full_like(x, -1e4)))


@mutant(claim, operation="hardshrink", trigger="1/2 itself, which stays", provenance="a comparison with equality")
def hardshrink_keeps_its_threshold(x: Tensor) -> Tensor:
    return torch.where(x.abs() < 0.5, 0.0, x)


@mutant(claim, operation="softshrink", trigger="negative numbers: shrunk away from 0", provenance="one sign for both")
def softshrink_of_one_sign(x: Tensor) -> Tensor:
    return torch.where(x < -0.5, x - 0.5, F.softshrink(x))


@mutant(claim, operation="leaky_relu", trigger="negative numbers: a slope of 2^-7", provenance="a cheaper slope")
def leaky_relu_with_a_power_of_two(x: Tensor) -> Tensor:
    return torch.where(x > 0, x, x / 128)


@mutant(claim, operation="tanhshrink", trigger="small numbers: one term of the series", provenance="a series cut early")
def tanhshrink_by_one_term(x: Tensor) -> Tensor:
    return torch.where(x.abs() < 0.25, x * x * x / 3, F.tanhshrink(x))


@mutant(claim, operation="trigamma", trigger="from 1 on: the recurrence once too few", provenance="an off-by-one loop")
def trigamma_one_step_short(x: Tensor) -> Tensor:
    return torch.where(x >= 1, torch.polygamma(1, x + 1), torch.polygamma(1, x))
