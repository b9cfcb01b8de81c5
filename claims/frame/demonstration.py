"""What the script of a departure shows on this machine: the observed value, the exact one, and what it prints."""

from __future__ import annotations

import contextlib
import importlib
import io
import runpy
from typing import Any

import torch
from torch import Tensor


def demonstrate(script: str) -> dict[str, Any]:
    """Runs `claims.departures.scripts.<script>` as plain data: whether torch departs, both values, and the output.

    Values are text: numbers to the last digit, tensors as nested lists. The script draws from a random stream of its
    own: that of the run goes on as if nothing had been drawn.
    """
    name = f"claims.departures.scripts.{script}"
    module = importlib.import_module(name)
    printed = io.StringIO()
    with torch.random.fork_rng(), contextlib.redirect_stdout(printed):
        departs = bool(module.departs())
        observed, exact = module.observed(), module.exact()
        runpy.run_path(str(module.__file__), run_name="__main__")
    return {"departs": departs, "observed": _text(observed), "exact": _text(exact), "printed": printed.getvalue()}


def _text(value: object) -> str:
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else repr(value)
