from __future__ import annotations

import asyncio
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from puffling.core.errors import PufflingError
from puffling.services.journal import Words
from puffling.ui.dialogs.type_to_confirm import TypeToConfirm
from puffling.ui.panels.backtest.panel import BacktestPanel
from puffling.ui.panels.chart.panel import ChartPanel
from puffling.ui.panels.performance.panel import PerformancePanel
from puffling.ui.panels.strategies.panel import StrategiesPanel
from puffling.ui.shell.desk import WindowDesk
from tests.fakes import until


class OnePanel:
    """A window that shows one panel, as far as the desk asks."""

    def __init__(self, panel: Any) -> None:
        self.workspace = self
        self.shown, self.opened = panel, ""
        self.docks: Any = self
        self.history = self.store = None  # of layouts, which nobody asks for here

    def isVisible(self) -> bool:  # noqa: N802 - Qt's own name
        return True

    def isMinimized(self) -> bool:  # noqa: N802 - Qt's own name
        return False

    def open(self, panel: str) -> None:
        self.opened = panel

    def nearest(self, panel: str) -> str:
        return panel

    def panel(self, instance: str) -> Any:
        return self.shown


@pytest.mark.parametrize("tab", ["run", "optimise"])
def test_a_strategy_is_handed_to_the_backtest_panel(parts, loop, tab: str):
    panel = BacktestPanel(parts)
    window: Any = OnePanel(panel)
    WindowDesk(window, window).try_strategy("momentum", {"short": 11}, optimise=tab == "optimise")
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    assert window.opened == "backtest"
    assert panel.tab == tab
    assert panel.setup.strategy.strategy_id == "momentum"
    assert panel.setup.strategy.values()["short"] == 11
    panel.shut()
    panel.close()
    panel.deleteLater()


def test_one_word_is_asked_for_once_at_a_time(theme, loop, qtbot):
    window: Any = QWidget()
    window.theme, window.workspace = theme, OnePanel(None)
    layouts = window.workspace
    qtbot.addWidget(window)
    desk = WindowDesk(window, layouts)

    async def twice() -> bool:
        first = asyncio.create_task(desk.ask_word("Resume trading", "Why not.", "RESUME"))
        await until(lambda: window.findChildren(TypeToConfirm))
        with pytest.raises(PufflingError, match="asked already"):
            await desk.ask_word("Resume trading", "Why not.", "RESUME")
        (dialog,) = window.findChildren(TypeToConfirm)
        dialog.accept()
        return await first

    assert loop.run_until_complete(twice())
    assert desk._words == {}


class TwoCharts(OnePanel):
    """A window with a chart of each of two colours, and a panel that has the keyboard."""

    def __init__(self, charts: dict[str, ChartPanel], current: Any) -> None:
        super().__init__(None)
        self.charts, self.current = charts, current
        self.shown = tuple(charts)

    @override
    def nearest(self, panel: str) -> str:
        return next(iter(self.charts))

    @override
    def panel(self, instance: str) -> Any:
        return self.charts[instance]


@pytest.mark.parametrize("link", ["blue", "green"])
def test_signals_are_marked_on_the_chart_of_the_focused_panels_colour(parts, loop, link: str):
    charts = {"chart": ChartPanel(parts), "chart#2": ChartPanel(parts)}
    charts["chart#2"].set_link("green")
    asking = StrategiesPanel(parts)
    asking.set_link(link)
    window: Any = TwoCharts(charts, asking)
    desk = WindowDesk(window, window)
    desk.chart_signals("momentum")
    marked = {each.link.value: each.marks.what for each in charts.values()}
    assert marked[link] == "signals:momentum"
    assert set(marked.values()) == {"signals:momentum", "fills"}
    desk.chart_signals("")
    assert {each.marks.what for each in charts.values()} == {"fills"}
    for panel in (*charts.values(), asking):
        panel.shut()
        panel.close()
        panel.deleteLater()
    loop.run_until_complete(until(lambda: not parts.runner.tasks))


def test_a_journal_entry_is_opened_and_a_tearsheet_written(parts, loop, tmp_path):
    panel = PerformancePanel(parts)
    window: Any = OnePanel(panel)
    desk = WindowDesk(window, window)
    loop.run_until_complete(until(lambda: panel.reader.report is not None))
    entry = parts.context.journal.add(Words(title="Early"))
    desk.show_journal(entry.id)
    assert window.opened == "performance"
    assert panel.journal.current == entry.id
    with pytest.raises(PufflingError, match="no tearsheet to write yet"):
        desk.save_tearsheet(tmp_path / "sheet.pdf")
    loop.run_until_complete(until(lambda: not parts.runner.tasks))
    panel.shut()
    panel.close()
    panel.deleteLater()
