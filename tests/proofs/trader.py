"""A paper session in a process of its own, made to be killed: one is forked for each wish."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from puffin.errors import PuffinError
from puffling.app import build
from puffling.app.outside import Alpaca
from puffling.core.bus import EventBus
from puffling.core.errors import PufflingError
from puffling.core.events import BrokerReady, FillBooked, OrderChanged
from puffling.core.paths import Paths
from puffling.core.settings import Mode
from puffling.services.order_sending import OrderSender
from puffling.store.orders import OrderStore
from tests.fakes import FakeGate, NoNetwork, until
from tests.outside import FakeSecrets
from tests.proofs.clocks import Ahead
from tests.puffin.broker.alpaca_stage import ready

if TYPE_CHECKING:
    from puffling.app import App

SYMBOLS = ("NFLX", "NFLX", "IBM")
LASTING = ("day", "gtc")


@dataclass(frozen=True)
class Wish:
    """What a session is to do, and where."""

    root: str
    url: str
    orders_stream: str
    prices_stream: str
    key: str
    secret: str
    seed: int = 0
    dies: str = ""  # at which point of its first order it kills itself
    orders: bool = True  # whether it trades at all


def say(*words: object) -> None:
    """Write one line at once: a kill may come before the next."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def die(*_: object, **__: object) -> None:
    """End as if the power were cut."""
    os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(60)


def die_at(point: str, app: App) -> None:
    """Plan the end: before or after a call, or with an event."""
    match point:
        case "before the row":
            setattr(OrderStore, "add_intent", die)  # noqa: B010 - a method is replaced
        case "after the row":
            stored = OrderStore.add_intent

            def store_and_die(self: OrderStore, *words: Any, **named: Any) -> None:
                stored(self, *words, **named)
                die()

            setattr(OrderStore, "add_intent", store_and_die)  # noqa: B010 - as above
        case "after the answer":
            setattr(OrderSender, "take_in", die)  # noqa: B010 - as above
        case "after the first fill":
            app.bus.subscribe(FillBooked, die)


async def session(wish: Wish) -> None:
    """Open the profile in PAPER and trade until killed."""
    keys, clock = FakeSecrets(), Ahead()
    keys.give("alpaca paper", key=wish.key, secret=wish.secret)
    app = build(
        Paths(Path(wish.root)),
        outside=Alpaca(
            EventBus(),
            clock,
            url=wish.url,
            data_url=wish.url,
            orders_stream=wish.orders_stream,
            prices_stream=wish.prices_stream,
        ),
        gate=FakeGate(clock),
        secrets=keys,
        online=NoNetwork(),
        actor="trader",
    )
    context = app.context
    context.settings.set_mode(Mode.PAPER)
    context.settings.change(
        "trading",
        duplicate_seconds=0,
        largest_position="0.9",
        most_positions=9,
        largest_order="90000",
    )
    can_send = asyncio.Event()
    app.bus.subscribe(OrderChanged, lambda each: say("order", each.order.id, each.order.status))
    app.bus.subscribe(FillBooked, lambda each: say("fill", each.fill.id))
    app.bus.subscribe(BrokerReady, lambda each: can_send.set() if each.ready else None)
    await app.start()
    if context.orders.ready:
        can_send.set()
    await can_send.wait()
    die_at(wish.dies, app)
    say("ready")
    dice = random.Random(wish.seed)
    while wish.orders:
        try:
            await (act(dice, app) if not wish.dies else one(app))
        except (PufflingError, PuffinError) as error:
            say("refused", str(error).replace("\n", " "))
        if wish.dies:
            break
        await asyncio.sleep(dice.random() / 25)
    await asyncio.Event().wait()


async def one(app: App) -> None:
    """Send the one order that the points of a kill are counted from."""
    app.context.quotes.want("NFLX")
    await until(lambda: app.context.quotes.last("NFLX"))
    await app.registry["order.place"].run_with(
        app.context, {"symbol": "NFLX", "side": "buy", "quantity": 5}
    )


async def act(dice: random.Random, app: App) -> None:
    """Do one of the things that traders do."""
    context, symbol = app.context, dice.choice(SYMBOLS)

    async def run(id_: str, **values: object) -> None:
        await app.registry[id_].run_with(context, values)

    context.quotes.want(symbol)
    await until(lambda: context.quotes.last(symbol))
    quote = context.quotes.last(symbol)
    assert quote is not None
    last = quote.last
    working = context.orders.open()
    order: dict[str, object] = {
        "symbol": symbol,
        "side": dice.choice(["buy", "buy", "sell"]),
        "quantity": dice.randint(1, 9),
    }
    match dice.randint(0, 7):
        case 0 | 1 | 2:
            await run("order.place", **order)
        case 3 | 4:
            away = round(last * dice.randint(996, 1004) / 1000, 2)
            await run(
                "order.place",
                **order,
                type="limit",
                limit_price=away,
                time_in_force=dice.choice(LASTING),
            )
        case 5:
            order["side"] = "buy"
            target, stop = round(last * 101 / 100, 2), round(last * 99 / 100, 2)
            await run("order.place", **order, take_profit=target, stop_loss=stop)
        case 6 if working:
            await run("order.cancel", id=dice.choice(working).id)
        case 7 if working:
            chosen = dice.choice(working)
            price = round(last * dice.randint(996, 1004) / 1000, 2)
            await run("order.replace", id=chosen.id, limit_price=price)


def main() -> None:
    """Fork a session for each wish that is read, and tell how it ended."""
    ready()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            asyncio.run(session(Wish(**json.loads(line))))
            os._exit(0)
        say("born", child)
        _, status = os.waitpid(child, 0)
        say("gone", os.WTERMSIG(status) if os.WIFSIGNALED(status) else -os.WEXITSTATUS(status))


if __name__ == "__main__":
    main()
