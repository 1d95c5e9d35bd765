"""The values that travel through Precis: one frozen type for each stage.

    Post -> Page -> Article -> Summary -> Reply, or on the way Skipped or Failed

Nothing here imports from the rest of `bot` or does any work beyond arithmetic on its own fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from typing import Self


class Dialect(StrEnum):
    """Whose Markdown a reply is written in."""

    LEMMY = "lemmy"
    REDDIT = "reddit"


class Layout(StrEnum):
    """How the sentences of a reply stand on the page."""

    PARAGRAPHS = "paragraphs"
    BULLETS = "bullets"
    COLLAPSED = "collapsed"


class SkipReason(Enum):
    """Why a post gets no reply: a code to count by, and a sentence for people."""

    sentence: str

    # the post
    NO_LINK = "no-link", "The post links to nothing outside."
    NOT_WEB = "not-web", "The link is not a web page that Precis may open."
    MEDIA_LINK = "media-link", "The link is an image, a video or a sound."
    TOO_OLD = "too-old", "The post was already too old when it was seen."
    FUTURE = "future-dated", "The post is dated in the future."
    PINNED = "pinned", "The post is pinned, so it is no news."
    NSFW = "nsfw", "The post is marked as not safe for work."
    QUARANTINED = "quarantined", "Reddit has put the community under quarantine."
    LOCKED = "locked", "The post is locked: nobody may comment."
    GONE = "gone", "The post was deleted or removed."
    BOT_AUTHOR = "bot-author", "The post was made by another bot."
    OWN_POST = "own-post", "The post is the bot's own."
    DOMAIN_BLOCKED = "domain-blocked", "The settings exclude this site."
    DOMAIN_NOT_ALLOWED = (
        "domain-not-allowed",
        "The settings name the allowed sites, and this is none of them.",
    )
    COMMUNITY_OFF = "community-off", "Precis is switched off in this community."
    PAUSED = "paused", "The moderators have paused Precis in this community."
    LEFT = "left", "The moderators have asked Precis to leave this community."
    OPTED_OUT = "opted-out", "The poster has asked Precis to stay away from their posts."
    ON_REQUEST = "on-request", "Precis replies here only when somebody asks it to."
    TITLE = "title", "The settings exclude posts with such a title."
    FLAIR = "flair", "The settings exclude posts with this flair, or with none."
    BANNED = "banned", "The bot is banned from this community."
    DAILY_CAP = "daily-cap", "The community has had its replies for today."
    ELSEWHERE = "elsewhere", "Precis does not write in this community of its own accord."
    # the page
    FORBIDDEN_ADDRESS = (
        "forbidden-address",
        "The link leads to an address that is not on the public internet.",
    )
    ROBOTS = "robots", "The site's robots.txt asks bots to stay out."
    NOT_FOUND = "not-found", "The page does not exist (any more)."
    REFUSED_BY_SITE = "refused-by-site", "The site refuses to give the page to a bot."
    SITE_DOWN = "site-down", "The site could not be reached, however often it was tried."
    TOO_SLOW = "too-slow", "The page did not arrive in time."
    TOO_LARGE = "too-large", "The page is too large."
    TOO_MANY_REDIRECTS = "too-many-redirects", "The link was redirected too often."
    NOT_HTML = "not-html", "The link leads to a file that is not a web page."
    # the article
    TOO_SHORT = "too-short", "The article is too short to need a summary."
    NOT_TEXT = "not-text", "The page holds no readable text."
    HOME_PAGE = "home-page", "The page is a home page or an overview, not an article."
    GALLERY = "gallery", "The page is a gallery of pictures."
    VIDEO = "video", "The page is a video with few words."
    WALL = "wall", "The article is behind a subscriber wall."
    CONSENT = "consent-wall", "The page shows only a cookie or consent notice."
    LOGIN = "login", "The page asks for a log-in."
    ERROR_PAGE = "error-page", "The page is an error message."
    SECTION = "section", "The page is an overview of other pages, not an article."
    LISTING = "listing", "The page is a list of offers or entries, not an article."
    COLLECTION = "collection", "The page is a collection or a list of products, not an article."
    PRODUCT = "product", "The page presents a product."
    SERVICE = "service", "The page presents a company or a service."
    FORUM = "forum", "The page is a thread of a forum."
    DOCUMENTATION = "documentation", "The page is documentation, not an article."
    SEARCH = "search-page", "The page shows the results of a search."
    PARKED = "parked", "The address holds no site of its own: the domain is parked."
    NOT_ARTICLE = "not-article", "The page is no article."
    LANGUAGE = "language", "The settings name the languages, and this article is in another."
    CRASHED = "unreadable", "The page could not be read within the limits of time and memory."
    # the summary
    SAVES_TOO_LITTLE = "saves-too-little", "A summary would hardly be shorter than the article."
    NO_SENTENCES = "no-sentences", "No sentence of the article can stand alone."
    # the reply
    WITHDRAWN = "withdrawn", "The poster or a moderator wants no reply under this post."
    SAME_ARTICLE = "same-article", "The same article was already summarised here."
    ALREADY_ANSWERED = "already-answered", "The bot has already replied under this post."
    TOO_LONG = "too-long", "The reply would be longer than the platform allows."
    REFUSED = "refused", "The platform refused the reply."

    def __new__(cls, code: str, sentence: str = "") -> Self:  # by value, only the code is given
        member = object.__new__(cls)
        member._value_ = code
        member.sentence = sentence
        return member


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
    requested: str = ""
    """The link that was followed; empty when the page was not fetched."""


class Kind(StrEnum):
    """What a paragraph of an article is. Tables and code are part of its text, not of its prose."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"
    TABLE = "table"
    CODE = "code"


