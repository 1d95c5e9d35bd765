"""Compose the reply to an article: fetch, digest, policy, render."""

from __future__ import annotations

from msgspec.structs import replace

from bot.core.models import ArticleTrait, Dialect, Digest, Layout, NotArticle, Page, Post, Reply, Skipped
from bot.core.skip_reasons import SkipReason
from bot.core.urls import article_url, url_hash
from bot.pipeline import policy
from bot.pipeline.services import PipelineServices
from bot.pipeline.site_matching import domain
from bot.render import ArticleInfo, FooterLinks, render
from bot.rules import CommunityRules
from bot.rules.reply_templates import BUILT_IN_TEMPLATES, ReplyTemplates


def compose_reply(post: Post, rules: CommunityRules, services: PipelineServices) -> Reply | Skipped:
    """The reply to the article that a post links to, or to its own text if it has no link.

    Raises `FetchError` or `WorkerError`.
    """
    page = services.fetch(post.url) if post.url and not post.is_self_post else _own_page(post)
    dialect = services.dialect_of(post.account)
    templates = services.templates_for(dialect)
    shown = rules.key_words or templates.name_key_words
    digest = services.digest(page, rules.length, rules.method, with_key_words=shown)
    if isinstance(digest, NotArticle):
        return Skipped(digest.reason, digest.detail)
    if not digest.article.title:  # many documents have none
        digest = replace(digest, article=replace(digest.article, title=post.title))
    if post.spoiler:
        rules = rules.model_copy(update={"layout": Layout.COLLAPSED})
    return write_reply(
        digest,
        page.url,
        rules,
        dialect,
        services.source_url,
        services.footer_links(post),
        templates,
    )


def _own_page(post: Post) -> Page:
    return Page(
        post.permalink,
        post.body.encode("utf-8", "replace"),
        "text/markdown; charset=utf-8",
        self_post_title=post.title,
    )


def write_reply(
    digest: Digest,
    url: str,
    rules: CommunityRules,
    dialect: Dialect,
    source_url: str,
    links: FooterLinks | None = None,
    templates: ReplyTemplates = BUILT_IN_TEMPLATES,
) -> Reply | Skipped:
    """The reply to the article at `url`, or why there is none."""
    is_self_post = ArticleTrait.SELF_POST in digest.article.traits
    site = None if is_self_post else _check_final_site(digest, url, rules)
    skipped = site or policy.after_digest(digest, rules)
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
        templates=templates,
    )
    if isinstance(reply, Skipped):
        return reply
    return replace(
        reply,
        article_hash=url_hash(article_url(digest.article)),
        article_word_count=digest.article.word_count,
        summary_sentences=len(digest.summary.sentences),
    )


def _check_final_site(digest: Digest, url: str, rules: CommunityRules) -> Skipped | None:
    """The post's link may be short and lead to a blocked site, or to a copy of its page in an archive."""
    canonical = digest.article.canonical_url
    own = canonical if domain(canonical) == domain(url) else None
    blocked = policy.find_blocked_site(url, rules) or policy.find_blocked_site(own, rules)
    return Skipped(SkipReason.DOMAIN_BLOCKED, blocked) if blocked else None


def _article_info(digest: Digest, url: str) -> ArticleInfo:
    article = digest.article
    is_self_post = ArticleTrait.SELF_POST in article.traits
    # a line that names the very post above it says nothing
    site = "" if is_self_post else article.site or domain(url)
    return ArticleInfo(
        article.title,
        site,
        digest.key_words,
        digest.reading_minutes,
        is_self_post,
        ArticleTrait.LIVE in article.traits,
    )
