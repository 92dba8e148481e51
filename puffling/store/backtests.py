"""Backtests that were run: a quick list, and each result whole when it is asked for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from puffin.backtest.result import BacktestResult
from puffin.errors import PuffinError
from puffling.core.errors import BadValueError, StoreDamagedError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, backtest_results, backtests

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class SavedBacktest:
    """One backtest without its curves and trades; `BacktestStore.load` brings those."""

    id: str
    created_at: datetime
    strategy_id: str
    symbol: str
    parameters: dict[str, Any]
    metrics: dict[str, float | None]
    assumptions: dict[str, str]
    data_hash: str
    config_hash: str
    note: str = ""


class BacktestStore:
    """Keeps backtests."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, result: BacktestResult, at: datetime, *, note: str = "") -> str:
        """Store a result and return its id."""
        id_ = uuid.uuid4().hex
        listed = insert(backtests).values(
            id=id_,
            user_id=self._user,
            created_at=at,
            strategy_id=result.strategy_id,
            symbol=result.symbol,
            parameters=dict(result.parameters),
            metrics=dict(result.metrics),
            assumptions=dict(result.assumptions),
            data_hash=result.data_hash,
            config_hash=result.config_hash,
            note=note,
        )
        whole = insert(backtest_results).values(
            backtest_id=id_, user_id=self._user, document=result.to_blob()
        )
        with self._database.write() as connection:
            connection.execute(listed)
            connection.execute(whole)
        return id_

    def all(self, limit: int = 200) -> list[SavedBacktest]:
        """Return the latest backtests, newest first."""
        statement = (
            select(backtests)
            .where(backtests.c.user_id == self._user)
            .order_by(backtests.c.created_at.desc(), backtests.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _saved)

    def get(self, id_: str) -> SavedBacktest | None:
        """Return one backtest without its curves, or None."""
        with self._database.read() as connection:
            return record(connection, select(backtests).where(backtests.c.id == id_), _saved)

    def load(self, id_: str) -> BacktestResult:
        """Return the whole result.

        Raises:
            BadValueError: There is no backtest with this id.
            StoreDamagedError: It cannot be read, or another version stored it.
        """
        statement = select(backtest_results.c.document).where(backtest_results.c.backtest_id == id_)
        with self._database.read() as connection:
            found = connection.execute(statement).first()
        if found is None:
            raise BadValueError(f"There is no backtest with the id {id_[:40]}.")
        again = "Run the backtest again."
        if not isinstance(found.document, bytes):
            raise StoreDamagedError("The stored backtest is damaged.", hint=again)
        try:
            return BacktestResult.from_blob(found.document)
        except PuffinError as error:
            raise StoreDamagedError(str(error), hint=again) from error

    def set_note(self, id_: str, note: str) -> None:
        """Change what was noted about a backtest."""
        with self._database.write() as connection:
            connection.execute(update(backtests).where(backtests.c.id == id_).values(note=note))

    def remove(self, id_: str) -> bool:
        """Remove a backtest with its curves; False if there was none."""
        with self._database.write() as connection:
            return connection.execute(delete(backtests).where(backtests.c.id == id_)).rowcount > 0


def _saved(row: Row[Any]) -> SavedBacktest:
    return SavedBacktest(
        id=row.id,
        created_at=row.created_at,
        strategy_id=row.strategy_id,
        symbol=row.symbol,
        parameters=dict(row.parameters),
        metrics=dict(row.metrics),
        assumptions=dict(row.assumptions),
        data_hash=row.data_hash,
        config_hash=row.config_hash,
        note=row.note,
    )
