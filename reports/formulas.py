r"""LaTeX to static SVG, at build time: MathJax 3 in QuickJS, glyphs shared by the whole page, nothing to run in it.

MathJax knows no commands here but the mathematical ones: `\href`, `\require`, `\def` and the like are errors, so a
statement can neither carry a link nor change how the next one is read.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

import quickjs
from markupsafe import Markup, escape

_PARTS = ("startup", "core", "adaptors/liteDOM", "input/tex-full", "output/svg", "output/svg/fonts/tex")
_BEFORE = """
    var global = globalThis, console = {log() {}, warn() {}, error() {}};
    var setTimeout = callback => { Promise.resolve().then(callback) };
    var MathJax = {
        loader: {load: ['core', 'adaptors/liteDOM', 'input/tex-full', 'output/svg', 'output/svg/fonts/tex.js'],
                 paths: {mathjax: '.'}, require: () => Promise.resolve(), versionWarnings: false},
        startup: {typeset: false},
        tex: {packages: ['base', 'ams', 'boldsymbol', 'mathtools', 'cases', 'textmacros', 'cancel', 'upgreek']},
        svg: {fontCache: 'global'},
    };"""
_AFTER = """
    if (!MathJax.tex2svg) { MathJax.startup.getComponents(); MathJax.startup.makeMethods(); }
    const adaptor = MathJax.startup.adaptor;
    const svg = (tex, display) => adaptor.innerHTML(MathJax.tex2svg(tex, {display}));
    const glyphs = () => adaptor.outerHTML(MathJax.startup.output.fontCache.getCache());"""
_RELATIONS = frozenset(
    ("=", "<", ">", r"\le", r"\leq", r"\ge", r"\geq", r"\ne", r"\neq", r"\approx", r"\equiv", r"\sim", r"\iff")
) | {r"\implies", r"\Rightarrow", r"\Leftrightarrow", r"\to"}
_OPENING = frozenset(("{", "(", "[", r"\{", r"\left", r"\begin"))
_CLOSING = frozenset(("}", ")", "]", r"\}", r"\right", r"\end"))
_BINDING = frozenset(("_", "^", r"\not"))
_SPACES = frozenset((r"\ ", r"\;", r"\quad", r"\qquad"))
_WIDE = 17.0  # em: what a phone's screen shows


class FormulaError(ValueError):
    """A formula that MathJax does not understand; the message is MathJax's own."""


@dataclass(frozen=True)
class _Drawing:
    markup: str
    width: float  # em


