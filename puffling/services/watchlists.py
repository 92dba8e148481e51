"""Lists of symbols you follow."""

from __future__ import annotations

import secrets
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from puffin.types import SYMBOL
from puffling.core.errors import BadValueError
from puffling.core.events import WatchlistsChanged
from puffling.store.watchlists import Watchlist

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from puffling.core.bus import EventBus
    from puffling.store.watchlists import WatchlistStore

STARTER = "Starter"
LONGEST_NAME = 40
MOST_SYMBOLS = 1_000


class WatchlistService:
    """Everything that can be done with watchlists; each is called by its name."""

    def __init__(self, store: WatchlistStore, bus: EventBus) -> None:
        self._store = store
        self._bus = bus

    def start(self, starter: Iterable[str]) -> None:
        """Make the first list where there is none at all."""
        if not self._store.all():
            self._keep(Watchlist(secrets.token_hex(4), STARTER, tuple(starter)))

    def all(self) -> list[Watchlist]:
        """Return every list, in the order they are shown."""
        return self._store.all()

    def get(self, name: str) -> Watchlist:
        """Return a list by its name; the empty name means the first list.

        Raises:
            BadValueError: No list is called that.
        """
        lists = self._store.all()
        if not name and lists:
            return lists[0]
        for each in lists:
            if each.name.casefold() == name.strip().casefold():
                return each
        near = get_close_matches(name, [each.name for each in lists], n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}?" if near else ""
        raise BadValueError(f"There is no watchlist {name!r}.", hint=hint)

    def symbols(self) -> list[str]:
        """Return the symbols of all lists, each once."""
        return list(dict.fromkeys(symbol for each in self.all() for symbol in each.symbols))

    def create(self, name: str, symbols: Iterable[str] = ()) -> Watchlist:
        """Make a list.

        Raises:
            BadValueError: The name is empty, too long or taken, or a symbol is none.
        """
        lists = self._store.all()
        place = max((each.position for each in lists), default=-1) + 1
        made = Watchlist(secrets.token_hex(4), self._checked_name(name), (), place)
        for symbol in symbols:
            made = _with(made, symbol)
        self._keep(made)
        return made

    def rename(self, name: str, to: str) -> Watchlist:
        """Give a list another name."""
        watchlist = self.get(name)
        changed = replace(watchlist, name=self._checked_name(to, besides=watchlist))
        self._keep(changed)
        return changed

    def delete(self, name: str) -> None:
        """Remove a list.

        Raises:
            BadValueError: It is the last one.
        """
        watchlist = self.get(name)
        if len(self._store.all()) == 1:
            raise BadValueError("The last watchlist stays.", hint="Rename or empty it instead.")
        self._store.remove(watchlist.id)
        self._bus.publish(WatchlistsChanged())

    def add(self, name: str, symbol: str) -> Watchlist:
        """Put a symbol at the end of a list; one that is there already stays where it is."""
        changed = _with(self.get(name), symbol)
        self._keep(changed)
        return changed

    def remove(self, name: str, symbol: str) -> Watchlist:
        """Take a symbol off a list."""
        watchlist = self.get(name)
        if symbol not in watchlist.symbols:
            raise BadValueError(f"{symbol} is not on the list {watchlist.name}.")
        symbols = tuple(each for each in watchlist.symbols if each != symbol)
        changed = replace(watchlist, symbols=symbols)
        self._keep(changed)
        return changed

    def move(self, name: str, symbol: str, place: int) -> Watchlist:
        """Put a symbol of a list at `place`, counted from zero."""
        watchlist = self.get(name)
        if symbol not in watchlist.symbols:
            raise BadValueError(f"{symbol} is not on the list {watchlist.name}.")
        symbols = [each for each in watchlist.symbols if each != symbol]
        symbols.insert(max(0, place), symbol)
        changed = replace(watchlist, symbols=tuple(symbols))
        self._keep(changed)
        return changed

    def put_back(self, lists: Sequence[Watchlist]) -> None:
        """Have just these lists, as they were at another time; none at all changes nothing."""
        if not lists:
            return
        kept = {each.id for each in lists}
        for each in self._store.all():
            if each.id not in kept:
                self._store.remove(each.id)
        for each in lists:
            self._store.save(each)
        self._bus.publish(WatchlistsChanged())

    def _checked_name(self, name: str, besides: Watchlist | None = None) -> str:
        name = name.strip()
        if not name or len(name) > LONGEST_NAME:
            raise BadValueError(f"A list's name has 1 to {LONGEST_NAME} letters.")
        taken = {each.name.casefold() for each in self._store.all() if each != besides}
        if name.casefold() in taken:
            raise BadValueError(f"There is already a list called {name}.")
        return name

    def _keep(self, watchlist: Watchlist) -> None:
        self._store.save(watchlist)
        self._bus.publish(WatchlistsChanged())


def _with(watchlist: Watchlist, symbol: str) -> Watchlist:
    if not SYMBOL.match(symbol):
        raise BadValueError(f"{symbol[:20]!r} is not a symbol.")
    if symbol in watchlist.symbols:
        return watchlist
    if len(watchlist.symbols) >= MOST_SYMBOLS:
        raise BadValueError(f"A list holds at most {MOST_SYMBOLS:,} symbols.")
    return replace(watchlist, symbols=(*watchlist.symbols, symbol))
