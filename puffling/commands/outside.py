"""The kill switch from outside: thrown by a terminal even when the window hangs."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from puffling.core.clock import SystemClock
from puffling.core.lock import ProfileLock
from puffling.core.settings import Mode
from puffling.store.accounts import AccountStore
from puffling.store.audit import AuditStore
from puffling.store.halts import Halt, HaltStore
from puffling.store.opening import open_storage
from puffling.store.orders import OrderStore

if TYPE_CHECKING:
    from puffling.core.paths import Paths
    from puffling.store.opening import Storage

HALT_WITHIN = 2.0
HALT_LOOK = 0.05


def halt(paths: Paths, *, reason: str) -> str:
    """Throw the kill switch from outside, even when the window hangs; return what came of it.

    A running Puffling notices the stored switch and cancels its open orders; one that is not
    running does so at its next start, before anything can fill.
    """
    clock = SystemClock()
    storage = open_storage(paths, clock)
    try:
        fresh = HaltStore(storage.user).set(Halt(clock.now(), "terminal", reason))
        if fresh:
            AuditStore(storage.user).add(
                clock.now(), "terminal", "risk.halt", "", {"reason": reason}
            )
        left = _open_orders(storage)
        until = clock.monotonic() + HALT_WITHIN
        while left and ProfileLock(paths.lock).holder() and clock.monotonic() < until:
            time.sleep(HALT_LOOK)
            left = _open_orders(storage)
    finally:
        storage.close()
    said = "Trading is halted." if fresh else "Trading was halted already."
    if not left:
        return f"{said} No order is open."
    orders = "1 open order is" if left == 1 else f"{left} open orders are"
    return f"{said} {orders} cancelled when Puffling starts or wakes."


def _open_orders(storage: Storage) -> int:
    account = AccountStore(storage.user).current(Mode.DEMO)
    return 0 if account is None else len(OrderStore(storage.user).open(account.id))