class Typesetter:
    """Turns LaTeX into SVG and keeps the glyphs that the page must define once."""

    def __init__(self) -> None:
        self._script: quickjs.Context | None = None
        self._drawings: dict[tuple[str, bool], _Drawing] = {}
        self._names: dict[str, str] = {}

    def display(self, tex: str) -> Markup:
        """Return a displayed formula; a wide one may be broken before its relations, where the screen is narrow.

        Raises FormulaError.
        """
        drawing = self._draw(tex, display=True)
        drawings = [drawing]
        if drawing.width > _WIDE:
            with contextlib.suppress(FormulaError):  # a relation was the argument of a command, as in \\overset d=
                drawings = [self._draw(piece, display=True) for piece in breakable(tex)]
        return self._wrap("div", tex, drawings)

    def inline(self, tex: str) -> Markup:
        """Return a formula within a line of text. Raises FormulaError."""
        return self._wrap("span", tex, [self._draw(tex, display=False)])

    def prose(self, text: str) -> Markup:
        """Return prose with its `code` and $formulas$ typeset, a paragraph a line. Raises FormulaError."""
        text = "\n".join(" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text))
        parts = re.split(r"\$([^$]+)\$|`([^`]+)`", text)
        result = Markup()
        for plain, formula, code in zip(parts[::3], [*parts[1::3], None], [*parts[2::3], None], strict=True):
            result += escape(plain)
            if formula is not None:
                result += self.inline(formula)
            if code is not None:
                result += Markup("<code>{}</code>").format(code)
        return result

    def prose_or_formula(self, text: str) -> Markup:
        """Return text as prose, or as one formula where it has LaTeX commands and no $. Raises FormulaError."""
        is_formula = "$" not in text and "`" not in text and re.search(r"\\[a-zA-Z]", text)
        return self.inline(text) if is_formula else self.prose(text)

    def glyphs(self) -> Markup:
        """Return the definitions of all glyphs used so far, as one hidden SVG."""
        if self._script is None:
            return Markup()
        cache = ET.fromstring(self._script.eval("glyphs()"))  # noqa: S314 (MathJax's own output)
        outlines = {path.get("id"): path.get("d") for path in cache}
        paths = "".join(f'<path id="{name}" d="{outlines[glyph]}"/>' for glyph, name in self._names.items())
        return Markup(f'<svg class="glyphs" aria-hidden="true" focusable="false"><defs>{paths}</defs></svg>')  # noqa: S704

    def _wrap(self, tag: str, tex: str, drawings: list[_Drawing]) -> Markup:
        # Between two pieces of one formula the line may break.
        svgs = Markup("<wbr>".join(drawing.markup for drawing in drawings))  # noqa: S704
        return Markup('<{} class="math" role="img" aria-label="{}">{}</{}>').format(tag, tex, svgs, tag)

    def _draw(self, tex: str, *, display: bool) -> _Drawing:
        if (tex, display) not in self._drawings:
            script = self._script = self._script or _loaded()
            text: str = script.eval(f"svg({json.dumps(tex)}, {json.dumps(display)})")
            if 'data-mml-node="merror"' in text:
                message = re.search(r'data-mjx-error="([^"]*)"', text)
                raise FormulaError(f"{message[1] if message else 'not understood'}: {tex}")
            self._drawings[tex, display] = self._compact(ET.fromstring(text))  # noqa: S314 (as above)
        return self._drawings[tex, display]

    def _compact(self, svg: ET.Element) -> _Drawing:
        """Flatten MathJax's nested groups: a formula shrinks to about a fifth."""
        left, top, width, height = (float(side) for side in svg.attrib["viewBox"].split())
        body = "".join(self._flat(svg, 0.0, 0.0, 1.0))
        return _Drawing(
            f'<svg style="width:{width / 1000:.3f}em;vertical-align:{-(top + height) / 1000:.3f}em" '
            f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" aria-hidden="true">'
            f'<g transform="scale(1-1)">{body}</g></svg>',
            width / 1000,
        )

    def _flat(self, parent: ET.Element, x: float, y: float, scale: float) -> Iterator[str]:
        for element in parent:
            tag = element.tag.rpartition("}")[2]
            shift = _shift(element.get("transform", ""))
            if tag == "g" and element.get("transform") == "scale(1,-1)":
                yield from self._flat(element, x, y, scale)
            elif tag == "g" and shift is not None:
                yield from self._flat(element, x + scale * shift[0], y + scale * shift[1], scale * shift[2])
            elif tag == "use" and shift is not None:
                yield self._glyph(element, x + scale * shift[0], y + scale * shift[1], scale * shift[2])
            elif tag == "rect" and element.get("transform") is None:
                sides = (element.get(side, "0") for side in ("x", "y", "width", "height"))
                left, bottom, width, height = (scale * float(side) for side in sides)
                yield f'<rect x="{x + left:.0f}" y="{y + bottom:.0f}" width="{width:.0f}" height="{height:.0f}"/>'
            else:  # stretched delimiters, letters that the font lacks
                yield f'<g transform="translate({x:.0f} {y:.0f})scale({scale:.3g})">{_markup(element, self)}</g>'

    def _glyph(self, use: ET.Element, x: float, y: float, scale: float) -> str:
        if use.get("data-c") in {"20", "A0"}:  # a space has no outline
            return ""
        return f'<use href="#{self._name(use)}"{_placed(x, y, scale)}/>'

    def _name(self, use: ET.Element) -> str:
        glyph = next(value for key, value in use.attrib.items() if key.endswith("href")).removeprefix("#")
        return self._names.setdefault(glyph, f"_{len(self._names):x}")  # no claim's id starts so


def _loaded() -> quickjs.Context:
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("formulas need MathJax: pip install sphinx-mathjax-offline")
    root = Path(spec.submodule_search_locations[0]) / "static" / "mathjax"
    script = quickjs.Context()
    script.eval(_BEFORE)
    for part in _PARTS:
        script.eval((root / f"{part}.js").read_text("utf-8"))
    while script.execute_pending_job():
        pass
    script.eval(_AFTER)
    return script


def _shift(transform: str) -> tuple[float, float, float] | None:
    """Return (x, y, scale) of translations and scalings, one after the other; None where there is anything else."""
    x, y, scale = 0.0, 0.0, 1.0
    if re.sub(r"translate\([-.\d]+[ ,]+[-.\d]+\)|scale\([.\d]+\)|\s", "", transform):
        return None
    for kind, values in re.findall(r"(\w+)\(([^)]*)\)", transform):
        numbers = [float(value) for value in re.split(r"[ ,]+", values)]
        if kind == "scale":
            scale *= numbers[0]
        else:
            x, y = x + scale * numbers[0], y + scale * numbers[1]
    return x, y, scale


def _placed(x: float, y: float, scale: float) -> str:
    if scale != 1:
        return f' transform="translate({x:.0f} {y:.0f})scale({scale:.3g})"'
    return (f' x="{x:.0f}"' if round(x) else "") + (f' y="{y:.0f}"' if round(y) else "")


def _markup(element: ET.Element, typesetter: Typesetter) -> str:
    """Return an element as it is, with the page's names of the glyphs."""
    tag = element.tag.rpartition("}")[2]
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in element.attrib.items() if not key.startswith(("data-", "{"))
    )
    if tag == "use":
        attributes += f' href="#{typesetter._name(element)}"'  # noqa: SLF001 (one algorithm in two functions)
    inner = "".join(_markup(child, typesetter) for child in element)
    return f"<{tag}{attributes}>{escape(element.text or '')}{inner}</{tag}>"


def breakable(tex: str) -> list[str]:
    """Split a formula before its outermost relations and after its outermost separators; the parts together read as it.

    A part that starts with a relation gets an empty atom in front, so that TeX keeps the space before the relation.
    """
    tokens = re.findall(r"\\[a-zA-Z]+ *|\\.|.", re.sub(r"\\text\{([^{}$\\]{25,})\}", _short_texts, tex), re.DOTALL)
    words = [token if token == r"\ " else token.strip() for token in tokens]
    parts, depth = [""], 0
    for token, word, before, after in zip(tokens, words, ["", *words], [*words[1:], ""], strict=False):
        depth += word in _OPENING
        depth -= word in _CLOSING
        if depth == 0 and word in {"&", r"\\"}:
            return [tex]
        if depth == 0 and word in _RELATIONS and before not in _BINDING and parts[-1].strip():
            parts.append("{}")
        parts[-1] += token.strip("\0")
        if depth == 0 and after not in _SPACES and (word in _SPACES or word in {";", "\0"}):
            parts.append("")
    parts = [part for part in parts if part.strip() not in {"", "{}"}]
    return parts if depth == 0 and parts else [tex]


def _short_texts(text: re.Match[str]) -> str:
    """Cut a long text between words; a NUL marks where a line may break."""
    return "\0".join(rf"\text{{{words}}}" for words in re.findall(r".{1,20}(?: +|$)|[^ ]+ *", text[1]))
