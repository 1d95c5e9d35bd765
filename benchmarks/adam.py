"""Adam with decoupled weight decay (Loshchilov and Hutter 2019), with numpy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bot.core.network_weights import Singles

_RATE, _LAST_RATE = 2e-3, 0.05
_DECAY = 1e-2
_MOMENTS = (0.9, 0.98)


class Adam:
    """Moves parameters against their slopes, in place; matrices decay.

    The rate rises in the first `warm_up` steps, and falls to a twentieth until the last of `steps`.
    """

    def __init__(self, parameters: Sequence[Singles], steps: int, warm_up: int) -> None:
        self._parameters = parameters
        self._first = [np.zeros_like(one) for one in parameters]
        self._second = [np.zeros_like(one) for one in parameters]
        self._steps, self._warm_up = steps, warm_up
        self._step = 0

    def step(self, slopes: Sequence[Singles]) -> None:
        """Make one step; there is one slope for each parameter."""
        for at, slope in enumerate(slopes):
            self._move(at, slope)
        self._step += 1

    def _move(self, at: int, slope: Singles) -> None:
        parameter, number = self._parameters[at], self._step + 1
        for moments, share, value in zip(
            (self._first, self._second), _MOMENTS, (slope, slope**2), strict=True
        ):
            moments[at] += np.float32(1 - share) * (value - moments[at])
        rate = _RATE * min(1.0, number / self._warm_up) * (1 - (1 - _LAST_RATE) * number / self._steps)
        mean, square = (
            moments[at] / np.float32(1 - share**number)
            for moments, share in zip((self._first, self._second), _MOMENTS, strict=True)
        )
        decay = _DECAY * parameter if parameter.ndim > 1 else 0
        parameter -= np.float32(rate) * (mean / (np.sqrt(square) + np.float32(1e-8)) + decay)
