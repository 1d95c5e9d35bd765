"""PieFed (`/api/alpha`) as a `Platform`: an account on one PieFed server.

Source: measurements on a real 1.6.27 server. Nearly every refusal is a 400 whose message is a
sentence, or Python's own words for what broke; a bad token is refused even where strangers may read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.core.errors import AccountError, Ambiguous, NotNow, Refused, Unreachable
from bot.core.models import Batch, Comment, Dialect, Finding, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.account_check import as_far_as_possible
from bot.platforms.account_setup import SETTINGS, Flaw, Profile, Upkeep, findings
from bot.platforms.api_call import ApiError, Call, Malformed
from bot.platforms.api_client import Client
from bot.platforms.base import Identity, Vault
from bot.platforms.comment_limits import check_text
from bot.platforms.deleted_posts import vanished
from bot.platforms.login_session import Session
from bot.platforms.nodeinfo import ask
from bot.platforms.piefed import account_setup, schemas
from bot.platforms.piefed.listings import Listings
from bot.platforms.piefed.login import API, LIMITS, NO_ROW, Gate, get, of_reading, of_writing, read_refusal
from bot.platforms.piefed.messaging import Line, PieFedMail
from bot.platforms.piefed.schemas import Reader
from bot.platforms.polling import Feed
from bot.platforms.rate_limits import Clock, FixedWindow, Pace

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
        vault: Vault,
        user_agent: str,
        clock: Clock = lambda: datetime.now(UTC),
        timeout: timedelta = timedelta(seconds=30),
        pace: Pace | None = None,
        profile: Profile | None = None,
        own_vote: bool = True,
        communities: tuple[str, ...] = (),
        subscribe: bool = True,
    ) -> None:
        self.account = account
        self._clock = clock
        self._profile = profile
        self._own_vote = own_vote
        self._upkeep = Upkeep(self._mendable, self._save, lambda: self._look_around().local_user_view)
        self.pace = pace or Pace(LIMITS, kind=FixedWindow)
        self._client = Client(base_url, user_agent, timeout, clock, read_refusal)
        self._session = Session(
            self._client,
            Gate(),
            self.pace,
            vault,
            clock,
            account=account,
            username=username,
            password=password,
        )
        self._reader: Reader | None = None
        self._looked_at: datetime | None = None
        self._listings = Listings(self._session, self._write, self._current)
        self._feed = Feed(
            self._listings,
            communities,
            self._client.host,
            clock,
            subscribe=subscribe,
            pages=_PAGES,
        )

    def connect(self) -> Identity:
        self._check_software()
        me = self._upkeep.put_right(self._look_around().local_user_view)
        if not me.local_user.show_bot_accounts:
            raise AccountError(
                f"The account {me.person.handle} hides bots, so Precis could not see its own replies.",
                f"Show bot accounts {SETTINGS}.",
            )
        return Identity(me.person.handle, str(me.person.id), me.person.bot)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> Batch:
        self._current()
        return self._feed.poll(source.community, cursor, since)

    def reread(self, post_id: str) -> Post:
        reader = self._current()
        try:
            answer = self._session.read(get("/post", id=post_id))
            return schemas.post_of(schemas.read(schemas.PostAnswer, answer).post_view, reader)
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
                    found[str(view.comment.id)] = schemas.comment_of(view.comment, reader)
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
            comment = schemas.comment_of(
                schemas.read(schemas.CommentAnswer, answer).comment_view.comment, reader
            )
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
                answer = self._session.read(get("/comment", id=comment_id))
                view = schemas.read(schemas.CommentAnswer, answer).comment_view
            except (ApiError, Malformed):
                continue
            if not view.comment.deleted and not view.comment.removed:
                found[comment_id] = view.counts.score
        return found

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del sticky
        raise Refused(SkipReason.REFUSED, f"comment {comment_id} is not marked: that is for Reddit")

    def take_back_vote(self, comment_id: str) -> None:
        """A bot may do that, though it may not vote."""
        if not self._own_vote:
            self._current()
            body = {"comment_id": int(comment_id), "score": 0}
            self._write(Call("POST", f"{API}/comment/like", "other", body=body))

    def next_reply_at(self, community: str) -> datetime | None:
        del community  # one limit for all
        now = self._clock()
        ready = self.pace.ready_at("comment", now)
        return ready if ready > now else None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[Finding, ...]:
        return as_far_as_possible(self._findings(sources))

    def close(self) -> None:
        self._client.close()

    def _findings(self, sources: tuple[Source, ...]) -> Iterator[Finding]:
        yield Finding("server", True, f"{self._client.host} runs {self._check_software()}")
        me = self._look_around().local_user_view
        yield Finding("log-in", True, f"logged in as {me.person.handle}")
        yield from findings(account_setup.flaws(me, self._profile), account_setup.RIGHT, self._profile)
        comment = LIMITS["comment"]
        yield Finding("rate limits", True, f"{comment.capacity} replies in {comment.seconds} s")
        for source in sources:
            if source.community is None:
                yield Finding("posts", True, "all posts that the server shows the account")
                continue
            try:
                joined = self._listings.membership(source.community).joined
            except Unreachable as error:
                remedy = "Look the name up on the server's web page."
                yield Finding(source.community, False, str(error), remedy)
            else:
                yield Finding(source.community, True, f"found; {self._feed.says(source.community, joined)}")

    def _check_software(self) -> str:
        software = ask(self._client)
        if software is not None and software.name != "piefed":
            raise AccountError(
                f"{self._client.host} runs {software}, not PieFed.",
                "Write the address of a PieFed server, or move the account to a table of its own platform.",
            )
        return str(software or "PieFed, as it seems")

    def _mendable(self, me: schemas.LocalUserView) -> tuple[Flaw, ...]:
        return account_setup.flaws(me, self._profile) if self._profile and self._profile.consent else ()

    def _save(self, fields: Mapping[str, object]) -> None:
        self._write(Call("PUT", f"{API}/user/save_user_settings", "other", body=dict(fields)))

    def _look_around(self) -> schemas.MeAnswer:
        self._session.open()
        try:
            me = schemas.read(schemas.MeAnswer, self._read(get("/user/me")))
            site = schemas.read(schemas.SiteAnswer, self._read(Call("GET", f"{API}/site", "site")))
        except Malformed as error:
            raise Unreachable(f"{self._client.host} says of itself in an unknown form: {error}") from error
        languages = {item.id: item.code for item in site.site.all_languages if item.code != "und"}
        person = me.local_user_view.person
        self._reader = Reader(self.account, self._client.base_url, person, languages)
        self._looked_at = self._clock()
        self._listings.forget()
        self._feed.still(frozenset(follow.community.handle for follow in me.follows))
        return me

    def _current(self) -> Reader:
        if self._looked_at is None or self._clock() - self._looked_at > _LOOK_AGAIN:
            self.connect()
        assert self._reader is not None  # or connect had raised
        return self._reader

    def _own_page(self, post_id: str, page: str, reader: Reader) -> schemas.CommentList:
        call = get(
            "/comment/list", person_id=reader.me.id, post_id=post_id, sort="New", limit=_PAGE_SIZE, page=page
        )
        try:
            return schemas.read(schemas.CommentList, self._read(call))
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


def _unix(markdown: str) -> str:
    """CRLF would be stored as two spaces and CRLF."""
    return markdown.replace("\r\n", "\n")
