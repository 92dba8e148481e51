"""Splits and alerts on a chart: where they are, and an alert that is moved by its line."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
from PySide6.QtWidgets import QMenu

from puffin.data.times import nanoseconds
from puffin.types import Dividend, EarningsDate
from puffling.ui.panels.chart.happenings import split_words


def alert_lines(panel):
    return [line for line, _ in panel.chart._lines.layer.lines if line.icon == "bell"]


def test_splits_are_marked_on_their_bars_and_told_by_the_legend(room, panel):
    room.until(lambda: panel._happened._bars)
    splits = room.context.bars.splits("AAPL")
    places = [int(np.searchsorted(panel.chart.time, nanoseconds(each.date))) for each in splits]
    assert [place for place, _ in panel._happened._bars] == places
    panel.chart.set_cursor_bar(places[-1])
    assert "Split 2 for 1" in panel.chart._legend.text
    room.parts.links.choose("blue", "GOOG")
    room.settle()
    assert panel._happened._bars == []
    panel.happenings.show(events=False)
    room.parts.links.choose("blue", "AAPL")
    room.settle()
    assert panel._happened._bars == []


def test_an_alert_is_a_line_that_asks_before_it_is_moved(room, panel):
    alert = room.run("alert.add", symbol="AAPL", kind="above", price="900")
    room.run("alert.add", symbol="IBM", kind="above", price="300")
    (line,) = alert_lines(panel)
    assert (line.price, line.text) == (900.0, "Above")
    panel.chart.line_dropped.emit(line.key, 910.004)
    assert panel.asking.isVisible()
    assert panel.asking.words.text() == "Move the alert of AAPL from 900.00 to 910.00?"
    panel.asking.close_bar()
    assert room.context.alerts.get(alert.id).price == 900
    panel.chart.line_dropped.emit(line.key, 910.004)
    panel.asking.apply()
    assert room.context.alerts.get(alert.id).price == Decimal("910.00")
    assert [each.price for each in alert_lines(panel)] == [910.0]
    room.run("alert.enable", id=alert.id, enabled=False)
    assert [each.text for each in alert_lines(panel)] == ["Above, off"]
    panel.happenings.show(alerts=False)
    assert alert_lines(panel) == []


def test_a_dividend_is_marked_where_the_source_tells_it(room, panel, monkeypatch):
    paid = [Dividend("IBM", datetime(2010, 5, 6, tzinfo=UTC), Decimal("0.6500"))]
    monkeypatch.setattr(
        room.context.bars, "dividends", lambda symbol: paid if symbol == "IBM" else []
    )
    room.parts.links.choose("blue", "IBM")
    room.until(lambda: [each.letter for _, each in panel._happened._bars] == ["D"])
    ((place, found),) = panel._happened._bars
    assert (found.letter, found.text) == ("D", "0.65 a share of today")
    assert panel.chart.time[place] == nanoseconds(paid[0].date)
    room.settle()


UNKNOWN = "No date of earnings is known"


def events_menu(panel) -> list[str]:
    """What the menu of alerts and events offers."""
    menu = QMenu()
    panel.menus.trades(menu)
    inner = menu.actions()[-1].menu()
    assert isinstance(inner, QMenu)
    return [each.text() for each in inner.actions()]


def test_the_next_earnings_are_marked_beyond_the_last_bar(room, panel, monkeypatch):
    last = datetime(2012, 6, 8, tzinfo=UTC)
    known = [EarningsDate("IBM", last, datetime(2012, 6, 12, tzinfo=UTC), Decimal("3.42"))]
    monkeypatch.setattr(
        room.context.bars, "earnings", lambda symbol: known if symbol == "IBM" else []
    )
    monkeypatch.setattr(room.context.clock, "_at", datetime(2012, 6, 1, tzinfo=UTC))
    room.parts.links.choose("blue", "IBM")
    room.until(lambda: any(each.letter == "E" for _, each in panel._happened._bars))
    ((place, found),) = [each for each in panel._happened._bars if each[1].letter == "E"]
    assert place >= panel.chart.count
    assert found.text == "8 Jun 2012 to 12 Jun 2012, 3.42 a share expected"
    assert UNKNOWN not in events_menu(panel)
    room.parts.links.choose("blue", "AAPL")
    room.until(lambda: panel.happenings.known)
    assert UNKNOWN in events_menu(panel)
    room.settle()


def test_the_demo_market_knows_no_earnings(room):
    assert room.context.bars.earnings("AAPL") == []


def test_a_split_is_told_both_ways():
    assert split_words(Decimal("1.5")) == "1.5 for 1"
    assert split_words(Decimal("0.1")) == "1 for 10, fewer shares"


def test_what_is_shown_is_remembered(room, panel):
    for kept, wanted in (("x", (True, True)), ({"alerts": False, "events": True}, (False, True))):
        panel.restore({"told": kept})
        assert (panel.happenings.alerts, panel.happenings.events) == wanted
    room.settle()
