"""What a server of the Fediverse does when a fault strikes a call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.sandbox.faults import Fault
from bot.sandbox.loopback_server import Answer, Hangup


def broken(
    fault: Fault, *, too_fast: Answer, bad_token: Answer, carry_out: Callable[[], Answer]
) -> Answer | Hangup:
    """`too_fast` and `bad_token` are the server's own refusals, `carry_out` does what was asked."""
    match fault:
        case Fault.FAIL:
            return Answer(500)
        case Fault.DROP:
            return Hangup()
        case Fault.RATE_LIMIT:
            return too_fast
        case Fault.POISONED:
            return replace(bad_token, poisons=True)
        case _:
            answer = carry_out()
    if answer.status != 200 or fault is Fault.LATE_SHOW:
        return answer
    return Answer(500) if fault is Fault.STORE_THEN_FAIL else Hangup(reset=fault is Fault.HALF_STORED)
