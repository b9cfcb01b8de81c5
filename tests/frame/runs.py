"""Runs of pytest over the toy claims: in this process, which is quick, or in processes of their own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import core, settings

from claims.frame import cases, messages, pytest_plugin, sensitivity, summary, vacuity
from claims.frame.operations import OPERATIONS
from tests.frame.toys import inputs
from tests.frame.toys.registry import load_toys

ROOT = Path(__file__).parents[2]
QUIETLY = ("-p", "no:faulthandler", "-q", "--color=no")
UNCACHED = ("-p", "no:cacheprovider")
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "COLUMNS": "150"}
CLAIMS = "tests/test_claims.py"


class Run(NamedTuple):
    """The exit status and the output of a run."""

    status: int
    output: str

    @property
    def outcomes(self) -> dict[str, int]:
        """pytest's own count: passed, failed, skipped, ..."""
        last = self.output.strip().splitlines()[-1]
        return {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|skipped)", last)}

    @property
    def items(self) -> list[str]:
        """The ids of the items, from `--collect-only -q`."""
        return re.findall(r"^tests/test_claims\.py::\w+\[(.+)\]$", self.output, re.MULTILINE)


def run_here(*arguments: str, path: str = CLAIMS, cache: Path | None = None) -> Run:
    """Runs pytest over the toy claims in this process, and leaves nothing behind."""
    profile, seed = settings.get_current_profile_name(), core.global_force_seed
    output = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        patch.chdir(ROOT)
        patch.setenv("COLUMNS", ENVIRONMENT["COLUMNS"])
        for module in (cases, messages, pytest_plugin, sensitivity, summary, vacuity):
            patch.setattr(module, "load_all", load_toys)
        for name, operation in inputs.ROWS.items():
            patch.setitem(OPERATIONS, name, operation)
        try:
            caching = UNCACHED if cache is None else ("-o", f"cache_dir={cache}")
            status = pytest.main([path, *QUIETLY, *caching, *arguments])
        finally:
            settings.load_profile(profile)
            core.global_force_seed = seed
    return Run(int(status), output.getvalue())


def command(*arguments: str, path: str = CLAIMS) -> list[str]:
    """The command line of a run over the toy claims."""
    return [sys.executable, "-m", "pytest", "-p", "tests.frame.toys.only", path, *QUIETLY, *UNCACHED, *arguments]


def run_apart(*arguments: str, path: str = CLAIMS) -> Run:
    """Runs pytest over the toy claims in a process of its own."""
    options: dict[str, Any] = {"cwd": ROOT, "env": os.environ | ENVIRONMENT, "timeout": 300, "text": True}
    done = subprocess.run(command(*arguments, path=path), capture_output=True, check=False, **options)
    return Run(done.returncode, done.stdout + done.stderr)


def records(directory: Path) -> list[dict[str, Any]]:
    """The lines of the only record in a directory."""
    (file,) = directory.glob("*.jsonl")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def evidence(directory: Path) -> dict[tuple[str, str | None, str, str], dict[str, Any]]:
    """The evidence of the only record in a directory by claim, name, subject and dtype."""
    lines = [line for line in records(directory) if line["kind"] == "evidence"]
    return {(e["claim"], e["name"], e["subject"], e["dtype"]): e for e in lines}
