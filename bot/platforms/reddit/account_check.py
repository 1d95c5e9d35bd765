"""What `precis check` says of a Reddit account: log-in, limits, subreddits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.models import CheckResult
from bot.platforms.reddit.rate_limits import RateLimits
from bot.platforms.reddit.schemas import Me, Subreddit


def account_findings(me: Me, agent: str) -> Iterator[CheckResult]:
    yield CheckResult("log-in", True, f"logged in as u/{me.name}")
    yield CheckResult("user agent", True, agent)


def rate_limit_finding(quota: RateLimits) -> CheckResult:
    left = "" if quota.remaining is None else f"; {quota.remaining:.0f} left in this window of ten minutes"
    return CheckResult("rate limits", True, f"at most 95 of Reddit's 100 calls a minute{left}")


def subreddit_findings(names: Iterable[str], found: Iterable[Subreddit]) -> Iterator[CheckResult]:
    known = {subreddit.name: subreddit for subreddit in found}
    for name in names:
        yield _of_subreddit(f"r/{name}", known.get(name))


def _of_subreddit(subject: str, found: Subreddit | None) -> CheckResult:
    if found is None:
        remedy = "Look the name up on Reddit: it may be wrong, or the subreddit closed to the account."
        return CheckResult(subject, False, "Reddit shows the account no such subreddit", remedy)
    if found.user_is_banned:
        remedy = "Ask its moderators, or take the subreddit out of the config."
        return CheckResult(subject, False, "the account is banned from this subreddit", remedy)
    if found.quarantine:
        remedy = "Posts there get no replies; take it out of the config."
        return CheckResult(subject, False, "the subreddit is quarantined", remedy)
    if found.subreddit_type == "private" and not (found.user_is_contributor or found.user_is_moderator):
        remedy = "Ask its moderators to let the account in, or take it out of the config."
        return CheckResult(subject, False, "the subreddit is private", remedy)
    return CheckResult(subject, True, f"found; the account is {_standing(found)}")


def _standing(found: Subreddit) -> str:
    if found.user_is_moderator:
        return "a moderator there, so it need not wait between comments"
    if found.user_is_contributor:
        return "an approved user there, so it need not wait between comments"
    return "a plain user there: while its karma is low, it waits ten minutes between comments"
