"""Loads the page for `precis try`: from a link, or from a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bot.core.errors import UserError
from bot.core.models import Page
from bot.core.pdf_signature import is_pdf

if TYPE_CHECKING:
    from bot.fetch import Proxy

MAX_BYTES = 20_000_000
_WEB = ("http://", "https://")
_TEXT_SUFFIXES = {".txt": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown"}
_WITHOUT_URL = (
    "Note: the daemon also judges a page by its address. Give the one that this page had with --url."
)


def load_page(source: str, owner: str, url: str | None, proxy: Proxy | None, *, pdf: bool) -> Page:
    """The page at a link, or in a file. `url` is the address that a saved page had.

    Raises `UserError` or `FetchError`.
    """
    if url is not None and not url.startswith(_WEB):
        raise UserError(f"--url {url} is not a web address.", "Begin it with http:// or https://.")
    if source.startswith(_WEB):
        if url is not None:
            raise UserError("--url is for a saved page.", "Leave it out, or use a file.")
        from bot.fetch import Fetcher, FetchSettings, user_agent  # here: a file needs no network

        fetcher = Fetcher(FetchSettings(user_agent=user_agent(owner), proxy=proxy, pdf=pdf))
        try:
            return fetcher.fetch(source)
        finally:
            fetcher.close()
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UserError(f"{source} is larger than {MAX_BYTES // 1_000_000} MB.", "Use a smaller page.")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise UserError(
            f"There is no file {source}.",
            "Use a saved page or a PDF file, or a link with http:// or https://.",
        ) from error
    except OSError as error:
        raise UserError(
            f"Cannot read {source}: {error.strerror or error}.",
            "Use a saved HTML page, a PDF file or a text file.",
        ) from error
    content_type = _content_type(path, content)
    if url is None and content_type == "text/html":
        print(_WITHOUT_URL, file=sys.stderr)
    return Page(url=url or path.resolve().as_uri(), content=content, content_type=content_type)


def _content_type(path: Path, content: bytes) -> str:
    if is_pdf(content):
        return "application/pdf"
    return _TEXT_SUFFIXES.get(path.suffix.lower(), "text/html")
