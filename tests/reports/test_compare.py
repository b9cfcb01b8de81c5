from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from reports import model
from reports.__main__ import main
from reports.changes import KINDS, WORSE
from reports.compare import Comparison
from reports.evidence import Place
from reports.places import aligned
from reports.read import read
from tests.reports import synthetic
from tests.reports.statements import NORMS, TRACE

OLD, NEW = "20260101T000000-aaaaaaaa", "20260201T000000-bbbbbbbb"
TOPIC, SAMPLE = "linear_algebra/trace.py", TRACE[1]
Record = dict[str, Any]
Compare = Callable[..., Comparison]


def cell(run: str, dtype: str = "float32", device: str = "cpu", margin: float | str = 0.5, **changes: Any) -> Record:
    record = synthetic.evidence(SAMPLE, run, device, dtype, seconds=1.0)
    record["worst"] = record["worst"] | {"margin": margin}
    return record | changes


def failed(run: str, margin: float | str = 3.0, **changes: Any) -> Record:
    failure = synthetic.failure(synthetic.seeded(1), margin)
    return cell(run, outcome="failed", failure=failure, **changes)


def trial(run: str, role: str, name: str, outcome: str, **changes: Any) -> Record:
    return synthetic.trial(cell(run), role, name, outcome, **changes)


def lines(
    run: str, *evidence: Record, device: str = "cpu", about: Record | None = None, **changes: Any
) -> list[Record]:
    claim = synthetic.claim(SAMPLE, TOPIC, run, device) | (about or {})
    return [synthetic.run(run, device) | {"commit": run[-7:], **changes}, claim, *evidence]


@pytest.fixture
def compare(write: Callable[..., Path]) -> Compare:
    def compare(old: Iterable[Record], new: Iterable[Record], **options: Any) -> Comparison:
        sides = [model.report(read([write(records, f"{name}.jsonl")])) for name, records in (("a", old), ("b", new))]
        return Comparison(*sides, **options)

    return compare


def told(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    return [(c.kind, c.where, c.before, c.after) for c in comparison.changes]


def test_equal_runs_have_nothing_to_tell(compare: Compare) -> None:
    comparison = compare(lines(OLD, cell(OLD)), lines(NEW, cell(NEW)))
    assert (told(comparison), comparison.worse, comparison.same) == ([], 0, 1)
    assert [row[0] for row in comparison.differences] == ["started", "commit"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {"outcome": "error", "worst": None}, ("broke", "held 0.50", "error")),
        ({}, {"outcome": "vacuous"}, ("broke", "held 0.50", "vacuous 0.50")),
        ({}, {"outcome": "departs"}, ("departed", "held 0.50", "departs 0.50")),
        ({"outcome": "departs"}, {"outcome": "error", "worst": None}, ("broke", "departs 0.50", "error")),
        ({"outcome": "departs"}, {}, ("healed", "departs 0.50", "held 0.50")),
        ({"outcome": "vacuous"}, {}, ("mended", "vacuous 0.50", "held 0.50")),
        ({"outcome": "vacuous"}, {"outcome": "departs"}, ("mended", "vacuous 0.50", "departs 0.50")),
        ({}, {"outcome": "exhausted"}, ("outcome", "held 0.50", "exhausted 0.50")),
        ({}, {"outcome": "not-run", "worst": None}, ("vanished", "1 cell", "none")),  # none has this dtype
        ({"outcome": "not-run", "worst": None}, {}, ("appeared", "not measured", "held")),
    ],
)
def test_an_outcome_that_changed(compare: Compare, old: Record, new: Record, expected: tuple[str, ...]) -> None:
    others = [cell(run, "float64") for run in (OLD, NEW)]
    comparison = compare(lines(OLD, cell(OLD, **old), others[0]), lines(NEW, cell(NEW, **new), others[1]))
    assert told(comparison) == [(expected[0], "float32 on cpu", *expected[1:])]
    assert comparison.worse == (KINDS[expected[0]].side == WORSE)
    assert comparison.same == 1


