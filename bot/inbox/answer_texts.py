"""What the mailbox itself says to people. Answers to commands are the desk's."""

from __future__ import annotations

from bot.core.skip_reasons import SkipReason

SUBJECT = "Your request for a summary"


def already_summarised(url: str) -> str:
    return f"I have already summarised this: {url}"


def private_summary(permalink: str, why: SkipReason | None, markdown: str) -> str:
    """The summary, for somebody who asked for it where it may not stand."""
    reason = f" {why.sentence}" if why else ""
    return f"You asked me for a summary under {permalink}. I cannot reply there:{reason}\n\n{markdown}"


def no_summary(permalink: str, why: SkipReason | None) -> str:
    reason = why.sentence if why else "The page could not be read, however often it was tried."
    return f"You asked me for a summary under {permalink}, but there is none to give: {reason}"
