"""What readers want: a reply gone, no replies at all, a preview, an opinion heard."""

from __future__ import annotations

from bot.core.messages import Answer, Via
from bot.core.models import Skipped
from bot.inbox.commands.context import Office, Request, answer, moderates, named, words_for, words_of
from bot.pipeline import policy
from bot.pipeline.effective_rules import network
from bot.store import Opinion, Sent

_COMMENTS = (Via.REPLY, Via.MENTION)


def delete(request: Request, office: Office) -> Answer | None:
    """ "delete" from the poster of the link, where the settings let them, or from a moderator.

    Below the reply nothing is said: it is gone.
    """
    sent = _meant(request, office)
    say = words_for(sent.community if sent else request.community, office, request.command.language)
    if sent is None:
        return answer(say, say("no-reply-there"), private=True)
    who = _who_may(request, sent, office)
    if who is None:
        return answer(say, say("not-yours"), private=True)
    office.replies.withdraw(sent.row, office.clock(), f"The {who} asked for it.")
    return None if request.message.via in _COMMENTS else answer(say, say("deleted"), private=True)


def _who_may(request: Request, sent: Sent, office: Office) -> str | None:
    author = request.message.author.lower()
    poster = sent.post.author.lower() if sent.post is not None else None
    if author == poster and office.book.rules_for(sent.community).poster_may_delete:
        return "poster"
    return "moderator" if moderates(request, sent.community) else None


def _meant(request: Request, office: Office) -> Sent | None:
    """The reply that a message is about: the one it answers, the one under its post, or the one it names."""
    message, replies = request.message, office.replies
    named_one = replies.find(message.account, post=request.command.link) if request.command.link else None
    below = replies.find(message.account, comment=message.parent_id) if message.parent_id else None
    under = replies.find(message.account, post=message.post_id) if message.post_id else None
    return named_one or below or under


def opt(request: Request, office: Office, *, out: bool) -> Answer:
    """ "opt out" and "opt in", for all communities of the network."""
    people, them = office.book.optouts, request.message.author
    net = network(request.persona.dialect)
    if out:
        people.add(net, them, office.clock())
    else:
        people.remove(net, them)
    say = words_of(request, office)
    return answer(say, say("opted-out" if out else "opted-in"), private=True)


def opine(request: Request, office: Office, *, good: bool) -> None:
    """ "good bot" and "bad bot" below a reply: counted, never answered."""
    message = request.message
    sent = _meant(request, office)
    community = sent.community if sent else message.community
    if community is None:
        return
    site = policy.domain(sent.post.url) if sent and sent.post else ""
    office.voices.count(Opinion(message.account, message.id, community, site, good, message.sent))


def preview(request: Request, office: Office) -> Answer:
    """ "try LINK": the reply that would be, in private, with the settings of a community."""
    link, community = request.command.link, request.community
    say = words_of(request, office)
    if link is None:
        return answer(say, say("which-link", example="try https://…"), private=True)
    outcome = office.preview(request.message.account, community or "", link)
    if isinstance(outcome, Skipped):
        return answer(say, say("no-preview", reason=outcome.reason.sentence), private=True)
    place = named(community) if community else "Precis"
    return answer(say, say("preview", community=place), outcome.markdown, private=True)


def why(request: Request, office: Office) -> Answer:
    """ "why": what the bot does, and how it is stopped."""
    sent = _meant(request, office)
    community = sent.community if sent else request.community
    say = words_for(community, office, request.command.language)
    example = f"!news@{request.persona.host}" if request.persona.host else "r/news"
    if community is None:
        return answer(say, say("help", community=example), private=True)
    return answer(say, say("why", community=named(community)), private=True)


def help_(request: Request, office: Office) -> Answer:
    """ "help": all commands in one line."""
    say = words_of(request, office)
    example = f"!news@{request.persona.host}" if request.persona.host else "r/news"
    place = named(request.community) if request.community else example
    return answer(say, say("help", community=place), private=True)
