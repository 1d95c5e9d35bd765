"""The adapter: NUMBER.json is a notice with a title and a link, NUMBER.reply.md the reply of Precis."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot.core.errors import Refused
from bot.core.models import CheckResult, Comment, Dialect, PollResult, Post, Source
from bot.core.skip_reasons import SkipReason
from bot.platforms.base import Identity, TokenStore


class Adapter:
    """One board. It has no inbox, no moderators and no votes."""

    dialect = Dialect.REDDIT

    def __init__(
        self,
        *,
        account: str,
        folder: Path,
        token_store: TokenStore,
        user_agent: str,
        clock: Callable[[], datetime],
    ) -> None:
        del token_store, user_agent, clock  # a folder needs none of them
        self.account = account
        self._folder = folder

    def connect(self) -> Identity:
        return Identity("precis", "precis", bot_flag=True)

    def poll(self, source: Source, cursor: str | None, since: datetime) -> PollResult:
        del source, cursor
        posts = [self.fetch_post(path.stem) for path in self._folder.glob("*.json")]
        new = sorted((post for post in posts if post.published > since), key=lambda post: post.published)
        return PollResult(tuple(new), "")

    def fetch_post(self, post_id: str) -> Post:
        path = self._folder / f"{post_id}.json"
        notice = json.loads(path.read_text(encoding="utf-8"))
        return Post(
            account=self.account,
            id=post_id,
            community="board",
            title=notice["title"],
            url=notice["link"],
            permalink=path.as_uri(),
            author=notice["author"],
            published=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )

    def find_deleted_posts(self, post_ids: tuple[str, ...]) -> frozenset[str]:
        return frozenset(each for each in post_ids if not (self._folder / f"{each}.json").exists())

    def resolve_address(self, address: str) -> str | None:
        return address if Path(address.removeprefix("file://")).exists() else None

    def own_comment(self, comment_id: str) -> Comment | None:
        path = self._reply_path(comment_id)
        if not path.exists():
            return None
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Comment(id=comment_id, post_id=comment_id, url=path.as_uri(), published=written)

    def own_comments(self, post_id: str) -> tuple[Comment, ...]:
        reply = self.own_comment(post_id)
        return (reply,) if reply else ()

    def reply(self, post_id: str, markdown: str, language: str | None, *, refused_sends: int = 0) -> Comment:
        del language, refused_sends
        try:
            with self._reply_path(post_id).open("x", encoding="utf-8") as file:
                file.write(markdown)
        except FileExistsError:
            raise Refused(SkipReason.ALREADY_ANSWERED, "The notice has a reply already.") from None
        (reply,) = self.own_comments(post_id)
        return reply

    def edit(self, comment_id: str, markdown: str) -> None:
        self._reply_path(comment_id).write_text(markdown, encoding="utf-8")

    def delete(self, comment_id: str) -> None:
        self._reply_path(comment_id).unlink(missing_ok=True)

    def scores(self, comment_ids: tuple[str, ...]) -> Mapping[str, int]:
        del comment_ids
        return {}

    def distinguish(self, comment_id: str, *, sticky: bool) -> None:
        del comment_id, sticky
        raise Refused(SkipReason.REFUSED, "A notice board has no moderators.")

    def next_reply_at(self, community: str) -> datetime | None:
        del community
        return None

    def inspect(self, sources: tuple[Source, ...]) -> tuple[CheckResult, ...]:
        found = self._folder.is_dir()
        return tuple(CheckResult(f"{source.community}", found, f"{self._folder}") for source in sources)

    def messaging(self) -> None:
        return None

    def close(self) -> None:
        pass

    def _reply_path(self, post_id: str) -> Path:
        return self._folder / f"{post_id}.reply.md"
