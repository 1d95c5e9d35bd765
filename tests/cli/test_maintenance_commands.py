"""The commands posts, export, retry, delete, doctor, bench and healthy."""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import formatdate
from pathlib import Path
from pkgutil import iter_modules, resolve_name

import pytest
import stamina

from bot.cli import doctor_checks
from bot.cli.bench import run_benchmark
from bot.cli.doctor import run_doctor
from bot.cli.doctor_checks import disk, network, system
from bot.cli.health_check import check_health
from bot.cli.moderation_reports import show_history
from bot.cli.pauses import unmute_community
from bot.cli.post_lookup import show_why
from bot.cli.posts import export_posts, list_posts, parse_reason, post_filter
from bot.cli.retry_delete import delete_reply, retry_post
from bot.config.settings import Workers
from bot.core.clock import utc_now
from bot.core.errors import UserError, WorkerError
from bot.core.messages import Message, MessageKind
from bot.core.models import CheckResult, Comment, PollResult, Reply, Source
from bot.core.skip_reasons import SkipReason
from bot.sandbox.environment import SandboxEnvironment
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.loopback_server import LoopbackServer, Response
from bot.sandbox.sample_history import fill_database
from bot.store import Database, Operator, OutgoingReplies, PostQueue, ReceivedMessages, SettingsSource, State
from bot.store.manual_actions import mute
from bot.store.post_lookup import find_posts
from bot.store.post_reports import PostReport
from bot.store.post_search import PostFilter, search_posts
from bot.workers.pool import WorkerLimits
from tests.cli.conftest import write_config
from tests.conftest import START, a_post

