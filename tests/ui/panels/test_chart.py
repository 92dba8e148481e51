"""The chart panel: the right symbol, live, and honest when there is nothing to draw."""

from __future__ import annotations

import subprocess
import sys
import threading
import types
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from puffin.data.bars import Interval
from puffin.errors import ProviderUnavailableError
from puffin.types import Side
from puffling.core.errors import BadValueError
from puffling.core.events import ModeChanged, NoticePosted
from puffling.services.study_specs import StudySpec
from puffling.ui.charts import loading
from puffling.ui.panels.chart.panel import ChartPanel
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from puffin.data.bars import Bars

SMA_20, EMA_50 = StudySpec("sma", {"window": 20}), StudySpec("ema", {"window": 50})


@pytest.fixture
def panel(room) -> ChartPanel:
    made: ChartPanel = room.open("chart")
    room.until(lambda: made.chart is not None and made.chart.count)
    room.settle()
    return made


def legend(panel: ChartPanel) -> str:
    assert panel.chart is not None
    return panel.chart._legend.text


def has_chart(panel: ChartPanel) -> bool:
    return panel.chart is not None


def shown(room, panel: ChartPanel, symbol: str, interval: Interval = Interval.D1) -> bool:
    room.settle()
    return panel.showing.shown == (symbol, interval) and panel.states.state is State.CONTENT


def test_it_opens_on_the_linked_symbol_and_says_where_the_prices_come_from(room, panel):
    assert shown(room, panel, "AAPL")
    words = legend(panel)
    assert "AAPL · 1 day" in words
    assert "1 Mar 2000 to 31 May 2012" in words
    assert "split- and dividend-adjusted as of 1 Jun 2012" in words
    assert "simulated" in words
    assert panel.chart._grids[0].below == "DEMO"


def test_it_follows_its_colour_and_its_tab_says_so(room, panel, qtbot):
    with qtbot.waitSignal(panel.title_changed) as title:
        room.parts.links.choose("blue", "MSFT")
    assert title.args == ["MSFT 1D"]
    assert shown(room, panel, "MSFT")
    room.parts.links.choose("green", "IBM")
    assert shown(room, panel, "MSFT")


def test_the_live_bar_follows_the_quote(room, panel):
    quote = room.last("AAPL")
    assert panel.chart.count == len(room.context.bars.history("AAPL", Interval.D1)) + 1
    room.trade(3)
    assert room.last("AAPL") != quote
    price = float(room.last("AAPL").last)
    room.until(lambda: panel.chart.value_of(panel.chart.count - 1) == price)
    assert f"C {price:.2f}" in legend(panel)


def test_a_hidden_chart_catches_up_when_it_is_shown(room, panel):
    panel.hide()
    room.trade(3)
    assert not panel.showing.frame.isActive()
    panel.show()
    price = float(room.last("AAPL").last)
    assert panel.chart.value_of(panel.chart.count - 1) == price


def test_keys_and_buttons_choose_the_timeframe(room, panel):
    QTest.keyClick(panel.chart, Qt.Key.Key_6)
    assert shown(room, panel, "AAPL", Interval.W1)
    assert "AAPL · 1 week" in legend(panel)
    QTest.keyClick(panel.chart, Qt.Key.Key_7)
    assert shown(room, panel, "AAPL", Interval.MO1)
    panel.bar._buttons[Interval.D1].click()
    assert shown(room, panel, "AAPL", Interval.D1)


def test_intraday_is_refused_with_the_reason(room, panel):
    button = panel.bar._buttons[Interval.M5]
    assert not button.isEnabled()
    assert button.toolTip() == "The demo market has daily prices only."
    with pytest.raises(BadValueError, match="daily prices only"):
        panel.set_interval("5m")
    assert panel.interval is Interval.D1


def test_weeks_grow_with_the_day(room, panel):
    panel.set_interval("1w")
    assert shown(room, panel, "AAPL", Interval.W1)
    closed = room.context.bars.history("AAPL", Interval.W1)
    assert panel.chart.count == len(closed)  # 1 June 2012 was a Friday
    volume = panel.chart.pyramid.columns(0).volume[-1]
    assert volume > closed.volume[-1]


