"""Build the page: read the records, work out what they say, lay it out, write one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import jinja2
from markupsafe import Markup, escape

from reports import (
    charts,
    evidence,
    formulas,
    glance,
    model,
    plots,
    snippets,
    text,
    ulp_charts,
    ulps,
    verdicts,
    vocabulary,
)
from reports.read import read

PARTS = ("figures.css", "departures.css", "common.js", "report.js", "departures.js")
"""Styles and scripts of the report, besides those of every page."""


class BuildError(Exception):
    """The report cannot be built; every line of the message names one reason."""


class NothingUsableError(BuildError):
    """No file holds anything to report on."""


Complain: TypeAlias = Callable[[str], None]


def to_stderr(line: str) -> None:
    """Print what is wrong with the input."""
    print(line, file=sys.stderr)  # noqa: T201 (the default of a command)


def build(
    paths: Iterable[Path | str],
    out: Path | str,
    complain: Complain = to_stderr,
    note: Complain = to_stderr,
) -> Path:
    """Build the report of all these files as `out`/index.html, and its verdicts as JSON beside it; return its path.

    Parameters
    ----------
    paths
        Run records and logs of errors in ulps (JSON lines), and pytest-benchmark files, or folders of them; several
        runs and machines become one report.
    out
        The folder to write to; made where it is missing.
    complain
        Called with one line for everything that could not be read; the rest is shown all the same.
    note
        Called with one line for every run that did not finish.

    Raises
    ------
    NothingUsableError
        Where no file holds a claim, evidence, a benchmark or an error in ulps.
    BuildError
        Where MathJax does not understand a formula; the message names the claims.
    """
    report = gather(paths, complain, note)
    page = render(report)
    target = Path(out) / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    target.with_name(verdicts.NAME).write_text(verdicts.text(report), encoding="utf-8")
    return target


def gather(paths: Iterable[Path | str], complain: Complain, note: Complain) -> model.Report:
    """Read what every command reports on; the arguments are those of `build`.

    Raises
    ------
    NothingUsableError
        Where no file holds a claim, evidence or a benchmark.
    """
    records = read(map(Path, paths))
    report = model.report(records)
    for problem in records.problems:
        complain(problem)
    if not records.usable:
        raise NothingUsableError(
            "nothing to report on: no file holds a claim, evidence, a benchmark or an error in ulps"
        )
    for run in report.runs:
        if run.unfinished:
            note(f"note: {run.name} did not finish: {run.unfinished}")
    return report


def render(report: model.Report) -> str:
    """Return the page. Raises BuildError where a formula cannot be typeset."""
    typesetter = formulas.Typesetter()
    templates = environment(typesetter)
    details, errors = [], []
    for claim in report.claims:
        try:
            html = templates.get_template("claim.html.j2").render(claim=claim, report=report)
        except formulas.FormulaError as error:
            errors.append(f"claim {claim.id}: {error}")
        else:
            details.append(packed(html))
    bodies = []
    for number, departure in enumerate(report.departures):
        try:
            html = templates.get_template("departure.html.j2").render(departure=departure, number=number, report=report)
        except formulas.FormulaError as error:
            errors.append(f"departure {departure.name}: {error}")
        else:
            bodies.append(packed(html))
    if errors:
        raise BuildError("\n".join(errors))
    page = templates.get_template("page.html.j2").render(
        report=report,
        details=details,
        bodies=bodies,
        issues=[departure.issue(report.runs) for departure in report.departures],
        index={
            "places": [place.label for place in report.places],
            "dtypes": report.dtypes,
            "outcomes": list(vocabulary.OUTCOMES),
            "measured": [name in vocabulary.MEASURED for name in vocabulary.OUTCOMES],
            "claims": [_entry(claim) for claim in report.claims],
        },
        tables=[
            packed(templates.get_template("benchmark.html.j2").render(pairs=pairs)) for _, pairs in report.benchmarks
        ],
        functions=[packed(templates.get_template("ulps_row.html.j2").render(row=row)) for row in report.ulps.rows],
        **furniture(*PARTS),
        glyphs=typesetter.glyphs,
        grids=plots.grids(plots.axis(claim.measured) for claim in report.claims),
    )
    return squeezed(page)


def furniture(*names: str) -> dict[str, Any]:
    """Return what every page has: its styles and scripts, each in one, the digest that lets them run, and the time."""

    def together(suffix: str) -> str:
        folder = resources.files("reports").joinpath("templates")
        wanted = (name for name in ("report.css", "glance.css", *names) if name.endswith(suffix))
        return "".join(squeezed(folder.joinpath(name).read_text("utf-8")) for name in wanted)

    style, script = together(".css"), together(".js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "style": Markup(style),  # noqa: S704 (ours)
        "script": Markup(script),  # noqa: S704 (ours)
        "digest": digest,
        "built": datetime.now(UTC),
    }


def _entry(claim: model.Claim) -> dict[str, Any]:
    """Return what search, filters and sorting need to know of a claim."""
    worst = claim.worst.margin if claim.worst else None
    order = list(vocabulary.OUTCOMES)
    return {
        "id": claim.id,
        "title": claim.record["title"].lower(),
        "operations": claim.record["operations"],
        "chapter": claim.record["chapter"],
        "verdict": claim.record["truth"],
        "cells": [order.index(cell.outcome) for cell in claim.cells],  # by place, then by dtype
        "worst": None if worst is None else min(worst, 1e300) if worst == worst else 1e300,  # noqa: PLR0124 (NaN)
        "caught": sum(bool(mutant.hits) for mutant in claim.mutants),
        "seconds": claim.seconds,
    }


def environment(typesetter: formulas.Typesetter) -> jinja2.Environment:
    """Return the templates with their filters and words."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for name in ("count", "digits", "error", "margin", "power", "seconds", "share", "day", "plain", "entry", "listed"):
        made.filters[name] = getattr(text, name)
    made.filters |= {
        "number": text.number,
        "paragraphs": text.paragraphs,
        "linked": linked,
        "island": island,
        "formula": typesetter.display,
        "prose": typesetter.prose,
        "prose_or_formula": typesetter.prose_or_formula,
        "short_dtype": vocabulary.short_dtype,
        "where_of": evidence.where_of,
    }
    made.globals |= {
        "verdicts": vocabulary.VERDICTS,
        "outcomes": vocabulary.OUTCOMES,
        "kinds": vocabulary.KINDS,
        "states": vocabulary.STATES,
        "axis": plots.axis,
        "histogram": plots.histogram,
        "chart": charts.Chart,
        "matrix": glance.matrix,
        "sensitivity": glance.Sensitivity.of,
        "departures_by_gravity": glance.departures,
        "shortened": snippets.shortened,
        "worst_input": snippets.worst_input,
        "source_link": snippets.source_link,
        "errors_drawn": ulp_charts.drawn,
        "bases": ulps.BASES,
    }
    return made


def island(value: Any) -> Markup:  # noqa: ANN401 (any JSON value)
    """Return JSON that no parser of HTML or script takes for anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    escapes = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
    return Markup(text.translate(escapes))  # noqa: S704 (just made safe)


def linked(value: str) -> Markup:
    """Return a sentence with the address that it begins with as a link."""
    address, colon, rest = value.partition(": ")
    if not (colon and re.fullmatch(r"https://[\w./-]+", address)):
        return escape(value)
    return Markup('<a href="{}" rel="noreferrer">{}</a>: {}').format(address, address, rest)


def packed(html: str) -> str:
    """Return HTML as it lies in the page until it is wanted: compressed (raw deflate), in base 64."""
    html = squeezed(html)
    if re.search(r"<!--|</?script", html, re.IGNORECASE):
        raise AssertionError("a template puts a comment or a script where the page keeps claims")
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(squeeze.compress(html.encode()) + squeeze.flush()).decode()


def squeezed(html: str) -> str:
    """Drop the indentation of the templates; text of the data keeps every character, for it holds no bare `<`."""
    return re.sub(r">\s*\n\s*<", "><", html)
