"""Several communities in one listing, on both versions of Lemmy and on PieFed, over real HTTP."""

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


class NoVault:
    def load(self, account: str) -> str | None:
        return None

    def save(self, account: str, token: str | None) -> None:
        pass


@dataclass
class Stage:
    """A server with three communities; `passes` polls each of them again and again."""

    server: LemmySandbox | PieFedSandbox
    clock: ManualClock
    author: Person
    bot: Person
    places: dict[str, Community]
    cursors: dict[str, str] = field(default_factory=dict)
    adapters: list[Lemmy | PieFed] = field(default_factory=list)
    _count: int = 0

    def adapter(self, *names: str, **changes: Any) -> Lemmy | PieFed:
        kind = PieFed if isinstance(self.server, PieFedSandbox) else Lemmy
        made = kind(
            **{
                "account": "summaries",
                "base_url": self.server.url,
                "username": "precis",
                "password": "right",
                "token_store": NoVault(),
                "user_agent": "precis-test/1",
                "clock": self.clock,
                "communities": tuple(map(self.handle, names or NAMES)),
                **changes,
            }
        )
        self.adapters.append(made)
        return made

    def handle(self, name: str) -> str:
        return f"{name}@{self.places[name].host}"

    def post(self, name: str, *, ago: float = 0) -> str:
        self._count += 1
        when = self.clock.now - timedelta(minutes=ago)
        link = f"https://paper.example/{self._count}"
        return str(self.server.state.add_post(self.places[name], self.author, "T", link, published=when).id)

    def poll(self, adapter: Lemmy | PieFed, name: str) -> PollResult:
        since = self.clock.now - timedelta(hours=24)
        source = Source("summaries", self.handle(name))
        batch = adapter.poll(source, self.cursors.get(name), since)
        self.cursors[name] = batch.cursor
        return batch

    def one_pass(self, adapter: Lemmy | PieFed, *names: str) -> dict[str, list[str]]:
        """What each community gave."""
        self.clock.advance(minutes=1)
        return {name: [post.id for post in self.poll(adapter, name).posts] for name in names or NAMES}

    def calls(self, ending: str, **query: str) -> list[Request]:
        found = [seen for seen in self.server.requests if seen.path.endswith(ending)]
        return [
            seen for seen in found if query.items() <= {k: v.lower() for k, v in seen.query.items()}.items()
        ]

    def follow(self, *names: str) -> None:
        for name in names:
            self.places[name].followers[self.bot.id] = "Subscribed"


@pytest.fixture(params=[OLD, NEW, PIEFED])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    clock = ManualClock()
    server: LemmySandbox | PieFedSandbox
    if request.param == PIEFED:
        server = PieFedSandbox(clock=clock, limits=None)
    else:
        server = LemmySandbox(version=request.param, clock=clock, limits=None)
    with server, stamina.set_testing(True):
        world = server.state
        author, bot = (
            world.add_person("alice"),
            world.add_person("precis", password="right", bot_account=True),
        )
        made = Stage(server, clock, author, bot, {name: world.add_community(name) for name in NAMES})
        yield made
        for adapter in made.adapters:
            adapter.close()


def test_it_subscribes_and_then_a_pass_costs_one_call(stage: Stage) -> None:
    wanted = {name: [stage.post(name, ago=5)] for name in NAMES}
    adapter = stage.adapter()
    assert stage.one_pass(adapter) == wanted
    assert all(stage.bot.id in place.followers for place in stage.places.values())
    stage.one_pass(adapter)
    before = len(stage.server.requests)
    for _ in range(10):
        new = {"news": [], "science": [stage.post("science")], "sport": []}
        assert stage.one_pass(adapter) == new
    assert len(stage.server.requests) - before == 10


def test_what_else_the_account_is_subscribed_to_is_left_out(stage: Stage) -> None:
    stage.follow(*NAMES)
    stage.post("sport")
    mine = stage.post("news")
    adapter = stage.adapter("news", "science")
    assert stage.one_pass(adapter, "news", "science") == {"news": [mine], "science": []}


def test_a_community_that_has_not_consented_is_read_by_itself_until_it_has(stage: Stage) -> None:
    stage.places["sport"].accepts_followers = False
    adapter = stage.adapter()
    posts = {name: [stage.post(name)] for name in NAMES}
    assert stage.one_pass(adapter) == posts
    stage.one_pass(adapter)
    before = len(stage.server.requests)
    posts = {name: [stage.post(name)] for name in NAMES}
    assert stage.one_pass(adapter) == posts
    assert len(stage.server.requests) - before == 2
    stage.follow("sport")
    waiting = stage.post("sport")
    stage.clock.advance(minutes=10)
    assert stage.one_pass(adapter)["sport"] == [waiting]
    stage.one_pass(adapter)
    before = len(stage.server.requests)
    stage.one_pass(adapter)
    assert len(stage.server.requests) - before == 1


