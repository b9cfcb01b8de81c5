"""What must be known of torch's softmax kernels to judge them, and how attention is made to show its softmax."""

from __future__ import annotations

import torch
from torch import Tensor

from claims.frame.subject import Subject
from reference.losses.softmax import EXP_CUDA, LOG_CUDA, Kernel


def kernel(subject: Subject, *, last_axis: bool) -> Kernel:
    """What torch's kernels do: on the CPU those of half types store exponentials, or sums along the last axis."""
    if torch.device(subject.device).type in {"cpu", "meta"}:
        return Kernel(stores_exponentials=not last_axis, stores_sum=last_axis)
    return Kernel(exp_units=EXP_CUDA, log_units=LOG_CUDA)


def planned_kernel(subject: Subject) -> Kernel:
    """The kernel of the axis that the call plan reduces."""
    return kernel(subject, last_axis=subject.plan.axis == "last")


def attention_weights(subject: Subject, scores: Tensor) -> Tensor:
    """Softmax as attention computes it: the scores are the bias of vanishing queries, the values the identity."""
    batch, n = scores.shape
    nothing, identity = scores.new_zeros(batch, n, 1), torch.eye(n, dtype=scores.dtype, device=scores.device)
    output = subject.scaled_dot_product_attention(
        nothing[:, :1], nothing, identity.expand(batch, n, n), scores[:, None]
    )
    weights: Tensor = output[:, 0]
    return weights
