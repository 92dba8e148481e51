from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from puffin.broker.paper_settings import PaperSettings
from puffin.types import ZERO, OrderStatus, Split
from tests.puffin.broker.paper_play import ACTIONS, SETTINGS, Play
from tests.puffin.broker.paper_stage import BUY, DAY, GTC, SELL, Market, done

if TYPE_CHECKING:
    from puffin.types import OrderUpdate

MANY = st.lists(ACTIONS, max_size=30)


def started_again(play: Play) -> Play:
    """A broker that takes up what the store and the state of `play` hold."""
    again = Play(play.market._given[1] or PaperSettings())
    again.market.now = play.market.now
    again.market.volume = dict(play.market.volume)
    again.store.orders, again.store.fills = dict(play.store.orders), list(play.store.fills)
    again.sent, again.splits, again.quotes = [*play.sent], [*play.splits], dict(play.quotes)
    activities = done(play.market.broker.activities())
    again.market.broker.restore(
        again.store.fills,
        again.splits,
        again.store.orders.values(),
        activities,
        play.market.broker.state(),
    )
    return again


def told(updates: list[OrderUpdate]) -> list[tuple[Any, ...]]:
    """What was said, but for the microseconds that only tell the order of things.

    With a last fill the shares of an earlier split may be told again; `same` looks at what was
    stored of it.
    """
    return [
        (each.order_id, each.status, each.fill, each.reason, None if each.fill else each.ticket)
        for each in updates
    ]


def shown(play: Play) -> list[tuple[Any, ...]]:
    found = play.market.open().values()
    return sorted(
        (each.id, each.status, each.ticket, each.filled_quantity, each.parent) for each in found
    )


def same(one: Play, other: Play) -> None:
    assert one.market.cash() == other.market.cash()
    assert one.market.held() == other.market.held()
    assert [each[:2] for each in shown(one)] == [each[:2] for each in shown(other)]
    assert [each[2:] for each in shown(one)] == [each[2:] for each in shown(other)]
    assert {each.id: each.ticket for each in one.store.orders.values()} == {
        each.id: each.ticket for each in other.store.orders.values()
    }


@given(SETTINGS, MANY, MANY)
@example(
    PaperSettings(latency=timedelta(seconds=45)),
    [
        ("submit", "AAPL", BUY, 4, "market", "oco", 57, DAY),
        ("replace", 1, 47, 25),
        ("replace", 1, 41, 12),
    ],
    [],
)
@example(
    PaperSettings(latency=timedelta(seconds=45), short=False),
    [
        ("trade", "AAPL", 20, 0, 0),
        ("submit", "AAPL", BUY, 1, "market", "oco", 20, DAY),
        ("replace", 1, 20, 1),
    ],
    [],
)
def test_after_a_restart_everything_goes_on_as_if_there_had_been_none(settings, before, after):
    play = Play(settings)
    for number, action in enumerate(before):
        play.play(number, action)
    again = started_again(play)
    again.feed()
    assert told(again.market.heard()) == []
    same(play, again)
    for number, action in enumerate(after, len(before)):
        assert told(again.play(number, action)) == told(play.play(number, action))
        same(play, again)


@given(SETTINGS, MANY, st.data())
def test_killed_before_all_of_it_was_stored_the_book_is_whole(settings, actions, data):
    play = Play(settings)
    for number, action in enumerate(actions[:-1]):
        play.play(number, action)
    said = play.act(len(actions), actions[-1]) if actions else []
    for update in said[: data.draw(st.integers(0, len(said)))]:
        play.store.apply(update)
    again = started_again(play)
    for update in again.market.heard():
        again.store.apply(update)
    spent = sum((each.cash_change for each in play.store.fills), ZERO)
    paid = sum((each.amount for each in done(play.market.broker.activities())), ZERO)
    assert again.market.cash() == 100_000 + spent + paid
    whole(again)


def whole(play: Play) -> None:
    """The broker's open orders are those of the store, and fit each other."""
    waiting = play.market.open()
    stored = {
        each.id: each
        for each in play.store.orders.values()
        if not each.status.is_terminal and each.status is not OrderStatus.SENT
    }
    assert waiting.keys() == stored.keys()
    for order in waiting.values():
        assert order.ticket == stored[order.id].ticket
        assert order.filled_quantity <= order.ticket.quantity
    families: dict[str, set[Decimal]] = {}
    for order in waiting.values():
        if order.parent and order.replaces not in waiting:  # a change on its way fits later
            families.setdefault(order.parent, set()).add(order.remaining)
    assert all(len(left) == 1 for left in families.values())


