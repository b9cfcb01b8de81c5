"""The table of errors in ulps: what it measures, that it goes on where it stopped, and how it answers nonsense."""

from __future__ import annotations

import io
import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from rich.console import Console

from claims.__main__ import main
from claims.frame import ulps as module
from claims.frame import ulps_line
from claims.frame.kernels import UsageProblem
from claims.frame.subject import Subject
from claims.frame.ulps import Asked, table
from claims.frame.ulps_line import CHUNKS, Part, measured, truth_of
from reference.formats import FORMATS, Format
from reference.networks.univariate import Value
from reports import schema
from reports.ulps import merge
from tests.frame.test_placement import OnMeta


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of 4096 numbers, as many as before: the first 2^22 of all numbers."""
    monkeypatch.setattr(ulps_line, "CHUNK", 1 << 12)
    monkeypatch.setattr(ulps_line, "SAMPLED", {"float32": 1 << 12, "float64": 1 << 10})


def shown(asked: Asked, log: Path) -> tuple[int, str]:
    said = io.StringIO()
    missing = table(asked, log, Console(file=said, width=200))
    return missing, said.getvalue()


def lines(log: Path) -> list[dict[str, object]]:
    return [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()]


def test_every_dtype_has_a_column_and_every_function_a_row(tmp_path: Path) -> None:
    log = tmp_path / "deep" / "ulps.jsonl"
    missing, said = shown(Asked(["relu", "exp"]), log)
    assert missing == 0
    assert all(word in said for word in ("float16", "bfloat16", "float32", "float64", "63,490 numbers", "exp"))
    assert [(line["function"], line["dtype"]) for line in lines(log)][:2] == [("relu", "float16"), ("relu", "bfloat16")]
    by = {(line["function"], line["dtype"]): line for line in lines(log)}
    assert by["relu", "float32"]["worst"]["ulps"] == 0  # type: ignore[index]
    assert 0.49 < by["exp", "float16"]["worst"]["ulps"] < 0.51  # type: ignore[index]
    assert by["exp", "float16"]["part"] == "all"
    assert shown(Asked(["relu", "exp"]), log)[0] == 0
    assert len(lines(log)) == 8


def test_an_exhaustive_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    log = tmp_path / "ulps.jsonl"
    asked = Asked(["sqrt"], ["float32"], exhaustive=True, most=3)
    missing, said = shown(asked, log)
    assert missing == CHUNKS - 3
    assert f"{CHUNKS - 3} of {CHUNKS} parts are left" in said
    text = log.read_text(encoding="utf-8")
    log.write_text(text[:-20], encoding="utf-8")
    missing, said = shown(asked, log)
    assert f"{log}: line 3 cannot be read; its numbers are taken again" in " ".join(said.split())
    assert missing == CHUNKS - 5
    parts = [json.loads(line)["part"] for line in log.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    assert parts == [f"{k}/{CHUNKS}" for k in (1, 2, 3, 4, 5)]


def test_chunks_are_all_numbers_of_float32_in_order() -> None:
    first, second = (Part("relu", "float32", k).numbers() for k in (0, 1))
    assert first[:2].tolist() == [0.0, 2.0**-149]
    assert second[0] == 2.0**-149 * (1 << 12)
    assert ulps_line.CHUNK * 4 == 1 << 14


def test_the_chunks_are_all_of_the_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert ulps_line.CHUNK * CHUNKS == 1 << 32
    last = Part("relu", "float32", CHUNKS - 1).numbers()
    assert last.size == 1 << 22
    assert np.isnan(last[-1])


def test_what_is_no_number_is_counted_apart() -> None:
    line = measured(Subject("eager", "float16"), Part("silu", "float16"))
    assert (line["wrong"], line["wrong_at"]) == (0, None)
    assert line["wrong_spoilt"] == 1
    assert float.fromhex(line["wrong_spoilt_at"]) == -np.inf
    assert line["departures"] == ["limits-at-infinity-are-nan"]
    assert line["worst"]["ulps"] < 1
    assert line["numbers"] == 63490
    assert 0 < line["excluded"] < line["numbers"]


def test_a_kernel_of_the_user_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "my_kernels.py"
    path.write_text("import torch\n\n\ndef erfc(x):\n    return 1 - torch.erf(x)\n", encoding="utf-8")
    log = tmp_path / "ulps.jsonl"
    assert shown(Asked(["erfc"], ["float32"], tested=str(path)), log)[0] == 0
    assert shown(Asked(["erfc"], ["float32"]), log)[0] == 0
    assert shown(Asked(["exp"], ["float32"], tested=str(path)), log)[0] == 0
    own, eager, borrowed = lines(log)
    assert [line["code"] for line in (own, eager, borrowed)] == ["my_kernels.erfc", "torch.erfc", "torch.exp"]
    assert (own["subject"], eager["subject"]) == ("my_kernels", "eager")
    assert own["worst"]["ulps"] > 1e6 > eager["worst"]["ulps"]  # type: ignore[index]
    assert own["margin"] > 1 > eager["margin"]  # type: ignore[operator]


def test_a_function_that_is_not_computed_is_one_line() -> None:
    def fails(x: torch.Tensor) -> torch.Tensor:
        raise RuntimeError(f"not for {x.dtype}\nat all")

    with pytest.raises(UsageProblem, match=r"^exp of mine in float16 on cpu: not for torch\.float16$"):
        measured(Subject("eager", "float16").overriding("mine", exp=fails), Part("exp", "float16"))


def test_what_torch_lacks_is_a_line_without_numbers(tmp_path: Path) -> None:
    log = tmp_path / "ulps.jsonl"
    missing, said = shown(Asked(["j0"], ["float16"]), log)
    (line,) = lines(log)
    assert missing == 0
    assert "not in torch" in said
    assert line["unsupported"] == "\"bessel_j0_cpu\" not implemented for 'Half'"
    assert (line["numbers"], line["worst"], line["binades"]) == (0, None, None)
    assert schema.violation(line) is None


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("function", ["sigmoid", "erfcx", "lgamma", "relu"])
def test_a_line_keeps_the_schema_and_says_where_it_is_worst(function: str, dtype: str) -> None:
    line = measured(Subject("eager", dtype), Part(function, dtype))
    assert schema.violation(line) is None
    assert json.loads(json.dumps(line, allow_nan=False)) == line
    if line["unsupported"]:
        return
    worst = line["worst"]
    near, at = float(worst["exact"]), float.fromhex(worst["at"])
    off = abs(Fraction(float.fromhex(worst["found"])) - Fraction(worst["exact"]))
    assert off == pytest.approx(worst["ulps"] * float(FORMATS[dtype].ulp(near)), rel=1e-6)
    assert worst["ulps"] <= worst["bound"] or not worst["ulps"]
    assert line["margin"] <= 1
    bins, exponent = line["binades"], int(np.frexp(at)[1]) - 1
    side = bins["negative" if np.signbit(at) else "positive"]
    if at:
        assert side[(exponent - bins["first"]) // bins["step"]] >= worst["ulps"] * 0.99
    assert len(side) <= ulps_line.BINS


def test_the_code_of_a_line_shows_what_was_found() -> None:
    line = measured(Subject("eager", "float32"), Part("erfcx", "float32"))
    (row,) = merge([line]).rows
    said: list[float] = []
    exec(row.code(row.entries["float32"], line["worst"]["at"]), {"print": said.append})  # noqa: S102
    assert said == [float.fromhex(line["worst"]["found"])]


def test_every_binade_of_a_short_format_has_an_error() -> None:
    bins = measured(Subject("eager", "bfloat16"), Part("exp", "bfloat16"))["binades"]
    assert (bins["first"], bins["step"], len(bins["positive"])) == (-133, 1, 261)
    assert None not in bins["positive"] + bins["negative"]
    assert bins["positive"][7 + 133] == 0  # exp overflows beyond 88.7
    assert 0.4 < bins["positive"][133] < 0.51


def test_an_infinite_error_is_wrong_in_its_binade() -> None:
    def wrong(x: torch.Tensor) -> torch.Tensor:
        return torch.where((x >= 4) & (x < 8), torch.nan, torch.exp(x))

    line = measured(Subject("eager", "float16").overriding("mine", exp=wrong), Part("exp", "float16"))
    bins = line["binades"]
    assert [k + bins["first"] for k, v in enumerate(bins["positive"]) if v == "inf"] == [2]
    assert (line["wrong"], float.fromhex(line["wrong_at"])) == (1024, 4.0)
    assert line["margin"] == "inf"


def test_the_truth_says_how_near_it_is_to_balls() -> None:
    assert truth_of("exp", np.ones(1), FORMATS["float64"]) == "balls, each within 2^-80 of its value"
    said = truth_of("exp", np.linspace(-3, 3, 512), FORMATS["float32"])
    assert re.fullmatch(
        r"float64, within 2\^-2\d ulp of balls at 256 of the numbers; what is shown, against balls", said
    )


def test_the_error_that_is_shown_is_one_against_a_ball(monkeypatch: pytest.MonkeyPatch) -> None:
    take = ulps_line.evaluated

    def off(name: str, x: np.ndarray[tuple[int], np.dtype[np.float64]], fmt: Format) -> Value:
        near, rest = take(name, x, fmt)
        return Value(near * (1 + 2.0**-24), rest) if fmt.precision == 24 else Value(near, rest)

    sound = measured(Subject("eager", "float32"), Part("exp", "float32"))
    monkeypatch.setattr(ulps_line, "evaluated", off)
    line = measured(Subject("eager", "float32"), Part("exp", "float32"))
    assert re.search(r"within 2\^[01] ulp of balls", line["truth"])
    assert line["worst"]["ulps"] <= sound["worst"]["ulps"]


def test_departures_of_others_are_no_excuse_for_a_kernel_of_the_user() -> None:
    def vanishing(x: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + torch.exp(-x))

    mine = measured(Subject("eager", "float32").overriding("mine", sigmoid=vanishing), Part("sigmoid", "float32"))
    assert (mine["departures"], mine["spoilt"]) == ([], None)
    assert mine["margin"] > 1


def test_lines_without_a_schema_are_measured_again(tmp_path: Path) -> None:
    log = tmp_path / "ulps.jsonl"
    old = {"function": "relu", "dtype": "float16", "part": "all", "subject": "eager", "device": "cpu"}
    log.write_text(json.dumps(old | {"torch": torch.__version__, "numbers": 1, "ulps": 0.0}) + "\n", "utf-8")
    _, said = shown(Asked(["relu"], ["float16"]), log)
    assert f"{log}: 1 lines of an older version lack bounds and pictures; their numbers are taken again" in " ".join(
        said.split()
    )
    assert [line.get("numbers") for line in lines(log)] == [1, 63490]
    assert "again" not in shown(Asked(["relu"], ["float16"]), log)[1]


def test_tensors_are_made_on_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def tensor(subject: Subject, numbers: object) -> torch.Tensor:
        return torch.empty(np.shape(numbers), dtype=subject.torch_dtype, device=subject.device)

    monkeypatch.setattr(Subject, "tensor", tensor)
    with OnMeta():
        line = measured(Subject("eager", "float32", "meta"), Part("gelu_tanh", "float32", 1))
    assert (line["device"], line["numbers"]) == ("meta", 1 << 12)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--function", "ex"], "no function 'ex'; nearest: "),
        (["--dtype", "float23"], "no dtype 'float23'; nearest: "),
        (["--device", "cdua"], "no device 'cdua' here"),
        (["--device", "cuda:x"], "no device 'cuda:x' here"),
        (["--exhaustive", "--dtype", "float64"], "--exhaustive is about float32"),
        (["--most", "-1"], "--most: -1 is negative"),
        (["--subject", "none.py"], "no subject 'none.py'"),
        (["--function", "relu", "--log", "/dev/null/ulps.jsonl"], "cannot write /dev/null/ulps.jsonl: "),
        (["--function", "relu", "--log", "/dev"], "/dev is no log: "),
    ],
)
def test_a_wrong_argument_is_answered_in_one_line(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["ulps", *arguments])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.startswith(complaint)
    assert err.count("\n") == 1


def test_the_command_prints_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "ulps.jsonl"
    assert main(["ulps", "--function", "erf", "--dtype", "bfloat16", "--log", str(log)]) == 0
    out = capsys.readouterr().out
    assert "Largest error in ulps" in out
    assert "departs: 255 at 2.07548e-38" in out or "0.49" in out  # without vectorised code erf is accurate
    assert "65,282 numbers" in out


def test_an_interrupt_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Part] = []
    take = module.measured

    def interrupted(tested: Subject, part: Part) -> dict[str, object]:
        calls.append(part)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take(tested, part)

    monkeypatch.setattr(module, "measured", interrupted)
    missing, said = shown(Asked(["relu", "exp"], ["float16"]), tmp_path / "ulps.jsonl")
    assert missing == 1
    assert "1 of 2 parts are left: give the command again" in said
