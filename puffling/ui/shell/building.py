"""The app as the desk sees it: handed in from above, because `ui` rests below `app`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from puffling.commands.context import Context, Desk, Gate
    from puffling.commands.registry import Registry
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.core.paths import Paths
    from puffling.work.lanes import Lane
    from puffling.work.processes import ProcessLane


class Running(Protocol):
    """An app that was built: start it, use it, stop it."""

    @property
    def context(self) -> Context:
        """What commands may use."""
        ...

    @property
    def registry(self) -> Registry:
        """Every command."""
        ...

    @property
    def bus(self) -> EventBus:
        """Where everything that happens is announced."""
        ...

    @property
    def processes(self) -> ProcessLane:
        """Where long arithmetic runs."""
        ...

    async def start(self) -> None:
        """Take up where the last run ended."""
        ...

    async def stop(self) -> None:
        """End in good order."""
        ...


class Build(Protocol):
    """Puts the parts of a profile together; slow to import, so it is asked for after the paint."""

    def __call__(
        self, paths: Paths, *, clock: Clock, desk: Desk, gate: Gate, lane: Lane
    ) -> Running:
        """Return the app.

        Raises:
            ProfileInUseError: Another Puffling has the profile.
            StoreError: What is kept cannot be opened.
        """
        ...
