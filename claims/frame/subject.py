"""The implementation under test: which callable answers to each operation, on which device, in which dtype."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from claims.frame.names import nearest
from claims.frame.operations import OPERATIONS
from claims.frame.plan import CallPlan, map_tensors
from reference.formats import FORMATS, Arithmetic, Format, tf32


def values(x: Any) -> Any:
    """The numbers of a tensor as a float64 array, exactly (float64 holds every dtype under test); lists elementwise.

    A complex tensor becomes a complex128 array. A tensor on the `meta` device has no numbers: zeros stand in, so that
    the placement of devices can be checked.
    """
    if isinstance(x, (list, tuple)):
        return [values(v) for v in x]
    if not isinstance(x, Tensor):
        return np.asarray(x, np.float64)
    if x.is_meta:
        return np.zeros(tuple(x.shape))
    if x.is_complex():
        return x.detach().to("cpu", torch.complex128).resolve_conj().numpy()
    return x.detach().to("cpu", torch.float64).numpy()


def tensors(value: Any) -> list[Tensor]:
    """Every tensor in nested lists and tuples."""
    if isinstance(value, Tensor):
        return [value]
    found: list[Tensor] = []
    for v in value if isinstance(value, (list, tuple)) else ():
        if isinstance(v, Tensor):
            found.append(v)
        elif isinstance(v, (list, tuple)):
            found += tensors(v)
    return found


def float_dtypes(given: Sequence[Tensor]) -> set[torch.dtype]:
    """The floating-point dtypes of the tensors; of complex numbers that of their parts."""
    return {d.to_real() for d in {t.dtype for t in given} if d.is_floating_point or d.is_complex}


class Call(NamedTuple):
    """One call of a torch callable: the arguments as it got them, laid out, and its result."""

    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any


class Recorded(NamedTuple):
    """One operation of a property: its name, the arguments and the result that the property saw, and torch's calls.

    A gradient and the seeding of torch's generators are recorded as "gradient" and "random", without calls.
    """

    operation: str
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any
    calls: Sequence[Call]


@dataclasses.dataclass
class Subject:
    """An implementation x device x dtype, called by the names of the operations: `subject.softmax(x, dim=-1)`.

    The call plan belongs to the subject, so that every tensor argument of every operation is laid out anew. An
    operation that the table does not know raises AttributeError.
    """

    name: str
    dtype: str
    device: str = "cpu"
    overrides: Mapping[str, Callable[..., Any]] = dataclasses.field(default_factory=dict)
    origin: str = "eager"  # what `--subject` was given: a file of kernels, for command lines that repeat a failure
    plan: CallPlan = CallPlan()
    tape: list[Recorded] | None = None
    seconds: float = 0.0
    weakening: Callable[[Arithmetic], Arithmetic] | None = None  # of a class of bounds, see `classes`
    faults: list[str] = dataclasses.field(default_factory=list)  # what no number shows: other dtypes, changed arguments

    @property
    def format(self) -> Format:
        """The number format of the dtype."""
        return FORMATS[self.dtype]

    @property
    def torch_dtype(self) -> torch.dtype:
        """torch's dtype of that name."""
        dtype: torch.dtype = getattr(torch, self.dtype)
        return dtype

    def arithmetic(self, operation: str) -> Arithmetic:
        """How `operation` computes here: depends on dtype, device and the precision switches in force.

        All bounds follow from it, so that a `weakening` is all that they need to become those of a weaker class.
        """
        row = OPERATIONS[operation]
        stored = self.format
        on_tensor_cores = row.product and self.dtype == "float32" and torch.device(self.device).type == "cuda"
        operand = tf32 if on_tensor_cores and torch.backends.cuda.matmul.allow_tf32 else stored
        accumulator = stored if row.accumulator == "stored" else None
        # the bfloat16 dot-product instructions of x86 know no subnormal numbers
        gradual = not (row.product and self.dtype == "bfloat16")
        conventional = Arithmetic.of(stored, accumulator=accumulator, operand=operand, gradual=gradual)
        return conventional if self.weakening is None else self.weakening(conventional)

    def overriding(self, name: str, **functions: Callable[..., Any]) -> Subject:
        """A subject called `name` in which `functions` answer to the operations of their names.

        The one way in for mutants and for a user's kernels. Raises KeyError for an unknown operation.
        """
        for unknown in functions.keys() - OPERATIONS.keys():
            raise KeyError(f"no operation {unknown!r}; nearest: {nearest(unknown, OPERATIONS)}")
        return dataclasses.replace(self, name=name, overrides={**self.overrides, **functions})

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_") or name not in OPERATIONS:
            raise AttributeError(f"no operation {name!r}; add a row to claims/frame/operations/chapters")
        operation = OPERATIONS[name]
        function = self.overrides.get(name, operation.function)

        def call(*args: Any, **kwargs: Any) -> Any:
            start = time.perf_counter()
            given = tensors(args)
            versions = _versions(given)
            try:
                if self.tape is None:
                    result = operation.apply(function, args, kwargs, self.plan, _direct)
                else:
                    calls: list[Call] = []
                    result = operation.apply(function, args, kwargs, self.plan, functools.partial(_recording, calls))
                    self.tape.append(Recorded(name, args, kwargs, result, calls))
                if not operation.in_place and versions != _versions(given):
                    self.faults.append(f"{name} changes its argument")
                self.faults += [f"{name} returns {fault}" for fault in self._misfits(given, kwargs, tensors(result))]
                return result
            finally:
                self.seconds += time.perf_counter() - start

        return call

    def _misfits(self, given: list[Tensor], kwargs: Mapping[str, Any], made: list[Tensor]) -> Iterator[str]:
        """What is wrong with a result and does not show in its numbers: a wider dtype would meet every bound."""
        dtype = kwargs.get("dtype") or self.torch_dtype
        if (other := float_dtypes(made) - {dtype}) and float_dtypes(given) <= {dtype}:
            yield str(other.pop())
        places = {t.device for t in given}  # none for what the host draws
        if away := next((t.device for t in made if places and t.device not in places), None):
            yield f"a tensor on {away}"

    def tensor(self, numbers: ArrayLike) -> Tensor:
        """`numbers` as a tensor of this dtype on this device; numbers that the format holds convert exactly."""
        plain = np.ascontiguousarray(numbers, np.float64)
        exact = torch.from_numpy(plain if plain.flags.writeable else plain.copy())  # or torch warns
        return exact.to(self.device, self.torch_dtype, copy=True)  # an operation in place must not reach `numbers`

    def empty(self, *shape: int) -> Tensor:
        """A tensor for operations that fill one in place; it holds NaN, so that what they leave out shows."""
        return torch.full(shape, float("nan"), dtype=self.torch_dtype, device=self.device)

    def gradient(self, output: Tensor, inputs: Tensor, cotangent: Tensor) -> Tensor:
        """The vector-Jacobian product of `output` with respect to `inputs`, by reverse mode."""
        start = time.perf_counter()
        (gradient,) = torch.autograd.grad(output, inputs, cotangent, retain_graph=True)
        self.seconds += time.perf_counter() - start
        if self.tape is not None:
            self.tape.append(Recorded("gradient", (output, inputs, cotangent), {}, gradient, []))
        return gradient

    @contextlib.contextmanager
    def random(self, seed: int) -> Iterator[torch.Generator]:
        """Seeds torch's global generators for as long as the context lasts, and yields a generator of that seed."""
        devices = [self.device] if torch.device(self.device).type == "cuda" else []
        with torch.random.fork_rng(devices=devices):
            # torch.manual_seed would keep a stack trace of every call, for a CUDA that may start later
            (torch.default_generator if torch.device(self.device).type in {"cpu", "meta"} else torch).manual_seed(seed)
            generator = torch.Generator("cpu" if self.device == "meta" else self.device).manual_seed(seed)
            if self.tape is not None:
                self.tape.append(Recorded("random", (seed,), {}, generator, []))
            yield generator


def _versions(given: Sequence[Tensor]) -> list[int]:
    """What autograd knows a write in place by; tensors made in inference mode have no such number."""
    return [t._version for t in given if not t.is_inference()]  # noqa: SLF001


def _direct(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    return function(*args, **kwargs)


def _recording(calls: list[Call], function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    before = [map_tensors(_copy, a) for a in args]  # the call may write in place
    result = function(*args, **kwargs)
    calls.append(Call(before, kwargs, result))
    return result


def _copy(t: Tensor) -> Tensor:
    """A copy with the same shape, strides and storage offset."""
    source = t.detach()
    storage = source.new_empty(t.untyped_storage().nbytes() // t.element_size())
    if not t.is_meta:
        storage.copy_(source.as_strided(storage.shape, (1,), 0))
    return storage.as_strided(t.shape, t.stride(), t.storage_offset()).requires_grad_(t.requires_grad)
