"""Moderators and readers on every platform: real servers of the sandbox, real adapters, a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.core.errors import Refused, Unreachable
from bot.core.skip_reasons import SkipReason
from bot.sandbox import reddit
from bot.sandbox.piefed import PieFedSandbox
from tests.inbox.commands.simulation import (
    CommandDaemon,
    CrashTrigger,
    add_fresh_post,
    add_person,
    bot_mention,
    comment_below_reply,
    community_name,
    messages_between,
    run_with_restarts,
    second_bot,
    send_private_message,
    visible_comments,
)
from tests.inbox.servers import LemmyServer, PlatformServer, RedditServer


@pytest.fixture
def daemon(server: PlatformServer) -> Iterator[CommandDaemon]:
    daemon = CommandDaemon(server)
    yield daemon
    daemon.close()


@pytest.fixture
def mona(server: PlatformServer) -> Any:
    return add_person(server, "mona", moderator=True)


def test_a_changed_setting_applies_to_the_next_reply(
    server: PlatformServer,
    daemon: CommandDaemon,
    mona: Any,
) -> None:
    send_private_message(
        server, mona, f"settings {community_name(server)}\nreading_time: true\nlayout: bullets"
    )
    daemon.run_all_jobs()
    (answer,) = server.bot_messages()
    assert "`layout: paragraphs` → `bullets`" in answer
    add_fresh_post(server)
    daemon.run_all_jobs(1)
    (reply,) = visible_comments(server)
    assert reply.startswith("- The mayor counted 45 boats")
    assert "The article takes about 4 minutes to read." in reply


def test_a_mistake_is_answered_with_its_line_and_the_old_settings_stay(
    server: PlatformServer,
    daemon: CommandDaemon,
    mona: Any,
) -> None:
    send_private_message(server, mona, f"settings {community_name(server)}\nlayout: bullets")
    daemon.run_all_jobs()
    send_private_message(server, mona, f"settings {community_name(server)}\nlayuot: paragraphs")
    daemon.run_all_jobs(1)
    assert "Line 2: “layuot” is not a setting. Did you mean `layout`?" in server.bot_messages()[-1]
    add_fresh_post(server)
    daemon.run_all_jobs(1)
    assert visible_comments(server)[0].startswith("- ")


def test_strangers_and_former_moderators_are_refused(
    server: PlatformServer,
    daemon: CommandDaemon,
    mona: Any,
) -> None:
    assert isinstance(server, LemmyServer | RedditServer)
    server.news.moderators.remove(mona)
    for words in (f"settings {community_name(server)}\nlayout: bullets", f"pause {community_name(server)}"):
        for author in (mona, server.alice):
            send_private_message(server, author, words)
        daemon.run_all_jobs(10)
    assert len(server.bot_messages()) == 4
    assert all("you are not one of them" in answer for answer in server.bot_messages())
    add_fresh_post(server)
    daemon.run_all_jobs(1)
    assert not visible_comments(server)[0].startswith("- ")


def test_a_person_who_opted_out_gets_no_replies_until_they_opt_in(
    server: PlatformServer,
    daemon: CommandDaemon,
) -> None:
    bob = add_person(server, "bob")
    send_private_message(server, bob, "opt out")
    daemon.run_all_jobs()
    add_fresh_post(server, bob)
    daemon.run_all_jobs(1)
    assert visible_comments(server) == []
    send_private_message(server, bob, "opt in")
    daemon.run_all_jobs(1)
    add_fresh_post(server, bob, "https://paper.example/harbour")
    daemon.run_all_jobs(1)
    assert len(visible_comments(server)) == 1


def test_votes_are_counted_and_never_answered(
    server: PlatformServer,
    daemon: CommandDaemon,
) -> None:
    add_fresh_post(server)
    daemon.run_all_jobs()
    for number, text in enumerate(["good bot", "Bad bot!", "good bot"]):
        comment_below_reply(server, add_person(server, f"reader{number}"), text)
    daemon.run_all_jobs(1)
    daemon.run_all_jobs(1)
    (place,) = daemon.inbox_services.feedback.by_community()
    assert (place.subject, place.good, place.bad) == (server.community, 2, 1)
    assert len(server.bot_comments()) == 1
    assert server.bot_messages() == []


def test_a_reply_whose_score_falls_is_deleted(server: PlatformServer, daemon: CommandDaemon) -> None:
    assert isinstance(server, LemmyServer | RedditServer)
    add_fresh_post(server)
    daemon.run_all_jobs()
    (comment,) = server.sandbox.state.all_comments()
    daemon.run_all_jobs(61)
    assert len(visible_comments(server)) == 1
    if isinstance(server, RedditServer):
        comment.score = -6
    else:
        comment.votes_of_others = -7
    daemon.run_all_jobs(6 * 60)
    daemon.run_all_jobs(1)
    assert visible_comments(server) == []


def delete_by_poster(server: PlatformServer) -> None:
    assert isinstance(server, LemmyServer | RedditServer)
    comment_below_reply(server, server.alice, "delete")


def delete_by_moderator(server: PlatformServer) -> None:
    comment_below_reply(server, add_person(server, "mona", moderator=True), "Bitte löschen")


def add_old_post(server: PlatformServer) -> Any:
    """A post that is too old to be found again in a new database."""
    return server.add_post("https://paper.example/boats")


@pytest.mark.parametrize("ask", [delete_by_poster, delete_by_moderator])
@pytest.mark.parametrize("add_post", [add_fresh_post, add_old_post])
def test_a_reply_that_a_new_database_does_not_know_is_deleted(
    server: PlatformServer, daemon: CommandDaemon, ask: Any, add_post: Any
) -> None:
    """The command is handled before the outbox finds the reply."""
    server.add_bot_comment(add_post(server), "A summary from before the database was lost")
    ask(server)
    for minutes in (0, 1, 10):
        daemon.run_all_jobs(minutes)
    assert visible_comments(server) == []
    assert len(server.bot_comments()) == 1
    assert server.bot_messages() == []


def test_a_stranger_cannot_delete_a_reply_that_a_new_database_does_not_know(
    server: PlatformServer, daemon: CommandDaemon
) -> None:
    server.add_bot_comment(add_old_post(server), "A summary from before the database was lost")
    comment_below_reply(server, add_person(server, "stranger"), "delete")
    daemon.run_all_jobs()
    assert len(visible_comments(server)) == 1


@pytest.mark.parametrize("ask", [delete_by_poster, delete_by_moderator])
def test_a_deleted_reply_is_not_posted_again(server: PlatformServer, daemon: CommandDaemon, ask: Any) -> None:
    add_fresh_post(server)
    daemon.run_all_jobs()
    ask(server)
    daemon.run_all_jobs(1)
    assert visible_comments(server) == []
    for _ in range(3):
        daemon.run_all_jobs(10)
    assert len(server.bot_comments()) == 1
    assert server.bot_messages() == []


@pytest.mark.parametrize("sees_nsfw", [False, True])
def test_a_moderator_is_told_that_the_account_does_not_see_nsfw_posts(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, sees_nsfw: bool
) -> None:
    if isinstance(server, LemmyServer):
        server.bot.show_nsfw = sees_nsfw
    community = community_name(server)
    for text in (
        f"settings {community}\nnsfw: true",
        f"show {community}",
        f"settings {community}\nnsfw: false",
    ):
        send_private_message(server, mona, text)
        daemon.run_all_jobs(1)
    hidden = isinstance(server, LemmyServer) and not sees_nsfw
    warned = ["`nsfw: true` has no effect" in answer for answer in server.bot_messages()]
    assert warned == [hidden, hidden, False]


@pytest.mark.parametrize("command", ["settings !far\nwords: 90", "pause !far"])
def test_a_moderator_of_another_server_may_leave_out_the_host(
    server: PlatformServer, daemon: CommandDaemon, command: str
) -> None:
    if not isinstance(server, LemmyServer):
        pytest.skip("Reddit is one server")
    state = server.sandbox.state
    mona = state.add_person("mona", host="far.example")
    state.add_community("far", host="far.example").moderators.append(mona)
    send_private_message(server, mona, command)
    daemon.run_all_jobs()
    daemon.run_all_jobs(1)
    (answer,) = server.bot_messages()
    assert "!far@far.example" in answer
    assert "Only moderators" not in answer
    state.add_community("far")
    send_private_message(server, mona, command)
    daemon.run_all_jobs(1)
    assert "Only moderators" not in server.bot_messages()[-1]


@pytest.mark.parametrize("host", ["", "@nowhere.example"])
def test_a_command_for_an_unknown_community_is_answered_with_the_right_form(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, host: str
) -> None:
    name = "r/nowhere" if isinstance(server, RedditServer) else f"!nowhere{host}"
    send_private_message(server, mona, f"settings {name}\nwords: 90")
    daemon.run_all_jobs()
    daemon.run_all_jobs(1)
    (answer,) = server.bot_messages()
    assert f"I do not know the community {name}" in answer
    assert "for example: `settings " in answer


@pytest.mark.parametrize("message", ["Request error: connection reset", "couldnt_find_object"])
def test_a_command_for_a_community_that_cannot_be_looked_up_is_answered_within_minutes(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, message: str
) -> None:
    """Its server may be down for a moment, so a few attempts come first."""
    if not isinstance(server, LemmyServer) or isinstance(server.sandbox, PieFedSandbox):
        pytest.skip("PieFed's answer is the same as for an unknown community; Reddit is one server")
    server.sandbox.state.unreachable_hosts["far.example"] = message
    send_private_message(server, mona, "settings !harbour@far.example\nwords: 90")
    daemon.run_all_jobs()
    for _ in range(2):
        assert server.bot_messages() == []
        daemon.run_all_jobs(1.1)
    daemon.run_all_jobs(2.5)
    (answer,) = server.bot_messages()
    assert "could not look up the community !harbour@far.example" in answer
    assert f"for example: `settings !news@{server.sandbox.state.host}`" in answer


def test_a_lookup_that_fails_once_is_repeated(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    if not isinstance(server, LemmyServer):
        pytest.skip("Reddit is one server")
    state = server.sandbox.state
    state.unreachable_hosts["far.example"] = "Request error: connection reset"
    send_private_message(server, mona, "pause !harbour@far.example")
    daemon.run_all_jobs()
    state.add_community("harbour", host="far.example").moderators.append(mona)
    daemon.run_all_jobs(1)
    (answer,) = server.bot_messages()
    assert "Done: no more replies in !harbour@far.example" in answer


def test_a_moderator_of_the_bots_server_needs_no_other_server(
    server: PlatformServer, daemon: CommandDaemon
) -> None:
    """The author's own server is asked only if the community is not one of the bot's server."""
    if not isinstance(server, LemmyServer) or isinstance(server.sandbox, PieFedSandbox):
        pytest.skip("Reddit is one server; the sandbox's PieFed has another name than its address")
    state = server.sandbox.state
    state.unreachable_hosts["far.example"] = "Request error: connection reset"
    mona = state.add_person("mona", host="far.example")
    server.news.moderators.append(mona)
    send_private_message(server, mona, "pause !news")
    daemon.run_all_jobs()
    (answer,) = server.bot_messages()
    assert f"Done: no more replies in !{server.community}" in answer


def test_a_command_that_fails_for_hours_is_answered(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(community: str) -> NoReturn:
        raise Unreachable("500")

    monkeypatch.setattr(daemon.messaging, "moderators", fails)
    send_private_message(server, mona, f"pause {community_name(server)}")
    for _ in range(14):
        daemon.run_all_jobs(61)
    (answer,) = server.bot_messages()
    assert "I could not carry out your command `pause`" in answer


def test_a_command_that_the_server_refuses_is_answered_at_once(
    server: PlatformServer, daemon: CommandDaemon, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(community: str) -> NoReturn:
        raise Refused(SkipReason.REFUSED, "this account is too new")

    monkeypatch.setattr(daemon.messaging, "moderators", refuses)
    send_private_message(server, mona, f"pause {community_name(server)}")
    daemon.run_all_jobs()
    (answer,) = server.bot_messages()
    assert "I could not carry out your command `pause`: the server refused it." in answer


def test_an_outage_is_no_proof_that_a_community_is_unknown(
    server: PlatformServer, daemon: CommandDaemon, mona: Any
) -> None:
    """A server whose database is down does not find any community."""
    if not isinstance(server, LemmyServer):
        pytest.skip("Reddit's sandbox has no outage of a database")
    daemon.run_all_jobs()
    send_private_message(server, mona, f"pause {community_name(server)}")
    daemon.inbox._fetch_messages()
    server.sandbox.outage.begin(timedelta(seconds=20))
    daemon.inbox._handle_next()
    for _ in range(3):
        daemon.run_all_jobs(2)
    (answer,) = server.bot_messages()
    assert "Done: no more replies in" in answer


def test_a_private_answer_names_the_message_that_it_answers(
    server: PlatformServer, daemon: CommandDaemon
) -> None:
    """Reddit shows private messages in threads."""
    add_fresh_post(server)
    daemon.run_all_jobs()
    stranger = add_person(server, "stranger")
    comment_below_reply(server, stranger, "delete")
    daemon.run_all_jobs(1)
    refusal = server.bot_messages()[-1]
    assert re.match(r"About your comment http\S+/comment\w*/\S+:\n\nOnly the poster", refusal)
    send_private_message(server, stranger, "Delete https://127.0.0.1/post/7 *please* @alice@lemmy.example")
    daemon.run_all_jobs(10)
    answer = server.bot_messages()[-1]
    assert "@alice@lemmy.example" not in answer
    if isinstance(server, RedditServer):
        assert answer.startswith("I cannot find a reply of mine there.")
    else:
        assert answer.startswith("About your message “Delete ")
        assert " https://127.0.0.1/post/7”:\n\nI cannot find a reply of mine there." in answer


def test_show_says_where_the_bot_does_not_watch(server: PlatformServer, daemon: CommandDaemon) -> None:
    elsewhere = "r/elsewhere" if isinstance(server, RedditServer) else "!elsewhere"
    for name in (elsewhere, community_name(server)):
        send_private_message(server, server.alice, f"show {name}")
        daemon.run_all_jobs(1)
    first, second = server.bot_messages()
    assert f"I do not watch {elsewhere}" in first
    assert "I do not watch" not in second


def _web_addresses(server: PlatformServer) -> list[str]:
    """The addresses of the bot's only reply and of its post, as web pages show them."""
    assert isinstance(server, LemmyServer | RedditServer)
    (comment,) = [each for each in server.sandbox.state.all_comments() if not each.deleted]
    if isinstance(comment, reddit.Comment):
        post, path = comment.submission.id, f"r/news/comments/{comment.submission.id}"
        hosts = ("www", "old", "new", "np", "sh")
        return [f"https://{host}.reddit.com/{path}/a_title/{comment.id}/?context=3" for host in hosts] + [
            f"https://www.reddit.com/{path}/comment/{comment.id}/",
            f"https://www.reddit.com/comments/{post}/",
            f"https://redd.it/{post}",
        ]
    post, url = str(comment.post.id), server.sandbox.url
    forms = ("/post/{0}?scrollToComments=true", "/post/{0}/{1}#comment-{1}", "/comment/{1}")
    if isinstance(server.sandbox, PieFedSandbox):
        forms = ("/c/news/p/{0}/a-title", "/post/{0}/comment/{1}#comment_{1}", "/post/{0}", "/comment/{1}")
    host = url.removeprefix("http://")
    other_clients = (
        f"https://client.example/post/{host}/{post}",
        f"https://client.example/{host}/post/{post}",
    )
    return [url + form.format(post, comment.id) for form in forms] + list(other_clients)


