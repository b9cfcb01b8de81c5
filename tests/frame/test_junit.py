"""JUnit XML: what other tools read of a run is a test case an item, with the text of its failure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.frame.runs import evidence, run_apart, run_here

CHOSEN = ("--claim", "smallness", "--claim", "doubling", "--dtype", "float32")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The JUnit file and the record of a run with two workers, in which something fails."""
    directory = tmp_path_factory.mktemp("junit")
    done = run_apart(*CHOSEN, "--junitxml", str(directory / "junit.xml"), "--report", str(directory), "-n", "2")
    assert done.outcomes == {"failed": 3, "passed": 4}
    assert "warning" not in done.output.lower()
    return directory


def cases(path: Path) -> dict[str, ET.Element]:
    """The test cases of a JUnit file by name; no name may stand twice."""
    found = list(ET.parse(path).iter("testcase"))  # noqa: S314  our own file
    assert len({case.attrib["name"] for case in found}) == len(found)
    return {case.attrib["name"]: case for case in found}


def test_an_item_is_a_test_case_with_the_text_of_its_failure(directory: Path) -> None:
    found = cases(directory / "junit.xml")
    assert found.keys() == {
        "test_claim_holds[doubling-eager-cpu-float32]",
        "test_claim_holds[smallness-eager-cpu-float32]",
        "test_false_neighbour_is_refuted[doubling-doubling-changes-nothing-cpu]",
        "test_false_neighbour_is_refuted[smallness-sizes-are-nonnegative-cpu]",
        "test_mutant_is_caught[doubling-addition-that-subtracts-cpu]",
        "test_mutant_is_caught[doubling-addition-of-two-numbers-only-cpu]",
        "test_mutant_is_caught[smallness-size-as-it-should-be-cpu]",
    }
    failures = {name: case.findtext("failure") for name, case in found.items() if case.find("failure") is not None}
    assert len(failures) == 3
    text = failures["test_claim_holds[smallness-eager-cpu-float32]"] or ""
    for part in (
        "smallness is refuted on eager, cpu, float32",
        "margin: 1.2 times the bound, in the check 'small'",
        "smallest instance:\n  x = [0., 0., 3.]",
        "repeat: pytest --claim smallness",
    ):
        assert part in text


def test_its_properties_are_a_few_numbers(directory: Path) -> None:
    measured = evidence(directory)
    held = str(measured["doubling", None, "eager", "float32"]["worst"]["margin"])
    for name, margin in (("smallness", "1.2"), ("doubling", held)):
        case = cases(directory / "junit.xml")[f"test_claim_holds[{name}-eager-cpu-float32]"]
        found = {p.attrib["name"]: p.attrib["value"] for p in case.iter("property")}
        about = measured[name, None, "eager", "float32"]
        assert found == {"outcome": about["outcome"], "margin": margin, "instances": str(about["instances"])}


def test_totals_are_those_of_the_run_without_workers_too(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    run_here(*CHOSEN, "--device", "cuda:99", "--device", "cpu", "--junitxml", str(path))
    suite = ET.parse(path).find("testsuite")  # noqa: S314  our own file
    assert suite is not None
    assert {key: suite.attrib[key] for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "9", "failures": "3", "errors": "0", "skipped": "2",
    }  # fmt: skip
    skipped = cases(path)["test_claim_holds[doubling-eager-cuda:99-float32]"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "no device 'cuda:99' here"
