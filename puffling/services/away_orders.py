"""Open orders of every account, in use or not: found in the store, cancelled at their broker."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, PuffinError
from puffin.types import OrderStatus
from puffling.core.modes import AT_A_BROKER
from puffling.core.settings import Mode
from puffling.services import order_words
from puffling.services.connections import LIVE, PAPER, read_keys

if TYPE_CHECKING:
    from puffin.types import Order
    from puffling.core.clock import Clock
    from puffling.core.secrets import SecretStore
    from puffling.services.live_parts import Outside, OutsideBroker
    from puffling.store.accounts import Account, AccountStore
    from puffling.store.orders import OrderStore

ANSWER_WITHIN = 20.0
NOT_ANSWERED = frozenset({OrderStatus.SENT, OrderStatus.UNKNOWN})


@dataclass(slots=True)
class Cancelled:
    """What came of cancelling at brokers: how many were, and which were not and why."""

    count: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AwayOrders:
    """Reads every account's open orders; asks the broker of each with that account's keys."""

    accounts: AccountStore
    orders: OrderStore
    outside: Outside
    secrets: SecretStore
    clock: Clock

    def open(self) -> list[tuple[Account, Order]]:
        """Return the open orders of every account that were placed from here, with the account."""
        return [
            (each, order)
            for each in self.accounts.all()
            for order in self.orders.open(each.id)
            if not order.external
        ]

    async def cancel_elsewhere(self, account_id: str) -> None:
        """Cancel every open order at a broker that is not of the account `account_id`.

        Raises:
            BrokerError: Some could not be cancelled; the message names them.
        """
        done = await self.cancel([each for each in self.open() if each[0].id != account_id])
        if done.failed:
            raise BrokerError(
                f"Not cancelled in another account. {'; '.join(done.failed)}. Switch to that mode: "
                "there such orders are looked up first and cancelled while trading is halted; or "
                "cancel them on the broker's own page."
            )

    async def cancel(self, orders: list[tuple[Account, Order]]) -> Cancelled:
        """Cancel those of `orders` that are at a broker outside, and say what came of it."""
        done = Cancelled()
        away = [each for each in orders if Mode(each[0].mode) in AT_A_BROKER]
        for account in {each.id: each for each, _ in away}.values():
            mine = [order for each, order in away if each.id == account.id]
            await self._cancel_at(account, mine, done)
        return done

    async def _cancel_at(self, account: Account, orders: list[Order], done: Cancelled) -> None:
        paper = account.mode == Mode.PAPER
        keys = await read_keys(self.secrets, PAPER if paper else LIVE)
        if keys is None:
            done.failed += [_words(account, each, "there are no keys") for each in orders]
            return
        broker = self.outside.broker(keys, paper=paper, account=account.id, now=self.clock.now)
        try:
            for order in orders:
                try:
                    done.count += await asyncio.wait_for(_end(broker, order), ANSWER_WITHIN)
                except (PuffinError, OSError, TimeoutError) as error:
                    done.failed.append(_words(account, order, str(error) or "no answer"))
        finally:
            await broker.close()


async def _end(broker: OutsideBroker, order: Order) -> int:
    """Cancel an order, and one whose answer was lost once it is found; return how many were.

    Raises:
        BrokerError: It is not cancelled, or nobody knows whether it ever arrived.
    """
    if order.status in NOT_ANSWERED:
        told = await broker.lookup(order.id)
        if told is None:
            raise BrokerError("the broker's answer was lost and it does not show the order yet")
        if told.status.is_terminal:
            return 0
    await broker.cancel(order.id)
    return 1


def _words(account: Account, order: Order, why: str) -> str:
    place = f"{account.mode.upper()} account {account.number or account.id}"
    return f"{place}: {order_words.ticket(order.ticket)}: {why.rstrip('.')}"
