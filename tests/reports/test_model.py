from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from reports import model
from reports.benchmarks import comparisons
from reports.evidence import Cell, Place, where
from reports.read import Benchmark, read
from tests.reports import synthetic
from tests.reports.statements import NORMS, SVD, TRACE

OLD, NEW = "20260101T000000-aaaaaaaa", "20260201T000000-bbbbbbbb"
TOPIC, SAMPLE = "linear_algebra/trace.py", TRACE[1]
Build = Callable[..., model.Report]


@pytest.fixture
def report(write: Callable[..., Path]) -> Build:
    def report(*files: Iterable[dict[str, Any]]) -> model.Report:
        return model.report(read([write(records, f"{number}.jsonl") for number, records in enumerate(files)]))

    return report


def lines(*evidence: dict[str, Any], run: str = OLD, device: str = "cpu", **changes: Any) -> list[dict[str, Any]]:
    """A run of one claim with just this evidence."""
    about = synthetic.claim(SAMPLE, TOPIC, run, device) | changes
    return [synthetic.run(run, device), about, *evidence]


def held(run: str = OLD, dtype: str = "float32", device: str = "cpu", **changes: Any) -> dict[str, Any]:
    record = synthetic.evidence(SAMPLE, run, device, dtype)
    if "margin" in changes:
        record["worst"]["margin"] = changes.pop("margin")
    return record | changes


def trial(role: str, name: str, outcome: str, dtype: str = "float32", **changes: Any) -> dict[str, Any]:
    return synthetic.trial(held(dtype=dtype), role, name, outcome, **changes)


def cell(report: model.Report, dtype: str = "float32", device: str = "cpu") -> Cell:
    (found,) = [c for c in report.claims[0].cells if (c.dtype, c.place.device) == (dtype, device)]
    return found


@pytest.mark.parametrize("order", [1, -1])
def test_the_newest_run_wins_its_cells_whatever_the_order_of_the_files(report: Build, order: int) -> None:
    files = [
        lines(held(OLD, margin=0.5), held(OLD, "float64", margin=0.25), title="old title"),
        lines(held(NEW, margin=0.75), run=NEW, title="new title"),
    ]
    merged = report(*files[::order])
    assert cell(merged).margin == 0.75
    assert cell(merged, "float64").margin == 0.25
    assert merged.claims[0].record["title"] == "new title"
    assert [(run.name, run.shown, run.superseded) for run in merged.runs] == [(NEW, 1, 0), (OLD, 1, 1)]


def test_a_later_run_that_could_not_run_a_cell_hides_no_measurement(report: Build) -> None:
    absent = held(NEW, device="cuda", outcome="not-run", reason="no CUDA device", worst=None, histogram={})
    merged = report(lines(held(OLD, device="cuda", margin=0.5), device="cuda"), lines(absent, run=NEW))
    assert cell(merged, device="cuda").outcome == "held"
    merged = report(lines(absent, run=NEW))
    assert (cell(merged, device="cuda").outcome, cell(merged, device="cuda").reason) == ("not-run", "no CUDA device")


def test_machines_share_one_grid(report: Build) -> None:
    merged = report(lines(held()), lines(held(NEW, device="cuda"), run=NEW, device="cuda"))
    claim = merged.claims[0]
    assert [(place.label, [c.outcome for c in cells]) for place, cells in claim.rows] == [
        ("cpu", ["absent", "held", "absent", "absent"]),
        ("cuda", ["absent", "held", "absent", "absent"]),
    ]
    assert merged.dtypes == ["float64", "float32", "bfloat16", "float16"]
    assert merged.devices == ["CPU (AMD EPYC 9654)", "CUDA (NVIDIA H200)"]


def test_an_unsupported_dtype_says_why(report: Build) -> None:
    sample = SVD[0]
    about = synthetic.claim(sample, "linear_algebra/svd.py", OLD)
    merged = report([synthetic.run(OLD), about, synthetic.evidence(sample, OLD, "cpu", "float64")])
    assert cell(merged, "float16").outcome == "unsupported"
    assert merged.claims[0].unmeasured == [
        ("bfloat16 on cpu", "svd: not implemented for 'bfloat16'"),
        ("float16 on cpu", "svd: not implemented for 'float16'"),
    ]


