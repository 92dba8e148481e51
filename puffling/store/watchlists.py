"""Lists of symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.core.errors import BadValueError
from puffling.store.database import records
from puffling.store.schema import DEFAULT_USER, watchlists

if TYPE_CHECKING:
    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class Watchlist:
    """A list of symbols with a name; lists are shown by `position`."""

    id: str
    name: str
    symbols: tuple[str, ...]
    position: int = 0


class WatchlistStore:
    """Keeps watchlists."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def all(self) -> list[Watchlist]:
        """Return every list in the order in which they are shown."""
        statement = (
            select(watchlists)
            .where(watchlists.c.user_id == self._user)
            .order_by(watchlists.c.position, watchlists.c.name)
        )
        with self._database.read() as connection:
            return records(connection, statement, _watchlist)

    def save(self, watchlist: Watchlist) -> None:
        """Store the list, new or changed.

        Raises:
            BadValueError: Another list has this name.
        """
        values = {
            "name": watchlist.name,
            "symbols": list(watchlist.symbols),
            "position": watchlist.position,
        }
        twin = select(watchlists.c.id).where(
            watchlists.c.user_id == self._user,
            watchlists.c.name == watchlist.name,
            watchlists.c.id != watchlist.id,
        )
        statement = insert(watchlists).values(id=watchlist.id, user_id=self._user, **values)
        with self._database.write() as connection:
            if connection.execute(twin).first() is not None:
                raise BadValueError(f"There is already a list called {watchlist.name}.")
            connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))

    def remove(self, id_: str) -> bool:
        """Remove the list; False if there was none."""
        with self._database.write() as connection:
            return connection.execute(delete(watchlists).where(watchlists.c.id == id_)).rowcount > 0


def _watchlist(row: Row[Any]) -> Watchlist:
    symbols = tuple(row.symbols)
    if not all(isinstance(each, str) for each in symbols):
        raise TypeError("A symbol is text")
    return Watchlist(id=row.id, name=row.name, symbols=symbols, position=row.position)
