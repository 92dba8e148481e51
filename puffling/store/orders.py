"""Orders and their fills: stored before they are sent, booked once, made from their log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from puffin.types import Fill, Order, OrderStatus, OrderType, Side, Ticket, TimeInForce
from puffling.core.errors import HaltedError, NotConfirmedError
from puffling.store.activities import ActivityStore
from puffling.store.database import record, records
from puffling.store.halts import open_halt
from puffling.store.order_documents import legs_from, ticket_document
from puffling.store.order_events import OrderEventStore, add_event, intent_of
from puffling.store.schema import DEFAULT_USER, fills, orders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.dialects.sqlite import Insert

    from puffling.store.database import Database
    from puffling.store.order_events import OrderEvent

_OPEN = tuple(each.value for each in OrderStatus if not each.is_terminal)


class OrderStore:
    """Keeps the log of orders, and the orders and fills that are made from it.

    Each method is one transaction: a message and what it made of its order are stored together.
    """

    def __init__(self, database: Database, user: str = DEFAULT_USER) -> None:
        self._database = database
        self._user = user
        self.log = OrderEventStore(database, user)
        self.activities = ActivityStore(database, user)

    def add_intent(self, order: Order, *, closing: bool = False) -> None:
        """Store an order that is about to be sent. When this returns, a power cut cannot lose it.

        The kill switch is read in the same transaction, so no order can slip past one that is
        being set. `closing` is for orders that only make a position smaller.

        Raises:
            HaltedError: The kill switch is on; nothing was stored.
            NotConfirmedError: An order with this id was stored before; it must not be sent again.
            StoreError: Nothing was stored, so nothing may be sent.
        """
        with self._database.write() as connection:
            halt = open_halt(connection, self._user)
            if halt is not None and not closing:
                raise HaltedError(
                    "Trading is halted" + (f": {halt.reason}" if halt.reason else ".")
                )
            if not add_event(connection, self._user, intent_of(order)):
                raise NotConfirmedError("This order was stored before and is not sent again.")
            connection.execute(self._saving(order))

    def record(
        self,
        event: OrderEvent,
        order: Order,
        fills_now: Sequence[Fill] = (),
        voided: Sequence[Fill] = (),
    ) -> bool:
        """Store a message together with what it made of its order; False if it is known.

        Args:
            event: The message.
            order: The order as all its messages make it, this one among them.
            fills_now: The executions that it brought.
            voided: The executions that it took back.
        """
        with self._database.write() as connection:
            if not add_event(connection, self._user, event):
                return False
            connection.execute(self._saving(order))
            for each in voided:
                connection.execute(
                    delete(fills).where(fills.c.account == each.account, fills.c.id == each.id)
                )
            for each in fills_now:
                connection.execute(self._booking(each))
            return True

    def rebuild(self, account: str, made: Iterable[Order], booked: Iterable[Fill]) -> None:
        """Put these orders and fills in the place of all that `account` has.

        They are what the account's log makes; nothing is lost, as the log stays as it is.
        """
        with self._database.write() as connection:
            connection.execute(delete(fills).where(fills.c.account == account))
            connection.execute(delete(orders).where(orders.c.account == account))
            for order in made:
                connection.execute(self._saving(order))
            for fill in booked:
                connection.execute(self._booking(fill))

    def _saving(self, order: Order) -> Insert:
        values = _order_values(order)
        statement = insert(orders).values(values | {"user_id": self._user})
        return statement.on_conflict_do_update(index_elements=["id"], set_=values)

    def _booking(self, fill: Fill) -> Insert:
        statement = insert(fills).values(_fill_values(fill) | {"user_id": self._user})
        return statement.on_conflict_do_nothing(index_elements=["account", "id"])

    def get(self, id_: str) -> Order | None:
        """Return the order, or None."""
        with self._database.read() as connection:
            return record(connection, select(orders).where(orders.c.id == id_), _order)

    def open(self, account: str) -> list[Order]:
        """Return the account's orders that may still fill, oldest first."""
        statement = (
            select(orders)
            .where(orders.c.account == account, orders.c.status.in_(_OPEN))
            .order_by(orders.c.sequence)
        )
        with self._database.read() as connection:
            return records(connection, statement, _order)

    def all(self, account: str | None = None, limit: int = 500) -> list[Order]:
        """Return the latest orders, newest first, of one account or of this user."""
        statement = select(orders).order_by(orders.c.sequence.desc()).limit(limit)
        if account is None:
            statement = statement.where(orders.c.user_id == self._user)
        else:
            statement = statement.where(orders.c.account == account)
        with self._database.read() as connection:
            return records(connection, statement, _order)

    def fills(self, account: str) -> list[Fill]:
        """Return every fill of the account in the order in which they were booked."""
        statement = select(fills).where(fills.c.account == account).order_by(fills.c.sequence)
        with self._database.read() as connection:
            return records(connection, statement, _fill)

    def fills_of(self, order_id: str) -> list[Fill]:
        """Return the order's fills in the order in which they were booked."""
        statement = select(fills).where(fills.c.order_id == order_id).order_by(fills.c.sequence)
        with self._database.read() as connection:
            return records(connection, statement, _fill)


