"""How a Fediverse server answers a call that a fault is injected into."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from bot.sandbox.faults import Fault
from bot.sandbox.loopback_server import Disconnect, Response


def response_with_fault(
    fault: Fault, *, rate_limited: Response, unauthorized: Response, perform: Callable[[], Response]
) -> Response | Disconnect:
    """`rate_limited` and `unauthorized` are the server's error responses; `perform` carries out the call."""
    match fault:
        case Fault.FAIL:
            return Response(500)
        case Fault.DROP:
            return Disconnect()
        case Fault.RATE_LIMIT:
            return rate_limited
        case Fault.HANG_AFTER_401:
            return replace(unauthorized, hangs_afterwards=True)
        case _:
            response = perform()
    if response.status != 200 or fault is Fault.LATE_LISTING:
        return response
    return Response(500) if fault is Fault.STORE_THEN_FAIL else Disconnect(reset=fault is Fault.PARTIAL_STORE)