def test_lost_lines_cost_no_evidence(report: Build) -> None:
    run, claim, *evidence = lines(held())
    merged = report([claim, *evidence])  # the run's own line is missing
    assert cell(merged).outcome == "held"
    merged = report([run, *evidence])  # the claim's own line is missing
    assert cell(merged).outcome == "held"
    assert merged.claims[0].record["truth"] == "unrecorded"
    assert merged.problems == [f"claim {SAMPLE.id}: its own record is missing, only its evidence is shown"]


@pytest.mark.parametrize(
    ("profile", "margins", "flags"),
    [
        ("standard", (9e-4, 2e-4), (True, False)),
        ("quick", (9e-4, 2e-4), (False, False)),
        ("standard", (9e-4, 2e-3), (False, False)),
        ("hunt", (0.0, 1e-9), (True, False)),
        ("standard", (0.0, 0.0), (False, True)),
    ],
)
def test_loose_and_exact(report: Build, profile: str, margins: tuple[float, float], flags: tuple[bool, bool]) -> None:
    records = lines(held(margin=margins[0]), held(dtype="float64", margin=margins[1]))
    claim = report([records[0] | {"profile": profile}, *records[1:]]).claims[0]
    assert (claim.loose, claim.exact) == flags


def test_a_failure_outweighs_what_held_and_says_where(report: Build) -> None:
    failure = synthetic.failure(synthetic.seeded(1), "nan")
    claim = report(lines(held(), held(dtype="float16", outcome="failed", failure=failure))).claims[0]
    assert claim.outcome == "failed"
    assert claim.worst.dtype == "float16"
    assert claim.worst.description == "float16 on cpu: failed, worst margin NaN"
    assert (claim.where("held"), claim.where("failed")) == ("float32 on cpu", "float16 on cpu")


def test_a_mutant_that_ran_nowhere_counts_neither_way(report: Build) -> None:
    merged = report(lines(held(), trial("mutant", "vector-a", "caught"), trial("mutant", "vector-b", "not-run")))
    assert [(mutant.name, mutant.outcome) for _, mutant in merged.trials("mutants")] == [("vector-a", "caught")]


def test_a_mutant_caught_in_one_dtype_says_where_it_survived(report: Build) -> None:
    name = "matmul-drops-the-tail"
    trials = [trial("mutant", name, "caught", instances=7), trial("mutant", name, "survived", "float64")]
    (mutant,) = [m for m in report(lines(held(), *trials)).claims[0].mutants if m.name == name]
    assert (mutant.outcome, mutant.effort, len(mutant.misses)) == ("caught", "7 instances", 1)
    assert mutant.about["trigger"] == "length no multiple of 16"


@pytest.mark.parametrize(
    ("outcomes", "outcome"),
    [
        (["error"], "error"),
        (["error", "mended"], "mended"),
        (["error", "elsewhere"], "elsewhere"),
        (["error", "mended", "departs"], "departs"),
        (["not-run"], "not-run"),
    ],
)
def test_an_error_says_nothing_about_a_departure(report: Build, outcomes: list[str], outcome: str) -> None:
    trials = [trial("departure", "d", word, dtype) for word, dtype in zip(outcomes, synthetic.DTYPES, strict=False)]
    (departure,) = report(lines(held(), *trials)).claims[0].departures
    assert departure.outcome == outcome
    assert [result["outcome"] for result in departure.misses] == [word for word in outcomes if word == "mended"]


def test_departures_with_one_script_are_one(report: Build) -> None:
    def departing(*names: tuple[str, str]) -> list[list[str]]:
        common = {
            "summary": "s",
            "devices": ["cpu"],
            "dtypes": ["float32"],
            "versions": "2",
            "upstream": "",
            "code": "",
        }
        about = [{"name": name, "script": script, **common} for name, script in names]
        trials = [trial("departure", name, "departs") for name, _ in names]
        whole = report(lines(held(), *trials, departures=about))
        return [[one.name for _, one in departure.members] for departure in whole.departures]

    assert departing(("d", "x.py"), ("e", "y.py"), ("f", "x.py")) == [["d", "f"], ["e"]]


