"""What a benchmark run leaves behind: a JSON file for the report, and tables for whoever waits at the terminal.

The file is pytest-benchmark's, without what nobody reads (single timings, options, flags of the processor):

    version         of pytest-benchmark
    datetime        when the run ended, ISO 8601 with its offset from UTC
    machine_info    cpu (brand_raw, arch, bits, count), system, release, python_version, python_implementation
    commit_info     id, branch, dirty, time
    benchmarks      a list, each with
        name        of the item
        extra_info  operation, implementation ("torch" or "reference"), dtype, device, size, claims (their ids),
                    compares (what the reference computes), and device_model on devices other than the CPU;
                    of benchmarks of the harness whatever they say
        stats       min, median, max, iqr: seconds of one call, to six digits; rounds, and iterations of a round
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

from claims.frame.support import DTYPES
from tests.benchmarks.row import Size, label

MACHINE = ("cpu", "system", "release", "python_version", "python_implementation")
CPU = ("brand_raw", "arch", "bits", "count")
COMMIT = ("id", "branch", "dirty", "time")
PARTS = {"inputs": "inputs", "torch": "subject", "reference, checks": "property", "harness": "harness"}
"""The parts of a claim's time, as they are called here and in a record."""
STATS = ("min", "median", "max", "iqr", "rounds", "iterations")


class Measured(NamedTuple):
    """The median time of one call, in seconds."""

    operation: str
    implementation: str
    device: str
    dtype: str
    size: Size
    seconds: float


def compact(output: dict[str, Any]) -> None:
    """Leaves of pytest-benchmark's JSON what the module's docstring lists."""
    output["machine_info"] = _only(MACHINE, output["machine_info"])
    output["machine_info"]["cpu"] = _only(CPU, output["machine_info"].get("cpu", {}))
    output["commit_info"] = _only(COMMIT, output["commit_info"])
    output["benchmarks"] = [
        {
            "name": b["name"],
            "extra_info": b["extra_info"],
            "stats": {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in _only(STATS, b["stats"]).items()},
        }
        for b in output["benchmarks"]
    ]


def _only(keys: Iterable[str], mapping: dict[str, Any]) -> dict[str, Any]:
    return {key: mapping[key] for key in keys if key in mapping}


def comparison(measured: Iterable[Measured]) -> Table:
    """A line an operation and device: torch's time in float32, and the ratio of the reference's time to torch's.

    At the largest size. The report shows all sizes.
    """
    largest: dict[tuple[str, str], Size] = {}
    seconds = {}
    for m in measured:
        key = m.operation, m.device
        largest[key] = max(m.size, largest.get(key, m.size), key=lambda size: (math.prod(size), size))
        seconds[m[:-1]] = m.seconds
    table = _table("One call, median: torch's time, and the reference's time over torch's")
    for name in ("operation", "device", "size"):
        table.add_column(name, overflow="fold")
    for name in ("torch float32", *DTYPES):
        table.add_column(name, justify="right")
    for (operation, device), size in largest.items():
        found = [seconds.get((operation, "torch", device, dtype, size)) for dtype in DTYPES]
        if any(found):
            references = [seconds.get((operation, "reference", "cpu", dtype, size)) for dtype in DTYPES]
            ratios = [_ratio(r / t) if r and t else "-" for r, t in zip(references, found, strict=True)]
            table.add_row(operation, device, label(size), _time(found[DTYPES.index("float32")]), *ratios)
    return table


def shares(split: Mapping[str, Mapping[str, float]]) -> Table:
    """A line a chapter, and one for all: seconds, and the percentage of each part."""
    table = _table("Where the time of the claims goes, in percent")
    table.add_column("chapter")
    for name in ("seconds", *PARTS):
        table.add_column(name, justify="right")
    for chapter, seconds in split.items():
        total = math.fsum(seconds.values()) or math.nan
        table.add_row(chapter, f"{total:.1f}", *(f"{100 * seconds[part] / total:.1f}" for part in PARTS.values()))
    return table


def console(reporter: pytest.TerminalReporter) -> Console:
    """Writes to pytest's terminal; plain and wide when piped."""
    terminal = bool(reporter.isatty)
    width = reporter._tw.fullwidth if terminal else 140
    return Console(file=reporter._tw._file, force_terminal=terminal, no_color=not terminal, width=width)


def _table(title: str) -> Table:
    return Table(box=box.ASCII2, title=title, title_justify="left")


def _ratio(x: float) -> str:
    return f"{x:.3g}" if x < 1000 else f"{x:.0f}"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    unit, name = next((u, n) for u, n in ((1.0, "s"), (1e-3, "ms"), (0.0, "us")) if seconds >= u)
    return f"{seconds / (unit or 1e-6):.3g} {name}"
