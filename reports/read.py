"""Read run records, benchmark files and logs of errors in ulps, and say in one line each what could not be read.

A run may have been killed, a file may come from elsewhere or from a later version: each such line is named and left
out, and nothing else is lost by it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

from reports import schema
from reports.folders import expanded
from reports.older import is_old, measured, upgraded

Record: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Benchmark:
    """The time of one operation in one implementation, size, dtype and device, in seconds."""

    operation: str
    implementation: str
    dtype: str
    device: str
    size: str
    claims: tuple[str, ...]
    median: float
    rounds: int
    machine: str
    model: str  # of the device, where the benchmark names it
    date: str
    compares: str = ""  # what the reference computes, where the benchmark says so


@dataclass
class Records:
    """All that was read, in the order of the files, and the lines that say what was not."""

    runs: dict[str, Record] = field(default_factory=dict)
    claims: list[Record] = field(default_factory=list)
    evidence: list[Record] = field(default_factory=list)
    alarms: list[Record] = field(default_factory=list)
    ends: dict[str, Record] = field(default_factory=dict)
    benchmarks: list[Benchmark] = field(default_factory=list)
    ulps: list[Record] = field(default_factory=list)
    old: list[tuple[Path, int, Record]] = field(default_factory=list)  # lines of `ulps` from before they had a schema
    problems: list[str] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether there is anything to report on: a claim, some evidence, a benchmark or errors of a function."""
        return bool(self.claims or self.evidence or self.benchmarks or self.ulps)


def read(paths: Iterable[Path]) -> Records:
    """Read every file, and all records in every folder.

    What a file is, its content tells: run records, or the JSON of pytest-benchmark.
    """
    records = Records()
    for path in expanded(paths, records.problems.append):
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            records.problems.append(f"{path}: no such file")
        except OSError as error:
            records.problems.append(f"{path}: {error.strerror}")
        else:
            whole = _parsed(data)
            if isinstance(whole, dict) and isinstance(whole.get("benchmarks"), list):
                _read_benchmarks(path, whole, records)
            else:
                _read_lines(path, data, records)
    records.problems += _losses(records)
    _judge_old_lines(records)
    return records


def _losses(records: Records) -> Iterator[str]:
    """What closing lines count and the files lack."""
    found = Counter(record["run"] for record in records.evidence)
    for run, end in records.ends.items():
        written = sum(number for outcomes in end["counts"].values() for number in outcomes.values())
        if found[run] < written:
            yield f"run {run}: {written - found[run]} of its {written} results are missing from these files"


def _judge_old_lines(records: Records) -> None:
    """Leave out old lines for which newer ones stand, and name the others, a line a file."""
    known = {measured(record) for record in records.ulps if not is_old(record)}
    left: dict[Path, list[int]] = {}
    for path, number, record in records.old:
        if measured(record) not in known:
            left.setdefault(path, []).append(number)
    records.ulps = [record for record in records.ulps if not is_old(record) or measured(record) not in known]
    for path, numbers in left.items():
        records.problems.append(
            f"{path}:{numbers[0]}: lines of an older version ({len(numbers)}) have neither bounds nor pictures, the "
            "rest of them is shown: give `python -m claims ulps` again"
        )


def _read_lines(path: Path, data: bytes, records: Records) -> None:
    complaints: dict[str, list[int]] = {}
    lines = data.split(b"\n")
    ours = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        record = upgraded(_parsed(line))
        complaint = _complaint(record)
        if record is None and number == len(lines):
            complaint = "torn last line, left out: the run was cut short: delete it"
        else:
            ours += isinstance(record, dict) and "schema" in record and "kind" in record
        if complaint is not None:
            complaints.setdefault(complaint, []).append(number)
        elif record["kind"] == "run":
            records.runs[record["run"]] = record
        elif record["kind"] == "end":
            records.ends[record["run"]] = record
        else:
            kept = {"claim": records.claims, "evidence": records.evidence, "alarms": records.alarms}
            kept |= {"ulps": records.ulps}
            kept[record["kind"]].append(record)
            records.ends.pop(record.get("run"), None)  # the run was resumed
            if is_old(record):
                records.old.append((path, number, record))
    if not ours:
        records.problems.append(f"{path}: not a record file (no line is a run, a claim, evidence or an error in ulps)")
        return
    for complaint, numbers in complaints.items():
        more = f" (and {len(numbers) - 1} more lines like it)" if len(numbers) > 1 else ""
        records.problems.append(f"{path}:{numbers[0]}: {complaint}{more}")


def _complaint(record: object) -> str | None:
    if not isinstance(record, dict):
        return "foreign line: no JSON object"
    version = record.get("schema")
    if isinstance(version, int) and version > schema.VERSION:
        return f"schema {version} is newer than {schema.VERSION}, which this version reads: update it"
    if "schema" not in record or "kind" not in record:
        return "foreign line: neither a run, a claim, evidence nor an error in ulps"
    broken = schema.violation(record)
    return f"no valid record: {broken}" if broken else None


def _read_benchmarks(path: Path, whole: Record, records: Records) -> None:
    cpu = _at(whole, "machine_info", "cpu", "brand_raw") or _at(whole, "machine_info", "processor") or "unnamed machine"
    for number, entry in enumerate(whole["benchmarks"], start=1):
        extra = entry.get("extra_info") if isinstance(entry, dict) else None
        if not isinstance(extra, dict) or "operation" not in extra:
            continue  # a benchmark of something else, such as the harness
        names = {key: extra.get(key) for key in ("operation", "implementation", "dtype", "device", "size")}
        claims, median = extra.get("claims", []), _at(entry, "stats", "median")
        if (
            not all(isinstance(name, str) for name in names.values())
            or names["implementation"] not in {"torch", "reference"}
            or not (isinstance(claims, list) and all(isinstance(claim, str) for claim in claims))
            or not (isinstance(median, int | float) and math.isfinite(median) and median > 0)
        ):
            records.problems.append(f"{path}: benchmark {number} lacks what says what it measured; left out")
            continue
        rounds = _at(entry, "stats", "rounds")
        records.benchmarks.append(
            Benchmark(
                **{key: str(name) for key, name in names.items()},
                claims=tuple(claims),
                median=float(median),
                rounds=rounds if isinstance(rounds, int) else 0,
                machine=str(cpu),
                model=str(extra.get("device_model") or ""),
                date=str(whole.get("datetime", "")),
                compares=str(extra.get("compares") or ""),
            )
        )


def _at(tree: object, *keys: str) -> Any:  # noqa: ANN401 (foreign JSON)
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree


def _parsed(text: bytes) -> Any:  # noqa: ANN401 (foreign JSON)
    """Return the value, or None where the text is no JSON: Python's NaN and Infinity are none either."""
    try:
        return json.loads(text.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
