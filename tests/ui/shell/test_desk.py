from __future__ import annotations

from typing import Any

import pytest

from puffling.ui.panels.backtest.panel import BacktestPanel
from puffling.ui.shell.desk import WindowDesk
from tests.fakes import until


class OnePanel:
    """A window that shows one panel, as far as the desk asks."""

    def __init__(self, panel: Any) -> None:
        self.workspace = self
        self.shown, self.opened = panel, ""

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
