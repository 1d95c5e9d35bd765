"""Several communities in one listing, with both versions of Lemmy and with PieFed, over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import stamina

from bot.core.errors import Unreachable
from bot.core.models import PollResult, Source
from bot.platforms.lemmy import Lemmy
from bot.platforms.piefed import PieFed
from bot.sandbox.faults import Fault, FaultInjector
from bot.sandbox.lemmy import Community, LemmySandbox, Person
from bot.sandbox.loopback_server import Request
from bot.sandbox.piefed import PieFedSandbox
from tests.platforms.clock import ManualClock

OLD, NEW, PIEFED = "0.19.20", "1.0.0-beta.1", "piefed"
NAMES = ("news", "science", "sport")


class NoTokenStore:
    def load(self, account: str) -> str | None:
        return None

    def save(self, account: str, token: str | None) -> None:
        pass


@dataclass
class ListingEnvironment:
    """A server with three communities; `poll_round` polls each of them once."""

    server: LemmySandbox | PieFedSandbox
    clock: ManualClock
    author: Person
    bot: Person
    communities: dict[str, Community]
    cursors: dict[str, str] = field(default_factory=dict)
    adapters: list[Lemmy | PieFed] = field(default_factory=list)
    _count: int = 0

    def adapter(self, *names: str, **changes: Any) -> Lemmy | PieFed:
        adapter_class = PieFed if isinstance(self.server, PieFedSandbox) else Lemmy
        adapter = adapter_class(
            **{
                "account": "summaries",
                "base_url": self.server.url,
                "username": "precis",
                "password": "right",
                "token_store": NoTokenStore(),
                "user_agent": "precis-test/1",
                "clock": self.clock,
                "communities": tuple(map(self.handle, names or NAMES)),
                **changes,
            }
        )
        self.adapters.append(adapter)
        return adapter

    def handle(self, name: str) -> str:
        return f"{name}@{self.communities[name].host}"

    def post(self, name: str, *, ago: float = 0) -> str:
        self._count += 1
        when = self.clock.now - timedelta(minutes=ago)
        link = f"https://paper.example/{self._count}"
        return str(
            self.server.state.add_post(self.communities[name], self.author, "T", link, published=when).id
        )

    def poll(self, adapter: Lemmy | PieFed, name: str) -> PollResult:
        since = self.clock.now - timedelta(hours=24)
        source = Source("summaries", self.handle(name))
        result = adapter.poll(source, self.cursors.get(name), since)
        self.cursors[name] = result.cursor
        return result

    def poll_round(self, adapter: Lemmy | PieFed, *names: str) -> dict[str, list[str]]:
        """The ids of the posts of each community."""
        self.clock.advance(minutes=1)
        return {name: [post.id for post in self.poll(adapter, name).posts] for name in names or NAMES}

    def calls(self, ending: str, **query: str) -> list[Request]:
        found = [seen for seen in self.server.requests if seen.path.endswith(ending)]
        return [
            seen for seen in found if query.items() <= {k: v.lower() for k, v in seen.query.items()}.items()
        ]

    def follow(self, *names: str) -> None:
        for name in names:
            self.communities[name].followers[self.bot.id] = "Subscribed"


@pytest.fixture(params=[OLD, NEW, PIEFED])
def env(request: pytest.FixtureRequest) -> Iterator[ListingEnvironment]:
    clock = ManualClock()
    server: LemmySandbox | PieFedSandbox
    if request.param == PIEFED:
        server = PieFedSandbox(clock=clock, limits=None)
    else:
        server = LemmySandbox(version=request.param, clock=clock, limits=None)
    with server, stamina.set_testing(True):
        state = server.state
        author, bot = (
            state.add_person("alice"),
            state.add_person("precis", password="right", bot_account=True),
        )
        env = ListingEnvironment(
            server, clock, author, bot, {name: state.add_community(name) for name in NAMES}
        )
        yield env
        for adapter in env.adapters:
            adapter.close()


def test_after_subscribing_a_round_costs_one_call(env: ListingEnvironment) -> None:
    expected = {name: [env.post(name, ago=5)] for name in NAMES}
    adapter = env.adapter()
    assert env.poll_round(adapter) == expected
    assert all(env.bot.id in community.followers for community in env.communities.values())
    env.poll_round(adapter)
    before = len(env.server.requests)
    for _ in range(10):
        new = {"news": [], "science": [env.post("science")], "sport": []}
        assert env.poll_round(adapter) == new
    assert len(env.server.requests) - before == 10


def test_other_subscriptions_of_the_account_are_ignored(env: ListingEnvironment) -> None:
    env.follow(*NAMES)
    env.post("sport")
    mine = env.post("news")
    adapter = env.adapter("news", "science")
    assert env.poll_round(adapter, "news", "science") == {"news": [mine], "science": []}


def test_a_community_is_read_from_its_own_listing_until_it_approves_the_account(
    env: ListingEnvironment,
) -> None:
    env.communities["sport"].accepts_followers = False
    adapter = env.adapter()
    posts = {name: [env.post(name)] for name in NAMES}
    assert env.poll_round(adapter) == posts
    env.poll_round(adapter)
    before = len(env.server.requests)
    posts = {name: [env.post(name)] for name in NAMES}
    assert env.poll_round(adapter) == posts
    assert len(env.server.requests) - before == 2
    env.follow("sport")
    waiting = env.post("sport")
    env.clock.advance(minutes=10)
    assert env.poll_round(adapter)["sport"] == [waiting]
    env.poll_round(adapter)
    before = len(env.server.requests)
    env.poll_round(adapter)
    assert len(env.server.requests) - before == 1


def test_a_lost_subscription_is_renewed_and_no_post_is_missed(env: ListingEnvironment) -> None:
    adapter = env.adapter()
    env.poll_round(adapter)
    env.poll_round(adapter)
    env.communities["sport"].followers.clear()
    lost = [env.post("sport")]
    for _ in range(5):
        env.poll_round(adapter)
    lost.append(env.post("sport"))
    env.clock.advance(hours=1)
    assert env.poll_round(adapter)["sport"] == lost
    assert env.bot.id not in env.communities["sport"].followers
    lost = [env.post("sport")]
    again = env.poll_round(adapter)
    assert env.bot.id in env.communities["sport"].followers
    assert lost[0] in again["sport"]


@pytest.mark.parametrize(("tuning", "rounds"), [({}, 23), ({"check_silent_after": timedelta(minutes=3)}, 5)])
def test_after_a_short_ban_the_account_subscribes_again_and_no_post_is_missed(
    env: ListingEnvironment, tuning: dict[str, timedelta], rounds: int
) -> None:
    adapter = env.adapter(**tuning)
    env.poll_round(adapter)
    env.poll_round(adapter)
    sport, state = env.communities["sport"], env.server.state
    state.ban_from_community(env.bot, sport)
    missed = [env.post("sport")]
    env.poll_round(adapter)
    sport.banned.clear()
    missed.append(env.post("sport"))
    found: list[str] = []
    for _ in range(rounds):
        env.post("news")
        found += env.poll_round(adapter)["sport"]
    assert set(missed) <= set(found)
    assert env.bot.id in sport.followers


@pytest.mark.parametrize(("tuning", "minutes"), [({}, 60), ({"check_silent_after": timedelta(minutes=3)}, 9)])
def test_a_subscription_that_a_ban_refused_is_tried_again(
    env: ListingEnvironment, tuning: dict[str, timedelta], minutes: int
) -> None:
    if isinstance(env.server, PieFedSandbox):
        pytest.skip("PieFed lets a banned account subscribe")
    env.server.state.ban_from_community(env.bot, env.communities["sport"])
    adapter = env.adapter(**tuning)
    env.poll_round(adapter)
    env.communities["sport"].banned.clear()
    env.clock.advance(minutes=minutes - 2)
    env.poll_round(adapter)
    assert env.bot.id not in env.communities["sport"].followers
    env.clock.advance(minutes=2)
    env.poll_round(adapter)
    assert env.bot.id in env.communities["sport"].followers


def test_a_quiet_hour_checks_the_subscriptions_of_all_communities_together(env: ListingEnvironment) -> None:
    adapter = env.adapter()
    env.post("news")
    for _ in range(2):
        env.poll_round(adapter)
    before = len(env.server.requests)
    for _ in range(58):
        env.poll_round(adapter)
    assert len(env.server.requests) - before <= 58 + 2 * 3


def test_a_restart_checks_each_community_once_and_continues_at_the_cursor(env: ListingEnvironment) -> None:
    adapter = env.adapter()
    env.poll_round(adapter)
    env.poll_round(adapter)
    post = env.post("news")
    before = len(env.server.requests)
    assert env.poll_round(env.adapter()) == {"news": [post], "science": [], "sport": []}
    asked = [seen.path for seen in env.server.requests[before:]]
    assert sum(path.endswith("/community") for path in asked) == 3
    assert sum(path.endswith("/follow") for path in asked) == 0


def test_a_new_community_is_read_back_to_since(env: ListingEnvironment) -> None:
    first = env.adapter("news", "science")
    env.poll_round(first, "news", "science")
    old = [env.post("sport", ago=minutes) for minutes in range(600, 0, -5)]
    env.poll_round(first, "news", "science")
    assert env.poll_round(env.adapter())["sport"] == old


def test_without_permission_the_account_does_not_subscribe(env: ListingEnvironment) -> None:
    adapter = env.adapter(subscribe=False)
    posts = {name: [env.post(name)] for name in NAMES}
    assert env.poll_round(adapter) == posts
    assert not env.calls("/community/follow")
    assert not env.calls("/post/list", type_="subscribed")


def test_a_single_community_of_the_same_server_needs_no_subscription(env: ListingEnvironment) -> None:
    adapter = env.adapter("news")
    assert env.poll_round(adapter, "news") == {"news": []}
    assert not env.calls("/community/follow")


def test_a_single_community_of_another_server_is_subscribed_to(
    env: ListingEnvironment,
) -> None:
    env.communities["far"] = env.server.state.add_community("far", "other.example", accepts_followers=False)
    adapter = env.adapter("far")
    post = env.post("far")
    assert env.poll_round(adapter, "far") == {"far": [post]}
    assert env.communities["far"].followers == {env.bot.id: "Pending"}


def test_a_deleted_community_does_not_affect_the_others(env: ListingEnvironment) -> None:
    env.communities["sport"].name = "renamed"
    adapter = env.adapter()
    env.communities["sport"].name = "elsewhere"
    post = env.post("news")
    assert env.poll_round(adapter, "news", "science") == {"news": [post], "science": []}
    for _ in range(3):
        with pytest.raises(Unreachable, match="community sport"):
            env.poll(adapter, "sport")


def test_a_server_that_is_down_is_asked_once_per_round(env: ListingEnvironment) -> None:
    adapter = env.adapter()
    env.poll_round(adapter)
    env.poll_round(adapter)
    faults = FaultInjector(calls=("GET /post/list",), script=[Fault.FAIL] * 12)
    env.server.faults = faults
    for name in NAMES:
        with pytest.raises(Unreachable):
            env.poll(adapter, name)
    asked = len(faults.injected)
    faults.stop()
    post = env.post("sport")
    assert asked <= 3  # the attempts of one read call
    assert env.poll_round(adapter)["sport"] == [post]


def test_check_reports_subscriptions(env: ListingEnvironment) -> None:
    env.follow("news")
    env.communities["sport"].followers[env.bot.id] = "Pending"
    sources = tuple(Source("summaries", env.handle(name)) for name in NAMES)
    texts = {finding.subject: finding.text for finding in env.adapter().inspect(sources)}
    assert texts[env.handle("news")] == "found; subscribed"
    assert texts[env.handle("science")] == "found; not subscribed yet; Precis subscribes when it runs"
    assert texts[env.handle("sport")] == "found; waiting for the community's approval"


def test_a_community_that_missed_a_round_does_not_get_an_old_page(env: ListingEnvironment) -> None:
    env.follow(*NAMES)
    adapter = env.adapter()
    env.poll_round(adapter)
    env.poll_round(adapter, "science", "sport")  # news is not polled
    post = env.post("news")
    assert env.poll_round(adapter)["news"] == [post]