def test_a_community_that_fell_out_misses_nothing_and_is_joined_again(stage: Stage) -> None:
    adapter = stage.adapter()
    stage.one_pass(adapter)
    stage.one_pass(adapter)
    stage.places["sport"].followers.clear()
    lost = [stage.post("sport")]
    for _ in range(5):
        stage.one_pass(adapter)
    lost.append(stage.post("sport"))
    stage.clock.advance(hours=1)
    assert stage.one_pass(adapter)["sport"] == lost
    assert stage.bot.id not in stage.places["sport"].followers
    lost = [stage.post("sport")]
    again = stage.one_pass(adapter)
    assert stage.bot.id in stage.places["sport"].followers
    assert lost[0] in again["sport"]


def test_a_restart_asks_once_for_each_community_and_goes_on_at_the_mark(stage: Stage) -> None:
    adapter = stage.adapter()
    stage.one_pass(adapter)
    stage.one_pass(adapter)
    post = stage.post("news")
    before = len(stage.server.requests)
    assert stage.one_pass(stage.adapter()) == {"news": [post], "science": [], "sport": []}
    asked = [seen.path for seen in stage.server.requests[before:]]
    assert sum(path.endswith("/community") for path in asked) == 3
    assert sum(path.endswith("/follow") for path in asked) == 0


def test_a_new_community_is_read_back_to_since(stage: Stage) -> None:
    first = stage.adapter("news", "science")
    stage.one_pass(first, "news", "science")
    old = [stage.post("sport", ago=minutes) for minutes in range(600, 0, -5)]
    stage.one_pass(first, "news", "science")
    assert stage.one_pass(stage.adapter())["sport"] == old


def test_without_leave_the_account_stays_as_it_is(stage: Stage) -> None:
    adapter = stage.adapter(subscribe=False)
    posts = {name: [stage.post(name)] for name in NAMES}
    assert stage.one_pass(adapter) == posts
    assert not stage.calls("/community/follow")
    assert not stage.calls("/post/list", type_="subscribed")


def test_one_community_of_the_own_server_needs_no_subscription(stage: Stage) -> None:
    adapter = stage.adapter("news")
    assert stage.one_pass(adapter, "news") == {"news": []}
    assert not stage.calls("/community/follow")


def test_one_community_of_another_server_is_subscribed_to_so_that_its_posts_arrive(stage: Stage) -> None:
    stage.places["far"] = stage.server.state.add_community("far", "other.example", accepts_followers=False)
    adapter = stage.adapter("far")
    post = stage.post("far")
    assert stage.one_pass(adapter, "far") == {"far": [post]}
    assert stage.places["far"].followers == {stage.bot.id: "Pending"}


def test_a_community_that_is_gone_holds_up_no_other(stage: Stage) -> None:
    stage.places["sport"].name = "renamed"
    adapter = stage.adapter()
    stage.places["sport"].name = "elsewhere"
    post = stage.post("news")
    assert stage.one_pass(adapter, "news", "science") == {"news": [post], "science": []}
    for _ in range(3):
        with pytest.raises(Unreachable, match="community sport"):
            stage.poll(adapter, "sport")


def test_a_server_that_is_down_is_asked_once_a_pass(stage: Stage) -> None:
    adapter = stage.adapter()
    stage.one_pass(adapter)
    stage.one_pass(adapter)
    faults = FaultInjector(calls=("GET /post/list",), script=[Fault.FAIL] * 12)
    stage.server.faults = faults
    for name in NAMES:
        with pytest.raises(Unreachable):
            stage.poll(adapter, name)
    asked = len(faults.injected)
    faults.stop()
    post = stage.post("sport")
    assert asked <= 3  # the tries of one reading call
    assert stage.one_pass(adapter)["sport"] == [post]


def test_check_says_what_will_be_done(stage: Stage) -> None:
    stage.follow("news")
    stage.places["sport"].followers[stage.bot.id] = "Pending"
    sources = tuple(Source("summaries", stage.handle(name)) for name in NAMES)
    said = {finding.subject: finding.text for finding in stage.adapter().inspect(sources)}
    assert said[stage.handle("news")] == "found; subscribed"
    assert said[stage.handle("science")] == "found; not subscribed yet; Precis subscribes when it runs"
    assert said[stage.handle("sport")] == "found; waiting for the community's approval"


def test_a_community_that_missed_a_pass_is_not_read_from_an_old_page(stage: Stage) -> None:
    stage.follow(*NAMES)
    adapter = stage.adapter()
    stage.one_pass(adapter)
    stage.one_pass(adapter, "science", "sport")  # news came to nothing
    post = stage.post("news")
    assert stage.one_pass(adapter)["news"] == [post]
