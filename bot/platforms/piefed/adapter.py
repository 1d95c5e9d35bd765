"""PieFed (`/api/alpha`) as a `Platform`: an account on one PieFed server.

Source: measurements on a real 1.6.27 server. Nearly every refusal is a 400 with a sentence as its
message, or with the text of a Python exception. A bad token is refused even for public pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.errors import AccountError, CommunityNotFound, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import CheckResult, Comment, Dialect, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_setup import (
    IN_ACCOUNT_SETTINGS,
    AccountSetup,
    SettingsFixer,
    WrongSetting,
    findings,
)
from bot.platforms.api_call import ApiError, Call, MalformedResponse
from bot.platforms.api_client import ApiClient
from bot.platforms.api_models import ResolvedObject, parse
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_text import check_comment
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.federated_adapter import FederatedAdapter
from bot.platforms.login_session import LoginSession
from bot.platforms.nodeinfo import fetch_software
from bot.platforms.page_size import read_pages
from bot.platforms.piefed import account_setup, schemas
from bot.platforms.piefed.listings import Listings
from bot.platforms.piefed.login import (
    API,
    COMMENT_NOT_FOUND,
    OBJECT_NOT_FOUND,
    ROW_NOT_FOUND,
    PieFedLoginApi,
    get_call,
    parse_error,
    read_error,
    write_error,
)
from bot.platforms.piefed.messaging import AdapterCalls, PieFedMessaging
from bot.platforms.piefed.rate_limits import LIMITS
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock, FixedWindow, RateLimits
from bot.platforms.subscribed_listing import CHECK_SILENT_AFTER, SubscribedListing

_MAX_PAGES = 20
_PAGE_SIZE = 50
_REFRESH_INTERVAL = timedelta(hours=1)
_NEW_ACCOUNT_AGE = timedelta(hours=24)
_EM_DASH = "—"


class PieFed(FederatedAdapter):
    """PieFed as a `bot.platforms.base.Platform`.

    `base_url` is the server's address without a path. `timeout` is for one response. Accounts on one
    server share `rate_limits`, because the server counts by IP address. `communities` is every
    community that is polled; `subscribe` is whether the account may subscribe to them. The
    subscription of one without posts for `check_silent_after` is checked.
    """

    dialect = Dialect.PIEFED

    def __init__(
        self,
        *,
        account: str,
        base_url: str,
        username: str,
        password: str,
        token_store: TokenStore,
        user_agent: str,
        clock: Clock = lambda: datetime.now(UTC),
        timeout: timedelta = timedelta(seconds=30),
        rate_limits: RateLimits | None = None,
        setup: AccountSetup | None = None,
        own_vote: bool = True,
        communities: tuple[str, ...] = (),
        subscribe: bool = True,
        check_silent_after: timedelta = CHECK_SILENT_AFTER,
    ) -> None:
        self.account = account
        self._clock = clock
        self._setup = setup
        self._own_vote = own_vote
        self._settings_fixer = SettingsFixer(
            self._fixable_settings, self._save_settings, lambda: self._refresh().local_user_view
        )
        self.rate_limits = rate_limits or RateLimits(LIMITS, bucket_type=FixedWindow)
        self._client = ApiClient(base_url, user_agent, timeout, clock, parse_error)
        self._session = LoginSession(
            self._client,
            PieFedLoginApi(),
            self.rate_limits,
            token_store,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._viewer: Viewer | None = None
        self._sees_nsfw = False
        self._refreshed_at: datetime | None = None
        self._listings = Listings(self._session, self._write, self._current_viewer, clock)
        self._subscribed_listing = SubscribedListing(
            self._listings,
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            max_pages=_MAX_PAGES,
            reload_account=self._refresh,
            check_silent_after=check_silent_after,
        )

    def connect(self) -> Identity:
        self._check_software()
        account = self._settings_fixer.fix(self._refresh().local_user_view)
        if not account.local_user.show_bot_accounts:
            raise AccountError(
                f"The account {account.person.handle} hides bots, so Precis cannot see its own replies.",
                f"Turn on showing bot accounts {IN_ACCOUNT_SETTINGS}.",
            )
        return Identity(account.person.handle, str(account.person.id), account.person.bot)

    def fetch_post(self, post_id: str) -> Post:
        viewer = self._current_viewer()
        try:
            response = self._session.read(get_call("/post", id=post_id))
            return schemas.post_of(parse(schemas.PostResponse, response).post_view, viewer, self._clock())
        except ApiError as error:
            if error.message == "Not found":
                return deleted_post(self.account, post_id, viewer.base_url, self._clock())
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def _resolve_object(self, url: str) -> str | None:
        try:
            found = parse(ResolvedObject, self._session.read(get_call("/resolve_object", q=url)))
        except ApiError as error:
            if error.code.startswith(OBJECT_NOT_FOUND):
                return None
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"{url} cannot be resolved: {error}") from error
        if found.comment is not None:
            return f"/comment/{found.comment.comment.id}"
        return None if found.post is None else f"/post/{found.post.post.id}"

    def own_comment(self, comment_id: str) -> Comment | None:
        viewer = self._current_viewer()
        view = self._comment_view(comment_id)
        if view is None or view.comment.user_id != viewer.me.id:
            return None
        return schemas.comment_of(view.comment, viewer)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return tuple(comment for comment in self._all_own_comments(post_id) if comment.parent_id is None)

    def _all_own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """The bot's comments at every depth, including deleted and removed ones."""
        viewer = self._current_viewer()
        found: dict[str, Comment] = {}
        for comment_list in self._own_comment_pages(post_id, viewer):
            for view in comment_list.comments:
                if view.comment.user_id == viewer.me.id and str(view.comment.post_id) == post_id:
                    found[str(view.comment.id)] = schemas.comment_of(view.comment, viewer)
            if comment_list.next_page is None:
                return tuple(found.values())
        raise Unreachable(f"too many own comments under post {post_id}")

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        del refused_sends  # PieFed has no Idempotency-Keys
        return self._write_comment(post_id, None, markdown, language)

    def _write_comment(
        self, post_id: str, parent_id: str | None, markdown: str, language: str | None
    ) -> Comment:
        """Fetches the post first, because the server accepts comments on deleted and removed posts."""
        check_comment(markdown)
        viewer = self._current_viewer()
        self._check_em_dash(markdown, viewer)
        post = self.fetch_post(post_id)
        if post.gone:
            raise Refused(SkipReason.GONE, "the post was deleted or removed")
        body: dict[str, Any] = {"post_id": int(post_id), "body": _with_unix_newlines(markdown)}
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        language_id = viewer.language_id(language)
        if language_id is not None:
            body["language_id"] = language_id
        response = self._write(Call("POST", f"{API}/comment", "comment", body=body))
        try:
            comment = schemas.comment_of(
                parse(schemas.CommentResponse, response).comment_view.comment, viewer
            )
        except MalformedResponse as error:
            raise UnknownOutcome(f"the response to the reply cannot be read: {error}") from error
        if (comment.post_id, comment.parent_id) != (post_id, parent_id):
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def hides_nsfw(self) -> bool:
        self._current_viewer()
        return not self._sees_nsfw

    def messaging(self) -> PieFedMessaging:
        session = self._session
        calls = (
            self._current_viewer,
            session.read,
            session.write,
            self._write_comment,
            self._all_own_comments,
            self._clock,
        )
        return PieFedMessaging(self.account, AdapterCalls(*calls))

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._current_viewer()
        body = {"comment_id": int(comment_id), "body": _with_unix_newlines(markdown)}
        self._write(Call("PUT", f"{API}/comment", "other", body=body))

    def delete(self, comment_id: str) -> None:
        """The server's error is the same for a deleted, a missing and another person's comment."""
        self._current_viewer()
        body = {"comment_id": int(comment_id), "deleted": True}
        call = Call("POST", f"{API}/comment/delete", "other", body=body)
        try:
            self._session.write(call)
        except ApiError as error:
            if not (error.code.startswith(ROW_NOT_FOUND) and self._is_gone(comment_id)):
                raise write_error(error, call) from error

    def _is_gone(self, comment_id: str) -> bool:
        """Whether the comment was deleted or removed, or does not exist; it is read from the server."""
        view = self._comment_view(comment_id)
        return view is None or view.comment.deleted or view.comment.removed

    def _comment_view(self, comment_id: str) -> schemas.CommentView | None:
        """The comment; None if it does not exist."""
        try:
            response = self._session.read(get_call("/comment", id=comment_id))
            return parse(schemas.CommentResponse, response).comment_view
        except ApiError as error:
            if error.code.startswith(COMMENT_NOT_FOUND):
                return None
            raise read_error(error) from error
        except MalformedResponse as error:
            raise Unreachable(f"comment {comment_id} cannot be read: {error}") from error

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """Needs one call per comment."""
        self._current_viewer()
        found = {comment_id: self._comment_view(comment_id) for comment_id in comment_ids}
        return {
            comment_id: view.counts.score
            for comment_id, view in found.items()
            if view is not None and not view.comment.deleted and not view.comment.removed
        }

    def remove_own_vote(self, comment_id: str) -> None:
        """PieFed lets a bot account do this, although it may not vote."""
        if not self._own_vote:
            self._current_viewer()
            body = {"comment_id": int(comment_id), "score": 0}
            self._write(Call("POST", f"{API}/comment/like", "other", body=body))

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        yield CheckResult("server", True, f"{self._client.host} runs {self._check_software()}")
        account = self._refresh().local_user_view
        yield CheckResult("log-in", True, f"logged in as {account.person.handle}")
        yield from findings(
            account_setup.wrong_settings(account, self._setup), account_setup.EXPECTED, self._setup
        )
        replies, window = self.rate_limits.usable("comment"), LIMITS["comment"].seconds
        yield CheckResult("rate limits", True, f"{replies} replies in {window} s")
        for source in sources:
            if source.community is None:
                yield CheckResult("posts", True, "all posts that the server shows to the account")
            else:
                yield self._community_finding(source.community)

    def _community_finding(self, name: str) -> CheckResult:
        try:
            found = self._listings.fetch_subscription(name)
        except CommunityNotFound as error:
            remedy = "Check the name on the server's website."
            if not name.endswith(f"@{self._client.host}"):  # the server starts to look it up
                remedy = f"Run precis check again in a minute. If nothing changes: {remedy}"
            return CheckResult(name, False, str(error), remedy)
        except Unreachable as error:
            return CheckResult(name, False, str(error), "Try again later.")
        if found.removed:
            return CheckResult(name, False, "the community has been removed", "Remove it from the config.")
        return CheckResult(name, True, f"found; {self._subscribed_listing.describe(name, found.state)}")

    def _check_software(self) -> str:
        software = fetch_software(self._client)
        if software is not None and software.name != "piefed":
            raise AccountError(
                f"{self._client.host} runs {software}, not PieFed.",
                "Use a PieFed server's address, or move the account to the config table of its platform.",
            )
        return str(software or "PieFed (assumed)")

    def _fixable_settings(self, account: schemas.LocalUserView) -> tuple[WrongSetting, ...]:
        return (
            account_setup.wrong_settings(account, self._setup) if self._setup and self._setup.consent else ()
        )

    def _save_settings(self, fields: Mapping[str, object]) -> None:
        self._write(Call("PUT", f"{API}/user/save_user_settings", "other", body=dict(fields)))

    def _refresh(self) -> schemas.MeResponse:
        self._session.ensure_logged_in()
        try:
            account = parse(schemas.MeResponse, self._read(get_call("/user/me")))
            site = parse(schemas.SiteResponse, self._read(Call("GET", f"{API}/site", "site")))
        except MalformedResponse as error:
            raise Unreachable(f"{self._client.host}: the site information cannot be read: {error}") from error
        languages = {item.id: item.code for item in site.site.all_languages}
        person = account.local_user_view.person
        self._viewer = Viewer(self.account, self._client.base_url, person, languages)
        self._sees_nsfw = account.local_user_view.local_user.show_nsfw
        self._refreshed_at = self._clock()
        self._listings.forget()
        self._subscribed_listing.set_subscriptions(
            frozenset(follow.community.handle for follow in account.follows)
        )
        return account

    def _current_viewer(self) -> Viewer:
        if self._refreshed_at is None or self._clock() - self._refreshed_at > _REFRESH_INTERVAL:
            self.connect()
        assert self._viewer is not None  # otherwise connect has raised
        return self._viewer

    def _own_comment_pages(self, post_id: str, viewer: Viewer) -> Iterator[schemas.CommentList]:
        filters: dict[str, str | int] = {"person_id": viewer.me.id, "post_id": post_id, "sort": "New"}
        call = get_call("/comment/list", **filters, limit=_PAGE_SIZE, page=1)
        return read_pages(
            self._comment_page, call, schemas.next_page_call, max_entries=_MAX_PAGES * _PAGE_SIZE
        )

    def _comment_page(self, call: Call) -> schemas.CommentList:
        try:
            return parse(schemas.CommentList, self._read(call))
        except MalformedResponse as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _check_em_dash(self, markdown: str, viewer: Viewer) -> None:
        """PieFed reports an account to its admins for an em dash in the account's first 24 hours."""
        allowed_at = viewer.me.published + _NEW_ACCOUNT_AGE
        if _EM_DASH in markdown and self._clock() < allowed_at:
            raise RetryLater(allowed_at, "the account is too new for a text with an em dash")

    def _read(self, call: Call) -> Any:
        try:
            return self._session.read(call)
        except ApiError as error:
            raise read_error(error) from error

    def _write(self, call: Call) -> Any:
        try:
            return self._session.write(call)
        except ApiError as error:
            raise write_error(error, call) from error


def _with_unix_newlines(markdown: str) -> str:
    """With LF for CRLF, which PieFed would store as two spaces and CRLF."""
    return markdown.replace("\r\n", "\n")
