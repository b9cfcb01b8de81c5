"""What the README shows works as it says."""

from __future__ import annotations

import itertools
import re
import shlex
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from claims.frame.claim import CLAIMS, load_all
from claims.frame.kernels import load
from claims.frame.profiles import PROFILES
from claims.frame.runner import catch, examine, refute
from claims.frame.subject import Subject
from reports.__main__ import _parser

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def example() -> Iterator[types.ModuleType]:
    """The complete example of a claim, as the module that the README says it should be."""
    load_all()
    (code,) = (b for b in BLOCKS if "@claim(" in b)
    module = types.ModuleType("claims.linear_algebra.transposition")
    sys.modules[module.__name__] = module
    exec(compile(code, "transposition.py", "exec"), vars(module))  # noqa: S102  it is our own text
    yield module
    del CLAIMS["transpose-of-product"], sys.modules[module.__name__]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_the_example_claim_holds(example: types.ModuleType, dtype: str) -> None:
    evidence = examine(example.transpose_of_product, Subject("eager", dtype), PROFILES["quick"])
    assert evidence.outcome == "held"
    assert evidence.worst is not None
    assert evidence.worst.margin > 0.01


def test_the_examples_neighbour_is_refuted_and_its_mutant_caught(example: types.ModuleType) -> None:
    made = example.transpose_of_product
    subject = Subject("eager", "float32")
    assert refute(made.refutations[0], subject, made, PROFILES["quick"]).outcome == "refuted"
    assert catch(made, made.mutants[0], subject, PROFILES["quick"]).outcome == "caught"


def test_the_example_kernels_load(tmp_path: Path) -> None:
    (code,) = (b for b in BLOCKS if "my_kernels.py" in b)
    path = tmp_path / "my_kernels.py"
    path.write_text(code, encoding="utf-8")
    assert set(load(str(path))) == {"softmax"}


def test_every_claim_and_option_in_a_command_exists(pytestconfig: pytest.Config) -> None:
    known = {o for action in pytestconfig._parser._anonymous.options for o in action.names()}
    known |= {o for group in pytestconfig._parser._groups for action in group.options for o in action.names()}
    commands = [line.strip() for line in README.splitlines() if re.match(r"    (\S*/)?pytest( |$)", line)]
    assert len(commands) > 5
    for command in commands:
        words = shlex.split(command.partition("#")[0])
        for word in words:
            assert not word.startswith("-") or word.partition("=")[0] in known, command
        for option, value in itertools.pairwise(words):
            assert option != "--claim" or value in load_all() or value == "transpose-of-product", command


def test_every_report_command_in_the_readme_is_one() -> None:
    commands = re.findall(r"^ +(?:\$ |\S*/)?python -m reports (.*)", README, re.MULTILINE)
    told = {_parser().parse_args(shlex.split(command, comments=True)).command for command in commands}
    assert told == {"build", "compare", "summary", "verdicts", "index"}


def test_every_make_target_in_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"make (verify|test|bench|env|clean|\w+ing)\b", README)) <= targets
    assert {"verify", "test", "bench", "env", "clean"} <= targets
