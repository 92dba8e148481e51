"""From the replay to whoever follows it, a thousand quotes as one announcement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from puffin.data.bars import Interval
from puffling.core.events import ConnectionChanged, FeedState, QuotesChanged
from tests.fakes import until

if TYPE_CHECKING:
    from puffin.types import Quote


async def test_each_minute_is_taken_in_and_announced_together(puffling, stepper):
    heard: list[QuotesChanged] = []
    puffling.bus.subscribe(QuotesChanged, heard.append)
    quotes, market = puffling.context.quotes, puffling.context.market
    quotes.flush()
    heard.clear()
    await stepper.step(3)
    assert market.now().minute == 33
    assert all(each.at == market.now() for each in quotes.all())
    await until(lambda: heard)
    assert heard[0].symbols <= {"AAPL", "FB", "GOOG", "IBM", "MSFT"}
    assert len(heard) < 3 * 5


async def test_a_days_high_and_low_are_both_seen_and_its_close_is_real(puffling, stepper):
    seen = []
    take = puffling.context.demo.take_quote

    def watch(quote: Quote) -> None:
        seen.append(quote)
        take(quote)

    puffling.feed._take = watch
    await stepper.step(390)
    apple = [each for each in seen if each.symbol == "AAPL"]
    real = puffling.context.bars._demo.history(
        "AAPL", Interval.D1, start=apple[0].at.replace(hour=0, minute=0)
    ).head(1)
    assert max(float(each.last) for each in apple) == real.high[0]
    assert min(float(each.last) for each in apple) == real.low[0]
    assert float(apple[-1].last) == real.close[0]


async def test_the_source_says_that_it_is_live(opening, stepper):
    async with opening() as app:
        heard: list[ConnectionChanged] = []
        app.bus.subscribe(ConnectionChanged, heard.append)
        await stepper.step(1)
        await until(lambda: app.feed.state is FeedState.LIVE)
        assert {each.name for each in heard} == {"data", "broker"}


async def test_portfolio_values_follow_the_quote(puffling, registry, stepper):
    context = puffling.context
    values = {"symbol": "AAPL", "side": "buy", "quantity": "10"}
    await registry["order.place"].run_with(context, values)
    await stepper.step(50)
    row = context.portfolio.snapshot().rows[0]
    assert row.last == context.quotes.last("AAPL").last
    assert row.at == context.market.now()