def test_averages_are_added_and_taken_away(room, panel):
    panel.toggle_overlay("sma", 20)
    panel.toggle_overlay("ema", 50)
    assert [each.title for each in panel.chart.studies] == ["SMA 20", "EMA 50"]
    assert "SMA 20" in legend(panel)
    panel.toggle_overlay("sma", 20)
    assert [each.title for each in panel.chart.studies] == ["EMA 50"]
    with pytest.raises(BadValueError, match="greater than or equal to 2"):
        panel.toggle_overlay("sma", 1)


def test_a_slow_answer_to_an_older_question_is_passed_over(room, panel, monkeypatch):
    bars, hold, slow = room.context.bars, threading.Event(), "GOOG"
    history = bars.history

    def held(symbol: str, interval: Interval, *, adjusted: bool = True) -> Bars:
        if symbol == slow:
            assert hold.wait(10)
        found: Bars = history(symbol, interval, adjusted=adjusted)
        return found

    monkeypatch.setattr(bars, "history", held)
    room.parts.links.choose("blue", slow)
    room.parts.links.choose("blue", "IBM")
    room.until(lambda: panel.showing.shown == ("IBM", Interval.D1))
    hold.set()
    room.settle()
    assert panel.showing.shown == ("IBM", Interval.D1)
    assert "IBM · 1 day" in legend(panel)


def test_a_slow_fetch_keeps_the_old_bars_and_can_be_stopped(room, panel, monkeypatch):
    bars, hold = room.context.bars, threading.Event()
    history = bars.history

    def held(symbol: str, interval: Interval, *, adjusted: bool = True) -> Bars:
        assert hold.wait(10)
        found: Bars = history(symbol, interval, adjusted=adjusted)
        return found

    monkeypatch.setattr(bars, "history", held)
    room.parts.links.choose("blue", "GOOG")
    room.until(lambda: panel.states.state is State.LOADING)
    assert panel.chart.count > 3_000
    panel.states.cancelled.emit()
    assert panel.states.state is State.ERROR
    hold.set()
    room.settle()
    assert panel.showing.shown != ("GOOG", Interval.D1)
    panel.states.retried.emit()
    assert shown(room, panel, "GOOG")


def test_a_failure_is_a_banner_and_no_other_symbols_bars_stay(room, panel):
    room.parts.links.choose("blue", "NOPE")
    room.settle()
    assert panel.states.state is State.ERROR
    assert panel.chart.count == 0
    assert "NOPE" in legend(panel)
    assert "Demo market" not in legend(panel)
    room.parts.links.choose("blue", "AAPL")
    assert shown(room, panel, "AAPL")


def test_another_market_without_history_leaves_none_of_the_old_ones_bars(room, panel, monkeypatch):
    def refuse(*_: object, **__: object) -> object:
        raise ProviderUnavailableError("Yahoo cannot be reached.")

    async def enter() -> None:
        room.context.bus.publish(ModeChanged("sim"))

    assert panel.chart.count
    monkeypatch.setattr(room.context.bars, "history", refuse)
    room.do(enter())
    room.until(lambda: panel.states.state is State.ERROR)
    assert panel.chart.count == 0


def test_without_a_symbol_it_asks_for_one(room, panel, desk):
    room.parts.links.choose("blue", "")
    room.settle()
    assert panel.states.state is State.EMPTY
    panel.states.acted.emit()
    room.settle()
    assert ("show", "symbols") in desk.done


def test_fills_are_marked_and_orders_and_costs_have_lines(room, panel):
    room.run("order.place", symbol="AAPL", side="buy", quantity=10)
    room.trade(1)
    room.until(lambda: room.held("AAPL") == 10)
    room.run("order.place", symbol="AAPL", side="sell", quantity=4, type="limit", limit_price="900")
    room.run("order.place", symbol="IBM", side="buy", quantity=1)
    room.until(lambda: len(panel.chart._lines.layer.lines) == 2)
    room.settle()
    words = [line.text for line, _ in panel.chart._lines.layer.lines]
    assert words == ["Sell 4 limit", "Average cost of 10"]
    assert len(panel.chart._marks.layer) == 1
    assert panel.chart._marks.layer._index.tolist() == [panel.chart.count - 1]
    assert panel.chart._marks.layer._texts[0].startswith("Bought 10 at ")
    panel.mark("none")
    assert len(panel.chart._marks.layer) == 0
    panel.mark("fills")
    assert len(panel.chart._marks.layer) == 1


