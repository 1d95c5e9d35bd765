"""The preview: the reply that a page would get with some settings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot.core.errors import FetchError, WorkerError
from bot.core.models import Dialect, Digest, NotArticle, Page, Post, ScoredSentence, Skipped
from bot.pipeline import policy
from bot.pipeline.footer_links import sample_links
from bot.pipeline.process import write_reply
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.web.context import PageContext
from bot.web.highlighting import HighlightedParagraph, highlight
from bot.web.markdown import to_html
from bot.web.preview_cache import PreviewCache
from bot.web.preview_controls import controls, rules_from_form, to_settings_lines
from bot.web.templating import render

MAX_BYTES = 10_000_000
DROPPED_PREFIX = "dropped ("
MAX_CONCURRENT = 2
"""Previews at the same time. The daemon's own work has priority."""


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """One reply as readers on one platform see it."""

    platform: str
    html: Markup
    markdown: str


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the result shows. `refusal` and `detail` say why there is no reply."""

    kept: str = ""
    found: Digest | None = None
    replies: tuple[RenderedReply, ...] = ()
    paragraphs: tuple[HighlightedParagraph, ...] = ()
    picked: tuple[ScoredSentence, ...] = ()
    others: tuple[ScoredSentence, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    lines: str = ""
    seconds: float = 0.0
    trouble: str = ""
    detail: str = ""
    mistakes: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """The content of a form: the chosen rules, the rules that apply now, and a page."""

    rules: CommunityRules
    held: EffectiveRules
    mistakes: tuple[str, ...]
    values: Mapping[str, str]
    content: bytes


class PreviewPage:
    def __init__(
        self,
        parts: PageContext,
        kept: PreviewCache | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._parts = parts
        self._kept = kept or PreviewCache()
        self._monotonic = monotonic
        watched = (source.community for source in parts.config.sources())
        self._communities = sorted({community for community in watched if community})
        self._turns = threading.BoundedSemaphore(MAX_CONCURRENT)

    async def show(self, request: Request) -> Response:
        """`/preview`: the form and, for a POST, the preview. With `X-Part: result`, only the preview."""
        if request.method != "POST":
            asked = {name: request.query_params.get(name, "") for name in ("url", "community")}
            return self._answer(request, self._parts.effective_rules(asked["community"]).rules, asked, None)
        async with request.form(max_files=1, max_fields=60, max_part_size=MAX_BYTES) as form:
            values = {name: value for name, value in form.items() if isinstance(value, str)}
            upload = form.get("file")
            content = await upload.read() if isinstance(upload, UploadFile) else b""
        held = self._parts.effective_rules(values.get("community", ""))
        if values.get("community", "") == values.get("shown", ""):
            rules, mistakes = rules_from_form(held.rules, values)
        else:  # another community was chosen: start with its settings
            rules, mistakes = held.rules, ()
            if not (content or values.get("url") or values.get("page")):
                return self._answer(request, rules, values, None)
        preview = await run_in_threadpool(
            self._preview, PreviewRequest(rules, held, mistakes, values, content)
        )
        return self._answer(request, rules, values, preview)

    def _answer(
        self, request: Request, rules: CommunityRules, values: Mapping[str, str], preview: Preview | None
    ) -> Response:
        first, more = controls(rules)
        part = request.headers.get("x-part") == "result"
        return render(
            request,
            "preview_result.html" if part else "preview.html",
            first=first,
            more=more,
            values=values,
            preview=preview,
            communities=self._communities,
        )

    def _preview(self, wish: PreviewRequest) -> Preview:
        rules = wish.rules
        if wish.mistakes:
            return Preview(kept=wish.values.get("page", ""), mistakes=wish.mistakes)
        unread = None if wish.content else _unread(wish.values.get("url", ""), rules)
        if unread is not None:
            return Preview(trouble=unread.reason.sentence, detail=unread.detail)
        with self._turns:
            try:
                name, wanted = self._page(wish.values, wish.content)
            except FetchError as error:
                return Preview(trouble=error.reason.sentence, detail=error.detail)
            if wanted is None:
                return Preview(trouble="There is no page yet.", detail="Enter a link, or choose a file.")
            began = self._monotonic()
            try:
                found = self._parts.digest(wanted, rules.length, rules.method, explain=True)
            except WorkerError as error:
                return Preview(kept=name, trouble="The page could not be read.", detail=str(error))
            seconds = self._monotonic() - began
        return self._shown(found, wanted.url, wish, Preview(kept=name, seconds=seconds))

    def _page(self, values: Mapping[str, str], content: bytes) -> tuple[str, Page | None]:
        """The page of the form, and its id: a new file, a new link, or the page from before."""
        url = values.get("url", "").strip()
        if content:
            return self._keep(Page("file:///page.html", content, "text/html"))
        known = self._kept.get(values.get("page", ""))
        if known is not None and url in ("", known.requested_url or known.url):
            return values["page"], known
        if not url:
            return "", None
        return self._keep(self._parts.fetch(_whole(url)))

    def _keep(self, page: Page) -> tuple[str, Page]:
        return self._kept.add(page), page

    def _shown(self, found: Digest | NotArticle, url: str, wish: PreviewRequest, so_far: Preview) -> Preview:
        shown = replace(so_far, lines=to_settings_lines(wish.rules, wish.held), **_sorted(found.notes))
        if isinstance(found, NotArticle):
            return replace(shown, trouble=found.reason.sentence, detail=found.detail)
        replies, skipped = self._replies(found, url, wish.rules)
        scored = found.summary.scored
        return replace(
            shown,
            found=found,
            replies=replies,
            paragraphs=highlight(found.article, scored),
            picked=tuple(one for one in scored if one.picked),
            others=tuple(one for one in scored if not one.picked),
            trouble=skipped.reason.sentence if skipped else "",
            detail=skipped.detail if skipped else "",
        )

    def _replies(
        self, found: Digest, url: str, rules: CommunityRules
    ) -> tuple[tuple[RenderedReply, ...], Skipped | None]:
        config, replies = self._parts.config, []
        for dialect, platform in ((Dialect.LEMMY, "Lemmy"), (Dialect.REDDIT, "Reddit")):
            links = sample_links(config, dialect)
            outcome = write_reply(found, url, rules, dialect, config.bot.source_url, links)
            if isinstance(outcome, Skipped):
                return (), outcome
            replies.append(RenderedReply(platform, to_html(outcome.markdown, dialect), outcome.markdown))
        return tuple(replies), None


def _whole(url: str) -> str:
    """A link with its scheme. People often leave it out."""
    return url if "://" in url else f"https://{url}"


def _unread(url: str, rules: CommunityRules) -> Skipped | None:
    """Why the link would be skipped before a fetch. None if there is no link, or no such reason."""
    if not url.strip():
        return None
    return policy.check_request(Post("", "", "", "", _whole(url.strip()), "", "", datetime.now(UTC)), rules)


def _sorted(notes: Sequence[str]) -> dict[str, Any]:
    """The notes about dropped lines, as `(rule): line`, and all other notes."""
    return {
        "dropped": tuple(note.removeprefix("dropped ") for note in notes if note.startswith(DROPPED_PREFIX)),
        "notes": tuple(note for note in notes if not note.startswith(DROPPED_PREFIX)),
    }
