"""What happens again and again: announcing quotes, saving the replay, asking the broker."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

FLUSH = 1 / 15
SAVE = 5.0
STALE = 1.0
ALERTS = 0.25
RECONCILE = 30.0
GOALS = 60.0
SPLITS = 60.0


async def every(
    seconds: float,
    work: Callable[[], Awaitable[None] | None],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Call `work` every so many seconds, beginning after the first wait, until cancelled."""
    while True:
        await sleep(seconds)
        result = work()
        if inspect.isawaitable(result):
            await result