def test_a_failure_is_told_with_its_margin_and_counted_where_it_stays(compare: Compare) -> None:
    comparison = compare(lines(OLD, cell(OLD)), lines(NEW, failed(NEW)))
    assert told(comparison) == [("broke", "float32 on cpu", "held 0.50", "failed 3.0")]
    comparison = compare(lines(OLD, failed(OLD)), lines(NEW, failed(NEW, 9.0)))
    assert (told(comparison), comparison.failing) == ([], 1)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (1e-300, 1e-299, None),
        (0.0, 9e-4, None),
        (1e-5, 2.1e-3, "rose"),
        (0.4, 0.79, None),
        (0.4, 0.81, "rose"),
        (0.5, 0.24, "fell"),
        (1e-2, 0.0, "fell"),
    ],
)
def test_a_margin_moves_beyond_a_factor_two_and_above_a_floor(
    compare: Compare, old: float, new: float, kind: str | None
) -> None:
    comparison = compare(lines(OLD, cell(OLD, margin=old)), lines(NEW, cell(NEW, margin=new)))
    assert [change.kind for change in comparison.changes] == ([kind] if kind else [])
    # On other inputs a larger maximum may be luck.
    comparison = compare(lines(OLD, cell(OLD, margin=old)), lines(NEW, cell(NEW, margin=new), seed=3))
    assert [change.kind for change in comparison.changes] == ([{"rose": "drifted"}.get(kind, kind)] if kind else [])
    assert comparison.worse == 0


@pytest.mark.parametrize(("new", "kinds"), [(0.49, []), (0.51, ["rose"])])
def test_the_margin_of_a_statistical_check_is_small_by_luck(compare: Compare, new: float, kinds: list[str]) -> None:
    old = cell(OLD, margin=0.01, outcome="consistent")
    comparison = compare(lines(OLD, old), lines(NEW, cell(NEW, margin=new, outcome="consistent")))
    assert [change.kind for change in comparison.changes] == kinds


def test_a_cell_that_is_gone_is_a_loss_unless_the_second_is_a_part(compare: Compare) -> None:
    about = synthetic.claim(NORMS[0], "linear_algebra/norms.py", OLD)
    other = synthetic.evidence(NORMS[0], OLD, "cpu", "float64", seconds=1.0)
    old = [*lines(OLD, cell(OLD), cell(OLD, "float64")), about, other]
    new = [*lines(NEW, cell(NEW)), about | {"run": NEW}, other | {"run": NEW}]
    comparison = compare(old, new)
    assert told(comparison) == [("vanished", "float64 on cpu", "measured", "no such cell")]
    assert comparison.worse == 1
    assert compare(old, new, partial=True).worse == 0
    assert compare(old, [*lines(NEW, cell(NEW), cell(NEW, "float64"))]).changes[0].after == "no such claim"


def test_claims_that_appear_are_no_loss_but_their_failures_are(compare: Compare) -> None:
    about = synthetic.claim(NORMS[0], "linear_algebra/norms.py", NEW)
    new = synthetic.evidence(NORMS[0], NEW, "cpu", "float32", seconds=1.0)
    broken = new | {"dtype": "float64", "outcome": "error", "worst": None}
    comparison = compare(lines(OLD, cell(OLD)), [*lines(NEW, cell(NEW)), about, new, broken])
    assert told(comparison) == [
        ("broke", "float64 on cpu", "not measured", "error"),
        ("appeared", "float32 on cpu", "new claim", "held"),
    ]


@pytest.mark.parametrize(
    ("role", "good", "bad"), [("mutant", "caught", "survived"), ("refutation", "refuted", "not-refuted")]
)
def test_mutants_and_false_neighbours_that_are_found_no_longer(
    compare: Compare, role: str, good: str, bad: str
) -> None:
    def kinds(old: str | None, new: str | None) -> list[str]:
        sides = [
            lines(run, cell(run), trial(run, role, "b", good), *([trial(run, role, "a", word)] if word else []))
            for run, word in ((OLD, old), (NEW, new))
        ]
        return [change.kind for change in compare(*sides).changes]

    assert kinds(good, good) == kinds(bad, bad) == []
    assert kinds(good, bad) == kinds(good, "error") == kinds(None, bad) == ["escaped"]
    assert kinds(bad, good) == ["found"]
    assert kinds(good, None) == kinds(good, "not-run") == ["vanished"]
    assert kinds(None, good) == ["appeared"]


def departure(script: str = "x.py") -> Record:
    return {"name": "d", "summary": "s", "devices": ["cpu"], "dtypes": ["float32"], "versions": "2", "upstream": None,
            "script": script, "code": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        ("departs", "departs", []),
        (None, "departs", ["departed"]),
        ("mended", "departs", ["departed"]),
        ("not-run", "departs", ["appeared"]),
        ("departs", "mended", ["healed"]),
        ("departs", None, ["healed"]),
        ("departs", "elsewhere", ["unseen"]),
        ("departs", "not-run", ["unseen"]),
        ("departs", "error", ["broke"]),
    ],
)
def test_departures_that_are_new_or_gone(compare: Compare, old: str | None, new: str | None, kinds: list[str]) -> None:
    sides = [
        lines(
            run, cell(run), *([trial(run, "departure", "d", word)] if word else []),
            about={"departures": [departure()] if word else []},
        )
        for run, word in ((OLD, old), (NEW, new))
    ]  # fmt: skip
    assert [change.kind for change in compare(*sides).changes] == kinds


