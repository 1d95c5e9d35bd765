"""A PieFed server on loopback: the calls that Precis makes, answered as a real 1.6.27 answers them."""

from bot.sandbox.piefed.server import PieFedSandbox

__all__ = ["PieFedSandbox"]
