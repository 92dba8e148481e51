"""The kill switch from outside: thrown by a terminal even when the window hangs."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from puffling.core.clock import SystemClock
from puffling.core.errors import PufflingError, StoreError
from puffling.core.lock import ProfileLock
from puffling.core.modes import PLAY_MONEY
from puffling.core.settings import Mode
from puffling.services.away_orders import AwayOrders, Cancelled, cancel_unread
from puffling.store.accounts import AccountStore
from puffling.store.audit import AuditStore
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore

if TYPE_CHECKING:
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.core.secrets import SecretStore
    from puffling.services.live_parts import Outside
    from puffling.store.opening import Storage

log = logging.getLogger(__name__)

HALT_WITHIN = 2.0
HALT_LOOK = 0.05


def halt(paths: Paths, outside: Outside, secrets: SecretStore, *, reason: str) -> str:
    """Throw the kill switch from outside, even when the window hangs; return what came of it.

    A running Puffling notices the stored switch and cancels its open orders. What it has not
    cancelled within two seconds is cancelled here, at the broker, with the keyring's keys. Orders
    of play money end when Puffling next starts, before anything can fill. A profile that cannot be
    used does not stop it: what the broker shows of our orders is cancelled then.

    Raises:
        PufflingError: Not all of that could be done; the message says what was and what was not.
    """
    clock = SystemClock()
    try:
        storage = open_storage(paths, clock)
    except (PufflingError, OSError) as error:
        log.warning("The profile cannot be used: %s", error)
        raise PufflingError(_unread(error, outside, secrets, clock)) from error
    try:
        said, stored = _throw(storage, Halt(clock.now(), "terminal", reason))
        away = AwayOrders(
            AccountStore(storage.user), OrderStore(storage.user), outside, secrets, clock
        )
        left = away.open()
        until = clock.monotonic() + HALT_WITHIN
        while left and ProfileLock(paths.lock).holder() and clock.monotonic() < until:
            time.sleep(HALT_LOOK)
            left = away.open()
    finally:
        storage.close()
    here = sum(Mode(account.mode) in PLAY_MONEY for account, _ in left)
    done = asyncio.run(away.cancel(left)) if len(left) > here else Cancelled()
    text = " ".join([said, *_words(len(left), here, done)])
    if not stored or done.failed:
        raise PufflingError(text)
    return text


def _throw(storage: Storage, wanted: Halt) -> tuple[str, bool]:
    """Store the halt, and say whether it holds; a full disk does not stop what comes after it."""
    try:
        if not HaltStore(storage.user).set(wanted):
            return "Trading was halted already.", True
    except StoreError as error:
        log.warning("The halt is not stored: %s", error)
        words = f"The halt could not be stored, so Puffling can trade on: {error} {error.hint}"
        return words, False
    try:
        AuditStore(storage.user).add(
            wanted.at, wanted.by, "risk.halt", "", {"reason": wanted.reason}
        )
    except StoreError as error:
        log.warning("The halt is missing in the audit: %s", error)
    return "Trading is halted.", True


def _unread(error: Exception, outside: Outside, secrets: SecretStore, clock: Clock) -> str:
    """Cancel at the brokers without the profile; return what was done and what was not."""
    done = asyncio.run(cancel_unread(outside, secrets, clock))
    words = [f"The halt is NOT stored, so Puffling can trade on: {str(error).rstrip('.')}."]
    if not done.asked and not done.failed:
        words.append(
            "No keys of a broker were found, so nothing was cancelled there. If you have orders at "
            "a broker, cancel them on its own page."
        )
        return " ".join(words)
    if done.asked and not done.count:
        words.append("The broker shows no open order that was placed from here.")
    words += _cancelled_words(done)
    if done.strange:
        orders = "1 open order was" if done.strange == 1 else f"{done.strange} open orders were"
        words.append(
            f"{orders} left alone, as only the profile could tell who placed such orders. Look at "
            "the broker's own page."
        )
    return " ".join(words)


def _words(left: int, here: int, done: Cancelled) -> list[str]:
    if not left:
        return ["No order is open."]
    words = []
    if here:
        orders = "1 open order is" if here == 1 else f"{here} open orders are"
        words.append(f"{orders} cancelled when Puffling starts or wakes.")
    return words + _cancelled_words(done)


def _cancelled_words(done: Cancelled) -> list[str]:
    words = []
    if done.count:
        orders = "1 order was" if done.count == 1 else f"{done.count} orders were"
        words.append(f"{orders} cancelled at the broker.")
    if done.failed:
        words.append(
            f"NOT cancelled: {'; '.join(done.failed)}. Cancel them on the broker's own page."
        )
    return words
