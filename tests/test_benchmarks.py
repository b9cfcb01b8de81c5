"""Benchmarks compare what they say they compare, for every operation, and leave behind what the report reads."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from claims.frame.claim import load_all
from claims.frame.subject import Subject, values
from claims.frame.support import operations_of
from reference.linear_algebra.residuals import Defect
from reference.probability.sampling import Fit
from reference.regularization.dropout import Outcomes
from reference.truth import Truth
from reports.read import read
from tests.benchmarks import bench_split, output
from tests.benchmarks.row import Inputs, Row, awaited, table
from tests.benchmarks.rows import ROWS


def test_every_operation_of_every_claim_is_timed() -> None:
    used = {operation: claim.id for claim in load_all().values() for operation in operations_of(claim)}
    assert {o: c for o, c in used.items() if o not in ROWS} == {}


def margins(found: Any, observed: Any) -> Iterator[float]:  # noqa: ANN401  whatever a reference returns
    """Error over bound of torch's result, or of what the reference was given instead; none for a bare law."""
    match found:
        case Fit():
            yield found.distance / found.radius
        case Truth():
            error = np.abs(np.asarray(values(observed)) - found.value)
            if error.ndim > np.ndim(found.bound):  # in norm
                error = np.sqrt((error**2).sum(tuple(range(np.ndim(found.bound), error.ndim))))
            yield float(
                np.divide(error, found.bound, out=np.where(error > 0, np.inf, 0.0), where=found.bound > 0).max()
            )
        case Defect():
            yield from margins(found.truth, torch.from_numpy(found.observed))
        case Outcomes():
            y = values(observed[0] if isinstance(observed, tuple) else observed)
            kept, dropped = (np.abs(y - t.value) <= t.bound for t in (found.kept, found.dropped))
            yield float(np.where(kept | dropped, 0.0, np.inf).max())
        case list() | tuple():
            for part in found:
                yield from margins(part, observed)


@pytest.mark.parametrize("operation", ROWS)
def test_torch_and_the_reference_compute_the_same(operation: str) -> None:
    row = ROWS[operation]
    dtypes = row.dtypes(operation, "cpu")
    assert {"float32", "float64"} <= set(dtypes)
    for dtype in dtypes:
        subject = Subject("eager", dtype)
        with subject.random(0):
            observed = row.torch_call(operation, subject, row.sizes[0])()
        found = row.reference_call(operation, subject, row.sizes[0])()
        if not isinstance(found, np.ndarray):  # the law of counts has no margin of its own
            assert max(margins(found, observed)) <= 1


@pytest.mark.parametrize("operation", sorted(ROWS.keys() - {"sampler", "loader"}))  # which hand out numbers anywhere
def test_inputs_go_to_the_device(operation: str) -> None:
    subject = Subject("eager", "float32", "meta")
    call = ROWS[operation].torch_call(operation, subject, ROWS[operation].sizes[0])
    with subject.random(0), contextlib.suppress(NotImplementedError):  # torch has no such kernel for this device
        result = call()
        tensors = [t for t in (result if isinstance(result, tuple) else [result]) if isinstance(t, torch.Tensor)]
        assert all(t.is_meta for t in tensors)


@pytest.mark.parametrize("operation", ROWS)
def test_sizes_grow(operation: str) -> None:
    sizes = ROWS[operation].sizes
    assert 1 <= len(sizes) <= 3
    assert all(len(size) == len(ROWS[operation].axes.split(" x ")) for size in sizes)
    assert sorted(sizes, key=np.prod) == list(sizes)


def nothing(*_: Any) -> Inputs:
    return Inputs(())


@pytest.mark.parametrize("operations", ["softmax softmax", "softmaxx"])
def test_an_operation_has_one_row_and_exists(operations: str) -> None:
    with pytest.raises(ValueError, match=r"softmax has two rows|softmaxx is no operation"):
        table((Row(operations, ((1,),), "numbers", nothing, nothing),))


def test_a_call_on_cuda_is_awaited_before_and_after(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: happened.append("waited"))
    awaited(lambda: happened.append("called"))
    assert happened == ["waited", "called", "waited"]


