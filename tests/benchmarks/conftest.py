"""The benchmarks' share in pytest: small JSON, and what a person wants to read at the end instead of a long table.

`--benchmark-verbose` brings pytest-benchmark's own table back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.benchmarks.output import Measured, compact, comparison, console

CLOSING = pytest.StashKey[list[Any]]()
MEASURED = pytest.StashKey[list[Measured]]()


@pytest.hookimpl(tryfirst=True)  # before pytest-benchmark reads its options
def pytest_configure(config: pytest.Config) -> None:
    config.option.benchmark_quiet = True
    config.stash[CLOSING] = []
    config.stash[MEASURED] = []


@pytest.fixture
def announce(request: pytest.FixtureRequest) -> Callable[[Any], None]:
    """Keeps a line or a table for the end of the run."""
    return request.config.stash[CLOSING].append


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> list[Measured]:
    """What was measured so far."""
    return request.config.stash[MEASURED]


@pytest.hookimpl(optionalhook=True)  # pytest-benchmark may be switched off
def pytest_benchmark_update_json(output_json: dict[str, Any]) -> None:
    compact(output_json)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    printer = console(terminalreporter)
    if config.stash[MEASURED]:
        printer.print(comparison(config.stash[MEASURED]))
    for item in config.stash[CLOSING]:
        printer.print(item, highlight=False, soft_wrap=isinstance(item, str))
