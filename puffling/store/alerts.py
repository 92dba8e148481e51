"""Alerts of every kind with what they remember, and the history of what they told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffin.monitor.conditions import PriceLevel, describe, read_condition, write_condition
from puffin.monitor.watch import Manner, Memory, Quiet
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, alert_firings, alerts, state

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from decimal import Decimal

    from sqlalchemy import Row
    from sqlalchemy.dialects.sqlite import Insert

    from puffin.monitor.conditions import Condition
    from puffin.monitor.watch import Repeat
    from puffling.store.database import Database

REPEATS = ("once", "every", "daily")


@dataclass(frozen=True, slots=True)
class Alert:
    """Tell me when something comes true; `symbol` is empty where it is about the account.

    `memory` is what it remembers: one that is not armed waits to get back to the near side.
    """

    id: str
    symbol: str
    condition: Condition
    manner: Manner
    created_at: datetime
    note: str = ""
    sound: bool = False
    memory: Memory = field(default_factory=Memory)

    @property
    def kind(self) -> str:
        """What it waits for, as a word of `KINDS`."""
        return self.condition.kind

    @property
    def text(self) -> str:
        """What it waits for, as a sentence."""
        return describe(self.condition, self.symbol)

    @property
    def enabled(self) -> bool:
        """Whether it watches."""
        return self.memory.enabled

    @property
    def armed(self) -> bool:
        """Whether the next time that its condition holds makes it tell."""
        return self.memory.armed

    @property
    def last_fired_at(self) -> datetime | None:
        """When it told last, market time."""
        return self.memory.last_fired_at

    @property
    def price(self) -> Decimal | None:
        """The level of an alert on a price."""
        return self.condition.price if isinstance(self.condition, PriceLevel) else None


@dataclass(frozen=True, slots=True)
class AlertFiring:
    """One time that an alert came true; `at` is the computer's time, `value` what made it."""

    id: str
    alert_id: str
    symbol: str
    message: str
    at: datetime
    market_time: datetime
    value: Decimal | None = None


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
        manner, quiet = alert.manner, alert.manner.quiet
        values: dict[str, Any] = {
            "id": alert.id,
            "kind": alert.kind,
            "symbol": alert.symbol,
            "condition": write_condition(alert.condition),
            "repeat": manner.repeat,
            "cooldown_seconds": round(manner.cooldown.total_seconds()),
            "hysteresis": manner.hysteresis,
            "expires_at": manner.expires_at,
            "quiet": None if quiet is None else [quiet.start.isoformat(), quiet.end.isoformat()],
            "sound": alert.sound,
            "enabled": alert.enabled,
            "note": alert.note,
            "created_at": alert.created_at,
            "last_fired_at": alert.last_fired_at,
            "state": {"armed": alert.armed},
        }
        statement = insert(alerts).values(user_id=self._user, **values)
        return statement.on_conflict_do_update(index_elements=["id"], set_=values)

    def _adding(self, firing: AlertFiring) -> Insert:
        return insert(alert_firings).values(
            user_id=self._user,
            id=firing.id,
            alert_id=firing.alert_id,
            symbol=firing.symbol,
            message=firing.message,
            at=firing.at,
            market_time=firing.market_time,
            value=firing.value,
        )


def _alert(row: Row[Any]) -> Alert:
    if row.repeat not in REPEATS:
        raise ValueError(f"No alert repeats {row.repeat}")
    return Alert(
        id=row.id,
        symbol=row.symbol,
        condition=read_condition(row.condition | {"kind": row.kind}),
        manner=Manner(
            repeat=cast("Repeat", row.repeat),
            cooldown=timedelta(seconds=row.cooldown_seconds),
            hysteresis=row.hysteresis,
            expires_at=row.expires_at,
            quiet=_quiet(row.quiet),
        ),
        created_at=row.created_at,
        note=row.note,
        sound=row.sound,
        memory=Memory(bool(row.state["armed"]), row.last_fired_at, row.enabled),
    )


def _quiet(kept: list[str] | None) -> Quiet | None:
    if kept is None:
        return None
    start, end = kept
    return Quiet(time.fromisoformat(start), time.fromisoformat(end))


def _firing(row: Row[Any]) -> AlertFiring:
    return AlertFiring(
        id=row.id,
        alert_id=row.alert_id,
        symbol=row.symbol,
        message=row.message,
        at=row.at,
        market_time=row.market_time,
        value=row.value,
    )
