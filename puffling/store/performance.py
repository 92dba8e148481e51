"""What an account was worth at the end of each session, and what else changed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from puffin.broker.base import Activity
from puffling.core.errors import StoreDamagedError
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, activities, equity_snapshots, orders

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy import Row

    from puffling.store.database import Database


@dataclass(frozen=True, slots=True)
class EquitySnapshot:
    """An account at the end of a session.

    `flow` is money from outside since the snapshot before, negative when it was taken out.
    """

    account: str
    session: date
    at: datetime
    equity: Decimal
    cash: Decimal
    positions_value: Decimal
    flow: Decimal


class PerformanceStore:
    """Keeps snapshots; reads activities, and who asked for each order."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def keep(self, snapshot: EquitySnapshot) -> None:
        """Store the snapshot of a session in place of one that is there.

        After a crash a session may end a second time; the later end is what happened.
        """
        values = {
            "at": snapshot.at,
            "equity": snapshot.equity,
            "cash": snapshot.cash,
            "positions_value": snapshot.positions_value,
            "net_flow": snapshot.flow,
        }
        statement = insert(equity_snapshots).values(
            values
            | {
                "user_id": self._user,
                "account": snapshot.account,
                "session": snapshot.session.isoformat(),
            }
        )
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["account", "session"], set_=values)
            )

    def snapshots(self, account: str) -> list[EquitySnapshot]:
        """Return every snapshot of the account, oldest first."""
        statement = (
            select(equity_snapshots)
            .where(equity_snapshots.c.account == account)
            .order_by(equity_snapshots.c.session)
        )
        with self._database.read() as connection:
            return records(connection, statement, _snapshot)

    def before(self, account: str, session: date) -> EquitySnapshot | None:
        """Return the latest snapshot of an earlier session."""
        statement = (
            select(equity_snapshots)
            .where(
                equity_snapshots.c.account == account,
                equity_snapshots.c.session < session.isoformat(),
            )
            .order_by(equity_snapshots.c.session.desc())
        )
        with self._database.read() as connection:
            return record(connection, statement, _snapshot)

    def activities(self, account: str) -> list[Activity]:
        """Return what changed the account besides fills, in the order in which it was booked."""
        statement = (
            select(activities)
            .where(activities.c.account == account)
            .order_by(activities.c.at, activities.c.sequence)
        )
        with self._database.read() as connection:
            return records(connection, statement, _activity)

    def askers(self, account: str) -> dict[str, str]:
        """Return who asked for each order of the account, by the order's id."""
        statement = select(orders.c.id, orders.c.asked_by, orders.c.external).where(
            orders.c.account == account
        )
        with self._database.read() as connection:
            rows = records(connection, statement, tuple)
        return {id_: "elsewhere" if external else by for id_, by, external in rows}


def _snapshot(row: Row[Any]) -> EquitySnapshot:
    try:
        session = date.fromisoformat(row.session)
    except ValueError as error:
        raise StoreDamagedError("The database is damaged: it holds an unreadable date.") from error
    return EquitySnapshot(
        row.account, session, row.at, row.equity, row.cash, row.positions_value, row.net_flow
    )


def _activity(row: Row[Any]) -> Activity:
    return Activity(row.id, row.kind, row.at, row.amount, row.symbol, row.quantity, row.text)
