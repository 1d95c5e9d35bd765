"""readability-lxml, with its result converted to lines of text."""

from __future__ import annotations

import re

from lxml import html

from bot.extract.readers.base import CleanPage

_ENDS = re.compile(
    r"<(?:br\b[^>]*|/(?:p|div|li|h[1-6]|blockquote|tr|td|th|dd|dt|pre|figcaption|section|article|ul|ol|table))>",
    re.IGNORECASE,
)


class Readability:
    name = "readability"

    def extract_text(self, page: CleanPage) -> str:
        # imported on first use: few pages need it
        from bot.extract.readers.readability_document import FastDocument

        body = FastDocument(page.html).summary(html_partial=True)
        if not body:
            return ""
        # libxml2 drops a bare newline only at the start of <pre>, so the line breaks survive parsing
        root = html.fromstring(_ENDS.sub(lambda end: "\n" + end[0], re.sub(r"\s+", " ", body)))
        lines = (" ".join(line.split()) for line in root.text_content().split("\n"))
        return "\n".join(line for line in lines if line)
