"""What a reader sees of a reply on PieFed: markdown2, with PieFed's own steps before and after it.

Written from measurements on PieFed 1.6.27, which uses markdown2 2.5.3. Before markdown2, PieFed turns
`>!spoilers!<`, block quotes and bold into HTML, escapes tags that it does not know, and puts blank lines
around lists and spoiler containers. After it, PieFed makes containers, strikes, sub- and superscripts, ruby
and custom emoji from the HTML, and removes what its allow-list does not have. The web client then links
mentions.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import markdown2
from bs4 import BeautifulSoup

from tests.render.readers import Rendered, rendered_html

_WEB_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>()\[\]]+", re.IGNORECASE)
_EXTRAS = {
    "middle-word-em": False,
    "tables": True,
    "fenced-code-blocks": None,
    "strike": True,
    "tg-spoiler": True,
    "link-patterns": [(_WEB_LINK, r"\g<0>")],
    "breaks": {"on_backslash": True},
    "tag-friendly": True,
    "smarty-pants": True,
    "footnotes": True,
    "markdown-in-html": True,
}
_SHOWN_TAGS = frozenset(
    [
        *("a", "abbr", "b", "blockquote", "br", "cite", "code", "del", "details", "div", "em"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "li", "ol", "p", "pre"),
        *("rp", "rt", "ruby", "s", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody"),
        *("td", "tg-spoiler", "th", "thead", "tr", "u", "ul", "video"),
    ]
)
_REMOVED_TAGS = frozenset(["embed", "form", "iframe", "input", "object", "script", "style", "svg"])
_SOURCE_CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
_HTML_CODE = re.compile(r"<code>.*?</code>|<pre>.*?</pre>", re.DOTALL)
_EMOJI = re.compile(r":[\w+-]{1,32}:")
"""Stands for any custom emoji: each server has its own names."""
_MENTION = re.compile(r"(?<![/\w])[@!~][\w.-]*@[\w.-]+")


def render_on_piefed(source: str) -> Rendered:
    """The page as a browser shows it: the text and the tags."""
    return rendered_html(piefed_html(source))


def piefed_html(source: str) -> str:
    html = markdown2.Markdown(extras=dict(_EXTRAS)).convert(_outside(_SOURCE_CODE, _before_markdown2, source))
    html = _outside(_HTML_CODE, _after_markdown2, _containers(re.sub(r"\n{2,}", "\n", html)))
    return _MENTION.sub(r"<a>\g<0></a>", _allowed(html))


def _outside(code: re.Pattern[str], change: Callable[[str], str], text: str) -> str:
    """Change a text, but not the code in it."""
    kept: list[str] = []

    def keep(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"KEPT{len(kept) - 1}$"

    changed = change(code.sub(keep, text))
    for number, each in enumerate(kept):
        changed = changed.replace(f"KEPT{number}$", each)
    return changed


def _before_markdown2(source: str) -> str:
    source = re.sub(r">! ?(.+?) ?!<", r"<tg-spoiler>\1</tg-spoiler>", source)
    source = re.sub(r"<([^<>\n]+)>", lambda tag: _known(tag, _SHOWN_TAGS), source)
    source = re.sub(r"(?:^[ \t]*>.*(?:\n|\Z))+", _quotation, source, flags=re.MULTILINE)
    for mark, tags in ((r"\*\*\*|___", ("em", "strong")), (r"\*\*|__", ("strong",))):
        opened, closed = "".join(f"<{tag}>" for tag in tags), "".join(f"</{tag}>" for tag in reversed(tags))
        source = re.sub(rf"({mark})(?=\S)(.+?)(?<=\S)\1", rf"{opened}\2{closed}", source, flags=re.DOTALL)
    source = _lists_apart(source)
    source = re.sub(r"\[([!@~][^\]\n]*@[^\]\n]*)\]\([^)\n]*\)", r"\1", source)
    source = re.sub(r"^::: spoiler *$", "::: spoiler Spoiler", source, flags=re.MULTILINE)
    source = re.sub(r"^:::\sspoiler\s+(\S.+)$", r"::: spoiler \1\n", source, flags=re.MULTILINE)
    return re.sub(r"^:::[ \t]*$", "\n:::\n", source, flags=re.MULTILINE)


def _quotation(found: re.Match[str]) -> str:
    inside = re.sub(r"^[ \t]*>[ \t]?", "", found[0], flags=re.MULTILINE)
    inside = re.sub(r"(?:^[ \t]*>.*(?:\n|\Z))+", _quotation, inside, flags=re.MULTILINE)
    return f'<blockquote markdown="1">{inside}</blockquote>\n'


def _lists_apart(source: str) -> str:
    """Put a blank line before a list that follows a line of text."""
    lines: list[str] = []
    for line in source.splitlines():
        for marker in (r"-\s", r"\d+\.\s"):
            if lines and lines[-1] and re.match(marker, line) and not re.match(marker, lines[-1]):
                lines.append("")
        lines.append(line)
    return "\n".join(lines)


def _containers(html: str) -> str:
    """Make spoilers of paragraphs that open and close them, if there are as many of both."""
    opening = re.compile(r"^<p>:::\sspoiler\s+(\S.+?)</p>$", re.MULTILINE)
    closing = re.compile(r"^<p>:::\s*</p>$", re.MULTILINE)
    if len(opening.findall(html)) != len(closing.findall(html)):
        return html
    html = opening.sub(r'<details><summary>\1</summary><div class="spoiler_block symmetric">', html)
    return closing.sub("</div></details>", html)


def _after_markdown2(html: str) -> str:
    html = re.sub(
        r":::\s*spoiler\s+(\S.+?)(?:\n|</p>)(.+?)(?:\n|<p>):::",
        r'<details><summary>\1</summary><div class="spoiler_block"><p>\2</p></div></details>',
        html,
        flags=re.DOTALL,
    )
    html = re.sub(r"~~(.*)~~", r"<s>\1</s>", html)
    html = _outside(re.compile(r"<a href=.*?</a>", re.DOTALL), _subscripts, html)
    html = re.sub(r"\^([^\s^]+)\^", r"<sup>\1</sup>", html)
    html = re.sub(r"\{(.+?)\|(.+?)\}", r"<ruby>\1<rp>(</rp><rt>\2</rt><rp>)</rp></ruby>", html)
    return _EMOJI.sub("<img>", html)


def _subscripts(html: str) -> str:
    return re.sub(r"~([^\s~]+)~", r"<sub>\1</sub>", html)


def _allowed(html: str) -> str:
    """The HTML without what is not on the allow-list; unknown tags are shown as text."""
    html = re.sub(r"<([^<>]+)>", lambda tag: _known(tag, _SHOWN_TAGS | _REMOVED_TAGS), html)
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all(_REMOVED_TAGS):
        tag.extract()
    return str(soup).strip()


def _known(tag: re.Match[str], names: frozenset[str]) -> str:
    words = tag[1].strip().strip("/").lower().split()
    if words and (words[0] in names or _WEB_LINK.match(words[0])):
        return tag[0]
    return f"&lt;{tag[1]}&gt;"
