"""What every service of a profile stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from puffling.work.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffin.meter import Reading
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.core.settings_store import SettingsStore
    from puffling.store.opening import Storage


@dataclass(frozen=True, slots=True)
class Base:
    """Where things are kept, what time it is, and who tells whom."""

    paths: Paths
    clock: Clock
    bus: EventBus
    settings: SettingsStore
    storage: Storage
    watchdog: Watchdog = field(default_factory=Watchdog)
    gauges: dict[str, Callable[[], Reading]] = field(default_factory=dict)
