"""Keys of the broker: kept in the keyring, tried out, and told apart by what they are for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, KeysRefusedError, PuffinError
from puffling.core.errors import BadValueError
from puffling.core.events import ConnectionChanged, FeedState, KeysChanged
from puffling.services.live_parts import Keys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from puffin.broker.base import BrokerAccount
    from puffin.meter import Reading
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.secrets import SecretStore
    from puffling.services.live_parts import Outside
    from puffling.store.audit import AuditStore

log = logging.getLogger(__name__)

PAPER, LIVE = "alpaca paper", "alpaca live"
NAMES = (PAPER, LIVE)
TITLES = {PAPER: "Alpaca paper account", LIVE: "Alpaca live account"}
_PREFIXES = {PAPER: "PK", LIVE: "AK"}  # how the broker begins a key, by what it opens
_SHORTEST, _LONGEST = 8, 200


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as a list shows it; `text` says how it is, in a sentence."""

    name: str
    title: str
    has_keys: bool
    hint: str  # the key's last four letters
    works: bool | None  # None until it was tried out
    text: str
    tested_at: datetime | None = None

    @property
    def may_test(self) -> bool:
        """Whether there is something to try out."""
        return self.has_keys


@dataclass(frozen=True, slots=True)
class Failure:
    """What a connection said when it broke."""

    text: str
    at: datetime


class ConnectionService:
    """Keeps and tries keys. What is tried is said; what is kept is never shown again."""

    def __init__(
        self,
        secrets: SecretStore,
        outside: Outside,
        audit: AuditStore,
        bus: EventBus,
        clock: Clock,
        *,
        gauges: Mapping[str, Callable[[], Reading]] | None = None,
    ) -> None:
        """Keep the keys of `secrets`; `gauges` tell how sources of history answer, by name."""
        self._gauges = gauges or {}
        self._secrets = secrets
        self._outside = outside
        self._audit = audit
        self._bus = bus
        self._clock = clock
        self._tried: dict[str, tuple[bool, str, datetime]] = {}
        self.said: dict[str, ConnectionChanged] = {}  # the latest word of "data" and "broker"
        self.failures: dict[str, Failure] = {}  # the latest of each
        bus.subscribe(ConnectionChanged, self._hear)

    @property
    def note(self) -> str:
        """Why keys are kept for this run only; empty while the keyring works."""
        return self._secrets.note

    def readings(self) -> dict[str, Reading]:
        """Return how everything outside that was asked answers, by its name."""
        return {name: read() for name, read in self._gauges.items()} | self._outside.readings()

    async def keys(self, name: str) -> Keys | None:
        """Return the keys of a connection; None when there are none.

        Raises:
            BadValueError: There is no such connection.
        """
        _check(name)
        return await read_keys(self._secrets, name)

    async def any_keys(self) -> tuple[str, Keys] | None:
        """Return keys that prices can be had with, and whose: paper's, or else live's."""
        for name in NAMES:
            keys = await self.keys(name)
            if keys is not None:
                return name, keys
        return None

    async def set_keys(self, name: str, key: str, secret: str, by: str) -> str:
        """Keep the keys of a connection; return what else there is to say.

        Raises:
            BadValueError: They cannot be what they should be.
        """
        _check(name)
        key, secret = key.strip(), secret.strip()
        for words, value in (("key", key), ("secret", secret)):
            if not _SHORTEST <= len(value) <= _LONGEST or not value.isascii() or " " in value:
                raise BadValueError(
                    f"That is not a {words} of Alpaca's.", hint="Copy it from Alpaca's own page."
                )
        other = next((each for each in NAMES if each != name and key[:2] == _PREFIXES[each]), None)
        if other is not None:
            raise BadValueError(
                f"That key is for the {TITLES[other].lower()}: it begins with {key[:2]}.",
                hint=f"Keys of the {TITLES[name].lower()} begin with {_PREFIXES[name]}.",
            )
        await self._secrets.set(f"{name} key", key)
        await self._secrets.set(f"{name} secret", secret)
        self._tried.pop(name, None)
        self._audit.add(self._clock.now(), by, "connection.set_keys", name)
        self._bus.publish(KeysChanged(name))
        return self.note

    async def remove(self, name: str, by: str) -> None:
        """Forget the keys of a connection.

        Raises:
            BadValueError: There is no such connection.
        """
        _check(name)
        await self._secrets.delete(f"{name} key")
        await self._secrets.delete(f"{name} secret")
        self._tried.pop(name, None)
        self._audit.add(self._clock.now(), by, "connection.remove", name)
        self._bus.publish(KeysChanged(name))

    async def test(self, name: str) -> Connection:
        """Try the keys of a connection out at the broker, and say what came of it.

        Raises:
            BadValueError: There is no such connection, or it has no keys.
        """
        keys = await self.keys(name)
        if keys is None:
            raise BadValueError(
                f"There are no keys of the {TITLES[name].lower()}.",
                hint="Set them first, in the settings at Connections.",
            )
        works, text = await self._try(name, keys)
        self._tried[name] = (works, text, self._clock.now())
        self._bus.publish(KeysChanged(name))
        return self._connection(name, keys)

    async def list(self) -> list[Connection]:
        """Return every connection and how it is."""
        return [self._connection(each, await self.keys(each)) for each in NAMES]

    def _hear(self, event: ConnectionChanged) -> None:
        self.said[event.name] = event
        if event.state is FeedState.BROKEN:
            self.failures[event.name] = Failure(event.text, self._clock.now())

    async def _try(self, name: str, keys: Keys) -> tuple[bool, str]:
        paper = name == PAPER
        try:
            return True, _account_words(await self._outside.account(keys, paper=paper))
        except KeysRefusedError as error:
            refused = str(error)
        except (BrokerError, OSError) as error:
            return False, f"The broker could not be asked: {error}"
        try:
            await self._outside.account(keys, paper=not paper)
        except (PuffinError, OSError) as error:
            log.info("The keys of %s open no other account either: %s", name, error)
            return False, f"The broker refuses these keys: {refused}"
        other = TITLES[LIVE if paper else PAPER].lower()
        return False, f"These keys are for the {other}, not for the {TITLES[name].lower()}."

    def _connection(self, name: str, keys: Keys | None) -> Connection:
        works, text, at = self._tried.get(name, (None, "Not tried out yet.", None))
        if keys is None:
            works, text, at = None, "No keys.", None
        hint = "" if keys is None else keys.hint
        return Connection(name, TITLES[name], keys is not None, hint, works, text, at)


async def read_keys(secrets: SecretStore, name: str) -> Keys | None:
    """Return the keys of the connection called `name`; None when there are none."""
    key, secret = await secrets.get(f"{name} key"), await secrets.get(f"{name} secret")
    return Keys(key, secret) if key and secret else None


def _account_words(account: BrokerAccount) -> str:
    number = f"account {account.number}" if account.number else "the account"
    if account.blocked:
        return f"The keys open {number}, which cannot trade: {account.blocked}"
    return f"The keys open {number}: {account.cash:,.2f} {account.currency} in cash."


def _check(name: str) -> None:
    if name not in NAMES:
        raise BadValueError(
            f"There is no connection {name!r}.", hint=f"There are {' and '.join(NAMES)}."
        )
