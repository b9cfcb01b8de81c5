from __future__ import annotations

import base64
import json
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from reports import schema
from reports.build import build
from tests.reports import synthetic, ulps_lines

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE = "</script><script>hacked=1</script><img src=x onerror=hacked=1>\"'&\u2028<!--{{7*7}}{% raw %}"


def hostile(value: Any, valid: Callable[[Any], bool], path: tuple[Any, ...] = ()) -> Any:  # noqa: ANN401
    """Return the JSON value with the hostile string in every text and key where `valid` allows it."""
    if isinstance(value, str):
        return HOSTILE if valid((path, HOSTILE)) else value
    if isinstance(value, list):
        return [hostile(item, valid, (*path, number)) for number, item in enumerate(value)]
    if isinstance(value, dict):
        changed = {key: hostile(item, valid, (*path, key)) for key, item in value.items()}
        return changed | ({HOSTILE: 1} if valid((path, {**value, HOSTILE: 1})) else {})
    return value


def hostile_record(record: dict[str, Any]) -> dict[str, Any]:
    def valid(change: Any) -> bool:  # noqa: ANN401
        path, new = change
        if path and path[0] in {"run", "started", "statement", "device", "dtype"}:
            return False  # what joins records, and LaTeX, have tests of their own
        changed = place = json.loads(json.dumps(record))
        for step in path[:-1]:
            place = place[step]
        if not path:
            return False
        place[path[-1]] = new
        return schema.violation(changed) is None

    return hostile(record, valid)


def unpacked(waiting: str) -> str:
    """The HTML of a claim that waits in the page, compressed."""
    return zlib.decompress(base64.b64decode(waiting), -zlib.MAX_WBITS).decode()


def in_full(page: Path) -> str:
    """The page with every claim and benchmark laid open."""
    text = page.read_text("utf-8")
    return re.sub(r'(<script type="text/plain"[^>]*>)([^<]*)', lambda found: found[1] + unpacked(found[2]), text)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write records as the lines of one file."""

    def write(records: Iterable[Any], name: str = "run.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a CPU run, a CUDA run and their benchmarks: 31 claims."""
    folder = tmp_path_factory.mktemp("report")
    return build(synthetic.write(folder), folder / "out", complain=pytest.fail)


@pytest.fixture(scope="session")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    chosen = synthetic.samples(31)[13:15]
    chosen += [pair for pair in synthetic.samples(31) if pair[1].id == "xavier-initializer-law"]  # it has a departure
    records = [hostile_record(record) for record in synthetic.lines(synthetic.CUDA_RUN, "cuda", chosen)]
    failed = next(record for record in records if record.get("role") == "claim")
    failed |= {
        "outcome": "failed",
        "failure": hostile_record(failed | {"failure": synthetic.failure(synthetic.seeded(1))})["failure"],
    }
    assert sum(text.count("hacked") for text in map(json.dumps, records)) > 500
    benchmarks = synthetic.benchmarks(chosen)
    for entry in benchmarks["benchmarks"]:
        entry["extra_info"] |= dict.fromkeys(("operation", "dtype", "device", "size", "device_model"), HOSTILE)
    records += [hostile_record(record) for record in ulps_lines.lines()]
    paths = [folder / f"{HOSTILE[:9].replace('/', '')}.jsonl", folder / "benchmarks.json"]
    foreign = {"schema": 1, "kind": HOSTILE, "run": "x"}
    paths[0].write_text("".join(json.dumps(record) + "\n" for record in [*records, foreign]), "utf-8")
    paths[1].write_text(json.dumps(benchmarks), "utf-8")
    return build(paths, folder / "out", complain=[].append)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api") if not os.environ.get("CI") else None
    if playwright is None:
        import playwright.sync_api as playwright  # noqa: PLC0415 (absence is an error in CI)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, page: Path) -> Iterator[Callable[..., Page]]:
    """Open the report (or another file); the browser must neither complain nor ask for anything else."""
    complaints: list[str] = []
    contexts = []

    def visit(address: str = "", file: Path = page, width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: complaints.append(f"console: {message.text}"))
        tab.on("pageerror", lambda error: complaints.append(f"error: {error}"))
        tab.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
        tab.on(
            "request",
            lambda request: request.url.startswith((file.as_uri(), "data:")) or complaints.append(request.url),
        )
        tab.goto(file.as_uri() + address)
        return tab

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []
