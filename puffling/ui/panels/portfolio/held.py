"""A position as the table shows it: its figures, its way, and the orders that would end it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from puffin.types import ZERO, OrderType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from puffin.types import Order, Position
    from puffling.services.positions import PositionRow


@dataclass(frozen=True, slots=True)
class Held:
    """One row. `stop` and `target` are the nearest prices of working orders that would close it."""

    row: PositionRow
    stop: Decimal | None = None
    target: Decimal | None = None
    closes: tuple[float, ...] = ()

    @property
    def symbol(self) -> str:
        """What is held."""
        return self.row.symbol

    @property
    def position(self) -> Position:
        """How much of it, and at which cost."""
        return self.row.position

    @property
    def total(self) -> Decimal | None:
        """Profit taken and not taken on the symbol; None while it has no price."""
        if self.row.unrealised is None:
            return None
        return self.row.unrealised + self.row.position.realised


def held(
    rows: Iterable[PositionRow],
    orders: Iterable[Order],
    closes: Mapping[str, tuple[float, ...]],
) -> list[Held]:
    """Join positions with the working orders against them and with their last closes."""
    known = list(rows)
    against: dict[str, list[Order]] = {}
    for each in orders:
        against.setdefault(each.ticket.symbol, []).append(each)
    return [_held(row, against.get(row.symbol, ()), closes.get(row.symbol, ())) for row in known]


def _held(row: PositionRow, orders: Iterable[Order], closes: tuple[float, ...]) -> Held:
    sign = 1 if row.position.quantity > ZERO else -1
    ending = [each.ticket for each in orders if each.ticket.side.sign == -sign]
    stops = [
        each.stop_loss if each.one_cancels_other else each.stop_price
        for each in ending
        if each.one_cancels_other or each.type in {OrderType.STOP, OrderType.STOP_LIMIT}
    ]
    targets = [each.limit_price for each in ending if each.type is OrderType.LIMIT]
    # The nearest one ends a long position first: its highest stop, its lowest target.
    stop = max((sign * each for each in stops if each is not None), default=None)
    target = min((sign * each for each in targets if each is not None), default=None)
    return Held(
        row,
        None if stop is None else sign * stop,
        None if target is None else sign * target,
        closes,
    )
