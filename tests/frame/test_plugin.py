"""pytest over claims: options, items, what a failure prints, and the summary."""

from __future__ import annotations

import types
from pathlib import Path
from typing import Any

import pytest

from claims.frame import pytest_plugin
from claims.frame.profiles import PROFILES
from claims.frame.runner import TOGETHER
from reports import schema
from tests.frame.runs import Run, evidence, records, run_apart, run_here

WRONG_NAMES = [
    (["--claim", "dubling"], "no claim 'dubling'; nearest: doubling"),
    (["--chapter", "chanse"], "no chapter 'chanse'; nearest: chance"),
    (["--claim", "doubling", "--chapter", "chance"], "no claim doubling in chapter chance"),
    (["--device", "cudda"], "no device 'cudda'; nearest: cuda"),
    (["--dtype", "float23"], "no dtype 'float23'; nearest: float32"),
    (["--subject", "eagr"], "no subject 'eagr': give 'eager'"),
    (["--hypothesis-profile", "quik"], "no Hypothesis profile 'quik'; there are quick, standard, thorough, hunt"),
    (["--hypothesis-seed", "x1"], "--hypothesis-seed: 'x1' is no integer"),
    (["--report", "conftest.py"], "--report: no directory conftest.py (File exists)"),
    (["--report", "conftest.py/below"], "--report: no directory conftest.py/below (Not a directory)"),
]


@pytest.mark.parametrize(("arguments", "complaint"), WRONG_NAMES, ids=[" ".join(a) for a, _ in WRONG_NAMES])
def test_a_wrong_name_ends_the_run_in_one_line(arguments: list[str], complaint: str) -> None:
    done = run_here(*arguments)
    assert done.status == pytest.ExitCode.USAGE_ERROR
    (line,) = done.output.strip().splitlines()
    assert line.startswith(f"ERROR: {complaint}")


def test_a_wrong_name_ends_a_run_with_workers_in_one_line_too() -> None:
    done = run_here("--claim", "dubling", "-n", "2")
    assert done.status == 4
    assert done.output.strip() == "ERROR: no claim 'dubling'; nearest: doubling"


def test_options_are_repeatable_and_ids_readable() -> None:
    done = run_here(
        *(
            "--collect-only",
            "--claim",
            "doubling",
            "--claim",
            "uniform-mean",
            "--chapter",
            "addition",
            "--chapter",
            "chance",
        ),
        *("--dtype", "float32", "--dtype", "float64", "--device", "cpu"),
    )
    assert done.status == 0
    assert done.items == [
        "doubling-eager-cpu-float32",
        "doubling-eager-cpu-float64",
        "uniform-mean-eager-cpu-float32",
        "uniform-mean-eager-cpu-float64",
        "doubling-doubling-changes-nothing-cpu",
        "uniform-mean-uniform-mean-is-one-cpu",
        "doubling-addition-that-subtracts-cpu",
        "doubling-addition-of-two-numbers-only-cpu",
    ]


def test_without_options_everything_is_checked_and_nothing_absent() -> None:
    done = run_here("--collect-only")
    assert len(done.items) == len(set(done.items)) == 24 + 3 + 3
    assert "[none]" not in done.output


def test_an_absent_device_is_skipped_where_it_is_asked_for() -> None:
    done = run_here(
        "--device", "cuda:99", "--device", "cpu", "--claim", "square-of-a-sign", "--dtype", "float32", "-rs"
    )
    assert done.status == 0
    assert done.outcomes == {"passed": 1, "skipped": 1}
    assert "no device 'cuda:99' here" in done.output


def test_a_required_device_that_is_absent_is_an_error() -> None:
    done = run_here("--device", "cuda:99", "--require-device", "--claim", "square-of-a-sign", "--dtype", "float32")
    assert done.status == 1
    assert done.outcomes == {"failed": 1}
    assert "no device 'cuda:99' here, and --require-device was given" in done.output


