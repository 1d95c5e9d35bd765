"""Forty new posts at once on servers with default rate limits: all get replies, and no limit is exceeded."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.core.models import Reply, Source
from bot.daemon.factories import make_platforms
from bot.daemon.shared_limits import SharedLimits
from bot.daemon.tuning import PRODUCTION
from bot.outbox.reply_outbox import ReplyOutbox, SendTiming, gone_or_locked
from bot.platforms import adapter_factory
from bot.platforms.base import RateLimited
from bot.sandbox.environment import BOT_PASSWORD, BOT_USERNAME, SandboxEnvironment
from bot.sandbox.server_software import ServerSoftware
from bot.store import Accounts, Database, MutedCommunities, OutgoingReplies, PostQueue
from bot.store.post_lookup import all_posts
from bot.store.status_reports import PendingReplies, status_report
from tests.conftest import Clock

POSTS = 40
LONGEST = {
    ServerSoftware.LEMMY_0_19: 101 * 35,
    ServerSoftware.LEMMY_1_0: 601 * 7,
    ServerSoftware.PIEFED: 61 * 19,
}
"""Seconds: a token every 100, five of six in a window of 600, two of three in a window of 60."""


@pytest.mark.parametrize("home", ServerSoftware)
def test_forty_posts_at_once_get_replies_within_the_rate_limits(
    home: ServerSoftware, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.create_server(clock=clock, limits={}) as server:
        state = server.state
        bot = state.add_person("precis", password="right", bot_account=True)
        bot.published -= timedelta(days=30)
        news, alice = state.add_community("news"), state.add_person("alice")
        clock.advance(600)  # so that the posts are younger than the database
        for number in range(POSTS):
            state.add_post(news, alice, f"Post {number}", f"https://paper.example/{number}")
        allowed: list[bool] = []
        limits = server.limits
        assert limits is not None
        allow = limits.allow
        monkeypatch.setattr(limits, "allow", lambda *about: allowed.append(allow(*about)) or allowed[-1])

        accounts = Accounts(database)
        platform = adapter_factory(home.account_kind)(
            account="home",
            base_url=server.url,
            username="precis",
            password="right",
            token_store=accounts,
            user_agent="limits/1",
            clock=clock,
        )
        queue, source = PostQueue(database), Source("home", f"news@{state.host}")
        queue.discover(source, platform.poll(source, None, clock() - timedelta(hours=1)), clock())
        for task in queue.claim(clock(), 100, timedelta(minutes=5)):
            queue.make_ready(task.row, Reply(f"About {task.post.id}.", None, 900, 90, 90), clock(), clock())
        outbox = ReplyOutbox(
            platform,
            replies=OutgoingReplies(database),
            queue=queue,
            accounts=accounts,
            muted_communities=MutedCommunities(database),
            created_at=database.created_at(),
            check_post=gone_or_locked,
            clock=clock,
            timing=SendTiming(),
        )
        began, sentences = clock(), []
        while True:
            while outbox.process_next():
                pass
            plans = status_report(database).plans
            if not plans:
                break
            (plan,) = plans
            sentences.append(plan.sentence(clock()))
            assert plan.next_at > clock(), all_posts(database)
            clock.now = plan.next_at
        platform.close()
        answered = sorted(comment.post.id for comment in state.all_comments())
    assert answered == sorted(state.posts)
    assert all(allowed)
    assert {report.state for report in all_posts(database)} == {"sent"}
    assert (clock() - began).total_seconds() <= LONGEST[home] + 10
    first = {
        ServerSoftware.LEMMY_0_19: "35 waiting, next at 12:11 UTC",
        ServerSoftware.LEMMY_1_0: "35 waiting, next at 12:20 UTC",
    }
    assert sentences[0] == first.get(home, "38 waiting, next at 12:11 UTC")


def test_pending_replies_name_the_day_if_it_is_not_today() -> None:
    clock = Clock()
    assert PendingReplies("home", "news", 3, clock()).sentence(clock()) == "3 waiting, next now"
    later = PendingReplies("home", "news", 3, clock() + timedelta(days=1))
    assert later.sentence(clock()) == "3 waiting, next at 2026-03-02 12:00 UTC"


@pytest.mark.parametrize("home", ServerSoftware)
def test_accounts_on_one_server_share_its_rate_limits(
    home: ServerSoftware, tmp_path: Path, clock: Clock
) -> None:
    """The server counts requests by IP address, for all accounts."""
    with SandboxEnvironment(tmp_path, software=home, limits={}) as stage:
        section = stage.config_path.read_text().partition(f"[{home.account_kind}.")[2]
        second = section.replace("demo]", "second]").replace(BOT_USERNAME, "other", 1)
        stage.fediverse.state.add_person("other", password=BOT_PASSWORD, bot_account=True)
        stage.config_path.write_text(stage.config_path.read_text() + f"\n[{home.account_kind}.{second}")
        posts = [
            stage.fediverse.state.add_post(stage.communities[0], stage.alice, "A post") for _ in range(5)
        ]
        database = Database(tmp_path / "precis.db", clock())
        one, other = make_platforms(load(stage.config_path, {}), Accounts(database), PRODUCTION)
        written = 0
        while one.next_reply_at("news") is None:
            one.reply(str(posts[written].id), f"Text {written}.", None)
            written += 1
        assert written >= 2
        other.connect()
        assert other.next_reply_at("news") is not None
        one.close()
        other.close()
        database.close()


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("home", ServerSoftware)
def test_two_nodes_at_one_address_exceed_no_limit_of_a_server_together(
    home: ServerSoftware, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each node writes for its account, as soon and as often as it believes that it may."""
    with (
        home.create_server(clock=clock, limits={}) as server,
        closing(Database(database.location, clock())) as same_database,
    ):
        state, limits, nodes = server.state, server.limits, []
        news, alice = state.add_community("news"), state.add_person("alice")
        posts = [str(state.add_post(news, alice, "A post").id) for _ in range(30)]
        for name, of_node in (("one", database), ("other", same_database)):
            person = state.add_person(name, password="right", bot_account=True)
            person.published -= timedelta(days=30)
            platform = adapter_factory(home.account_kind)(
                account=name,
                base_url=server.url,
                username=name,
                password="right",
                token_store=Accounts(of_node),
                user_agent="limits/1",
                clock=clock,
            )
            assert isinstance(platform, RateLimited)
            SharedLimits(of_node, "one address").add(server.url, platform.rate_limits)
            nodes.append(platform)
        allowed: list[bool] = []
        assert limits is not None
        allow = limits.allow
        monkeypatch.setattr(limits, "allow", lambda *about: allowed.append(allow(*about)) or allowed[-1])
        written = {node.account: 0 for node in nodes}
        for node in nodes:
            node.connect()
        while posts:
            for node in nodes:
                while posts and node.next_reply_at("news") is None:
                    node.reply(posts.pop(), f"Text {len(posts)}.", None)
                    written[node.account] += 1
            nodes.reverse()
            first, second = (node.next_reply_at("news") for node in nodes)
            assert first == second
            clock.now = first or clock.now
        for node in nodes:
            node.close()
    assert all(allowed)
    assert min(written.values()) >= 5
