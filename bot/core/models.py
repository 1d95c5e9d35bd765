"""The values that travel through Precis: one frozen type for each stage.

    Post -> Page -> Article -> Summary -> Reply, or on the way Skipped or Failed

Nothing here imports from the rest of `bot` but the reasons for a skip, or does any work beyond
arithmetic on its own fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.skip_reasons import SkipReason


class Dialect(StrEnum):
    """Whose Markdown a reply is written in."""

    LEMMY = "lemmy"
    REDDIT = "reddit"


class Layout(StrEnum):
    """How the sentences of a reply stand on the page."""

    PARAGRAPHS = "paragraphs"
    BULLETS = "bullets"
    COLLAPSED = "collapsed"


@dataclass(frozen=True, slots=True)
class Source:
    """What an account polls: one community, or everything the server shows it."""

    account: str
    community: str | None
    """`name@host`, or None for all posts that the account sees."""

    @property
    def key(self) -> str:
        return f"{self.account}/{self.community or '*'}"


@dataclass(frozen=True, slots=True)
class Post:
    """A post as its platform gave it; times are aware and in UTC."""

    account: str
    """The name, in the config, of the account that saw it."""
    id: str
    community: str
    """`name@host` on Lemmy, the bare name on Reddit; lower case."""
    title: str
    url: str | None
    permalink: str
    author: str
    """`name@host` on Lemmy, the bare name on Reddit."""
    published: datetime
    language: str | None = None
    score: int = 0
    nsfw: bool = False
    quarantined: bool = False
    """Whether the platform itself warns of the community."""
    locked: bool = False
    gone: bool = False
    pinned: bool = False
    bot_author: bool = False
    own: bool = False
    banned: bool = False
    """Whether the bot is banned from the post's community."""
    flair: str | None = None
    """What the post is labelled with, in words; several labels are joined by commas."""
    crosspost: bool = False
    """Whether it says that it was carried over from another community."""
    spoiler: bool = False
    """Whether what the post is about is hidden until somebody asks to see it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A fetched page.

    `content` is the decoded body (no transfer or content encoding left), in the charset that
    `content_type`, a byte order mark or the page's own head names.
    """

    url: str
    """Where the body came from, after redirects."""
    content: bytes
    content_type: str = "text/html"
    """The Content-Type header as sent, charset included."""
    requested_url: str = ""
    """The link that was followed; empty when the page was not fetched."""


class ParagraphKind(StrEnum):
    """What a paragraph of an article is. Tables and code are part of its text, not of its prose."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"


class ArticleTrait(StrEnum):
    """What an article says of itself."""

    CUT_SHORT = "cut-short"
    """Only a part of it is free to read."""
    LIVE = "live"
    OPINION = "opinion"
    PRESS_RELEASE = "press-release"


@dataclass(frozen=True, slots=True)
class Article:
    """The body of an article: paragraphs separated by one blank line."""

    title: str
    text: str
    language: str
    """ISO 639-1, or "" when it could not be told."""
    confidence: float
    """0 to 1: how sure the extractor is that this is the article's body."""
    word_count: int
    url: str = ""
    canonical_url: str | None = None
    author: str | None = None
    published: str | None = None
    """As YYYY-MM-DD where the page says so."""
    site: str | None = None
    paragraph_kinds: tuple[ParagraphKind, ...] = ()
    """What each paragraph of `text` is, in order; empty when nothing is known of them."""
    traits: frozenset[ArticleTrait] = frozenset()


@dataclass(frozen=True, slots=True)
class NotArticle:
    """What a page is instead of an article."""

    reason: SkipReason
    detail: str = ""
    text: str = ""
    """What was read of the page all the same, for those who ask why; it is never summarised."""
    notes: tuple[str, ...] = ()
    """How the page was read, a line each, when an explanation was asked for."""


@dataclass(frozen=True, slots=True)
class LengthLimits:
    """How long a summary may be; the tightest of the three wins."""

    sentences: int = 4
    words: int = 100
    min_saved: float = 0.6
    """Least share of the article's words that the summary leaves out, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """One sentence of the article as the summarizer saw it."""

    text: str
    score: float
    picked: bool
    why: str = ""
    features: tuple[tuple[str, float], ...] = ()
    """What the score is made of, by name, where the method can say so."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Whole sentences of the article, word for word and in its order."""

    sentences: tuple[str, ...]
    article_words: int
    summary_words: int
    method: str
    scored: tuple[ScoredSentence, ...] = ()
    """All sentences with their scores, when an explanation was asked for."""

    @property
    def saved(self) -> int:
        """Share of the article's words that the reader is spared, in whole percent."""
        if self.article_words <= 0:
            return 0
        return round(100 * (1 - self.summary_words / self.article_words))


@dataclass(frozen=True, slots=True)
class Digest:
    """What the worker process sends back of a page that is an article worth a reply."""

    article: Article
    summary: Summary
    notes: tuple[str, ...] = ()
    """How the article was found, a line each, when an explanation was asked for."""
    key_words: tuple[str, ...] = ()
    """What the article is about, the likeliest word first."""
    reading_minutes: int = 0
    """How long the article takes to read, in whole minutes; 0 where nobody has counted."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The Markdown to post, with the figures that stay when the text is forgotten."""

    markdown: str
    language: str | None
    article_words: int
    summary_words: int
    saved: int
    article_hash: str | None = None
    """Of where the article stands, to know it again when it is posted with another link."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of the bot as its platform gave it."""

    id: str
    post_id: str
    url: str
    published: datetime
    parent_id: str | None = None
    gone: bool = False
    score: int | None = None
    """Where the platform says it along."""


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll of a source gave, and how far the source has been read with it."""

    posts: tuple[Post, ...]
    cursor: str
    """Opaque to all but the adapter that made it."""
    parse_errors: tuple[str, ...] = ()
    """One line for each post that could not be parsed; the others are not held up by it."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One line of `precis check`."""

    subject: str
    ok: bool
    text: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class PrivateReply:
    """A summary that was asked for and may not stand where it was: it goes to who asked, in private."""

    reply: Reply
    skipped: Skipped


@dataclass(frozen=True, slots=True)
class Failed:
    error: str
    retry_at: datetime | None
    """None: it is dead, no further try."""
    counts_as_attempt: bool = True
    """Whether it was a try at all; waiting for one's turn is none."""
