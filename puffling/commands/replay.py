"""Commands of the replay: where it stands, its orders, and what they made; none of it is real."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from puffin.data.bars import Interval
from puffin.data.times import midnight, nanoseconds
from puffin.types import OrderType, Side, Ticket, TimeInForce
from puffling.commands.context import Context
from puffling.commands.orders import TrailPercent, TrailPrice
from puffling.commands.registry import Effect, command
from puffling.commands.words import AnySymbol, Id, Price, Quantity

if TYPE_CHECKING:
    from puffling.services.replay import ReplayPlace

Day = Annotated[date, Field(title="Date", description="The last day that is shown.")]
Bars = Annotated[Interval, Field(title="Interval", description="Such as 1d, 1w or 1mo.")]
Group = Annotated[
    Literal["blue", "green", "amber"],
    Field(title="Charts", description="The link colour of the charts that show it."),
]
Steps = Annotated[
    int, Field(ge=-5_000, le=5_000, title="Bars", description="How many on; back when negative.")
]
Way = Annotated[Side, Field(title="Side", description="buy or sell.")]
Kind = Annotated[
    Literal["market", "limit", "stop", "stop limit", "trailing stop"],
    Field(title="Type", description="A market order fills at the next bar's open."),
]
At = Annotated[
    Decimal | None, Field(gt=0, title="Price", description="Of a limit order, or of a stop.")
]
Worst = Annotated[
    Decimal | None,
    Field(gt=0, title="Limit price", description="Of a stop-limit order, once its stop is met."),
]
Which = Annotated[
    Literal["", "limit", "stop"],
    Field(title="Which", description="The limit or the stop, of an order that has both."),
]
Exit = Annotated[
    Decimal | None, Field(gt=0, title="Exit", description="Leaves the position at this price.")
]


@command("replay.start", "Replay from a day…", menu=None, effect=Effect.LOOK, words="past bar")
async def start(
    context: Context,
    *,
    day: Day,
    symbol: AnySymbol = "",
    interval: Bars = Interval.D1,
    group: Group = "blue",
) -> dict[str, Any]:
    """Show the past of the charts of a colour up to a day, and let it go on bar by bar."""
    chosen = symbol or context.desk.symbol
    place = await context.replay.start(group, chosen, interval, nanoseconds(midnight(day)))
    return _told(place)


@command("replay.step", "Step the replay…", menu=None, effect=Effect.LOOK, words="forward back")
async def step(context: Context, bars: Steps = 1) -> dict[str, Any]:
    """Show one bar more, several, or fewer: what was done after them is undone."""
    return _told(await context.replay.step(bars)) if context.replay.place else {}


@command("replay.jump", "Jump in the replay…", menu=None, effect=Effect.LOOK, words="date")
async def jump(context: Context, day: Day) -> dict[str, Any]:
    """Show everything up to a day, and nothing after it."""
    return _told(await context.replay.jump(nanoseconds(midnight(day))))


@command("replay.order", "Virtual order…", menu=None, effect=Effect.LOOK, words="practice buy sell")
async def order(  # noqa: PLR0913 - what an order is made of, each given by name
    context: Context,
    *,
    side: Way,
    quantity: Quantity,
    symbol: AnySymbol = "",
    type: Kind = "market",  # noqa: A002 - what the ticket calls it
    price: At = None,
    limit_price: Worst = None,
    trail_price: TrailPrice = None,
    trail_percent: TrailPercent = None,
    target: Exit = None,
    protection: Exit = None,
) -> dict[str, Any]:
    """Give an order in the replay: it fills on the bars that come, with money that is not real.

    It lasts until it fills or is cancelled; no broker but the replay's own hears of it.
    """
    place = context.replay.place
    ticket = Ticket(
        symbol or ("" if place is None else place.symbol) or context.desk.symbol,
        side,
        quantity,
        OrderType(type),
        limit_price=price if type == "limit" else limit_price,
        stop_price=price if type in {"stop", "stop limit"} else None,
        trail_price=trail_price,
        trail_percent=trail_percent,
        time_in_force=TimeInForce.GTC,
        take_profit=target,
        stop_loss=protection,
    )
    await context.replay.order(ticket)
    return await show(context)


@command("replay.cancel", "Cancel a virtual order…", menu=None, effect=Effect.LOOK)
async def cancel(context: Context, id: Id) -> dict[str, Any]:  # noqa: A002 - what the list calls it
    """Cancel an order of the replay."""
    await context.replay.cancel(id)
    return await show(context)


@command("replay.change", "Change a virtual order…", menu=None, effect=Effect.LOOK, words="move")
async def change(
    context: Context,
    id: Id,  # noqa: A002 - what the list calls it
    price: Price,
    which: Which = "",
) -> dict[str, Any]:
    """Give a waiting order of the replay another price; dragging its line does it on the chart."""
    await context.replay.change(id, price, which)
    return await show(context)


@command("replay.end", "End the replay", menu=None, effect=Effect.LOOK, words="exit live present")
async def end(context: Context) -> dict[str, Any]:
    """Show the present again; the replay's orders and profit are forgotten."""
    if context.replay.place is not None:
        context.replay.end()
    return {"running": False}


@command("replay.show", "Replay", menu=None, effect=Effect.LOOK, words="profit virtual orders")
async def show(context: Context) -> dict[str, Any]:
    """Tell where the replay stands, what its account has and which orders wait."""
    place, book = context.replay.place, context.replay.book
    if place is None:
        return {"running": False}
    return _told(place) | {
        "cash": book.cash,
        "profit": book.profit,
        "positions": list(book.positions),
        "orders": [
            {"id": each.id, "ticket": each.ticket, "stop": book.stops.get(each.id)}
            for each in book.orders
        ],
        "fills": list(book.fills),
    }


def _told(place: ReplayPlace) -> dict[str, Any]:
    return {
        "running": True,
        "charts": place.group,
        "symbol": place.symbol,
        "interval": place.interval.value,
        "at": place.words,
        "bar": place.bar,
        "bars": place.bars,
    }


COMMANDS = (start, step, jump, order, change, cancel, end, show)
