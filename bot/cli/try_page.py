"""`precis try`: reads and summarises one page as the daemon does, and stores nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from bot.cli.choices import unknown_value
from bot.cli.page_source import load_page
from bot.cli.terminal import Progress, escaped, folding_table, print_json, printable
from bot.core.errors import FetchError, UserError
from bot.core.installed_packages import SUMMARIZERS, installed
from bot.core.models import Dialect, Digest, NotArticle, Page, Reply, ScoredSentence, Skipped
from bot.core.project import PROJECT_URL
from bot.core.skip_reasons import SkipReason
from bot.operations.process_secrets import take_secrets_from_environment
from bot.pipeline.compose import write_reply
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES
from bot.workers.pool import WorkerLimits, WorkerPool

if TYPE_CHECKING:
    from bot.config import Config
    from bot.fetch import Proxy


def try_page(
    source: str,
    config: Path | None,
    chosen: Mapping[str, Any],
    dialect: Dialect,
    *,
    url: str | None = None,
    as_json: bool,
    explain: bool,
    progress: Progress,
) -> None:
    """Print the reply (or JSON) for a link, a saved page or a document. Raises `UserError` if there is none.

    `chosen` has settings by name that replace those of the file; None keeps them. `url` is the address that a
    saved page had. Without it, the page is judged without an address.
    `progress` is stopped before anything is printed.
    """
    try:
        found, reply = _read(source, config, chosen, dialect, url=url, explain=explain, progress=progress)
    except (NoSummary, FetchError) as error:
        progress.stop()
        if as_json:
            print_json(_skipped_json(source, error.reason, error.detail))
        raise
    progress.stop()
    if as_json:
        print_json(_json_result(source, found, reply))
    else:
        print(reply.markdown)
    if explain:
        _print_scores(found)


class NoSummary(UserError):
    """The page gets no summary."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(f"No summary: {reason.sentence}", detail)
        self.reason, self.detail = reason, detail


def _read(
    source: str,
    config: Path | None,
    chosen: Mapping[str, Any],
    dialect: Dialect,
    *,
    url: str | None,
    explain: bool,
    progress: Progress,
) -> tuple[Digest, Reply]:
    environ = take_secrets_from_environment()
    settings = _load_config(config, environ) if config else None
    rules = _chosen_rules(settings.rules_for("") if settings else CommunityRules(), chosen)
    owner = settings.bot.owner if settings else ""
    proxy, pdf = (_make_proxy(settings), settings.fetch.pdf) if settings else (None, True)
    page = load_page(source, owner, url, proxy, pdf=pdf)
    limits = WorkerLimits.from_settings(settings.workers) if settings else WorkerLimits()
    limits = replace(limits, processes=1, fork_server=False)
    templates = settings.templates.of(dialect) if settings else BUILT_IN_TEMPLATES
    shown = rules.key_words or templates.name_key_words
    found = _digest_page(page, rules, limits, progress, explain=explain, with_key_words=shown)
    link = settings.bot.source_url if settings else PROJECT_URL
    reply = write_reply(found, page.url, rules, dialect, link, templates=templates)
    if isinstance(reply, Skipped):
        raise NoSummary(reply.reason, reply.detail)
    return found, reply


def _load_config(config: Path, environ: Mapping[str, str]) -> Config:
    from bot.config import load  # here: most pages are read without settings

    return load(config, environ)


def _make_proxy(settings: Config) -> Proxy | None:
    from bot.daemon.factories import make_proxy  # here: a file without settings needs no network

    return make_proxy(settings.fetch)


def _chosen_rules(base: CommunityRules, chosen: Mapping[str, Any]) -> CommunityRules:
    given = {name: value for name, value in chosen.items() if value is not None}
    known = CommunityRules.model_fields["method"].annotation
    methods = getattr(known, "__args__", ())
    if "method" in given and given["method"] not in methods and given["method"] not in installed(SUMMARIZERS):
        wanted = given["method"]
        raise unknown_value(f"There is no method {wanted!r}.", wanted, (*methods, *installed(SUMMARIZERS)))
    return base.model_copy(update=given)


def _digest_page(
    page: Page,
    rules: CommunityRules,
    limits: WorkerLimits,
    progress: Progress,
    *,
    explain: bool,
    with_key_words: bool,
) -> Digest:
    progress.update("Picking sentences…")
    worker_pool = WorkerPool(limits)
    try:
        found = worker_pool.digest(
            page, rules.length, rules.method, explain=explain, with_key_words=with_key_words
        )
    finally:
        worker_pool.close()
    if isinstance(found, NotArticle):
        _print_notes(found.notes)
        raise NoSummary(found.reason, found.detail)
    return found


def _skipped_json(source: str, reason: SkipReason, detail: str) -> dict[str, Any]:
    skipped = {"reason": reason.value, "sentence": reason.sentence, "detail": detail}
    return {"source": source, "skipped": skipped}


def _json_result(source: str, found: Digest, reply: Reply) -> dict[str, Any]:
    article, summary = found.article, found.summary
    return {
        "source": source,
        "skipped": None,
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
    headers = ("", "score", "sentence", "why", "features")
    table = folding_table(*headers, title="Every sentence of the article")
    for scored in found.summary.scored:
        mark = "[green]✓[/]" if scored.picked else ""
        table.add_row(
            mark, f"{scored.score:.3f}", escaped(scored.text), escaped(scored.why), _features(scored)
        )
    from rich.console import Console

    Console(file=sys.stderr, emoji=False).print(table)
