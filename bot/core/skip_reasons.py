"""The reasons for not replying to a post."""

from __future__ import annotations

from enum import Enum
from typing import Final, Self


class SkipReason(Enum):
    """Why a post gets no reply: a code for statistics, and a sentence for people."""

    sentence: str

    # the post
    NO_LINK = "no-link", "The post has no external link."
    NOT_WEB = "not-web", "The link is not a web page that Precis may open."
    MEDIA_LINK = "media-link", "The link is an image, a video or an audio file."
    TOO_OLD = "too-old", "The post was already too old when Precis found it."
    FUTURE = "future-dated", "The post is dated in the future."
    PINNED = "pinned", "The post is pinned, so it is not news."
    NSFW = "nsfw", "The post is marked as not safe for work."
    CROSSPOST = "crosspost", "The settings exclude cross-posts."
    QUARANTINED = "quarantined", "Reddit has put the community under quarantine."
    LOCKED = "locked", "The post is locked: nobody may comment."
    GONE = "gone", "The post was deleted or removed."
    BOT_AUTHOR = "bot-author", "The author of the post is another bot."
    OWN_POST = "own-post", "The post is the bot's own."
    DOMAIN_BLOCKED = "domain-blocked", "The settings exclude this site."
    DOMAIN_NOT_ALLOWED = (
        "domain-not-allowed",
        "This site is not in the list of allowed sites.",
    )
    COMMUNITY_OFF = "community-off", "Precis is switched off in this community."
    PAUSED = "paused", "Precis is paused in this community."
    ACCOUNT_PAUSED = "account-paused", "The operator has paused this account."
    LEFT = "left", "The moderators have asked Precis to leave this community."
    OPTED_OUT = "opted-out", "The author has opted out of replies to their posts."
    ON_REQUEST = "on-request", "Precis replies here only on request."
    TITLE = "title", "The settings exclude posts with this title."
    FLAIR = "flair", "The settings exclude posts with this flair, or without flair."
    BANNED = "banned", "The bot is banned from this community."
    MUTED = "muted", "The operator has turned off replies in this community."
    DAILY_CAP = "daily-cap", "The community has reached its limit of replies for today."
    ELSEWHERE = "elsewhere", "Precis does not post in this community unless it is asked."
    # the page
    FORBIDDEN_ADDRESS = (
        "forbidden-address",
        "The link leads to an address that is not on the public internet.",
    )
    ROBOTS = "robots", "The site's robots.txt asks bots to stay out."
    NOT_FOUND = "not-found", "The page does not exist or was removed."
    REFUSED_BY_SITE = "refused-by-site", "The site refuses to give the page to a bot."
    SITE_DOWN = "site-down", "The site could not be reached after several attempts."
    TOO_SLOW = "too-slow", "The page did not arrive in time."
    TOO_LARGE = "too-large", "The page is too large."
    TOO_MANY_REDIRECTS = "too-many-redirects", "The link was redirected too often."
    ONLY_REDIRECT = (
        "only-redirect",
        "The page only sends its readers on to another page, and Precis cannot tell to which.",
    )
    NOT_HTML = "not-html", "The link leads to a file that is not a web page, a PDF file or a text."
    # the document
    SCAN = "scan", "The document consists of pictures of pages without text."
    ENCRYPTED = "encrypted", "The document can only be opened with a password."
    BROKEN = "broken-file", "The document is damaged and cannot be opened."
    TOO_COMPLEX = "too-complex", "The document needs more memory or work than Precis allows for one file."
    CODE = "code", "The file is program code, data or a log, not prose."
    # the article
    TOO_SHORT = "too-short", "The article is too short to need a summary."
    NOT_TEXT = "not-text", "The page has no readable text."
    MOJIBAKE = "mojibake", "The text of the page is garbled: its character encoding cannot be told."
    HOME_PAGE = "home-page", "The page is a home page or an overview, not an article."
    GALLERY = "gallery", "The page is a photo gallery."
    VIDEO = "video", "The page is a video with little text."
    WALL = "wall", "The article is behind a paywall."
    CONSENT = "consent-wall", "The page shows only a cookie or consent notice."
    LOGIN = "login", "The page requires a login."
    ERROR_PAGE = "error-page", "The page is an error message."
    SECTION = "section", "The page is an overview of other pages, not an article."
    LISTING = "listing", "The page is a list of offers or entries, not an article."
    COLLECTION = "collection", "The page is a collection or a list of products, not an article."
    PRODUCT = "product", "The page presents a product."
    SERVICE = "service", "The page presents a company or a service."
    FORUM = "forum", "The page is a forum thread."
    DOCUMENTATION = "documentation", "The page is documentation, not an article."
    SEARCH = "search-page", "The page shows search results."
    PARKED = "parked", "The domain is parked: there is no site at this address."
    NOT_ARTICLE = "not-article", "The page is not an article."
    LANGUAGE = "language", "The language of the article is not in the list of allowed languages."
    CRASHED = "unreadable", "The page could not be read within the limits of time and memory."
    # the summary
    SAVES_TOO_LITTLE = "saves-too-little", "A summary would hardly be shorter than the article."
    NO_SENTENCES = "no-sentences", "No sentence of the article makes sense on its own."
    # the reply
    WITHDRAWN = "withdrawn", "The author or a moderator does not want a reply under this post."
    SAME_ARTICLE = "same-article", "The same article was already summarised here."
    ALREADY_ANSWERED = "already-answered", "The bot has already replied under this post."
    TOO_LONG = "too-long", "The reply would be longer than the platform allows."
    REFUSED = "refused", "The platform refused the reply."
    NO_CLEAR_ANSWER = "no-clear-answer", "The server never gave a clear answer to the reply."

    def __new__(cls, code: str, sentence: str = "") -> Self:  # a lookup by value passes only the code
        member = object.__new__(cls)
        member._value_ = code
        member.sentence = sentence
        return member


REASONS_OF_PLACE: Final = frozenset(
    {
        SkipReason.QUARANTINED,
        SkipReason.LOCKED,
        SkipReason.COMMUNITY_OFF,
        SkipReason.PAUSED,
        SkipReason.ACCOUNT_PAUSED,
        SkipReason.LEFT,
        SkipReason.OPTED_OUT,
        SkipReason.BANNED,
        SkipReason.MUTED,
        SkipReason.DAILY_CAP,
        SkipReason.ELSEWHERE,
        SkipReason.TOO_LONG,
        SkipReason.REFUSED,
        SkipReason.NO_CLEAR_ANSWER,
    }
)
"""Reasons that concern the place of a reply, not its link or its article. A summary that somebody requested
is then sent to this person in private; for any other reason, only the reason is."""
