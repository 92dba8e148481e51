"""Price alerts, and the history of what fired."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.columns import decimal_text
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, alert_firings, alerts, state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.dialects.sqlite import Insert

    from puffling.store.database import Database

KINDS = ("above", "below")
REPEATS = ("once", "every", "daily")


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell me when a price crosses a level. An alert that is not armed waits to cross back."""

    id: str
    symbol: str
    kind: Literal["above", "below"]
    price: Decimal
    repeat: Literal["once", "every", "daily"]
    created_at: datetime
    enabled: bool = True
    note: str = ""
    last_fired_at: datetime | None = None
    armed: bool = True


@dataclass(frozen=True, slots=True)
class AlertFiring:
    """One time that an alert came true; `at` is the computer's time."""

    id: str
    alert_id: str
    symbol: str
    message: str
    at: datetime
    market_time: datetime


class AlertStore:
    """Keeps alerts, and what fired even after its alert is gone."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def all(self) -> list[Alert]:
        """Return every alert, oldest first."""
        statement = (
            select(alerts)
            .where(alerts.c.user_id == self._user)
            .order_by(alerts.c.created_at, alerts.c.id)
        )
        with self._database.read() as connection:
            return records(connection, statement, _alert)

    def get(self, id_: str) -> Alert | None:
        """Return the alert, or None."""
        with self._database.read() as connection:
            return record(connection, select(alerts).where(alerts.c.id == id_), _alert)

    def save(self, alert: Alert) -> None:
        """Store the alert, new or changed."""
        with self._database.write() as connection:
            connection.execute(self._saving(alert))

    def save_all(self, changed: Iterable[Alert]) -> None:
        """Store these alerts, all or none."""
        with self._database.write() as connection:
            for each in changed:
                connection.execute(self._saving(each))

    def restate(self, changed: Iterable[Alert], done: str) -> bool:
        """Store alerts that a split changed, and that it did; False if `done` is known already."""
        note = insert(state).values(user_id=self._user, key=done, value=True)
        with self._database.write() as connection:
            noted = connection.execute(
                note.on_conflict_do_nothing(index_elements=["user_id", "key"])
            )
            if not noted.rowcount:
                return False
            for each in changed:
                connection.execute(self._saving(each))
            return True

    def fire(self, alert: Alert, firing: AlertFiring) -> None:
        """Store in one transaction that the alert fired and what became of it."""
        with self._database.write() as connection:
            connection.execute(self._saving(alert))
            connection.execute(self._adding(firing))

    def add_firing(self, firing: AlertFiring) -> None:
        """Store one firing."""
        with self._database.write() as connection:
            connection.execute(self._adding(firing))

    def remove(self, id_: str) -> bool:
        """Remove the alert but not its history; False if there was none."""
        with self._database.write() as connection:
            return connection.execute(delete(alerts).where(alerts.c.id == id_)).rowcount > 0

    def firings(self, limit: int = 200) -> list[AlertFiring]:
        """Return what fired, newest first."""
        statement = (
            select(alert_firings)
            .where(alert_firings.c.user_id == self._user)
            .order_by(alert_firings.c.at.desc(), alert_firings.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return records(connection, statement, _firing)

    def _saving(self, alert: Alert) -> Insert:
        values = asdict(alert)
        values["condition"] = {"price": decimal_text(values.pop("price"))}
        values["state"] = {"armed": values.pop("armed")}
        statement = insert(alerts).values(user_id=self._user, **values)
        return statement.on_conflict_do_update(index_elements=["id"], set_=values)

    def _adding(self, firing: AlertFiring) -> Insert:
        return insert(alert_firings).values(user_id=self._user, **asdict(firing))


def _alert(row: Row[Any]) -> Alert:
    if row.kind not in KINDS or row.repeat not in REPEATS:
        raise ValueError(f"No alert is {row.kind} or repeats {row.repeat}")
    return Alert(
        id=row.id,
        symbol=row.symbol,
        kind=row.kind,
        price=Decimal(row.condition["price"]),
        repeat=row.repeat,
        created_at=row.created_at,
        enabled=row.enabled,
        note=row.note,
        last_fired_at=row.last_fired_at,
        armed=bool(row.state["armed"]),
    )


def _firing(row: Row[Any]) -> AlertFiring:
    return AlertFiring(
        id=row.id,
        alert_id=row.alert_id,
        symbol=row.symbol,
        message=row.message,
        at=row.at,
        market_time=row.market_time,
    )
