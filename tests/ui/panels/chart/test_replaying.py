"""The replay on charts: one clock for a colour, nothing of the future, no order that is real."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from puffin.data.bars import Interval
from puffin.data.times import moment, nanoseconds
from puffin.types import Side
from puffling.core.errors import BadValueError
from puffling.ui.panels.chart.trades import virtual_levels
from puffling.ui.replay_note import ReplayNote

if TYPE_CHECKING:
    from puffling.ui.panels.chart.panel import ChartPanel

THEN = datetime(2004, 6, 9, tzinfo=UTC)


def last_day(panel: ChartPanel) -> date:
    assert panel.chart is not None
    return moment(int(panel.chart.time[-1])).date()


@pytest.fixture
def past(room, panel: ChartPanel) -> ChartPanel:
    """A chart whose replay stands on 9 June 2004."""
    assert panel.chart is not None
    panel.chart.show_time(nanoseconds(THEN))
    QTest.keyClick(panel.chart, Qt.Key.Key_R)
    room.settle()
    assert last_day(panel) == THEN.date()
    return panel


def buy(room, panel: ChartPanel, quantity: int = 50) -> None:
    assert panel.chart is not None
    QTest.keyClick(panel.chart, Qt.Key.Key_B)
    ticket = panel.replaying.bar.ticket
    assert ticket.isVisible()
    ticket.quantity.set_value(Decimal(quantity))
    QTest.keyClick(ticket.quantity, Qt.Key.Key_Return)
    room.settle()


def test_it_begins_at_the_crosshair_is_framed_and_says_so(room, past):
    bar = past.replaying.bar
    assert bar.isVisible()
    assert bar.where.text() == "9 Jun 2004"
    assert past._place.framed
    assert past.chart._grids[0].below == "REPLAY 9 Jun 2004"
    assert "only what was known on 9 Jun 2004" in past.chart._legend.text
    assert past.bar.replay.isChecked()
    QTest.keyClick(past.chart, Qt.Key.Key_R)
    room.settle()
    assert not bar.isVisible()
    assert not past._place.framed
    assert last_day(past) == room.context.market.today()
    assert past.chart._grids[0].below == "DEMO"


def test_its_ticket_is_made_with_the_first_virtual_order(room, past):
    bar = past.replaying.bar
    assert "ticket" not in vars(bar)
    QTest.keyClick(past.chart, Qt.Key.Key_B)
    assert vars(bar)["ticket"].isVisible()
    assert bar.ticket.symbol == "AAPL"
    bar.exit.setFocus()
    walked = []
    for _ in range(3):
        QTest.keyClick(past.window().focusWidget(), Qt.Key.Key_Tab)
        walked.append(past.window().focusWidget())
    assert walked == [bar.ticket.side, bar.ticket.quantity, bar.ticket.type]
    room.parts.links.choose("blue", "IBM")
    room.settle()
    assert bar.ticket.symbol == "IBM"
    QTest.keyClick(bar.ticket, Qt.Key.Key_Escape)
    assert not bar.ticket.isVisible()


def test_without_a_crosshair_the_bar_is_asked_for(room, panel):
    chart = panel.chart
    QTest.keyClick(chart, Qt.Key.Key_R)
    assert panel.replaying.bar.where.text().startswith("Click the bar")
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert not panel.replaying.bar.isVisible()
    QTest.keyClick(chart, Qt.Key.Key_R)
    frame, index = chart.pane.frame, chart.count - 30
    at = QPointF(frame.x(float(index)), frame.top + frame.height / 2)
    wanted = moment(int(chart.time[index])).date()
    QTest.mouseClick(chart.viewport(), Qt.MouseButton.LeftButton, pos=at.toPoint())
    room.settle()
    assert last_day(panel) == wanted
    assert chart.tool is not None  # the tool of drawings is back
    assert chart.tool is panel.drawing.board


def test_steps_show_the_next_bar_and_take_it_back(room, past):
    count = past.chart.count
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    assert (past.chart.count, last_day(past)) == (count + 1, date(2004, 6, 10))
    whole = room.context.replay.bars("AAPL", Interval.D1)
    assert np.allclose(past.chart.pyramid.close, whole.close)
    QTest.keyClick(past.chart, Qt.Key.Key_Comma)
    room.settle()
    assert (past.chart.count, last_day(past)) == (count, THEN.date())
    past.replaying.bar.jumped.emit(date(2003, 1, 2))
    room.settle()
    assert last_day(past) == date(2003, 1, 2)


def test_it_plays_until_it_is_held(room, past):
    past.replaying.bar.speed.setCurrentIndex(4)
    QTest.keyClick(past.chart, Qt.Key.Key_Space)
    assert past.replaying.playing
    room.until(lambda: last_day(past) > THEN.date())
    QTest.keyClick(past.chart, Qt.Key.Key_Space)
    assert not past.replaying.playing
    room.settle()


def test_quotes_of_now_and_new_sessions_do_not_reach_the_past(room, past):
    room.parts.links.choose("blue", "IBM")  # no split since would keep its bars apart
    room.settle()
    room.trade(3)
    past.showing.tick()
    room.settle()
    assert last_day(past) == THEN.date()
    past.run_focused()
    room.settle()
    assert last_day(past) == THEN.date()


def test_charts_of_the_colour_go_along_with_studies_without_the_future(room, past, open_chart):
    other, alone = open_chart(), open_chart()
    alone.set_link("green")
    room.parts.links.choose("green", "IBM")
    room.settle()
    assert last_day(other) == THEN.date()
    other.toggle_overlay("sma", 20)
    other.set_interval("1w")
    room.settle()
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    assert last_day(past) == date(2004, 6, 10)
    assert other.chart.count == len(room.context.replay.bars("AAPL", Interval.W1))
    line = other.chart.studied.views[0]
    assert line is not None
    assert last_day(alone) == room.context.market.today()
    alone.set_link("blue")
    room.settle()
    assert last_day(alone) == date(2004, 6, 10)


def test_a_compared_symbol_has_no_future_either(room, past):
    past.study_desk.compare("IBM")
    room.settle()
    (view,) = past.chart.studied._compares()

    def told() -> date:
        return moment(int(view.theirs.time[-1])).date()

    room.until(lambda: view.theirs is not None)
    assert told() == THEN.date()
    before = float(view.line.values[-1])
    room.trade(2)  # quotes of now
    assert float(view.line.values[-1]) == before
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    assert told() == date(2004, 6, 10)


def test_another_symbol_stands_at_the_same_time_or_says_why_not(room, past):
    room.parts.links.choose("blue", "IBM")
    room.settle()
    assert last_day(past) == THEN.date()
    room.parts.links.choose("blue", "FB")
    room.settle()
    assert past.chart.count == 0
    assert past.states.state.value == "error"


def test_a_virtual_order_is_given_filled_marked_and_undone(room, past):
    buy(room, past)
    bar = past.replaying.bar
    assert bar.orders.text() == "1 waiting"
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    assert "50 AAPL at" in bar.profit.text()
    assert past.chart._marks.layer._texts[0].endswith("virtual")
    assert [line.text for line, _ in past.chart._lines.layer.lines] == [
        "Average cost of 50, virtual"
    ]
    QTest.keyClick(past.chart, Qt.Key.Key_Comma)
    room.settle()
    assert bar.profit.text() == "P&L 0.00"
    menu = bar.orders.menu()
    assert [each.text() for each in menu.actions()] == ["Cancel: Buy 50 AAPL at the next open"]
    menu.actions()[0].trigger()
    room.settle()
    assert not bar.orders.isVisible()


def test_the_line_of_a_virtual_order_moves_it(room, past, gate):
    past.ordering.write(Side.BUY, Decimal("20.00"))
    QTest.keyClick(past.replaying.bar.ticket, Qt.Key.Key_Return)
    room.settle()
    (line,) = [each for each, _ in past.chart._lines.layer.lines]
    past.chart.line_dropped.emit(line.key, 21.004)
    room.settle()
    assert [each.price for each, _ in past.chart._lines.layer.lines] == [21.0]
    assert [each.ticket.limit_price for each in room.context.replay.book.orders] == [21]
    assert not gate.asked


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)
def test_no_way_leads_from_the_past_to_the_real_account(room, past, gate, desk):
    buy(room, past)
    for side in Side:
        past.trade(side)
        past.ordering.write(side, Decimal("30.00"))
    menu = QMenu(past)
    past.menus.chart(menu, Decimal("30.00"))
    texts = {each.text(): each for each in menu.actions()}
    assert not any(each.startswith("Alert at") for each in texts)
    texts["Buy limit at 30.00…"].trigger()
    assert past.replaying.bar.ticket.price.value == Decimal("30.00")
    past.ordering.line_dropped("some-order limit_price", 31.0)
    with pytest.raises(BadValueError, match="shows the past"):
        past.alert_at(None)
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    assert room.context.replay.book.fills
    assert not gate.asked
    assert not desk.done
    assert room.context.orders.fills() == []
    assert room.context.orders.open() == []
    menu.deleteLater()


def test_a_wrong_order_is_told_where_it_is_written(room, past):
    ticket = past.replaying.bar.ticket
    QTest.keyClick(past.chart, Qt.Key.Key_S)
    ticket.quantity.setText("-3")
    QTest.keyClick(ticket, Qt.Key.Key_Return)
    assert ticket.problem.text() == "Quantity: More than zero."
    QTest.keyClick(ticket, Qt.Key.Key_Escape)
    assert not ticket.isVisible()


def test_the_ticket_says_that_it_is_of_now(room, past):
    notes = room.open("ticket").findChildren(ReplayNote)
    assert [each.isVisible() for each in notes] == [True]
    assert "replay 9 Jun 2004" in notes[0].text()
    past.replaying.end()
    room.settle()
    assert not notes[0].isVisible()


def test_a_chart_that_leaves_the_colour_shows_the_present(room, past, open_chart):
    other = open_chart()
    room.parts.links.choose("green", "AAPL")
    other.set_link("green")
    room.settle()
    assert last_day(other) == room.context.market.today()
    assert not other.replaying.bar.isVisible()
    assert last_day(past) == THEN.date()
    past.set_link("green")  # it began the replay, which ends with it
    room.settle()
    assert room.context.replay.place is None
    assert last_day(past) == room.context.market.today()


def test_what_a_chart_began_ends_with_it(room, past):
    past.shut()
    assert room.context.replay.place is None


def test_a_trailing_stop_is_written_shown_where_it_stands_and_listed(room, past):
    buy(room, past)
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    ticket = past.replaying.bar.ticket
    ticket.open(Side.SELL, kind="trailing stop")
    assert ticket.price.isHidden()
    assert not ticket.trail.isHidden()
    ticket.quantity.set_value(Decimal(50))
    ticket.trail.set_value(Decimal(20))
    QTest.keyClick(ticket, Qt.Key.Key_Return)
    room.settle()
    QTest.keyClick(past.chart, Qt.Key.Key_Period)
    room.settle()
    book = room.context.replay.book
    (order,) = book.orders
    (line,) = [each for each in virtual_levels(book, "AAPL") if "trailing" in each.text]
    assert line.price == float(book.stops[order.id])
    assert not line.key
    (action,) = past.replaying.bar.orders.menu().actions()
    assert action.text().startswith("Cancel: Sell 50 AAPL trailing stop 20 %, now ")


def test_each_line_of_a_stop_limit_moves_its_own_price(room, past):
    ticket = past.replaying.bar.ticket
    ticket.open(Side.BUY, Decimal(90), "stop limit")
    ticket.limit.set_value(Decimal(91))
    QTest.keyClick(ticket, Qt.Key.Key_Return)
    room.settle()
    lines = {each.text: each.key for each in virtual_levels(room.context.replay.book, "AAPL")}
    assert past.replaying.moved(lines["Buy 100 limit"], Decimal(92))
    room.settle()
    (order,) = room.context.replay.book.orders
    assert (order.ticket.stop_price, order.ticket.limit_price) == (90, 92)
    lines = {each.text: each.key for each in virtual_levels(room.context.replay.book, "AAPL")}
    assert past.replaying.moved(lines["Buy 100 stop"], Decimal(80))
    room.settle()
    (order,) = room.context.replay.book.orders
    assert (order.ticket.stop_price, order.ticket.limit_price) == (80, 92)