def _order_values(order: Order) -> dict[str, Any]:
    ticket = order.ticket
    return {
        "id": order.id,
        "account": order.account,
        "symbol": ticket.symbol,
        "side": ticket.side.value,
        "quantity": ticket.quantity,
        "type": ticket.type.value,
        "limit_price": ticket.limit_price,
        "stop_price": ticket.stop_price,
        "time_in_force": ticket.time_in_force.value,
        "notional": ticket.notional,
        "trail_price": ticket.trail_price,
        "trail_percent": ticket.trail_percent,
        "extended_hours": ticket.extended_hours,
        "take_profit": ticket.take_profit,
        "stop_loss": ticket.stop_loss,
        "stop_loss_limit": ticket.stop_loss_limit,
        "one_cancels_other": ticket.one_cancels_other,
        "legs": ticket_document(ticket).get("legs", []),
        "status": order.status.value,
        "created_at": order.created_at,
        "market_time": order.market_time,
        "updated_at": order.updated_at,
        "filled_quantity": order.filled_quantity,
        "average_price": order.average_price,
        "reason": order.reason,
        "asked_by": order.asked_by,
        "broker_id": order.broker_id,
        "raw": order.raw,
        "parent": order.parent,
        "replaces": order.replaces,
        "basket": order.basket,
        "external": order.external,
    }


def _order(row: Row[Any]) -> Order:
    return Order(
        id=row.id,
        account=row.account,
        ticket=Ticket(
            symbol=row.symbol,
            side=Side(row.side),
            quantity=row.quantity,
            type=OrderType(row.type),
            limit_price=row.limit_price,
            stop_price=row.stop_price,
            time_in_force=TimeInForce(row.time_in_force),
            notional=row.notional,
            trail_price=row.trail_price,
            trail_percent=row.trail_percent,
            extended_hours=row.extended_hours,
            take_profit=row.take_profit,
            stop_loss=row.stop_loss,
            stop_loss_limit=row.stop_loss_limit,
            one_cancels_other=row.one_cancels_other,
            legs=legs_from(row.legs),
        ),
        status=OrderStatus(row.status),
        created_at=row.created_at,
        market_time=row.market_time,
        updated_at=row.updated_at,
        filled_quantity=row.filled_quantity,
        average_price=row.average_price,
        reason=row.reason,
        asked_by=row.asked_by,
        broker_id=row.broker_id,
        raw=row.raw,
        parent=row.parent,
        replaces=row.replaces,
        basket=row.basket,
        external=row.external,
    )


def _fill_values(fill: Fill) -> dict[str, Any]:
    return {
        "id": fill.id,
        "order_id": fill.order_id,
        "account": fill.account,
        "symbol": fill.symbol,
        "side": fill.side.value,
        "quantity": fill.quantity,
        "price": fill.price,
        "commission": fill.commission,
        "at": fill.at,
    }


def _fill(row: Row[Any]) -> Fill:
    return Fill(
        id=row.id,
        order_id=row.order_id,
        account=row.account,
        symbol=row.symbol,
        side=Side(row.side),
        quantity=row.quantity,
        price=row.price,
        commission=row.commission,
        at=row.at,
    )