def test_a_backtest_of_the_symbol_marks_its_trades(room, panel):
    done = room.run("backtest.run", strategy="momentum", symbol="AAPL")
    room.until(lambda: panel.marks.what not in {"fills", "none"})
    room.settle()
    assert len(panel.chart._marks.layer) > 10
    menu = panel.bar.trades.menu()
    menu.aboutToShow.emit()
    chosen = [each.text() for each in menu.actions() if each.isChecked()]
    assert len(chosen) == 1
    assert chosen[0].startswith("Momentum (")
    assert done is not None
    room.parts.links.choose("blue", "MSFT")
    assert shown(room, panel, "MSFT")
    assert panel.marks.what == "fills"
    assert len(panel.chart._marks.layer) == 0


@pytest.mark.qt_log_ignore("grabbing the keyboard", extend=True)  # offscreen, a menu cannot
def test_the_chart_menu_trades_and_watches_the_price_pointed_at(room, panel, desk):
    menu = QMenu(panel)
    panel.menus.chart(menu, Decimal("900.00"))
    actions = {each.text(): each for each in menu.actions()}
    actions["Buy AAPL…"].trigger()
    assert desk.done[-1] == ("fill_ticket", Side.BUY, "AAPL", None)
    actions["Alert at 900.00"].trigger()
    room.settle()
    alert = room.context.alerts.all()[0]
    assert (alert.symbol, alert.condition.when, alert.price) == ("AAPL", "above", Decimal("900.00"))
    panel.chart.customContextMenuRequested.emit(QPoint(100, 100))
    popups = [each for each in panel.findChildren(QMenu) if each.isVisible()]
    assert len(popups) == 1
    popups[0].close()


@pytest.mark.parametrize(
    ("price", "side", "words"),
    [
        ("900.00", Side.BUY, "Buy stop at 900.00…"),
        ("900.00", Side.SELL, "Sell limit at 900.00…"),
        ("100.00", Side.BUY, "Buy limit at 100.00…"),
        ("100.00", Side.SELL, "Sell stop at 100.00…"),
    ],
)
def test_a_price_pointed_at_becomes_an_order_without_a_quantity(
    room, panel, desk, price, side, words
):
    menu = QMenu(panel)
    panel.menus.chart(menu, Decimal(price))
    {each.text(): each for each in menu.actions()}[words].trigger()
    name, ticket, sized = desk.done[-1]
    assert (name, sized, ticket.side) == ("write_ticket", False, side)
    assert (ticket.limit_price or ticket.stop_price) == Decimal(price)
    assert ticket.type.value in words


def test_a_working_orders_line_that_is_dragged_asks_for_the_change(room, panel, gate):
    room.run("order.place", symbol="AAPL", side="buy", quantity=4, type="limit", limit_price="500")
    room.until(lambda: panel.chart._lines.layer.lines)
    line = panel.chart._lines.layer.lines[0][0]
    panel.chart.line_dropped.emit(line.key, 510.004)
    room.settle()
    assert gate.asked[-1].order.ticket.limit_price == Decimal("510.00")
    room.until(lambda: [each.ticket.limit_price for each in room.context.orders.open()] == [510])


def test_a_change_that_is_not_agreed_to_leaves_the_order(room, panel, gate):
    room.run("order.place", symbol="AAPL", side="buy", quantity=4, type="limit", limit_price="500")
    room.until(lambda: panel.chart._lines.layer.lines)
    gate.says_yes = False
    panel.chart.line_dropped.emit(panel.chart._lines.layer.lines[0][0].key, 510.0)
    room.settle()
    assert [each.ticket.limit_price for each in room.context.orders.open()] == [500]


