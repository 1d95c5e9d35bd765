"""Compose the reply to an article: fetch, digest, policy, render."""

from __future__ import annotations

from dataclasses import replace

from bot.core.models import Dialect, Digest, Layout, NotArticle, Post, Reply, Skipped
from bot.core.urls import article_url, url_hash
from bot.pipeline import policy
from bot.pipeline.services import PipelineServices
from bot.render import ArticleInfo, FooterLinks, render
from bot.rules import CommunityRules


def compose_reply(post: Post, rules: CommunityRules, services: PipelineServices) -> Reply | Skipped:
    """The reply to the article that a post links to; raises `FetchError` or `WorkerError`."""
    assert post.url is not None
    page = services.fetch(post.url)
    digest = services.digest(page, rules.length, rules.method)
    if isinstance(digest, NotArticle):
        return Skipped(digest.reason, digest.detail)
    if not digest.article.title:  # many documents have none
        digest = replace(digest, article=replace(digest.article, title=post.title))
    if post.spoiler:
        rules = rules.model_copy(update={"layout": Layout.COLLAPSED})
    dialect = services.dialect_of(post.account)
    return write_reply(digest, page.url, rules, dialect, services.source_url, services.footer_links(post))


def write_reply(
    digest: Digest,
    url: str,
    rules: CommunityRules,
    dialect: Dialect,
    source_url: str,
    links: FooterLinks | None = None,
) -> Reply | Skipped:
    """The reply to the article at `url`, or why there is none."""
    skipped = policy.after_digest(digest, rules)
    if skipped is not None:
        return skipped
    reply = render(
        digest.summary,
        language=digest.article.language or None,
        rules=rules,
        dialect=dialect,
        source_url=source_url,
        about=_article_info(digest, url),
        links=links,
    )
    if isinstance(reply, Skipped):
        return reply
    return replace(
        reply,
        article_hash=url_hash(article_url(digest.article)),
        article_word_count=digest.article.word_count,
        summary_sentences=len(digest.summary.sentences),
    )


def _article_info(digest: Digest, url: str) -> ArticleInfo:
    article = digest.article
    site = article.site or policy.domain(url)
    return ArticleInfo(article.title, site, digest.key_words, digest.reading_minutes)
