"""Alerts on what is drawn: as high as the line is on the chart, and gone with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from puffin.data.bars import Interval
from puffin.data.sessions import Calendar
from puffin.data.times import midnight, nanoseconds
from puffin.types import Quote
from puffling.core.drawing_kinds import DrawingKind
from puffling.core.drawing_lines import height_of, lines_of
from puffling.core.drawings import Anchor, Drawing, Span
from puffling.core.errors import BadValueError, NoPriceError
from puffling.core.events import AlertFired, NoticePosted
from puffling.services.drawing_levels import BarCount

CALENDAR = Calendar.load()


def at(day: date) -> int:
    return nanoseconds(midnight(day))


@pytest.fixture
def context(puffling):
    return puffling.context


@pytest.fixture
def fired(puffling):
    fired: list[AlertFired] = []
    puffling.bus.subscribe(AlertFired, fired.append)
    return fired


@pytest.fixture
def trade(context):
    """Let AAPL trade at a price of the market's now."""

    def trade(price):
        last = Decimal(str(price))
        context.alerts.take_quote(Quote("AAPL", last, last, last, context.market.now()))

    return trade


def rising(context, *, kind=DrawingKind.EXTENDED, days=20, height=0.0):
    """A line a dollar up each session, that is at the last price today plus `height`."""
    today = context.market.today()
    calendar = context.market.calendar
    first = today
    for _ in range(days):
        first = calendar.previous_session(first).date
    last = context.quotes.last("AAPL").last
    base = float(last) + height - days
    second = calendar.next_session(first).date
    return Drawing(
        "", "AAPL", kind, (Anchor(at(first), base), Anchor(at(second), base + 1)), text="support"
    )


async def test_an_alert_is_at_the_height_its_line_has_today(context, trade, fired):
    (drawn,) = context.drawings.add([rising(context, height=3)])
    alert = context.drawing_alerts.add(drawn.id)
    last = context.quotes.last("AAPL").last
    assert alert.text == "AAPL rises above the extended line “support”"
    assert context.alerts.reading(alert).limit == pytest.approx(last + 3)
    trade(last + Decimal("2.99"))
    assert fired == []
    trade(last + Decimal("3.01"))
    assert fired[0].message.startswith("AAPL went above the extended line “support”: it is at")


async def test_a_line_that_is_moved_takes_its_alert_along_without_a_word(context, trade, fired):
    (drawn,) = context.drawings.add([rising(context, height=3)])
    context.drawing_alerts.add(drawn.id)
    last = context.quotes.last("AAPL").last
    lower = [replace(each, price=each.price - 10) for each in drawn.anchors]
    context.drawings.change([drawn.moved_to(lower)])
    trade(last)  # above the line where it is now; it was the line that crossed
    assert fired == []
    trade(last - 20)
    trade(last)
    assert len(fired) == 1


async def test_an_alert_goes_off_with_its_drawing_and_says_so(context, puffling):
    notices: list[NoticePosted] = []
    puffling.bus.subscribe(NoticePosted, notices.append)
    (drawn,) = context.drawings.add([rising(context, height=3)])
    alert = context.drawing_alerts.add(drawn.id)
    context.drawings.change([replace(drawn, span=Span.ONLY)])
    assert context.alerts.get(alert.id).enabled
    context.drawings.remove([drawn.id])
    assert not context.alerts.get(alert.id).enabled
    assert notices[-1].title == "An alert on AAPL is off: its drawing was removed"
    context.drawings.undo("AAPL")
    assert not context.alerts.get(alert.id).enabled
    assert context.alerts.enable(alert.id, enabled=True).armed


async def test_an_alert_on_a_line_survives_a_restart(opening, clock):
    async with opening() as first:
        (drawn,) = first.context.drawings.add([rising(first.context, height=3)])
        alert = first.context.drawing_alerts.add(drawn.id)
    async with opening() as second:
        kept = second.context.alerts.get(alert.id)
        assert kept.condition == alert.condition
        assert second.context.alerts.reading(kept).limit > 0


