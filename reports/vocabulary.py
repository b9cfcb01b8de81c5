"""The words of the report: verdicts are about mathematics, outcomes about measurements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A verdict or an outcome: how it is called, the sign that stands for it without colour, what it means."""

    label: str
    sign: str
    meaning: str


VERDICTS: Mapping[str, Word] = {
    "true": Word("true", "", "The statement is a theorem as the notes have it."),
    "true-under-hypotheses": Word("true under hypotheses", "", "A theorem once the hypotheses shown are added."),
    "false-as-stated": Word(
        "false as stated", "", "The statement of the notes is wrong; what is checked is the correction shown."
    ),
    "tendency": Word("tendency", "", "Neither a theorem nor wrong: what usually happens, measured on stated cases."),
    "unrecorded": Word("not recorded", "", "These records hold evidence for the claim but not the claim itself."),
}

# From what needs attention most to what says least.
OUTCOMES: Mapping[str, Word] = {
    "failed": Word("failed", "✕", "Some instance broke the bound: its margin is above 1 or not a number."),
    "error": Word("error", "!", "The check itself could not be carried out."),
    "vacuous": Word("vacuous", "∅", "So many instances were undetermined that the check says nothing."),
    "departs": Word("departs", "◆", "torch breaks the mathematics in a known, recorded place; the rest holds."),
    "consistent": Word(
        "consistent", "≈", "A statistical claim that the samples do not contradict, at the stated false-alarm rate."
    ),
    "held": Word("held", "", "No instance came above its bound. Evidence, not proof."),
    "exhausted": Word("exhausted", "∀", "Every input of the domain was enumerated, and all held."),
    "not-run": Word("not run here", "·", "The cell was asked for and could not run; the reason is given."),
    "unsupported": Word("not run here", "·", "torch has no such operation for this dtype and device."),
    "absent": Word("no record", "", "None of these records has this cell."),
}
KINDS: Mapping[str, Word] = {
    "bug": Word(
        "bug", "", "Another implementation at this precision returns the exact value, or one much nearer to it."
    ),
    "documented": Word("documented", "", "torch's documentation says that this may happen."),
    "unavoidable": Word("unavoidable", "", "No implementation at this precision could do otherwise."),
    "unsorted": Word("not sorted", "", "These records do not say what kind of departure it is."),
}
STATES: Mapping[str, str] = {
    "departs": "seen",
    "mended": "no longer seen",
    "elsewhere": "not on this processor, or in this version",
    "error": "script ended in an error",
    "not-run": "not run",
}
MEASURED = frozenset(("failed", "error", "vacuous", "departs", "consistent", "held", "exhausted"))
BROKEN = frozenset(("failed", "error", "vacuous"))

# Profiles whose effort allows a bound to be called loose.
LARGE_PROFILES = frozenset(("standard", "thorough", "hunt"))
LOOSE = 1e-3

_DTYPES = ("float64", "float32", "bfloat16", "float16")
_SHORT = {"float64": "f64", "float32": "f32", "bfloat16": "bf16", "float16": "f16"}
_DEVICES = ("cpu", "cuda")


def dtype_order(dtype: str) -> tuple[int, str]:
    """Return the sorting key of a dtype: widest first, unknown ones by name."""
    return (_DTYPES.index(dtype) if dtype in _DTYPES else len(_DTYPES), dtype)


def device_order(device: str) -> tuple[int, str]:
    """Return the sorting key of a device: the CPU first."""
    return (_DEVICES.index(device) if device in _DEVICES else len(_DEVICES), device)


def short_dtype(dtype: str) -> str:
    """Return the name of a dtype in at most five letters."""
    return _SHORT.get(dtype, dtype[:5])