def test_a_private_message_names_a_reply_by_any_address_of_a_web_page(
    server: PlatformServer, daemon: CommandDaemon
) -> None:
    assert isinstance(server, LemmyServer | RedditServer)
    add_fresh_post(server)
    daemon.run_all_jobs()
    for number in range(len(_web_addresses(server))):
        address = _web_addresses(server)[number]
        send_private_message(server, server.alice, f"delete {address}")
        daemon.run_all_jobs(10)
        daemon.run_all_jobs(1)
        assert visible_comments(server) == [], address
        assert server.bot_messages()[-1].endswith("The reply will be deleted and not posted again.")
        add_fresh_post(server, link=f"https://paper.example/{number}")
        daemon.run_all_jobs(24 * 60)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("url", ["https://paper.example/harbour", None])
def test_a_requested_reply_follows_the_link_of_its_post(
    server: PlatformServer, daemon: CommandDaemon, url: str | None, named: bool
) -> None:
    """Unless the request names another link itself."""
    post = add_old_post(server)
    request = server.add_comment(post, "{bot} https://paper.example/ferry" if named else "{bot} please")
    daemon.run_all_jobs()
    post.url = url
    for minutes in (120, 10, 10):
        daemon.run_all_jobs(minutes)
    found = [(comment.parent_id, comment.deleted) for comment in server.bot_comments()]
    followed = [] if url is None else [(str(request.id), False)]
    assert found == ([(str(request.id), False)] if named else [(str(request.id), True), *followed])


