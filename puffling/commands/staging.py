"""Commands that write something ready on the desk, for a person to look at and send or run."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from puffin.types import OrderType, Ticket, TimeInForce
from puffling.commands.backtest_words import StrategyId
from puffling.commands.context import Context
from puffling.commands.orders import (
    Amount,
    Extended,
    HowMuch,
    Kind,
    Lasting,
    LimitPrice,
    SideOf,
    StopLoss,
    StopPrice,
    Target,
    TrailPercent,
    TrailPrice,
    estimated_quantity,
)
from puffling.commands.registry import Effect, command
from puffling.commands.words import AnySymbol, Traded
from puffling.core.errors import BadValueError

Parameters = Annotated[
    dict[str, Any],
    Field(title="Parameters", description="The strategy's own; left out ones keep their default."),
]
Run = Annotated[bool, Field(title="Run", description="Run it at once; else it waits for F5.")]


@command(
    "ticket.write",
    "Write an order on the ticket…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="stage order draft",
)
async def write_ticket(  # noqa: PLR0913 - an order has that many words
    context: Context,
    *,
    symbol: Traded,
    side: SideOf,
    quantity: HowMuch = None,
    type: Kind = OrderType.MARKET,  # noqa: A002 - what traders call it
    limit_price: LimitPrice = None,
    stop_price: StopPrice = None,
    time_in_force: Lasting = TimeInForce.DAY,
    notional: Amount = None,
    trail_price: TrailPrice = None,
    trail_percent: TrailPercent = None,
    extended_hours: Extended = False,
    take_profit: Target = None,
    stop_loss: StopLoss = None,
) -> None:
    """Write an order on the ticket; nothing is sent before you review and confirm it."""
    if quantity is None and notional is None:
        if limit_price is stop_price is trail_price is trail_percent is None:
            context.desk.fill_ticket(side, symbol)
            return
        raise BadValueError("An order needs a quantity, or an amount.")
    if quantity is None:
        quantity = estimated_quantity(context, symbol, side, notional, limit_price)
    context.desk.write_ticket(
        Ticket(
            symbol=symbol,
            side=side,
            quantity=quantity,
            type=type,
            limit_price=limit_price,
            stop_price=stop_price,
            time_in_force=time_in_force,
            notional=notional,
            trail_price=trail_price,
            trail_percent=trail_percent,
            extended_hours=extended_hours,
            take_profit=take_profit,
            stop_loss=stop_loss,
        )
    )


@command(
    "backtest.write",
    "Write a backtest…",
    menu=None,
    effect=Effect.LOOK,
    window_only=True,
    words="strategy parameters form",
)
async def write_backtest(
    context: Context,
    *,
    strategy: StrategyId,
    symbol: AnySymbol = "",
    parameters: Parameters = {},  # noqa: B006 - pydantic copies it
    run: Run = False,
) -> None:
    """Fill a strategy and its numbers into the backtest panel, for the symbol in view."""
    card = context.strategies.card(strategy)
    context.strategies.spec(card.id, parameters)  # refused here, where it was written
    if symbol:
        context.desk.choose_symbol(symbol)
    context.desk.try_strategy(card.id, parameters)
    if run:
        context.desk.run_focused()


COMMANDS = (write_ticket, write_backtest)
