"""A user's own kernels: a Python file whose functions answer to operations of the table."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import Tensor

from claims.frame.names import nearest
from claims.frame.operations import OPERATIONS
from claims.frame.subject import Subject

EAGER = "eager"


class UsageProblem(Exception):
    """A request that cannot be met; the message is one line that says what is wrong and how to mend it."""


@functools.cache
def load(origin: str) -> Mapping[str, Callable[..., Any]]:
    """The functions of a kernel file by operation; names that begin with an underscore are the file's own business.

    Raises UsageProblem if the file does not exist or import, or has a public function that is no operation.
    """
    path = Path(origin)
    if path.stem == EAGER:
        raise UsageProblem(f"{origin}: 'eager' is torch itself; give the file another name")
    if not path.is_file():
        raise UsageProblem(f"no subject {origin!r}: give 'eager', or a Python file of functions named as operations")
    spec = importlib.util.spec_from_file_location(f"subject {path.stem}", path)  # the name of no other module
    if spec is None or spec.loader is None:
        raise UsageProblem(f"{origin} is not a Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        sys.modules[module.__name__] = module  # dataclasses look their module up
        with _its_warnings_are_its_own():
            spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[module.__name__]
        raise UsageProblem(f"{origin} does not import: {type(error).__name__}: {error}".replace("\n", " ")) from error
    public = {name: f for name, f in vars(module).items() if not name.startswith("_") and _made_in(module, f)}
    for unknown in sorted(public.keys() - OPERATIONS.keys()):
        raise UsageProblem(
            f"{origin}: {unknown!r} is no operation; nearest: {nearest(unknown, OPERATIONS)} "
            f"(name helpers with a leading underscore)"
        )
    if not public:
        raise UsageProblem(
            f"{origin} defines no operation; define a function named as one of them, such as softmax "
            f"(imported names do not count)"
        )
    return public


def _made_in(module: ModuleType, f: Any) -> bool:
    """Whether a name stands for a callable of the module's own, not for one that it imports."""
    return callable(f) and (getattr(f, "__module__", None) == module.__name__ or isinstance(f, functools.partial))


def subject(origin: str, dtype: str, device: str) -> Subject:
    """The subject for `--subject ORIGIN`: eager torch, or eager torch with the functions of a kernel file."""
    eager = Subject(EAGER, dtype, device)
    if origin == EAGER:
        return eager
    functions = {name: _tensors_only(f, f"{name} of {origin}") for name, f in load(origin).items()}
    made = eager.overriding(Path(origin).stem, **functions)
    made.origin = origin
    return made


@contextlib.contextmanager
def _its_warnings_are_its_own() -> Iterator[None]:
    """A warning in a kernel, such as those of torch.compile about torch itself, does not fail a run of this suite."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _tensors_only(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`function`, which raises TypeError where a result is neither a tensor nor a number."""

    def call(*args: Any, **kwargs: Any) -> Any:
        with _its_warnings_are_its_own():
            result = function(*args, **kwargs)
        for part in result if isinstance(result, (tuple, list)) else [result]:
            if not isinstance(part, (Tensor, int, float)):
                raise TypeError(f"{name} returned a {type(part).__name__}, not a tensor")
        return result

    return call
