"""Searches for the best parameters: how each went, and every trial of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from puffin.backtest.trials import NOTHING
from puffling.core.errors import BadValueError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, search_results, searches
from puffling.store.search_documents import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from puffin.backtest.trials import Trials
    from puffling.store.database import Database


class SearchState(StrEnum):
    """How a search is doing, or how it ended."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by the person; what was done is kept
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # the program ended while it ran; what was stored is kept


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """One search without its trials; `SearchStore.load` brings those.

    `best` has the parameters and figures of the best trial so far, None without one.
    """

    id: str
    created_at: datetime
    title: str
    symbol: str
    plan: dict[str, Any]
    total: int
    state: SearchState = SearchState.RUNNING
    done: int = 0
    best: dict[str, Any] | None = None
    data_hash: str = ""
    message: str = ""
    ended_at: datetime | None = None


# Made once: putting a statement together takes longer than carrying it out.
_BEGIN = insert(searches)
_KEEP = update(searches).where(searches.c.id == bindparam("which"))
_FOUND = upsert(search_results)
_FOUND = _FOUND.on_conflict_do_update(
    index_elements=["search_id"], set_={"document": _FOUND.excluded.document}
)


class SearchStore:
    """Keeps searches."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def begin(
        self, title: str, symbol: str, plan: Mapping[str, Any], total: int, at: datetime
    ) -> str:
        """Store that a search runs, and return its id."""
        id_ = uuid.uuid4().hex
        values = {
            "id": id_,
            "user_id": self._user,
            "created_at": at,
            "state": SearchState.RUNNING.value,
            "title": title,
            "symbol": symbol,
            "plan": dict(plan),
            "total": total,
            "done": 0,
        }
        with self._database.write() as connection:
            connection.execute(_BEGIN, values)
        return id_

    def keep(  # noqa: PLR0913 - each is a column, given by name
        self,
        id_: str,
        trials: Trials,
        *,
        found: Mapping[str, Any] | None = None,
        done: int,
        total: int,
        best: Mapping[str, Any] | None,
        data_hash: str = "",
        state: SearchState = SearchState.RUNNING,
        message: str = "",
        ended_at: datetime | None = None,
    ) -> None:
        """Store how far a search is, with everything it found so far."""
        document = packed(trials, found)
        values = {
            "which": id_,
            "done": done,
            "total": total,
            "best": None if best is None else dict(best),
            "data_hash": data_hash,
            "state": state.value,
            "message": message,
            "ended_at": ended_at,
        }
        with self._database.write() as connection:
            if connection.execute(_KEEP, values).rowcount:  # it may have been removed meanwhile
                whole = {"search_id": id_, "user_id": self._user, "document": document}
                connection.execute(_FOUND, whole)

    def all(self, limit: int = 200) -> list[SavedSearch]:
        """Return the latest searches, newest first."""
        statement = (
            select(searches)
            .where(searches.c.user_id == self._user)
            .order_by(searches.c.created_at.desc(), searches.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _saved)

    def get(self, id_: str) -> SavedSearch:
        """Return one search without its trials.

        Raises:
            BadValueError: There is none with this id.
        """
        with self._database.read() as connection:
            found = record(connection, select(searches).where(searches.c.id == id_), _saved)
        if found is None:
            raise _unknown(id_)
        return found

    def load(self, id_: str) -> tuple[Trials, dict[str, Any] | None]:
        """Return every trial of a search, and what else it found; nothing if it was cut short.

        Raises:
            BadValueError: There is none with this id.
            StoreDamagedError: It cannot be read.
        """
        self.get(id_)
        statement = select(search_results.c.document).where(search_results.c.search_id == id_)
        with self._database.read() as connection:
            found = connection.execute(statement).first()
        return (NOTHING, None) if found is None else unpacked(found.document)

    def trials(self, strategy_id: str, symbol: str, limit: int = 20) -> list[Trials]:
        """Return what the latest searches tried of a strategy, search by search, oldest first."""
        about = self._about(strategy_id, symbol, limit)
        return [self.load(one.id)[0] for one in reversed(about)]

    def walked(self, strategy_id: str, symbol: str) -> dict[str, Any] | None:
        """Return what the latest walk forward of a strategy came to, or None without one."""
        for one in self._about(strategy_id, symbol, 20):
            if one.plan.get("kind") == "walk forward":
                _, found = self.load(one.id)
                if found:
                    return dict(found)
        return None

    def remove(self, id_: str) -> bool:
        """Remove a search with its trials; False if there was none."""
        with self._database.write() as connection:
            return connection.execute(delete(searches).where(searches.c.id == id_)).rowcount > 0

    def _about(self, strategy_id: str, symbol: str, limit: int) -> list[SavedSearch]:
        mine = (searches.c.user_id == self._user) & (searches.c.symbol == symbol)
        statement = select(searches).where(mine).order_by(searches.c.created_at.desc())
        with self._database.read() as connection:
            listed = records(connection, statement.limit(limit), _saved)
        return [each for each in listed if each.plan.get("spec", {}).get("id") == strategy_id]

    def interrupt_running(self, at: datetime) -> list[SavedSearch]:
        """Mark every search that still runs as interrupted, and return them.

        Call it at start-up, when nothing can be running yet.
        """
        going = (searches.c.state == SearchState.RUNNING.value) & (searches.c.user_id == self._user)
        with self._database.write() as connection:
            ids = [row.id for row in connection.execute(select(searches.c.id).where(going))]
            if not ids:
                return []
            mine = searches.c.id.in_(ids)
            connection.execute(
                update(searches)
                .where(mine)
                .values(state=SearchState.INTERRUPTED.value, ended_at=at)
            )
            statement = select(searches).where(mine).order_by(searches.c.created_at)
            return records(connection, statement, _saved)


def _unknown(id_: str) -> BadValueError:
    return BadValueError(
        f"There is no search with the id {id_[:40]!r}.", hint="optimise.list shows them."
    )


def _saved(row: Row[Any]) -> SavedSearch:
    return SavedSearch(
        id=row.id,
        created_at=row.created_at,
        title=row.title,
        symbol=row.symbol,
        plan=dict(row.plan),
        total=row.total,
        state=SearchState(row.state),
        done=row.done,
        best=None if row.best is None else dict(row.best),
        data_hash=row.data_hash,
        message=row.message,
        ended_at=row.ended_at,
    )
