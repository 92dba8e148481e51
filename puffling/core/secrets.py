"""Keys and tokens, in the system's keyring; where there is none, for this run only."""

from __future__ import annotations

import asyncio
import logging
import threading
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from puffling.core.redaction import conceal

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

R = TypeVar("R")
SERVICE = "Puffling"
TIMEOUT = 8.0  # seconds; the system may be asking for a password in a dialog of its own


class SecretStore(Protocol):
    """Somewhere secrets are kept by name."""

    @property
    def note(self) -> str:
        """Why secrets are kept for this run only; empty while they are kept for good."""
        ...

    async def get(self, name: str) -> str | None:
        """Return the secret, or None if there is none."""
        ...

    async def set(self, name: str, value: str) -> None:
        """Keep a secret."""
        ...

    async def delete(self, name: str) -> None:
        """Forget a secret; one that is not there is forgotten already."""
        ...


class Secrets:
    """Reads and keeps secrets by name.

    `note` is empty while the keyring works, and otherwise says that secrets are kept for this run
    only and why; once it has failed it is not asked again.
    """

    def __init__(self, timeout: float = TIMEOUT) -> None:
        self._timeout = timeout
        self._this_run: dict[str, str] = {}
        self.note = ""

    async def get(self, name: str) -> str | None:
        """Return the secret, or None if there is none."""
        value = self._this_run.get(name)
        if value is None and not self.note:
            value = await self._ask(lambda: _get(name))
        if value is not None:
            conceal(value)
        return value

    async def set(self, name: str, value: str) -> None:
        """Keep a secret: in the keyring if it works, and in any case for this run."""
        conceal(value)
        self._this_run[name] = value
        if not self.note:
            await self._ask(lambda: _set(name, value))

    async def delete(self, name: str) -> None:
        """Forget a secret; one that is not there is forgotten already."""
        self._this_run.pop(name, None)
        if not self.note:
            await self._ask(lambda: _delete(name))

    async def _ask(self, work: Callable[[], R]) -> R | None:
        """Do `work` on a thread of its own, because the keyring may wait for a person."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[R] = loop.create_future()

        def run() -> None:
            try:
                settle = partial(done.set_result, work())
            except Exception as error:  # noqa: BLE001 - back ends raise whatever they like
                settle = partial(done.set_exception, error)
            tell(settle)

        def tell(settle: Callable[[], None]) -> None:
            try:
                loop.call_soon_threadsafe(lambda: None if done.done() else settle())
            except RuntimeError:
                log.info("The keyring answered after the program had ended")

        # A daemon, because a dialog of the system's that nobody answers must not keep us alive.
        threading.Thread(target=run, name="keyring", daemon=True).start()
        try:
            return await asyncio.wait_for(done, self._timeout)
        except TimeoutError:
            self._give_up("it does not answer")
        except Exception as error:  # noqa: BLE001 - back ends raise whatever they like
            first = str(error).split(". ")[0].rstrip(".")
            self._give_up(first or type(error).__name__)
        return None

    def _give_up(self, reason: str) -> None:
        log.warning("The keyring cannot be used: %s", reason)
        self.note = (
            f"The system's keyring cannot be used ({reason}); keys are kept for this run only."
        )


def _get(name: str) -> str | None:
    import keyring

    return keyring.get_password(SERVICE, name)


def _set(name: str, value: str) -> None:
    import keyring

    keyring.set_password(SERVICE, name, value)


def _delete(name: str) -> None:
    import keyring
    from keyring.errors import PasswordDeleteError

    try:
        keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        log.info("There was no secret %s to forget", name)
