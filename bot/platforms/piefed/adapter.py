"""PieFed (`/api/alpha`) as a `Platform`: an account on one PieFed server.

Source: measurements on a real 1.6.27 server. Nearly every refusal is a 400 whose message is a
sentence, or Python's own words for what broke; a bad token is refused even where strangers may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.errors import AccountError, Refused, RetryLater, UnknownOutcome, Unreachable
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_check import collect_findings
from bot.platforms.account_setup import (
    IN_ACCOUNT_SETTINGS,
    AccountSetup,
    SettingsFixer,
    WrongSetting,
    findings,
)
from bot.platforms.api_call import ApiError, Call, MalformedAnswer
from bot.platforms.api_client import ApiClient
from bot.platforms.base import Identity, TokenStore
from bot.platforms.comment_limits import check_comment
from bot.platforms.deleted_posts import deleted_post
from bot.platforms.login_session import LoginSession
from bot.platforms.nodeinfo import fetch_software
from bot.platforms.piefed import account_setup, schemas
from bot.platforms.piefed.listings import Listings
from bot.platforms.piefed.login import (
    API,
    LIMITS,
    ROW_NOT_FOUND,
    PieFedLoginApi,
    get_call,
    parse_error,
    read_error,
    write_error,
)
from bot.platforms.piefed.messaging import AdapterCalls, PieFedMessaging
from bot.platforms.piefed.schemas import Viewer
from bot.platforms.rate_limits import Clock, FixedWindow, RateLimits
from bot.platforms.subscribed_listing import SubscribedListing

_PAGES = 20
_PAGE_SIZE = 50
_LOOK_AGAIN = timedelta(hours=1)
_YOUNG = timedelta(hours=24)
_EM_DASH = "—"


class PieFed:
    """`base_url` is the server's address without a path; `timeout` is for one answer; `pace` may be
    shared by several accounts on one server, for the server counts by address. `communities` are
    all that will be polled, and `subscribe` says whether the account may subscribe to them."""

    dialect = Dialect.LEMMY

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
    ) -> None:
        self.account = account
        self._clock = clock
        self._profile = setup
        self._own_vote = own_vote
        self._upkeep = SettingsFixer(self._mendable, self._save, lambda: self._look_around().local_user_view)
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
        self._reader: Viewer | None = None
        self._looked_at: datetime | None = None
        self._listings = Listings(self._session, self._write, self._current)
        self._feed = SubscribedListing(
            self._listings,
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            pages=_PAGES,
        )

    def connect(self) -> Identity:
        self._check_software()
        me = self._upkeep.fix(self._look_around().local_user_view)
        if not me.local_user.show_bot_accounts:
            raise AccountError(
                f"The account {me.person.handle} hides bots, so Precis could not see its own replies.",
                f"Show bot accounts {IN_ACCOUNT_SETTINGS}.",
            )
        return Identity(me.person.handle, str(me.person.id), me.person.bot)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        self._current()
        return self._feed.poll(source.community, cursor, since)

    def fetch_post(self, post_id: str) -> Post:
        reader = self._current()
        try:
            answer = self._session.read(get_call("/post", id=post_id))
            return schemas.post_of(schemas.parse(schemas.PostResponse, answer).post_view, reader)
        except ApiError as error:
            if error.message == "Not found":
                return deleted_post(self.account, post_id, reader.base_url, self._clock())
            raise read_error(error) from error
        except MalformedAnswer as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """None: PieFed asks a call for each post, and servers do not want that of a guest."""
        del post_ids
        return frozenset()

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        return tuple(comment for comment in self._own_comments(post_id) if comment.parent_id is None)

    def _own_comments(self, post_id: str) -> tuple[Comment, ...]:
        """At every depth; deleted and removed ones are listed too."""
        reader = self._current()
        found: dict[str, Comment] = {}
        page: str | None = "1"
        for _ in range(_PAGES):
            listed = self._own_page(post_id, page or "1", reader)
            for view in listed.comments:
                if view.comment.user_id == reader.me.id and str(view.comment.post_id) == post_id:
                    found[str(view.comment.id)] = schemas.comment_of(view.comment, reader)
            page = listed.next_page
            if page is None:
                return tuple(found.values())
        raise Unreachable(f"too many own comments under post {post_id}")

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        return self._comment(post_id, None, markdown, language)

    def _comment(self, post_id: str, parent_id: str | None, markdown: str, language: str | None) -> Comment:
        """The server takes comments on deleted and removed posts, so the post is read once more."""
        check_comment(markdown)
        reader = self._current()
        self._wait_with_dashes(markdown, reader)
        post = self.fetch_post(post_id)
        if post.gone:
            raise Refused(SkipReason.GONE, "the post was deleted or removed")
        body: dict[str, Any] = {"post_id": int(post_id), "body": _unix(markdown)}
        if parent_id is not None:
            body["parent_id"] = int(parent_id)
        number = next((number for number, code in reader.languages.items() if code == language), None)
        if number is not None:
            body["language_id"] = number
        answer = self._write(Call("POST", f"{API}/comment", "comment", body=body))
        try:
            comment = schemas.comment_of(
                schemas.parse(schemas.CommentResponse, answer).comment_view.comment, reader
            )
        except MalformedAnswer as error:
            raise UnknownOutcome(f"the answer to the reply cannot be read: {error}") from error
        if (comment.post_id, comment.parent_id) != (post_id, parent_id):
            raise UnknownOutcome(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def messaging(self) -> PieFedMessaging:
        session = self._session
        line = (self._current, session.read, session.write, self._comment, self._own_comments, self._clock)
        return PieFedMessaging(self.account, AdapterCalls(*line))

    def edit(self, comment_id: str, markdown: str) -> None:
        check_comment(markdown)
        self._current()
        body = {"comment_id": int(comment_id), "body": _unix(markdown)}
        self._write(Call("PUT", f"{API}/comment", "other", body=body))

    def delete(self, comment_id: str) -> None:
        self._current()
        body = {"comment_id": int(comment_id), "deleted": True}
        try:
            self._session.write(Call("POST", f"{API}/comment/delete", "other", body=body))
        except ApiError as error:
            if not error.code.startswith(ROW_NOT_FOUND):
                raise Refused(SkipReason.REFUSED, f"the server says {error}") from error

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """A call for each."""
        self._current()
        found: dict[str, int] = {}
        for comment_id in comment_ids:
            try:
                answer = self._session.read(get_call("/comment", id=comment_id))
                view = schemas.parse(schemas.CommentResponse, answer).comment_view
            except (ApiError, MalformedAnswer):
                continue
            if not view.comment.deleted and not view.comment.removed:
                found[comment_id] = view.counts.score
        return found

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del sticky
        raise Refused(SkipReason.REFUSED, f"comment {comment_id} is not marked: that is for Reddit")

    def remove_own_vote(self, comment_id: str) -> None:
        """A bot may do that, though it may not vote."""
        if not self._own_vote:
            self._current()
            body = {"comment_id": int(comment_id), "score": 0}
            self._write(Call("POST", f"{API}/comment/like", "other", body=body))

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # one limit for all
        now = self._clock()
        ready = self.rate_limits.ready_at("comment", now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        return collect_findings(self._findings(sources))

    def close(self) -> None:
        self._client.close()

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[CheckResult]:
        yield CheckResult("server", True, f"{self._client.host} runs {self._check_software()}")
        me = self._look_around().local_user_view
        yield CheckResult("log-in", True, f"logged in as {me.person.handle}")
        yield from findings(account_setup.flaws(me, self._profile), account_setup.EXPECTED, self._profile)
        comment = LIMITS["comment"]
        yield CheckResult("rate limits", True, f"{comment.capacity} replies in {comment.seconds} s")
        for source in sources:
            if source.community is None:
                yield CheckResult("posts", True, "all posts that the server shows the account")
                continue
            try:
                joined = self._listings.fetch_subscription(source.community).state
            except Unreachable as error:
                remedy = "Look the name up on the server's web page."
                yield CheckResult(source.community, False, str(error), remedy)
            else:
                yield CheckResult(
                    source.community, True, f"found; {self._feed.describe(source.community, joined)}"
                )

    def _check_software(self) -> str:
        software = fetch_software(self._client)
        if software is not None and software.name != "piefed":
            raise AccountError(
                f"{self._client.host} runs {software}, not PieFed.",
                "Write the address of a PieFed server, or move the account to a table of its own platform.",
            )
        return str(software or "PieFed, as it seems")

    def _mendable(self, me: schemas.LocalUserView) -> tuple[WrongSetting, ...]:
        return account_setup.flaws(me, self._profile) if self._profile and self._profile.consent else ()

    def _save(self, fields: Mapping[str, object]) -> None:
        self._write(Call("PUT", f"{API}/user/save_user_settings", "other", body=dict(fields)))

    def _look_around(self) -> schemas.MeResponse:
        self._session.ensure_logged_in()
        try:
            me = schemas.parse(schemas.MeResponse, self._read(get_call("/user/me")))
            site = schemas.parse(schemas.SiteResponse, self._read(Call("GET", f"{API}/site", "site")))
        except MalformedAnswer as error:
            raise Unreachable(f"{self._client.host} says of itself in an unknown form: {error}") from error
        languages = {item.id: item.code for item in site.site.all_languages if item.code != "und"}
        person = me.local_user_view.person
        self._reader = Viewer(self.account, self._client.base_url, person, languages)
        self._looked_at = self._clock()
        self._listings.forget()
        self._feed.set_subscriptions(frozenset(follow.community.handle for follow in me.follows))
        return me

    def _current(self) -> Viewer:
        if self._looked_at is None or self._clock() - self._looked_at > _LOOK_AGAIN:
            self.connect()
        assert self._reader is not None  # or connect had raised
        return self._reader

    def _own_page(self, post_id: str, page: str, reader: Viewer) -> schemas.CommentList:
        call = get_call(
            "/comment/list", person_id=reader.me.id, post_id=post_id, sort="New", limit=_PAGE_SIZE, page=page
        )
        try:
            return schemas.parse(schemas.CommentList, self._read(call))
        except MalformedAnswer as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _wait_with_dashes(self, markdown: str, reader: Viewer) -> None:
        """In an account's first day an em dash reports it to the admins as a machine's."""
        grown_up = reader.me.published + _YOUNG
        if _EM_DASH in markdown and self._clock() < grown_up:
            raise RetryLater(grown_up, "the account is too new for a text with an em dash")

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


def _unix(markdown: str) -> str:
    """CRLF would be stored as two spaces and CRLF."""
    return markdown.replace("\r\n", "\n")
