"""The preview for the `try` command: which errors are final, and which are tried again."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.errors import FetchBusy, FetchError, FetchOffline, RetryLater
from bot.core.models import Skipped
from bot.core.skip_reasons import SkipReason
from bot.inbox.services import InboxServices
from bot.rules import CommunityRules
from tests.conftest import Clock


def preview(error: FetchError, clock: Clock) -> object:
    def fetch(url: str) -> None:
        raise error

    resolver: Any = SimpleNamespace(rules_for=lambda community: CommunityRules())
    unused: Any = None
    stores = [unused] * 6
    services = InboxServices(unused, unused, resolver, *stores, {}, {}, {}, clock)
    pipeline: Any = SimpleNamespace(fetch=fetch)
    return services._preview("home", "news@lemmy.example", "https://paper.example/boats", pipeline)


@pytest.mark.parametrize(
    ("error", "seconds"), [(FetchBusy("paper.example", timedelta(seconds=7)), 7), (FetchOffline(), 60)]
)
def test_a_page_that_was_not_asked_for_is_previewed_later(
    clock: Clock, error: FetchError, seconds: int
) -> None:
    with pytest.raises(RetryLater) as raised:
        preview(error, clock)
    assert raised.value.retry_at == clock() + timedelta(seconds=seconds)


def test_a_page_that_does_not_answer_is_reported(clock: Clock) -> None:
    error = FetchError(SkipReason.SITE_DOWN, "no answer", permanent=False)
    assert preview(error, clock) == Skipped(SkipReason.SITE_DOWN, "no answer")
