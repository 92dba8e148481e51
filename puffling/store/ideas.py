"""Ideas as they were shown, and what became of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.dialects.sqlite import insert

from puffin.ideas.base import End, Grade, Idea, Input, Method, Outcome, Point
from puffin.types import Side
from puffling.core.errors import StoreDamagedError
from puffling.store.columns import decimal_text
from puffling.store.database import record, records
from puffling.store.schema import DEFAULT_USER, ideas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from puffling.store.database import Database

PRICES = ("close", "entry", "stop", "target")


@dataclass(frozen=True, slots=True)
class KeptIdea:
    """An idea that is stored; what it says never changes, its outcomes are added as days pass.

    `expires_at` is market time: the close of the last session in which its entry counts.
    """

    id: str
    account: str
    source: str  # where its prices came from
    created_at: datetime  # the computer's time
    expires_at: datetime
    idea: Idea
    outcomes: tuple[Outcome, ...] = ()


@dataclass(frozen=True, slots=True)
class Became:
    """Whose idea it was and what became of it, without its numbers."""

    symbol: str
    method: Method
    side: Side
    day: date
    outcomes: tuple[Outcome, ...]


class IdeaStore:
    """Keeps ideas. One that is there already is never written over."""

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user

    def add(self, kept: Iterable[KeptIdea]) -> None:
        """Store new ideas; the same one of the same day stays as it was."""
        with self._database.write() as connection:
            for each in kept:
                values = {
                    "id": each.id,
                    "user_id": self._user,
                    "account": each.account,
                    "symbol": each.idea.symbol,
                    "method": each.idea.method.value,
                    "side": each.idea.side.value,
                    "day": each.idea.day.isoformat(),
                    "created_at": each.created_at,
                    "expires_at": each.expires_at,
                    "document": {"source": each.source} | idea_document(each.idea),
                    "outcomes": [outcome_document(one) for one in each.outcomes],
                }
                connection.execute(insert(ideas).values(**values).on_conflict_do_nothing())

    def set_outcomes(self, told: Mapping[str, Iterable[Outcome]]) -> None:
        """Store what became of ideas, by their ids."""
        with self._database.write() as connection:
            for id_, outcomes in told.items():
                mine = (ideas.c.user_id == self._user) & (ideas.c.id == id_)
                values = [outcome_document(each) for each in outcomes]
                connection.execute(update(ideas).where(mine).values(outcomes=values))

    def get(self, id_: str) -> KeptIdea | None:
        """Return the idea, or None."""
        mine = (ideas.c.user_id == self._user) & (ideas.c.id == id_)
        with self._database.read() as connection:
            return record(connection, select(ideas).where(mine), _kept)

    def followed(self, account: str) -> list[KeptIdea]:
        """Return every idea of an account of which something is still to come."""
        written = type_coerce(ideas.c.outcomes, Text)
        waits = (written == "[]") | written.contains('"passed":false')
        mine = (ideas.c.user_id == self._user) & (ideas.c.account == account) & waits
        order = (ideas.c.day.desc(), ideas.c.symbol, ideas.c.method)
        with self._database.read() as connection:
            return records(connection, select(ideas).where(mine).order_by(*order), _kept)

    def became(self, account: str, until: date) -> list[Became]:
        """Return what became of every idea of an account up to a day, the oldest first."""
        mine = (ideas.c.user_id == self._user) & (ideas.c.account == account)
        mine &= ideas.c.day <= until.isoformat()
        columns = (ideas.c.symbol, ideas.c.method, ideas.c.side, ideas.c.day, ideas.c.outcomes)
        statement = select(*columns).where(mine).order_by(ideas.c.day)
        with self._database.read() as connection:
            return records(connection, statement, _became)

    def of(self, account: str, limit: int = 1_000) -> list[KeptIdea]:
        """Return the latest ideas that an account was shown, the newest day first."""
        mine = (ideas.c.user_id == self._user) & (ideas.c.account == account)
        order = (ideas.c.day.desc(), ideas.c.symbol, ideas.c.method)
        statement = select(ideas).where(mine).order_by(*order).limit(limit)
        with self._database.read() as connection:
            return records(connection, statement, _kept)


def idea_document(idea: Idea) -> dict[str, Any]:
    """Return an idea as plain values."""
    plain = asdict(idea) | {name: decimal_text(getattr(idea, name)) for name in PRICES}
    return plain | {
        "side": idea.side.value,
        "method": idea.method.value,
        "risk": idea.risk.value,
        "volatility": idea.volatility.value,
        "day": idea.day.isoformat(),
    }


def idea_from(plain: Mapping[str, Any]) -> Idea:
    """Return the idea that `idea_document` wrote.

    Raises:
        StoreDamagedError: It cannot be read.
    """
    try:
        return Idea(
            **{
                **plain,
                **{name: Decimal(plain[name]) for name in PRICES},
                "side": Side(plain["side"]),
                "method": Method(plain["method"]),
                "risk": Grade(plain["risk"]),
                "volatility": Grade(plain["volatility"]),
                "day": date.fromisoformat(plain["day"]),
                "inputs": tuple(Input(**each) for each in plain["inputs"]),
                "points": tuple(Point(**each) for each in plain["points"]),
            }
        )
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise StoreDamagedError("A stored idea cannot be read any more.") from error


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as plain values."""
    days = {
        name: None if day is None else day.isoformat()
        for name, day in (("filled_on", outcome.filled_on), ("ended_on", outcome.ended_on))
    }
    return asdict(outcome) | days | {"end": outcome.end.value}


def outcome_from(plain: Mapping[str, Any]) -> Outcome:
    """Return the outcome that `outcome_document` wrote.

    Raises:
        StoreDamagedError: It cannot be read.
    """
    try:
        days = {
            name: None if plain[name] is None else date.fromisoformat(plain[name])
            for name in ("filled_on", "ended_on")
        }
        return Outcome(**{**plain, **days, "end": End(plain["end"])})
    except (KeyError, TypeError, ValueError) as error:
        raise StoreDamagedError("What became of an idea cannot be read any more.") from error


def _became(row: Row[Any]) -> Became:
    return Became(
        row.symbol,
        Method(row.method),
        Side(row.side),
        date.fromisoformat(row.day),
        tuple(map(outcome_from, row.outcomes)),
    )


def _kept(row: Row[Any]) -> KeptIdea:
    document = dict(row.document)
    source = document.pop("source", "")
    return KeptIdea(
        row.id,
        row.account,
        source,
        row.created_at,
        row.expires_at,
        idea_from(document),
        tuple(map(outcome_from, row.outcomes)),
    )
