"""The preview: the reply that a page would get with some settings."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from bot.core.errors import FetchError, WorkerError
from bot.core.models import Dialect, Digest, NotArticle, Page, Post, ScoredSentence, Skipped
from bot.pipeline import policy
from bot.pipeline.compose import write_reply
from bot.pipeline.footer_links import sample_links
from bot.rules import CommunityRules
from bot.rules.layers import EffectiveRules
from bot.web.context import PageContext
from bot.web.highlighting import HighlightedParagraph, highlight
from bot.web.markdown import to_html
from bot.web.preview_cache import PreviewCache
from bot.web.preview_controls import controls, rules_from_form, to_settings_lines
from bot.web.templating import render

MAX_BYTES = 10_000_000
PLATFORM_NAMES = {Dialect.LEMMY: "Lemmy", Dialect.PIEFED: "PieFed", Dialect.REDDIT: "Reddit"}
DROPPED_PREFIX = "dropped ("
MAX_CONCURRENT = 2
"""Previews at the same time. The daemon's own work has priority."""


class RenderedReply(Struct, frozen=True):
    """One reply as readers on one platform see it."""

    platform: str
    html: Markup
    markdown: str


class Preview(Struct, frozen=True):
    """All that the result shows. `refusal` and `detail` say why there is no reply."""

    page_id: str = ""
    digest: Digest | None = None
    replies: tuple[RenderedReply, ...] = ()
    paragraphs: tuple[HighlightedParagraph, ...] = ()
    picked: tuple[ScoredSentence, ...] = ()
    not_picked: tuple[ScoredSentence, ...] = ()
    dropped: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    settings_lines: str = ""
    seconds: float = 0.0
    refusal: str = ""
    detail: str = ""
    problems: tuple[str, ...] = ()


class PreviewRequest(Struct, frozen=True):
    """The content of a form: the chosen rules, the rules that apply now, and a page."""

    rules: CommunityRules
    effective: EffectiveRules
    problems: tuple[str, ...]
    values: Mapping[str, str]
    content: bytes


class PreviewPage:
    def __init__(
        self,
        context: PageContext,
        cache: PreviewCache | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._context = context
        self._cache = cache or PreviewCache()
        self._monotonic = monotonic
        watched = (source.community for source in context.config.sources())
        self._communities = sorted({community for community in watched if community})
        self._slots = threading.BoundedSemaphore(MAX_CONCURRENT)

    async def show(self, request: Request) -> Response:
        """`/preview`: the form and, for a POST, the preview. With `X-Part: result`, only the preview."""
        if request.method != "POST":
            query = {name: request.query_params.get(name, "") for name in ("url", "community")}
            return self._respond(
                request, self._context.effective_rules(query["community"]).rules, query, None
            )
        async with request.form(max_files=1, max_fields=60, max_part_size=MAX_BYTES) as form:
            values = {name: value for name, value in form.items() if isinstance(value, str)}
            upload = form.get("file")
            content = await upload.read() if isinstance(upload, UploadFile) else b""
        effective = self._context.effective_rules(values.get("community", ""))
        if values.get("community", "") == values.get("shown", ""):
            rules, problems = rules_from_form(effective.rules, values)
        else:  # another community was chosen: start with its settings
            rules, problems = effective.rules, ()
            if not (content or values.get("url") or values.get("page")):
                return self._respond(request, rules, values, None)
        preview = await run_in_threadpool(
            self._make_preview, PreviewRequest(rules, effective, problems, values, content)
        )
        return self._respond(request, rules, values, preview)

    def _respond(
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

    def _make_preview(self, submitted: PreviewRequest) -> Preview:
        rules = submitted.rules
        if submitted.problems:
            return Preview(page_id=submitted.values.get("page", ""), problems=submitted.problems)
        skipped = None if submitted.content else _skipped_before_fetch(submitted.values.get("url", ""), rules)
        if skipped is not None:
            return Preview(refusal=skipped.reason.sentence, detail=skipped.detail)
        with self._slots:
            try:
                page_id, loaded = self._load_page(submitted.values, submitted.content)
            except FetchError as error:
                return Preview(refusal=error.reason.sentence, detail=error.detail)
            if loaded is None:
                return Preview(refusal="There is no page yet.", detail="Enter a link, or choose a file.")
            started = self._monotonic()
            try:
                digest = self._context.digest(loaded, rules.length, rules.method, explain=True)
            except WorkerError as error:
                return Preview(page_id=page_id, refusal="The page could not be read.", detail=str(error))
            seconds = self._monotonic() - started
        return self._add_digest(digest, loaded.url, submitted, Preview(page_id=page_id, seconds=seconds))

    def _load_page(self, values: Mapping[str, str], content: bytes) -> tuple[str, Page | None]:
        """The page of the form, and its id: a new file, a new link, or the page from before."""
        url = values.get("url", "").strip()
        if content:
            return self._add_to_cache(Page("file:///page.html", content, "text/html"))
        known = self._cache.get(values.get("page", ""))
        if known is not None and url in ("", known.requested_url or known.url):
            return values["page"], known
        if not url:
            return "", None
        return self._add_to_cache(self._context.fetch(_with_scheme(url)))

    def _add_to_cache(self, page: Page) -> tuple[str, Page]:
        return self._cache.add(page), page

    def _add_digest(
        self, digest: Digest | NotArticle, url: str, submitted: PreviewRequest, preview: Preview
    ) -> Preview:
        shown = replace(
            preview,
            settings_lines=to_settings_lines(submitted.rules, submitted.effective),
            **_split_notes(digest.notes),
        )
        if isinstance(digest, NotArticle):
            return replace(shown, refusal=digest.reason.sentence, detail=digest.detail)
        replies, skipped = self._replies(digest, url, submitted.rules)
        scored = digest.summary.scored
        return replace(
            shown,
            digest=digest,
            replies=replies,
            paragraphs=highlight(digest.article, scored),
            picked=tuple(sentence for sentence in scored if sentence.picked),
            not_picked=tuple(sentence for sentence in scored if not sentence.picked),
            refusal=skipped.reason.sentence if skipped else "",
            detail=skipped.detail if skipped else "",
        )

    def _replies(
        self, digest: Digest, url: str, rules: CommunityRules
    ) -> tuple[tuple[RenderedReply, ...], Skipped | None]:
        config, replies = self._context.config, []
        for dialect, platform in PLATFORM_NAMES.items():
            links = sample_links(config, dialect)
            outcome = write_reply(
                digest, url, rules, dialect, config.bot.source_url, links, config.templates.of(dialect)
            )
            if isinstance(outcome, Skipped):
                return (), outcome
            replies.append(RenderedReply(platform, to_html(outcome.markdown, dialect), outcome.markdown))
        return tuple(replies), None


def _with_scheme(url: str) -> str:
    """A link with its scheme. People often leave it out."""
    return url if "://" in url else f"https://{url}"


def _skipped_before_fetch(url: str, rules: CommunityRules) -> Skipped | None:
    """Why the link would be skipped before a fetch. None if there is no link, or no such reason."""
    if not url.strip():
        return None
    return policy.check_request(
        Post("", "", "", "", _with_scheme(url.strip()), "", "", datetime.now(UTC)), rules
    )


def _split_notes(notes: Sequence[str]) -> dict[str, Any]:
    """The notes about dropped lines, as `(rule): line`, and all other notes."""
    return {
        "dropped": tuple(note.removeprefix("dropped ") for note in notes if note.startswith(DROPPED_PREFIX)),
        "notes": tuple(note for note in notes if not note.startswith(DROPPED_PREFIX)),
    }