@pytest.mark.parametrize(
    ("old", "new", "kinds"),
    [
        (1.0, 1.4, []),
        (0.01, 0.05, []),
        (0.01, 0.07, ["slowed", "slower"]),
        (1.0, 1.6, ["slowed", "slower"]),
        (1.6, 1.0, ["faster", "faster"]),
    ],
)
def test_times_beyond_noise(compare: Compare, old: float, new: float, kinds: list[str]) -> None:
    sides = lines(OLD, cell(OLD, seconds=old)), lines(NEW, cell(NEW, seconds=new))
    assert [change.kind for change in compare(*sides).changes] == kinds
    machine = synthetic.run()["machine"] | {"cpu": "another"}
    elsewhere = lines(NEW, cell(NEW, seconds=new), machine=machine)
    assert compare(sides[0], elsewhere).worse == 0  # another machine tells nothing of the code


@pytest.mark.parametrize(("times", "kinds"), [(1.4, []), (1.6, ["slowed"]), (0.5, ["faster"])])
def test_benchmarks_beyond_noise(tmp_path: Path, times: float, kinds: list[str]) -> None:
    whole = synthetic.benchmarks(synthetic.samples(1))
    whole["benchmarks"] = [e for e in whole["benchmarks"] if e["extra_info"]["implementation"] == "torch"][:1]
    reports = []
    for name, scale in (("a", 1.0), ("b", times)):
        path = tmp_path / f"{name}.json"
        whole["benchmarks"][0]["stats"]["median"] = 1e-3 * scale
        path.write_text(json.dumps(whole), "utf-8")
        reports.append(model.report(read([path])))
    assert [change.kind for change in Comparison(*reports).changes] == kinds


def test_a_claim_that_says_something_else_is_no_worse(compare: Compare) -> None:
    changed = {"truth": "false-as-stated", "correction": "c", "bound": "wider"}
    comparison = compare(lines(OLD, cell(OLD)), lines(NEW, cell(NEW), about=changed))
    (change,) = comparison.changes
    assert (change.kind, change.before, change.after) == ("verdict", "true", "false as stated")
    assert change.note == "rewritten: correction and bound"
    assert comparison.worse == 0


def test_changes_stand_from_worst_to_best(compare: Compare) -> None:
    old = lines(OLD, cell(OLD), cell(OLD, "float64", margin=0.1), cell(OLD, "float16"), failed(OLD, dtype="bfloat16"))
    new = lines(
        NEW, failed(NEW, 2.0), cell(NEW, "float64", margin=0.9), failed(NEW, "nan", dtype="float16"),
        cell(NEW, "bfloat16"),
    )  # fmt: skip
    assert [(c.kind, c.where.split()[0]) for c in compare(old, new).changes] == [
        ("broke", "float16"),
        ("broke", "float32"),
        ("rose", "float64"),
        ("mended", "bfloat16"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        (["eager cpu", "eager cuda"], ["eager cpu"], {"eager cpu": "eager cpu"}),
        (["eager cpu"], ["eager cuda"], {"eager cpu": "eager cuda"}),
        (["eager cpu", "eager cuda"], ["mine cpu", "mine cuda"], {"eager cpu": "mine cpu", "eager cuda": "mine cuda"}),
        (["eager cpu"], ["mine cuda"], {"eager cpu": "mine cuda"}),
        (["eager cpu", "mine cpu"], ["eager cuda", "mine cuda"], {"eager cpu": "eager cuda", "mine cpu": "mine cuda"}),
        (["eager cpu", "eager cuda"], ["mine mps"], {}),
        ([], ["eager cpu"], {}),
    ],
)
def test_what_is_held_against_what(
    write: Callable[..., Path], old: list[str], new: list[str], pairs: dict[str, str]
) -> None:
    def report(run: str, names: list[str]) -> model.Report:
        made = [cell(run, device=name.split()[1], subject=name.split()[0]) for name in names]
        return model.report(read([write(lines(run, *made), f"{run}.jsonl")]))

    def place(name: str) -> Place:
        return Place(*name.split())

    found = aligned(report(OLD, old), report(NEW, new))
    assert found == {place(one): place(other) for one, other in pairs.items()}


def test_what_fails_on_a_device_that_only_the_second_has_is_worse(compare: Compare) -> None:
    comparison = compare(
        lines(OLD, cell(OLD)), lines(NEW, cell(NEW), cell(NEW, device="mps"), failed(NEW, device="cuda"))
    )
    assert told(comparison) == [("broke", "float32 on cuda", "not measured", "failed 3.0")]
    assert comparison.notes == ["measured only after, and not compared: cuda and mps"]


