"""What `precis check` says of a Lemmy account: server, log-in, settings, limits, communities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from bot.core.errors import PlatformError, Unreachable
from bot.core.models import Finding, Source
from bot.platforms.account_setup import Profile, findings
from bot.platforms.api_call import ApiError, Malformed
from bot.platforms.lemmy import account_setup, errors
from bot.platforms.lemmy.api import Dialect, Me, Site
from bot.platforms.login_session import Session
from bot.platforms.polling import Feed
from bot.platforms.rate_limits import Kind, Limit, TokenBucket


def of_account(me: Me, site: Site, profile: Profile | None) -> Iterator[Finding]:
    yield Finding("log-in", True, f"logged in as {me.name}")
    yield from findings(account_setup.flaws(me, site.languages, profile), account_setup.RIGHT, profile)
    yield Finding("nsfw posts", True, "shown" if me.sees_nsfw else "not shown to the account")


def of_limits(limits: Mapping[str, Limit], kind: Kind) -> Finding:
    comment, message = limits["comment"], limits["message"]
    replies = (
        f"{comment.capacity} replies at once, then one every {comment.pace.total_seconds():.0f} s"
        if kind is TokenBucket
        else f"{comment.capacity} replies in {comment.seconds} s"
    )
    others = f"{message.capacity} other calls in {message.seconds} s"
    return Finding("rate limits", True, f"{replies}; {others}")


def of_source(source: Source, session: Session, dialect: Dialect, feed: Feed) -> Finding:
    if source.community is None:
        return Finding("posts", True, "all posts that the server shows the account")
    name = source.community
    call = dialect.community(name)
    try:
        found = dialect.read_community(session.read(call))
    except ApiError as error:
        if not errors.is_unknown_community(error):
            raise errors.of_reading(error, call) from error
        return _unknown(name, session, dialect)
    except Malformed as error:
        raise Unreachable(f"{name} cannot be read: {error}") from error
    if found.removed:
        return Finding(name, False, "the community has been removed", "Take it out of the config.")
    if found.banned:
        remedy = "Ask its moderators, or take the community out of the config."
        return Finding(name, False, "the account is banned from this community", remedy)
    return Finding(name, True, f"found; {feed.says(name, found.joined)}")


def _unknown(name: str, session: Session, dialect: Dialect) -> Finding:
    nearest = _nearest(name, session, dialect)
    remedy = f"Did you mean {nearest}?" if nearest else "Look the name up on the server's web page."
    return Finding(name, False, "the server knows no such community", remedy)


def _nearest(name: str, session: Session, dialect: Dialect) -> str | None:
    """The most alike of the communities that share the beginning of the name."""
    try:
        answer = session.read(dialect.search_communities(name.partition("@")[0][:3]))
        known = dialect.read_communities(answer)
    except (ApiError, Malformed, PlatformError):
        return None
    by_name = {community.partition("@")[0]: community for community in reversed(known)}
    alike = get_close_matches(name, known, n=1) or get_close_matches(name.partition("@")[0], by_name, n=1)
    return by_name.get(alike[0], alike[0]) if alike else None
