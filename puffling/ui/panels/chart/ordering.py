"""Orders from the chart: written at a price that is pointed at, changed by dragging their line."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from puffin.types import OrderType, Side, Ticket

if TYPE_CHECKING:
    from puffling.ui.charts.chart import PriceChart
    from puffling.ui.panel import Parts
    from puffling.ui.panels.chart.replaying import Replaying

CENT, FINEST = Decimal("0.01"), Decimal("0.0001")
_UNSIZED = Decimal(1)  # the ticket asks for the quantity


class _Panel(Protocol):
    """The chart panel as its orders see it."""

    parts: Parts
    replaying: Replaying

    @property
    def chart(self) -> PriceChart | None:
        """The chart; None until its library is loaded."""
        ...

    @property
    def symbol(self) -> str:
        """The symbol in view."""
        ...


class Ordering:
    """Writes orders on the ticket and asks for changes; nothing is sent without a confirmation."""

    def __init__(self, panel: _Panel) -> None:
        self._panel = panel

    def kind(self, side: Side, price: Decimal) -> OrderType:
        """Which kind of order waits at a price: a limit if it is better than now, else a stop."""
        chart = self._panel.chart
        now = 0.0 if chart is None else chart.last_price
        better = float(price) < now if side is Side.BUY else float(price) > now
        return OrderType.LIMIT if better else OrderType.STOP

    def write(self, side: Side, price: Decimal) -> None:
        """Write an order at a price on the ticket, where its quantity is asked for.

        While the chart shows the past that is the replay's ticket, and never the real one.
        """
        limit = self.kind(side, price) is OrderType.LIMIT
        if self._panel.replaying.place is not None:
            self._panel.replaying.bar.ticket.open(side, price, self.kind(side, price).value)
            return
        ticket = Ticket(
            self._panel.symbol,
            side,
            _UNSIZED,
            OrderType.LIMIT if limit else OrderType.STOP,
            limit_price=price if limit else None,
            stop_price=None if limit else price,
        )
        self._panel.parts.context.desk.write_ticket(ticket, sized=False)

    def write_bracket(
        self, side: Side, price: Decimal, target: Decimal, stop: Decimal, shares: int | None
    ) -> None:
        """Write an entry with its target and its stop on the ticket.

        Without `shares` the quantity is asked for. The replay's ticket takes the entry alone.
        """
        if self._panel.replaying.place is not None:
            self.write(side, price)
            return
        limit = self.kind(side, price) is OrderType.LIMIT
        ticket = Ticket(
            self._panel.symbol,
            side,
            Decimal(shares or _UNSIZED),
            OrderType.LIMIT if limit else OrderType.STOP,
            limit_price=price if limit else None,
            stop_price=None if limit else price,
            take_profit=target,
            stop_loss=stop,
        )
        self._panel.parts.context.desk.write_ticket(ticket, sized=bool(shares))

    def line_dropped(self, key: str, price: float) -> None:
        """Ask for a working order to be changed to the price its line was dropped at."""
        if self._panel.replaying.place is not None:
            return
        order_id, _, name = key.partition(" ")
        self._panel.parts.runner.command("order.replace", id=order_id, **{name: in_ticks(price)})


def in_ticks(price: float) -> Decimal:
    """Return a price that was pointed at in the steps in which stocks trade."""
    return Decimal(price).quantize(CENT if price >= 1 else FINEST)
