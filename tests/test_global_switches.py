"""No false alarms under other switches: deterministic mode, oneDNN off, no vector instructions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from claims.frame.profiles import active
from claims.frame.runner import examine
from claims.frame.subject import Subject
from claims.frame.support import DTYPES, unsupported
from tests.test_alternatives import CLAIMS, FEW, GOOD, SEED, dealt_corners, said

ROOT = Path(__file__).parents[1]
VECTORISED = ("softmax-definition-accuracy", "lp-norm", "variance-definition", "trace-definition")
"""Claims about loops that torch vectorises, for the profiles that do not take all."""


@pytest.fixture
def _deterministic_without_onednn() -> Iterator[None]:
    torch.use_deterministic_algorithms(mode=True, warn_only=True)  # unpooling has no such algorithm, and says so
    with torch.backends.mkldnn.flags(enabled=False):
        yield
    torch.use_deterministic_algorithms(mode=False)


@pytest.mark.filterwarnings("ignore:TF32 acceleration on top of oneDNN:UserWarning")
@pytest.mark.filterwarnings("ignore:.*does not have a deterministic implementation:UserWarning")
@pytest.mark.usefixtures("_deterministic_without_onednn")
@pytest.mark.parametrize(("number", "claim"), list(enumerate(CLAIMS)), ids=CLAIMS)
def test_a_claim_holds_in_deterministic_mode_without_onednn(number: int, claim: str) -> None:
    """Both at once, in a dtype that rotates, as do the corners; products of float32 are precise by default."""
    assert torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.mkldnn.enabled
    assert torch.get_float32_matmul_precision() == "highest"
    able = [d for d in DTYPES if unsupported(CLAIMS[claim], "cpu", d) is None]
    seen = dealt_corners(CLAIMS[claim], number // len(able) % 2, 2)
    evidence = examine(seen, Subject("eager", able[number % len(able)]), FEW, seed=SEED)
    assert evidence.outcome in GOOD, said(evidence)


def test_claims_hold_without_vector_instructions(tmp_path: Path) -> None:
    """A process of its own, since torch chooses its kernels once; above the quick profile all claims are run."""
    chosen = [] if active().name != "quick" else [word for c in VECTORISED for word in ("--claim", c)]
    command = [sys.executable, "-m", "pytest", "tests/test_claims.py", "-k", "test_claim_holds", "-q", *chosen]
    options = {"ATEN_CPU_CAPABILITY": "default", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, "-o", f"cache_dir={tmp_path}", f"--report={tmp_path}"],
        cwd=ROOT,
        env=os.environ | options,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    (record,) = tmp_path.glob("*.jsonl")
    first, *_ = record.read_text(encoding="utf-8").splitlines()
    assert json.loads(first)["machine"]["capability"] == "DEFAULT"