def _addresses_elsewhere(server: PlatformServer, item: Any, kind: str) -> list[str]:
    """Addresses of a post or a comment that contain none of the ids of the bot's server."""
    if isinstance(server, RedditServer):
        server.sandbox.state.share_links["AbC123xyz"] = item
        return ["https://www.reddit.com/r/news/s/AbC123xyz", "https://reddit.com/s/AbC123xyz"]
    assert isinstance(server, LemmyServer)
    remote = server.sandbox.state.remote_addresses
    remote[f"https://far.example/{kind}/905"] = item
    if kind == "comment":
        return [
            "https://far.example/post/71/905#comment-905",
            "https://client.example/comment/far.example/905",
        ]
    remote["https://far.example/c/news/p/905/a-slug"] = item
    return [
        "https://far.example/post/905",
        "https://old.far.example/post/905?scrollToComments=true",
        "https://client.example/far.example/post/905",
        "https://far.example/c/news/p/905/a-slug",
    ]


@pytest.mark.parametrize("kind", ["post", "comment"])
def test_a_private_message_names_a_reply_by_an_address_elsewhere(
    server: PlatformServer, daemon: CommandDaemon, kind: str
) -> None:
    """The platform finds the copy on the bot's server, or follows a share link."""
    assert isinstance(server, LemmyServer | RedditServer)
    post = add_fresh_post(server)
    daemon.run_all_jobs()
    (comment,) = server.sandbox.state.all_comments()
    for address in _addresses_elsewhere(server, post if kind == "post" else comment, kind):
        assert daemon.platform.resolve_address(address) is not None, address
    send_private_message(server, server.alice, f"delete {address}")
    daemon.run_all_jobs(1)
    daemon.run_all_jobs(1)
    assert visible_comments(server) == []
    assert server.bot_messages()[-1].endswith("The reply will be deleted and not posted again.")


