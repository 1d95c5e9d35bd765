"""One account on one Lemmy server, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import AccountError, Ambiguous, Refused, Unreachable
from bot.models import Batch, Comment, Dialect, Finding, Post, SkipReason, Source
from bot.platforms.base import Identity, Vault
from bot.platforms.lemmy import errors
from bot.platforms.lemmy.client import Client
from bot.platforms.lemmy.dialect import Call, Lens, Malformed, Me, PostPage, Site
from bot.platforms.lemmy.errors import ApiError
from bot.platforms.lemmy.session import Session
from bot.platforms.lemmy.v3 import V3
from bot.platforms.lemmy.walk import BadPageToken, Walk
from bot.platforms.pace import Clock, Pace

MAX_UTF16 = 10_000
"""The longest comment, in UTF-16 units, as the server counts."""

_PAGES_A_POLL = 20
_PAGES_OF_OWN = 20


def utc_now() -> datetime:
    return datetime.now(UTC)


class Lemmy:
    """Lemmy 0.19 as a `bot.platforms.base.Platform`.

    `base_url` is the server's address without a path; `timeout` is for one answer. `pace` may be
    shared by several accounts on one server, for the server counts by address.
    """

    dialect = Dialect.LEMMY

    def __init__(
        self,
        *,
        account: str,
        base_url: str,
        username: str,
        password: str,
        vault: Vault,
        user_agent: str,
        clock: Clock = utc_now,
        timeout: timedelta = timedelta(seconds=30),
        pace: Pace | None = None,
    ) -> None:
        self.account = account
        self._clock = clock
        self._api = V3()
        self._pace = pace or Pace(self._api.buckets)
        self._client = Client(base_url, user_agent, timeout, clock)
        self._session = Session(
            self._client,
            self._api,
            self._pace,
            vault,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._site: Site | None = None

    def connect(self) -> Identity:
        self._session.open()
        me = self._look_around()
        if not me.sees_bots:
            raise AccountError(
                f"The account {me.name} hides bot accounts, so Precis could not see its own replies.",
                "Switch 'Show Bot Accounts' on in the account's settings on the server.",
            )
        return Identity(me.name, str(me.id), me.bot_flag)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> Batch:
        lens = self._lens()

        def fetch(page: str | None) -> PostPage:
            return self._page(source.community, page, lens)

        return Walk(fetch, cursor, since, self._clock(), _PAGES_A_POLL).run()

    def reread(self, post_id: str) -> Post:
        lens = self._lens()
        call = self._api.post(post_id)
        try:
            return self._api.read_post(self._session.read(call), lens)
        except ApiError as error:
            if error.code == "couldnt_find_post":
                return _vanished(post_id, lens, self._clock())
            raise errors.of_reading(error, call) from error
        except Malformed as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def own_replies(self, post_id: str) -> tuple[Comment, ...]:
        """From the post's thread and from the account's own page, for the thread may be cut off."""
        lens = self._lens()
        thread = self._api.read_own(self._read(self._api.thread(post_id)), post_id, lens)
        found = {comment.id: comment for comment in thread.comments}
        cut_off = thread.listed >= self._api.thread_limit
        found |= {comment.id: comment for comment in self._own_page(post_id, lens, cut_off)}
        top_level = (comment for comment in found.values() if comment.parent_id is None)
        return tuple(sorted(top_level, key=lambda comment: int(comment.id)))

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        _check_text(markdown)
        number = self._language(language)
        call = self._api.reply(post_id, markdown, number)
        try:
            answer = self._session.write(call)
        except ApiError as error:
            if error.code != "language_not_allowed" or number is None:
                raise errors.of_writing(error, call) from error
            answer = self._write(self._api.reply(post_id, markdown, None))  # nothing was stored
        return self._stored(answer, post_id)

    def edit(self, comment_id: str, markdown: str) -> None:
        _check_text(markdown)
        self._write(self._api.edit(comment_id, markdown))

    def delete(self, comment_id: str) -> None:
        call = self._api.delete(comment_id)
        try:
            self._session.write(call)
        except ApiError as error:
            if error.code not in errors.ALREADY_DELETED:
                raise errors.of_writing(error, call) from error

    def next_reply_at(self) -> datetime | None:
        now = self._clock()
        ready = self._pace.ready_at("comment", now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[Finding, ...]:
        raise NotImplementedError

    def close(self) -> None:
        self._client.close()

    def _look_around(self) -> Me:
        """Read the site again: who the account is, what it is shown, and the limits."""
        call = self._api.site()
        try:
            site = self._api.read_site(self._read(call))
        except Malformed as error:
            raise Unreachable(
                f"{self._client.host} answered {call.path} in an unknown form: {error}"
            ) from error
        if site.me is None:
            raise Unreachable(f"{self._client.host} accepts the token, yet does not say whose it is")
        self._pace.resize(site.limits)
        self._site = site
        return site.me

    def _lens(self) -> Lens:
        if self._site is None:
            self.connect()
        assert self._site is not None
        assert self._site.me is not None
        return Lens(self.account, self._client.base_url, self._site.me.id, self._site.languages)

    def _page(self, community: str | None, page: str | None, lens: Lens) -> PostPage:
        call = self._api.posts(community, page)
        try:
            return self._api.read_posts(self._session.read(call), lens)
        except Malformed as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            if page is not None and "pagination token" in error.message:
                raise BadPageToken(error.message) from error
            if community is not None and errors.is_unknown_community(error):
                raise Unreachable(f"{self._client.host} knows no community {community}") from error
            raise errors.of_reading(error, call) from error

    def _own_page(self, post_id: str, lens: Lens, all_since_post: bool) -> Iterable[Comment]:
        """Own comments on the post among the newest of the account; or among all since the post."""
        begin = self.reread(post_id).published if all_since_post else None
        for number in range(1, _PAGES_OF_OWN + 1):
            answer = self._read(self._api.own_comments(lens.me, number))
            own = self._api.read_own(answer, post_id, lens)
            yield from own.comments
            if begin is None or own.oldest is None or own.oldest.published < begin:
                return
        raise Unreachable(f"too many comments to tell whether the bot has replied under post {post_id}")

    def _language(self, code: str | None) -> int | None:
        """The server's number for a language, unless the account would not see its own reply then."""
        if code is None or self._site is None or self._site.me is None:
            return None
        number = next((number for number, known in self._site.languages.items() if known == code), None)
        shown = self._site.me.languages
        return number if not shown or number in shown else None

    def _read(self, call: Call) -> Any:
        try:
            return self._session.read(call)
        except ApiError as error:
            raise errors.of_reading(error, call) from error

    def _write(self, call: Call) -> Any:
        try:
            return self._session.write(call)
        except ApiError as error:
            raise errors.of_writing(error, call) from error

    def _stored(self, answer: Any, post_id: str) -> Comment:
        """What the server says it stored; it has to be what was asked for."""
        try:
            comment = self._api.read_comment(answer, self._lens())
        except Malformed as error:
            raise Ambiguous(f"the answer to the reply cannot be read: {error}") from error
        if comment.post_id != post_id or comment.parent_id is not None:
            raise Ambiguous(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment


def _check_text(markdown: str) -> None:
    """The server takes blank text without a word, and counts the length in UTF-16 units."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    units = len(markdown.encode("utf-16-le", "surrogatepass")) // 2
    if units > MAX_UTF16:
        raise Refused(SkipReason.TOO_LONG, f"the text has {units} of at most {MAX_UTF16} UTF-16 units")


def _vanished(post_id: str, lens: Lens, now: datetime) -> Post:
    """All that is left to say of a post that the server does not show any more."""
    return Post(
        account=lens.account,
        id=post_id,
        community="",
        title="",
        url=None,
        permalink=f"{lens.base_url}/post/{post_id}",
        author="",
        published=now,
        gone=True,
    )