@pytest.fixture
def bracket() -> Market:
    market = Market("100000")
    market.trade(100)
    market.submit("e", take_profit="120", stop_loss="90", tif=GTC)
    return market


def restored(market: Market, stored: int) -> Market:
    """A new broker with what the first `stored` words of the old one left behind."""
    play = Play(PaperSettings())
    play.store.orders["e"] = market.order("e", take_profit="120", stop_loss="90", tif=GTC)
    for update in market.heard()[:stored]:
        play.store.apply(update)
    again = Market("100000")
    again.now = market.now
    again.broker.restore(play.store.fills, [], play.store.orders.values())
    return again


@pytest.mark.parametrize(("stored", "held"), [(1, 0), (2, 0), (3, 0), (4, 10), (5, 10), (6, 10)])
def test_a_position_is_never_left_without_the_exits_it_was_to_have(bracket, stored, held):
    again = restored(bracket, stored)
    again.trade(100)
    assert again.held() == {"AAPL": 10}
    exits = {each.id: each for each in again.open().values() if each.parent}
    assert exits.keys() == {"e-target", "e-stop"}
    assert {each.status for each in exits.values()} == {OrderStatus.WORKING}
    again.trade(125)
    assert again.held() == {}
    assert again.open() == {}


def test_an_exit_that_filled_ends_the_other_also_after_a_restart(bracket):
    bracket.heard()
    orders = list(bracket.open().values())
    bracket.trade(125)
    fills = done(bracket.broker.fills())
    target, stop = orders
    again = Market("100000")
    ended = replace(target, status=OrderStatus.FILLED, filled_quantity=Decimal(10))
    again.broker.restore(fills, [], [ended, stop])
    assert again.status("e-stop") is OrderStatus.CANCELLED
    assert again.held() == {}


def test_exits_of_an_entry_that_ended_come_back_if_they_were_never_stored(bracket):
    fills = done(bracket.broker.fills())
    entry = bracket.order("e", take_profit="120", stop_loss="90", tif=GTC)
    again = Market("100000")
    again.broker.restore(fills, [], [replace(entry, status=OrderStatus.FILLED)])
    assert [each.status for each in again.heard()] == [
        OrderStatus.HELD,
        OrderStatus.HELD,
        OrderStatus.WORKING,
        OrderStatus.WORKING,
    ]
    again.trade(80)
    assert again.held() == {}


def test_a_trailing_stop_remembers_the_best_price(bracket):
    market = Market("100000")
    market.trade(100)
    market.submit("a", SELL, trail="5", tif=GTC)
    market.trade(120)
    kept = market.broker.state()
    waiting = list(market.open().values())
    again = Market("100000")
    again.broker.restore([], [], waiting, (), kept)
    again.now = market.now + timedelta(minutes=5)
    again.trade(115)
    assert again.fill("a").price == 114
    assert again.broker.state() != kept


def test_a_trailing_stop_follows_new_shares_after_a_split_that_nobody_was_there_for(bracket):
    bracket.cancel("e")
    bracket.submit("t", SELL, trail="10", tif=GTC)
    bracket.trade(110)
    fills, orders = done(bracket.broker.fills()), list(bracket.open().values())
    again = Market("100000")
    again.now = bracket.now + timedelta(days=1)
    split = Split("AAPL", bracket.now + timedelta(hours=12), Decimal(10))
    again.broker.restore(fills, [split], orders, state=bracket.broker.state())
    again.trade("10.5", spread="0.01")  # the stop is at 10, not at 109
    assert again.status("t") is OrderStatus.WORKING
    again.trade("9.9", spread="0.01")
    assert again.fills("t") == [(100.0, 9.89)]


def test_a_price_of_old_shares_values_no_new_ones_after_a_restart(bracket):
    bracket.trade(110)
    again = Market("100000")
    again.now = bracket.now + timedelta(days=1)
    split = Split("AAPL", bracket.now + timedelta(hours=12), Decimal(10))
    again.broker.restore(done(bracket.broker.fills()), [split], [], state=bracket.broker.state())
    assert done(again.broker.account()).equity is None
    again.trade("11", spread="0.01")
    assert done(again.broker.account()).equity == done(bracket.broker.account()).equity