async def test_what_is_not_there_now_cannot_be_watched(context):
    (ended,) = context.drawings.add([rising(context, kind=DrawingKind.TREND)])
    with pytest.raises(BadValueError, match="nothing to cross"):
        context.drawing_alerts.add(ended.id)
    (box,) = context.drawings.add([replace(rising(context), kind=DrawingKind.RECTANGLE)])
    with pytest.raises(BadValueError, match="no line to cross"):
        context.drawing_alerts.add(box.id)
    channel = rising(context)
    far = Anchor(channel.anchors[0].time, channel.anchors[0].price + 5)
    (channel,) = context.drawings.add(
        [replace(channel, kind=DrawingKind.CHANNEL, anchors=(*channel.anchors, far))]
    )
    with pytest.raises(BadValueError, match="Name the line"):
        context.drawing_alerts.add(channel.id)
    (other,) = context.drawings.add(
        [Drawing("", "TSLA", DrawingKind.HORIZONTAL, (Anchor(10**18, 5.0),))]
    )
    with pytest.raises(NoPriceError, match="no price of TSLA"):
        context.drawing_alerts.add(other.id)


def test_daily_bars_are_counted_by_sessions_across_holidays():
    count = BarCount(CALENDAR)
    days = [each.date for each in CALENDAR.sessions(date(2012, 6, 25), date(2012, 7, 20))]
    places = [count.place(midnight(each), Interval.D1) for each in days]
    assert np.diff(places).tolist() == [1.0] * (len(days) - 1)
    noon = datetime(2012, 7, 5, 16, tzinfo=UTC)
    assert count.now(noon, Interval.D1) == count.place(midnight(date(2012, 7, 5)), Interval.D1)
    holiday = count.place(midnight(date(2012, 7, 4)), Interval.D1)
    assert holiday == pytest.approx(count.place(midnight(date(2012, 7, 3)), Interval.D1) + 0.5)


@pytest.mark.parametrize("interval", [Interval.M5, Interval.M15, Interval.H1])
def test_bars_of_a_day_are_counted_without_the_nights_also_after_an_early_close(interval):
    count = BarCount(CALENDAR)
    step = timedelta(seconds=interval.seconds)
    starts = []
    for session in CALENDAR.sessions(date(2012, 7, 2), date(2012, 7, 6)):  # the 3rd ends early
        start = session.open
        while start < session.close:
            starts.append(start)
            start += step
    places = [count.place(each, interval) for each in starts]
    assert np.diff(places) == pytest.approx(1.0)
    assert [count.now(each + step / 2, interval) for each in starts] == pytest.approx(places)


def test_markets_that_never_close_count_time_itself():
    count = BarCount(CALENDAR)
    saturday = datetime(2026, 1, 3, 12, tzinfo=UTC)
    first = count.now(saturday, Interval.H1, always=True)
    assert count.now(saturday + timedelta(hours=5), Interval.H1, always=True) - first == 5
    week = timedelta(weeks=1)
    for interval in (Interval.W1,):
        assert count.now(saturday + week, interval) - count.now(saturday, interval) == 1


def test_a_channel_drawn_where_ratios_are_equal_has_edges_of_equal_ratios():
    anchors = (Anchor(0, 10.0), Anchor(10, 20.0), Anchor(0, 40.0))
    channel = Drawing("c", "AAPL", DrawingKind.CHANNEL, anchors)
    heights = {
        is_log: {
            each.name: height_of(each, (0, 10), 5, is_log=is_log)
            for each in lines_of(channel, is_log=is_log)
        }
        for is_log in (False, True)
    }
    assert heights[False] == {"upper": 45.0, "middle": 30.0, "lower": 15.0}
    assert heights[True] == pytest.approx(
        {"upper": 40 * 2**0.5, "middle": 20 * 2**0.5, "lower": 10 * 2**0.5}
    )
    assert height_of(lines_of(channel)[0], (0, 10), 11) is None


def test_a_ray_drawn_backwards_goes_on_backwards():
    ray = Drawing("r", "AAPL", DrawingKind.RAY, (Anchor(10, 20.0), Anchor(0, 10.0)))
    (line,) = lines_of(ray)
    assert height_of(line, (10, 0), -5) == 5.0
    assert height_of(line, (10, 0), 11) is None
