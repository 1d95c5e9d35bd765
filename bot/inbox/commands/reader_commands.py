"""What readers want: a reply gone, no replies at all, a preview, an opinion heard."""

from __future__ import annotations

from bot.core.messages import Answer, MessageKind
from bot.core.models import Skipped
from bot.inbox.commands.context import (
    CommandContext,
    CommandRequest,
    community_link,
    is_moderator,
    make_answer,
    request_translator,
    translator_for,
)
from bot.pipeline import policy
from bot.pipeline.rule_resolver import network_of
from bot.store import SentReply, Vote

_COMMENTS = (MessageKind.REPLY, MessageKind.MENTION)


def delete(request: CommandRequest, office: CommandContext) -> Answer | None:
    """ "delete" from the poster of the link, where the settings let them, or from a moderator.

    Below the reply nothing is said: it is gone.
    """
    sent = _meant(request, office)
    say = translator_for(sent.community if sent else request.community, office, request.command.language)
    if sent is None:
        return make_answer(say, say("no-reply-there"), private=True)
    who = _who_may(request, sent, office)
    if who is None:
        return make_answer(say, say("not-yours"), private=True)
    office.sent_replies.withdraw(sent.row, office.clock(), f"The {who} asked for it.")
    return None if request.message.via in _COMMENTS else make_answer(say, say("deleted"), private=True)


def _who_may(request: CommandRequest, sent: SentReply, office: CommandContext) -> str | None:
    author = request.message.author.lower()
    poster = sent.post.author.lower() if sent.post is not None else None
    if author == poster and office.rule_resolver.rules_for(sent.community).poster_may_delete:
        return "poster"
    return "moderator" if is_moderator(request, sent.community) else None


def _meant(request: CommandRequest, office: CommandContext) -> SentReply | None:
    """The reply that a message is about: the one it answers, the one under its post, or the one it names."""
    message, replies = request.message, office.sent_replies
    named_one = replies.find(message.account, post=request.command.link) if request.command.link else None
    below = replies.find(message.account, comment=message.parent_id) if message.parent_id else None
    under = replies.find(message.account, post=message.post_id) if message.post_id else None
    return named_one or below or under


def opt(request: CommandRequest, office: CommandContext, *, out: bool) -> Answer:
    """ "opt out" and "opt in", for all communities of the network."""
    people, them = office.rule_resolver.opt_outs, request.message.author
    net = network_of(request.identity.dialect)
    if out:
        people.add(net, them, office.clock())
    else:
        people.remove(net, them)
    say = request_translator(request, office)
    return make_answer(say, say("opted-out" if out else "opted-in"), private=True)


def opine(request: CommandRequest, office: CommandContext, *, good: bool) -> None:
    """ "good bot" and "bad bot" below a reply: counted, never answered."""
    message = request.message
    sent = _meant(request, office)
    community = sent.community if sent else message.community
    if community is None:
        return
    site = policy.domain(sent.post.url) if sent and sent.post else ""
    office.feedback.add_vote(Vote(message.account, message.id, community, site, good, message.sent))


def preview(request: CommandRequest, office: CommandContext) -> Answer:
    """ "try LINK": the reply that would be, in private, with the settings of a community."""
    link, community = request.command.link, request.community
    say = request_translator(request, office)
    if link is None:
        return make_answer(say, say("which-link", example="try https://…"), private=True)
    outcome = office.preview(request.message.account, community or "", link)
    if isinstance(outcome, Skipped):
        return make_answer(say, say("no-preview", reason=outcome.reason.sentence), private=True)
    place = community_link(community) if community else "Precis"
    return make_answer(say, say("preview", community=place), outcome.markdown, private=True)


def why(request: CommandRequest, office: CommandContext) -> Answer:
    """ "why": what the bot does, and how it is stopped."""
    sent = _meant(request, office)
    community = sent.community if sent else request.community
    say = translator_for(community, office, request.command.language)
    example = f"!news@{request.identity.host}" if request.identity.host else "r/news"
    if community is None:
        return make_answer(say, say("help", community=example), private=True)
    return make_answer(say, say("why", community=community_link(community)), private=True)


def help_(request: CommandRequest, office: CommandContext) -> Answer:
    """ "help": all commands in one line."""
    say = request_translator(request, office)
    example = f"!news@{request.identity.host}" if request.identity.host else "r/news"
    place = community_link(request.community) if request.community else example
    return make_answer(say, say("help", community=place), private=True)
