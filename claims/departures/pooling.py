"""Departures in pooling."""

from __future__ import annotations

from claims import departure
from claims.convolution.pooling import (
    average_pooling_definition,
    l2_norm_pooling,
    max_pooling_definition,
    pooling_of_volumes,
)
from claims.frame.inputs.pooling import Adaptive, Images, Normed, Swept
from claims.frame.inputs.regime import Regime
from claims.frame.plan import CallPlan

EVERY = ("float16", "bfloat16", "float32", "float64")
HALF = EVERY[:2]


@departure(
    max_pooling_definition,
    summary="max_pool3d in channels_last_3d: a window of -inf has the index of another window, and its gradient goes "
    "there, in the channels that do not fill a vector",
    operations=("pooled",),
    devices=("cpu",),
    dtypes=EVERY,
    script="max_pool3d_minus_infinity",
    hardware="CPUs with AVX2 or AVX-512, for which torch has vectorised code",
)
def volumes_of_minus_infinity_have_wrong_indices(plan: CallPlan, given: Images) -> bool:
    """Volumes with places of -inf whose channels are innermost."""
    sweeps = isinstance(given, Swept) and len(given.axes) == 3
    return sweeps and given.kind == "-inf" and plan.layout == "transposed"


@departure(
    max_pooling_definition,
    summary="fractional_max_pool3d refuses windows one place apart, which fractional_max_pool2d takes",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="fractional_max_pool3d_refuses",
)
def windows_one_place_apart_are_refused(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim takes fewer windows of volumes."""
    return False


@departure(
    average_pooling_definition,
    summary="adaptive_avg_pool3d of half types sums in the half type: the mean of 2048 ones in bfloat16 is 0.125",
    operations=("pooled",),
    devices=("cpu",),
    dtypes=HALF,
    script="adaptive_avg_pool3d_half",
)
def adaptive_means_of_volumes_are_summed_in_half(plan: CallPlan, given: Images) -> bool:
    """Volumes."""
    return isinstance(given, Adaptive) and len(given.sizes) == 3


@departure(
    l2_norm_pooling,
    summary="lp_pool with ceil_mode multiplies the mean over a window that hangs over the end by the size of a whole "
    "window: of three ones in windows of two it makes 1.414 and 1.414, not 1.414 and 1",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="lp_pool_partial_window",
)
def hanging_windows_have_too_large_norms(plan: CallPlan, given: Normed) -> bool:
    """Windows that hang over the end, but of order infinity."""
    return given.partial and given.order != "inf"


@departure(
    pooling_of_volumes,
    summary="avg_pool3d refuses a kernel that is larger than the volume, where padding makes room for it; avg_pool1d, "
    "avg_pool2d and max_pool3d do not",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY[2:],
    script="avg_pool3d_refuses_small_volumes",
)
def kernels_larger_than_volumes_are_refused(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim takes kernels within the volume."""
    return False


@departure(
    max_pooling_definition,
    summary="a dilated window that misses the image has an index outside of it, where the gradient is written",
    operations=("pooled",),
    devices=("cpu",),
    dtypes=EVERY,
    script="max_pool_empty_window",
)
def windows_without_places_have_an_index(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim asks for windows with numbers."""
    return False


@departure(
    max_pooling_definition,
    average_pooling_definition,
    summary="gradients of half types are summed in the half type: 289 windows that meet give 256 in bfloat16",
    operations=("pooled", "pool_derivatives"),
    devices=("cpu",),
    dtypes=HALF,
    script="pooling_half_gradients",
)
def gradients_are_summed_in_half(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claims take weights whose sums are exact, or allow for such sums."""
    return False


@departure(
    average_pooling_definition,
    summary="the mean of a window is infinite where its sum overflows: of 3e38 and 3e38 in float32",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY[1:],
    script="avg_pool_overflow",
)
def means_overflow_with_the_sum(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim asks for sums below overflow."""
    return False


@departure(
    l2_norm_pooling,
    summary="lp_pool of 3e20 and 4e20 in float32 is infinite, and of 3e-30 and 4e-30 it is 0",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="lp_pool_overflow",
)
def norms_overflow_with_the_squares(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim asks for powers within the range."""
    return False


@departure(
    l2_norm_pooling,
    summary="lp_pool takes powers of signed numbers: of -3 and 4 the norm of order 1 is 1, of -3 and -4 -7, and of "
    "order 1/2 it is NaN",
    operations=("pooled",),
    devices=("cpu", "cuda"),
    dtypes=EVERY,
    script="lp_pool_signed",
)
def powers_of_signed_numbers_cancel(plan: CallPlan, **regimes: Regime) -> bool:
    """No trial: the claim takes magnitudes for orders that are not even."""
    return False
