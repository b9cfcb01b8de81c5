"""Keeps the last results of references that are asked for more than once with the same numbers.

A property takes the same eigenvalues for several checks, and mutants of a claim see the inputs that the claim saw.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import ParamSpec, TypeVar

import numpy as np

P = ParamSpec("P")
R = TypeVar("R")

KEPT = 1 << 22
"""Bytes of arguments that are kept for each function: some dozens of batches."""


def remembered(function: Callable[P, R]) -> Callable[P, R]:
    """`function` of arrays and hashable values, which computes a result once while its arguments are remembered.

    The least recently used are forgotten. Results are arrays or nested tuples of them; they are made read-only, since
    every caller gets the same ones.
    """
    results: OrderedDict[Hashable, tuple[R, int]] = OrderedDict()
    held = 0

    @functools.wraps(function)
    def recall(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal held
        key = _key((args, tuple(kwargs.items())))
        if key in results:
            results.move_to_end(key)
            return results[key][0]
        result = function(*args, **kwargs)
        _protect(result)
        size = sum(a.nbytes for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray))
        results[key] = result, size
        held += size
        while held > KEPT and len(results) > 1:
            held -= results.popitem(last=False)[1][1]
        return result

    return recall


def _key(value: object) -> Hashable:
    """What is equal for equal arguments only: the numbers themselves, so that no hash can collide."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, tuple):
        return tuple(map(_key, value))
    return type(value), value


def _protect(result: object) -> None:
    if isinstance(result, np.ndarray):
        result.flags.writeable = False
    elif isinstance(result, tuple):
        for part in result:
            _protect(part)
