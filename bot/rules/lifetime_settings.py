"""Settings for replies that have been sent: deletion and edits."""

from __future__ import annotations

from pydantic import Field

from bot.rules.base import SettingsGroup


class ReplyLifetime(SettingsGroup):
    """When a reply is deleted or edited."""

    delete_below: int = Field(
        -5, ge=-1000, le=0, description="Delete a reply when its score falls below this."
    )
    poster_may_delete: bool = Field(
        True, description='Whether the poster of the link may delete the reply (with "delete").'
    )
    edit_on_change: bool = Field(
        False,
        description="Whether to edit the reply when the article (once) or the link changes within a day.",
    )
