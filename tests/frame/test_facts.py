"""What scripts of departures say of themselves, and what they show."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
import torch

from claims.frame import facts
from claims.frame.demonstration import demonstrate
from claims.frame.facts import Facts, read

SOURCE = '''"""Two and two
is five.

It is four.

And was.

Kind: documented
Why: the manual says
so
Seen: 2.11 to 2.13
Mended: 2.14.1
Upstream: https://github.com/pytorch/pytorch/issues/1
"""

from __future__ import annotations

import torch
'''


def test_facts_are_the_end_of_the_docstring() -> None:
    assert read("sums", SOURCE) == Facts(
        title="Two and two is five.",
        text="It is four.\n\nAnd was.",
        kind="documented",
        why="the manual says so",
        seen="2.11 to 2.13",
        mended="2.14.1",
        upstream="https://github.com/pytorch/pytorch/issues/1",
        code="import torch\n",
    )


def test_a_title_will_do() -> None:
    assert read("sums", '"""Title.\n\nKind: bug\nSeen: 2.15\n"""\n') == Facts(title="Title.", seen="2.15")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("Kind: documented\n", ""), "sums: the docstring has no line 'Kind:'"),
        (("Seen: 2.11 to 2.13\n", ""), "sums: the docstring has no line 'Seen:'"),
        (("Why: the manual says\nso\n", ""), "sums: the docstring has no line 'Why:'"),
        (("documented", "odd"), r"sums: Kind: 'odd' should match bug\|documented\|unavoidable"),
        (("2.11 to 2.13", "always"), "sums: Seen: 'always' should match"),
        (("pytorch/issues/1", "pytorch/issues/"), "sums: Upstream: .* should match"),
        (("Kind", "Sort"), "sums: its docstring must end in lines Kind, .*, not in 'Sort: documented'"),
        ((SOURCE, "import torch\n"), "sums: the docstring has no line 'Kind:'"),
    ],
)
def test_what_is_missing_or_unknown_is_named(change: tuple[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint) as error:
        read("sums", SOURCE.replace(*change))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("version", "mended"),
    [("2.14.1", True), ("2.14.0+cpu", False), ("2.15.0a0+git1", True), ("2.9.1", False), ("3.0", True)],
)
def test_versions_are_compared_by_their_numbers(version: str, mended: bool) -> None:  # noqa: FBT001
    assert Facts(mended="2.14.1").mended_in(version) == mended
    assert not Facts().mended_in(version)


def test_every_script_has_facts() -> None:
    for path in facts.SCRIPTS.glob("[!_]*.py"):
        assert facts.of(path.stem).kind in facts.KINDS


def test_a_demonstration_is_text_and_leaves_the_random_stream_alone(capsys: pytest.CaptureFixture[str]) -> None:
    torch.manual_seed(1)
    before = torch.random.get_rng_state()
    shown = demonstrate("dropout_float16_scale")
    assert torch.equal(torch.random.get_rng_state(), before)
    assert shown["departs"]
    assert int(shown["observed"]) > 0
    assert shown["exact"] == "0"
    assert shown["printed"].startswith("NaN among the outputs of dropout")
    assert capsys.readouterr().out == ""
    assert demonstrate("cov_overwrites_one_observation")["exact"] == "[[2.0, 5.0], [3.0, 7.0]]"
    assert demonstrate("kron_of_columns")["observed"].startswith("RuntimeError: view size")


TOY = """
calls = []


def observed():
    calls.append(1)
    return float(len(calls))


def exact():
    return 2.0, "b"


def departs():
    return observed() == 1.0


if __name__ == "__main__":
    print("observed", observed())
"""


def toy(folder: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = folder / "toy.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("claims.departures.scripts.toy", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setitem(sys.modules, spec.name, module)
    return module


def test_a_demonstration_computes_each_value_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = toy(tmp_path, TOY, monkeypatch)
    function = module.observed
    shown = demonstrate("toy")
    assert shown == {"departs": True, "observed": "1.0", "exact": "2.0, b", "printed": "observed 1.0\n"}
    assert module.calls == [1]
    assert module.observed is function


def test_a_script_must_be_a_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = toy(tmp_path, TOY + "\nLAST = 1\n", monkeypatch)
    function = module.observed
    with pytest.raises(ValueError, match="toy must end in what it prints as a program"):
        demonstrate("toy")
    assert module.observed is function
