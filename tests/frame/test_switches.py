"""What is set before anything runs."""

from __future__ import annotations

import platform
import resource

import numpy as np
import pytest
import torch

from claims.frame import switches


def test_precision_switches_are_set_and_reported() -> None:
    switches.set_all()
    assert torch.get_num_threads() == 1
    state = switches.state()
    assert not any(state[k] for k in state if k.startswith("allow_"))
    assert state["opt_einsum"] is False


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the C library is not glibc")
def test_freed_memory_is_kept() -> None:
    switches.keep_pages()

    def arrays() -> int:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(50):
            np.ones(1 << 18)
        return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

    arrays()
    assert arrays() < 50 * (1 << 18) * 8 // resource.getpagesize() // 10  # all of their pages, were they not kept
