"""One account on one Lemmy server, behind the `Platform` Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import AccountError, Ambiguous, PlatformError, Refused, Unreachable
from bot.models import Batch, Comment, Dialect, Finding, Post, SkipReason, Source
from bot.platforms.base import Identity, Vault
from bot.platforms.lemmy import errors, inspection, nodeinfo
from bot.platforms.lemmy.client import Client
from bot.platforms.lemmy.dialect import Call, Lens, Malformed, Me, PostPage, Site
from bot.platforms.lemmy.errors import ApiError
from bot.platforms.lemmy.languages import Languages
from bot.platforms.lemmy.readback import ReadBack, check_sight
from bot.platforms.lemmy.session import Session
from bot.platforms.lemmy.v3 import V3
from bot.platforms.lemmy.walk import BadPageToken, Walk
from bot.platforms.pace import Clock, Pace

MAX_UTF16 = 10_000
"""The longest comment, in UTF-16 units, as the server counts."""

_PAGES_A_POLL = 20
_LOOK_AGAIN = timedelta(hours=1)


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
        self._languages = Languages(self._session, self._api)
        self._readback = ReadBack(self._api, self._read, self.reread)
        self._site: Site | None = None
        self._looked_at: datetime | None = None

    def connect(self) -> Identity:
        nodeinfo.check(nodeinfo.ask(self._client), self._client.host)
        self._session.open()
        me = self._look_around()
        check_sight(me)
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
            post = self._api.read_post(self._session.read(call), lens)
        except ApiError as error:
            if error.code == "couldnt_find_post":
                return _vanished(post_id, lens, self._clock())
            raise errors.of_reading(error, call) from error
        except Malformed as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error
        self._languages.note(post_id, post.community)
        return post

    def vanished(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """None: Lemmy asks a call for each post, and servers do not want that of a guest."""
        del post_ids
        return frozenset()

    def own_replies(self, post_id: str) -> tuple[Comment, ...]:
        lens = self._lens()
        return self._readback.own_replies(post_id, self._me(), lens)

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        _check_text(markdown)
        lens = self._lens()
        number = self._languages.number(language, post_id, self._known_site())
        call = self._api.reply(post_id, markdown, number)
        try:
            answer = self._session.write(call)
        except ApiError as error:
            if error.code != "language_not_allowed" or number is None:
                raise errors.of_writing(error, call) from error
            answer = self._write(self._api.reply(post_id, markdown, None))  # nothing was stored
        return self._stored(answer, post_id, lens)

    def edit(self, comment_id: str, markdown: str) -> None:
        _check_text(markdown)
        self._write(self._api.edit(comment_id, markdown))

    def delete(self, comment_id: str) -> None:
        self._lens()
        call = self._api.delete(comment_id)
        try:
            self._session.write(call)
        except ApiError as error:
            if error.code not in errors.ALREADY_DELETED:
                raise errors.of_writing(error, call) from error

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # a server counts all replies alike
        now = self._clock()
        ready = self._pace.ready_at("comment", now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[Finding, ...]:
        """Each finding as far as it can be had; the first that fails ends the list."""
        findings: list[Finding] = []
        try:
            findings.extend(self._findings(sources))
        except AccountError as error:
            findings.append(Finding("account", False, str(error), error.remedy))
        except PlatformError as error:
            remedy = "Try again later; is the address in the config right?"
            findings.append(Finding("server", False, str(error), remedy))
        return tuple(findings)

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[Finding]:
        software = nodeinfo.ask(self._client)
        nodeinfo.check(software, self._client.host)
        yield Finding("server", True, f"{self._client.host} runs {software or 'Lemmy, as it seems'}")
        self._session.open()
        me = self._look_around()
        yield from inspection.of_account(me, self._known_site())
        yield inspection.of_limits(self._pace.limits())
        for source in sources:
            yield inspection.of_source(source, self._session, self._api)

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
        self._languages.forget()
        self._site, self._looked_at = site, self._clock()
        return site.me

    def _lens(self) -> Lens:
        """Looks around again every hour: tokens are revoked, settings changed, servers upgraded."""
        if self._looked_at is None or self._clock() - self._looked_at > _LOOK_AGAIN:
            self.connect()
        me = self._me()
        check_sight(me)
        return Lens(self.account, self._client.base_url, me.id, self._known_site().languages)

    def _me(self) -> Me:
        me = self._known_site().me
        assert me is not None  # or _look_around had raised
        return me

    def _known_site(self) -> Site:
        assert self._site is not None  # every public method connects first
        return self._site

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

    def _read(self, call: Call) -> Any:
        try:
            return self._session.read(call)
        except ApiError as error:
            raise errors.of_reading(error, call) from error

    def _write(self, call: Call) -> Any:
        self._lens()
        try:
            return self._session.write(call)
        except ApiError as error:
            raise errors.of_writing(error, call) from error

    def _stored(self, answer: Any, post_id: str, lens: Lens) -> Comment:
        """What the server says it stored; it has to be what was asked for.

        From here on nothing may be asked of the server any more: whatever that raised would tell
        the caller that nothing was stored.
        """
        try:
            comment = self._api.read_comment(answer, lens)
        except Malformed as error:
            raise Ambiguous(f"the answer to the reply cannot be read: {error}") from error
        if comment.post_id != post_id or comment.parent_id is not None:
            raise Ambiguous(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment


def _check_text(markdown: str) -> None:
    """The server takes blank text without a word, counts in UTF-16 units, and chokes on NUL."""
    if not markdown.strip():
        raise Refused(SkipReason.REFUSED, "the text is blank")
    if "\0" in markdown or any("\ud800" <= letter <= "\udfff" for letter in markdown):
        raise Refused(SkipReason.REFUSED, "the text holds NUL or half a character")
    units = len(markdown.encode("utf-16-le")) // 2
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