def test_an_address_of_something_else_is_not_resolved(server: PlatformServer, daemon: CommandDaemon) -> None:
    calls = server.request_count()
    for address in ("https://paper.example/boats", "not an address", "https://far.example/u/alice"):
        assert daemon.platform.resolve_address(address) is None
    assert server.request_count() == calls
    assert daemon.platform.resolve_address("https://far.example/post/905") is None
    assert daemon.platform.resolve_address("https://www.reddit.com/r/news/s/nothing") is None


@pytest.mark.parametrize("by", ["answer", "address"])
def test_a_requested_reply_that_a_new_database_does_not_know_is_deleted(
    server: PlatformServer, daemon: CommandDaemon, by: str
) -> None:
    """The bot also replied to the post, and that reply stays."""
    assert isinstance(server, LemmyServer | RedditServer)
    post, state = add_old_post(server), server.sandbox.state
    server.add_bot_comment(post, "A summary of the post's link")
    request = server.add_comment(post, "Please summarise another link")
    requested = state.add_comment(post, server.bot, "A requested summary", request)  # type: ignore[arg-type]
    if by == "answer":
        server.add_comment(post, "delete", requested)
    else:
        base = "https://www.reddit.com/comments" if isinstance(server, RedditServer) else server.sandbox.url
        path = (
            f"{post.id}/_/{requested.id}" if isinstance(server, RedditServer) else f"comment/{requested.id}"
        )
        send_private_message(server, server.alice, f"delete {base}/{path}")
    for minutes in (0, 1, 10):
        daemon.run_all_jobs(minutes)
    assert visible_comments(server) == ["A summary of the post's link"]


