"""What repeats a failure: the line to type, and the file of the kernel that failed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from claims import equal
from claims.frame.checks import Check
from claims.frame.claim import Refutation
from claims.frame.inputs.regime import Regimes
from claims.frame.runner import examine
from claims.frame.subject import Subject
from tests.frame.toys.inputs import rows
from tests.frame.toys.properties import TINY, proposition


def test_a_kernel_is_called_by_the_name_of_its_file_wherever_that_is(tmp_path: Path) -> None:
    subject = Subject("eager", "float32").overriding("my-kernels", abs=lambda x: x.abs() + 1)
    subject.origin = str(tmp_path / "my-kernels.py")
    (tmp_path / "my-kernels.py").write_text("def abs(x):\n    return x.abs() + 1\n", encoding="utf-8")

    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(x), x)

    evidence = examine(proposition(check, x=rows()), subject, TINY)
    assert evidence.failure is not None
    assert "kernels.abs(x0)" in evidence.failure["reproduction"]
    command = [sys.executable, "-c", evidence.failure["reproduction"]]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert "must not exceed" in shown.stdout


def test_the_line_that_repeats_a_failure() -> None:
    def check(subject: Subject, x: Tensor) -> Iterator[Check]:
        yield equal(subject.abs(x), 0.0)

    def repeat(made: Any, subject: Subject, seed: int = 0) -> str:  # noqa: ANN401
        failure = examine(made, subject, TINY, seed=seed).failure
        assert failure is not None
        return str(failure["repeat"])

    regimes: dict[str, Regimes] = {"x": rows()}
    of_claim = repeat(proposition(check, **regimes), Subject("eager", "float16"), 3)
    end = "--device cpu --dtype {} --hypothesis-profile quick --hypothesis-seed {}"
    assert of_claim == f"pytest --claim check {end.format('float16', 3)}"
    false = Refutation("false", check, regimes, claim="true")
    eager = Subject("eager", "float32")
    assert repeat(false, eager) == f"pytest --claim true -k false {end.format('float32', 0)}"
    kernel = eager.overriding("mine", abs=torch.abs)
    kernel.origin = "my kernels/mine.py"
    wanted = f"pytest --claim check --subject='my kernels/mine.py' {end.format('float32', 0)}"
    assert repeat(proposition(check, **regimes), kernel) == wanted
