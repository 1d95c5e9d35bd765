"""Answers that contain a reply, such as the result of `try`, within the length limit of the platforms."""

from __future__ import annotations

from bot.core.reply_length import MAX_LENGTH, utf16_units

_ELLIPSIS = "…"
_LONGEST_WORD = 60
"""Characters, in sanitized text."""
_RULE = "\n\n---\n\n"
_CONTAINER = ":::"
"""Begins the first and the last line of a spoiler container."""


def with_lead(lead: str, reply: str) -> str:
    """`lead` as a paragraph above a reply. If both are too long, the reply loses its last lines.

    Every layout writes one sentence in a line, so whole sentences are dropped, and the footer stays.
    """
    body, rule, footer = reply.partition(_RULE)
    lines = body.split("\n")
    while _length(lead, lines, rule + footer) > MAX_LENGTH:
        sentences = [number for number, line in enumerate(lines) if line and not line.startswith(_CONTAINER)]
        if len(sentences) < 2:
            return _cut(f"{lead}\n\n{reply}")
        last, before = sentences[-1], sentences[-2]
        if lines[last] == _ELLIPSIS:
            del lines[before:last]
        else:
            lines[last] = _ELLIPSIS
    return f"{lead}\n\n" + "\n".join(lines) + rule + footer


def _length(lead: str, lines: list[str], rest: str) -> int:
    return utf16_units(f"{lead}\n\n{rest}") + utf16_units("\n".join(lines))


def _cut(text: str) -> str:
    """Cut a text without sentences that can be dropped, between two words if possible."""
    if utf16_units(text) <= MAX_LENGTH:
        return text
    kept = text.encode("utf-16-le")[: 2 * (MAX_LENGTH - 1)].decode("utf-16-le", "ignore")
    space = kept.rfind(" ")
    return (kept[:space] if space > len(kept) - _LONGEST_WORD else kept) + _ELLIPSIS
