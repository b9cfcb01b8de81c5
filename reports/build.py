"""Build the page: read the records, work out what they say, lay it out, write one file."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from reports import charts, evidence, formulas, model, plots, text, vocabulary
from reports.read import read


class BuildError(Exception):
    """The report cannot be built; every line of the message names one reason."""


class NothingUsableError(BuildError):
    """No file holds anything to report on."""


def build(
    paths: Iterable[Path | str],
    out: Path | str,
    complain: Callable[[str], None] = lambda line: print(line, file=sys.stderr),  # noqa: T201 (the default of a command)
) -> Path:
    """Build the report of all these files as `out`/index.html and return its path.

    Parameters
    ----------
    paths
        Run records (JSON lines) and pytest-benchmark files; several runs and machines become one report.
    out
        The folder to write to; made where it is missing.
    complain
        Called with one line for everything that could not be read; the rest is shown all the same.

    Raises
    ------
    NothingUsableError
        Where no file holds a claim, evidence or a benchmark.
    BuildError
        Where MathJax does not understand a formula; the message names the claims.
    """
    records = read(map(Path, paths))
    report = model.report(records)
    for problem in records.problems:
        complain(problem)
    if not records.usable:
        raise NothingUsableError("nothing to report on: no file holds a claim, evidence or a benchmark")
    page = render(report)
    target = Path(out) / "index.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(page, encoding="utf-8")
    return target


def render(report: model.Report) -> str:
    """Return the page. Raises BuildError where a formula cannot be typeset."""
    typesetter = formulas.Typesetter()
    environment = _environment(typesetter)
    details, errors = [], []
    for claim in report.claims:
        try:
            html = environment.get_template("claim.html.j2").render(claim=claim, report=report)
        except formulas.FormulaError as error:
            errors.append(f"claim {claim.id}: {error}")
        else:
            details.append(_inert(html))
    bodies = []
    for number, departure in enumerate(report.departures):
        try:
            html = environment.get_template("departure.html.j2").render(
                departure=departure, number=number, report=report
            )
        except formulas.FormulaError as error:
            errors.append(f"departure {departure.name}: {error}")
        else:
            bodies.append(_inert(html))
    if errors:
        raise BuildError("\n".join(errors))
    script, style = (Markup(_squeezed(_sources(ending))) for ending in ("js", "css"))  # noqa: S704 (ours)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.get_template("page.html.j2").render(
        report=report,
        details=details,
        bodies=bodies,
        issues=[departure.issue(report.runs) for departure in report.departures],
        index=[_entry(claim) for claim in report.claims],
        tables=[
            _inert(environment.get_template("benchmark.html.j2").render(pairs=pairs)) for _, pairs in report.benchmarks
        ],
        script=script,
        style=style,
        digest=digest,
        built=datetime.now(UTC),
        glyphs=typesetter.glyphs,
        grids=plots.grids(plots.axis(claim.measured) for claim in report.claims),
    )
    return _squeezed(page)


def _sources(ending: str) -> str:
    """Return the page's own scripts, or styles."""
    folder = resources.files("reports").joinpath("templates")
    return "".join(folder.joinpath(f"{name}.{ending}").read_text("utf-8") for name in ("report", "departures"))


def _entry(claim: model.Claim) -> dict[str, Any]:
    """Return what search, filters and sorting need to know of a claim."""
    worst = claim.worst.margin if claim.worst else None
    return {
        "id": claim.id,
        "text": " ".join([claim.id, claim.record["title"], *claim.record["operations"]]).lower(),
        "title": claim.record["title"].lower(),
        "chapter": claim.record["chapter"],
        "verdict": claim.record["truth"],
        "evidence": sorted({cell.outcome for cell in claim.cells} - {"absent"}),
        "worst": None if worst is None else min(worst, 1e300) if worst == worst else 1e300,  # noqa: PLR0124 (NaN)
        "caught": sum(bool(mutant.hits) for mutant in claim.mutants),
        "seconds": claim.seconds,
    }


def _environment(typesetter: formulas.Typesetter) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    for function in (text.count, text.digits, text.margin, text.power, text.seconds, text.share, text.day, text.plain):
        environment.filters[function.__name__] = function
    environment.filters |= {
        "number": text.number,
        "listed": text.listed,
        "paragraphs": text.paragraphs,
        "linked": linked,
        "arrays": text.arrays,
        "island": island,
        "formula": typesetter.display,
        "prose": typesetter.prose,
        "prose_or_formula": typesetter.prose_or_formula,
        "short_dtype": vocabulary.short_dtype,
        "where_of": evidence.where_of,
    }
    environment.globals |= {
        "verdicts": vocabulary.VERDICTS,
        "outcomes": vocabulary.OUTCOMES,
        "kinds": vocabulary.KINDS,
        "states": vocabulary.STATES,
        "axis": plots.axis,
        "histogram": plots.histogram,
        "chart": charts.Chart,
    }
    return environment


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


def _inert(html: str) -> Markup:
    """Return HTML that may lie in a script element until it is wanted: data in it are escaped already."""
    html = _squeezed(html)
    if re.search(r"<!--|</?script", html, re.IGNORECASE):
        raise AssertionError("a template puts a comment or a script where the page keeps claims")
    return Markup(html)  # noqa: S704 (rendered with escapes)


def _squeezed(html: str) -> str:
    """Drop the indentation of the templates; text of the data keeps every character, for it holds no bare `<`."""
    return re.sub(r">\s*\n\s*<", "><", html)
