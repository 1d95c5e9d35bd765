"""The values that pass through Precis: one frozen type for each stage.

    Post -> Page -> Article -> Summary -> Reply, or at any stage Skipped or Failed

This module imports only the skip reasons from `bot`, and its methods only compute from their own fields.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.core.skip_reasons import SkipReason


class Dialect(StrEnum):
    """The dialect of Markdown that a reply is written in. Each platform renders Markdown differently."""

    LEMMY = "lemmy"
    PIEFED = "piefed"
    REDDIT = "reddit"


class Layout(StrEnum):
    """How the sentences of a reply are laid out."""

    PARAGRAPHS = "paragraphs"
    BULLETS = "bullets"
    COLLAPSED = "collapsed"


class Source(Struct, frozen=True):
    """What an account polls: one community, or all posts that the server shows it."""

    account: str
    community: str | None
    """`name@host`, or None for all posts that the account sees."""

    @property
    def key(self) -> str:
        return f"{self.account}/{self.community or '*'}"


class Post(Struct, frozen=True):
    """A post as the platform returned it; times are aware and in UTC."""

    account: str
    """The name, in the config, of the account that found it."""
    id: str
    community: str
    """`name@host` on Lemmy, the name alone on Reddit; lower case."""
    title: str
    url: str | None
    permalink: str
    author: str
    """`name@host` on Lemmy, the name alone on Reddit."""
    published: datetime
    language: str | None = None
    score: int = 0
    nsfw: bool = False
    quarantined: bool = False
    """Whether the platform shows a warning before the community."""
    locked: bool = False
    gone: bool = False
    """Whether it was deleted or removed."""
    pinned: bool = False
    bot_author: bool = False
    own: bool = False
    """Whether this bot is its author."""
    banned: bool = False
    """Whether the bot is banned from the post's community."""
    flair: str | None = None
    """The post's label as text; several labels are joined by commas."""
    crosspost: bool = False
    """Whether it is marked as a cross-post from another community."""
    spoiler: bool = False
    """Whether its content is hidden until a reader opens it."""
    link_awaited_since: datetime | None = None
    """When a post was read without the link that its server may still add; None if it adds none later."""
    body: str = ""
    """The author's own text as Markdown, of a self post: a post without a link. "" for a post with a link."""

    @property
    def is_self_post(self) -> bool:
        return not (self.url or "").strip() and bool(self.body.strip())


class Page(Struct, frozen=True):
    """A fetched page.

    `content` is the body without transfer or content encoding. Its charset is named by `content_type`, a
    byte order mark or the page's head.
    """

    url: str
    """The URL of the body, after redirects."""
    content: bytes
    content_type: str = "text/html"
    """The Content-Type header as sent, charset included."""
    requested_url: str = ""
    """The URL that was requested; empty if the page was not fetched."""
    self_post_title: str | None = None
    """The title of the self post whose Markdown `content` is, in UTF-8; None for a page."""


MISSING_PART = "\ufffc"
"""Stands in an article's text for a formula or picture that cannot be written as text.

The object replacement character of Unicode. A sentence with it is never picked.
"""


class ParagraphKind(StrEnum):
    """The kind of a paragraph. Tables and code belong to the article's text, but not to its prose."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    STANDFIRST = "standfirst"
    """The sentences between the headline and the text that say what the article is about."""
    SUMMARY = "summary"
    """A sentence of a box that sums up the article ("In short")."""
    LIVE_ENTRY = "live-entry"
    """Text of a live blog that sums itself up in a box; it is not picked, because the box is newer."""
    LIST_ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"


class ArticleTrait(StrEnum):
    """A property that an article states about itself."""

    CUT_SHORT = "cut-short"
    """Only part of it can be read for free."""
    LIVE = "live"
    """It is a live blog; `Article.text` has only its newest entries."""
    OPINION = "opinion"
    PRESS_RELEASE = "press-release"
    SELF_POST = "self-post"
    """It is the text of a post itself, not of a page."""


class Article(Struct, frozen=True):
    """The body of an article: paragraphs separated by one blank line."""

    title: str
    text: str
    language: str
    """ISO 639-1, or "" if it could not be detected."""
    confidence: float
    """0 to 1: how sure the extractor is that this is the article's body."""
    word_count: int
    url: str = ""
    canonical_url: str | None = None
    author: str | None = None
    published: str | None = None
    """YYYY-MM-DD, if the page states it."""
    site: str | None = None
    paragraph_kinds: tuple[ParagraphKind, ...] = ()
    """The kind of each paragraph of `text`, in order; empty if unknown."""
    traits: frozenset[ArticleTrait] = frozenset()


