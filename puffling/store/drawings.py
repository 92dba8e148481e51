"""What was drawn on the charts of each symbol."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert

from puffling.core.drawings import read_drawing, write_drawing
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, drawings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row

    from puffling.core.drawings import Drawing
    from puffling.store.database import Database


class DrawingStore:
    """Keeps drawings."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def of(self, symbol: str) -> list[Drawing]:
        """Return the drawings of a symbol, the lowest first."""
        mine = (drawings.c.user_id == self._user) & (drawings.c.symbol == symbol)
        statement = select(drawings).where(mine).order_by(drawings.c.height, drawings.c.id)
        with self._database.read() as connection:
            return records(connection, statement, _drawing)

    def get(self, id_: str) -> Drawing | None:
        """Return the drawing, or None."""
        mine = (drawings.c.user_id == self._user) & (drawings.c.id == id_)
        with self._database.read() as connection:
            return record(connection, select(drawings).where(mine), _drawing)

    def symbols(self) -> dict[str, int]:
        """Return how many drawings each symbol has that has any."""
        statement = (
            select(drawings.c.symbol, func.count().label("drawn"))
            .where(drawings.c.user_id == self._user)
            .group_by(drawings.c.symbol)
            .order_by(drawings.c.symbol)
        )
        with self._database.read() as connection:
            return dict(records(connection, statement, lambda row: (row.symbol, row.drawn)))

    def change(self, kept: Iterable[Drawing], gone: Iterable[str] = ()) -> None:
        """Store drawings, new or changed, and remove others: all of it or nothing."""
        with self._database.write() as connection:
            ids = list(gone)
            if ids:
                mine = (drawings.c.user_id == self._user) & drawings.c.id.in_(ids)
                connection.execute(delete(drawings).where(mine))
            for each in kept:
                values = {
                    "symbol": each.symbol,
                    "height": each.height,
                    "document": write_drawing(each),
                }
                statement = insert(drawings).values(id=each.id, user_id=self._user, **values)
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["id"], set_=values)
                )


def _drawing(row: Row[Any]) -> Drawing:
    return read_drawing(row.document, id_=row.id, symbol=row.symbol, height=row.height)