CONFIG = """
[bot]
owner = "me@example.org"

[lemmy.main]
server = "{server}"
username = "precis"
password = "secret"
communities = ["news"]
"""


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A settings file beside a database with the posts of a month."""
    folder = tmp_path_factory.mktemp("hand")
    database = Database(folder / "precis.db", utc_now() - timedelta(days=30))
    fill_database(database, utc_now(), 300, days=30)
    database.close()
    return write_config(folder, CONFIG.format(server="https://lemmy.example"))


@pytest.fixture
def database(config: Path) -> Iterator[Database]:
    opened = Database(config.parent / "precis.db", None)
    yield opened
    opened.close()


def test_bench_prints_pages_per_minute(capsys: pytest.CaptureFixture[str]) -> None:
    run_benchmark(None, 3)
    shown = capsys.readouterr().out
    found = re.search(r"pages per minute, processes: 2\s*│\s*(\d+)", shown)
    assert found is not None, shown
    assert int(found[1]) > 0


def test_posts_are_listed_by_reason_and_time(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    list_posts(config, post_filter("", None, "paywall", None, "20d"), 3)
    shown = " ".join(capsys.readouterr().out.split())
    assert "behind a" in shown
    assert "posts, the newest 3 are shown." in shown
    list_posts(config, post_filter("no-such-word", None, None, None, None), 3)
    assert capsys.readouterr().out == "0 posts.\n"


def test_a_reason_is_found_by_its_code_and_by_a_usual_word() -> None:
    assert parse_reason("wall") is parse_reason("Paywall") is SkipReason.WALL
    assert parse_reason("robots.txt") is SkipReason.ROBOTS
    with pytest.raises(UserError) as caught:
        parse_reason("too")
    assert "too-old" in caught.value.remedy
    with pytest.raises(UserError, match="no reason 'paiwal'"):
        parse_reason("paiwal")


@pytest.mark.parametrize(("state", "since"), [("snet", None), (None, "soon")])
def test_invalid_options_are_errors_with_a_remedy(state: str | None, since: str | None) -> None:
    with pytest.raises(UserError) as caught:
        post_filter("", state, None, None, since)
    assert caught.value.remedy


def test_an_export_has_all_posts_and_can_be_parsed(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export_posts(config, PostFilter(), "json")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    export_posts(config, PostFilter(), "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(lines) == len(rows) == 300
    assert [row["permalink"] for row in rows] == [line["permalink"] for line in lines]
    assert {line["state"] for line in lines} <= set(State)
    assert "markdown" not in lines[0]


def exported(title: str, form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    made = Database(folder / "precis.db", utc_now())
    PostQueue(made).discover(Source("home", None), PollResult((a_post(1, title=title),), "c"), utc_now())
    made.close()
    export_posts(write_config(folder, CONFIG.format(server="https://lemmy.example")), PostFilter(), form)
    return capsys.readouterr().out


@pytest.mark.parametrize("title", ['=HYPERLINK("https://evil.example")', " =1+1", "＝1+1", "－1", "@SUM(1)"])
def test_no_cell_of_an_export_is_a_formula(
    title: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = csv.DictReader(io.StringIO(exported(title, "csv", tmp_path, capsys)))
    assert row["title"] == f"'{title}"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_an_export_has_no_control_characters(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "a\x1b]0;owned\x07\x9b2J\r\u202eb"
    written = exported(title, form, tmp_path, capsys)
    assert all(line.isprintable() for line in written.split("\n"))
    if form == "json":
        assert json.loads(written)["title"] == title


def test_a_skipped_post_is_retried_and_a_post_with_a_reply_is_not(
    config: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    (skipped,) = search_posts(database, PostFilter(state=State.SKIPPED), 1)
    retry_post(skipped.permalink, config)
    assert "will be processed again" in capsys.readouterr().out
    (again,) = find_posts(database, skipped.permalink)
    assert (again.state, again.reason, again.attempts, again.done_at) == (State.DISCOVERED, None, 0, None)
    (sent,) = search_posts(database, PostFilter(state=State.SENT), 1)
    with pytest.raises(UserError) as caught:
        retry_post(sent.permalink, config)
    assert caught.value.remedy == "It already has a reply, and no post gets a second one."
    with pytest.raises(UserError, match="does not know"):
        retry_post("https://lemmy.example/post/nowhere", config)


def test_the_history_shows_what_the_operator_did(
    config: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    mute(database, "second", "worldnews", START, Operator(SettingsSource.WEB_PAGE, "192.0.2.7"))
    unmute_community("worldnews", config)
    (skipped,) = search_posts(database, PostFilter(state=State.SKIPPED, community="worldnews"), 1)
    retry_post(skipped.permalink, config)
    capsys.readouterr()
    show_history("r/worldnews", config)
    lines = [line.partition(" UTC  ")[2] or line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "mute  by the operator (192.0.2.7), web page",
        "second",
        "unmute  by the operator, command line",
        "retry  by the operator, command line",
        skipped.permalink,
    ]
    with pytest.raises(UserError, match="are not off"):
        unmute_community("worldnews", config)


def test_a_post_that_the_daemon_is_processing_is_not_retried(config: Path, database: Database) -> None:
    (waiting,) = search_posts(database, PostFilter(state=State.DEAD), 1)
    retry_post(waiting.permalink, config)
    PostQueue(database).claim(utc_now(), 1000, timedelta(minutes=5))
    with pytest.raises(UserError) as caught:
        retry_post(waiting.permalink, config)
    assert caught.value.remedy == "The daemon is processing it."


def test_a_reply_is_deleted_on_its_platform_and_not_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SandboxEnvironment(tmp_path / "stage") as stage:
        world = stage.lemmy.state
        post = world.add_post(stage.communities[0], stage.alice, "A post", "https://paper.example/1")
        reply = replied(stage.database_path, post.id, world.add_comment(post, stage.bot, "A summary.").id)
        delete_reply(reply.comment_url or "", stage.config_path)
        assert f"Deleted {reply.comment_url}." in capsys.readouterr().out
        assert [comment.deleted for comment in world.all_comments()] == [True]
        (report,) = stage.post_reports()
        assert report.state is State.DELETED
        with pytest.raises(UserError, match="There is no reply of the bot"):
            delete_reply(report.permalink, stage.config_path)
        with pytest.raises(UserError):
            retry_post(report.permalink, stage.config_path)


@pytest.mark.parametrize(
    ("address", "row"),
    [
        ("https://lemmy.example/post/1?scrollToComments=true", 1),
        ("https://lemmy.example/post/1/77#comment-77", 1),
        ("lemmy.example/post/1", 1),
        ("https://lemmy.example/comment/77", 1),
        ("https://lemmy.example/post/1/50#comment-50", 2),
        ("https://lemmy.example/comment/50", 2),
        ("https://piefed.example/c/news/p/1/a-slug", 3),
        ("https://piefed.example/comment/77", 3),
        ("https://old.reddit.com/r/news/comments/1/slug/", 4),
        ("https://redd.it/1", 4),
        ("https://www.reddit.com/r/news/comments/1/comment/77/", 4),
    ],
)
def test_a_post_is_found_by_any_address_of_a_web_page(
    database_of_replies: Database, address: str, row: int
) -> None:
    """Four replies have the same ids on three servers; the second answers comment 50 under the first post."""
    found = [report.row for report in find_posts(database_of_replies, address)]
    assert found[0] == row
    assert len(found) == 1 or address.partition("?")[0].endswith("post/1")


@pytest.fixture
def database_of_replies(tmp_path: Path) -> Iterator[Database]:
    database, now = Database(tmp_path / "precis.db", utc_now()), utc_now()
    queue, replies = PostQueue(database), OutgoingReplies(database)
    received = ReceivedMessages(database)
    message = Message("a", "m", MessageKind.MENTION, "alice@lemmy.example", "Please", now)
    received.add(message, now)
    lemmy = a_post(1, account="a")
    queue.discover(Source("a", None), PollResult((lemmy,), "c"), now)
    received.request_summary(1, lemmy, "50", "here", now)
    piefed = a_post(1, account="b", permalink="https://piefed.example/post/1")
    queue.discover(Source("b", None), PollResult((piefed,), "c"), now)
    reddit = a_post(1, account="c", permalink="https://www.reddit.com/r/news/comments/1/slug/")
    queue.discover(Source("c", None), PollResult((reddit,), "c"), now)
    for row, comment_id in ((1, "77"), (2, "78"), (3, "77"), (4, "77")):
        queue.make_ready(row, Reply("A summary.", "en", 900, 90, 90), now, now)
        replies.mark_sending(row, now, now)
        replies.mark_sent(row, Comment(comment_id, "1", "https://other.example/", now), now)
    yield database
    database.close()


def test_an_address_that_cannot_be_resolved_is_an_error_that_names_the_right_form(tmp_path: Path) -> None:
    with LemmySandbox() as server:
        server.state.add_person("precis", password="secret", bot_account=True)
        Database(tmp_path / "precis.db", utc_now()).close()
        config = write_config(tmp_path, CONFIG.format(server=server.url))
        _check_right_form(config, server.url.removeprefix("http://"))


def test_an_account_that_cannot_be_asked_about_an_address_is_named(tmp_path: Path) -> None:
    Database(tmp_path / "precis.db", utc_now()).close()
    config = write_config(tmp_path, CONFIG.format(server="http://127.0.0.1:9"))
    for command in (retry_post, delete_reply, show_why):
        with (
            stamina.set_testing(True),  # no waits between the attempts
            pytest.raises(UserError, match="The account main cannot look up https://elsewhere") as caught,
        ):
            command("https://elsewhere.example/post/1", config)
        assert caught.value.temporary  # so that the exit code is 75
        assert caught.value.remedy.startswith("Wait until the server can be reached, or use the address")


def test_an_account_that_cannot_log_in_is_no_reason_to_try_again(tmp_path: Path) -> None:
    with LemmySandbox() as server:
        server.state.add_person("precis", password="another", bot_account=True)
        Database(tmp_path / "precis.db", utc_now()).close()
        config = write_config(tmp_path, CONFIG.format(server=server.url))
        with pytest.raises(UserError, match="The account main cannot look up") as caught:
            show_why("https://elsewhere.example/post/1", config)
    assert not caught.value.temporary
    assert caught.value.remedy == "Use the address of the post on the bot's own server."


def _check_right_form(config: Path, own: str) -> None:
    for command in (retry_post, delete_reply, show_why):
        with pytest.raises(UserError, match="is a share link") as caught:
            command("https://www.reddit.com/r/news/s/AbC123xyz", config)
        assert "the address that the browser then shows" in caught.value.remedy
        with pytest.raises(UserError, match="does not know the post") as caught:
            command("https://elsewhere.example/post/1", config)
        assert caught.value.remedy.endswith(f"Use the address of the post on {own}.")


def test_why_retry_and_delete_resolve_an_address_on_another_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with SandboxEnvironment(tmp_path / "stage") as stage:
        world = stage.lemmy.state
        post = world.add_post(stage.communities[0], stage.alice, "A post", "https://paper.example/1")
        comment = world.add_comment(post, stage.bot, "A summary.")
        world.remote_addresses["https://far.example/post/905"] = post
        database, now = Database(stage.database_path, utc_now()), utc_now()
        found = a_post(
            1, account="demo", id=str(post.id), permalink=f"{stage.lemmy.url}/post/{post.id}", published=now
        )
        PostQueue(database).discover(Source("demo", None), PollResult((found,), "c"), now)
        database.close()
        address = "https://far.example/post/905"
        show_why(address, stage.config_path)
        assert found.permalink in capsys.readouterr().out
        retry_post(address, stage.config_path)
        assert f"{found.permalink} will be processed again" in capsys.readouterr().out
        delete_reply(address, stage.config_path)
        assert comment.deleted


@pytest.mark.parametrize("requested", [False, True])
def test_delete_finds_a_reply_on_the_platform_that_the_database_has_no_row_for(
    tmp_path: Path, requested: bool
) -> None:
    with SandboxEnvironment(tmp_path / "stage") as stage:
        world = stage.lemmy.state
        post = world.add_post(stage.communities[0], stage.alice, "A post", "https://paper.example/1")
        request = world.add_comment(post, stage.alice, "Please") if requested else None
        reply = world.add_comment(post, stage.bot, "A summary from before the database was lost.", request)
        Database(stage.database_path, utc_now()).close()
        with pytest.raises(UserError, match="does not know"):
            delete_reply(f"{stage.lemmy.url}/comment/{reply.id + 1}", stage.config_path)
        delete_reply(f"{stage.lemmy.url}/comment/{reply.id}", stage.config_path)
        assert reply.deleted
        assert [report.state for report in stage.post_reports()] == [State.DELETED]


def test_delete_finds_a_reply_that_a_new_database_does_not_know(tmp_path: Path) -> None:
    with SandboxEnvironment(tmp_path / "stage") as stage:
        world = stage.lemmy.state
        post = world.add_post(stage.communities[0], stage.alice, "A post", "https://paper.example/1")
        world.add_comment(post, stage.bot, "A summary from before the database was lost.")
        database = Database(stage.database_path, utc_now())
        found = a_post(1, account="demo", id=str(post.id))
        PostQueue(database).discover(Source("demo", None), PollResult((found,), "c"), utc_now())
        database.close()
        delete_reply(found.permalink, stage.config_path)
        assert [comment.deleted for comment in world.all_comments()] == [True]
        assert [report.state for report in stage.post_reports()] == [State.DELETED]


def replied(path: Path, post_id: int, comment_id: int) -> PostReport:
    """The report of a post with a reply, in the database of a daemon."""
    database, now = Database(path, utc_now()), utc_now()
    post = a_post(1, account="demo", id=str(post_id))
    queue, drafts = PostQueue(database), OutgoingReplies(database)
    queue.discover(Source("demo", None), PollResult((post,), "c"), now)
    queue.make_ready(1, Reply("A summary.", "en", 900, 90, 90), now, now)
    drafts.mark_sending(1, now, now)
    url = f"https://lemmy.example/comment/{comment_id}"
    drafts.mark_sent(1, Comment(str(comment_id), str(post_id), url, now), now)
    (report,) = find_posts(database, url)
    database.close()
    return report


def serving(body: bytes, status: int = 200) -> LoopbackServer:
    return LoopbackServer(lambda request: Response(status, body, {"Date": formatdate(usegmt=True)}))


def asking(folder: Path, port: int, enabled: str = "true") -> Path:
    text = CONFIG.format(server="https://lemmy.example") + f"\n[web]\nenabled = {enabled}\nport = {port}\n"
    return write_config(folder, text)


def test_healthy_reports_the_answer_of_healthz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(b'{"status": "ok", "troubles": []}') as server:
        check_health(asking(tmp_path, server.port))
    assert capsys.readouterr().out == "The daemon is healthy.\n"
    with (
        serving(b'{"status": "unhealthy", "troubles": ["A job hangs."]}', 503) as server,
        pytest.raises(UserError) as ill,
    ):
        check_health(asking(tmp_path, server.port))
    assert ill.value.message == "A job hangs."
    with serving(b"<html>") as server, pytest.raises(UserError, match="does not answer"):
        check_health(asking(tmp_path, server.port))
    with pytest.raises(UserError, match="does not answer"):
        check_health(asking(tmp_path, 9))
    with pytest.raises(UserError, match="status pages are off"):
        check_health(asking(tmp_path, 9, enabled="false"))


def test_doctor_passes_on_a_good_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(b"{}") as server:
        run_doctor(write_config(tmp_path, CONFIG.format(server=server.url)))
    shown = capsys.readouterr().out
    for subject in ("settings", "versions", "SQLite", "disk", "DNS", "clock", "workers", "database"):
        assert f"✓ {subject}: " in shown
    assert "This machine is ready for Precis." in shown


def test_doctor_runs_every_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = f"{doctor_checks.__name__}."
    modules = [resolve_name(found.name) for found in iter_modules(doctor_checks.__path__, prefix)]
    checks = [(module, name) for module in modules for name in vars(module) if name.startswith("check_")]
    run: set[str] = set()
    for module, name in checks:
        passed = CheckResult(name, True, "")
        monkeypatch.setattr(module, name, lambda *_, passed=passed: run.add(passed.subject) or passed)
    run_doctor(write_config(tmp_path, CONFIG.format(server="https://lemmy.example")))
    assert run == {name for _, name in checks}


def test_doctor_reports_problems_even_without_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match="1 of 9 checks failed"):
        run_doctor(tmp_path / "config.toml")
    assert "not found" in " ".join(capsys.readouterr().out.split())


class CrashingPool:
    """A worker pool whose processes crash before they read a page."""

    def __init__(self, limits: WorkerLimits) -> None:
        self.close = lambda: None

    def digest(self, *page: object) -> None:
        raise WorkerError("the process that read the page crashed")


def test_each_problem_has_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone" / "precis.db"
    assert (disk.check_folder(gone).ok, disk.check_folder(gone).remedy) == (
        False,
        f"Create it: mkdir -p {gone.parent}",
    )
    torn = tmp_path / "torn.db"
    torn.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    found = disk.check_database(torn)
    assert (found.ok, "damaged" in found.text, bool(found.remedy)) == (False, True, True)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        assert "ulimit -n" in system.check_open_files().remedy
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert "TMPDIR" in disk.check_temporary_files().remedy
    monkeypatch.setattr(system, "WorkerPool", CrashingPool)
    assert (
        system.check_worker(Workers()).text == "a page cannot be read: the process that read the page crashed"
    )


def test_a_wrong_clock_is_reported(tmp_path: Path) -> None:
    late = formatdate(time.time() - 3600, usegmt=True)
    with LoopbackServer(lambda request: Response(200, b"", {"Date": late})) as server:
        found = network.check_clock(server.url)
    assert not found.ok
    assert "s ahead of 127.0.0.1" in found.text
    assert "timedatectl" in found.remedy
    assert not network.check_dns("https://no-such-host.invalid").ok
    unreachable = network.check_clock("http://127.0.0.1:9")
    assert not unreachable.ok
    assert "port 9." in unreachable.remedy


@pytest.mark.parametrize("headers", [{}, {"Date": "soon"}])
def test_a_server_without_a_time_is_not_an_unreachable_one(headers: dict[str, str]) -> None:
    with LoopbackServer(lambda request: Response(200, b"", headers)) as server:
        found = network.check_clock(server.url)
    assert (found.subject, found.ok) == ("clock", True)
    assert found.text == "cannot be compared: 127.0.0.1 sends no time (no valid Date header)"


def test_a_server_time_without_a_zone_is_in_utc() -> None:
    now = time.strftime("%a, %d %b %Y %H:%M:%S -0000", time.gmtime())
    with LoopbackServer(lambda request: Response(200, b"", {"Date": now})) as server:
        assert network.check_clock(server.url).text == "agrees with 127.0.0.1"
