"""Write MathML and TeX in one line of text, as far as that is possible without changing their meaning."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from bot.extract.running_text.raised_digits import lowered, raised

_MAX_DEPTH = 12
_MAX_LENGTH = 60
_ROWS = frozenset(("math", "mrow", "mstyle", "mpadded", "menclose", "mtd"))
_TOKENS = frozenset(("mn", "mi", "mtext", "ms"))
_SPACED = frozenset("=<>≤≥≈≠→±×÷∈≪≫∼∝")
_SIMPLE = re.compile(r"[\w.,]+")
_TEX_WORDS = {
    "times": "×",
    "cdot": "·",
    "pm": "±",
    "approx": "≈",
    "sim": "~",
    "leq": "≤",
    "le": "≤",
    "geq": "≥",
    "ge": "≥",
    "neq": "≠",
    "to": "→",
    "rightarrow": "→",
    "infty": "∞",
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "lambda": "λ",
    "mu": "μ",
    "pi": "π",
    "sigma": "σ",
    "Delta": "Δ",
    "Omega": "Ω",
    "circ": "°",
    "percent": "%",
}
_TEX_GROUP = re.compile(
    r"\\(?:displaystyle|textstyle|mathrm|mathit|mathbf|text|textrm|operatorname|left|right)\b\s*"
)
_TEX_SPACE = re.compile(r"\\[,;:! ]|~")
_TEX_FRACTION = re.compile(r"\\[dt]?frac\s*\{([\w.,]+)\}\s*\{([\w.,]+)\}")
_TEX_RAISED = re.compile(r"\s*\^\s*(?:\{([^{}]*)\}|([\w+−-]))")
_TEX_LOWERED = re.compile(r"\s*_\s*(?:\{([^{}]*)\}|(\w))")
_TEX_WORD = re.compile(r"\\([a-zA-Z]+)\s?")


def mathml_text(element: HtmlElement) -> str | None:
    """The formula as text; None if it needs more than one line or is long."""
    text = _write(element, 0)
    text = " ".join(text.split()) if text else ""
    return text if text and len(text) <= _MAX_LENGTH else None


def _write(element: HtmlElement, depth: int) -> str | None:
    tag = str(element.tag).rpartition(":")[2]
    if depth > _MAX_DEPTH:
        return None
    if tag in _TOKENS:
        return "".join(element.itertext()).strip() if tag != "mtext" else "".join(element.itertext())
    if tag == "mo":
        return _operator("".join(element.itertext()).strip())
    if tag == "mspace":
        return " "
    children = list(element)
    if tag == "semantics":
        return _write(children[0], depth + 1) if children else None
    if tag in _ROWS:
        if not children:
            return (element.text or "").strip() or None
        return _joined([_write(child, depth + 1) for child in children])
    return _composed(tag, [_write(child, depth + 1) for child in children])


def _joined(parts: list[str | None]) -> str | None:
    return None if any(part is None for part in parts) else "".join(part or "" for part in parts)


def _composed(tag: str, parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    match tag, known:
        case "msup", [base, power]:
            return _in_brackets(base) + raised(power)
        case "msub", [base, index]:
            return base + lowered(index)
        case "msubsup", [base, index, power]:
            return base + lowered(index) + raised(power)
        case "mfrac", [over, under]:
            return f"{_in_brackets(over)}/{_in_brackets(under)}"
        case "msqrt", [*inner]:
            return "√" + _in_brackets("".join(inner))
        case "mfenced", [*inner]:
            return f"({', '.join(inner)})"
        case _:
            return None


def _operator(text: str) -> str:
    if text in ("\u2061", "\u2062", "\u2063", "\u2064"):  # invisible operators
        return ""
    return f" {text} " if text in _SPACED else "−" if text == "-" else text


def _in_brackets(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) or text.startswith("(") else f"({text})"


def tex_text(tex: str) -> str | None:
    """TeX as text; None if it has a command that is not a plain symbol, or is long."""
    text = _TEX_SPACE.sub(" ", tex.strip().strip("$"))
    text = _TEX_GROUP.sub("", text)
    text = text.replace("\\%", "%").replace("\\$", "$").replace("{,}", ",").replace("{.}", ".")
    text = _TEX_FRACTION.sub(r"\1/\2", text)
    text = _TEX_WORD.sub(lambda word: _operator(_TEX_WORDS.get(word[1], word[0])), text)
    text = _TEX_RAISED.sub(lambda found: raised((found[1] or found[2] or "").strip()), text)
    text = _TEX_LOWERED.sub(lambda found: lowered((found[1] or found[2] or "").strip()), text)
    text = " ".join(text.replace("{", "").replace("}", "").split()).replace("^°", "°")
    plain = text and not any(character in text for character in "\\_^&")
    return text if plain and len(text) <= _MAX_LENGTH else None
