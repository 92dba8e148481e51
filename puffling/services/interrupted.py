"""Searches that the end of the last run cut off: marked, and told of once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffling.core.events import Level, NoticePosted, SearchChanged

if TYPE_CHECKING:
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.store.searches import SearchStore


def mark(store: SearchStore, bus: EventBus, clock: Clock) -> list[str]:
    """Mark what the last run left running as interrupted, and say what is left of it.

    Their titles are returned: the jobs that ran them need say nothing more.
    """
    cut = store.interrupt_running(clock.now())
    for each in cut:
        bus.publish(SearchChanged(each.id))
        left = "Nothing of it is kept." if each.best is None else "What it found is kept."
        bus.publish(
            NoticePosted(
                Level.WARNING,
                f"{each.title}: interrupted",
                f"Puffling ended after {each.done:,} of {each.total:,} trials. {left}",
                panel="backtest",
            )
        )
    return [each.title for each in cut]
