"""Decides whether a response is a web page, a PDF file or text, from its type and its first bytes.

Follows the MIME Sniffing Standard (https://mimesniff.spec.whatwg.org/) with more elements, because a page
without a type may begin with any of them.
"""

from __future__ import annotations

import codecs
import re

from bot.core.errors import FetchError
from bot.core.lazy_patterns import lazy_pattern
from bot.core.pdf_signature import is_pdf
from bot.core.skip_reasons import SkipReason

_MAX_HEADER_LENGTH = 300
_HEAD_SIZE = 8192
"""Bytes of a body that are looked at."""
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_UNCERTAIN_NAMES = """
    unknown/unknown application/unknown application/x-unknown-content-type text/xml application/xml
    text/xhtml text/xhtml+xml text/htm text/x-html application/html application/xhtml application/x-html
    application/vnd.wap.xhtml+xml application/x-httpd-php httpd/unix-directory
"""
_UNCERTAIN_TYPES = frozenset(_UNCERTAIN_NAMES.split())
"""Types that say nothing, and other names for HTML: the first bytes of the body decide."""
_PDF_TYPES = frozenset({"application/pdf", "application/x-pdf", "application/acrobat", "text/pdf"})
_TEXT_TYPES = frozenset({"text/plain", "text/markdown", "text/x-markdown"})
_DOWNLOAD_NAMES = """
    application/octet-stream binary/octet-stream application/force-download application/x-force-download
    application/download application/x-download
"""
_DOWNLOAD_TYPES = frozenset(_DOWNLOAD_NAMES.split())
"""Types of any file that a browser should save. At an address that ends in .pdf, it is a PDF file."""
_MEDIA_TYPE = lazy_pattern(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,40}")
_ELEMENTS = """
    html head title meta link base style script noscript body main article section header footer nav aside
    div span p a b i h1 h2 h3 br hr ul ol table center font img iframe form figure template
"""
_HTML_START = lazy_pattern(
    rf"\s*<(?:!--|(?:!doctype\s+html|{'|'.join(_ELEMENTS.split())})[\s/>])", re.IGNORECASE
)
_XHTML_START = lazy_pattern(r"\s*<\?xml\s[^>]*>.*?<(?:!doctype\s+)?html[\s>]", re.IGNORECASE | re.DOTALL)
_BINARY_STARTS = (
    b"\x1f\x8b",
    b"\x1f\x9d",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"\x00\x00",
)
_BINARY_BYTES = lazy_pattern(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""The standard's binary data bytes (section 3)."""
_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def clean_header(header: str) -> str:
    """A header's value without control characters, cut at 300 characters."""
    return "".join(c for c in header[:_MAX_HEADER_LENGTH] if c.isprintable())


def media_type(content_type: str) -> str:
    """For example `text/html` for `Text/HTML; charset=x`; "" if the header has no valid media type.

    Of several types, it is the one of HTML, or else the last.
    """
    found = [type_ for item in content_type.split(",") if (type_ := _bare_type(item))]
    return next((type_ for type_ in found if type_ in _HTML_TYPES), found[-1] if found else "")


def _bare_type(item: str) -> str:
    bare = re.split(r"[;\s]", item.strip(), maxsplit=1)[0].strip("\"'").lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else ""


def announces_pdf(content_type: str, path: str) -> bool:
    """Whether a response says that it is a PDF file; `path` is that of its URL."""
    media = media_type(content_type)
    return media in _PDF_TYPES or (media in _DOWNLOAD_TYPES and path.lower().endswith(".pdf"))


def is_web_page(content_type: str) -> bool:
    """Whether a response may be an HTML page by its type."""
    media = media_type(content_type)
    return not media or media in _HTML_TYPES | _UNCERTAIN_TYPES


def check_type(content_type: str, path: str = "", *, pdf: bool = True) -> None:
    """Raises FetchError for a type that is not read, so that its body need not be fetched.

    `pdf` is whether PDF files are read.
    """
    if announces_pdf(content_type, path):
        if not pdf:
            raise _pdf_excluded()
    elif not is_web_page(content_type) and media_type(content_type) not in _TEXT_TYPES:
        raise not_html(f"The link leads to {media_type(content_type)}, not to a web page.")


def check_first_bytes(body: bytes, content_type: str, path: str = "", *, pdf: bool = True) -> None:
    """Raises FetchError if the first bytes of the body are not those of a web page, a PDF file or text.

    If the type is missing, invalid or uncertain, they must be those of HTML or of a PDF file.
    """
    if is_pdf(body):
        if not pdf:
            raise _pdf_excluded()
        return
    if announces_pdf(content_type, path):
        raise FetchError(SkipReason.BROKEN, "It does not begin as a PDF file.", permanent=True)
    if body.startswith(_BINARY_STARTS):
        raise not_html("The link leads to a file that is not a web page, although its type says so.")
    media = media_type(content_type)
    if media in _TEXT_TYPES:
        if _BINARY_BYTES.search(body[:_HEAD_SIZE]) and not body.startswith(_UTF_16_MARKS):
            raise not_html("The link leads to a file that is not text, although its type says so.")
    elif media not in _HTML_TYPES and not starts_as_html(body):
        raise not_html("The link leads to a file of an unknown type.")


def starts_as_html(body: bytes) -> bool:
    """Whether the first bytes are those of an HTML page, in an encoding based on ASCII or in UTF-16."""
    head = decoded_start(body, _HEAD_SIZE)
    return bool(_HTML_START.match(head) or _XHTML_START.match(head))


def starts_as_text(body: bytes) -> bool:
    """Whether the first bytes are text in UTF-8. Compressed data is not, except for a few bytes of it."""
    head = body[:_HEAD_SIZE]
    if _BINARY_BYTES.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)  # the last character may be cut off
    except UnicodeDecodeError:
        return False
    return True


def decoded_start(body: bytes, size: int) -> str:
    """The first `size` bytes as text: in UTF-16 if they begin so, otherwise in UTF-8."""
    head = body[:size]
    if head.startswith(_UTF_16_MARKS):
        return head.decode("utf-16", "replace")
    for start, encoding in ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be")):
        if head.startswith(start):
            return head.decode(encoding, "replace")
    return head.decode("utf-8-sig", "replace")


def not_html(detail: str) -> FetchError:
    return FetchError(SkipReason.NOT_HTML, detail, permanent=True)


def _pdf_excluded() -> FetchError:
    return not_html("The link leads to a PDF file, and the settings exclude them.")
