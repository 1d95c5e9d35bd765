"""The actions of the pages over HTTP: who may act, what is written, and what the page then says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx2
import pytest
from msgspec.structs import replace

from bot.core.models import PollResult, Skipped, Source
from bot.core.skip_reasons import SkipReason
from bot.store import (
    CommunitySettingsLog,
    MutedCommunities,
    MutedCommunity,
    OperatorActions,
    PostQueue,
    SettingsChangeKind,
    SettingsSource,
    State,
)
from bot.store.active_pauses import paused_accounts
from bot.store.post_lookup import all_posts
from bot.web.context import PageContext
from bot.web.sessions import COOKIE, FORM_FIELD, new_session
from tests.conftest import START, a_post
from tests.web.conftest import TOKEN, served, with_token
from tests.web.unusual_posts import add_unusual_posts

NEWS = "news@lemmy.example"
PAGE = f"/community?{urlencode({'name': NEWS})}"
FORM = f"/community/settings?{urlencode({'name': NEWS})}"


class Operator:
    """A browser that has logged in, and sends the forms of the pages it has opened."""

    def __init__(self, client: httpx2.Client, context: PageContext) -> None:
        self.client, self.database = client, context.database
        self.headers = {"cookie": f"{COOKIE}={new_session(TOKEN)}"}
        self.form_token = self.form_token_on("/")

    def form_token_on(self, page: str) -> str:
        found = re.search(rf'name="{FORM_FIELD}" value="(\w+)"', self.open(page))
        assert found is not None
        return found[1]

    def open(self, path: str) -> str:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    def send(self, path: str, **fields: object) -> httpx2.Response:
        form = {FORM_FIELD: self.form_token, **{name: str(value) for name, value in fields.items()}}
        return self.client.post(path, headers=self.headers, data=form)

    def act(self, name: str, **fields: object) -> str:
        """Send a form; return the page that it leads to."""
        answer = self.send(f"/actions/{name}", **fields)
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["location"])

    def actions(self) -> list[tuple[str, str, str]]:
        """What, where and from which address, oldest first."""
        latest = OperatorActions(self.database).latest(100)
        return [(each.action.value, each.community or each.account, each.address) for each in latest[::-1]]


@pytest.fixture
def operator(context: PageContext) -> Iterator[Operator]:
    queue = PostQueue(context.database)
    queue.discover(Source("main", NEWS), PollResult((a_post(1, account="main"),), "c"), START)
    secured = with_token(context)
    with served(secured) as client:
        yield Operator(client, secured)


def test_a_skipped_post_is_processed_again(operator: Operator) -> None:
    PostQueue(operator.database).skip(1, Skipped(SkipReason.WALL), START)
    page = operator.act("retry", row=1)
    assert "The post is processed again, as soon as the daemon runs." in page
    (post,) = all_posts(operator.database)
    assert (post.state, post.reason) == (State.DISCOVERED, None)
    assert operator.actions() == [("retry", NEWS, "127.0.0.1")]


def test_a_sent_reply_is_deleted_by_the_daemon_and_not_retried(operator: Operator) -> None:
    rows = add_unusual_posts(operator.database, START)
    page = operator.act("retry", row=rows[3])
    assert "It already has a reply, and no post gets a second one." in page
    page = operator.act("delete", row=rows[3])
    assert "The reply will be deleted now." in page
    assert "Delete the reply" not in page
    assert "its deletion is already due" in operator.act("delete", row=rows[3])
    assert [name for name, *_ in operator.actions()] == ["delete"]


def test_a_community_is_paused_and_resumed(operator: Operator) -> None:
    page = operator.act("pause", community=NEWS)
    assert "Precis is paused here." in page
    assert '<span class="tag discovered">paused</span>' in page
    assert "by <bdi>the operator (127.0.0.1)</bdi>" in page
    assert "was paused here already" in operator.act("pause", community=NEWS)
    (change,) = CommunitySettingsLog(operator.database).history(NEWS)
    assert (change.kind, change.source, change.author) == (
        SettingsChangeKind.PAUSE,
        SettingsSource.WEB_PAGE,
        None,
    )
    assert "replies here again" in operator.act("resume", community=NEWS)
    assert [name for name, *_ in operator.actions()] == ["pause", "resume"]


def test_an_account_is_paused_and_resumed(operator: Operator) -> None:
    page = operator.act("pause-account", account="second")
    assert "The account is paused." in page
    assert "Resume second" in page
    assert list(paused_accounts(operator.database)) == ["second"]
    operator.act("resume-account", account="second")
    assert paused_accounts(operator.database) == {}
    assert operator.actions()[-1] == ("resume account", "second", "127.0.0.1")


def test_a_community_is_muted_and_unmuted(operator: Operator) -> None:
    page = operator.act("mute", community=NEWS, account="main")
    assert "The operator muted it (web page)." in page
    assert "Mute main" not in page
    assert "No problems" in operator.open("/")  # because it is on purpose
    assert "Replies are on again here." in operator.act("unmute", community=NEWS)
    assert MutedCommunities(operator.database).list_all() == ()


def test_a_ban_in_a_community_that_is_not_watched_is_ended(operator: Operator) -> None:
    MutedCommunities(operator.database).add(MutedCommunity("main", "old@lemmy.example", "Banned.", START))
    assert "Turn replies on again" in operator.open("/community?name=old@lemmy.example")
    assert "Replies are on again here." in operator.act("unmute", community="old@lemmy.example")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("retry", {"row": 99}),
        ("delete", {"row": "x"}),
        ("retry", {}),
        ("pause", {"community": "nothing@lemmy.example"}),
        ("mute", {"community": NEWS, "account": "second"}),
        ("mute", {"community": NEWS}),
        ("pause-account", {"account": "nobody"}),
        ("explode", {"community": NEWS}),
    ],
)
def test_unknown_subjects_and_actions_are_not_found(
    operator: Operator, name: str, fields: dict[str, object]
) -> None:
    assert operator.send(f"/actions/{name}", **fields).status_code == 404
    assert operator.actions() == []


def test_only_forms_of_the_session_change_something(operator: Operator) -> None:
    other_session = {"cookie": f"{COOKIE}={new_session(TOKEN)}"}
    form = {"community": NEWS, FORM_FIELD: operator.form_token}
    without = {"community": NEWS}
    refused = (
        (operator.headers, without, 403),
        (operator.headers, {**without, FORM_FIELD: ""}, 403),
        (operator.headers, {**without, FORM_FIELD: "é"}, 403),
        (operator.headers, {**without, FORM_FIELD: operator.form_token[:-1]}, 403),
        (other_session, form, 403),
        ({**operator.headers, "origin": "https://evil.example"}, form, 403),
        ({**operator.headers, "sec-fetch-site": "same-site"}, form, 403),
        ({}, form, 401),
        ({"authorization": "Bearer wrong"}, form, 401),
    )
    for path in ("/actions/pause", "/community/settings"):
        for headers, data, status in refused:
            sent = {**data, "name": NEWS, "layout": "bullets"}
            assert operator.client.post(path, headers=headers, data=sent).status_code == status
    assert operator.client.get("/actions/pause", headers=operator.headers).status_code == 405
    assert operator.actions() == []
    assert CommunitySettingsLog(operator.database).history(NEWS) == ()


def test_a_script_acts_with_the_token_in_a_header(operator: Operator) -> None:
    bearer = {"authorization": f"Bearer {TOKEN}"}
    answer = operator.client.post("/actions/pause", headers=bearer, data={"community": NEWS})
    assert answer.status_code == 303
    assert operator.actions() == [("pause", NEWS, "127.0.0.1")]


def test_without_a_token_nothing_can_be_changed(context: PageContext) -> None:
    PostQueue(context.database).discover(Source("main", NEWS), PollResult((a_post(1),), "c"), START)
    with served(context) as client:
        for path in ("/", "/posts/1", PAGE, FORM):
            html = client.get(path).text
            assert 'method="post"' not in html
            assert "Actions need a token." in html
        for path in ("/actions/pause", "/community/settings"):
            answer = client.post(path, data={"community": NEWS, "name": NEWS, "reset": "yes", FORM_FIELD: ""})
            assert answer.status_code == 403
            assert "Actions need a token." in answer.text
    assert CommunitySettingsLog(context.database).history(NEWS) == ()


def test_settings_are_saved_like_those_of_a_message(operator: Operator) -> None:
    log = CommunitySettingsLog(operator.database)
    answer = operator.send("/community/settings", name=NEWS, layout="bullets", block_domains="a.example")
    assert answer.headers["location"] == f"{PAGE}&done=settings"
    answer = operator.send("/community/settings", name=NEWS, layout="bullets", sentences="3")
    page = operator.open(answer.headers["location"])
    assert "The settings are saved." in page
    saved = log.latest_settings(NEWS)
    assert saved is not None
    assert saved.settings == {"layout": "bullets", "block_domains": ["a.example"], "sentences": 3}
    assert (saved.text, saved.source, saved.author) == ("sentences: 3", SettingsSource.WEB_PAGE, None)
    assert '<span class="tag">the moderators</span>' in page
    operator.send("/community/settings", name=NEWS, reset="yes")
    saved = log.latest_settings(NEWS)
    assert saved is not None
    assert (saved.text, saved.settings) == ("reset all", {})
    assert operator.actions() == [("settings", NEWS, "127.0.0.1")] * 3


def test_invalid_settings_are_not_saved(operator: Operator) -> None:
    answer = operator.send("/community/settings", name=NEWS, sentences="99", layout="bullets")
    assert answer.status_code == 422
    assert "Nothing was saved. Correct these settings:" in answer.text
    assert 'id="e-sentences"' in answer.text
    assert 'value="99"' in answer.text
    unchanged = operator.send("/community/settings", name=NEWS, layout="paragraphs")
    assert "Nothing was changed." in unchanged.text
    assert operator.send("/community/settings", name="nothing@lemmy.example").status_code == 404
    assert operator.actions() == []


def test_the_form_is_closed_where_settings_of_moderators_do_not_apply(context: PageContext) -> None:
    moderators = context.config.moderators.model_copy(update={"mode": "closed"})
    config = context.config.model_copy(update={"moderators": moderators})
    closed = with_token(replace(context, config=config))
    with served(closed) as client:
        bearer = {"authorization": f"Bearer {TOKEN}"}
        data = {"name": NEWS, "layout": "bullets"}
        answer = client.post("/community/settings", headers=bearer, data=data)
        assert "The settings of moderators do not apply in this community" in answer.text
    assert CommunitySettingsLog(context.database).history(NEWS) == ()


def test_why_finds_posts_by_the_address_of_a_post_a_reply_or_an_article(operator: Operator) -> None:
    (post,) = all_posts(operator.database)
    assert post.url is not None
    for link in (post.permalink, f" {post.permalink}/", post.post_id, f"{post.url}?utm_source=x"):
        page = operator.open(f"/why?{urlencode({'link': link})}")
        assert f'href="/posts/{post.row}"' in page, link
    unknown = operator.open("/why?link=https://paper.example/unknown")
    assert "Precis does not know this address." in unknown
    assert "/preview?url=https%3A//paper.example/unknown" in unknown
    assert "/preview?url=" not in operator.open("/why?link=javascript:alert(1)")
    assert "Enter the address" in operator.open("/why")


def test_a_note_is_one_of_ours(operator: Operator) -> None:
    assert 'id="done"' not in operator.open("/?done=<script>alert(1)</script>")
    assert "The account is paused." in operator.open("/?done=pause-account")


def test_the_icon_is_public(operator: Operator) -> None:
    answer = operator.client.get("/favicon.ico")
    assert (answer.status_code, answer.content[:4]) == (200, b"\0\0\1\0")
    assert answer.headers["content-type"] == "image/vnd.microsoft.icon"


def test_the_filter_uses_the_words_of_the_list(operator: Operator) -> None:
    page = operator.open("/posts")
    for words in ("waiting", "replied", "failed"):
        assert f">{words}</option>" in page
    assert ">The article is behind a paywall.</option>" in page
    assert f'<a href="{all_posts(operator.database)[0].permalink}" rel="noreferrer">post</a>' in page
