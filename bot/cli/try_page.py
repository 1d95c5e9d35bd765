"""`precis try`: reads and summarises one page as the daemon does, and stores nothing."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.status import Status
from rich.table import Table

from bot.cli.terminal import escaped, printable, to_json
from bot.config import load
from bot.config.settings import PROJECT_URL, Workers
from bot.core.errors import UserError
from bot.core.installed_packages import SUMMARIZERS, installed
from bot.core.models import Dialect, Digest, NotArticle, Page, Reply, ScoredSentence, Skipped
from bot.core.pdf_signature import is_pdf
from bot.daemon.factories import make_proxy
from bot.fetch import Fetcher, FetchSettings, Proxy, user_agent
from bot.pipeline.compose import write_reply
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES
from bot.workers.confinement import take_secrets_from_environment
from bot.workers.pool import WorkerLimits, WorkerPool

MAX_BYTES = 20_000_000
_WEB = ("http://", "https://")
_TEXT_SUFFIXES = {".txt": "text/plain", ".md": "text/markdown", ".markdown": "text/markdown"}
_WITHOUT_URL = (
    "Note: the daemon also judges a page by its address. Give the one that this page had with --url."
)


def try_page(
    source: str,
    config: Path | None,
    method: str | None,
    sentences: int | None,
    words: int | None,
    dialect: Dialect,
    *,
    url: str | None = None,
    as_json: bool,
    explain: bool,
) -> None:
    """Print the reply (or JSON) for a link, a saved page or a document. Raises `UserError` if there is none.

    `url` is the address that a saved page had. Without it, the page is judged without an address.
    """
    environ = take_secrets_from_environment()
    settings = load(config, environ) if config else None
    chosen = {"method": method, "sentences": sentences, "words": words}
    rules = _chosen_rules(settings.rules_for("") if settings else CommunityRules(), chosen)
    owner = settings.bot.owner if settings else ""
    with Console(stderr=True).status("Reading the page…") as progress:
        proxy, pdf = (make_proxy(settings.fetch), settings.fetch.pdf) if settings else (None, True)
        page = _load_page(source, owner, url, proxy, pdf=pdf)
        limits = replace(WorkerLimits.from_settings(settings.workers if settings else Workers()), processes=1)
        found = _digest_page(page, rules, limits, progress, explain=explain)
    link = settings.bot.source_url if settings else PROJECT_URL
    templates = settings.templates.of(dialect) if settings else BUILT_IN_TEMPLATES
    reply = write_reply(found, page.url, rules, dialect, link, templates=templates)
    if isinstance(reply, Skipped):
        raise UserError(f"No summary: {reply.reason.sentence}", reply.detail)
    if as_json:
        print(to_json(_json_result(found, reply), indent=2))
    else:
        print(reply.markdown)
    if explain:
        _print_scores(found)


def _chosen_rules(base: CommunityRules, chosen: dict[str, Any]) -> CommunityRules:
    given = {name: value for name, value in chosen.items() if value is not None}
    known = CommunityRules.model_fields["method"].annotation
    methods = getattr(known, "__args__", ())
    if "method" in given and given["method"] not in methods and given["method"] not in installed(SUMMARIZERS):
        methods = (*methods, *installed(SUMMARIZERS))
        raise UserError(f"There is no method {given['method']!r}.", f"Choose one of: {', '.join(methods)}.")
    return base.model_copy(update=given)


def _load_page(source: str, owner: str, url: str | None, proxy: Proxy | None, *, pdf: bool) -> Page:
    if url is not None and not url.startswith(_WEB):
        raise UserError(f"--url {url} is not a web address.", "Begin it with http:// or https://.")
    if source.startswith(_WEB):
        if url is not None:
            raise UserError("--url is for a saved page.", "Leave it out, or use a file.")
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


def _digest_page(
    page: Page, rules: CommunityRules, limits: WorkerLimits, progress: Status, *, explain: bool
) -> Digest:
    progress.update("Picking sentences…")
    worker_pool = WorkerPool(limits)
    try:
        found = worker_pool.digest(page, rules.length, rules.method, explain=explain)
    finally:
        worker_pool.close()
    if isinstance(found, NotArticle):
        _print_notes(found.notes)
        raise UserError(f"No summary: {found.reason.sentence}", found.detail)
    return found


def _json_result(found: Digest, reply: Reply) -> dict[str, Any]:
    article, summary = found.article, found.summary
    return {
        "title": article.title,
        "language": article.language,
        "url": article.url,
        "confidence": round(article.confidence, 3),
        "method": summary.method,
        "sentences": list(summary.sentences),
        "article_words": summary.article_words,
        "summary_words": summary.summary_words,
        "saved": summary.saved,
        "markdown": reply.markdown,
    }


def _print_notes(notes: tuple[str, ...]) -> None:
    """Print how the page was read, for --explain."""
    for note in notes:
        print(printable(note), file=sys.stderr)


def _features(scored: ScoredSentence) -> str:
    return ", ".join(f"{name} {value:.2g}" for name, value in scored.features)


def _print_scores(found: Digest) -> None:
    _print_notes(found.notes)
    table = Table(
        "",
        "score",
        "sentence",
        "why",
        "features",
        title="Every sentence of the article",
        title_justify="left",
    )
    for scored in found.summary.scored:
        mark = "[green]✓[/]" if scored.picked else ""
        table.add_row(
            mark, f"{scored.score:.3f}", escaped(scored.text), escaped(scored.why), _features(scored)
        )
    Console(file=sys.stderr, emoji=False).print(table)
