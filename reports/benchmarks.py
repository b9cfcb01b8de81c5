"""Pair the times of torch with those of the reference."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from reports import vocabulary
from reports.read import Benchmark


@dataclass(frozen=True)
class Comparison:
    """One operation at one size, dtype and device of one machine: torch's time and the reference's, if known."""

    torch: Benchmark | None
    reference: Benchmark | None
    claims: frozenset[str]
    shortest: float  # of all times of the operation, in seconds
    longest: float

    @property
    def about(self) -> Benchmark:
        """What was measured, whoever did it."""
        either = self.torch or self.reference
        assert either is not None  # noqa: S101 (a comparison is made of at least one)
        return either

    @property
    def rounds(self) -> int:
        """How often each was timed, at the least."""
        return min(one.rounds for one in (self.torch, self.reference) if one is not None)

    def share(self, benchmark: Benchmark) -> float:
        """Where a time lies between the shortest and the longest, on a logarithmic scale: from 0 to 1."""
        if self.shortest <= 0 or self.longest <= self.shortest:
            return 1.0
        return math.log(benchmark.median / self.shortest) / math.log(self.longest / self.shortest)

    @property
    def ratio(self) -> float | None:
        """The reference's time over torch's: above 1 where torch is faster."""
        return None if self.torch is None or self.reference is None else self.reference.median / self.torch.median


def comparisons(benchmarks: Iterable[Benchmark]) -> list[tuple[str, list[Comparison]]]:
    """Return the comparisons of every operation; of two measurements of the same thing the newer one counts."""
    newest: dict[tuple[str, ...], Benchmark] = {}
    for benchmark in sorted(benchmarks, key=lambda benchmark: benchmark.date):
        newest[_key(benchmark, benchmark.implementation, benchmark.device)] = benchmark
    by_operation: dict[str, list[Comparison]] = {}
    paired = set()
    for benchmark in newest.values():
        if benchmark.implementation == "torch":
            on_device = newest.get(_key(benchmark, "reference", benchmark.device))
            reference = on_device or newest.get(_key(benchmark, "reference", "cpu"))  # where the reference runs
            paired.add(reference)
            by_operation.setdefault(benchmark.operation, []).append(_comparison(benchmark, reference, newest.values()))
    for benchmark in newest.values():
        if benchmark.implementation == "reference" and benchmark not in paired:
            by_operation.setdefault(benchmark.operation, []).append(_comparison(None, benchmark, newest.values()))
    return [(operation, sorted(pairs, key=_order)) for operation, pairs in sorted(by_operation.items())]


def _comparison(torch: Benchmark | None, reference: Benchmark | None, everything: Iterable[Benchmark]) -> Comparison:
    known = [benchmark for benchmark in (torch, reference) if benchmark is not None]
    alike = [item.median for item in everything if item.operation == known[0].operation]
    claims = frozenset(claim for one in known for claim in one.claims)
    return Comparison(torch, reference, claims, min(alike), max(alike))


def _key(benchmark: Benchmark, implementation: str, device: str) -> tuple[str, ...]:
    return (benchmark.operation, implementation, benchmark.dtype, device, benchmark.size, benchmark.machine)


def _order(pair: Comparison) -> tuple[int, str, tuple[int, str], tuple[int, str], str]:
    numbers = math.prod(map(int, re.findall(r"\d{1,9}", pair.about.size)))
    device, dtype = vocabulary.device_order(pair.about.device), vocabulary.dtype_order(pair.about.dtype)
    return (numbers, pair.about.size, device, dtype, pair.about.machine)
