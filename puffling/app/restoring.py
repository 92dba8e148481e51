"""Opens what is kept, after a backup was put back if somebody asked for that in the last run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.store.audit import AuditStore
from puffling.store.halts import HaltStore
from puffling.store.opening import open_storage
from puffling.store.restoring import restore_noted

if TYPE_CHECKING:
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.store.opening import Storage


def open_profile(paths: Paths, clock: Clock, *, kept_backups: int) -> Storage:
    """Return both files, open; only for who holds the profile's lock.

    A restore never lifts the kill switch: what was halted stays so.

    Raises:
        StoreError: What is kept cannot be opened; the sentence says why and what to do.
    """
    restored = restore_noted(paths, clock.now())
    storage = open_storage(paths, clock, kept_backups=kept_backups)
    if restored is None:
        return storage
    try:
        storage.notices.insert(0, restored.text)
        if restored.halt is not None:
            HaltStore(storage.user).set(restored.halt)
        if restored.note is not None:
            AuditStore(storage.user).add(
                clock.now(), restored.note.by, "backup.restored", restored.note.backup
            )
    except BaseException:
        storage.close()
        raise
    return storage
