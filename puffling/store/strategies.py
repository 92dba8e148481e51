"""Strategies that are yours, and every revision each of them had."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from puffling.core.errors import BadValueError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, strategies, strategy_revisions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection, Row, Select

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class SavedStrategy:
    """A strategy as its newest revision has it; `spec` is what builds it."""

    id: str
    name: str
    created_at: datetime
    updated_at: datetime
    revision: int
    spec: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Revision:
    """How a strategy was at one time; the first is number 1."""

    number: int
    created_at: datetime
    spec: dict[str, Any]
    note: str = ""


class StrategyStore:
    """Keeps strategies. Nothing is written over: a change is one more revision."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, name: str, spec: Mapping[str, Any], at: datetime, *, note: str = "") -> str:
        """Store a new strategy as its first revision and return its id.

        Raises:
            BadValueError: Another one has that name.
        """
        id_ = uuid.uuid4().hex[:12]
        with self._database.write() as connection:
            self._mind_name(connection, name, id_)
            connection.execute(
                insert(strategies).values(
                    id=id_,
                    user_id=self._user,
                    name=name,
                    created_at=at,
                    updated_at=at,
                    revision=0,
                )
            )
            self._revise(connection, id_, spec, at, note)
        return id_

    def revise(self, id_: str, spec: Mapping[str, Any], at: datetime, *, note: str = "") -> int:
        """Store one more revision and return its number.

        Raises:
            BadValueError: There is no such strategy.
        """
        with self._database.write() as connection:
            return self._revise(connection, id_, spec, at, note)

    def rename(self, id_: str, name: str) -> None:
        """Give a strategy another name.

        Raises:
            BadValueError: There is no such strategy, or another one has that name.
        """
        with self._database.write() as connection:
            self._mind_name(connection, name, id_)
            done = connection.execute(
                update(strategies).where(strategies.c.id == id_).values(name=name)
            )
            if not done.rowcount:
                raise _unknown(id_)

    def all(self) -> list[SavedStrategy]:
        """Return every strategy, by name."""
        statement = _newest().where(strategies.c.user_id == self._user).order_by(strategies.c.name)
        with self._database.read() as connection:
            return records(connection, statement, _saved)

    def get(self, id_: str) -> SavedStrategy:
        """Return one strategy.

        Raises:
            BadValueError: There is none with this id.
        """
        with self._database.read() as connection:
            found = record(connection, _newest().where(strategies.c.id == id_), _saved)
        if found is None:
            raise _unknown(id_)
        return found

    def revisions(self, id_: str) -> list[Revision]:
        """Return every revision of a strategy, newest first; none if there is no such strategy."""
        statement = (
            select(strategy_revisions)
            .where(strategy_revisions.c.strategy_id == id_)
            .order_by(strategy_revisions.c.number.desc())
        )
        with self._database.read() as connection:
            return records(connection, statement, _revision)

    def remove(self, id_: str) -> bool:
        """Remove a strategy with its revisions; False if there was none."""
        with self._database.write() as connection:
            done = connection.execute(delete(strategies).where(strategies.c.id == id_))
            return done.rowcount > 0

    def _mind_name(self, connection: Connection, name: str, id_: str) -> None:
        mine = strategies.c.user_id == self._user
        taken = select(strategies.c.id).where(
            mine & (strategies.c.name == name) & (strategies.c.id != id_)
        )
        if connection.execute(taken).first() is not None:
            raise BadValueError(
                f"A strategy is called {name!r} already.", hint="Choose another name."
            )

    def _revise(
        self, connection: Connection, id_: str, spec: Mapping[str, Any], at: datetime, note: str
    ) -> int:
        this = strategies.c.id == id_
        found = connection.execute(select(strategies.c.revision).where(this)).first()
        if found is None:
            raise _unknown(id_)
        number = int(found.revision) + 1
        connection.execute(
            insert(strategy_revisions).values(
                strategy_id=id_,
                number=number,
                user_id=self._user,
                created_at=at,
                spec=dict(spec),
                note=note,
            )
        )
        connection.execute(update(strategies).where(this).values(revision=number, updated_at=at))
        return number


def _newest() -> Select[Any]:
    same = (strategy_revisions.c.strategy_id == strategies.c.id) & (
        strategy_revisions.c.number == strategies.c.revision
    )
    return select(strategies, strategy_revisions.c.spec).join_from(
        strategies, strategy_revisions, same
    )


def _unknown(id_: str) -> BadValueError:
    return BadValueError(
        f"There is no saved strategy with the id {id_[:40]!r}.", hint="strategy.list shows them."
    )


def _saved(row: Row[Any]) -> SavedStrategy:
    return SavedStrategy(
        row.id, row.name, row.created_at, row.updated_at, row.revision, dict(row.spec)
    )


def _revision(row: Row[Any]) -> Revision:
    return Revision(row.number, row.created_at, dict(row.spec), row.note)
