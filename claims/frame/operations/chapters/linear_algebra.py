"""Matrix products, traces, norms and decompositions."""

from __future__ import annotations

import torch

from claims.frame.operations.operation import Operation

ROWS = {
    "matmul": Operation(torch.matmul, "torch.matmul", axes=(2, 2), product=True),
    "multi_dot": Operation(torch.linalg.multi_dot, "torch.linalg.multi_dot", axes=(2,), batches=False, product=True),
    "einsum": Operation(torch.einsum, "torch.einsum", axes=(0, *(2,) * 8), batches=False, product=True),
    "trace": Operation(torch.trace, "torch.trace", axes=(2,), batches=False),
}
