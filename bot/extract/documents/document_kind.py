"""Tell documents from web pages, by the Content-Type header and then by the first bytes."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.pdf_signature import is_pdf

_MARKDOWN_TYPES = frozenset({"text/markdown", "text/x-markdown"})
_TEXT_TYPES = frozenset({"text/plain"})
_MARKDOWN_PATH = re.compile(r"\.(?:md|markdown)$", re.IGNORECASE)
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_WINDOW = 2048


class DocumentKind(StrEnum):
    PDF = "pdf"
    TEXT = "text"
    MARKDOWN = "markdown"


def document_kind(content: bytes, content_type: str, path: str = "") -> DocumentKind | None:
    """The kind of a document; None for a web page or for another file.

    `path` is that of its URL: servers send Markdown as plain text. A web page that its server declares as
    plain text is a web page.
    """
    if is_pdf(content):
        return DocumentKind.PDF
    declared = content_type.split(";")[0].strip().lower()
    if declared in _MARKDOWN_TYPES:
        return DocumentKind.MARKDOWN
    if declared not in _TEXT_TYPES or _HTML_START.match(content[:_WINDOW].lstrip(b"\xef\xbb\xbf")):
        return None
    return DocumentKind.MARKDOWN if _MARKDOWN_PATH.search(path) else DocumentKind.TEXT