class NotArticle(Struct, frozen=True):
    """A page that is not an article, and why."""

    reason: SkipReason
    detail: str = ""
    text: str = ""
    """The text that was extracted anyway, to explain the decision; it is never summarised."""
    notes: tuple[str, ...] = ()
    """The steps of the extraction, one line each, if an explanation was requested."""


class LengthLimits(Struct, frozen=True):
    """How long a summary may be; the strictest of the three limits applies."""

    sentences: int = 4
    words: int = 100
    min_saved: float = 0.6
    """Minimum share of the article's words that the summary leaves out, 0 to 1."""


class ScoredSentence(Struct, frozen=True):
    """One sentence of the article with its score."""

    text: str
    score: float
    picked: bool
    why: str = ""
    features: tuple[tuple[str, float], ...] = ()
    """The parts of the score, by name, if the method provides them."""


class Summary(Struct, frozen=True):
    """Whole sentences of the article, word for word and in its order."""

    sentences: tuple[str, ...]
    article_words: int
    summary_words: int
    method: str
    scored: tuple[ScoredSentence, ...] = ()
    """All sentences with their scores, if an explanation was requested."""
    refusal: SkipReason | None = None
    """Why there are no sentences, if the method can tell."""

    @property
    def saved(self) -> int:
        """Share of the article's words that the summary leaves out, in whole percent."""
        if self.article_words <= 0:
            return 0
        return round(100 * (1 - self.summary_words / self.article_words))


class Digest(Struct, frozen=True):
    """What the worker process returns for a page that is an article."""

    article: Article
    summary: Summary
    notes: tuple[str, ...] = ()
    """The steps of the extraction, one line each, if an explanation was requested."""
    key_words: tuple[str, ...] = ()
    """The article's key words, the most likely first."""
    reading_minutes: int = 0
    """How long the article takes to read, in whole minutes; 0 if not computed."""


class Reply(Struct, frozen=True):
    """The Markdown to post, with the figures that are kept after the text is deleted."""

    markdown: str
    language: str | None
    article_words: int
    summary_words: int
    saved: int
    article_hash: str | None = None
    """Hash of the article's URL, to recognise the article when it is posted with another link."""
    article_word_count: int | None = None
    """The article's words as the setting `min_article_words` counts them; None if unknown."""
    summary_sentences: int | None = None
    """The number of sentences; None if unknown."""


class Comment(Struct, frozen=True):
    """A comment of the bot as the platform returned it."""

    id: str
    post_id: str
    url: str
    published: datetime
    parent_id: str | None = None
    gone: bool = False
    score: int | None = None
    """None if the platform does not include it."""


class PollResult(Struct, frozen=True):
    """The posts that one poll of a source found, and the cursor after it."""

    posts: tuple[Post, ...]
    cursor: str
    """Opaque; only the adapter that created it reads it."""
    parse_errors: tuple[str, ...] = ()
    """One line for each post that could not be parsed; such a post does not block the others."""


class CheckResult(Struct, frozen=True):
    """One line of `precis check`."""

    subject: str
    ok: bool
    text: str
    remedy: str = ""


class Skipped(Struct, frozen=True):
    reason: SkipReason
    detail: str = ""


class Outdated(Struct, frozen=True):
    """A finished reply must be written again: its post or the settings changed while it waited."""

    post: Post
    """The current version, with the link to summarize."""
    why: str


class PrivateReply(Struct, frozen=True):
    """A requested summary that must not be posted in public; it is sent privately to the person who asked."""

    reply: Reply
    skipped: Skipped


class Failed(Struct, frozen=True):
    error: str
    retry_at: datetime | None
    """None: no retry, the post is dead."""
    counts_as_attempt: bool = True
    """Whether this counts as an attempt; waiting for a turn does not."""
    planned: bool = False
    """Whether settings or a limit ask for the wait, so that the post is not overdue before `retry_at`."""
