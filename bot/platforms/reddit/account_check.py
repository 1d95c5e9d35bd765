"""What `precis check` reports about a Reddit account: login, rate limits, subreddits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bot.core.models import CheckResult
from bot.platforms.reddit.rate_limits import RateLimits
from bot.platforms.reddit.schemas import Account, Subreddit


def account_findings(account: Account, user_agent: str) -> Iterator[CheckResult]:
    yield CheckResult("log-in", True, f"logged in as u/{account.name}")
    yield CheckResult("user agent", True, user_agent)


def rate_limit_finding(rate_limits: RateLimits) -> CheckResult:
    remaining = rate_limits.remaining
    left = "" if remaining is None else f"; {remaining:.0f} calls left in this 10-minute window"
    return CheckResult("rate limits", True, f"at most 95 of Reddit's 100 calls a minute{left}")


def subreddit_findings(names: Iterable[str], found: Iterable[Subreddit]) -> Iterator[CheckResult]:
    known = {subreddit.name: subreddit for subreddit in found}
    for name in names:
        yield _subreddit_finding(f"r/{name}", known.get(name))


def _subreddit_finding(subject: str, found: Subreddit | None) -> CheckResult:
    if found is None:
        remedy = "Check the name on Reddit. It may be misspelled, or the account may have no access."
        return CheckResult(subject, False, "Reddit does not show this subreddit to the account", remedy)
    if found.user_is_banned:
        remedy = "Ask its moderators to lift the ban, or remove the subreddit from the config."
        return CheckResult(subject, False, "the account is banned from this subreddit", remedy)
    if found.quarantine:
        remedy = "Precis does not reply to posts there. Remove it from the config."
        return CheckResult(subject, False, "the subreddit is quarantined", remedy)
    if found.subreddit_type == "private" and not (found.user_is_contributor or found.user_is_moderator):
        remedy = "Ask its moderators to approve the account, or remove it from the config."
        return CheckResult(subject, False, "the subreddit is private", remedy)
    return CheckResult(subject, True, f"found; the account is {_role(found)}")


def _role(found: Subreddit) -> str:
    if found.user_is_moderator:
        return "a moderator, so it does not wait between comments"
    if found.user_is_contributor:
        return "an approved user, so it does not wait between comments"
    return "a regular user, so it waits ten minutes between comments while its karma is low"