def test_the_file_is_small_and_the_report_reads_it(tmp_path: Path) -> None:
    made = {
        "machine_info": {
            "node": "somewhere",
            "cpu": {"brand_raw": "Chip 9", "flags": ["sse"] * 200},
            "system": "Linux",
        },
        "commit_info": {"id": "c0ffee", "project": "dl-claims"},
        "datetime": "2026-01-01T00:00:00+00:00",
        "version": "5.3.1",
        "benchmarks": [
            {
                "name": "test_operation[...]",
                "options": {"timer": "perf_counter"},
                "extra_info": {
                    "operation": "softmax",
                    "implementation": "torch",
                    "dtype": "float32",
                    "device": "cpu",
                    "size": "256 x 10",
                    "claims": ["softmax-shift-invariance"],
                    "compares": "value and error bound",
                },
                "stats": {"median": 1.23456789e-5, "rounds": 100, "iterations": 3, "data": [1e-5] * 100, "ops": 1.0},
            }
        ],
    }
    output.compact(made)
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    assert path.stat().st_size < 1000
    records = read([path])
    assert records.problems == []
    (benchmark,) = records.benchmarks
    assert (benchmark.operation, benchmark.median, benchmark.rounds) == ("softmax", 1.23457e-5, 100)
    assert (benchmark.machine, benchmark.claims) == ("Chip 9", ("softmax-shift-invariance",))


def record(folder: Path, started: str, harness: float, *, profile: str = "standard", leave_out: str = "") -> None:
    """Writes what `bench_split` needs of a record, with a second for each other part of every claim."""
    common = {"schema": 1, "run": started}
    lines: list[dict[str, Any]] = [
        {**common, "kind": "run", "started": started, "profile": profile, "commit": "c0ffee"}
    ]
    for claim in load_all().values():
        if claim.id != leave_out:
            split = dict.fromkeys(output.PARTS.values(), 1.0) | {"harness": harness}
            lines.append({**common, "kind": "claim", "id": claim.id, "chapter": claim.chapter})
            lines.append({**common, "kind": "evidence", "claim": claim.id, "role": "claim", "split": split})
            lines.append({**common, "kind": "evidence", "claim": claim.id, "role": "mutant", "split": split})
    (folder / f"{started}.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets the reader accept lines that hold only what is read here."""
    monkeypatch.setattr("reports.schema.violation", lambda _record: None)


@pytest.mark.usefixtures("unchecked")
def test_the_newest_complete_standard_record_is_taken(tmp_path: Path) -> None:
    assert bench_split.newest(tmp_path) is None
    record(tmp_path, "2026-01-04", 1.0, profile="quick")
    record(tmp_path, "2026-01-03", 1.0, leave_out="trace-definition")
    assert bench_split.newest(tmp_path) is None
    record(tmp_path, "2026-01-01", 1.0)
    record(tmp_path, "2026-01-02", 1.0)
    records = bench_split.newest(tmp_path)
    assert records is not None
    assert list(records.runs) == ["2026-01-02"]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("harness", [1.9, 2.1])
def test_the_harness_takes_less_than_two_fifths_of_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harness: float
) -> None:
    record(tmp_path, "2026-01-01", harness)
    monkeypatch.setattr(bench_split, "REPORT", tmp_path)
    said: list[Any] = []
    check: Callable[..., None] = bench_split.test_the_harness_takes_less_than_two_fifths
    if harness < 2:
        check(said.append, capsys)
    else:
        with pytest.raises(AssertionError):
            check(said.append, capsys)
    assert f"harness: {100 * harness / (3 + harness):.1f} %" in said[-1]
    seconds = bench_split.split(read([tmp_path / "2026-01-01.jsonl"]))
    assert sum(seconds["all"].values()) == pytest.approx((3 + harness) * len(load_all()))
    assert seconds.keys() == {c.chapter for c in load_all().values()} | {"all"}


@pytest.mark.usefixtures("unchecked")
def test_a_record_is_made_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench_split, "REPORT", tmp_path)
    monkeypatch.setattr(bench_split, "make_record", lambda folder: record(folder, "2026-01-01", 0.5))
    said: list[Any] = []
    bench_split.test_the_harness_takes_less_than_two_fifths(said.append, capsys)
    assert "from the run of 2026-01-01, commit c0ffee, standard profile" in said
