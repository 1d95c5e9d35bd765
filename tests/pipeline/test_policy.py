"""One case for each reason of `bot.pipeline.policy`, and its limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.core.models import Article, Dialect, Digest, Post, Skipped, Summary
from bot.core.skip_reasons import SkipReason
from bot.pipeline.compose import write_reply
from bot.pipeline.policy import (
    after_digest,
    before_fetch,
    check_article,
    check_placement,
    check_request,
)
from bot.pipeline.site_matching import domain
from bot.rules import CommunityRules

NOW = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
RULES = CommunityRules()
POST = Post(
    account="lemmy",
    id="7",
    community="news@lemmy.example",
    title="Bridge to reopen",
    url="https://www.courier.example/bridge",
    permalink="https://lemmy.example/post/7",
    author="ann@lemmy.example",
    published=NOW - timedelta(hours=1),
)


def decide(
    rules: CommunityRules = RULES, *, replies: int = 0, now: datetime = NOW, **post: Any
) -> SkipReason | None:
    skip = before_fetch(replace(POST, **post), rules, now, replies)
    return skip.reason if skip else None


def test_an_ordinary_post_is_accepted() -> None:
    assert decide() is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"url": None}, SkipReason.NO_LINK),
        ({"url": "  "}, SkipReason.NO_LINK),
        ({"url": "ftp://courier.example/a"}, SkipReason.NOT_WEB),
        ({"url": "magnet:?xt=urn:btih:1"}, SkipReason.NOT_WEB),
        ({"url": "javascript:alert(1)"}, SkipReason.NOT_WEB),
        ({"url": "/relative/path"}, SkipReason.NOT_WEB),
        ({"url": "https:///no-host"}, SkipReason.NOT_WEB),
        ({"url": "http://[::1"}, SkipReason.NOT_WEB),
        ({"url": "HTTP://."}, SkipReason.NOT_WEB),
        ({"url": "http://courier.example:port/"}, SkipReason.NOT_WEB),
        ({"url": "https://cdn.example/a.JPG?width=9"}, SkipReason.MEDIA_LINK),
        ({"url": "https://cdn.example/clip.webm#t=3"}, SkipReason.MEDIA_LINK),
        ({"url": "https://i.imgur.com/abc"}, SkipReason.MEDIA_LINK),
        ({"url": "https://v.redd.it/abc"}, SkipReason.MEDIA_LINK),
        ({"url": "https://m.youtube.com/watch?v=1"}, SkipReason.MEDIA_LINK),
        ({"url": "https://youtu.be/1"}, SkipReason.MEDIA_LINK),
        ({"published": NOW - timedelta(hours=24, seconds=1)}, SkipReason.TOO_OLD),
        ({"published": NOW + timedelta(minutes=6)}, SkipReason.FUTURE),
        ({"pinned": True}, SkipReason.PINNED),
        ({"nsfw": True}, SkipReason.NSFW),
        ({"quarantined": True}, SkipReason.QUARANTINED),
        ({"locked": True}, SkipReason.LOCKED),
        ({"gone": True}, SkipReason.GONE),
        ({"bot_author": True}, SkipReason.BOT_AUTHOR),
        ({"own": True}, SkipReason.OWN_POST),
        ({"banned": True}, SkipReason.BANNED),
    ],
)
def test_a_post_is_skipped(change: dict[str, Any], reason: SkipReason) -> None:
    assert decide(**change) is reason


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (CommunityRules(enabled=False), SkipReason.COMMUNITY_OFF),
        (CommunityRules(block_domains=("courier.example",)), SkipReason.DOMAIN_BLOCKED),
        (CommunityRules(allow_domains=("other.example",)), SkipReason.DOMAIN_NOT_ALLOWED),
    ],
)
def test_the_rules_of_a_community_skip(rules: CommunityRules, reason: SkipReason) -> None:
    assert decide(rules) is reason


def test_the_daily_cap_applies_at_its_number() -> None:
    rules = CommunityRules(max_per_day=3)
    assert decide(rules, replies=2) is None
    assert decide(rules, replies=3) is SkipReason.DAILY_CAP


def test_the_limits_of_the_time_window_are_inclusive() -> None:
    assert decide(published=NOW - timedelta(hours=24)) is None
    assert decide(published=NOW + timedelta(minutes=5)) is None
    assert decide(CommunityRules(max_age_hours=48), published=NOW - timedelta(hours=25)) is None


def test_nsfw_posts_are_accepted_if_the_rules_allow_them() -> None:
    assert decide(CommunityRules(nsfw=True), nsfw=True) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://lemmy.example/post/9",
        "https://LEMMY.example/c/news",
        "https://www.reddit.com/r/news/comments/1/a/",
        "https://old.reddit.com/r/news",
        "https://redd.it/1abc",
    ],
)
def test_links_to_discussions_are_skipped(url: str) -> None:
    assert decide(url=url) is SkipReason.NO_LINK


def test_links_to_the_server_of_the_community_are_skipped() -> None:
    assert decide(url="https://other.example/post/1", community="news@other.example") is SkipReason.NO_LINK


def test_two_servers_on_one_host_differ_by_their_ports() -> None:
    home = "http://127.0.0.1:8536/post/7"
    assert decide(permalink=home, url="http://127.0.0.1:9000/a") is None
    assert decide(permalink=home, url="http://127.0.0.1:8536/post/8") is SkipReason.NO_LINK


@pytest.mark.parametrize(
    ("site", "url", "same"),
    [
        ("courier.example", "https://courier.example/a", True),
        ("courier.example", "https://www.courier.example/a", True),
        ("courier.example", "https://sport.courier.example:8443/a", True),
        ("courier.example", "https://COURIER.example./a", True),
        ("courier.example", "https://user:pw@courier.example/a", True),
        ("courier.example", "https://notcourier.example/a", False),
        ("courier.example", "https://courier.example.evil.test/a", False),
        ("sport.courier.example", "https://courier.example/a", False),
        ("köln.example", "https://xn--kln-sna.example/a", True),
        ("xn--kln-sna.example", "https://KÖLN.example/a", True),
        ("köln.example", "https://www.köln.example/a", True),
        ("köln.example", "https://koln.example/a", False),
    ],
)
def test_sites_match_with_their_subdomains_in_every_spelling(site: str, url: str, same: bool) -> None:
    blocked = decide(CommunityRules(block_domains=(site,)), url=url) is SkipReason.DOMAIN_BLOCKED
    allowed = decide(CommunityRules(allow_domains=(site,)), url=url) is None
    assert (blocked, allowed) == (same, same)


def test_a_blocked_site_is_skipped_even_if_it_is_allowed() -> None:
    rules = CommunityRules(allow_domains=("example",), block_domains=("courier.example",))
    assert decide(rules) is SkipReason.DOMAIN_BLOCKED


def test_the_reason_that_applies_longest_is_returned() -> None:
    assert decide(own=True, published=NOW - timedelta(days=9)) is SkipReason.OWN_POST
    assert decide(CommunityRules(max_per_day=1), replies=1, url=None) is SkipReason.NO_LINK


def test_a_detail_names_the_compared_value() -> None:
    skip = before_fetch(POST, CommunityRules(block_domains=("courier.example",)), NOW, 0)
    assert skip == Skipped(SkipReason.DOMAIN_BLOCKED, "courier.example")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Courier.example/a", "courier.example"),
        ("http://courier.example.:80", "courier.example"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("http://127.0.0.1:9000/a", "127.0.0.1"),
        ("http://[2001:db8::1]/", "2001:db8::1"),
        ("https://a_b.example/", "a_b.example"),
        ("mailto:ann@courier.example", ""),
        ("http://[::1", ""),
        ("not a link", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_domain(url: str | None, host: str) -> None:
    assert domain(url) == host


URLS = st.one_of(
    st.text(max_size=40),
    st.lists(
        st.sampled_from([*"htp:/[]@.?#% -_1ö", "https://", "http://[", "xn--", "::1", ":99999", "\x00"])
    ).map("".join),
)


@given(URLS)
def test_any_url_gets_a_decision(url: str) -> None:
    host = domain(url)
    assert host == host.lower()
    if decide(url=url) is None:
        assert host


def digest(words: int, summary_words: int, sentences: tuple[str, ...] = ("One.",)) -> Digest:
    return Digest(Article("T", "x", "en", 1.0, words), Summary(sentences, words, summary_words, "lexrank"))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (digest(120, 48), None),
        (digest(119, 20), SkipReason.TOO_SHORT),
        (digest(300, 0, ()), SkipReason.NO_SENTENCES),
        (digest(300, 123), SkipReason.SAVES_TOO_LITTLE),
        (digest(300, 300), SkipReason.SAVES_TOO_LITTLE),
        (digest(0, 0), SkipReason.TOO_SHORT),
    ],
)
def test_a_digest_is_checked(made: Digest, reason: SkipReason | None) -> None:
    skip = after_digest(made, RULES)
    assert (skip.reason if skip else None) is reason


def test_a_skip_names_the_values_of_the_settings() -> None:
    skip = after_digest(digest(300, 150), CommunityRules(min_saved=70))
    assert skip == Skipped(SkipReason.SAVES_TOO_LITTLE, "50% saved; the settings require 70%")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"gone": True}, SkipReason.GONE),
        ({"nsfw": True}, SkipReason.NSFW),
        ({"url": None}, SkipReason.NO_LINK),
        ({"url": "https://courier.example/photo.jpg"}, SkipReason.MEDIA_LINK),
        ({"published": NOW - timedelta(days=300)}, None),
        ({"pinned": True}, None),
        ({"bot_author": True}, None),
        ({"locked": True}, None),
        ({"banned": True}, None),
    ],
)
def test_a_request_is_checked_by_its_link(change: dict[str, Any], reason: SkipReason | None) -> None:
    skip = check_request(replace(POST, **change), CommunityRules())
    assert (skip.reason if skip else None) is reason


@pytest.mark.parametrize(
    ("change", "rules", "replies", "reason"),
    [
        ({}, CommunityRules(), 0, None),
        ({"locked": True}, CommunityRules(), 0, SkipReason.LOCKED),
        ({"banned": True}, CommunityRules(), 0, SkipReason.BANNED),
        ({"quarantined": True}, CommunityRules(), 0, SkipReason.QUARANTINED),
        ({}, CommunityRules(enabled=False), 0, SkipReason.COMMUNITY_OFF),
        ({}, CommunityRules(max_per_day=5), 5, SkipReason.DAILY_CAP),
        ({"pinned": True, "published": NOW - timedelta(days=300)}, CommunityRules(), 0, None),
    ],
)
def test_the_placement_of_a_request_is_checked_by_its_community(
    change: dict[str, Any], rules: CommunityRules, replies: int, reason: SkipReason | None
) -> None:
    skip = check_placement(replace(POST, **change), rules, replies)
    assert (skip.reason if skip else None) is reason


@pytest.mark.parametrize(
    ("wanted", "language", "included"),
    [
        ("no", "nb", True),
        ("no", "nn", True),
        ("nb", "no", True),
        ("nb", "nn", False),
        ("nn", "no", False),
        ("de", "de", True),
        ("de", "nl", False),
        ("de", None, False),
    ],
)
def test_norwegian_includes_both_written_forms(wanted: str, language: str | None, included: bool) -> None:
    rules = CommunityRules(languages=(wanted,))
    assert (check_article(500, language, rules) is None) == included


@pytest.mark.parametrize(
    ("link", "final", "canonical", "blocked"),
    [
        ("https://sho.rt.example/x", "https://www.tabloid.example/story", None, True),
        ("https://archive.ph/Ab", "https://archive.ph/Ab", "https://archive.ph/http://tabloid.example", True),
        ("https://paper.example/a", "https://paper.example/a", "https://tabloid.example/a", False),
        ("https://paper.example/a", "https://paper.example/a", None, False),
    ],
)  # fmt: skip
def test_a_short_link_to_a_blocked_site_gets_no_reply(
    link: str, final: str, canonical: str | None, blocked: bool
) -> None:
    rules = CommunityRules(block_domains=("tabloid.example",))
    assert decide(rules, url=link) is None
    article = Article("Boats", "Text.", "en", 0.9, word_count=900, url=final, canonical_url=canonical)
    summary = Summary(("The mayor counted 45 boats.",), article_words=900, summary_words=90, method="precis")
    reply = write_reply(Digest(article, summary), final, rules, Dialect.LEMMY, "https://precis.example")
    assert (isinstance(reply, Skipped) and reply.reason is SkipReason.DOMAIN_BLOCKED) is blocked


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://archive.ph/2026/https://www.courier.example/a", True),
        ("https://copies.example/https://www.courier.example/a", False),
    ],
)
def test_a_known_archive_shows_an_allowed_site(url: str, allowed: bool) -> None:
    assert (decide(CommunityRules(allow_domains=("courier.example",)), url=url) is None) is allowed
