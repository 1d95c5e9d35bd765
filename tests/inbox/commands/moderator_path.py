"""The steps of a first-time moderator with a daemon: what they write, read and wait for.

`benchmarks.moderator_path` says who the moderator is, and prints the counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from benchmarks.api_calls import run_jobs
from bot.daemon.app import App
from bot.sandbox.news import NewsSite
from tests.inbox.commands import simulation
from tests.inbox.commands.simulation import visible_comments
from tests.inbox.servers import LemmyServer, RedditServer

WANTED = {"sentences": "3", "layout": "bullets", "block_domains": "[shop.example]"}
LINES = "\n".join(f"{name}: {value}" for name, value in WANTED.items())
MISSPELT = LINES.replace("layout", "layuot")
STEP, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=3)


@dataclass
class PathCount:
    """What the path took. The minutes end with the reply to a link that is posted after the last answer."""

    messages_and_page_edits: int = 0
    settings_typed: int = 0
    answers: int = 0
    lines_in_answers: int = 0
    characters_in_answers: int = 0
    minutes_to_the_first_reply: float = 0
    minutes_to_the_changed_layout: float = 0
    mistakes_without_an_answer: int = 0
    settings_lost_by_a_single_line: int = 0
    of_these_not_named_in_the_answer: int = 0


class ModeratorPath:
    """The steps of one moderator. The daemon has run for an hour without messages."""

    def __init__(self, server: LemmyServer | RedditServer, app: App, site: NewsSite) -> None:
        self.count = PathCount()
        self._server, self._app, self._site = server, app, site
        self._mona = simulation.add_person(server, "mona", moderator=True)

    def follow(self) -> PathCount:
        count, server = self.count, self._server
        self._run(timedelta(hours=1))
        began = server.clock()
        configure = self._edit_page if isinstance(server, RedditServer) else self._send_block
        if isinstance(server, RedditServer):
            self._accept_invitation(server)
            self._write("start {here}")
        count.mistakes_without_an_answer += "layuot" not in configure(MISSPELT)
        configure(LINES)
        self._expect_reply("/harbour/bridge", bullets=3)
        count.minutes_to_the_first_reply = (server.clock() - began) / timedelta(minutes=1)
        began = server.clock()
        self._write("set {here} layout: paragraphs")
        self._expect_reply("/science/peat", bullets=0)
        count.minutes_to_the_changed_layout = (server.clock() - began) / timedelta(minutes=1)
        self._send_single_line()
        return count

    def _accept_invitation(self, server: RedditServer) -> None:
        server.news.invited_moderators.append(server.bot)
        subject, send = "invitation to moderate /r/news", server.sandbox.state.add_private_message
        self._act(lambda: send(self._mona, subject, "gadzooks!", to=server.bot, from_subreddit=server.news))

    def _send_block(self, lines: str) -> str:
        return self._write(f"settings {{here}}\n{lines}")

    def _edit_page(self, lines: str) -> str:
        """Put the lines above those of the first version. Lines of the last version are not typed again."""
        assert isinstance(self._server, RedditServer)
        state, news = self._server.sandbox.state, self._server.news
        revisions = [each.text for each in state.wiki["news", "precis"].revisions]
        text, earlier = f"{lines}\n{revisions[0]}", revisions[-1].splitlines()
        self.count.settings_typed += sum(line not in earlier for line in lines.splitlines())
        return self._act(lambda: state.add_wiki_revision(news, "precis", text, self._mona))

    def _write(self, text: str) -> str:
        here = "r/news" if isinstance(self._server, RedditServer) else f"!{self._server.community}"
        self.count.settings_typed += text.count(": ")
        return self._act(
            lambda: simulation.send_private_message(self._server, self._mona, text.format(here=here))
        )

    def _act(self, write: Callable[[], object]) -> str:
        """Write, and wait for the answer. Returns it; empty if none came."""
        before = len(self._server.bot_messages())
        write()
        self._wait_until(lambda: len(self._server.bot_messages()) > before)
        answers = self._server.bot_messages()[before:]
        self.count.messages_and_page_edits += 1
        self.count.answers += len(answers)
        self.count.lines_in_answers += sum(answer.count("\n") + 1 for answer in answers)
        self.count.characters_in_answers += sum(map(len, answers))
        return "\n".join(answers)

    def _expect_reply(self, path: str, *, bullets: int) -> None:
        before = len(visible_comments(self._server))
        simulation.add_fresh_post(self._server, link=self._site.url + path)
        if not self._wait_until(lambda: len(visible_comments(self._server)) > before):
            raise RuntimeError("the link got no reply")
        lines = visible_comments(self._server)[-1].splitlines()
        if sum(line.startswith(("- ", "* ")) for line in lines) != bullets:
            raise RuntimeError(f"the reply does not follow the settings: {lines}")

    def _send_single_line(self) -> None:
        """Not a part of the path: only the settings that it takes back are counted."""
        counted = vars(self.count).copy()
        answer = self._write("settings {here}\nlayout: collapsed")
        vars(self.count).update(counted)
        rules = self._app.inbox_services.rule_resolver.rules_for(self._server.community)
        kept = {"sentences": rules.sentences == 3, "block_domains": bool(rules.block_domains)}
        lost = [name for name, is_kept in kept.items() if not is_kept]
        unnamed = [name for name in lost if f"`{name}: {WANTED[name]}`" not in answer]
        self.count.settings_lost_by_a_single_line = len(lost)
        self.count.of_these_not_named_in_the_answer = len(unnamed)

    def _run(self, duration: timedelta) -> None:
        clock = self._server.clock
        run_jobs(clock, self._app.jobs(), clock() + duration, STEP)

    def _wait_until(self, done: Callable[[], bool]) -> bool:
        give_up = self._server.clock() + LONGEST_WAIT
        while not done() and self._server.clock() < give_up:
            self._run(STEP)
        return done()
