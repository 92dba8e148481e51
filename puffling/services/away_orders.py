"""Open orders of every account, in use or not: found in the store, cancelled at their broker."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from puffin.errors import BrokerError, PuffinError
from puffin.types import OrderStatus
from puffling.core.modes import AT_A_BROKER
from puffling.core.settings import Mode
from puffling.services import order_words
from puffling.services.connections import LIVE, NAMES, PAPER, TITLES, read_keys

if TYPE_CHECKING:
    from puffin.types import Order
    from puffling.core.clock import Clock
    from puffling.core.secrets import SecretStore
    from puffling.services.live_parts import Outside, OutsideBroker
    from puffling.store.accounts import Account, AccountStore
    from puffling.store.orders import OrderStore

ANSWER_WITHIN = 20.0
OUR_ID = re.compile(r"[0-9a-f]{16}")  # as `OrderProposer` makes them; Alpaca's own are longer
NOT_ANSWERED = frozenset({OrderStatus.SENT, OrderStatus.UNKNOWN})


@dataclass(slots=True)
class Cancelled:
    """What came of cancelling at brokers: how many were, and which were not and why.

    `strange` counts open orders of which nobody could tell that they were placed from here, and
    `asked` the brokers that said what is open.
    """

    count: int = 0
    failed: list[str] = field(default_factory=list)
    strange: int = 0
    asked: int = 0


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


async def cancel_unread(outside: Outside, secrets: SecretStore, clock: Clock) -> Cancelled:
    """Cancel what brokers show of our orders, when the profile that knows them cannot be read."""
    done = Cancelled()
    for name in NAMES:
        keys = await read_keys(secrets, name)
        if keys is None:
            continue
        broker = outside.broker(keys, paper=name == PAPER, account="", now=clock.now)
        try:
            await _cancel_shown(broker, TITLES[name], done)
        finally:
            await broker.close()
    return done


async def _cancel_shown(broker: OutsideBroker, title: str, done: Cancelled) -> None:
    try:
        shown = await asyncio.wait_for(broker.open_orders(), ANSWER_WITHIN)
    except (PuffinError, OSError, TimeoutError) as error:
        done.failed.append(f"{title}: {_why(error)}")
        return
    done.asked += 1
    for order in shown:
        if not OUR_ID.fullmatch(order.id):
            done.strange += 1
            continue
        try:
            await asyncio.wait_for(broker.cancel(order.id), ANSWER_WITHIN)
        except (PuffinError, OSError, TimeoutError) as error:
            done.failed.append(f"{title}: {order_words.ticket(order.ticket)}: {_why(error)}")
        else:
            done.count += 1


def _why(error: Exception) -> str:
    return (str(error) or "no answer").rstrip(".")


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
