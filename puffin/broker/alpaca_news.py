"""Trade updates in Alpaca's words, read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from puffin.broker.alpaca_account import fill_id
from puffin.broker.alpaca_orders import UnreadableError
from puffin.data.alpaca_answers import decimal, moment
from puffin.types import ZERO, Fill, OrderClass

if TYPE_CHECKING:
    from puffin.broker.alpaca_orders import Names, OrderReader
    from puffin.types import Order, OrderUpdate

    Json: TypeAlias = dict[str, Any]

FILLS = {"fill", "partial_fill"}
REASONS = {
    "rejected": "Alpaca or the exchange refused the order.",
    "expired": "The order expired.",
    "order_replace_rejected": "The change was refused; the order stays as it was.",
    "order_cancel_rejected": "The cancel was refused; the order goes on.",
    "suspended": "Trading in the symbol is halted.",
    "trade_bust": "The exchange took an execution back.",
    "trade_correct": "The exchange corrected an execution.",
}
KNOWN = (
    FILLS
    | set(REASONS)
    | {
        "new",
        "accepted",
        "canceled",
        "done_for_day",
        "replaced",
        "pending_new",
        "stopped",
        "pending_cancel",
        "pending_replace",
        "calculated",
        "held",
        "restated",
    }
)


class NewsReader:
    """Reads what the stream says of orders; what cannot be read is logged and passed over.

    Args:
        reader: Reads the orders themselves.
        names: Where the ids of executions are remembered.
    """

    def __init__(self, reader: OrderReader, names: Names) -> None:
        self._reader = reader
        self._names = names

    def read(self, data: object) -> list[OrderUpdate]:
        """Return what one message says: of its order first, then of its legs."""
        try:
            return self._read(data)
        except UnreadableError as error:
            self._reader.tell_once(f"News of Alpaca's was left out: {error}")
            return []

    def _read(self, data: object) -> list[OrderUpdate]:
        if not isinstance(data, dict):
            raise UnreadableError("it is no message")
        event = str(data.get("event") or "")
        if event not in KNOWN:
            self._reader.tell_once(f"Alpaca speaks of an event {event[:40]!r}, which is new.")
        first, *legs = self._reader.family(data.get("order"))
        update = self._reader.update(first, REASONS.get(event, ""))
        if event in FILLS and first.ticket.order_class is not OrderClass.MULTI_LEG:
            update = replace(update, fill=self._fill(data, first))
        elif event in {"trade_bust", "trade_correct"}:
            update = self._voided(data, first, update)
        return [update, *(self._reader.update(each) for each in legs)]

    def _fill(self, data: Json, order: Order) -> Fill:
        quantity, price = decimal(data.get("qty")), decimal(data.get("price"))
        at = moment(data.get("timestamp")) or order.updated_at
        execution = str(data.get("execution_id") or "")
        if quantity is None or price is None:
            raise UnreadableError(f"a fill of {order.id!r} has no quantity or no price")
        made = fill_id(order.broker_id, order.filled_quantity)
        self._names.executions[execution] = made
        return Fill(
            id=made,
            order_id=order.id,
            account=order.account,
            symbol=order.ticket.symbol,
            side=order.ticket.side,
            quantity=quantity,
            price=price,
            commission=ZERO,  # Alpaca books its fees as activities
            at=at,
        )

    def _voided(self, data: Json, order: Order, update: OrderUpdate) -> OrderUpdate:
        before = str(data.get("previous_execution_id") or data.get("execution_id") or "")
        # What is filled again later has the same id and counts: when this was said matters.
        update = replace(update, at=max(update.at, moment(data.get("timestamp")) or update.at))
        voids = self._names.executions.get(before, "")
        if data.get("event") == "trade_bust" or not voids:
            return replace(update, voids=voids)
        corrected = self._fill(data, order)
        execution = str(data.get("execution_id") or "corrected")
        return replace(update, voids=voids, fill=replace(corrected, id=f"{voids}:{execution}"))
