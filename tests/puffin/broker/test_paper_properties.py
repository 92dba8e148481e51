from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from puffin.broker.paper_settings import PaperSettings
from puffin.execution.ledger import Ledger
from puffin.types import ZERO, OrderStatus, OrderUpdate, Side
from tests.puffin.broker.paper_play import ACTIONS, SETTINGS, Play
from tests.puffin.broker.paper_stage import GTC, Market, done

if TYPE_CHECKING:
    from puffin.types import Fill

MANY = st.lists(ACTIONS, max_size=40)
MICRO = timedelta(microseconds=1)


def played(settings, actions) -> tuple[Play, list[OrderUpdate]]:
    play, told = Play(settings), list[OrderUpdate]()
    for number, action in enumerate(actions):
        told += play.play(number, action)
    return play, told


@given(SETTINGS, MANY)
def test_cash_and_positions_are_those_of_the_fills_splits_and_activities(settings, actions):
    play, _ = played(settings, actions)
    broker, store = play.market.broker, play.store
    assert done(broker.fills()) == sorted(store.fills, key=lambda each: each.at)
    paid = sum((each.amount for each in done(broker.activities())), ZERO)
    spent = sum((each.cash_change for each in store.fills), ZERO)
    assert play.market.cash() == 100_000 + spent + paid

    ledger = Ledger(Decimal(100_000))
    waiting = list(play.splits)
    for fill in done(broker.fills()):
        while waiting and waiting[0].date <= fill.at:
            ledger.split(waiting.pop(0))
        ledger.book(fill)
    for split in waiting:
        ledger.split(split)
    positions = done(broker.positions())
    assert [(each.symbol, each.quantity) for each in positions] == [
        (each.symbol, each.quantity) for each in ledger.positions()
    ]
    cost = sum((each.quantity * each.average_cost for each in positions), ZERO)
    realised = ledger.realised + paid
    assert abs(play.market.cash() + cost - 100_000 - realised) < Decimal("0.01")


@given(SETTINGS, MANY)
def test_nothing_fills_beyond_its_quantity_or_through_its_limit(settings, actions):
    play, _ = played(settings, actions)
    for order in play.store.orders.values():
        filled, ticket = play.store.filled(order.id), order.ticket
        assert filled <= ticket.quantity
        if order.status is OrderStatus.FILLED:
            assert filled == ticket.quantity
        if ticket.notional is not None:
            fills = [each for each in play.store.fills if each.order_id == order.id]
            assert sum(each.quantity * each.price for each in fills) <= ticket.notional


@given(SETTINGS, MANY)
def test_a_limit_holds_at_every_fill(settings, actions):
    play = Play(settings)
    for number, action in enumerate(actions):
        for update in play.act(number, action):
            play.store.apply(update)
            if update.fill is None:
                continue
            ticket = play.store.orders[update.order_id].ticket
            if ticket.limit_price is not None:
                assert (update.fill.price - ticket.limit_price) * ticket.side.sign <= 0


@given(SETTINGS, MANY)
def test_exits_never_leave_more_than_was_entered(settings, actions):
    play, _ = played(settings, actions)
    if play.splits:
        return  # quantities of different shares do not add up
    orders = play.store.orders

    def first(order_id):
        while orders[order_id].replaces in orders:
            order_id = orders[order_id].replaces
        return order_id

    entered: dict[str, Decimal] = {}
    left: dict[str, Decimal] = {}
    for each in play.store.fills:
        origin = orders[first(each.order_id)]
        if origin.parent:
            name = first(origin.parent)
            left[name] = left.get(name, ZERO) + each.quantity
        elif origin.ticket.one_cancels_other:
            left[origin.id] = left.get(origin.id, ZERO) + each.quantity
        else:
            entered[origin.id] = entered.get(origin.id, ZERO) + each.quantity
    for name, quantity in left.items():
        oco = play.sent_ticket(name)
        assert quantity <= (oco if oco is not None else entered.get(name, ZERO))


@given(SETTINGS, MANY)
def test_what_ended_stays_ended_and_later_words_are_of_later_times(settings, actions):
    _, told = played(settings, actions)
    ended, latest = set[str](), dict[str, OrderUpdate]()
    for update in told:
        assert update.order_id not in ended
        before = latest.get(update.order_id)
        assert before is None or before.at < update.at
        latest[update.order_id] = update
        if update.status.is_terminal:
            ended.add(update.order_id)


@given(SETTINGS, MANY)
def test_the_same_seed_orders_and_quotes_give_the_same_fills(settings, actions):
    assert played(settings, actions)[1] == played(settings, actions)[1]


async def test_who_listens_and_when_changes_nothing():
    settings = PaperSettings(
        seed=7,
        participation=Decimal("0.3"),
        improvement=Decimal("0.5"),
        reject_rate=Decimal("0.2"),
    )

    async def run(naps: list[int]) -> list[Fill]:
        market = Market("100000", settings=settings)
        heard = list[object]()

        async def listen() -> None:
            async for update in market.broker.updates():
                heard.append(update)

        listener = asyncio.create_task(listen())
        for number, nap in enumerate(naps):
            market.trade(100 + number % 7, traded=30)
            await market.broker.submit(market.order(f"o{number}", quantity="12"))
            for _ in range(nap):
                await asyncio.sleep(0)
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)
        return await market.broker.fills()

    quiet, busy = await run([0] * 30), await run([3, 1, 4, 1, 5] * 6)
    assert quiet == busy
    assert len(quiet) > 20


def test_another_seed_is_another_market():
    def fills(seed: int) -> list[tuple[float, float]]:
        market = Market("100000", settings=PaperSettings(seed=seed, improvement=Decimal("0.5")))
        market.trade(100)
        market.submit("a")
        return market.fills()

    assert len({fills(seed)[0] for seed in range(10)}) > 5


GAPS = st.integers(20, 60)


@given(st.sampled_from(Side), GAPS, GAPS, GAPS)
def test_after_a_gap_orders_fill_at_the_open_better_or_worse(side, level, before, opened):
    market = Market("100000")
    market.trade(before, spread="0.25")
    market.submit("stop", side, stop=level, tif=GTC)
    market.submit("limit", side, limit=level, tif=GTC)
    if market.status("stop") is OrderStatus.FILLED or market.status("limit") is OrderStatus.FILLED:
        return
    market.broker.end_session(market.now)
    market.trade(opened, spread="0.25", after=86_400)
    quote = Decimal(opened) + side.sign * Decimal("0.25")
    for name in ("stop", "limit"):
        if market.status(name) is OrderStatus.FILLED:
            assert market.fill(name).price == quote
