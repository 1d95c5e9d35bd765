"""The results of `precis check` for a Lemmy account: log-in, settings, limits, communities."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from bot.core.errors import PlatformError, Unreachable
from bot.core.models import CheckResult, Source
from bot.platforms.account_setup import AccountSetup, findings
from bot.platforms.api_call import ApiError, MalformedResponse
from bot.platforms.buckets import BucketType
from bot.platforms.lemmy import account_setup, errors
from bot.platforms.lemmy.api import Account, LemmyApi, Site
from bot.platforms.login_session import LoginSession
from bot.platforms.rate_limits import RateLimits
from bot.platforms.subscribed_listing import SubscribedListing
from bot.platforms.token_bucket import TokenBucket


def account_findings(account: Account, site: Site, setup: AccountSetup | None) -> Iterator[CheckResult]:
    yield CheckResult("log-in", True, f"logged in as {account.name}")
    yield from findings(
        account_setup.wrong_settings(account, site.languages, setup), account_setup.EXPECTED, setup
    )
    yield CheckResult("nsfw posts", True, "shown" if account.sees_nsfw else "not shown to the account")


def rate_limit_finding(rate_limits: RateLimits, bucket_type: BucketType) -> CheckResult:
    """How many requests Precis may send; a part of the server's limits is reserved for others."""
    limits = rate_limits.limits()
    comment, count = limits["comment"], rate_limits.usable("comment")
    replies = (
        f"{count} replies at once, then one every {comment.interval.total_seconds():.0f} s"
        if bucket_type is TokenBucket
        else f"{count} replies in {comment.seconds} s"
    )
    others = f"{rate_limits.usable('message')} other calls in {limits['message'].seconds} s"
    return CheckResult("rate limits", True, f"{replies}; {others}")


def source_finding(
    source: Source, session: LoginSession, api: LemmyApi, listing: SubscribedListing
) -> CheckResult:
    if source.community is None:
        return CheckResult("posts", True, "all posts that the server shows to the account")
    name = source.community
    call = api.community_call(name)
    try:
        found = api.parse_community(session.read(call))
    except ApiError as error:
        if not errors.is_unknown_community(error):
            raise errors.read_error(error, call) from error
        if errors.is_failed_lookup(error):
            remedy = "Try again later; the community's own server may be down."
            return CheckResult(name, False, f"the server could not look this community up: {error}", remedy)
        return _removed(name) if _lists_posts(name, session, api) else _unknown_community(name, session, api)
    except MalformedResponse as error:
        raise Unreachable(f"{name} cannot be read: {error}") from error
    if found.removed:
        return _removed(name)
    if found.banned:
        remedy = "Ask its moderators, or remove the community from the config."
        return CheckResult(name, False, "the account is banned from this community", remedy)
    return CheckResult(name, True, f"found; {listing.describe(name, found.subscription)}")


def _removed(name: str) -> CheckResult:
    return CheckResult(name, False, "the community has been removed", "Remove it from the config.")


def _lists_posts(name: str, session: LoginSession, api: LemmyApi) -> bool:
    """Whether there is a list of its posts: a community that is listed but not shown was removed."""
    try:
        session.read(api.posts_call(name, None))
    except ApiError:
        return False
    return True


def _unknown_community(name: str, session: LoginSession, api: LemmyApi) -> CheckResult:
    closest = _closest_name(name, session, api)
    remedy = f"Did you mean {closest}?" if closest else "Look the name up on the server's web page."
    return CheckResult(name, False, "the server does not know this community", remedy)


def _closest_name(name: str, session: LoginSession, api: LemmyApi) -> str | None:
    """The most similar name among the communities with the same first three letters."""
    try:
        response = session.read(api.search_communities_call(name.partition("@")[0][:3]))
        known = api.parse_communities(response)
    except (ApiError, MalformedResponse, PlatformError):
        return None
    by_name = {community.partition("@")[0]: community for community in reversed(known)}
    similar = get_close_matches(name, known, n=1) or get_close_matches(name.partition("@")[0], by_name, n=1)
    return by_name.get(similar[0], similar[0]) if similar else None
