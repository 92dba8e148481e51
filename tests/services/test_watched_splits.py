"""At a split, drawings and alerts are told in new shares: once, whatever happens in between."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from puffin.data.times import midnight, nanoseconds
from puffin.errors import DataError
from puffin.types import Quote, Split
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawings import Anchor, Drawing, read_drawing, restated, write_drawing
from puffling.core.events import AlertFired
from puffling.services.drawings import DrawingService
from puffling.services.watched_splits import AGAIN, WatchedSplits
from puffling.store.drawings import DrawingStore

if TYPE_CHECKING:
    from tests.fakes import FakeClock

DAY = date(2026, 1, 8)
SPLIT = Split("NVDA", datetime(2026, 1, 8, tzinfo=UTC), Decimal(4))
MIDNIGHT = datetime(2026, 1, 8, 5, tzinfo=UTC)  # on the exchange


def at(day: date) -> int:
    return nanoseconds(midnight(day))


def trend(symbol: str = "NVDA", first: float = 400.0, second: float = 480.0) -> Drawing:
    """A line from before the split to after it."""
    ends = (Anchor(at(date(2025, 12, 8)), first), Anchor(at(date(2026, 2, 9)), second))
    return Drawing("", symbol, DrawingKind.TREND, ends)


def prices(service: DrawingService, symbol: str = "NVDA") -> list[float]:
    return [anchor.price for each in service.of(symbol) for anchor in each.anchors]


def reach(clock: FakeClock, moment: datetime) -> None:
    clock.pass_((moment - clock.now()).total_seconds())


class Source:
    """Tells of splits, or that it cannot."""

    def __init__(self, *splits: Split) -> None:
        self.splits, self.asked, self.is_there = splits, 0, True

    def __call__(self, symbol: str) -> list[Split]:
        self.asked += 1
        if not self.is_there:
            raise DataError("Nobody answers.")
        return [each for each in self.splits if each.symbol == symbol]


@pytest.fixture
def source():
    return Source(SPLIT)


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def watched(context, source, clock):
    return WatchedSplits(
        context.drawings, context.alerts, context.market, source, bus=context.bus, clock=clock
    )


async def test_a_line_across_a_split_is_told_in_new_shares_once(watched, context, clock):
    context.drawings.add([trend()])
    await watched.look()
    assert prices(context.drawings) == [400, 480]
    reach(clock, MIDNIGHT + timedelta(hours=12))
    await watched.look()
    assert prices(context.drawings) == [100, 120]
    reach(clock, MIDNIGHT + timedelta(days=2))
    await watched.look()
    assert prices(context.drawings) == [100, 120]
    (later,) = context.drawings.add([trend(first=110, second=130)])
    reach(clock, MIDNIGHT + timedelta(days=3))
    await watched.look()
    assert context.drawings.get(later.id).anchors[0].price == 110


async def test_whoever_opens_the_profile_after_a_crash_finds_it_done_once(
    watched, context, clock, source
):
    context.drawings.add([trend()])
    reach(clock, MIDNIGHT + timedelta(hours=12))
    await watched.look()
    again = DrawingService(DrawingStore(context.storage.user), context.bus)
    assert prices(again) == [100, 120]
    look = WatchedSplits(
        again, context.alerts, context.market, source, bus=context.bus, clock=clock
    )
    await look.look()
    assert prices(again) == [100, 120]


async def test_what_can_be_undone_is_restated_with_it(watched, context, clock):
    (made,) = context.drawings.add([trend()])
    context.drawings.change([made.moved_to([Anchor(each.time, 800.0) for each in made.anchors])])
    reach(clock, MIDNIGHT + timedelta(hours=12))
    await watched.look()
    context.drawings.undo("NVDA")
    assert prices(context.drawings) == [100, 120]
    context.drawings.redo("NVDA")
    assert prices(context.drawings) == [200, 200]


async def test_an_alert_on_a_symbol_never_traded_is_not_told_by_its_split(watched, context, clock):
    alert = context.alerts.add("NVDA", "below", Decimal(300))
    reach(clock, MIDNIGHT + timedelta(hours=12))
    fresh = context.alerts.add("NVDA", "below", Decimal(90))
    await watched.look()
    await watched.look()
    assert context.alerts.get(alert.id).price == 75
    assert context.alerts.get(fresh.id).price == 90
    reach(clock, MIDNIGHT + timedelta(days=1, hours=12))
    await watched.look()
    assert context.alerts.get(alert.id).price == 75


async def test_an_alert_on_a_line_stays_armed_though_the_last_price_is_of_old_shares(
    watched, context, clock
):
    (line,) = context.drawings.add(
        [Drawing("", "NVDA", DrawingKind.HORIZONTAL, (Anchor(at(DAY), 400.0),))]
    )
    price = Decimal(300)
    context.quotes.accept(Quote("NVDA", price, price, price, context.market.now()))
    alert = context.drawing_alerts.add(line.id, when="above")
    assert alert.armed
    reach(clock, MIDNIGHT + timedelta(hours=12))
    await watched.look()
    assert context.alerts.get(alert.id).armed


async def test_who_cannot_tell_is_asked_again_later(watched, context, clock, source):
    context.drawings.add([trend()])
    reach(clock, MIDNIGHT + timedelta(hours=12))
    source.is_there = False
    await watched.look()
    await watched.look()
    assert source.asked == 1
    assert prices(context.drawings) == [400, 480]
    source.is_there = True
    clock.pass_(AGAIN.total_seconds())
    await watched.look()
    assert prices(context.drawings) == [100, 120]


async def test_in_the_demo_a_drawing_follows_the_market_there_and_back(opening, stepper):
    async with opening() as app:
        context = app.context
        await context.demo.restart(date(2005, 2, 25))
        told: list[AlertFired] = []
        app.bus.subscribe(AlertFired, told.append)
        line = Drawing("", "AAPL", DrawingKind.HORIZONTAL, (Anchor(at(date(2005, 2, 24)), 60.0),))
        (made,) = context.drawings.add([line])
        alert = context.drawing_alerts.add(made.id)
        await stepper.step(391)
        await stepper.step(3)
        assert prices(context.drawings, "AAPL") == [30]
        assert told == []
        assert context.alerts.get(alert.id).armed
        await context.demo.restart(date(2005, 2, 25))
        assert prices(context.drawings, "AAPL") == [60]


def test_what_was_kept_before_this_was_known_is_in_the_shares_of_now():
    old = write_drawing(trend())
    del old["as_of"]
    drawing = read_drawing(old, id_="a", symbol="NVDA")
    now = restated(drawing, [(at(DAY), 4.0)], at(date(2026, 2, 1)))
    assert [each.price for each in now.anchors] == [400, 480]
    assert restated(now, [(at(DAY), 4.0)], at(date(2026, 1, 1))).anchors[0].price == 1600
    assert read_drawing(write_drawing(now), id_="a", symbol="NVDA") == replace(now, id="a")
