"""The threads that ask Alpaca: one lane for cancels, one for orders, one for the rest."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from puffin.data.alpaca_limiter import Urgency
from puffin.errors import BrokerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from puffin.data.alpaca_rest import AlpacaRest

    T = TypeVar("T")

THREADS = 2  # in each lane


class AlpacaLanes:
    """Asks without blocking the loop; a lane that waits does not hold up another."""

    def __init__(self, rest: AlpacaRest) -> None:
        self._rest = rest
        self._lanes = {
            each: ThreadPoolExecutor(THREADS, thread_name_prefix=f"alpaca {each.name.lower()}")
            for each in Urgency
        }

    async def ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, object] | None = None,
        *,
        urgency: Urgency = Urgency.READ,
    ) -> Any:  # noqa: ANN401 - JSON, with exact decimals
        """Return Alpaca's answer, or raise what `AlpacaRest.ask` raises."""
        return await self.run(partial(self._rest.ask, method, path, data, urgency=urgency), urgency)

    async def run(self, work: Callable[[], T], urgency: Urgency = Urgency.READ) -> T:
        """Run something that blocks.

        Raises:
            BrokerError: The lanes are closed.
        """
        try:
            future = asyncio.get_running_loop().run_in_executor(self._lanes[urgency], work)
        except RuntimeError as error:
            raise BrokerError("The connection to Alpaca is closed.") from error
        return await future

    async def close(self) -> None:
        """Break off what is being asked, and wait for the threads."""
        self._rest.close()
        for each in self._lanes.values():
            each.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(self._join)

    def _join(self) -> None:
        for each in self._lanes.values():
            each.shutdown(wait=True)


def told(error: Exception) -> BrokerError:
    """Return a failed question as an error for a trader."""
    return BrokerError(f"{str(error).rstrip('.')}.")
