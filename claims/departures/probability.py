"""Where torch's covariance departs."""

from __future__ import annotations

from claims import departure
from claims.frame.inputs.dependence import JointCounts
from claims.frame.inputs.joint import ProductLaw
from claims.frame.inputs.samples import Sample
from claims.frame.plan import CallPlan
from claims.probability.dependence import (
    independence_stronger_than_uncorrelatedness,
    nonzero_covariance_implies_dependence,
)
from claims.probability.independence import independence_implies_zero_covariance


@departure(
    independence_implies_zero_covariance,
    nonzero_covariance_implies_dependence,
    independence_stronger_than_uncorrelatedness,
    summary="torch.cov with weights overwrites its argument with zeros where there is only one observation",
    operations=("weighted_covariance",),
    devices=("cpu", "cuda"),
    dtypes=("float16", "bfloat16", "float32", "float64"),
    script="cov_overwrites_one_observation",
)
def weighted_covariance_overwrites_one_observation(plan: CallPlan, pair: ProductLaw | Sample | JointCounts) -> bool:
    """Laws on a single point; the covariance itself, 0, is right."""
    return isinstance(pair, (ProductLaw, JointCounts)) and pair.m == pair.n == 1
