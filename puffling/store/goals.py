"""Goals: how money is meant to be split, each under a name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffling.store.columns import decimal_text
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, goals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database


class Manner(StrEnum):
    """What happens when a goal is missed by more than its band; nothing is ever just ordered."""

    ALERT = "alert"
    PROPOSE = "propose"

    @property
    def label(self) -> str:
        """What happens, in words."""
        return "Tell me" if self is Manner.ALERT else "Propose the trades"


class Foreign(StrEnum):
    """What becomes of holdings that the goal does not name."""

    KEEP = "keep"
    SELL = "sell"

    @property
    def label(self) -> str:
        """What happens, in words."""
        return "Leave alone" if self is Foreign.KEEP else "Sell"


@dataclass(frozen=True, slots=True)
class Goal:
    """Target shares of the account by symbol; what they leave stays cash.

    Args:
        band: How far a share may be off before something happens, as a share of the account.
        whole: Whether only whole shares are traded.
        told: Whether it was said, or proposed, that the goal is missed; until it is met again.
    """

    name: str
    created_at: datetime
    targets: Mapping[str, Decimal] = field(hash=False)
    band: Decimal = Decimal("0.05")
    manner: Manner = Manner.ALERT
    foreign: Foreign = Foreign.KEEP
    whole: bool = True
    told: bool = False


class GoalStore:
    """Keeps goals, one under each name."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def save(self, goal: Goal) -> None:
        """Store a goal in the place of the one that had its name."""
        document = {
            "targets": {symbol: decimal_text(each) for symbol, each in goal.targets.items()},
            "band": decimal_text(goal.band),
            "manner": goal.manner.value,
            "foreign": goal.foreign.value,
            "whole": goal.whole,
            "told": goal.told,
        }
        values = {"created_at": goal.created_at, "document": document}
        statement = insert(goals).values(
            id=uuid.uuid4().hex, user_id=self._user, name=goal.name, **values
        )
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["user_id", "name"], set_=values)
            )

    def all(self) -> list[Goal]:
        """Return every goal, by name."""
        statement = select(goals).where(goals.c.user_id == self._user).order_by(goals.c.name)
        with self._database.read() as connection:
            return records(connection, statement, _goal)

    def get(self, name: str) -> Goal | None:
        """Return the goal of that name, or None."""
        mine = (goals.c.user_id == self._user) & (goals.c.name == name)
        with self._database.read() as connection:
            return record(connection, select(goals).where(mine), _goal)

    def remove(self, name: str) -> bool:
        """Forget the goal of that name; False if there was none."""
        mine = (goals.c.user_id == self._user) & (goals.c.name == name)
        with self._database.write() as connection:
            return connection.execute(delete(goals).where(mine)).rowcount > 0


def _goal(row: Row[Any]) -> Goal:
    known = row.document
    return Goal(
        name=row.name,
        created_at=row.created_at,
        targets={symbol: Decimal(each) for symbol, each in known["targets"].items()},
        band=Decimal(known["band"]),
        manner=Manner(known["manner"]),
        foreign=Foreign(known["foreign"]),
        whole=known["whole"],
        told=known["told"],
    )