def test_an_address_that_names_no_reply_is_answered_with_the_right_form(
    server: PlatformServer, daemon: CommandDaemon
) -> None:
    assert isinstance(server, LemmyServer | RedditServer)
    add_fresh_post(server)
    daemon.run_all_jobs()
    link, words = "https://elsewhere.example/post/1", "for example: `http"
    if isinstance(server, RedditServer):
        link, words = "https://www.reddit.com/r/news/s/AbC123xyz", "A share link does not tell me"
    send_private_message(server, server.alice, f"delete {link}")
    daemon.run_all_jobs(1)
    assert words in server.bot_messages()[-1]
    assert len(visible_comments(server)) == 1


def _run_all_commands(server: PlatformServer, crash: CrashTrigger | None) -> CommandDaemon:
    """Pause, resume, opt-out and delete in one run, with their effects on the server."""
    bob, mona = add_person(server, "bob"), add_person(server, "mona", moderator=True)
    add_fresh_post(server)
    run_with_restarts(server, (0, 1)).close()
    comment_below_reply(server, mona, "delete")
    send_private_message(server, bob, "opt out")
    send_private_message(server, mona, f"pause {community_name(server)}")
    daemon = run_with_restarts(server, (1, 5, 5, 5), crash)
    add_fresh_post(server, link="https://paper.example/harbour")
    daemon.run_all_jobs(1)
    send_private_message(server, mona, f"resume {community_name(server)}")
    daemon.run_all_jobs(1)
    add_fresh_post(server, bob, "https://paper.example/ferry")
    add_fresh_post(server, link="https://paper.example/bridge")
    daemon.run_all_jobs(1)
    daemon.run_all_jobs(5)
    return daemon


