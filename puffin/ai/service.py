"""What every service of language models has in common: loading, one retry, patience, errors."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
from abc import ABC, abstractmethod
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, TypeVar

from puffin.ai.assembly import Assembly
from puffin.ai.base import ModelError, Trouble
from puffin.ai.fields import LONGEST_NAME
from puffin.ai.sse import StreamError, read_events
from puffin.ai.troubles import SETTINGS, Refusal, surroundings_error, trouble_error
from puffin.ai.watch import patiently, whole
from puffin.ai.wire import address, http_client, hush

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator

    import httpx2

    from puffin.ai.base import Ask, ModelInfo, Reply, Streamed, Timing
    from puffin.ai.sse import ServerEvent
    from puffin.ai.watch import Progress

log = logging.getLogger(__name__)

Client = TypeVar("Client")
SHORT_WAIT = 1.0  # seconds before the retry when the service names none
PASSING = frozenset({Trouble.RATE, Trouble.OVERLOADED, Trouble.NETWORK, Trouble.SERVICE})
MOST_MODELS = 1_000


class Service(ABC, Generic[Client]):
    """Asks one service through its own library, which is loaded at the first question.

    Args:
        key: What the service knows its customer by; empty where it asks for none.
        base_url: Where it is.
        timing: How patient to be.
        name: What it is called on the screen.

    Raises:
        ParameterError: The address is none, or others on the way could read what is said.
    """

    def __init__(self, key: str, *, base_url: str, timing: Timing, name: str) -> None:
        self._key = key.strip()
        self._place = address(base_url)
        self._timing = timing
        self._name = name
        self._loading: asyncio.Future[Client] | None = None

    @property
    def name(self) -> str:
        """What it is called on the screen."""
        return self._name

    # What each service does in its own way

    @property
    @abstractmethod
    def _needs_key(self) -> bool:
        """Whether it is of no use to ask without a key."""

    @abstractmethod
    def _load(self, http: httpx2.AsyncClient) -> Client:
        """Import the library and return its client, warm; in a worker thread."""

    @abstractmethod
    async def _send(self, client: Client, ask: Ask) -> httpx2.Response:
        """Ask, and return the answer as it begins."""

    @abstractmethod
    def _read(
        self, events: AsyncIterator[ServerEvent], assembly: Assembly, ask: Ask
    ) -> AsyncGenerator[Streamed | Progress]:
        """Yield what the events say, and the reply at last."""

    @abstractmethod
    async def _list(self, client: Client) -> list[ModelInfo]:
        """Return the models."""

    @abstractmethod
    async def _let_go(self, client: Client) -> None:
        """Close the client."""

    # The port

    async def stream(self, ask: Ask) -> AsyncGenerator[Streamed]:
        """Ask, and hear the answer as it comes; the last thing is its `Reply`.

        Raises:
            ModelError: There is no answer, or it broke off; the error keeps what had come.
        """
        assembly = Assembly()
        if not ask.model:
            hint = f"Choose one under {SETTINGS}."
            raise ModelError("No model is chosen.", Trouble.MODEL, hint=hint)
        await self._ready()
        answer = patiently(self._tried(ask, assembly), self._timing, self._name)
        try:
            async with aclosing(answer):
                async for item in answer:
                    yield item
        except ModelError as error:
            error.partial = assembly.text
            error.used = assembly.usage if assembly.has_begun else None
            raise

    async def complete(self, ask: Ask) -> Reply:
        """Ask, and return the whole answer.

        Raises:
            ModelError: There is no answer, or it broke off.
        """
        stream = self.stream(ask)
        async with aclosing(stream):
            return await whole(stream)

    async def models(self) -> list[ModelInfo]:
        """Return the models that the service offers now; also the test of keys and address.

        Raises:
            ModelError: They cannot be had.
        """
        client = await self._ready()
        try:
            async with asyncio.timeout(self._timing.notice):
                return await self._list(client)
        except TimeoutError:
            raise trouble_error(Trouble.NETWORK, self._name) from None
        except (AttributeError, TypeError, ValueError):  # the library trusts what it is sent
            raise self._told(StreamError("It is no list of models."), "") from None
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - each becomes words
            raise self._told(error, "") from None

    async def close(self) -> None:
        """Let go of connections."""
        loading, self._loading = self._loading, None
        if loading is None:
            return
        if not loading.done():
            loading.cancel()
        elif not loading.cancelled() and loading.exception() is None:
            await self._let_go(loading.result())

    # How

    async def _tried(self, ask: Ask, assembly: Assembly) -> AsyncGenerator[Streamed | Progress]:
        """Ask, and once more when nothing had come and the trouble passes soon enough."""
        for again in (True, False):
            begun = False
            try:
                attempt = self._attempt(ask, assembly)
                async with aclosing(attempt):
                    async for item in attempt:
                        begun = True
                        yield item
            except ModelError as error:
                wait = SHORT_WAIT if error.retry_after is None else error.retry_after
                worth = again and not begun and error.trouble in PASSING
                if not worth or wait > self._timing.retry:
                    raise
                log.info("%s is asked once more: %s", self._name, error)
                await asyncio.sleep(wait)
            else:
                return

    async def _attempt(self, ask: Ask, assembly: Assembly) -> AsyncGenerator[Streamed | Progress]:
        client = await self._ready()
        response: httpx2.Response | None = None
        try:
            response = await self._send(client, ask)
            given = response.headers
            assembly.request_id = given.get("request-id", given.get("x-request-id", ""))[
                :LONGEST_NAME
            ]
            events = _some(read_events(response.aiter_bytes()))
            items = self._read(events, assembly, ask)
            async with aclosing(items):
                async for item in items:
                    yield item
        except ModelError:
            raise
        except Exception as error:  # noqa: BLE001 - each becomes words
            raise self._told(error, ask.model) from None
        finally:
            if response is not None:
                await response.aclose()

    async def _ready(self) -> Client:
        if self._key and not re.fullmatch(r"[\x21-\x7e]+", self._key):
            raise trouble_error(Trouble.KEYS, self._name)
        if not self._key and self._needs_key:
            hint = f"Enter one under {SETTINGS}."
            raise ModelError(f"There is no key for {self._name}.", Trouble.KEYS, hint=hint)
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(self._loaded))
            self._loading.add_done_callback(self._check_loaded)
        loading = self._loading
        try:
            # Whoever gives up meanwhile leaves it to the next one.
            return await asyncio.shield(loading)
        except asyncio.CancelledError:
            if not loading.cancelled():
                raise  # whoever asked was stopped
            raise ModelError(
                f"The key or address of {self._name} was changed while it was being asked.",
                Trouble.KEYS,
                hint="Ask again.",
            ) from None
        except ModuleNotFoundError:
            raise trouble_error(Trouble.LIBRARY, self._name) from None
        except (ImportError, OSError, ValueError):  # a proxy or certificates that are none
            raise surroundings_error(self._name) from None

    def _check_loaded(self, loading: asyncio.Future[Client]) -> None:
        if not loading.cancelled() and (error := loading.exception()) is not None:
            log.warning("%s cannot be loaded: %s", self._name, error)
            self._loading = None  # it is tried again

    def _loaded(self) -> Client:
        http = http_client(self._place, self._key, self._timing)
        client = self._load(http)
        hush()
        if not gc.isenabled():
            # Whoever collects by hand, as a window does, need not look through so many classes.
            gc.freeze()
        return client

    def _told(self, error: Exception, model: str) -> ModelError:
        """Return what a library's or the network's error means; its own words may hold secrets."""
        status = getattr(error, "status_code", None)
        response = getattr(error, "response", None)
        if isinstance(status, int):
            headers = dict(response.headers) if response is not None else {}
            body = getattr(error, "body", None)
            return Refusal.of(status, body, headers).error(self._name, model, self._key)
        if any(isinstance(each, StreamError) for each in _chain(error)):
            return ModelError(
                f"{self._name} answered with what nobody can read.",
                Trouble.SERVICE,
                hint=f"Check the address under {SETTINGS}, then ask again.",
            )
        if _is_of_the_network(error):
            log.info("%s: %s", self._name, type(error).__name__)
            return trouble_error(Trouble.NETWORK, self._name)
        log.error("%s failed in a way that nobody expected", self._name, exc_info=error)
        return trouble_error(Trouble.SERVICE, self._name)


async def _some(events: AsyncIterator[ServerEvent]) -> AsyncIterator[ServerEvent]:
    """Pass events on; none at all is no answer of a service."""
    silent = True
    async for event in events:
        silent = False
        yield event
    if silent:
        raise StreamError("It is no stream of events.")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it; libraries wrap what our own hooks raise."""
    found: BaseException | None = error
    while found is not None:
        yield found
        found = found.__cause__ or found.__context__


def _is_of_the_network(error: Exception) -> bool:
    import httpx2

    of_a_library = type(error).__module__.partition(".")[0] in {"anthropic", "openai"}
    return of_a_library or isinstance(error, (httpx2.HTTPError, httpx2.StreamError, OSError))
