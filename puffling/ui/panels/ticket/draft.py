"""What has been filled in so far, what is still missing, and the order it makes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from puffin.errors import OrderRejectedError
from puffin.types import OrderType, Side, Ticket, TimeInForce, multiplier_of
from puffling.ui.panels.ticket.sizing import Ground, SizeBy, sized

if TYPE_CHECKING:
    from decimal import Decimal

LIMITED = frozenset({OrderType.LIMIT, OrderType.STOP_LIMIT})
STOPPED = frozenset({OrderType.STOP, OrderType.STOP_LIMIT})


class Exits(StrEnum):
    """What an order brings with it."""

    NONE = "none"
    BRACKET = "bracket"  # a target, a stop, or both, once the entry has filled
    OCO = "oco"  # the order is the target of what is held; its stop comes along


class TrailBy(StrEnum):
    """What a trail is measured in."""

    PERCENT = "percent"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the market and the account add to a draft."""

    market: Decimal | None = None  # what the market asks of a buyer or bids a seller
    equity: Decimal | None = None
    amounts: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The ticket's fields; what the type and the exits do not use is passed over."""

    symbol: str = ""
    side: Side = Side.BUY
    size: Decimal | None = None
    by: SizeBy = SizeBy.QUANTITY
    type: OrderType = OrderType.MARKET
    limit_price: Decimal | None = None
    stop_price: Decimal | None = None
    trail: Decimal | None = None
    trail_by: TrailBy = TrailBy.PERCENT
    time_in_force: TimeInForce = TimeInForce.DAY
    extended_hours: bool = False
    exits: Exits = Exits.NONE
    take_profit: Decimal | None = None
    stop_loss: Decimal | None = None
    stop_loss_limit: Decimal | None = None

    @property
    def missing(self) -> str:
        """What to do before there is an order, in words; empty when nothing is missing."""
        bracket = self.exits is Exits.BRACKET
        wanted = (
            (not self.symbol, "Choose a symbol."),
            (self.size is None, sized(None, self.by, Ground(None, None, None)).problem),
            (self.type in LIMITED and self.limit_price is None, "Enter a limit price."),
            (self.type in STOPPED and self.stop_price is None, "Enter a stop price."),
            (self.type is OrderType.TRAILING and self.trail is None, "Enter a trail."),
            (self.exits is Exits.OCO and self.stop_loss is None, "Enter a stop loss."),
            (
                bracket and self.take_profit is None and self.stop_loss is None,
                "Enter a target, a stop loss, or both.",
            ),
        )
        return next((words for lacks, words in wanted if lacks), "")

    def ticket(self, around: Surroundings | None = None) -> tuple[Ticket | None, str]:
        """Return the order, or None and why there is none yet."""
        if self.missing:
            return None, self.missing
        size = sized(self.size, self.by, self._ground(around or Surroundings()))
        if size.quantity is None:
            return None, size.problem
        trailing = self.type is OrderType.TRAILING
        bracket, oco = self.exits is Exits.BRACKET, self.exits is Exits.OCO
        try:
            made = Ticket(
                self.symbol,
                self.side,
                size.quantity,
                self.type,
                self.limit_price if self.type in LIMITED else None,
                self.stop_price if self.type in STOPPED else None,
                self.time_in_force,
                notional=size.notional,
                trail_price=self.trail if trailing and self.trail_by is TrailBy.PRICE else None,
                trail_percent=self.trail if trailing and self.trail_by is TrailBy.PERCENT else None,
                extended_hours=self.extended_hours and self.type is OrderType.LIMIT,
                take_profit=self.take_profit if bracket else None,
                stop_loss=self.stop_loss if bracket or oco else None,
                stop_loss_limit=self.stop_loss_limit if bracket or oco else None,
                one_cancels_other=oco,
            )
        except OrderRejectedError as error:
            return None, str(error)
        return made, ""

    def _ground(self, around: Surroundings) -> Ground:
        limited = self.limit_price if self.type in LIMITED else None
        price = limited or (self.stop_price if self.type in STOPPED else None) or around.market
        stop = None if self.exits is Exits.NONE else self.stop_loss
        simple = self.exits is Exits.NONE and self.type in {OrderType.MARKET, OrderType.LIMIT}
        return Ground(
            price, stop, around.equity, multiplier_of(self.symbol), around.amounts and simple
        )