def test_devices_are_compared_and_that_is_said(compare: Compare) -> None:
    comparison = compare(lines(OLD, cell(OLD)), lines(NEW, cell(NEW, device="cuda", margin=1.0), device="cuda"))
    assert told(comparison) == []
    assert comparison.notes == ["cpu before is held against cuda after"]
    assert ("cuda", "none", "NVIDIA H200 580.82.07") in comparison.differences


def test_the_command_says_what_changed_and_its_status_whether_for_the_worse(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(lines(OLD, cell(OLD)), "a.jsonl")
    new = write([*lines(NEW, failed(NEW), versions=synthetic.run()["versions"] | {"torch": "2.14.0"})], "b.jsonl")
    assert main(["compare", str(old), str(new), "--out", str(tmp_path / "out")]) == 1
    output = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["torch", "2.13.0", "2.14.0"] for line in output)
    assert "Fails now (1)" in output
    assert any(line.split()[:1] == [SAMPLE.id] and "held 0.50 → failed 3.0" in line for line in output)
    assert output[-2:] == ["1 worse, 0 changed otherwise, 0 better; 0 cells the same", f"{tmp_path}/out/compare.html"]
    page = (tmp_path / "out" / "compare.html").read_text("utf-8")
    assert "1 change for the worse" in page
    assert "failed 3.0" in page
    assert main(["compare", str(new), str(old)]) == 0
    assert "Holds now (1)" in capsys.readouterr().out


def test_bad_input_is_status_2_unless_something_got_worse(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(lines(OLD, cell(OLD)), "a.jsonl")
    assert main(["compare", str(old), str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"{tmp_path / 'none'}: no such file"
    torn = write(lines(NEW, cell(NEW)), "torn.jsonl")
    torn.write_text(torn.read_text("utf-8") + '{"schema":1', "utf-8")
    assert main(["compare", str(old), str(torn)]) == 2
    future = write([*lines(NEW, failed(NEW)), {"schema": 2, "kind": "run", "run": "x"}], "future.jsonl")
    assert main(["compare", str(old), str(future)]) == 1
    assert "schema 2 is newer than 1" in capsys.readouterr().err


def test_runs_without_a_cell_in_common_cannot_be_compared(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    old = write(lines(OLD, cell(OLD)), "a.jsonl")
    nothing = write(lines(NEW), "b.jsonl")  # killed before its first result
    for one, other in ((old, nothing), (nothing, old)):
        assert main(["compare", str(one), str(other)]) == 2
        assert "error: no cell of one could be held against a cell of the other" in capsys.readouterr().err


def test_many_changes_are_cut_short_unless_all_are_asked_for(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"m{number:02}" for number in range(30)]
    old = write(lines(OLD, cell(OLD), *(trial(OLD, "mutant", name, "caught") for name in names)), "a.jsonl")
    new = write(lines(NEW, cell(NEW), *(trial(NEW, "mutant", name, "survived") for name in names)), "b.jsonl")
    assert main(["compare", str(old), str(new)]) == 1
    output = capsys.readouterr().out
    assert "mutant m19" in output
    assert "mutant m20" not in output
    assert "and 10 more: --all shows them" in output
    main(["compare", str(old), str(new), "--all"])
    assert "mutant m29" in capsys.readouterr().out


def test_hostile_words_neither_style_nor_move_the_terminal(
    write: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words = "[red]x[/red]\x1b[31m\nsecond"
    old = write(lines(OLD, cell(OLD)), "a.jsonl")
    new = write(lines(NEW, cell(NEW, outcome="error", worst=None, reason=words), blas=words), "b.jsonl")
    main(["compare", str(old), str(new)])
    output = capsys.readouterr().out
    assert "\x1b" not in output
    assert "[red]x[/red]" in output


def test_kinds_go_from_worse_to_better() -> None:
    sides = [kind.side for kind in KINDS.values()]
    assert sides == sorted(sides, key=["worse", "other", "better"].index)


def test_kernels_are_held_to_the_claims_that_use_them(compare: Compare) -> None:
    about = synthetic.claim(NORMS[0], "linear_algebra/norms.py", OLD)
    old = [*lines(OLD, cell(OLD)), about, synthetic.evidence(NORMS[0], OLD, "cpu", "float32")]
    comparison = compare(old, lines(NEW, cell(NEW, subject="mine", margin=0.4)))
    assert (told(comparison), comparison.worse, comparison.same) == ([], 0, 1)


def test_a_cell_that_broke_has_no_time_to_compare(compare: Compare) -> None:
    broken = cell(NEW, outcome="error", worst=None, seconds=0.0, reason="Traceback:\n  x\nValueError: y\n")
    (change,) = compare(lines(OLD, cell(OLD, seconds=9.0)), lines(NEW, broken)).changes
    assert (change.kind, change.note) == ("broke", "ValueError: y")
