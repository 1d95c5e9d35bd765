"""The preview: a page, the settings somebody plays with, and the reply that would come of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot import policy
from bot.errors import FetchError, WorkerError
from bot.models import Dialect, Digest, NotArticle, Page, Reply, Scored, Skipped
from bot.render import render
from bot.rules import CommunityRules
from bot.web.controls import as_lines, chosen, controls
from bot.web.kept import Kept
from bot.web.marking import Paragraph, marked
from bot.web.markup import rendered
from bot.web.parts import Parts
from bot.web.templating import page

MOST_BYTES = 10_000_000
DROPPED = "dropped ("
AT_ONCE = 2
"""Previews side by side: the daemon's own work comes first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One reply as one platform's readers see it."""

    platform: str
    html: Markup
    markdown: str


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the result shows. `trouble` and `detail` say why there is no reply."""

    kept: str = ""
    found: Digest | None = None
    replies: tuple[Shown, ...] = ()
    paragraphs: tuple[Paragraph, ...] = ()
    picked: tuple[Scored, ...] = ()
    others: tuple[Scored, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lines: str = ""
    seconds: float = 0.0
    trouble: str = ""
    detail: str = ""
    mistakes: tuple[str, ...] = field(default=())


class PreviewPage:
    def __init__(
        self, parts: Parts, kept: Kept | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._parts = parts
        self._kept = kept or Kept()
        self._monotonic = monotonic
        self._turns = threading.BoundedSemaphore(AT_ONCE)

    async def show(self, request: Request) -> Response:
        """`/preview`: the form, and, when it was sent, the preview; `X-Part: result` asks for that alone."""
        base = self._parts.held("").rules
        if request.method != "POST":
            asked = dict(request.query_params)
            return self._answer(request, base, {"url": asked.get("url", "")}, None)
        async with request.form(max_files=1, max_fields=60, max_part_size=MOST_BYTES) as form:
            values = {name: value for name, value in form.items() if isinstance(value, str)}
            upload = form.get("file")
            content = await upload.read() if isinstance(upload, UploadFile) else b""
        rules, mistakes = chosen(base, values)
        preview = await run_in_threadpool(self._preview, rules, mistakes, values, content)
        return self._answer(request, rules, values, preview)

    def _answer(
        self, request: Request, rules: CommunityRules, values: Mapping[str, str], preview: Preview | None
    ) -> Response:
        first, more = controls(rules)
        part = request.headers.get("x-part") == "result"
        return page(
            request,
            "preview_result.html" if part else "preview.html",
            first=first,
            more=more,
            values=values,
            preview=preview,
        )

    def _preview(
        self, rules: CommunityRules, mistakes: tuple[str, ...], values: Mapping[str, str], content: bytes
    ) -> Preview:
        if mistakes:
            return Preview(kept=values.get("page", ""), mistakes=mistakes)
        with self._turns:
            try:
                name, wanted = self._page(values, content)
            except FetchError as error:
                return Preview(trouble=error.reason.sentence, detail=error.detail)
            if wanted is None:
                return Preview(
                    trouble="There is nothing to read yet.", detail="Paste a link, or choose a file."
                )
            began = self._monotonic()
            try:
                found = self._parts.digest(wanted, rules.length, rules.method, explain=True)
            except WorkerError as error:
                return Preview(kept=name, trouble="The page could not be read.", detail=str(error))
            seconds = self._monotonic() - began
        return self._shown(found, rules, name, seconds)

    def _page(self, values: Mapping[str, str], content: bytes) -> tuple[str, Page | None]:
        """The page that the form names: a new file, a new link, or the one that is being looked at."""
        url = values.get("url", "").strip()
        if content:
            return self._keep(Page("file:///page.html", content, "text/html"))
        known = self._kept.find(values.get("page", ""))
        if known is not None and url in ("", known.requested or known.url):
            return values["page"], known
        if not url:
            return "", None
        return self._keep(self._parts.fetch(url if "://" in url else f"https://{url}"))

    def _keep(self, page: Page) -> tuple[str, Page]:
        return self._kept.keep(page), page

    def _shown(self, found: Digest | NotArticle, rules: CommunityRules, name: str, seconds: float) -> Preview:
        if isinstance(found, NotArticle):
            return Preview(
                kept=name,
                trouble=found.reason.sentence,
                detail=found.detail,
                lines=as_lines(rules),
                seconds=seconds,
                **_sorted(found.notes),
            )
        replies, skipped = self._replies(found, rules)
        scored = found.summary.scored
        return Preview(
            kept=name,
            found=found,
            replies=replies,
            paragraphs=marked(found.article, scored),
            picked=tuple(one for one in scored if one.picked),
            others=tuple(one for one in scored if not one.picked),
            lines=as_lines(rules),
            seconds=seconds,
            trouble=skipped.reason.sentence if skipped else "",
            detail=skipped.detail if skipped else "",
            **_sorted(found.notes),
        )

    def _replies(self, found: Digest, rules: CommunityRules) -> tuple[tuple[Shown, ...], Skipped | None]:
        outcome: Reply | Skipped | None = policy.after_digest(found, rules)
        if isinstance(outcome, Skipped):
            return (), outcome
        replies = []
        for dialect, platform in ((Dialect.LEMMY, "Lemmy"), (Dialect.REDDIT, "Reddit")):
            outcome = render(
                found.summary,
                language=found.article.language or None,
                rules=rules,
                dialect=dialect,
                source_url=self._parts.config.bot.source_url,
            )
            if isinstance(outcome, Skipped):
                return (), outcome
            replies.append(Shown(platform, rendered(outcome.markdown, dialect), outcome.markdown))
        return tuple(replies), None


def _sorted(notes: Sequence[str]) -> dict[str, Any]:
    """What was dropped, each as `(rule): line`, apart from the rest."""
    return {
        "dropped": tuple(note.removeprefix("dropped ") for note in notes if note.startswith(DROPPED)),
        "notes": tuple(note for note in notes if not note.startswith(DROPPED)),
    }
