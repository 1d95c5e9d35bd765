"""Runs the commands of a page of the docs in one folder, against servers on loopback."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import tomlkit

from bot.config import load
from bot.config.first_config import write_first_config
from bot.config.init_questions import Answers
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import LoopbackServer, LoopbackService, Request, Response
from bot.sandbox.news import NewsSite
from bot.sandbox.news.page_builder import build_page
from bot.sandbox.reddit import RedditSandbox
from bot.sandbox.reddit.server import CLIENT_ID, CLIENT_SECRET
from tests.docs.page_blocks import ROOT
from tests.extract.documents.texts import report
from tests.postgresql import Cluster
from tests.preloaded import PreloadedProcess, write_command

TIMEOUT_SECONDS = 240.0
"""Long enough for a machine that runs much else."""
PASSWORD = "sandbox"
SECRETS = {"reddit-second.client_secret": CLIENT_SECRET, "web.token": "a-token-that-is-long-enough"}
"""The contents of the files with secrets that a page names; the others contain `PASSWORD` or an address."""


class Receiver(LoopbackService):
    """A server that accepts every request, as a chat does."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._server = LoopbackServer(self._respond)

    def _respond(self, request: Request) -> Response:
        self.requests.append(request)
        return Response.from_json({}, 200)


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers of all pages, and a folder with a first config.

    The database there has a post with a reply and a post without one.
    """

    lemmy: LemmySandbox
    reddit: RedditSandbox
    site: NewsSite
    receiver: Receiver
    folder: Path
    skipped_url: str

    @property
    def precis(self) -> tuple[str, ...]:
        """The module that is `precis`, and its first arguments."""
        return "tests.docs.precis_on_loopback", self.site.url.removeprefix("http://"), self.reddit.url


@contextmanager
def running_servers() -> Iterator[Servers]:
    """Start everything that the pages share."""
    with ExitStack() as stack:
        lemmy, reddit = LemmySandbox(limits=None), RedditSandbox(calls_per_window=1_000_000)
        site, receiver = NewsSite(), Receiver()
        state = lemmy.state
        state.add_person("precis", password=PASSWORD, bot_account=True)
        alice, news = state.add_person("alice"), state.add_community("news")
        reddit.state.add_redditor("precis", password=PASSWORD)
        rosa = reddit.state.add_redditor("rosa")
        subreddits = [reddit.state.add_subreddit(name) for name in ("news", "worldnews")]
        for server in (lemmy, reddit, site, receiver):
            server.start()
            stack.callback(server.stop)
        state.add_post(news, alice, "Harbour bridge", f"{site.url}/harbour/bridge")
        skipped = state.add_post(news, alice, "Swimming pool", f"{site.url}/news/pool")
        reddit.state.add_submission(subreddits[0], rosa, "Peat", f"{site.url}/science/peat")
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="precis-docs-")))
        first = folder / "first"
        first.mkdir()
        servers = Servers(lemmy, reddit, site, receiver, first, f"{lemmy.url}/post/{skipped.id}")
        answers = Answers(
            owner="you@example.org", server=lemmy.url, username="precis", password=PASSWORD,
            communities=f"news@{state.host}",
        )  # fmt: skip
        write_first_config(answers, first / "config.toml")
        change_table(first / "config.toml", "workers", "processes", 1)
        with PageSession(servers, first) as session:
            session.run("precis run --once")
        assert [comment.creator.name for comment in state.all_comments()] == ["precis"]
        yield servers


class PageSession:
    """The folder of one page. Leaving it stops the programs that were started there."""

    def __init__(self, servers: Servers, folder: Path) -> None:
        self.servers, self.folder = servers, folder
        self.port = _free_port()
        self._server: dict[str, str] = {}
        self._programs: dict[str, subprocess.Popen[bytes]] = {}
        self._replacements = self._values()
        self._add_files()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        for command in list(self._programs):
            self.stop(command)

    def _values(self) -> dict[str, str]:
        """What stands for each name, address and path of the docs."""
        servers, state = self.servers, self.servers.lemmy.state
        replies = state.all_comments()
        reply = f"{servers.lemmy.url}/comment/{replies[0].id}" if replies else ""
        return {
            "/opt/precis/bin/precis": "precis",
            ".venv/bin/precis": "precis",
            "source .venv/bin/activate": "true",
            "/etc/": f"{self.folder}/etc/",
            "/mnt/safe": f"{self.folder}/safe",
            "/srv/precis": f"{self.folder}",
            "/var/lib/precis": f"{self.folder}/var",
            "https://lemmy.example/post/123": servers.skipped_url,
            "POST-URL": servers.skipped_url,
            "https://lemmy.example/comment/456": reply,
            "https://example.org/article": f"{servers.site.url}/harbour/bridge",
            "https://hooks.slack.com/services/…": servers.receiver.url,
            "https://hooks.example/precis": servers.receiver.url,
            "news@lemmy.example": f"news@{state.host}",
            "127.0.0.1:8642": f"127.0.0.1:{self.port}",
            "AbCdEf123456789": CLIENT_ID,
            "precis_bot": "precis",
            "systemctl stop precis && ": "",
            " && systemctl start precis": "",
            "*/5 * * * * ": "",
        }

    def use_postgresql(self, cluster: Cluster, name: str) -> None:
        """Let the commands use a database of this name on a PostgreSQL server, and find the file to copy."""
        self._server = {"PGHOST": f"{cluster.folder}", "PGUSER": "precis"}
        self._replacements = {
            "postgresql://precis@db.example/precis": cluster.url(name),
            "--owner=precis precis": f"--owner=precis {name}",
            "--from /var/lib/precis": f"--from {self.folder}",
            **self._replacements,
        }

    def adapted(self, text: str) -> str:
        """The text with the names, addresses and paths of this session."""
        for word, value in self._replacements.items():
            text = text.replace(word, value)
        return text

    def _add_files(self) -> None:
        """`precis` for the shell, and the folders and files that pages name."""
        for name in ("programs", "safe", "var", "etc/systemd/system"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        write_command(self.folder / "programs/precis", *self.servers.precis)
        (self.folder / "saved.html").write_bytes(build_page("peat", "https://example.org/article"))
        (self.folder / "report.pdf").write_bytes(report()[0].build())
        if not (self.folder / "deploy").exists():
            (self.folder / "deploy").symlink_to(ROOT / "deploy")

    @property
    def _environ(self) -> Mapping[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRECIS", "COV"))}
        path = f"{self.folder / 'programs'}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        home = {"HOME": f"{self.folder}", "COLUMNS": "200", "NO_COLOR": "1", "PYTHONPATH": f"{ROOT}"}
        return {**kept, **home, **self._server, "PATH": path}

    def run(self, command: str, expected: tuple[int, ...] = (0,)) -> str:
        """Run a command of the page to its end; returns its output. Fails with any other exit code."""
        done = subprocess.run(
            ["bash", "-c", f"{self.adapted(command)}\nexit $?"],
            cwd=self.folder,
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        assert done.returncode in expected, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, command: str, words: str) -> None:
        """Start a command that runs until it is stopped, and wait until its output has these words."""
        name, *arguments = shlex.split(self.adapted(command))
        assert name == "precis"
        output = self.folder / "output.log"
        with output.open("wb") as log:
            process = PreloadedProcess(
                [sys.executable, "-m", *self.servers.precis, *arguments], cwd=self.folder, env=self._environ,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        self._programs[command] = process
        for _ in range(int(TIMEOUT_SECONDS / 0.05)):
            if words in (text := output.read_text(encoding="utf-8")):
                return
            try:
                code = process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"{command} ended with {code}: {text}")
        raise AssertionError(f"{command}: no {words!r} in {text}")

    def is_running(self, command: str) -> bool:
        """Whether the command was started, and not stopped since."""
        return command in self._programs

    def stop(self, command: str) -> None:
        """Stop a command that was started."""
        process = self._programs.pop(command)
        process.terminate()
        assert process.wait(TIMEOUT_SECONDS) == 0, (self.folder / "output.log").read_text(encoding="utf-8")

    def change_settings(self, config: Path, block: str) -> None:
        """Set what a block of the page sets, in the tables that the file has already, and check the result.

        `config` is the path of the file in the folder.
        """
        path = self.folder / config
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        for name, value in _settings(tomlkit.parse(self.adapted(block)), ()):
            table = document
            for part in name[:-1]:
                table = table.setdefault(part, tomlkit.table())
            table[name[-1]] = value
            if name[-1].endswith("_file"):
                self._write_secret(path.with_name(str(value)))
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
        change_table(path, "web", "port", self.port)
        load(path, {})

    def _write_secret(self, path: Path) -> None:
        if not path.exists():
            other = self.servers.receiver.url if path.suffix == ".url" else PASSWORD
            path.write_text(f"{SECRETS.get(path.name, other)}\n", encoding="utf-8")
            path.chmod(0o600)


def change_table(path: Path, table: str, setting: str, value: object) -> None:
    """Change one setting in a table that the file has."""
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    document[table][setting] = value  # type: ignore[index]
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def copy_of(servers: Servers, folder: Path) -> Path:
    """A copy of the folder with the first config and its database."""
    return Path(shutil.copytree(servers.folder, folder, dirs_exist_ok=True))


def _settings(
    table: Mapping[str, object], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in table.items():
        if isinstance(value, tomlkit.items.Table):
            yield from _settings(value, (*above, name))
        else:
            yield (*above, name), value


def _free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
