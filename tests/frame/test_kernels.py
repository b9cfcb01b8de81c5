"""Kernel files: which functions are taken from them, and what is wrong with one that cannot be used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from claims.frame.kernels import UsageProblem, load, subject


def written(tmp_path: Path, text: str, name: str = "mine.py") -> str:
    """The path of a kernel file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return str(path)


GOOD = """
import dataclasses
import functools
from torch import exp, softmax
import torch

@dataclasses.dataclass
class _Options:
    scale: float = 2.0

def _helper(a, b, scale):
    return scale * (a + b)

def add(a, b):
    return _helper(a, b, _Options().scale)

multiply = functools.partial(_helper, scale=3.0)
"""


def test_functions_named_as_operations_answer_to_them(tmp_path: Path) -> None:
    origin = written(tmp_path, GOOD)
    assert set(load(origin)) == {"add", "multiply"}
    made = subject(origin, "float64", "cpu")
    assert (made.name, made.origin, made.dtype) == ("mine", origin, "float64")
    one = torch.ones(1, dtype=torch.float64)
    assert made.add(one, one).item() == 4
    assert made.multiply(one, one).item() == 6
    assert made.subtract(one, one).item() == 0
    assert made.exp(one).item() == torch.exp(one).item()


def test_eager_torch_is_the_plain_subject() -> None:
    made = subject("eager", "float32", "cpu")
    assert (made.name, made.origin, made.overrides) == ("eager", "eager", {})


def test_a_kernel_file_replaces_no_module_of_its_name(tmp_path: Path) -> None:
    load(written(tmp_path, "def add(a, b):\n    return a + b\n", "torch.py"))
    assert sys.modules["torch"] is torch
    with pytest.raises(UsageProblem):
        load(written(tmp_path, "raise RuntimeError", "numpy.py"))
    assert "ndarray" in vars(sys.modules["numpy"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "defines no operation; define a function named as one of them, such as softmax"),
        ("from torch import softmax\n", "(imported names do not count)"),
        ("_add = 1\nX = 2\n", "defines no operation"),
        ("def sofmax(x):\n    pass\n", "'sofmax' is no operation; nearest: "),
        ("def add(a, b):\n    return a\n\nclass Helper:\n    pass\n", "name helpers with a leading underscore"),
        ("def add(:\n", "does not import: SyntaxError: "),
        ("import no_such_module\n", "does not import: ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise ValueError('two\\nlines')\n", "does not import: ValueError: two lines"),
        ("import sys\nsys.exit(3)\n", "does not import: SystemExit: 3"),
    ],
    ids=["empty", "imports only", "private", "unknown", "helper", "syntax", "import", "exception", "exit"],
)
def test_a_file_that_cannot_be_used_is_described_in_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    origin = written(tmp_path, text)
    with pytest.raises(UsageProblem) as caught:
        load(origin)
    message = str(caught.value)
    assert message.startswith(origin)
    assert complaint in message
    assert "\n" not in message


def test_unknown_functions_are_complained_of_in_order(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="'alpha' is no operation"):
        load(written(tmp_path, "def omega(): ...\ndef alpha(): ...\n"))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("eagre", "no subject 'eagre': give 'eager', or a Python file"),
        ("missing.py", "no subject 'missing.py'"),
    ],
)
def test_a_missing_file_is_described_in_one_line(name: str, complaint: str) -> None:
    with pytest.raises(UsageProblem, match=complaint):
        load(name)


def test_a_file_must_be_python_and_not_named_as_torch_itself(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match=r"is not a Python file: its name must end in \.py"):
        load(written(tmp_path, "", "kernels.txt"))
    with pytest.raises(UsageProblem, match="'eager' is torch itself"):
        load(written(tmp_path, GOOD, "eager.py"))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("None", "returned a NoneType, not a tensor"),
        ("(a + b).numpy()", "returned a ndarray, not a tensor"),
    ],
    ids=["nothing", "array"],
)
def test_a_result_that_is_no_tensor_is_an_error(tmp_path: Path, body: str, complaint: str) -> None:
    origin = written(tmp_path, f"def add(a, b):\n    return {body}\n")
    made = subject(origin, "float32", "cpu")
    with pytest.raises(TypeError, match=f"^add of {origin} {complaint}"):
        made.add(torch.ones(1), torch.ones(1))


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("a.double() + b", "add returns torch.float64"),
        ("a.half()", "add returns torch.float16"),
        ("(a, (a + b).to('meta'))", "add returns a tensor on meta"),
    ],
    ids=["wider", "narrower", "device"],
)
def test_what_the_numbers_of_a_result_cannot_show_is_a_fault(tmp_path: Path, body: str, fault: str) -> None:
    made = subject(written(tmp_path, f"def add(a, b):\n    return {body}\n"), "float32", "cpu")
    made.add(torch.ones(1), torch.ones(1))
    assert made.faults == [fault]


def test_results_may_have_the_dtype_asked_for_or_be_integers(tmp_path: Path) -> None:
    text = "def add(a, b, dtype=None):\n    return a.to(dtype or a.dtype)\n"
    made = subject(written(tmp_path, text), "float32", "cpu")
    assert made.add(torch.ones(1), 1, dtype=torch.float64).dtype == torch.float64
    made = subject(written(tmp_path, "def add(a, b):\n    return a > b, 3\n", "flags.py"), "float32", "cpu")
    assert made.add(torch.ones(1), 1)[1] == 3


def test_a_warning_of_a_kernel_is_no_error(tmp_path: Path) -> None:
    text = "import warnings\nwarnings.warn('old', DeprecationWarning)\n"
    text += "def add(a, b):\n    warnings.warn('slow')\n    return a + b\n"
    made = subject(written(tmp_path, text), "float32", "cpu")
    assert made.add(torch.ones(1), 1).item() == 2
