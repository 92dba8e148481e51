"""Signals of a strategy on a chart: marked, following, remembered, and honest when there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from puffin.data.bars import Interval
from puffling.ui.widgets.empty_state import State

if TYPE_CHECKING:
    from puffling.ui.panels.chart.panel import ChartPanel


@pytest.fixture
def panel(room) -> ChartPanel:
    made: ChartPanel = room.open("chart")
    room.until(lambda: made.chart is not None and made.chart.count)
    room.settle()
    return made


def legend(panel: ChartPanel) -> str:
    assert panel.chart is not None
    return panel.chart._legend.text


def shown(room, panel: ChartPanel, symbol: str, interval: Interval = Interval.D1) -> bool:
    room.settle()
    return panel.showing.shown == (symbol, interval) and panel.states.state is State.CONTENT


def marked(panel: ChartPanel) -> list[str]:
    assert panel.chart is not None
    return list(panel.chart._marks.layer._texts)


def test_signals_of_a_strategy_are_marked_and_follow_the_symbol_and_the_bars(room, panel):
    panel.mark("signals:momentum")
    assert "being worked out" in legend(panel)
    room.until(lambda: len(marked(panel)))
    assert " signals, decided at closes" in legend(panel)
    assert marked(panel)[0].startswith("Momentum: long from this close, ")
    turns = room.context.strategies.turns("momentum", "AAPL", Interval.D1, lambda _: None)
    assert len(marked(panel)) == len(turns)
    daily = len(marked(panel))
    room.parts.links.choose("blue", "MSFT")
    assert shown(room, panel, "MSFT")
    room.until(lambda: len(marked(panel)))
    panel.set_interval("1w")
    assert shown(room, panel, "MSFT", Interval.W1)
    room.until(lambda: 0 < len(marked(panel)) < daily)
    panel.mark("fills")
    assert not marked(panel)
    assert "Momentum" not in legend(panel)


def test_signals_are_remembered_with_the_layout(room, panel):
    panel.mark("signals:momentum")
    room.until(lambda: len(marked(panel)))
    again = room.open("chart")
    again.restore(panel.state())
    room.until(lambda: again.chart is not None and len(marked(again)))
    assert again.marks.what == "signals:momentum"
    again.restore({"marks": 3})
    assert again.marks.what == "signals:momentum"


@pytest.mark.parametrize(
    ("strategy", "said"),
    [
        ("stat_arb", "No signals of Statistical arbitrage: "),
        ("nothing_like_it", "no strategy called 'nothing_like_it'"),
    ],
)
def test_why_there_are_no_signals_is_said_on_the_chart(room, panel, strategy, said):
    panel.mark(f"signals:{strategy}")
    room.until(lambda: said in legend(panel))
    assert not marked(panel)


def test_signals_change_with_the_strategy(room, panel):
    saved = room.run("strategy.save", name="Fast", strategy="momentum", parameters={"short": 5})
    panel.mark(f"signals:{saved.id}")
    room.until(lambda: len(marked(panel)))
    before = marked(panel)
    room.run("strategy.save", name="Fast", strategy=saved.id, parameters={"short": 40}, id=saved.id)
    room.until(lambda: marked(panel) != before)
    assert marked(panel)[0].startswith("Fast: ")


def test_a_strategy_with_orders_of_its_own_is_marked_where_they_were_carried_out(room, panel):
    panel.mark("signals:volume_breakout")
    room.until(lambda: len(marked(panel)))
    assert "from this bar on" in marked(panel)[0]
    assert " signals, carried out on their bars" in legend(panel)


def test_the_strategy_to_mark_is_chosen_by_keyboard(room, panel):
    menu = panel.bar.trades.menu()
    menu.aboutToShow.emit()
    next(each for each in menu.actions() if each.text() == "Signals of a strategy…").trigger()
    bar = panel.signal_bar
    assert bar.isVisible()
    assert bar.box.currentText() == "Reading the library…"
    QTest.keyClick(bar, Qt.Key.Key_Return)
    assert panel.marks.what == "fills"
    room.until(bar.mark.isEnabled)
    bar.box.setCurrentIndex(bar.box.findData("breakout"))
    assert bar.box.findData("stat_arb") < 0
    QTest.keyClick(bar.box, Qt.Key.Key_Return)
    assert panel.marks.what == "signals:breakout"
    assert not bar.isVisible()
    room.until(lambda: len(marked(panel)))
    menu.aboutToShow.emit()
    assert [each.text() for each in menu.actions() if each.isChecked()] == ["Signals of Breakout"]
    panel.ask_signals()
    QTest.keyClick(bar, Qt.Key.Key_Escape)
    assert not bar.isVisible()