FAILING = ("--claim", "smallness", "--claim", "doubling", "--dtype", "float32", "--hypothesis-seed=5")
"""Options of a run in which one claim holds and another fails, and so do its false neighbour and its mutant."""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the failing run has its record and its report."""
    return tmp_path_factory.mktemp("report")


@pytest.fixture(scope="module")
def failed(report: Path) -> Run:
    """The failing run, piped."""
    return run_apart(*FAILING, "--report", str(report))


def test_a_failure_prints_what_is_needed_to_mend_it(failed: Run) -> None:
    assert failed.status == 1
    assert failed.outcomes == {"failed": 3, "passed": 4}
    for part in (
        "smallness is refuted on eager, cpu, float32",
        "Every number is small",
        "margin: 1.2 times the bound, in the check 'small'",
        "smallest instance:\n  x = [0., 0., 3.]",
        "repeat: pytest --claim smallness --device cpu --dtype float32 --hypothesis-profile quick --hypothesis-seed 5",
        "x0 = torch.tensor([[0.0, 0.0, 3.0]], dtype=torch.float32)\n  y0 = torch.abs(x0)",
        "no counterexample was found to its false neighbour sizes-are-nonnegative",
        "smallness does not catch the mutant size-as-it-should-be",
    ):
        assert part in failed.output
    assert "Traceback" not in failed.output


def test_the_summary_is_a_plain_table_when_piped(failed: Run, report: Path) -> None:
    assert "\x1b" not in failed.output
    lines = failed.output.splitlines()
    assert "Evidence (worst error / bound)" in failed.output
    assert any(line.split()[:5] == ["|", "doubling", "|", "eager", "cpu"] for line in lines)
    counts = "claims: 1 failed, 1 held; refutations: 1 not-refuted, 1 refuted; mutants: 2 caught, 1 survived"
    assert counts in " ".join(lines)
    assert failed.output.index("Evidence") < failed.output.index("3 failed")
    assert f"record: {report}" in failed.output
    assert f"report: {report}" in failed.output


@pytest.mark.usefixtures("failed")
def test_quick_is_the_default_profile_and_the_seed_is_recorded(report: Path) -> None:
    first = records(report)[0]
    assert (first["profile"], first["examples"], first["seed"]) == ("quick", 12, 5)
    assert first["command"].startswith("pytest ")
    assert "--hypothesis-seed=5" in first["command"]


@pytest.mark.usefixtures("failed")
def test_a_failure_is_in_the_record_and_in_the_report(report: Path) -> None:
    failure = evidence(report)["smallness", None, "eager", "float32"]
    assert failure["outcome"] == "failed"
    assert failure["failure"]["margin"] == 1.2
    assert "smallness" in (report / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("failed")
def test_the_line_that_repeats_a_failure_repeats_it(report: Path) -> None:
    repeat = evidence(report)["smallness", None, "eager", "float32"]["failure"]["repeat"]
    program, *arguments = repeat.split()
    again = run_here(*arguments)
    assert program == "pytest"
    assert "smallest instance:\n  x = [0., 0., 3.]" in again.output


@pytest.mark.usefixtures("failed")
def test_workers_write_the_same_record(report: Path, tmp_path: Path) -> None:
    done = run_apart(*FAILING, "--report", str(tmp_path), "-n", "2")
    assert done.outcomes == {"failed": 3, "passed": 4}
    assert "Evidence (worst error / bound)" in done.output
    assert [schema.violation(line) for line in records(tmp_path) if schema.violation(line)] == []
    assert without_times(tmp_path) == without_times(report)
    assert sorted(line["kind"] for line in records(tmp_path)) == sorted(line["kind"] for line in records(report))


def without_times(directory: Path) -> dict[object, object]:
    """The evidence of a record, but for what differs from run to run."""

    def without(line: dict[str, Any]) -> dict[str, Any]:
        kept = {k: v for k, v in line.items() if k not in {"seconds", "split", "run"}}
        return kept | ({"corner": kept["corner"]["name"]} if "corner" in kept else {})

    return {key: without(line) for key, line in evidence(directory).items()}


def test_profile_and_seed_change_the_run(tmp_path: Path) -> None:
    done = run_here(
        *("--hypothesis-profile=standard", "--hypothesis-seed=9", "--report", str(tmp_path)),
        *("--claim", "doubling", "--claim", "uniform-mean", "--dtype", "float32", "-k", "claim_holds"),
    )
    assert done.status == 0
    first = records(tmp_path)[0]
    profile = PROFILES["standard"]
    assert (first["profile"], first["examples"], first["seed"]) == ("standard", profile.examples, 9)
    measured = evidence(tmp_path)
    corner_batches = 2 * profile.corner_plans + 1
    drawn = measured["doubling", None, "eager", "float32"]["batches"] - corner_batches
    assert abs(drawn - profile.examples) <= TOGETHER
    assert measured["uniform-mean", None, "eager", "float32"]["worst"]["input"]["seed"] == 9


def test_kernels_have_items_and_evidence_of_their_own(tmp_path: Path) -> None:
    kernels = tmp_path / "mine.py"
    kernels.write_text("def add(a, b):\n    return a - b\n", encoding="utf-8")
    options = ("--subject", "eager", "--subject", str(kernels), "--chapter", "addition", "--dtype", "float16")
    done = run_here(*options, "--claim", "doubling", "-k", "claim_holds", "--report", str(tmp_path / "out"))
    assert done.outcomes == {"failed": 1, "passed": 1}
    assert "doubling is refuted on mine, cpu, float16" in done.output
    assert f"--subject={kernels} --device cpu" in done.output
    assert {k[2]: e["outcome"] for k, e in evidence(tmp_path / "out").items()} == {"eager": "held", "mine": "failed"}


def test_items_are_chosen_by_name_and_by_their_last_failure(tmp_path: Path) -> None:
    chosen = ("--claim", "smallness", "--claim", "doubling", "-k", "float32 or float64")
    first = run_here(*chosen, cache=tmp_path)
    assert first.outcomes == {"failed": 2, "passed": 2}
    again = run_here(*chosen, "--lf", cache=tmp_path)
    assert again.outcomes == {"failed": 2}


def test_what_is_asked_for_by_name_runs_alone() -> None:
    everything = run_here("--collect-only", path="tests/frame/test_plan.py")
    assert "tests/frame/test_plan.py::" in everything.output
    alone = run_here("--collect-only", "--claim", "doubling", path="tests/frame/test_plan.py")
    assert alone.status == pytest.ExitCode.NO_TESTS_COLLECTED
    assert "tests/frame/test_plan.py::" not in alone.output


@pytest.mark.parametrize(
    ("workers", "given", "taken"),
    [
        (2, "no", "worksteal"),
        ("auto", "no", "worksteal"),
        (2, "loadfile", "loadfile"),
        (0, "no", "no"),
        (None, "no", "no"),
    ],
)
def test_idle_workers_take_over_unless_told_otherwise(workers: int | str | None, given: str, taken: str) -> None:
    option = types.SimpleNamespace(numprocesses=workers, dist=given)
    pytest_plugin.pytest_cmdline_main(types.SimpleNamespace(option=option))  # type: ignore[arg-type]  # all it looks at
    assert option.dist == taken
