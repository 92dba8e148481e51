"""What can be taken back: settings, watchlists, what is written and not sent, and what is noted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from puffling.core.errors import BadValueError
from puffling.core.events import SettingsChanged, WatchlistsChanged

if TYPE_CHECKING:
    from collections.abc import Callable

    from puffling.core.bus import EventBus
    from puffling.core.settings_store import SettingsStore
    from puffling.services.watchlists import WatchlistService

MOST = 100
# What a limit, a mode or an account is stays as it was decided: it is changed where it is shown.
DECIDED = frozenset({"trading", "paper", "connections", "demo", "assistant", "mode"})


@dataclass(frozen=True, slots=True)
class Change:
    """One change: what it was, how to take it back and make it again, and whether that can be."""

    words: str
    back: Callable[[], object]
    again: Callable[[], object]
    stands: Callable[[], bool]


class UndoService:
    """The changes of this session, newest last.

    Settings and watchlists are followed by what they announce, whoever changed them. Settings
    that guard money are left out: taking one back by a key could loosen a limit unseen.
    """

    def __init__(
        self, settings: SettingsStore, watchlists: WatchlistService, bus: EventBus
    ) -> None:
        self._settings, self._watchlists = settings, watchlists
        self._past: list[Change] = []
        self._future: list[Change] = []
        self._is_walking = False
        self._settings_before = settings.current
        self._lists_before = tuple(watchlists.all())
        bus.subscribe(SettingsChanged, self._on_settings)
        bus.subscribe(WatchlistsChanged, self._on_watchlists)

    @property
    def next_back(self) -> str:
        """What `undo` would take back; empty if nothing."""
        _forget_fallen(self._past)
        return self._past[-1].words if self._past else ""

    @property
    def next_again(self) -> str:
        """What `redo` would make again; empty if nothing."""
        _forget_fallen(self._future)
        return self._future[-1].words if self._future else ""

    def note(
        self,
        words: str,
        back: Callable[[], object],
        again: Callable[[], object],
        stands: Callable[[], bool] = lambda: True,
    ) -> None:
        """Remember a change that has just been made.

        One that does not stand any more is passed over: an order that was sent, say.
        """
        if self._is_walking:
            return
        self._past.append(Change(words, back, again, stands))
        del self._past[:-MOST]
        self._future.clear()

    def undo(self) -> str:
        """Take the newest change back; return what it was.

        Raises:
            BadValueError: There is none.
        """
        if not self.next_back:
            raise BadValueError("There is nothing to take back.")
        return self._walk(self._past, self._future, back=True)

    def redo(self) -> str:
        """Make the change again that was taken back last; return what it was.

        Raises:
            BadValueError: None was, or something else was changed since.
        """
        if not self.next_again:
            raise BadValueError("There is nothing to make again.")
        return self._walk(self._future, self._past, back=False)

    def _walk(self, source: list[Change], target: list[Change], *, back: bool) -> str:
        change = source[-1]
        self._is_walking = True
        try:
            (change.back if back else change.again)()
        finally:
            self._is_walking = False
        source.pop()  # one that fails stays and can be tried again
        target.append(change)
        return change.words

    def _on_settings(self, event: SettingsChanged) -> None:
        before, now = self._settings_before, self._settings.current
        self._settings_before = now
        sections: dict[str, list[str]] = {}
        for each in sorted(event.names):
            section, _, name = each.partition(".")
            if section not in DECIDED and name:
                sections.setdefault(section, []).append(name)
        for section, names in sections.items():
            old = {name: getattr(getattr(before, section), name) for name in names}
            new = {name: getattr(getattr(now, section), name) for name in names}
            if old == new:
                continue  # announced late, and told already
            said = ", ".join(each.replace("_", " ") for each in names)
            self.note(
                f"Setting {section}: {said}",
                partial(self._settings.change, section, **old),
                partial(self._settings.change, section, **new),
            )

    def _on_watchlists(self, _event: WatchlistsChanged) -> None:
        before, now = self._lists_before, tuple(self._watchlists.all())
        self._lists_before = now
        if before and before != now:  # the first list of a fresh desk is nobody's change
            self.note(
                "Change of a watchlist",
                lambda: self._watchlists.put_back(before),
                lambda: self._watchlists.put_back(now),
            )


def _forget_fallen(changes: list[Change]) -> None:
    while changes and not changes[-1].stands():
        changes.pop()
