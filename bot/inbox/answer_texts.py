"""English texts of answers to summary requests. The answers to commands are in `bot.i18n`."""

from __future__ import annotations

from bot.core.messages import Answer
from bot.core.skip_reasons import SkipReason
from bot.render import with_lead

SUBJECT = "Your request for a summary"


def already_summarised(permalink: str, url: str) -> Answer:
    """The link to an existing summary. Sent in private, so it takes no slot from a reply that waits."""
    text = f"You asked me for a summary under {permalink}. I have already summarised this: {url}"
    return Answer(text, private=True, subject=SUBJECT)


def private_summary(permalink: str, reason: SkipReason | None, markdown: str) -> str:
    """The summary for someone who asked for it in a place where it cannot be posted."""
    sentence = f" {reason.sentence}" if reason else ""
    lead = f"You asked me for a summary under {permalink}. I cannot reply there:{sentence}"
    return with_lead(lead, markdown)


def no_summary(permalink: str, reason: SkipReason | None) -> str:
    sentence = reason.sentence if reason else "An unexpected error happened several times."
    return f"You asked me for a summary under {permalink}, but I cannot write one: {sentence}"
