"""From how many taps on Fourier transforms take less time than sums of products, beside what their products say.

The counts are those of the claim `fft-convolution-cost-crossover`; times depend on the machine, and are the shortest of
several. Only what no machine turns round is asserted: few taps are faster directly, as many as numbers by transforms.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture

from claims.frame.operations import OPERATIONS
from reference.convolution import fft as reference

NUMBERS = (256, 1024, 4096)
SHORTEST = 3


def seconds(call: Callable[[], Any]) -> float:
    """The shortest of several calls."""
    taken = []
    for _ in range(SHORTEST + 1):
        start = time.perf_counter()
        call()
        taken.append(time.perf_counter() - start)
    return min(taken[1:])


def both(n: int, k: int) -> tuple[float, float]:
    """Seconds by transforms and directly, of n numbers and k taps in float32."""
    rng = np.random.default_rng((n, k))
    x, kernel = (torch.from_numpy(rng.standard_normal(s).astype(np.float32)) for s in (n, k))
    length, flipped = (reference.radix2_length(n, k),), kernel.flip(0)[None, None]
    by_transforms = OPERATIONS["fft_convolution"].function
    return (
        seconds(lambda: by_transforms(x, kernel, length, "real")),
        seconds(lambda: torch.nn.functional.conv1d(x[None, None], flipped, padding=k - 1)),
    )


@pytest.mark.benchmark(group="crossover")
@pytest.mark.parametrize("n", NUMBERS)
def test_few_taps_are_faster_directly_and_many_by_transforms(
    benchmark: BenchmarkFixture, announce: Callable[[Any], None], n: int
) -> None:
    taps = [2, *(2**j for j in range(2, n.bit_length() - 1)), n]
    times = benchmark.pedantic(lambda: {k: both(n, k) for k in taps}, rounds=1)
    faster = [k for k in taps if times[k][0] < times[k][1]]
    counted = reference.crossover(n)
    benchmark.extra_info.update({"numbers": n, "crossover in time": faster[:1], "crossover in products": counted})
    announce(
        f"{n} numbers in float32: by transforms faster from {faster[0] if faster else 'no number of'} taps on, fewer "
        f"products from {counted} on; {n} taps take {1e3 * times[n][0]:.3g} ms by transforms, "
        f"{1e3 * times[n][1]:.3g} ms directly, 2 taps {1e3 * times[2][0]:.3g} and {1e3 * times[2][1]:.3g} ms"
    )
    assert times[2][1] < times[2][0]
    if n == NUMBERS[-1]:
        assert times[n][0] < times[n][1]