@pytest.mark.parametrize(("step", "before"), [(1, True), (5, False), (9, True), (13, False)])
def test_after_a_kill_at_any_transaction_everything_is_done_exactly_once(
    server: PlatformServer,
    step: int,
    before: bool,
) -> None:
    crash = CrashTrigger(step, before=before)
    _run_all_commands(server, crash).close()
    assert crash.fired
    comments = server.bot_comments()
    assert [each.deleted for each in comments] == [True, False]
    answers = server.bot_messages()
    assert sum("no more replies in" in answer for answer in answers) == 1
    assert sum("To undo this, write `opt in`" in answer for answer in answers) == 1
    assert sum("I reply in" in answer for answer in answers) == 1
    assert len(answers) == 3


def test_two_bots_exchange_at_most_one_message(server: PlatformServer, tmp_path: Path) -> None:
    """The other bot answers every private message with the text of our answer, and has no bot flag."""
    other = add_person(server, "otherbot")
    send_private_message(server, other, "Hello there, I have news for you")
    daemon = run_with_restarts(server, (0, 1))
    for turn in range(5):
        answers = server.bot_messages()
        assert len(answers) <= 1
        send_private_message(server, other, answers[-1] if answers else f"Once more, number {turn}")
        daemon.run_all_jobs(60 * 24 * 2)
    daemon.close()
    assert len(server.bot_messages()) == 1


def test_two_daemons_in_one_community_exchange_at_most_one_message(server: PlatformServer) -> None:
    """Both reply to the same posts and moderate the community, and users make them write to each other."""
    other = second_bot(server)
    assert isinstance(server, LemmyServer | RedditServer)
    assert isinstance(other, LemmyServer | RedditServer)
    mona = add_person(server, "mona", moderator=True)
    server.news.moderators += [server.bot, other.bot]
    ours, theirs = CommandDaemon(server), CommandDaemon(other)
    both = f"{bot_mention(server)} {bot_mention(other)} what do you two think?"
    hello, again = "Hello there, I have news for you", "And what do you say?"
    add_fresh_post(server, other.bot)
    server.add_comment(add_fresh_post(server, link="https://paper.example/harbour"), both)
    send_private_message(server, other.bot, hello)
    send_private_message(server, mona, f"settings {community_name(server)}\nwords: 90")
    send_private_message(other, mona, f"settings {community_name(server)}\nlayuot: bullets")
    for turn in range(6):
        for daemon in (ours, theirs):
            daemon.run_all_jobs(60 * 8)
        if turn == 2:
            comment_below_reply(server, other.bot, again)
            comment_below_reply(other, server.bot, again)
    for daemon in (ours, theirs):
        daemon.close()
    own = 2 if isinstance(server, RedditServer) else 3
    assert (len(visible_comments(server)), len(visible_comments(other))) == (own, 2)
    comments = messages_between(server, server.bot, other.bot) + messages_between(
        server, other.bot, server.bot
    )
    assert len([text for text in comments if text not in (hello, again)]) == 1
