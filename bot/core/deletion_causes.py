"""Who or what had a reply deleted. The sentences are stored with the post."""

from __future__ import annotations

from enum import Enum
from typing import Self


class DeletionCause(Enum):
    """A code, and the sentence that is stored. More text may follow the sentence."""

    sentence: str

    POSTER = "poster", "The poster asked for it."
    MODERATOR = "moderator", "The moderator asked for it."
    SCORE = "score", "Its score fell to"
    POST_GONE = "post-gone", "The post was deleted or removed."
    POST_CHANGED = "post-changed", "The post was changed."
    OPERATOR = "operator", "By hand."
    OTHER = "other", ""
    """For replies whose cause is not stored."""

    def __new__(cls, code: str, sentence: str = "") -> Self:
        member = object.__new__(cls)
        member._value_ = code
        member.sentence = sentence
        return member

    @classmethod
    def of_text(cls, text: str | None) -> DeletionCause:
        """The cause that a stored text begins with."""
        return next(cause for cause in cls if (text or "").startswith(cause.sentence))
