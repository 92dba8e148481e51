"""A proposal to confirm, and commands to fill in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from puffin.risk.limits import Verdict
from puffin.types import Order, OrderStatus, OrderType, Quote, Side, Ticket, TimeInForce
from puffling.commands.context import Context
from puffling.commands.registry import Effect, Menu, Registry, command
from puffling.services.orders import Proposal
from puffling.services.proposals import digest_of


@command("order.place", "Place an order…", menu=Menu.TRADE, effect=Effect.TRADE, shortcut="F9")
async def place(
    context: Context,
    symbol: str,
    side: Side,
    quantity: Decimal,
    limit_price: Decimal | None = None,
    good_until: date | None = None,
) -> None:
    """Propose an order, show it for confirmation, and send it.

    It is checked against every limit.
    """


@command("desk.palette", "Command palette…", menu=Menu.VIEW, effect=Effect.LOOK, shortcut="Ctrl+K")
async def palette(context: Context) -> None:
    """Find anything."""


@command("data.sources", "Show sources", menu=None, effect=Effect.LOOK)
async def sources(context: Context) -> None:
    """List where prices come from."""


@pytest.fixture
def registry() -> Registry:
    return Registry([place, palette, sources])


def make_quote(clock, ask: str = "580.14") -> Quote:
    return Quote(
        "AAPL",
        Decimal(ask) - Decimal("0.04"),
        Decimal(ask),
        Decimal(ask),
        clock.now(),
        simulated=True,
    )


def make_proposal(
    clock,
    ticket: Ticket | None = None,
    *,
    asked_by: str = "desk",
    share_after: Decimal | None = Decimal("0.58"),
) -> Proposal:
    ticket = ticket or Ticket("AAPL", Side.BUY, Decimal(100))
    now = clock.now()
    order = Order("o1", "demo-1", ticket, OrderStatus.DRAFT, now, now, now, asked_by=asked_by)
    sells = ticket.side is Side.SELL
    proposal = Proposal(
        id="p1",
        order=order,
        quote=make_quote(clock),
        price=ticket.limit_price or ticket.stop_price or Decimal("580.14"),
        notional=Decimal("58014.00"),
        commission=Decimal("1.00"),
        cost=Decimal("-58013.00") if sells else Decimal("58015.00"),
        cash_after=Decimal("41985.00"),
        share_after=share_after,
        verdicts=(
            Verdict("quantity", allowed=True, text="The quantity is fine."),
            Verdict(
                "open",
                allowed=True,
                text="The market is closed; it waits for the open.",
                warning=True,
            ),
        ),
        closing=False,
        text="Buy 100 AAPL",
        created_at=now,
        expires_at=now + timedelta(minutes=2),
    )
    return replace(proposal, digest=digest_of(proposal))


LIMIT = Ticket(
    "AAPL",
    Side.SELL,
    Decimal(50),
    OrderType.LIMIT,
    limit_price=Decimal("575.5"),
    time_in_force=TimeInForce.GTC,
)
STOP = Ticket("AAPL", Side.SELL, Decimal(50), OrderType.STOP, stop_price=Decimal(500))