class Trait(StrEnum):
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
    words: int
    url: str = ""
    canonical_url: str | None = None
    author: str | None = None
    published: str | None = None
    """As YYYY-MM-DD where the page says so."""
    site: str | None = None
    kinds: tuple[Kind, ...] = ()
    """What each paragraph of `text` is, in order; empty when nothing is known of them."""
    traits: frozenset[Trait] = frozenset()


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
class Length:
    """How long a summary may be; the tightest of the three wins."""

    sentences: int = 4
    words: int = 100
    min_saved: float = 0.6
    """Least share of the article's words that the summary leaves out, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Scored:
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
    scored: tuple[Scored, ...] = ()
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
    minutes: int = 0
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
class Batch:
    """What one poll of a source gave, and how far the source has been read with it."""

    posts: tuple[Post, ...]
    cursor: str
    """Opaque to all but the adapter that made it."""
    unreadable: tuple[str, ...] = ()
    """One line for each post that could not be parsed; the others are not held up by it."""


class Via(StrEnum):
    """How a message reached the bot."""

    MENTION = "mention"
    """A comment that names the bot, or a post's text that does."""
    REPLY = "reply"
    """An answer below a comment of the bot."""
    PRIVATE = "private"
    MODMAIL = "modmail"
    """From the moderators of a subreddit, as such."""
    INVITATION = "invitation"
    """To become a moderator of a subreddit."""


@dataclass(frozen=True, slots=True)
class Message:
    """What somebody said to the bot; times are aware and in UTC."""

    account: str
    id: str
    """Unique in the account over all ways of arrival: a comment that comes as a mention and as a reply
    is one message."""
    via: Via
    author: str
    """`name@host` on Lemmy and PieFed, the bare name on Reddit; lower case."""
    text: str
    sent: datetime
    subject: str = ""
    author_bot: bool = False
    gone: bool = False
    """Whether it was deleted or removed by now; then the text is not to be used."""
    community: str | None = None
    """Where a comment stands, or whose moderators write; None where the platform does not say."""
    post_id: str | None = None
    comment_id: str | None = None
    """The comment itself, when it is one: what an answer stands below."""
    parent_id: str | None = None
    """The comment that it answers."""
    thread: str = ""
    """What an answer in private goes on with; opaque to all but the adapter that made it."""
    receipt: str = ""
    """What marks it as read; opaque to all but the adapter that made it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What one look into the inbox gave."""

    messages: tuple[Message, ...]
    unreadable: tuple[str, ...] = ()
    """One line for each message that could not be parsed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot says to a message: below a comment, in private to everything else."""

    markdown: str
    private: bool = False
    """In private to its author, although the message is a comment."""
    language: str | None = None
    """ISO 639-1 of the text, a wish only."""
    subject: str = ""
    """Of a private message, where the platform has such; empty for that of the message."""


@dataclass(frozen=True, slots=True)
class RulesPage:
    """What a community's own page (a wiki page, a sidebar) says to the bot, as it stands there."""

    community: str
    text: str
    revision: str
    """Changes when the page does."""
    editor: str | None
    """Who changed it last, where the platform says so."""
    moderators_only: bool
    """Whether nobody but moderators can change it."""
    changed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Finding:
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
class Withheld:
    """A summary that was asked for and may not stand where it was: it goes to who asked, in private."""

    reply: Reply
    why: Skipped


@dataclass(frozen=True, slots=True)
class Failed:
    error: str
    retry_at: datetime | None
    """None: it is dead, no further try."""
    counted: bool = True
    """Whether it was a try at all; waiting for one's turn is none."""
