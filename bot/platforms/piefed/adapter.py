"""PieFed (`/api/alpha`) as a `Platform`: an account on one PieFed server.

Source: measurements on a real 1.6.27 server. Nearly every refusal is a 400 whose message is a
sentence, or Python's own words for what broke; a bad token is refused even where strangers may read.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.errors import AccountError, Ambiguous, NotNow, PlatformError, Refused, Unreachable
from bot.models import Batch, Comment, Dialect, Finding, Post, SkipReason, Source
from bot.platforms.base import Identity, Vault
from bot.platforms.call import ApiError, Call, Malformed
from bot.platforms.client import Client
from bot.platforms.gone import vanished
from bot.platforms.nodeinfo import ask
from bot.platforms.pace import Clock, FixedWindow, Pace
from bot.platforms.piefed import rows
from bot.platforms.piefed.gate import API, LIMITS, NO_ROW, Gate, of_reading, of_writing, read_refusal
from bot.platforms.piefed.mail import Line, PieFedMail
from bot.platforms.piefed.rows import Reader
from bot.platforms.session import Session
from bot.platforms.text import check_text
from bot.platforms.walk import BadPageToken, PostPage, Walk

_PAGES = 20
_PAGE_SIZE = 50
_LOOK_AGAIN = timedelta(hours=1)
_YOUNG = timedelta(hours=24)
_EM_DASH = "—"
_SETTINGS = "in the account's settings on the server's web page"


class PieFed:
    """`base_url` is the server's address without a path; `timeout` is for one answer."""

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
        clock: Clock = lambda: datetime.now(UTC),
        timeout: timedelta = timedelta(seconds=30),
    ) -> None:
        self.account = account
        self._clock = clock
        self._pace = Pace(LIMITS, kind=FixedWindow)
        self._client = Client(base_url, user_agent, timeout, clock, read_refusal)
        self._session = Session(
            self._client,
            Gate(),
            self._pace,
            vault,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._reader: Reader | None = None
        self._looked_at: datetime | None = None
        self._communities: dict[str, int] = {}

    def connect(self) -> Identity:
        self._check_software()
        me = self._look_around().local_user_view
        if not me.local_user.show_bot_accounts:
            raise AccountError(
                f"The account {me.person.handle} hides bots, so Precis could not see its own replies.",
                f"Show bot accounts {_SETTINGS}.",
            )
        return Identity(me.person.handle, str(me.person.id), me.person.bot)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> Batch:
        reader = self._current()

        def fetch(page: str | None) -> PostPage:
            return self._page(source.community, page, reader)

        return Walk(fetch, cursor, since, self._clock(), _PAGES).run()

    def reread(self, post_id: str) -> Post:
        reader = self._current()
        try:
            answer = self._session.read(_get("/post", id=post_id))
            return rows.post_of(rows.read(rows.PostAnswer, answer).post_view, reader)
        except ApiError as error:
            if error.message == "Not found":
                return vanished(self.account, post_id, reader.base_url, self._clock())
            raise of_reading(error) from error
        except Malformed as error:
            raise Unreachable(f"post {post_id} cannot be read: {error}") from error

    def vanished(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        """None: PieFed asks a call for each post, and servers do not want that of a guest."""
        del post_ids
        return frozenset()

    def own_replies(self, post_id: str) -> tuple[Comment, ...]:
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
                    found[str(view.comment.id)] = rows.comment_of(view.comment, reader)
            page = listed.next_page
            if page is None:
                return tuple(found.values())
        raise Unreachable(f"too many own comments under post {post_id}")

    def reply(self, post_id: str, markdown: str, language: str | None) -> Comment:
        return self._comment(post_id, None, markdown, language)

    def _comment(self, post_id: str, parent_id: str | None, markdown: str, language: str | None) -> Comment:
        """The server takes comments on deleted and removed posts, so the post is read once more."""
        check_text(markdown)
        reader = self._current()
        self._wait_with_dashes(markdown, reader)
        post = self.reread(post_id)
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
            comment = rows.comment_of(rows.read(rows.CommentAnswer, answer).comment_view.comment, reader)
        except Malformed as error:
            raise Ambiguous(f"the answer to the reply cannot be read: {error}") from error
        if (comment.post_id, comment.parent_id) != (post_id, parent_id):
            raise Ambiguous(f"the reply to post {post_id} was stored elsewhere: {comment.url}")
        return comment

    def correspondence(self) -> PieFedMail:
        session = self._session
        line = (self._current, session.read, session.write, self._comment, self._own_comments, self._clock)
        return PieFedMail(self.account, Line(*line))

    def edit(self, comment_id: str, markdown: str) -> None:
        check_text(markdown)
        self._current()
        body = {"comment_id": int(comment_id), "body": _unix(markdown)}
        self._write(Call("PUT", f"{API}/comment", "other", body=body))

    def delete(self, comment_id: str) -> None:
        self._current()
        body = {"comment_id": int(comment_id), "deleted": True}
        try:
            self._session.write(Call("POST", f"{API}/comment/delete", "other", body=body))
        except ApiError as error:
            if not error.code.startswith(NO_ROW):
                raise Refused(SkipReason.REFUSED, f"the server says {error}") from error

    def scores(self, comment_ids: tuple[str, ...]) -> dict[str, int]:
        """A call for each."""
        self._current()
        found: dict[str, int] = {}
        for comment_id in comment_ids:
            try:
                answer = self._session.read(_get("/comment", id=comment_id))
                view = rows.read(rows.CommentAnswer, answer).comment_view
            except (ApiError, Malformed):
                continue
            if not view.comment.deleted and not view.comment.removed:
                found[comment_id] = view.counts.score
        return found

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del sticky
        raise Refused(SkipReason.REFUSED, f"comment {comment_id} is not marked: that is for Reddit")

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # one limit for all
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

    def close(self) -> None:
        self._client.close()

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[Finding]:
        yield Finding("server", True, f"{self._client.host} runs {self._check_software()}")
        me = self.connect()
        yield Finding("log-in", True, f"logged in as {me.name}")
        remedy = "" if me.bot_flag else f"Say that this is a bot {_SETTINGS}."
        yield Finding("bot flag", me.bot_flag, "set" if me.bot_flag else "not set", remedy)
        comment = LIMITS["comment"]
        yield Finding("rate limits", True, f"{comment.capacity} replies in {comment.seconds} s")
        for source in sources:
            if source.community is None:
                yield Finding("posts", True, "all posts that the server shows the account")
                continue
            try:
                self._community(source.community)
            except Unreachable as error:
                remedy = "Look the name up on the server's web page."
                yield Finding(source.community, False, str(error), remedy)
            else:
                yield Finding(source.community, True, "found")

    def _check_software(self) -> str:
        software = ask(self._client)
        if software is not None and software.name != "piefed":
            raise AccountError(
                f"{self._client.host} runs {software}, not PieFed.",
                "Write the address of a PieFed server, or move the account to a table of its own platform.",
            )
        return str(software or "PieFed, as it seems")

    def _look_around(self) -> rows.MeAnswer:
        self._session.open()
        try:
            me = rows.read(rows.MeAnswer, self._read(_get("/user/me")))
            site = rows.read(rows.SiteAnswer, self._read(Call("GET", f"{API}/site", "site")))
        except Malformed as error:
            raise Unreachable(f"{self._client.host} says of itself in an unknown form: {error}") from error
        languages = {item.id: item.code for item in site.site.all_languages if item.code != "und"}
        person = me.local_user_view.person
        self._reader = Reader(self.account, self._client.base_url, person, languages)
        self._looked_at = self._clock()
        self._communities.clear()
        return me

    def _current(self) -> Reader:
        if self._looked_at is None or self._clock() - self._looked_at > _LOOK_AGAIN:
            self.connect()
        assert self._reader is not None  # or connect had raised
        return self._reader

    def _page(self, community: str | None, page: str | None, reader: Reader) -> PostPage:
        """By number, for a list by name says nothing of an unknown name, and minds its case."""
        query: dict[str, str | int] = {"type_": "All", "sort": "New", "limit": _PAGE_SIZE}
        query |= {"ignore_sticky": "true", "page": page or "1"}
        if community is not None:
            query["community_id"] = self._community(community)
        try:
            return rows.read_posts(self._session.read(_get("/post/list", **query)), reader)
        except Malformed as error:
            raise Unreachable(f"the list of posts cannot be read: {error}") from error
        except ApiError as error:
            raise (BadPageToken(str(error)) if page is not None else of_reading(error)) from error

    def _community(self, name: str) -> int:
        if name not in self._communities:
            try:
                answer = rows.read(rows.CommunityAnswer, self._session.read(_get("/community", name=name)))
            except ApiError as error:
                raise Unreachable(f"{self._client.host} knows no community {name}: {error}") from error
            except Malformed as error:
                raise Unreachable(f"{name} cannot be read: {error}") from error
            self._communities[name] = answer.community_view.community.id
        return self._communities[name]

    def _own_page(self, post_id: str, page: str, reader: Reader) -> rows.CommentList:
        call = _get(
            "/comment/list", person_id=reader.me.id, post_id=post_id, sort="New", limit=_PAGE_SIZE, page=page
        )
        try:
            return rows.read(rows.CommentList, self._read(call))
        except Malformed as error:
            raise Unreachable(f"a list of comments cannot be read: {error}") from error

    def _wait_with_dashes(self, markdown: str, reader: Reader) -> None:
        """In an account's first day an em dash reports it to the admins as a machine's."""
        grown_up = reader.me.published + _YOUNG
        if _EM_DASH in markdown and self._clock() < grown_up:
            raise NotNow(grown_up, "the account is too new for a text with an em dash")

    def _read(self, call: Call) -> Any:
        try:
            return self._session.read(call)
        except ApiError as error:
            raise of_reading(error) from error

    def _write(self, call: Call) -> Any:
        try:
            return self._session.write(call)
        except ApiError as error:
            raise of_writing(error, call) from error


def _get(path: str, **query: str | int) -> Call:
    return Call("GET", f"{API}{path}", "other", query=query)


def _unix(markdown: str) -> str:
    """CRLF would be stored as two spaces and CRLF."""
    return markdown.replace("\r\n", "\n")
