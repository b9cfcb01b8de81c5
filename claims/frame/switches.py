"""Precision switches of torch, set explicitly before anything runs and recorded; memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch


def set_all(*, threads: int = 1) -> None:
    """Full precision everywhere and one thread: contention makes small products a hundred times slower."""
    torch.set_num_threads(threads)
    torch.set_flush_denormal(False)
    torch.backends.opt_einsum.enabled = False  # einsum contracts from left to right, as its bounds assume
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cuda.matmul.allow_fp16_reduced_precision_reduction = False
    torch.backends.cuda.matmul.allow_bf16_reduced_precision_reduction = False


def keep_pages() -> None:
    """Makes the C library keep freed memory: a fifth of a batch's time went to pages fetched anew for every array.

    glibc returns the top of the heap whenever more than twice the largest mapped block ever freed lies there.
    """
    np.empty(1 << 24, np.uint8)


def state() -> dict[str, Any]:
    """The switches in force."""
    matmul = torch.backends.cuda.matmul
    return {
        "allow_tf32 (products)": matmul.allow_tf32,
        "allow_tf32 (cuDNN)": torch.backends.cudnn.allow_tf32,
        "allow_fp16_reduced_precision_reduction": matmul.allow_fp16_reduced_precision_reduction,
        "allow_bf16_reduced_precision_reduction": matmul.allow_bf16_reduced_precision_reduction,
        "float32_matmul_precision": torch.get_float32_matmul_precision(),
        "opt_einsum": torch.backends.opt_einsum.enabled,
        "oneDNN": torch.backends.mkldnn.enabled,
        "cuDNN": torch.backends.cudnn.enabled,
        "deterministic_algorithms": torch.are_deterministic_algorithms_enabled(),
    }
