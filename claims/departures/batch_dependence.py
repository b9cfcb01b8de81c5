"""Departures in what normalising layers depend on: those of their values and gradients."""

from __future__ import annotations

from claims import departure
from claims.departures.normalization import batch_norm_rounds_its_statistics_to_half
from claims.normalization.batch_dependence import normalisation_batch_dependence

departure(
    normalisation_batch_dependence,
    summary="batch norm of half precision without float32 parameters rounds mean and 1/sqrt(v + eps) to the half type "
    "before it uses them, in the backward pass, too",
    operations=("batch_norm", "batch_norm_module"),
    devices=("cpu",),
    dtypes=("float16", "bfloat16"),
    script="batch_norm_half_statistics",
)(batch_norm_rounds_its_statistics_to_half)
