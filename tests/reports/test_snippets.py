"""What is copied from a claim: tensors that are the recorded input, and links to its lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from reports.build import build
from reports.evidence import Cell, Place
from reports.snippets import LONGEST, shortened, source_link, worst_input
from tests.reports import synthetic
from tests.reports.conftest import in_full

REPOSITORY = {"repository": "https://github.com/someone/dl-claims", "commit": "f02ad73"}


def cell(values: dict[str, Any] | None, shapes: dict[str, Any], dtype: str = "float32", device: str = "cpu") -> Cell:
    record = synthetic.evidence(synthetic.samples(1)[0][1], "a-run", device, dtype)
    record["worst"]["input"] |= {"values": values, "shapes": shapes}
    return Cell(Place("eager", device), dtype, "held", record=record)


@pytest.mark.parametrize("dtype", synthetic.DTYPES)
def test_the_code_makes_the_recorded_input(dtype: str) -> None:
    kept = getattr(torch, dtype)
    numbers = torch.tensor([[1 / 3, -2.5, 1e-3], [float("inf"), float("-inf"), float("nan")]], dtype=kept)
    values = {"x": [[v.hex() for v in numbers.double().flatten().tolist()], ["0x1p+1"]]}
    made: dict[str, Any] = {}
    exec(worst_input(cell(values, {"x": [[2, 3], []]}, dtype)), made)  # noqa: S102
    matrix, number = made["x"]
    assert matrix.dtype == number.dtype == kept
    assert torch.equal(matrix.nan_to_num(7.0), numbers.nan_to_num(7.0))
    assert number.shape == ()
    assert number == 2


def test_one_array_is_no_list_and_lies_on_its_device() -> None:
    code = worst_input(cell({"an x": [["0x1p+0"]]}, {"an x": [[1]]}, device="cuda"))
    assert code == 'import torch\n\nan_x = torch.tensor([1], dtype=torch.float32, device="cuda")'


def test_an_input_without_its_numbers_is_rebuilt_from_the_record() -> None:
    command = worst_input(cell(None, {"x": [[99, 99]]}, "float16", "cuda"))
    assert command == "python -m claims rebuild a-run.jsonl lp-norm --device cuda --dtype float16"


def test_a_cell_without_a_worst_input_has_none() -> None:
    unmeasured = Cell(Place("eager", "cpu"), "float32", "absent")
    with pytest.raises(ValueError, match="float32 on cpu: no record: no worst input"):
        worst_input(unmeasured)


def test_a_very_long_script_says_how_to_make_the_rest() -> None:
    assert shortened("x" * LONGEST, "pytest") == "x" * LONGEST
    short = shortened("import torch\n" + "x" * 10**6, "pytest --claim a")
    assert len(short) < LONGEST
    assert short.startswith("import torch…\n# 1\N{NARROW NO-BREAK SPACE}000\N{NARROW NO-BREAK SPACE}001 more")
    assert short.endswith("\n# pytest --claim a")


@pytest.mark.parametrize(
    ("place", "run", "address"),
    [
        ("claims/a/b.py:31", REPOSITORY, "https://github.com/someone/dl-claims/blob/f02ad73/claims/a/b.py#L31"),
        ("reference/a.py", REPOSITORY, "https://github.com/someone/dl-claims/blob/f02ad73/reference/a.py"),
        ("claims/a.py:31", {}, None),
        ("claims/a.py:31", REPOSITORY | {"commit": None}, None),
        ("claims/a.py:31", REPOSITORY | {"repository": "javascript:alert(1)"}, None),
        ("claims/a.py:31", REPOSITORY | {"repository": "https://github.com.evil.org/a/b"}, None),
        ("a b.py:31", REPOSITORY, None),
    ],
)
def test_a_place_links_to_its_commit_where_the_repository_is_known(
    place: str, run: dict[str, Any], address: str | None
) -> None:
    assert source_link(place, run) == address


def test_the_page_links_to_the_lines_of_a_claim(tmp_path: Path, write: Callable[..., Path]) -> None:
    first, *rest = synthetic.lines(synthetic.CPU_RUN, "cpu", synthetic.samples(1))
    page = in_full(build([write([first | REPOSITORY, *rest])], tmp_path / "out"))
    assert re.findall(r'href="(https:[^"]*)"', page) == [
        "https://github.com/someone/dl-claims/blob/f02ad73/claims/linear_algebra/norms.py#L31",
        "https://github.com/someone/dl-claims/blob/f02ad73/reference/linear_algebra/norms.py",
    ]
