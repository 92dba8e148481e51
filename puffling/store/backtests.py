"""Backtests that were run: a quick list, and each result whole when it is asked for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from puffin.backtest.result import BacktestResult
from puffin.errors import PuffinError
from puffling.core.errors import BadValueError, StoreDamagedError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, backtest_results, backtests, verdicts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row, Select

    from puffin.backtest.portfolio_result import PortfolioResult
    from puffling.store.database import Database

    AnyResult: TypeAlias = BacktestResult | PortfolioResult


@dataclass(frozen=True, slots=True)
class SavedBacktest:
    """One backtest without its curves and trades; `BacktestStore.load` brings those.

    `symbol` is what was traded, several with a space between. `plan` is what it takes to run it
    again, None where that was not kept; `saved_strategy` is the one of yours that was tried;
    `grade` is what the truth gate says, empty where it was not asked.
    """

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
    plan: dict[str, Any] | None = None
    saved_strategy: str = ""
    grade: str = ""

    @property
    def symbols(self) -> tuple[str, ...]:
        """What was traded, one by one."""
        return tuple(self.symbol.split())


class BacktestStore:
    """Keeps backtests."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(
        self,
        result: AnyResult,
        at: datetime,
        *,
        note: str = "",
        plan: Mapping[str, Any] | None = None,
        saved_strategy: str = "",
    ) -> str:
        """Store a result and return its id."""
        id_ = uuid.uuid4().hex
        one = isinstance(result, BacktestResult)
        symbols = (result.symbol,) if isinstance(result, BacktestResult) else result.symbols
        listed = insert(backtests).values(
            id=id_,
            user_id=self._user,
            created_at=at,
            strategy_id=result.strategy_id,
            symbol=" ".join(symbols),
            parameters=dict(result.parameters),
            metrics=dict(result.metrics),
            assumptions=dict(result.assumptions),
            data_hash=result.data_hash,
            config_hash=result.config_hash,
            note=note,
            plan=None if plan is None else dict(plan),
            saved_strategy=saved_strategy,
        )
        whole = insert(backtest_results).values(
            backtest_id=id_, user_id=self._user, document=result.to_blob(), many=not one
        )
        with self._database.write() as connection:
            connection.execute(listed)
            connection.execute(whole)
        return id_

    def all(self, limit: int = 200) -> list[SavedBacktest]:
        """Return the latest backtests, newest first."""
        statement = (
            _listed()
            .where(backtests.c.user_id == self._user)
            .order_by(backtests.c.created_at.desc(), backtests.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _saved)

    def get(self, id_: str) -> SavedBacktest | None:
        """Return one backtest without its curves, or None."""
        with self._database.read() as connection:
            return record(connection, _listed().where(backtests.c.id == id_), _saved)

    def load(self, id_: str) -> AnyResult:
        """Return the whole result.

        Raises:
            BadValueError: There is no backtest with this id.
            StoreDamagedError: It cannot be read, or another version stored it.
        """
        statement = select(backtest_results.c.document, backtest_results.c.many).where(
            backtest_results.c.backtest_id == id_
        )
        with self._database.read() as connection:
            found = connection.execute(statement).first()
        if found is None:
            raise BadValueError(
                f"There is no backtest with the id {id_[:40]}.", hint="backtest.list shows them."
            )
        again = "Run the backtest again."
        if not isinstance(found.document, bytes):
            raise StoreDamagedError("The stored backtest is damaged.", hint=again)
        try:
            return _whole(found.document, many=found.many)
        except PuffinError as error:
            raise StoreDamagedError(str(error), hint=again) from error

    def set_verdict(self, id_: str, grade: str, document: Mapping[str, Any]) -> None:
        """Keep what the truth gate says of a backtest, in the place of what it said before."""
        values = {"grade": grade, "document": dict(document)}
        statement = upsert(verdicts).values(backtest_id=id_, user_id=self._user, **values)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["backtest_id"], set_=values)
            )

    def verdict(self, id_: str) -> dict[str, Any] | None:
        """Return what the truth gate said, or None if it was not asked."""
        statement = select(verdicts.c.document).where(verdicts.c.backtest_id == id_)
        with self._database.read() as connection:
            return record(connection, statement, lambda row: dict(row.document))

    def tested(self) -> dict[str, str]:
        """Return the latest grade of each saved strategy that was ever tried."""
        statement = (
            _listed()
            .where((backtests.c.user_id == self._user) & (backtests.c.saved_strategy != ""))
            .order_by(backtests.c.created_at, backtests.c.id)
        )
        with self._database.read() as connection:
            found = records(connection, statement, _saved)
        return {each.saved_strategy: each.grade for each in found}

    def set_note(self, id_: str, note: str) -> None:
        """Change what was noted about a backtest."""
        with self._database.write() as connection:
            connection.execute(update(backtests).where(backtests.c.id == id_).values(note=note))

    def remove(self, id_: str) -> bool:
        """Remove a backtest with its curves and verdict; False if there was none."""
        with self._database.write() as connection:
            return connection.execute(delete(backtests).where(backtests.c.id == id_)).rowcount > 0


def _listed() -> Select[Any]:
    return select(backtests, verdicts.c.grade).join_from(backtests, verdicts, isouter=True)


def _whole(document: bytes, *, many: bool) -> AnyResult:
    if not many:
        return BacktestResult.from_blob(document)
    from puffin.backtest.portfolio_result import PortfolioResult

    return PortfolioResult.from_blob(document)


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
        plan=None if row.plan is None else dict(row.plan),
        saved_strategy=row.saved_strategy,
        grade=row.grade or "",
    )
