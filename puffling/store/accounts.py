"""Accounts: with what cash and at which market time trading in a mode began."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, literal_column, select

from puffling.store.activities import add_activity
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, accounts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy import ColumnElement, Row

    from puffin.broker.base import Activity
    from puffling.store.database import Database


# Not by `opened_at`: a computer's clock can be set back between two accounts.
_NEWEST: ColumnElement[int] = literal_column("accounts.rowid")


@dataclass(frozen=True, slots=True)
class Account:
    """One paper account, or the desk's own note of one at a broker."""

    id: str
    mode: str
    starting_cash: Decimal
    opened_at: datetime  # the computer's time
    market_start: datetime  # market time
    number: str = ""  # the broker's, all but the last four hidden
    closed_at: datetime | None = None  # by the computer's time; nothing is traded on it since


class AccountStore:
    """Keeps accounts; the one opened last in a mode is in use."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def current(self, mode: str) -> Account | None:
        """Return the account in use in this mode, or None before the first one."""
        statement = (
            select(accounts)
            .where(accounts.c.user_id == self._user, accounts.c.mode == mode)
            .order_by(_NEWEST.desc())
        )
        with self._database.read() as connection:
            return record(connection, statement, _account)

    def open(self, account: Account, held: Iterable[Activity] = ()) -> Account:
        """Store a new account; from now on it is its mode's current one.

        `held` is what an account at a broker held already, as activities.
        """
        with self._database.write() as connection:
            connection.execute(insert(accounts).values(user_id=self._user, **asdict(account)))
            for each in held:
                add_activity(connection, self._user, account.id, each)
        return account

    def all(self) -> list[Account]:
        """Return every account, oldest first."""
        statement = select(accounts).where(accounts.c.user_id == self._user).order_by(_NEWEST)
        with self._database.read() as connection:
            return records(connection, statement, _account)


def _account(row: Row[Any]) -> Account:
    return Account(
        id=row.id,
        mode=row.mode,
        starting_cash=row.starting_cash,
        opened_at=row.opened_at,
        market_start=row.market_start,
        number=row.number,
        closed_at=row.closed_at,
    )
