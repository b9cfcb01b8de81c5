from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reports import model, verdicts
from reports.__main__ import main
from reports.build import NothingUsableError, gather
from reports.read import read
from tests.reports import synthetic


def closed(schema: Any) -> Any:  # noqa: ANN401
    """The schema with no fields but those that it names: what is written must be published."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return made | ({"additionalProperties": False} if "properties" in schema and "type" in schema else {})


STRICT = jsonschema.Draft202012Validator(closed(verdicts.schema()))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    report = model.report(read(synthetic.write(tmp_path_factory.mktemp("verdicts"))))
    loaded: dict[str, Any] = json.loads(verdicts.text(report))
    return loaded


def claim(told: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [claim for claim in told["claims"] if claim["id"] == name]
    return found


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(verdicts.schema())


def test_the_verdicts_keep_their_schema(told: dict[str, Any]) -> None:
    STRICT.validate(told)
    for part, change in (
        (lambda t: t["claims"][0], {"verdict": "perhaps"}),
        (lambda t: t["claims"][0]["evidence"][0], {"margin": "-inf"}),
        (lambda t: t["claims"][0]["mutants"][0], {"outcome": "refuted"}),
        (lambda t: t["runs"][0], {"finished": 1}),
    ):
        broken = copy.deepcopy(told)
        part(broken).update(change)
        assert not STRICT.is_valid(broken), change


def test_a_cell_has_its_evidence(told: dict[str, Any]) -> None:
    cells = claim(told, "log-softmax-accuracy")["evidence"]
    (broken,) = [cell for cell in cells if cell["outcome"] == "failed"]
    assert (broken["subject"], broken["device"], broken["dtype"], broken["margin"]) == ("eager", "cpu", "float16", 3.2)
    assert broken["repeat"].startswith("pytest --claim")
    assert broken["run"] == synthetic.CPU_RUN
    statistical = claim(told, "xavier-initializer-law")["evidence"]
    assert {cell["alpha"] for cell in statistical} == {4e-9}
    missing = [cell for cell in claim(told, "svd-existence")["evidence"] if cell["outcome"] == "unsupported"]
    assert {cell["reason"] for cell in missing} == {
        f"svd: not implemented for '{dtype}'" for dtype in ("bfloat16", "float16")
    }
    assert {(cell["instances"], cell["margin"], cell["run"]) for cell in missing} == {(0, None, None)}


def test_refutations_mutants_and_departures_have_outcomes(told: dict[str, Any]) -> None:
    gain = claim(told, "variance-gain-per-layer")
    assert [mutant["outcome"] for mutant in gain["mutants"]] == ["caught", "caught", "caught", "survived", "caught"]
    outcomes = {r["name"]: r["outcome"] for r in claim(told, "svd-existence")["refutations"]}
    assert outcomes["svd-existence-bitwise"] == "not-refuted"
    (departure,) = claim(told, "xavier-initializer-law")["departures"]
    assert (departure["outcome"], departure["upstream"]) == ("departs", "pytorch#123456")
    assert {(r["device"], r["dtype"]) for r in departure["results"]} == {
        (device, dtype) for device in ("cpu", "cuda") for dtype in ("bfloat16", "float16")
    }
    assert told["totals"]["verdicts"]["false-as-stated"] == 3
    assert sum(told["totals"]["evidence"].values()) == sum(len(c["evidence"]) for c in told["claims"])


def test_runs_say_whether_they_finished(write: Callable[..., Path]) -> None:
    topic, sample = synthetic.samples(1)[0]
    lines = list(synthetic.lines(synthetic.CPU_RUN, "cpu", [(topic, sample)]))
    killed = write([lines[0] | {"closes": True}, *lines[1:]])
    (run,) = verdicts.verdicts(gather([killed], pytest.fail, [].append))["runs"]
    assert (run["finished"], run["unfinished"]) == (
        False,
        "it was killed or still goes on: its record has no closing line",
    )
    without_run = write(lines[1:], "lost.jsonl")
    told = json.loads(verdicts.text(gather([without_run], pytest.fail, pytest.fail)))
    STRICT.validate(told)
    assert (told["runs"][0]["run"], told["runs"][0]["commit"]) == (synthetic.CPU_RUN, None)


def test_numbers_that_json_lacks_are_text(write: Callable[..., Path]) -> None:
    lines = list(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)))
    first = next(line for line in lines if line.get("role") == "claim")
    for margin in ("nan", "inf"):
        first["worst"]["margin"] = margin
        told = json.loads(verdicts.text(gather([write(lines)], pytest.fail, pytest.fail)), parse_constant=pytest.fail)
        STRICT.validate(told)
        assert told["claims"][0]["evidence"][0]["margin"] == margin


def test_the_command_prints_or_writes_what_build_leaves_beside_the_page(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(2)))
    assert main(["build", str(path), "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert main(["verdicts", str(path)]) == 0
    printed = capsys.readouterr().out
    assert main(["verdicts", str(path), "--out", str(tmp_path / "new" / "v.json")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'new' / 'v.json'}\n"
    assert printed == (tmp_path / "new" / "v.json").read_text("utf-8")
    assert printed == (tmp_path / "out" / verdicts.NAME).read_text("utf-8")


def test_bad_input_is_named_and_the_rest_told(
    write: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write([*synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1)), {"schema": 9, "kind": "run"}])
    assert main(["verdicts", str(path)]) == 1
    output = capsys.readouterr()
    assert len(output.err.splitlines()) == 1
    assert json.loads(output.out)["problems"] == output.err.splitlines()
    assert main(["verdicts", str(tmp_path / "none")]) == 2
    with pytest.raises(NothingUsableError):
        gather([], pytest.fail, pytest.fail)
