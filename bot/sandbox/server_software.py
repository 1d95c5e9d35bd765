"""The Fediverse software that the sandbox can run, each like a real server of its version."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.sandbox.faults import FaultInjector
from bot.sandbox.lemmy import LemmySandbox
from bot.sandbox.lemmy.server_state import Clock, utc_now
from bot.sandbox.piefed import PieFedSandbox

FediverseServer = LemmySandbox | PieFedSandbox


class ServerSoftware(StrEnum):
    LEMMY_0_19 = "Lemmy 0.19"
    LEMMY_1_0 = "Lemmy 1.0"
    PIEFED = "PieFed"

    @property
    def account_kind(self) -> str:
        """The section of its accounts in config.toml."""
        return "piefed" if self is ServerSoftware.PIEFED else "lemmy"

    @property
    def write_calls(self) -> dict[str, str]:
        """The calls that write comments, as `FaultInjector` names them."""
        delete = "DELETE /comment" if self is ServerSoftware.LEMMY_1_0 else "POST /comment/delete"
        return {"comment": "POST /comment", "edit": "PUT /comment", "delete": delete}

    def create_server(
        self,
        *,
        clock: Clock = utc_now,
        limits: Mapping[str, tuple[int, int]] | None = None,
        faults: FaultInjector | None = None,
        port: int = 0,
        host: str | None = None,
    ) -> FediverseServer:
        """A server that is not started yet; `limits` and `host` are those of its class."""
        if self is ServerSoftware.PIEFED:
            return PieFedSandbox(clock=clock, limits=limits, faults=faults, port=port, host=host)
        return LemmySandbox(
            version=LEMMY_VERSIONS[self], clock=clock, limits=limits, faults=faults, port=port, host=host
        )


LEMMY_VERSIONS = {ServerSoftware.LEMMY_0_19: "0.19.20", ServerSoftware.LEMMY_1_0: "1.0.0-beta.1"}
"""The versions of Lemmy that the sandbox was compared with."""
