"""The only way to a broker: an order that is approved and stored leaves here, once."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, OrderRejectedError, PuffinError
from puffin.types import OrderStatus, OrderUpdate
from puffling.core.errors import PufflingError, StoreError
from puffling.services import order_words
from puffling.store.order_events import Kind

if TYPE_CHECKING:
    from puffin.broker.base import Broker
    from puffin.types import Order
    from puffling.core.bus import EventBus
    from puffling.core.clock import Clock
    from puffling.services.market import MarketService
    from puffling.services.order_following import OrderFollower
    from puffling.store.audit import AuditStore

log = logging.getLogger(__name__)

ANSWER_LOST = "The broker's answer was lost; the order is being looked up."
KEPT_AS_IT_WAS = "The broker keeps the order as it was: {}"


class OrderSender:
    """Hands orders to the broker, and takes in what came back or that nobody knows.

    An order is sent once. What is lost on the way is looked up, never sent again.
    """

    def __init__(
        self,
        follower: OrderFollower,
        audit: AuditStore,
        market: MarketService,
        *,
        bus: EventBus,
        clock: Clock,
    ) -> None:
        self._follower = follower
        self._audit = audit
        self._market = market
        self._bus = bus
        self._clock = clock
        self._on_its_way: dict[str, asyncio.Task[None]] = {}
        self.in_use: Broker | None = None

    @property
    def broker(self) -> Broker:
        """The broker in use.

        Raises:
            PufflingError: There is none yet.
        """
        if self.in_use is None:
            raise PufflingError("No broker is connected yet.", hint="Wait a moment and try again.")
        return self.in_use

    def is_sending(self, order_id: str) -> bool:
        """Whether the broker has not answered yet."""
        return order_id in self._on_its_way

    def send(self, order: Order) -> asyncio.Task[None]:
        """Send `order`, or put it in the place of the one it replaces; done when answered."""
        task = asyncio.create_task(self._send(order), name=f"send {order.id}")
        self._on_its_way[order.id] = task
        return task

    async def _send(self, order: Order) -> None:
        try:
            self.take_in(*await self._answer(order))
        finally:
            self._on_its_way.pop(order.id, None)

    async def _answer(self, order: Order) -> tuple[OrderUpdate, Kind]:
        """Hand `order` over; return what the broker says, or that nobody knows."""
        try:
            if order.replaces:
                answer = await self.broker.replace(order.replaces, order)
            else:
                answer = await self.broker.submit(order)
        except OrderRejectedError as error:
            reason = KEPT_AS_IT_WAS.format(error) if order.replaces else str(error)
            return self.word(order, OrderStatus.REJECTED, reason), Kind.ANSWER
        except (PuffinError, OSError) as error:
            log.warning("Nobody knows whether order %s arrived: %s", order.id, error)
        except Exception:
            log.exception("The broker failed on order %s in a way nobody foresaw", order.id)
        else:
            return answer, Kind.ANSWER
        return self.word(order, OrderStatus.UNKNOWN, ANSWER_LOST), Kind.NOTE

    async def cancel(self, order: Order, by: str) -> None:
        """Ask the broker to cancel `order`, and take in what it says.

        Raises:
            BrokerError: It did not, or its answer was lost.
        """
        sending = self._on_its_way.get(order.id)
        if sending is not None:
            # A cancel that overtakes its order would miss it and leave it working.
            await asyncio.wait({sending})
        try:
            self._follower.note(order, f"Cancel asked by {by}.", self._market.now())
        except StoreError as error:
            log.warning("That order %s is being cancelled is not stored: %s", order.id, error)
        try:
            self.take_in(await self.broker.cancel(order.id), Kind.ANSWER)
        except OSError as error:
            raise BrokerError(f"The broker could not be reached: {error}.") from error
        finally:
            await self.write_down(by, "order.cancel", order.id, {})

    def word(self, order: Order, status: OrderStatus, reason: str) -> OrderUpdate:
        """Return what we conclude ourselves of an order."""
        return OrderUpdate(order.id, status, self._market.now(), reason=reason)

    def take_in(self, update: OrderUpdate, kind: Kind) -> None:
        """Apply an answer; if it cannot be stored, the order left all the same.

        To raise would say that nothing was sent. The stream and `reconcile` bring it again.
        """
        try:
            self._follower.apply(update, kind)
        except StoreError as error:
            log.warning("The answer about order %s is not stored yet: %s", update.order_id, error)
            self._bus.publish(order_words.unstored(error))

    async def write_down(
        self, by: str, action: str, order_id: str, details: dict[str, object]
    ) -> None:
        """Note in the audit what was done; that it was done does not hang on it."""
        add = self._audit.add
        try:
            await asyncio.to_thread(add, self._clock.now(), by, action, order_id, details)
        except StoreError as error:
            log.warning("%s of order %s is missing in the audit: %s", action, order_id, error)
            self._bus.publish(order_words.unstored(error))
