"""Searches for the best parameters: how each went, and every trial of it."""

from __future__ import annotations

import json
import uuid
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from puffling.core.errors import BadValueError, StoreDamagedError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, search_results, searches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database

CHUNK = 500  # trials in a line
LARGEST = 1 << 28  # bytes of the trials unpacked; more is not one of ours


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
        statement = insert(searches).values(
            id=id_,
            user_id=self._user,
            created_at=at,
            state=SearchState.RUNNING.value,
            title=title,
            symbol=symbol,
            plan=dict(plan),
            total=total,
            done=0,
        )
        with self._database.write() as connection:
            connection.execute(statement)
        return id_

    def keep(  # noqa: PLR0913 - each is a column, given by name
        self,
        id_: str,
        trials: Sequence[Mapping[str, Any]],
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
        whole = {"document": _packed(trials, found)}
        with self._database.write() as connection:
            listed = connection.execute(
                update(searches)
                .where(searches.c.id == id_)
                .values(
                    done=done,
                    total=total,
                    best=None if best is None else dict(best),
                    data_hash=data_hash,
                    state=state.value,
                    message=message,
                    ended_at=ended_at,
                )
            )
            if listed.rowcount:  # it may have been removed meanwhile
                statement = upsert(search_results).values(
                    search_id=id_, user_id=self._user, **whole
                )
                connection.execute(
                    statement.on_conflict_do_update(index_elements=["search_id"], set_=whole)
                )

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

    def load(self, id_: str) -> dict[str, Any]:
        """Return everything a search found; empty if it was cut short before its first trial.

        Raises:
            BadValueError: There is none with this id.
            StoreDamagedError: It cannot be read.
        """
        self.get(id_)
        statement = select(search_results.c.document).where(search_results.c.search_id == id_)
        with self._database.read() as connection:
            found = connection.execute(statement).first()
        if found is None:
            return {}
        try:
            lines = zlib.decompressobj().decompress(found.document, LARGEST).splitlines()
            first, *chunks = (json.loads(each) for each in lines)
            return {"found": first["found"], "trials": [one for each in chunks for one in each]}
        except (TypeError, ValueError, KeyError, zlib.error) as error:
            raise StoreDamagedError(
                "The stored search is damaged.", hint="Run the search again."
            ) from error

    def trials(
        self, strategy_id: str, symbol: str, limit: int = 20
    ) -> list[tuple[dict[str, Any], float | None]]:
        """Return parameters and Sharpe ratio of what the latest searches tried of a strategy."""
        return [
            (dict(each["parameters"]), each["figures"].get("sharpe"))
            for one in self._about(strategy_id, symbol, limit)
            for each in self.load(one.id).get("trials", ())
        ]

    def walked(self, strategy_id: str, symbol: str) -> dict[str, Any] | None:
        """Return what the latest walk forward of a strategy came to, or None without one."""
        for one in self._about(strategy_id, symbol, 20):
            if one.plan.get("kind") == "walk forward":
                found = self.load(one.id).get("found")
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


def _packed(trials: Sequence[Mapping[str, Any]], found: Mapping[str, Any] | None) -> bytes:
    """Return a line of JSON for what was found and one for every few trials, compressed.

    All of it in one piece would hold up every other thread for as long as that takes.
    """
    packer = zlib.compressobj(6)
    first = packer.compress(_line({"found": None if found is None else dict(found)}))
    rest = (
        packer.compress(_line([dict(each) for each in trials[start : start + CHUNK]]))
        for start in range(0, len(trials), CHUNK)
    )
    return b"".join([first, *rest, packer.flush()])


def _line(value: object) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode() + b"\n"


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
