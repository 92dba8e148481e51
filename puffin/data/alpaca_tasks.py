"""What every stream of Alpaca's needs: an end, and a log without keys."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

AGAIN = 0.2  # seconds between cancels


async def end_tasks(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel tasks until they ended.

    Once is not enough: the clients wait with `asyncio.wait_for`, which loses a cancel on
    Python 3.11 when what it waits for is done in the same moment.
    """
    waiting = set(tasks)
    while waiting:
        for each in waiting:
            each.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=AGAIN)
    await asyncio.gather(*tasks, return_exceptions=True)


def quiet_logger() -> logging.Logger:
    """Return the log of the sockets, which writes each frame at DEBUG, the one with keys too."""
    made = logging.getLogger("puffin.alpaca.sockets")
    made.setLevel(logging.INFO)
    return made
