"""The preview for visitors without a token: off by default, few fetches, and only from the page itself."""

from __future__ import annotations

import threading

import pytest
from msgspec.structs import replace

from bot.config.settings import InboxSettings
from bot.core.models import Dialect, Page
from bot.core.skip_reasons import SkipReason
from bot.i18n.translations import reason_sentence, translator
from bot.rules import CommunityRules
from bot.sandbox.news import NewsSite
from bot.sandbox.news.page_builder import build_page
from bot.web.context import PageContext
from bot.web.moderator_form.link_preview import MAX_PER_PERIOD, PERIOD, FetchLimits, LinkPreviews
from tests.web.conftest import served
from tests.web.moderator_form.conftest import with_form
from tests.web.moderator_form.test_page import NEWS, visit

LINK = "https://courier.example/harbour/bridge"


class Fetches:
    """Counts the links that are fetched; each is the same article."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def __call__(self, url: str) -> Page:
        self.urls.append(url)
        return Page(url, build_page("bridge", LINK), "text/html")


@pytest.fixture
def fetches() -> Fetches:
    return Fetches()


@pytest.fixture
def preview_context(context: PageContext, fetches: Fetches) -> PageContext:
    return with_form(replace(context, fetch=fetches), preview=True)


def ask(link: str = LINK, **more: str) -> dict[str, str]:
    return {"community": NEWS, "sent": "yes", "preview": "yes", "link": link, **more}


def test_it_is_off_by_default(context: PageContext, fetches: Fetches) -> None:
    with served(with_form(replace(context, fetch=fetches))) as client:
        page = visit(client, **ask())
    assert 'name="link"' not in page
    assert fetches.urls == []


def test_the_reply_has_the_chosen_settings(preview_context: PageContext, fetches: Fetches) -> None:
    with served(preview_context) as client:
        page = visit(client, **ask(sentences="1", layout="bullets"))
        plain = visit(client, **ask())
    assert fetches.urls == [LINK, LINK]
    reply = page[page.index('<div class="md" dir="auto">') :]
    assert reply.count("<li>", 0, reply.index("</article>")) == 1
    assert "<li>" not in plain[plain.index('<div class="md" dir="auto">') : plain.index("</article>")]
    assert "set !news@lemmy.example\nsentences: 1\nlayout: bullets" in page


def test_no_link_on_another_site_starts_a_fetch(preview_context: PageContext, fetches: Fetches) -> None:
    with served(preview_context) as client:
        for site in ("cross-site", "same-site"):
            answer = client.get("/moderators", params=ask(), headers={"sec-fetch-site": site})
            assert answer.status_code == 200
    assert fetches.urls == []


def test_nothing_is_fetched_for_a_form_with_mistakes(preview_context: PageContext, fetches: Fetches) -> None:
    with served(preview_context) as client:
        visit(client, **ask(sentences="99"))
        visit(client, **ask(link=""))
        visit(client, **ask(link="x" * 2_001))
        blocked = visit(client, **ask(block_domains="courier.example"))
    assert fetches.urls == []
    refusal = reason_sentence(SkipReason.DOMAIN_BLOCKED, translator("en"))
    assert translator("en")("no-preview", reason=refusal) in blocked


def test_a_visitor_has_as_many_previews_as_messages_of_a_person(
    preview_context: PageContext, fetches: Fetches
) -> None:
    config = preview_context.config.model_copy(update={"inbox": InboxSettings(per_person=2)})
    with served(replace(preview_context, config=config)) as client:
        pages = [visit(client, **ask()) for _ in range(3)]
    assert len(fetches.urls) == 2
    assert [translator("en")("form-preview-limit", limit=2) in page for page in pages] == [False, False, True]


def test_the_limits_are_for_a_network_and_for_all() -> None:
    now = 0.0
    limits = FetchLimits(3, lambda: now)
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8::4", "192.0.2.1"]
    assert [limits.admit(address) for address in addresses] == [True, True, True, False, True]
    others = sum(limits.admit(f"198.51.100.{number % 250}") for number in range(500))
    assert others == MAX_PER_PERIOD - 4
    now = PERIOD
    assert limits.admit("2001:db8::1")


def test_only_one_preview_is_made_at_a_time(preview_context: PageContext) -> None:
    started, ended = threading.Event(), threading.Event()

    def slow(url: str) -> Page:
        started.set()
        assert ended.wait(30)
        return Page(url, build_page("bridge", LINK), "text/html")

    previews = LinkPreviews(replace(preview_context, fetch=slow), lambda: 0.0)
    first = threading.Thread(target=previews.make, args=(LINK, CommunityRules(), Dialect.LEMMY, "192.0.2.1"))
    first.start()
    assert started.wait(30)
    busy = previews.make(LINK, CommunityRules(), Dialect.LEMMY, "192.0.2.2")
    ended.set()
    first.join(30)
    assert busy.is_busy
    assert previews.make(LINK, CommunityRules(), Dialect.LEMMY, "192.0.2.2").html


@pytest.mark.parametrize(
    "link", ["http://169.254.169.254/latest/", "http://[::1]/", "127.0.0.1:1", "file:///etc/passwd"]
)
def test_links_to_private_addresses_are_refused(context: PageContext, link: str) -> None:
    with served(with_form(context, preview=True)) as client:
        page = visit(client, **ask(link))
    assert "There would be no reply: " in page
    assert "root:" not in page


def test_a_real_article_and_a_page_that_is_none(context: PageContext, site: NewsSite) -> None:
    article = next(story for story in site.stories if story.expected is None)
    with served(with_form(context, preview=True)) as client:
        assert '<div class="md" dir="auto">' in visit(client, **ask(site.url + article.path))
        assert "There would be no reply: " in visit(client, **ask(f"{site.url}/nothing-here"))