def test_an_order_that_was_to_replace_another_still_does():
    settings = PaperSettings(latency=timedelta(seconds=30))
    market = Market("100000", settings=settings)
    market.trade(100)
    market.submit("a", BUY, limit="80")
    market.trade(100)
    market.replace("a", "b", BUY, limit="85")
    play = Play(settings)
    play.store.orders["a"] = market.order("a", limit="80")
    play.store.orders["b"] = replace(market.order("b", limit="85"), replaces="a")
    for update in market.heard():
        play.store.apply(update)
    again = Market("100000", settings=settings)
    again.now = market.now
    again.broker.restore([], [], play.store.orders.values(), (), market.broker.state())
    again.trade(100)
    assert again.status("a") is OrderStatus.REPLACED
    assert list(again.open()) == ["b"]


# Whoever keeps only what is open gets the same book, as long as all of it was stored.


def with_open_orders_only(market: Market) -> Market:
    again = Market("100000")
    again.now = market.now
    again.broker.restore(
        done(market.broker.fills()), [], market.open().values(), (), market.broker.state()
    )
    assert again.heard() == []
    return again


def test_the_exits_of_an_entry_that_is_not_told_of_stay(bracket):
    again = with_open_orders_only(bracket)
    assert again.open().keys() == {"e-target", "e-stop"}
    again.trade(80)
    assert again.held() == {}
    assert again.open() == {}


def test_a_moved_exit_stays_with_its_sibling(bracket):
    bracket.replace("e-stop", "moved", SELL, stop="95")
    again = with_open_orders_only(bracket)
    assert again.open()["moved"].parent == "e"
    again.trade(94)
    assert again.fills("moved") == [(10, 93)]
    assert again.open() == {}


def test_a_moved_exit_is_known_by_the_name_of_what_it_replaced(bracket):
    bracket.replace("e-stop", "moved", SELL, stop="95")
    orders = [replace(each, parent="") for each in bracket.open().values() if each.replaces]
    orders.append(bracket.open()["e-target"])
    again = Market("100000")
    again.now = bracket.now
    again.broker.restore(done(bracket.broker.fills()), [], orders)
    again.trade(125)
    assert again.status("moved") is OrderStatus.CANCELLED
    assert again.held() == {}


def test_an_oco_whose_target_was_moved_stays_one(bracket):
    bracket.cancel("e-target")
    bracket.submit("o", SELL, limit="120", stop_loss="90", one_cancels_other=True, tif=GTC)
    bracket.replace("o", "p", SELL, limit="115", tif=GTC)
    again = with_open_orders_only(bracket)
    assert again.open().keys() == {"p", "o-stop"}
    again.trade(117)
    assert again.fills("p") == [(10, 116)]
    assert again.open() == {}


def test_an_oco_whose_target_filled_unheard_ends(bracket):
    bracket.cancel("e-target")
    bracket.submit("o", SELL, limit="120", stop_loss="90", one_cancels_other=True, tif=GTC)
    stop = bracket.open()["o-stop"]
    bracket.trade(125)
    again = Market("100000")
    again.broker.restore(done(bracket.broker.fills()), [], [stop])
    assert again.status("o-stop") is OrderStatus.CANCELLED
    assert again.held() == {}


def test_dividends_and_fees_of_earlier_runs_are_in_the_cash(bracket):
    bracket.broker.pay_dividend("AAPL", bracket.now, Decimal("0.5"))
    again = Market("100000")
    activities = done(bracket.broker.activities())
    again.broker.restore(done(bracket.broker.fills()), [], [], activities)
    assert again.cash() == bracket.cash()
    assert again.broker.pay_dividend("AAPL", bracket.now, Decimal("0.5")) is None


def test_who_came_first_still_fills_first():
    settings = PaperSettings(participation=Decimal("0.1"))
    market = Market("100000", settings=settings)
    market.trade(100, traded=10)
    market.submit("a", limit="90", tif=GTC)
    market.submit("b", limit="90", tif=GTC)
    market.replace("a", "c", limit="90", tif=GTC)
    waiting = market.open()
    again = Market("100000", settings=settings)
    again.now, again.volume = market.now, dict(market.volume)
    state = market.broker.state()
    again.broker.restore([], [], [waiting["c"], waiting["b"]], (), state)
    again.trade(80, traded=100)
    assert again.fills() == [(10, 81)]
    assert again.status("b") is OrderStatus.FILLED
