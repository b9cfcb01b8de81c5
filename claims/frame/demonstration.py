"""What the script of a departure shows on this machine: the observed value, the exact one, and what it prints."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import inspect
import io
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import torch
from torch import Tensor


def demonstrate(script: str) -> dict[str, Any]:
    """Runs `claims.departures.scripts.<script>` as plain data: whether torch departs, both values, and the output.

    Values are text: numbers to the last digit, tensors as nested lists. The script draws from a random stream of its
    own: that of the run goes on as if nothing had been drawn.
    """
    module = importlib.import_module(f"claims.departures.scripts.{script}")
    printed = io.StringIO()
    with torch.random.fork_rng(), contextlib.redirect_stdout(printed), _computed_once(module):
        departs = bool(module.departs())
        observed, exact = module.observed(), module.exact()
        exec(_program(module), vars(module))  # noqa: S102  our own script
    return {"departs": departs, "observed": _text(observed), "exact": _text(exact), "printed": printed.getvalue()}


def _program(module: ModuleType) -> Any:
    """What the script does where it runs as a program: the body of its last statement, `if __name__ == "__main__"`."""
    last = ast.parse(inspect.getsource(module)).body[-1]
    if not (isinstance(last, ast.If) and ast.unparse(last.test) == "__name__ == '__main__'"):
        raise ValueError(f"{module.__name__} must end in what it prints as a program")
    return compile(ast.Module(last.body, []), str(module.__file__), "exec")


@contextlib.contextmanager
def _computed_once(module: ModuleType) -> Iterator[None]:
    """Keeps both values for those who ask again: some take seconds."""
    before = {name: getattr(module, name) for name in ("observed", "exact")}
    for name, function in before.items():
        parameters = inspect.signature(function).parameters
        setattr(module, name, function if parameters else functools.cache(function))
    try:
        yield
    finally:
        vars(module).update(before)


def _text(value: object) -> str:
    if isinstance(value, Tensor):
        value = value.tolist()
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else repr(value)