def test_the_smallest_counterexample_is_shown(report: Build) -> None:
    name = f"{SAMPLE.id}-factorises"
    small, large = (synthetic.failure(synthetic.seeded(1)) for _ in range(2))
    small["input"]["shapes"], large["input"]["shapes"] = {"factors": [[1, 1], [1, 2]]}, {"factors": [[2, 2], [2, 1]]}
    trials = [
        trial("refutation", name, "refuted", failure=large),
        trial("refutation", name, "refuted", "float64", failure=small),
    ]
    (refutation,) = [r for r in report(lines(held(), *trials)).claims[0].refutations if r.name == name]
    assert refutation.smallest["dtype"] == "float64"


def test_claims_keep_the_order_of_the_run_within_their_topics(report: Build) -> None:
    norms = synthetic.samples(31)[:2]
    records = [
        synthetic.run(OLD),
        *(synthetic.claim(sample, topic, OLD) for topic, sample in [*norms, (TOPIC, SAMPLE)]),
    ]
    late = synthetic.claim(NORMS[3], "linear_algebra/norms.py", NEW)
    ids = [claim.id for claim in report(records, [synthetic.run(NEW), late]).claims]
    assert ids == ["lp-norm", "norm-nonnegativity", "minkowski-inequality", "trace-cyclic-three"]


def test_budget_and_totals_are_sums_over_the_shown_cells(report: Build) -> None:
    merged = report(
        lines(held(OLD, alpha=5e-9, instances=10)),
        lines(held(NEW, alpha=2e-9, instances=3), held(NEW, "float64", alpha=1e-9, instances=4), run=NEW),
    )
    assert merged.total("alpha") == pytest.approx(3e-9, rel=1e-12)
    assert merged.total("instances") == 7
    assert merged.outcomes == {"held": 2}


@pytest.mark.parametrize(
    ("cells", "shown"),
    [
        ([("cpu", "float32"), ("cpu", "float64")], "float64 and float32 on cpu"),
        ([("cuda", "float32"), ("cpu", "float32")], "float32 on cpu and cuda"),
        ([("cuda", "float16"), ("cpu", "float32")], "float32 on cpu; float16 on cuda"),
    ],
)
def test_where(cells: list[tuple[str, str]], shown: str) -> None:
    assert where((Place("eager", device), dtype) for device, dtype in cells) == shown


def bench(implementation: str, device: str, median: float, date: str = "2026-01-01", size: str = "8x8") -> Benchmark:
    return Benchmark("add", implementation, "float32", device, size, ("a",), median, 9, "EPYC", "", date)


def test_torch_on_any_device_is_compared_with_the_reference() -> None:
    known = [bench("torch", "cpu", 2.0), bench("torch", "cuda", 1.0), bench("reference", "cpu", 10.0)]
    ((operation, pairs),) = comparisons(
        [*known, bench("torch", "cpu", 5.0, "2025-01-01"), bench("torch", "cpu", 1, size="x")]
    )
    assert operation == "add"
    assert [(pair.about.size, pair.about.device, pair.ratio) for pair in pairs] == [
        ("x", "cpu", None),
        ("8x8", "cpu", 5.0),
        ("8x8", "cuda", 10.0),
    ]
    assert [round(pair.share(pair.about), 3) for pair in pairs] == [0.0, 0.301, 0.0]  # log 2 / log 10
    assert pairs[1].reference is not None
    assert pairs[1].share(pairs[1].reference) == 1.0
    assert {pair.rounds for pair in pairs} == {9}


def test_one_time_fills_its_bar() -> None:
    ((_, (pair,)),) = comparisons([bench("torch", "cpu", 2.0)])
    assert pair.share(pair.about) == 1.0
