"""resiliparse: fast, keeps almost everything that could be part of the body."""

from __future__ import annotations

from resiliparse.extract.html2text import extract_plain_text

from bot.extract.readers.base import CleanPage


class Resiliparse:
    name = "resiliparse"

    def extract_text(self, page: CleanPage) -> str:
        return str(
            extract_plain_text(
                page.html,
                main_content=True,
                alt_texts=False,
                list_bullets=False,
                comments=False,
                post_meta=False,
            )
        )