def test_it_is_remembered_as_it_was(room, panel):
    panel.toggle_overlay("ema", 50)
    panel.set_studies((*panel.studies, StudySpec("rsi")))
    panel.chart.panes[1].share = 0.7
    panel.looks.turn("inverted", on=True)
    panel.set_interval("1w")
    panel.mark("none")
    panel.chart.show_last(300)
    room.settle()
    state = panel.state()
    again = room.open("chart")
    again.restore(state)
    room.settle()
    assert again.state() == state
    assert again.chart.visible_count == 300
    assert again.studies == (EMA_50, StudySpec("rsi"))
    assert [each.share for each in again.chart.panes] == [1.0, 0.7]
    assert again.chart.pane.inverted
    assert shown(room, again, "AAPL", Interval.W1)


@pytest.mark.parametrize(
    "state",
    [
        {"interval": "7d", "studies": "x", "bars": -3, "marks": 4},
        {"interval": None, "studies": [[1, 2], None], "bars": True},
        {"bars": 1e9, "interval": ["1d"]},
        {"looks": {"box": -1, "base": "x", "panes": [None, 3], "local": 1}, "told": 3},
        {"looks": [], "together": [], "series": 3, "scale": "log10", "data": 7},
    ],
)
def test_a_damaged_memory_is_passed_over(room, panel, state):
    before = panel.state()
    panel.restore(state)
    assert shown(room, panel, "AAPL")
    assert panel.state() == before


def test_a_session_that_begins_keeps_the_place(room, panel):
    panel.chart.show_range(1_000, 1_100)
    room.trade(400)
    room.until(lambda: room.context.market.today().day != 1)
    room.settle()
    room.until(lambda: "4 Jun 2012" in legend(panel))
    assert panel.chart.view_range == pytest.approx((1_000, 1_100))
    history = room.context.bars.history("AAPL", Interval.D1)
    assert panel.chart.count in {len(history), len(history) + 1}
    assert np.isclose(panel.chart.pyramid.close[len(history) - 1], history.close[-1])


def test_the_picture_is_saved_and_said(room, panel, tmp_path):
    heard: list[NoticePosted] = []
    room.context.bus.subscribe(NoticePosted, heard.append)
    panel.export(tmp_path / "chart")
    assert (tmp_path / "chart.png").exists()
    assert heard[-1].title == "Chart saved"
    with pytest.raises(BadValueError, match="could not be written"):
        panel.export(tmp_path / "no" / "chart.png")


def test_the_keyboard_is_the_charts(room, panel):
    assert panel.primary_focus() is panel.chart
    panel.setFocus()
    assert panel.focusProxy() is panel.chart
    panel.fit()
    assert panel.chart.view_range[0] < 0


def test_the_first_chart_waits_for_the_drawing_library(room, monkeypatch):
    monkeypatch.setattr(loading, "CHARTS", ("puffling.ui.charts.chart_not_loaded",))
    loaded: dict[str, threading.Thread] = {}

    def load(name: str) -> types.ModuleType:
        loaded[name] = threading.current_thread()
        return types.ModuleType(name)

    monkeypatch.setattr(loading, "import_module", load)
    monkeypatch.setattr(loading, "import_library", lambda: load("pyqtgraph"))
    first = ChartPanel(room.parts)
    room.opened.append(first)
    assert not has_chart(first)
    assert first.states.state is State.LOADING
    first.toggle_overlay("sma", 20)
    room.settle()
    main = threading.main_thread()
    assert {"PySide6.QtSvg", "pyqtgraph", "puffling.ui.charts.chart_not_loaded"} <= set(loaded)
    for name, thread in loaded.items():
        knows_qt = name.startswith(("PySide6", "pyqtgraph", "puffling"))
        assert (thread is main) == knows_qt, name
    assert first.chart is not None
    assert [each.title for each in first.chart.studies] == ["SMA 20"]
    assert shown(room, first, "AAPL")


def test_the_panels_module_does_not_load_the_drawing_library():
    code = "import sys, puffling.ui.panels.chart.panel; print('pyqtgraph' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
