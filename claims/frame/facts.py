"""What the script of a departure says of itself, in the last lines of its docstring."""

from __future__ import annotations

import ast
import dataclasses
import functools
import re
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "departures" / "scripts"
KINDS = ("bug", "documented", "unavoidable")
"""A bug; what torch's documentation says; what no implementation at that precision could do otherwise."""
VERSION = r"\d+\.\d+(?:\.\d+)?"
FORMS = {
    "Kind": "|".join(KINDS),
    "Why": r"\S.*",
    "Seen": rf"{VERSION}(?: to {VERSION})?",
    "Mended": VERSION,
    "Upstream": r"https://github\.com/pytorch/pytorch/(?:issues|pull)/\d+",
}


@dataclasses.dataclass(frozen=True)
class Facts:
    """A title, what there is to say besides, the kind of departure, and the versions of torch that have it.

    `why` is the sentence of torch's documentation, or the argument, for a kind other than a bug; `mended` the first
    version without the departure, if there is one; `code` the script without its docstring.
    """

    title: str = ""
    text: str = ""
    kind: str = "bug"
    why: str = ""
    seen: str = ""
    mended: str = ""
    upstream: str | None = None
    code: str = ""

    def mended_in(self, version: str) -> bool:
        """Whether that version of torch, such as "2.13.0+cpu", is known not to depart any more."""
        return bool(self.mended) and _numbers(version) >= _numbers(self.mended)


def read(script: str, source: str) -> Facts:
    """The facts in the source of a script.

    The docstring is a title, a paragraph or several, and a block of lines `Kind:`, `Why:`, `Seen:`, `Mended:` and
    `Upstream:`, of which kind and versions are always there, and why for each kind but a bug. Raises ValueError, one
    line that says what is missing or unknown.
    """
    text = ast.get_docstring(ast.parse(source)) or ""
    body, _, block = text.rpartition("\n\n")
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        key, colon, value = line.partition(": ")
        if colon and key in FORMS:
            name = key
            fields[name] = value.strip()
        elif name:  # a value goes on in the next line
            fields[name] += f" {line.strip()}"
        else:
            raise ValueError(f"{script}: its docstring must end in lines {', '.join(FORMS)}, not in {line!r}")
    for key in ("Kind", "Seen") + (("Why",) if fields.get("Kind") not in (None, "bug") else ()):
        if key not in fields:
            raise ValueError(f"{script}: the docstring has no line '{key}:'")
    for key, value in fields.items():
        if not re.fullmatch(FORMS[key], value):
            raise ValueError(f"{script}: {key}: {value!r} should match {FORMS[key]}")
    title, _, rest = body.partition("\n\n")
    code = re.sub(r'\A""".*?"""\n+', "", source, flags=re.DOTALL).removeprefix("from __future__ import annotations\n")
    return Facts(
        " ".join(title.split()),
        rest.strip(),
        fields["Kind"],
        fields.get("Why", ""),
        fields["Seen"],
        fields.get("Mended", ""),
        fields.get("Upstream"),
        code.lstrip("\n"),
    )


@functools.cache
def of(script: str) -> Facts:
    """The facts of `claims/departures/scripts/<script>.py`. Raises FileNotFoundError, and ValueError as `read` does."""
    return read(script, (SCRIPTS / f"{script}.py").read_text(encoding="utf-8"))


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (2, 13, 0) of 2.13.0+cpu; of 2.14 (2, 14)."""
    found = re.match(VERSION, version)
    return tuple(map(int, found[0].split("."))) if found else ()
