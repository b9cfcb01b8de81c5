"""Departures in normalisation."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.nested_derivatives import NestedDerivatives
from claims.frame.inputs.normalised_sets import DifferentiatedSets, StandardisedSets
from claims.frame.plan import CallPlan
from claims.normalization.batch_dependence import normalisation_batch_dependence
from claims.normalization.batch_norm import batch_norm_normalises_activations
from claims.normalization.gradients import batch_norm_backward_projection

LAYERS = ("batch_norm", "batch_norm_module", "instance_norm", "group_norm", "layer_norm", "rms_norm")
FUSED = ("batch norm", "instance norm", "layer norm")
"""Layers whose derivatives torch writes by hand; those of group and RMS norm are composed."""


@departure(
    batch_norm_normalises_activations,
    batch_norm_backward_projection,
    normalisation_batch_dependence,
    summary="group norm on the CPU in channels_last computes the variance as E[x^2] - E[x]^2: of 10000, 10001, 10002,"
    " 10003 in float32 it makes -474, -158, 158, 474, contiguous -1.34, -0.447, 0.447, 1.34",
    operations=("group_norm",),
    devices=("cpu",),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="group_norm_channels_last",
)
def group_norm_subtracts_moments_in_channels_last(plan: CallPlan, given: StandardisedSets | NestedDerivatives) -> bool:
    """Sets about another mean than 0; their gradients, too."""
    if not isinstance(given, StandardisedSets):
        return False
    return given.layer.startswith("group norm, channels_last") and (given.mean != 0 or given.kind == "constant")


@departure(
    batch_norm_normalises_activations,
    summary="batch and instance norm of half precision without float32 parameters round mean and 1/sqrt(v + eps) to the"
    " half type before they use them, where layer and group norm keep them in float32",
    operations=("batch_norm", "batch_norm_module", "instance_norm"),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="batch_norm_half_statistics",
)
def batch_norm_rounds_its_statistics_to_half(plan: CallPlan, given: StandardisedSets) -> bool:
    """Parameters that are missing or of the half type."""
    return given.parameters != "float32" and given.layer.lower().startswith(("batch", "instance"))


@departure(
    batch_norm_normalises_activations,
    summary="every normalising layer returns zeros, or NaN, where the squares of deviations overflow: of 1e20 and -1e20"
    " in float32, where the result is 1 and -1",
    operations=LAYERS,
    devices=("cpu", "cuda"),
    dtypes=("bfloat16", "float32", "float64"),
    script="normalisation_overflow",
)
def normalisation_overflows_with_the_squares(plan: CallPlan, given: StandardisedSets) -> bool:
    """Numbers beyond the root of the largest one."""
    return given.kind == "huge"


@departure(
    batch_norm_backward_projection,
    summary="batch, instance, layer and group norm of half precision without float32 parameters keep mean and"
    " 1/sqrt(v + eps) in the half type for the backward pass",
    operations=LAYERS[:-1],
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="layer_norm_half_backward",
)
def backward_passes_round_their_statistics_to_half(
    plan: CallPlan, given: DifferentiatedSets | NestedDerivatives
) -> bool:
    """Parameters that are missing or of the half type."""
    return isinstance(given, DifferentiatedSets) and given.parameters != "float32" and "RMS" not in given.layer


@departure(
    batch_norm_backward_projection,
    summary="batch, instance and layer norm: derivatives by forward mode lose terms when they are differentiated again,"
    " by either mode: of layer norm of (0, 1, 3), eps = 1, jacfwd(jacfwd) and jacrev(jacfwd) make -0.0363 of -0.0733",
    operations=("nested_derivative",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="layer_norm_second_derivatives",
)
def forward_derivatives_lose_terms(plan: CallPlan, given: DifferentiatedSets | NestedDerivatives) -> bool:
    """Forward mode inside another mode."""
    return isinstance(given, NestedDerivatives) and given.layer in FUSED and given.modes.startswith("f")


@departure(
    batch_norm_backward_projection,
    summary="batch, instance and layer norm: the second derivative by reverse mode in reverse mode takes the saved mean"
    " and 1/sqrt(v + eps) for constants, so that third derivatives through it are wrong, by autograd.grad, too",
    operations=("nested_derivative",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="layer_norm_third_derivatives",
)
def double_backward_takes_statistics_for_constants(
    plan: CallPlan, given: DifferentiatedSets | NestedDerivatives
) -> bool:
    """Third derivatives whose two inner modes are reverse."""
    nested = isinstance(given, NestedDerivatives)
    return nested and given.layer in FUSED and given.modes in ("rrr", "rrf")  # type: ignore[union-attr]
